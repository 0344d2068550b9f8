"""Other specifications: each row is what a direct fit of the case's figures gives."""

from itertools import product

import numpy as np
import pandas as pd
import pytest

from coevo.equilibria import pair_values
from coevo.estimation import fit, fit_pooled
from coevo.estimation.growth import ESTIMATORS
from coevo.estimation.pooled import fit_pooled_general
from coevo.inference.feedback import feedback_verdicts
from coevo.inference.sets import equilibrium_sets
from coevo.panel import build_panel
from coevo.schema import check_columns
from coevo.sensitivity.choices import panels_of_other_policies
from coevo.sensitivity.specifications import specification_tables
from coevo.study_data import StudyData
from tests.sample import panel_config

YEARS = range(2015, 2023)
FOCUS = "120000"
PAIR = {"upstream": "output", "downstream": "sales", "confidence": 0.95}
JOBS = {"upstream": "jobs", "downstream": "sales"}
INDICATORS = pd.DataFrame(
    {
        "indicator": ["output", "sales", "jobs"],
        "subsystem": ["plants", "shops", "plants"],
        "unit": ["100 million yuan", "100 million yuan", "person"],
        "label_en": ["output", "sales", "jobs"],
        "source_name": ["output", "sales", "jobs"],
        "derivation": "",
    }
)
CONFIG = {
    "interaction": PAIR,
    "robustness": {"pairs": {"jobs": JOBS}, "deflated": None, "drop": [2018], "seed": 1},
    **panel_config(last=2022, focus=FOCUS, gaps="none"),
}
SHARED = (("fod_iv", "classic"), ("fod_iv", "general"), ("lag", "general"))
CASE = ["pair", "vintage", "dropped", "roles"]
KEY = [*CASE, "scope", "effects", "model", "estimator", "quantity"]


def observed(regions=6, restated=True):
    """Return observations of three indicators; output is restated from 2019 on."""
    generator = np.random.default_rng(4)
    shape = (regions, 3, len(YEARS))
    growth = generator.normal(0.07, 0.06, shape) + generator.normal(0, 0.03, (1, 3, len(YEARS)))
    values = np.array([900.0, 300.0, 5e4])[:, None] * np.exp(np.cumsum(growth, axis=2))
    labels = [[f"{11 + r}0000" for r in range(regions)], ["output", "sales", "jobs"], YEARS]
    index = pd.MultiIndex.from_product(labels, names=["region", "indicator", "year"])
    frame = pd.Series(values.ravel(), index, name="value").reset_index()
    units = dict(zip(INDICATORS["indicator"], INDICATORS["unit"], strict=True))
    frame = frame.assign(vintage="2026-10", flag="", unit=frame["indicator"].map(units))
    frame["name"] = "R" + frame["region"].str[:2]
    later = frame[(frame["indicator"] == "output") & (frame["year"] >= 2019)]
    factor = 1.1 + 0.02 * np.sin(np.arange(len(later)))
    later = later.assign(vintage="2026-11", value=later["value"] * factor)
    return pd.concat([frame, later], ignore_index=True) if restated else frame


def panel_of(observations, policy="single"):
    return build_panel(observations, INDICATORS, {**CONFIG, "vintage_policy": policy})


def study_with(panel, observations, config=CONFIG, coupling=None):
    parts = {"panel": panel, "observations": observations}
    parts |= {} if coupling is None else {"coupling": coupling}
    return StudyData(config, INDICATORS, parts)


def pair_of(panel, outputs=PAIR):
    return pair_values(study_with(panel, None), outputs)


def tables(*parts):
    return specification_tables(study_with(*parts))


def made(observations, coupling=None, **changes):
    config = {**CONFIG, **changes}
    return tables(panel_of(observations), observations, config, coupling)["specifications"]


def only(**changes):
    """Return the settings of a study with no other case than itself."""
    return {"robustness": {"pairs": {}, "deflated": None, "drop": [], "seed": 1, **changes}}


@pytest.fixture(scope="module")
def observations():
    return observed()


@pytest.fixture(scope="module")
def whole(observations):
    return made(observations)


@pytest.fixture(scope="module")
def table(whole):
    """Return the cases without those that leave a year of growth out."""
    return whole[whole["without_growth"] == ""]


@pytest.fixture(scope="module")
def figures(observations):
    """The two populations of each case, from the panel by other means."""
    panel = panel_of(observations)
    main = pair_of(panel)
    dropped = main.copy()
    dropped.loc[dropped["year"] == 2018, ["x1", "x2"]] = np.nan
    policies = panels_of_other_policies(study_with(panel, observations))
    return {
        ("main", "single", ""): main,
        ("jobs", "single", ""): pair_of(panel, JOBS),
        ("main", "overlay", ""): pair_of(policies["overlay"]),
        ("main", "splice", ""): pair_of(policies["splice"]),
        ("main", "single", "2018"): dropped,
    }


