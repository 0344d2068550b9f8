"""What differs from a release: figures, D at frozen goalposts, verdicts, settings, in words."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coevo.files import as_table, read_table, write_table
from coevo.history.changes import changes_since, with_frozen_goalposts
from coevo.normalisation import normalise
from coevo.panel import build_panel
from coevo.report.findings.since_release import changes_finding as found
from coevo.schema import check_columns
from coevo.study_data import StudyData
from tests import sample
from tests.panels import indexed
from tests.said import reported
from tests.sample import FOCUS, study

CODES = {"110000": "Beijing", FOCUS: "Zhejiang", "440000": "Guangdong"}
YEARS = range(2015, 2020)
TABLE = """
indicator subsystem direction unit source_name derivation
sales     east      +         count sales      .
orders    east      +         count orders     .
output    west      +         count output     .
share     west      +         ratio .          location_quotient(jobs,workers)
jobs      .         .         count jobs       .
workers   .         .         count workers    .
"""


def indicators() -> pd.DataFrame:
    head, *rows = [line.split() for line in TABLE.strip().splitlines()]
    frame = pd.DataFrame(rows, columns=head).replace(".", "")
    return frame.assign(dimension="", label_en=frame["indicator"], label_zh="")


NORMALISATION = sample.config()["normalisation"]


def config(**changed) -> dict:
    years = sample.panel_config(YEARS[0], YEARS[-1])
    return sample.config() | {"title": {"en": "x"}, **years, **changed}


def figures(last: int = YEARS[-1], seed: int = 1) -> pd.DataFrame:
    """Observations of every source indicator; each series has its own level and growth."""
    rng = np.random.default_rng(seed)
    rows = [
        (region, name, year, indicator, float(np.round(rng.uniform(10, 100), 1)), "2026-10", "")
        for indicator in ("sales", "orders", "output", "jobs", "workers")
        for year in range(YEARS[0], last + 1)
        for region, name in CODES.items()
    ]
    columns = ["region", "name", "year", "indicator", "value", "vintage", "flag"]
    return pd.DataFrame(rows, columns=columns)


def state(observations: pd.DataFrame, folder, table=None, name: str = "", **changed) -> StudyData:
    """A study as the workflow builds it, its tables as they are written and read."""
    table, settings_ = indicators() if table is None else table, config(**changed)

    def stored(frame: pd.DataFrame, name: str) -> pd.DataFrame:
        path = folder / f"{name}.csv"
        write_table(frame, path)
        return read_table(path)

    panel = stored(build_panel(observations, table, settings_), "panel")
    built = indexed(panel, table, settings_)
    tables = {part: stored(frame, part) for part, frame in built.tables.items()}
    return replace(built, tables=tables | {"observations": observations}, coevo="1.0", name=name)


def restated(observations: pd.DataFrame, *cells: tuple, value: float = 55.5) -> pd.DataFrame:
    """Observations with some cells (region, year, indicator) set to another value."""
    key = pd.MultiIndex.from_frame(observations[["region", "year", "indicator"]])
    return observations.assign(
        value=observations["value"].mask(key.isin(list(cells)), value),
        flag=observations["flag"].mask(key.isin(list(cells)), "" if value == value else "x"),
    )


def kinds(table: pd.DataFrame) -> dict[str, int]:
    return table["change"].value_counts().to_dict()


@pytest.fixture
def old(tmp_path) -> StudyData:
    return state(figures(), tmp_path, name="first")


def test_the_same_study_differs_in_nothing(old) -> None:
    table = changes_since(old, replace(old, name=""))
    assert kinds(table) == {"release": 4, "D": 15}
    check_columns("changes", table)
    D = table[table["change"] == "D"]
    assert D["old"].tolist() == D["frozen"].tolist() == D["new"].tolist()
    assert table.loc[table["quantity"] == "name", "old_words"].tolist() == ["first"]


BY_HAND = pd.DataFrame({
    "indicator": ["a", "b"], "subsystem": ["s", "t"], "direction": ["+", "-"], "unit": "count",
    "source_name": ["a", "b"], "derivation": "",
})  # fmt: skip
ONE_EACH = BY_HAND[["indicator", "subsystem"]].assign(weighting="entropy", weight=1.0)


def test_frozen_d_by_hand() -> None:
    """One indicator a subsystem, range [0, 1]: D = (z1 z2)^(1/4); 12 lies beyond [0, 10]: z = 1."""
    grid = {"region": FOCUS, "name": "Zhejiang", "year": [2015, 2015, 2016, 2016]}
    frame = pd.DataFrame({**grid, "indicator": ["a", "b"] * 2, "flag": ""})
    settings_ = config(normalisation={**NORMALISATION, "range": [0, 1]})
    ends = {"low": 0.0, "high": 10.0, "group": "", "reference": "panel"}
    made = {"goalposts": BY_HAND[["indicator"]].assign(**ends), "weights": ONE_EACH}

    def at(values: list[float], z: list[float]) -> StudyData:
        tables = {"panel": frame.assign(value=values), "normalised": frame.assign(z=z)}
        return StudyData(settings_, BY_HAND, tables | made, coevo="1.0")

    then, now = at([5.0, 5.0, 2.0, 8.0], [0.5, 0.5, 0.2, 0.2]), at([12.0, 6.0, 2.0, 8.0], [9] * 4)
    frozen = with_frozen_goalposts(then, now)
    assert frozen["D"][FOCUS, 2015] == pytest.approx((1.0 * 0.4) ** 0.25, rel=1e-15)
    assert frozen["D"][FOCUS, 2016] == pytest.approx((0.2 * 0.2) ** 0.25, rel=1e-15)
    assert frozen["grade"].tolist() == ["intermediate coordination", "verge of imbalance"]


def test_goalposts_of_each_year_leave_a_new_year_without_frozen_d() -> None:
    table = BY_HAND.assign(direction="+")
    settings_ = config(normalisation={**NORMALISATION, "reference": "year", "range": [0, 1]})

    def at(years: list[int], value: float) -> StudyData:
        rows = [
            (region, region, year, indicator, value if region == "2" else float(place))
            for place, region in enumerate("123")
            for year in years
            for indicator in "ab"
        ]
        panel = pd.DataFrame(rows, columns=["region", "name", "year", "indicator", "value"])
        normalised, posts = normalise(panel.assign(flag=""), table, settings_["normalisation"])
        tables = {"panel": panel, "normalised": normalised, "goalposts": posts, "weights": ONE_EACH}
        return StudyData(settings_, table, tables, coevo="1.0")

    D = with_frozen_goalposts(at([2015, 2016], 1.0), at([2015, 2016, 2017], 1.5))["D"]
    assert D["2", 2015] == pytest.approx(0.75**0.5) and D["1", 2016] == 0
    assert D.xs(2017, level="year").isna().all()


CELLS = st.tuples(
    st.sampled_from(sorted(CODES)), st.sampled_from(YEARS), st.sampled_from(["sales", "output"])
)


@settings(max_examples=25)
@given(st.sets(CELLS, max_size=4), st.integers(0, 10_000), st.booleans())
def test_at_frozen_goalposts_d_moves_only_where_a_figure_was_restated(
    tmp_path_factory, cells, seed, longer
) -> None:
    folder = tmp_path_factory.mktemp("state")
    last = YEARS[-1] + longer
    every = figures(last, seed)
    then = state(every[every["year"] <= YEARS[-1]], folder)
    now = state(
        restated(every, *cells, value=101.0), folder, years={"first": YEARS[0], "last": last}
    )
    table = changes_since(then, now)
    D = table[table["change"] == "D"]
    moved = set(
        D.loc[D["old"] != D["frozen"], ["scope", "year"]].itertuples(index=False, name=None)
    )
    assert moved <= {(region, year) for region, year, _ in cells}
    listed = table[table["change"] == "figure_restated"]
    key = set(listed[["scope", "year", "indicator"]].itertuples(index=False, name=None))
    assert key == cells
    assert table[table["change"] == "year_added"]["scope"].tolist() == list(CODES) * longer
    # what figures and what goalposts do adds up to the whole
    whole = (D["frozen"] - D["old"]) + (D["new"] - D["frozen"])
    assert np.allclose(whole, D["new"] - D["old"], atol=1e-15)


def test_a_national_sum_moves_other_regions_of_that_year(old, tmp_path) -> None:
    now = state(restated(figures(), ("110000", 2017, "jobs"), value=500.0), tmp_path)
    table = changes_since(old, now)
    D = table[(table["change"] == "D") & (table["old"] != table["frozen"])]
    assert set(zip(D["scope"], D["year"], strict=True)) == {(code, 2017) for code in CODES}
    effect = found(study(changes=table))["effect"]
    assert effect == (D["frozen"] - D["old"]).abs().max() > 0


def test_figures_that_are_withdrawn_added_or_filled_anew(old, tmp_path) -> None:
    gap = (FOCUS, 2017, "sales")
    hollow = state(restated(figures(), gap, value=np.nan), tmp_path, name="hollow")
    table = changes_since(old, hollow)
    row = table[table["change"] == "figure_withdrawn"].iloc[0]
    ends = figures().set_index(["region", "year", "indicator"])["value"]
    between = (ends[FOCUS, 2016, "sales"] + ends[FOCUS, 2018, "sales"]) / 2
    assert (row["scope"], row["year"], row["old"]) == (FOCUS, 2017, ends[gap])
    assert row["new"] == pytest.approx(between) and row["new_words"] == "filled"
    assert kinds(changes_since(hollow, old))["figure_added"] == 1
    other = restated(figures(), gap, value=np.nan)
    other = restated(other, (FOCUS, 2016, "sales"), value=20.0)
    table = changes_since(hollow, state(other, tmp_path))
    assert {k: n for k, n in kinds(table).items() if "figure" in k} == {
        "figure_restated": 1, "figure_filled": 1,
    }  # fmt: skip


def test_a_region_that_comes_or_goes_is_no_restatement(old, tmp_path) -> None:
    rest = figures()
    less = state(rest[rest["region"] != "440000"], tmp_path, name="less")
    gone, come = changes_since(old, less), changes_since(less, old)
    assert kinds(gone)["region_removed"] == kinds(come)["region_added"] == 5
    assert not [kind for kind in (*kinds(gone), *kinds(come)) if kind.startswith("figure")]
    assert come.loc[come["change"] == "region_added", "frozen"].notna().all()


@pytest.mark.parametrize(
    ("cells", "told", "comparable"),
    [
        ({"direction": "-"}, "subsystem: east, direction: -, unit: count", False),
        ({"direction": "moderate", "best": "5"}, "direction: moderate, best: 5, unit", False),
        ({"low": 0.0, "high": 1e6}, "low: 0.0, high: 1000000.0", True),  # other goalposts
    ],
)
def test_only_the_same_indicator_system_can_be_held_against_the_release(
    old, tmp_path, cells, told, comparable
) -> None:
    orders = indicators()["indicator"] == "orders"
    table = indicators()
    for column, value in cells.items():
        others = table.get(column, "" if column == "best" else np.nan)
        table[column] = pd.Series(others, table.index, dtype=object).mask(orders, value)
    table = table.infer_objects()
    made = changes_since(old, state(figures(), tmp_path, table))
    row = made[made["change"] == "indicator"].iloc[0]
    assert (row["indicator"], row["old_words"]) == (
        "orders", "subsystem: east, direction: +, unit: count, source_name: orders",
    )  # fmt: skip
    assert told in row["new_words"]
    D = made[made["change"] == "D"]
    assert D["frozen"].notna().all() == comparable and D["frozen"].isna().all() != comparable
    assert not comparable or (D["frozen"] == D["old"]).all()
    assert found(study(changes=made))["comparable"] == ("same" if comparable else "other")


def test_an_indicator_in_another_unit_is_not_restated(old, tmp_path) -> None:
    table = indicators()
    other = table.assign(unit=table["unit"].mask(table["indicator"] == "sales", "10 thousand"))
    rows = figures()
    mine = rows["indicator"] == "sales"
    scaled = rows.assign(value=rows["value"].mask(mine, rows["value"] / 10_000))
    made = changes_since(old, state(scaled, tmp_path, other))
    assert not [kind for kind in kinds(made) if kind.startswith("figure")]
    assert made.loc[made["change"] == "indicator", "indicator"].tolist() == ["sales"]


def test_settings_are_listed_by_key_but_not_those_that_change_no_number(old, tmp_path) -> None:
    equal = sample.config()["weighting"] | {"method": "equal"}
    changed = {"weighting": equal, "title": {"en": "y"}, "chunks": 8, "extra": None}
    now = state(figures(), tmp_path, **changed)
    rows = changes_since(old, now)
    rows = rows[rows["change"] == "setting"][["quantity", "old_words", "new_words"]]
    assert rows.to_numpy().tolist() == [
        ["extra", "", "null"], ["weighting.method", "entropy", "equal"],
    ]  # fmt: skip
    table = changes_since(old, now)
    D = table[table["change"] == "D"]
    assert D["old"].equals(D["frozen"]) and not np.allclose(D["new"], D["frozen"])
    values = found(study(changes=table))
    assert values["effect"] == 0 < values["rewritten"]


def fits(estimate: float, low: float, high: float, located: bool) -> dict[str, pd.DataFrame]:
    label = {
        "scope": "pooled", "name": "pooled", "effects": "region+year", "model": "classic",
        "estimator": "trapezoid",
    }  # fmt: skip
    own = {**label, "scope": FOCUS, "name": "Zhejiang", "effects": "none"}
    ends = {"scaling": "first", "estimate": estimate, "low": low, "high": high}
    conclusion = "not_rejected" if located else "cannot_be_decided"
    rows = {
        "parameters": [{**label, "parameter": "b1", **ends}],
        "equilibria": [{**own, "source": "fit", "kind": "centre", "located": located}],
        "claims": [{"claim": "1 Unit", "verdict": "agrees" if located else "x"}],
        "headline_claims": [
            {"claim": "equilibrium_located", "conclusion": conclusion},
            {"claim": "rank_of_focus", "conclusion": "robust"},
        ],
    }
    return {name: as_table(name, part) for name, part in rows.items()}


def test_verdicts_that_changed(old) -> None:
    then = replace(old, tables={**old.tables, **fits(0.1, -0.1, 0.3, False)})
    now = replace(old, tables={**old.tables, **fits(0.2, 0.1, 0.3, True)})
    table = changes_since(then, now)
    rows = table[table["change"].isin(["parameter", "verdict", "claim"])]
    assert rows[["change", "quantity", "old_words", "new_words"]].to_numpy().tolist() == [
        ["parameter", "b1", "", ""],
        ["verdict", "interval_b1", "contains_0", "above_0"],
        ["verdict", "fit_located", "not_located", "located"],
        ["claim", "1 Unit", "x", "agrees"],
        ["claim", "equilibrium_located", "cannot_be_decided", "not_rejected"],
    ]


def test_without_a_release_nothing_is_said_of_it() -> None:
    assert found(study()) == {"verdict": "none"}
    assert not reported(study()).variants("changes/finding")


def test_nothing_changed_is_one_sentence(old) -> None:
    report = reported(study(changes=changes_since(old, replace(old, name=""))))
    assert report.variants("changes/finding") == {"unchanged"}
    assert not report.variants("changes/comparable")


def test_a_new_year_and_restated_figures(tmp_path) -> None:
    every = figures(2020)
    then = state(every[every["year"] < 2020], tmp_path, name="2026-10-2019")
    now = restated(every, (FOCUS, 2018, "sales"), value=60.0)
    table = changes_since(then, state(now, tmp_path, years={"first": 2015, "last": 2020}))
    values, report = found(study(changes=table)), reported(study(changes=table))
    told = {one["kind"]: one for one in values["happenings"]}
    assert told["figure_restated"]["n"] == 1 and told["year_added"]["names"] == [2020]
    assert (values["verdict"], values["focus"]["year"]) == ("changed", 2019)
    D = table[table["change"] == "D"]
    assert values["effect"] == pytest.approx((D["frozen"] - D["old"]).abs().max())
    assert values["rewritten"] == pytest.approx((D["new"] - D["frozen"]).abs().max())
    assert values["grades"] == (D["old_words"] != D["new_words"]).sum()
    keys = ("finding/changed", "comparable/same", "focus")
    assert {f"changes/{key}" for key in keys} <= set(report.said)
