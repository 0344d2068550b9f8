"""Vintages by hand: which figure stands, where levels meet, what was restated or withdrawn."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coevo.panel.vintages import (
    POLICIES,
    overlay,
    revisions,
    several,
    splice,
    withdrawn,
)
from coevo.schema import check_columns
from tests.unit.cases import sections

NAN = float("nan")


def observed(*series, unit="100 million yuan", half_unit=0.05):
    """Return observations of one region and indicator: (vintage, first year, figures) each."""
    rows = [
        ("1", "A", first + k, "money", float(value), unit, vintage, "f.csv", "", f"B{k}",
         "" if np.isfinite(value) else "suppressed", half_unit)
        for vintage, first, values in series
        for k, value in enumerate(values)
    ]  # fmt: skip
    columns = "region name year indicator value unit vintage file sheet cell flag half_unit"
    return pd.DataFrame(rows, columns=columns.split())


OLD = ("2025-01", 2015, [10, 20, 30, 40])
NEW = ("2026-01", 2017, [33, 48, 50])


CASES = sections("vintages")


@pytest.mark.parametrize("case", CASES["policies"], ids=lambda case: case["name"])
def test_what_a_policy_takes_of_each_year(case):
    series = [(vintage, min(by), list(by.values())) for vintage, by in case["given"].items()]
    for policy in case["policies"]:
        found = POLICIES[policy](observed(*series)).set_index("year")
        assert set(found.index) == set(case["taken"])
        for year, (value, vintage, flag) in case["taken"].items():
            assert found.at[year, "value"] == pytest.approx(value, nan_ok=True), year
            assert (found.at[year, "vintage"], found.at[year, "flag"]) == (vintage, flag), year


@pytest.mark.parametrize("unit", ["%", "ratio", "‰", "index"])
def test_rates_and_shares_are_not_linked(unit):
    frame = observed(OLD, NEW, unit=unit)
    pd.testing.assert_frame_equal(splice(frame), overlay(frame))


@pytest.mark.parametrize("policy", POLICIES)
def test_one_vintage_stays_as_it_is_under_every_policy(policy):
    frame = observed(("2025-01", 2015, [10, NAN, 30, 0]))
    before = frame.copy()
    found = POLICIES[policy](frame)
    pd.testing.assert_frame_equal(found[frame.columns], frame)
    pd.testing.assert_frame_equal(frame, before)
    assert several(frame).empty


@pytest.mark.parametrize("policy", POLICIES)
def test_a_read_as_mark_is_no_mark_of_the_panel(policy):
    frame = observed(OLD).assign(flag="unit_read_as")
    assert set(POLICIES[policy](frame)["flag"]) == {""}


figures = st.lists(st.floats(0.1, 1e6), min_size=2, max_size=8)


@given(old=figures, factors=figures, start=st.integers(0, 6))
def test_splice_keeps_old_growth_before_and_new_growth_after(old, factors, start):
    start = min(start, len(old) - 1)
    new = factors[: len(old) - start]
    frame = observed(("2025-01", 2015, old), ("2026-01", 2015 + start, new))
    found = splice(frame).set_index("year")["value"]
    assert found.loc[2015 + start : 2014 + start + len(new)].tolist() == new
    for year in range(2015, 2015 + start):
        growth = old[year - 2014] / old[year - 2015]
        assert found[year + 1] / found[year] == pytest.approx(growth, rel=1e-12)


@given(old=figures, new=figures, shift=st.integers(-8, 8))
def test_every_policy_gives_each_cell_once_and_each_figure_of_a_file(old, new, shift):
    frame = observed(("2025-01", 2015, old), ("2026-01", 2015 + shift, new))
    for name, policy in POLICIES.items():
        found = policy(frame)
        assert found["year"].is_unique and found["year"].is_monotonic_increasing
        assert name == "single" or set(found["year"]) == set(frame["year"])
        read = found if name != "splice" else found[found["vintage"] == "2026-01"]
        assert len(read.merge(frame, on=["year", "vintage", "value"])) == len(read)


def test_revisions_list_every_restated_figure_with_its_size():
    found = revisions(observed(OLD, NEW))
    assert found.to_numpy().tolist() == [
        ["1", "A", 2017, "money", 30, 33, "2025-01", "2026-01", pytest.approx(0.1)],
        ["1", "A", 2018, "money", 40, 48, "2025-01", "2026-01", pytest.approx(0.2)],
    ]
    assert revisions(observed(OLD)).columns.tolist() == list(found)
    check_columns("revisions", found)


@pytest.mark.parametrize(("old", "old_half", "new", "new_half", "restated"), CASES["rounded"])
def test_figures_that_round_from_one_number_are_not_restated(
    old, old_half, new, new_half, restated
):
    frame = observed(("2025-01", 2015, [old]), ("2026-01", 2015, [new]))
    found = revisions(frame.assign(half_unit=[old_half, new_half]))
    assert len(found) == restated
    assert found["relative_change"].isna().all() == (old == 0 or not restated)


def test_a_restated_figure_is_held_against_the_last_vintage_that_had_one():
    frame = observed(
        ("2024-01", 2015, [10]), ("2025-01", 2015, [NAN]), ("2026-01", 2015, [12]),
        ("2027-01", 2015, [15]),
    )  # fmt: skip
    found = revisions(frame)
    pairs = found[["old", "new", "old_vintage", "new_vintage"]].to_numpy().tolist()
    assert pairs == [[10, 12, "2024-01", "2026-01"], [12, 15, "2026-01", "2027-01"]]


def test_a_withdrawn_figure_is_no_revision():
    frame = observed(OLD, ("2026-01", 2016, [NAN, 30.0]), ("2027-01", 2016, [NAN]))
    assert revisions(frame).empty
    gone = withdrawn(frame)[["year", "old_value", "old_vintage", "vintage", "cell"]]
    assert gone.to_numpy().tolist() == [[2016, 20, "2025-01", "2026-01", "B0"]]
    assert withdrawn(observed(("2025-01", 2015, [NAN]), ("2026-01", 2015, [5]))).empty