def rows_of(table, case, roles, **where):
    """Return value, low, high and set of the rows of a case by quantity."""
    named = dict(zip(CASE, (*case, roles), strict=True)) | where
    chosen = np.logical_and.reduce([table[column] == value for column, value in named.items()])
    return table[chosen].set_index("quantity")[["value", "low", "high", "set"]]


def test_cases_come_in_order_and_no_row_twice(table, figures):
    check_columns("specifications", table.reset_index(drop=True))
    cases = table[CASE[:3]].drop_duplicates().itertuples(index=False, name=None)
    assert list(cases) == list(figures)
    assert not table.duplicated(KEY).any()
    sizes = table.groupby([*CASE[:3], "roles"]).size()
    # estimators by two effects: two slopes and E; b1, d; twice A12, A21 and the difference
    assert set(sizes) == {len(ESTIMATORS) * 2 * 4 + 2 + 2 * 3} and len(sizes) == 10
    assert set(table.loc[table["scope"] == FOCUS, "name"]) == {"R12"}
    assert set(table.loc[table["scope"] == "pooled", "name"]) == {"pooled"}


ROLES = (("given", ("x1", "x2")), ("swapped", ("x2", "x1")))


@pytest.mark.parametrize("effects", ["region", "region+year"])
@pytest.mark.parametrize("estimator", ["trapezoid", "relative"])
def test_slopes_and_E_of_every_case_are_those_of_a_direct_fit(table, figures, estimator, effects):
    where = {"estimator": estimator, "effects": effects, "model": "classic"}
    for (case, pair), (roles, names) in product(figures.items(), ROLES):
        pooled = fit_pooled(pair, *names, estimator, effects, "first")
        slopes = rows_of(table, case, roles, scope="pooled", **where)
        for name, error in pooled.lines.errors().items():
            if name in ("b1", "d"):
                value, half = getattr(pooled, name), 2.570582 * error  # t(.975, 5)
                ends = slopes.loc[name, ["value", "low", "high"]].tolist()
                assert ends == pytest.approx([value, value - half, value + half], rel=1e-6)
        E = rows_of(table, case, roles, scope=FOCUS, **where)
        for name, found in zip(("x1", "x2"), equilibrium_sets(pooled.at(FOCUS)), strict=True):
            expected = [float(found.estimate), float(found.low), float(found.high)]
            ends = E.loc[name, ["value", "low", "high"]].tolist()
            assert ends == pytest.approx(expected, nan_ok=True)
            assert E.at[name, "set"] == str(found.kind)


@pytest.mark.parametrize(("estimator", "form"), SHARED)
def test_instruments_and_the_general_model_are_those_of_a_direct_fit(
    table, figures, estimator, form
):
    where = {"model": form, "effects": "region+year", "scope": "pooled", "estimator": estimator}
    for (case, pair), (roles, names) in product(figures.items(), ROLES):
        own = fit_pooled_general(pair, names, estimator, form=form)
        rows = rows_of(table, case, roles, **where)
        expected = {"b1": -own.A[0, 1], "d": own.A[1, 0]}
        if form == "general":
            found = feedback_verdicts(own.A, own.covariance, own.df)
            expected = {"A12": own.A[0, 1], "A21": own.A[1, 0]}
            expected["feedback_difference"] = found.difference
            ends = rows.loc["feedback_difference", ["low", "high"]].tolist()
            assert ends == pytest.approx([found.difference_low, found.difference_high])
        assert {name: rows.at[name, "value"] for name in expected} == pytest.approx(expected)


def test_the_growth_of_each_year_left_out_is_a_fit_of_the_other_rows(whole, figures):
    """The figures of both years stay in the rows beside; scaled by the first year all the same."""
    cut = whole[whole["without_growth"] != ""]
    main = figures["main", "single", ""]
    assert set(cut["estimator"]) == {"trapezoid"} and set(cut["roles"]) == {"given"}
    assert sorted(set(cut["without_growth"])) == [str(year) for year in YEARS[1:]]
    assert len(cut) == 2 * 2 * len(YEARS[1:]) and set(cut["scope"]) == {"pooled"}
    rows = fit_pooled(main, "x1", "x2", effects="region").data
    kept = rows.year + 1 != 2017
    g, R = (column[kept] for column in (rows.growth[:, 0], rows.regressor[:, 1]))
    D = np.column_stack([R, 1.0 * (rows.region[kept, None] == np.unique(rows.region))])
    slope = np.linalg.lstsq(D, g, rcond=None)[0][0]
    own = cut.query("without_growth == '2017' and effects == 'region' and quantity == 'b1'")
    assert own["value"].tolist() == pytest.approx([-slope])


