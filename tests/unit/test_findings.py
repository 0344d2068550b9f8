"""Findings: values by hand, and verdicts that follow the tables."""

import numpy as np
import pandas as pd
import pytest

from coevo.coupling import grade
from coevo.findings import findings
from coevo.findings.data import obstacles
from coevo.findings.equilibrium import calibration, equilibrium, failed
from coevo.findings.far import far
from coevo.findings.grades import printed
from coevo.findings.interaction import interaction, signs
from coevo.findings.step import step
from tests.sample import study, tables


def with_value(frame: pd.DataFrame, rows: pd.Series, column: str, value: object) -> pd.DataFrame:
    """Return a copy of a table with one column changed in some rows."""
    return frame.assign(**{column: frame[column].mask(rows, value)})


def test_every_region_rises() -> None:
    found = far(study())
    assert (found["verdict"], found["rose"], found["n"]) == ("all", 4, 4)
    assert (found["first"], found["last"], found["rows"]) == (2015, 2020, 24)
    assert found["focus"]["rank"] == (1, 1)
    assert found["focus"]["since"] == 2015


@pytest.mark.parametrize(("falling", "verdict"), [(1, "most"), (3, "some"), (4, "none")])
def test_fewer_rises_weaken_the_verdict(falling: int, verdict: str) -> None:
    table = tables()["coupling"]
    fallen = sorted(table["region"].unique())[:falling]
    rows = table["region"].isin(fallen) & table["year"].eq(2020)
    assert far(study(coupling=with_value(table, rows, "D", 0.01)))["verdict"] == verdict


def test_mean_is_the_mean_of_regions() -> None:
    table = tables()["coupling"]
    mean = table.loc[table["year"] == 2015, "D"].mean()
    assert far(study())["mean"][0] == pytest.approx(mean)


def test_no_comovement_inside_the_range_of_random_pairings() -> None:
    found = step(study())
    assert found["verdict"] == "none"
    assert found["where"]["levels"] == "above"
    assert found["top"] == ("product_per_head", 0.9)


def test_comovement_above_the_range() -> None:
    table = tables()["comovement"]
    rows = table["measure"].eq("correlation_lnU") & table["scope"].eq("within_regions_and_years")
    assert step(study(comovement=with_value(table, rows, "value", 0.4)))["verdict"] == "beyond"


@pytest.mark.parametrize(
    ("b1", "d", "verdict"),
    [
        ((0.1, 0.2), (0.1, 0.2), "supply"),
        ((-0.1, 0.2), (-0.1, 0.2), "neither"),
        ((0.1, 0.2), (-0.1, 0.2), "one"),
        ((-0.2, -0.1), (0.1, 0.2), "other"),
        ((0.0, 0.2), (0.1, 0.2), "one"),
    ],
)
def test_signs_of_two_intervals(b1: tuple, d: tuple, verdict: str) -> None:
    rows = [pd.Series({"low": low, "high": high}) for low, high in (b1, d)]
    assert signs(*rows) == verdict


def test_year_effects_take_the_pattern_away() -> None:
    found = interaction(study())
    assert found["verdict"] == "supply_then_neither"
    assert found["undecided"]
    assert (found["zeros"], found["intervals"]) == (6, 6)
    assert found["above"] == (6, 6)


def test_narrow_intervals_keep_the_pattern() -> None:
    table = tables()["parameters"]
    rows = table["effects"].eq("region+year")
    found = interaction(study(parameters=with_value(table, rows, "low", 0.01)))
    assert found["verdict"] == "supply_then_supply"
    assert not found["undecided"]


def test_regional_slopes_are_per_first_year_output() -> None:
    chosen = study()
    first = chosen.series("sales").groupby(level="region").first()
    from coevo.findings.interaction import regional

    rows = regional(chosen, "b1").set_index("scope")["estimate"]
    np.testing.assert_allclose(rows, 0.1 * 0.001 * first.reindex(rows.index))


@pytest.mark.parametrize(
    ("x1_set", "x2_set", "located", "verdict"),
    [
        ("complement", "line", False, "both"),
        ("interval", "line", False, "x2"),
        ("complement", "interval", False, "x1"),
        ("interval", "interval", True, "located"),
        ("interval", "interval", False, "not_positive"),
    ],
)
def test_unbounded_sets_are_named(x1_set: str, x2_set: str, located: bool, verdict: str) -> None:
    table = tables()["equilibria"]
    own = table["source"].eq("fit") & table["effects"].eq("none")
    for column, value in (("x1_set", x1_set), ("x2_set", x2_set), ("located", located)):
        table = with_value(table, own, column, value)
    assert equilibrium(study(equilibria=table))["verdict"] == verdict


def test_probability_of_a_positive_equilibrium_is_the_sum_of_three() -> None:
    assert equilibrium(study())["p_positive"] == pytest.approx(0.52)


def test_failed_calibrations_are_counted_and_listed() -> None:
    found = calibration(study())
    assert (found["verdict"], found["failed"], found["of"]) == ("period", 5, 20)
    rows = failed(study())
    assert rows["name"].tolist() == ["Beijing"]
    assert rows["years"].iloc[0] == [2015, 2016, 2017, 2018, 2019]
    assert found["ratio"]["x1"] == pytest.approx((0.9, 0.9))


def test_region_at_the_top_of_every_scale_has_no_obstacle() -> None:
    table = tables()["obstacles"]
    top = table["region"].eq("330000") & table["year"].eq(2020)
    found = obstacles(study(obstacles=with_value(table, top, "obstacle", 0.0)))
    assert (found["verdict"], found["year"]) == ("earlier", 2019)


def test_one_region_has_no_pooled_findings() -> None:
    found = findings(study(1))
    assert found["far"]["verdict"] == found["step"]["verdict"] == "one_region"
    assert found["interaction"]["verdict"] == "region_neither"


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.4999, "0.4999"), (0.49996, "0.49996"), (0.5, "0.50"), (0.6995, "0.6995"), (0.123, "0.12")],
)
def test_printed_value_keeps_its_grade(value: float, text: str) -> None:
    assert printed(value) == text


def test_printed_value_never_contradicts_its_grade() -> None:
    values = np.random.default_rng(1).uniform(0, 1, 2000)
    shown = [float(printed(value)) for value in values]
    assert (grade(shown) == grade(values)).all()