def test_a_dropped_year_and_a_break_take_growth_rows(figures):
    """Eight years make seven rows a region; 2018 is in two of them, the break of 2019 in one."""
    rows = {case: fit_pooled(pair, "x1", "x2").rows for case, pair in figures.items()}
    assert rows == {
        ("main", "single", ""): 42,
        ("jobs", "single", ""): 42,
        ("main", "overlay", ""): 36,
        ("main", "splice", ""): 42,
        ("main", "single", "2018"): 30,
    }


def test_the_order_of_the_tables_does_not_matter(observations):
    panel = panel_of(observations)
    found, again = (
        tables(rows, observations, {**CONFIG, **only(drop=[2018])})
        for rows in (panel, panel.sample(frac=1, random_state=3))
    )
    for name, table in found.items():
        pd.testing.assert_frame_equal(table, again[name], check_exact=True)


def test_vintages_of_a_study_without_a_choice_are_no_cases():
    found = made(observed(restated=False), **only())
    assert set(found["vintage"]) == {"single"}


@pytest.fixture(scope="module")
def coupling(observations):
    frame = panel_of(observations)[["region", "name", "year"]].drop_duplicates()
    generator = np.random.default_rng(5)
    return frame.assign(
        U_plants=generator.uniform(0.2, 0.8, len(frame)),
        U_shops=generator.uniform(0.2, 0.8, len(frame)),
    )


@pytest.mark.parametrize("side", ["upstream", "downstream"])
def test_composites_are_populations_without_other_vintages(observations, coupling, side):
    """The index of a subsystem is that of the study's own vintage."""
    subsystem = {"upstream": "plants", "downstream": "shops"}[side]
    chosen = {**PAIR, side: subsystem}
    found = made(observations, coupling, interaction=chosen, **only(pairs={"jobs": JOBS}))
    assert set(found["vintage"]) == {"single"} and set(found["pair"]) == {"main", "jobs"}
    pair = pair_values(study_with(panel_of(observations), None, coupling=coupling), chosen)
    pooled = fit_pooled(pair, "x1", "x2", "lag", "region")
    where = {"scope": "pooled", "estimator": "lag", "effects": "region"}
    rows = rows_of(found, ("main", "single", ""), "given", **where)
    assert rows.at["d", "value"] == pytest.approx(pooled.d)


@pytest.mark.parametrize("regions", [1, 5])
def test_too_few_regions_leave_the_region_in_focus_per_unit_of_its_first_year(regions):
    rows = observed(5)
    rows = rows[rows["region"] == FOCUS] if regions == 1 else rows
    found = made(rows, **only())
    assert set(found["scope"]) == {FOCUS} and set(found["effects"]) == {"none"}
    assert set(found["estimator"]) == set(ESTIMATORS) and set(found["model"]) == {"classic"}
    pair = pair_of(panel_of(rows))
    part = pair[pair["region"] == FOCUS]
    x1, x2 = part["x1"].to_numpy(), part["x2"].to_numpy()
    own = fit(part["year"], x1 / x1[0], x2 / x2[0])  # in those units from the start
    table = rows_of(found, ("main", "single", ""), "given", estimator="trapezoid")
    half = 2.570582 * own.errors()["b1"]  # t(.975, 5)
    assert table.loc["b1", ["value", "low", "high"]].tolist() == pytest.approx(
        [own.b1, own.b1 - half, own.b1 + half], rel=1e-6
    )
    assert table.at["d", "value"] == pytest.approx(own.d)
    sets = equilibrium_sets(own)
    for name, unit, E in zip(("x1", "x2"), (x1[0], x2[0]), sets, strict=True):
        assert table.at[name, "value"] == pytest.approx(unit * float(E.estimate))
        assert table.at[name, "set"] == str(E.kind)


def test_no_growth_row_of_a_region_alone_crosses_two_vintages(observations):
    one = observations[observations["region"] == FOCUS]
    found = made(one, **only())
    part = pair_of(panel_of(one, "overlay"))
    own, through = (fit(part["year"], part["x1"], part["x2"], breaks=b) for b in ([2019], []))
    assert (own.rows, through.rows) == (6, 7)
    rows = rows_of(found, ("main", "overlay", ""), "given", estimator="trapezoid")
    unit = part["x1"].iloc[0]
    assert rows.at["d", "value"] == pytest.approx(own.d * unit)
    assert abs(own.d - through.d) * unit > 1e-3


def test_nothing_that_can_be_estimated_is_an_empty_table_of_the_same_kind(table):
    rows = observed(2, restated=False)
    panel = panel_of(rows)
    short = panel.assign(value=panel["value"].where(panel["year"] < 2017))
    config = {**CONFIG, **only(drop=[2018])}
    found = tables(short, rows, config)["specifications"]
    assert len(found) == 0
    check_columns("specifications", found)
    # whether a cell of `located` may be empty is not to be seen where there is none
    kinds = [rows.drop(columns="located").dtypes.to_dict() for rows in (found, table)]
    assert kinds[0] == kinds[1]
