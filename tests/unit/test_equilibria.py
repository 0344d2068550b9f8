"""The three tables of a study: what is in them, what must not stop them, what they repeat."""

import numpy as np
import pandas as pd
import pytest

from coevo.equilibria import estimate, pair_values
from coevo.equilibria.fitted import SHOWN_SCALES
from coevo.errors import StudyError
from coevo.estimation import fit, fit_general, fit_pooled
from coevo.estimation.effects import EFFECTS
from coevo.estimation.growth import ESTIMATORS
from coevo.estimation.pooled import fit_pooled_general
from coevo.estimation.region import restriction_test
from coevo.inference.sets import equilibrium_sets, rest_point_projections
from coevo.lotka_volterra import calibrate
from coevo.lotka_volterra.populations import rest_point, rest_point_kind
from coevo.messages import unpacked
from coevo.study_data import StudyData
from tests.panels import long

PAIR = {"upstream": "output", "downstream": "sales", "estimator": "trapezoid", "confidence": 0.95}
ACCOUNTS = PAIR | {"calibration": {"purchases": "purchases"}}
YEARS = range(2015, 2024)
QUICK = ("trapezoid", "lag")


PERSONS = pd.DataFrame(
    {"indicator": ["output", "sales", "purchases"], "subsystem": "", "unit": "person"}
)
MONEY = PERSONS.assign(unit="100 million yuan")


def panel_of(regions=8, seed=3):
    shape = (regions, len(YEARS), 3)
    rng = np.random.default_rng(seed)
    levels = 0.3 * rng.normal(size=(regions, 1, 3)) + rng.normal(0.06, 0.08, shape).cumsum(axis=1)
    panel = long(np.exp(levels) * [900.0, 300.0, 90.0], ("output", "sales", "purchases"))
    return panel.assign(region=panel["region"].map(lambda r: f"{11 + int(r)}0000"), flag="")


def change(panel, value, **where):
    """Return the panel with `value` in the cells that `where` names."""
    cells = np.logical_and.reduce([panel[column] == is_ for column, is_ in where.items()])
    return panel.assign(value=panel["value"].mask(cells, value))


def series(panel, region, indicator):
    rows = panel[(panel["region"] == region) & (panel["indicator"] == indicator)]
    return rows.sort_values("year")["value"].to_numpy()


@pytest.fixture(scope="module")
def panel():
    return panel_of()


def estimated(panel, interaction=PAIR, estimators=("trapezoid",), seed=1, indicators=PERSONS):
    config = {"interaction": interaction, "robustness": {"seed": seed}, "focus_region": "110000"}
    return estimate(StudyData(config, indicators, {"panel": panel}), estimators)


def pair_of(panel, outputs=PAIR, indicators=PERSONS, **tables):
    return pair_values(StudyData({}, indicators, {"panel": panel} | tables), outputs)


def own_rows(table, *left_out):
    """Return the rows of regions, but for some."""
    rows = table[~table["scope"].isin(["pooled", *left_out])]
    return rows.reset_index(drop=True)


@pytest.fixture(scope="module")
def tables(panel):
    return estimated(panel, ACCOUNTS, QUICK, seed=1)


@pytest.fixture(scope="module")
def few(panel):
    """Four regions, too few for errors of a pool."""
    return panel[panel["region"] < "150000"]


@pytest.fixture(scope="module")
def few_tables(few):
    return estimated(few)


def test_every_fit_is_there(tables):
    parameters = tables["parameters"]
    key = ["scope", "effects", "model", "estimator", "scaling", "parameter"]
    assert not parameters.duplicated(key).any()
    fits = parameters.groupby(key[:-1])["parameter"].agg(",".join)
    pooled = fits.loc["pooled"].to_dict()
    classic = {(e, "classic", m, s) for e in EFFECTS for m in QUICK for s in SHOWN_SCALES}
    general = {("region+year", "general", "fod_iv", "first")}
    general |= {(e, "general", m, "first") for e in ("region", "region+year") for m in QUICK}
    instruments = ("region+year", "classic", "fod_iv", "first")
    assert set(pooled) == classic | general | {instruments}
    assert pooled[instruments] == "b1,d"
    assert {pooled[fit] for fit in general} == {"A11,A12,A21,A22"}
    for effects, *rest in classic:
        assert pooled[effects, *rest] == ("a1,b1,a2,d,b2" if effects == "none" else "b1,d,b2")
    own = fits.drop("pooled")
    expected = {("none", "classic", m, "none"): "a1,b1,a2,d,b2" for m in QUICK}
    expected["none", "general", "trapezoid", "none"] = "r1,r2,A11,A12,A21,A22"
    for _, rows in own.groupby("scope"):
        assert rows.droplevel("scope").to_dict() == expected
    assert own.index.get_level_values("scope").nunique() == 8


def own_row(tables, **where):
    """Return the point of region 130000 by its own fit."""
    rows = tables["equilibria"].query("scope == '130000' and effects == 'none' and source == 'fit'")
    for column, value in where.items():
        rows = rows[rows[column] == value]
    (row,) = rows.to_dict("records")
    return row


def assert_sets(row, sets):
    for name, found in zip(("x1", "x2"), sets, strict=True):
        assert row[f"{name}_set"] == str(found.kind)
        ends = [np.nan if np.isinf(end) else float(end) for end in (found.low, found.high)]
        assert [row[f"{name}_low"], row[f"{name}_high"]] == pytest.approx(ends, nan_ok=True)


@pytest.mark.parametrize("estimator", QUICK)
def test_a_region_in_original_units(panel, tables, estimator):
    X = [series(panel, "130000", name) for name in ("output", "sales")]
    one = fit(YEARS, *X, estimator)
    rows = tables["parameters"].query(f"scope == '130000' and estimator == '{estimator}'")
    rows = rows[rows["model"] == "classic"].set_index("parameter")
    for name, error in one.errors().items():
        found = rows.loc[name, ["estimate", "se", "low", "high"]].tolist()
        value, half = getattr(one, name), 2.446912 * error  # t(.975, 6)
        assert found == pytest.approx([value, error, value - half, value + half], rel=1e-6)
    assert rows.loc["b2", "estimate"] == pytest.approx(one.d / one.b1)
    assert rows.loc["b2", ["se", "df", "low", "high"]].isna().all()
    row = own_row(tables, model="classic", estimator=estimator)
    E = [float(found.estimate) for found in equilibrium_sets(one)]
    assert [row["x1"], row["x2"]] == pytest.approx(E)
    assert_sets(row, equilibrium_sets(one))
    assert [row["observed_x1"], row["observed_x2"]] == [x[-1] for x in X]
    relations = tables["relations"].query(f"scope == '130000' and estimator == '{estimator}'")
    relations = relations.set_index("quantity")
    # of the region for both coordinates each has the half of the error
    for name, found in zip(("x1", "x2"), equilibrium_sets(one, 0.975), strict=True):
        region = relations.loc[f"region_{name}"]
        assert (region["level"], region["value"]) == (0.975, row[name])
        assert region["set"] == str(found.kind)
        ends = [float(found.low), float(found.high)]
        assert [region["low"], region["high"]] == pytest.approx(ends, nan_ok=True)


def test_the_general_model_of_a_region(panel, tables):
    X = np.column_stack([series(panel, "130000", name) for name in ("output", "sales")])
    own = fit_general(YEARS, X)
    rows = tables["parameters"].query("scope == '130000' and model == 'general'")
    errors = np.sqrt(np.diagonal(own.covariance, axis1=1, axis2=2))
    expected = {
        "estimate": np.array([*own.r, *own.A.ravel()]),
        "se": np.array([*errors[:, 0], *errors[:, 1:].ravel()]),
    }
    half = 2.570582 * expected["se"]  # t(.975, 5)
    expected |= {"low": expected["estimate"] - half, "high": expected["estimate"] + half}
    for column, values in expected.items():
        assert rows[column].to_numpy() == pytest.approx(values, rel=1e-6)
    assert set(rows["df"]) == {5}
    row = own_row(tables, model="general")
    assert [row["x1"], row["x2"]] == pytest.approx(rest_point(own.r, own.A))
    assert (row["kind"], row["estimator"]) == (str(rest_point_kind(own.r, own.A)), "trapezoid")
    assert_sets(row, rest_point_projections(own.r, own.A, own.covariance, own.df))
    assert [row["observed_x1"], row["observed_x2"]] == X[-1].tolist()
    relations = tables["relations"].query("scope == '130000' and estimator == 'trapezoid'")
    values = relations.set_index("quantity")["value"]
    assert values["restriction"] == pytest.approx(restriction_test(own))
    quadrants = values.filter(regex=r"^p_.._12$")
    assert len(quadrants) == 4 and quadrants.sum() == pytest.approx(1)


def test_no_end_of_a_set_is_infinite(tables):
    rows = tables["equilibria"].query("model == 'general'")
    assert set(rows["x1_set"]) | set(rows["x2_set"]) >= {"unbounded"}
    ends = rows[["x1_low", "x1_high", "x2_low", "x2_high"]]
    assert not np.isinf(ends.to_numpy()).any()
    unbounded = (rows["x1_set"] == "unbounded") | (rows["x2_set"] == "unbounded")
    assert not rows.loc[unbounded, "located"].any()


def test_the_general_model_of_the_pool(panel, tables):
    wide = panel.pivot(index=["region", "year"], columns="indicator", values="value").reset_index()
    rows = tables["parameters"].query("scope == 'pooled' and scaling == 'first'")
    rows = rows.set_index(["model", "estimator", "effects", "parameter"]).sort_index()
    names = ("output", "sales")
    for form, estimator, effects in (
        ("general", "fod_iv", "region+year"),
        ("general", "lag", "region"),
        ("classic", "fod_iv", "region+year"),
    ):
        shared = fit_pooled_general(wide, names, estimator, effects, "first", form)
        A, errors, own = shared.A, shared.error, rows.loc[form, estimator, effects]
        if form == "classic":
            expected, error = [-A[0, 1], A[1, 0]], [errors[0, 1], errors[1, 0]]
        else:
            expected, error = A.ravel(), errors.ravel()
        assert own["estimate"].to_numpy() == pytest.approx(expected)
        assert own["se"].to_numpy() == pytest.approx(error)
        assert set(own["df"]) == {7}
        half = (own["high"] - own["low"]).to_numpy() / 2
        assert half == pytest.approx(2.364624 * np.array(error), rel=1e-6)  # t(.975, 7)


def test_a_regions_pooled_equilibrium(panel, tables):
    wide = panel.pivot(index=["region", "year"], columns="indicator", values="value").reset_index()
    pooled = fit_pooled(wide, "output", "sales", "lag", "region+year", "first")
    x1, x2 = equilibrium_sets(pooled.at("150000"))
    where = "scope == '150000' and effects == 'region+year' and estimator == 'lag'"
    (row,) = tables["equilibria"].query(where).to_dict("records")
    assert (row["x1"], row["x2"]) == pytest.approx((float(x1.estimate), float(x2.estimate)))
    assert (row["x1_set"], row["x2_set"]) == (x1.kind, x2.kind)
    assert row["source"] == "fit"


def test_located_needs_two_intervals_above_zero(tables):
    fits = tables["equilibria"][tables["equilibria"]["source"] == "fit"]
    bounded = (fits["x1_set"] == "interval") & (fits["x2_set"] == "interval")
    positive = (fits["x1"] > 0) & (fits["x2"] > 0)
    above = (fits["x1_low"] > 0) & (fits["x2_low"] > 0)
    assert (fits["located"] == (bounded & above)).all()
    classic = fits["model"] == "classic"
    assert ((fits["kind"] != "none") == positive)[classic].all()
    signs = fits[["p_predator_prey", "p_reversed", "p_saddle"]]
    assert signs[classic].notna().all(axis=None) and (signs.sum(axis=1) <= 1).all()
    assert signs[~classic].isna().all(axis=None) and (~classic).sum() == 8


def test_a_known_equilibrium_is_located():
    """A cycle without noise: the fit finds E, both sets are intervals, it is a centre."""
    from coevo.lotka_volterra.classic import orbit

    path = orbit(0.55, 0.028, 0.8, 0.857, (34, 5.9), np.arange(12.0))
    wide = pd.DataFrame({"output": path[:, 0], "sales": path[:, 1], "year": np.arange(12)})
    one = wide.melt("year", var_name="indicator").assign(region="330000", name="Zhejiang", flag="")
    rows = estimated(one, PAIR, ())["equilibria"].query("model == 'classic'").set_index("estimator")
    assert set(rows.index) == set(ESTIMATORS)
    assert rows["located"].all() and (rows["kind"] == "centre").all()
    assert rows.loc["trapezoid", ["x1", "x2"]].to_list() == pytest.approx(
        [0.8 / (0.028 * 0.857), 0.55 / 0.028], rel=0.01
    )
    assert rows.loc["trapezoid", "p_predator_prey"] > 0.99


def test_one_region_has_no_pool(panel):
    one = estimated(panel[panel["region"] == "110000"])
    assert set(one["parameters"]["scope"]) == {"110000"}
    assert set(one["parameters"]["model"]) == {"classic", "general"}
    assert set(one["equilibria"]["effects"]) == {"none"}
    assert not (one["relations"]["scope"] == "pooled").any()


@pytest.mark.parametrize("regions", [5, 6])
def test_errors_need_six_regions(panel, regions):
    codes = sorted(panel["region"].unique())[:regions]
    found = estimated(panel[panel["region"].isin(codes)], PAIR | {"split": 2019})
    enough = regions == 6
    pooled = found["parameters"][found["parameters"]["scope"] == "pooled"].query(
        "parameter != 'b2'"
    )
    assert pooled["se"].notna().eq(enough).all()
    verdicts = found["verdicts"].query("scope == 'pooled'")
    asked = verdicts["question"]
    assert found["slope_tests"]["errors"].eq("year_wild").sum() == 4 * enough
    assert asked.eq("relation").sum() == 2 * enough  # with region effects, and with both
    assert (asked.eq("feedback_weak") & verdicts["period"].eq("2019-2023")).sum() == enough
    refused = found["refusals"][found["refusals"]["quantity"] != "theory"]
    assert refused["quantity"].tolist() == ["inference"] * (0 if enough else len(EFFECTS))
    if not enough:
        assert set(refused["message"]) == {"too_few_regions"}
        assert unpacked(refused["fields"].iloc[0]) == {"regions": 5, "least": 6}
        assert set(pooled["model"]) == {"classic", "general"} and verdicts.empty
        shared = found["checks"].query("scope == 'pooled'")["check"]
        assert not shared.str.contains("^(?:homogeneity|first_stage)").any()


# What output of R1 (120000) is in some years (None: it has no rows of them), and why its fit and
# its general model are refused.
FEW_ROWS, ZERO, FLAT = "too_few_general_rows", "not_positive", "constant_regressor"
DAMAGE = {
    "a missing year": (np.nan, [2018], "", ""),
    "two missing years": (np.nan, [2018, 2020], "", FEW_ROWS),
    "a zero": (0.0, [2018], ZERO, ZERO),
    "a constant": (7.0, YEARS, FLAT, FLAT),
    "four years": (None, range(2019, 2024), "", FEW_ROWS),
    "no figure": (np.nan, YEARS, "too_few_pairs", FEW_ROWS),
}
SPOT = {"region": "120000", "indicator": "output"}
NO_LOGARITHM = ("a zero", "no figure")


@pytest.mark.parametrize("damage", DAMAGE)
def test_what_is_wrong_with_a_region_stops_nothing_and_moves_no_other(few, few_tables, damage):
    value, years, classic, general = DAMAGE[damage]
    spoilt = few[(few["region"] != "120000") | ~few["year"].isin(years)] if value is None else few
    for year in years if value is not None else ():
        spoilt = change(spoilt, value, **SPOT, year=year)
    found = estimated(spoilt)
    fits = found["parameters"][found["parameters"]["scope"] == "120000"]
    points = found["equilibria"][found["equilibria"]["scope"] == "120000"]
    refused = found["refusals"][found["refusals"]["scope"] == "120000"]
    reasons = refused[refused["estimator"] == "trapezoid"].set_index("quantity")
    for model, quantity, reason in (("classic", "fit", classic), ("general", "general", general)):
        assert (model in set(fits["model"])) == (not reason) == (model in set(points["model"]))
        assert (quantity in reasons.index) == bool(reason)
        if reason:
            assert reasons.at[quantity, "message"] == reason
            assert reasons.at[quantity, "name"] == "R1"
    for table, before in zip(found.values(), few_tables.values(), strict=True):
        rows = (own_rows(table, "120000"), own_rows(before, "120000"))
        pd.testing.assert_frame_equal(*rows, check_exact=True)
    pool = found["checks"].query("check == 'regions'")["value"]
    assert set(pool) == {3 if damage in NO_LOGARITHM else 4}


def test_a_region_without_logarithms_is_as_if_it_were_not_there(panel):
    """The pool of seven is that of the six others, to the last digit."""
    seven = panel[panel["region"] < "180000"]
    found = estimated(change(seven, 0.0, **SPOT, year=2018), PAIR | {"split": 2019})
    without = estimated(seven[seven["region"] != "120000"], PAIR | {"split": 2019})
    for table, expected in zip(found.values(), without.values(), strict=True):
        rest = table[table["scope"] != "120000"].reset_index(drop=True)
        pd.testing.assert_frame_equal(rest, expected, check_exact=True, check_dtype=False)
    assert set(found["checks"].query("check == 'regions'")["value"]) == {6}


def test_a_region_that_is_constant_leaves_the_pool_its_fits(panel):
    found = estimated(change(panel, 7.0, **SPOT))
    pooled = found["parameters"][found["parameters"]["scope"] == "pooled"]
    assert set(pooled["effects"]) == set(EFFECTS) and set(pooled["model"]) == {"classic", "general"}
    refused = found["refusals"].query("scope == 'pooled' and quantity == 'sharing'")
    assert set(refused["effects"]) == {"region", "region+year"}
    assert set(refused["message"]) == {"no_own_slopes"}
    assert unpacked(refused["fields"].iloc[0]) == {"regions": ["120000"]}
    assert "fit" not in set(found["refusals"].query("scope == 'pooled'")["quantity"])


def test_more_than_two_populations(panel):
    """The general model has all of them; the classic fits, relation and feedback have two."""
    seven, trio = panel[panel["region"] < "180000"], PAIR | {"others": ["purchases"]}
    two, three = estimated(seven), estimated(seven, trio)
    pair = pair_of(seven, trio)
    bought = seven.query("indicator == 'purchases'").sort_values(["region", "year"])["value"]
    assert pair["x3"].to_numpy() == pytest.approx(bought.to_numpy())
    for name, rows in (
        ("parameters", "model == 'classic'"),
        ("fits", "model == 'classic'"),
        ("relations", "scope == 'pooled' and estimator == 'fod_iv'"),
        ("verdicts", "scope == 'pooled' and estimator == 'fod_iv'"),
    ):
        one, other = (found[name].query(rows).reset_index(drop=True) for found in (two, three))
        pd.testing.assert_frame_equal(one, other)
        assert len(one)
    own = fit_general(YEARS, pair.loc[pair["region"] == "110000", ["x1", "x2", "x3"]])
    general = "scope == '110000' and model == 'general'"
    rows = three["parameters"].query(general)
    names = [f"r{i}" for i in (1, 2, 3)] + [f"A{i}{j}" for i in (1, 2, 3) for j in (1, 2, 3)]
    assert rows["parameter"].tolist() == names
    assert rows["estimate"].to_numpy() == pytest.approx([*own.r, *own.A.ravel()])
    (point,) = three["equilibria"].query(general).to_dict("records")
    assert [point["x1"], point["x2"]] == pytest.approx(rest_point(own.r, own.A)[:2])
    assert (point["x1_set"], point["x2_set"], point["located"]) == ("", "", False)
    quadrants = three["relations"].query("scope == '110000'")["quantity"]
    assert quadrants.str.fullmatch(r"p_.._(12|13|23)").sum() == 12


def test_tables_do_not_depend_on_the_order_of_the_panel(panel, tables):
    again = estimated(panel.sample(frac=1, random_state=2), ACCOUNTS, QUICK, seed=1)
    for one, other in zip(tables.values(), again.values(), strict=True):
        pd.testing.assert_frame_equal(one, other, check_exact=True)


def test_calibration_year_by_year_and_over_the_period(panel, tables):
    x1, x2, purchases = (series(panel, "110000", i) for i in ("output", "sales", "purchases"))
    a1, b1, a2, b2 = calibrate(x1, x2, purchases, x2)
    rows = tables["equilibria"].query("source == 'calibration' and scope == '110000'")
    yearly, period = rows[rows["year"].notna()], rows[rows["year"].isna()].iloc[0]
    assert yearly["year"].tolist() == list(YEARS)[:-1]
    holds = (yearly["kind"] == "centre").to_numpy()
    assert holds.any() and (~holds).any()  # the case has both
    assert yearly["x1"].to_numpy()[holds] == pytest.approx((a2 / (b1 * b2))[holds])
    assert yearly["x2"].to_numpy()[holds] == pytest.approx((a1 / b1)[holds])
    assert yearly.loc[~holds, ["x1", "x2"]].isna().all(axis=None)
    assert (yearly["kind"].to_numpy()[~holds] == "fails").all()
    assert yearly["observed_x1"].to_numpy() == pytest.approx(x1[:-1])
    assert period["x1"] == pytest.approx(a2[holds].mean() / (b1 * b2)[holds].mean())
    assert period["x2"] == pytest.approx(a1[holds].mean() / b1[holds].mean())
    assert (period["x1_set"], period["kind"], period["observed_x2"]) == ("range", "centre", x2[-1])
    assert (period["x1_low"], period["x1_high"]) == (yearly["x1"].min(), yearly["x1"].max())
    said = tables["refusals"].query("quantity == 'calibration' and scope == '110000'")
    assert said["year"].tolist() == np.array(YEARS)[:-1][~holds].tolist()
    assert set(said["message"]) == {"calibration_fails"}
    assert all(unpacked(fields)["reasons"] for fields in said["fields"])


@pytest.mark.parametrize(
    ("bought", "told"),
    [(1e6, []), (0.0, ["calibration_not_positive"]), (np.nan, ["no_calibrated_years"])],
)
def test_a_calibration_that_cannot_be_made_has_no_point(few, bought, told):
    found = estimated(change(few, bought, region="110000", indicator="purchases"), ACCOUNTS)
    rows = found["equilibria"].query("source == 'calibration' and scope == '110000'")
    assert set(rows["kind"]) <= {"fails"} and len(rows) == (0 if told else len(YEARS))
    assert rows[["x1", "x2", "x1_low"]].isna().all(axis=None)
    said = found["refusals"].query("quantity == 'calibration' and year.isna()")
    assert said["message"].tolist() == told and set(said["scope"]) <= {"110000"}


def test_a_region_whose_third_population_forbids_logarithms_leaves_only_the_general_pool(panel):
    three = PAIR | {"others": ["purchases"]}
    found = estimated(change(panel, 0.0, region="110000", indicator="purchases"), three)[
        "parameters"
    ]
    without = estimated(panel[panel["region"] != "110000"], three)["parameters"]
    whole = estimated(panel, three)["parameters"]
    for model, other in (("general", without), ("classic", whole)):
        left, right = (
            table[(table["scope"] == "pooled") & (table["model"] == model)].reset_index(drop=True)
            for table in (found, other)
        )
        assert len(left)
        pd.testing.assert_frame_equal(left, right)


# What purchases or sales of R1 (120000) are in some years, and why it has no strength.
BAD_ACCOUNTS = {
    "no purchases": ("purchases", 0.0, YEARS, "theory", "calibration_not_positive"),
    "missing purchases": ("purchases", np.nan, YEARS, "theory", "no_calibrated_years"),
    "purchases above output": ("purchases", 1e6, YEARS, "theory", "calibration_never_holds"),
    "few valid years": (
        "purchases",
        1e6,
        [2017, 2018, 2020],
        "strength",
        "calibration_rarely_holds",
    ),
    "zero sales": ("sales", 0.0, [2018], "fit", "not_positive"),
    "missing sales": ("sales", np.nan, YEARS, "fit", "too_few_pairs"),
}


@pytest.mark.parametrize("case", BAD_ACCOUNTS)
def test_accounts_that_give_no_theory_leave_all_other_strengths(panel, tables, case):
    indicator, value, years, quantity, key = BAD_ACCOUNTS[case]
    spoilt = panel
    for year in years:
        spoilt = change(spoilt, value, region="120000", indicator=indicator, year=year)
    found = estimated(spoilt, ACCOUNTS, QUICK)
    refused = found["refusals"].query("scope == '120000'").set_index("quantity")["message"]
    assert key in np.atleast_1d(refused[quantity])
    strengths = found["strengths"]
    assert "120000" not in set(strengths["scope"])
    before = own_rows(tables["strengths"], "120000", "panel")
    pd.testing.assert_frame_equal(own_rows(strengths, "120000", "panel"), before)
    shared = strengths[strengths["scope"] == "panel"]
    assert len(shared) == 2 * 2 * 2 and set(shared["n"]) == {before["scope"].nunique()}


@pytest.mark.parametrize(
    ("rows", "key", "fields"),
    [
        ("region < '160000'", "too_few_regions_for_strength", {"regions": 5, "least": 6}),
        ("year < 2021", "too_few_years_of_growth", {"years": 5, "least": 6}),
        ("region == '120000'", None, None),
    ],
)
def test_what_is_too_few_for_the_panel_leaves_regions_their_strengths(panel, rows, key, fields):
    found = estimated(panel.query(rows), PAIR | {"calibration": {"share": [0.5]}}, indicators=MONEY)
    strengths = found["strengths"]
    assert "panel" not in set(strengths["scope"]) and strengths["strength"].notna().all()
    without = set(found["refusals"].query("message == 'calibration_rarely_holds'")["scope"])
    assert set(strengths["scope"]) == set(panel.query(rows)["region"]) - without
    refused = found["refusals"].query("scope == 'pooled' and quantity == 'strength'")
    assert refused["message"].tolist() == ([key] if key else [])
    assert [unpacked(fields) for fields in refused["fields"]] == ([fields] if key else [])


def test_given_parameters_have_a_point_and_no_slopes(few):
    given = PAIR | {"calibration": {"a1": 0.5, "b1": 0.1, "a2": 0.3, "b2": 2.0}}
    found = estimated(few, given)
    rows = found["equilibria"].query("source == 'given'")
    assert len(rows) == 4
    assert rows["x1"].to_numpy() == pytest.approx(1.5) and rows["x2"].to_numpy() == pytest.approx(5)
    assert set(rows["kind"]) == {"centre"} and not rows["located"].any()
    refused = found["refusals"].query("quantity == 'strength'")
    assert found["strengths"].empty and len(found["theory"]) == 4
    assert refused["message"].tolist() == ["theory_without_slopes"] * 4
    off = estimated(few, PAIR | {"calibration": None})
    assert off["strengths"].empty and set(off["theory"]["reason"]) == {"theory_off"}


def test_a_set_is_an_interval_where_the_slope_is_told_from_zero(tables):
    relations = tables["checks"].set_index("check")
    key = ["scope", "effects", "estimator"]
    own = "source == 'fit' and model == 'classic' and effects == 'none'"
    classic = tables["equilibria"].query(own).set_index(key)
    for name in ("x1", "x2"):
        g = relations.loc[f"g_F_{name}"].set_index(key)
        bounded = g["value"] < g["limit"]
        assert (classic[f"{name}_set"].eq("interval") == bounded[classic.index]).all()
    shares = relations.filter(like="common_year_share", axis=0)
    assert len(shares) == 4 and shares["value"].between(0, 1).all()
    assert set(shares["estimator"]) == {"trapezoid"}


INDICATORS = pd.DataFrame(
    {
        "indicator": ["output", "sales", "purchases"],
        "subsystem": ["", "trade", ""],
        "unit": ["100 million yuan", "100 million yuan", "10 thousand yuan"],
    }
)


def test_a_filled_figure_is_missing(few):
    filled = few.assign(
        flag=np.where((few["year"] == 2019) & (few["indicator"] == "sales"), "filled", "")
    )
    pair = pair_of(filled)
    assert pair.loc[pair["year"] == 2019, "x2"].isna().all()
    assert pair["x1"].notna().all()
    rows = estimated(filled)["fits"].query("scope != 'pooled' and model == 'classic'")
    assert set(rows["n"]) == {6}


def test_a_subsystem_stands_for_its_composite(panel):
    filled = panel.assign(
        flag=np.where((panel["year"] == 2016) & (panel["indicator"] == "sales"), "filled", "")
    )
    coupling = panel[["region", "name", "year"]].drop_duplicates()
    coupling = coupling.assign(U_trade=np.linspace(0.1, 0.9, len(coupling)))
    pair = pair_of(filled, PAIR | {"downstream": "trade"}, INDICATORS, coupling=coupling)
    expected = coupling["U_trade"].where(coupling["year"] != 2016)
    assert pair["x2"].to_numpy() == pytest.approx(expected.to_numpy(), nan_ok=True)
    with pytest.raises(StudyError, match="composite index without a unit"):
        pair_of(panel, ACCOUNTS | {"downstream": "trade"}, INDICATORS, coupling=coupling)


def broken(panel, indicator="output", year=2019, regions=None):
    """Return the panel with an indicator of another vintage from a year on."""
    rows = (panel["year"] == year) & (panel["indicator"] == indicator)
    rows &= panel["region"].isin(regions or panel["region"])
    return panel.assign(flag=np.where(rows, "break", ""))


def test_a_break_keeps_its_figures_but_no_growth_row_crosses_it(few):
    pair = pair_of(broken(few))
    assert pair[["x1", "x2"]].notna().all(axis=None)
    assert set(pair.loc[pair["flag"] == "break", "year"]) == {2019}
    found = estimated(broken(few))
    assert set(found["fits"].loc[found["fits"]["scope"] != "pooled", "n"]) == {7}
    fit = "scope == 'pooled' and estimator == 'trapezoid' and effects == 'none'"
    assert set(found["fits"].query(fit)["n"]) == {28}
    (crossing,) = (
        found["checks"].query(f"{fit} and check == 'rows_across_vintages'").to_dict("records")
    )
    assert (crossing["value"], crossing["year"]) == (4, 2018)
    assert not estimated(few)["checks"]["check"].eq("rows_across_vintages").any()


def test_a_calibrated_year_crosses_no_vintage(few):
    whole = estimated(few, ACCOUNTS)["equilibria"]
    found = estimated(broken(few), ACCOUNTS)["equilibria"]
    years = [
        set(table.loc[table["source"] == "calibration", "year"].dropna())
        for table in (whole, found)
    ]
    assert years[0] - years[1] == {2018} and not years[1] - years[0]
    # what is bought enters as a level of its own year
    bought = estimated(broken(few, "purchases"), ACCOUNTS)["equilibria"]
    pd.testing.assert_frame_equal(bought, whole)


def test_a_composite_breaks_where_an_indicator_inside_it_does(panel):
    coupling = panel[["region", "name", "year"]].drop_duplicates()
    coupling = coupling.assign(U_trade=np.linspace(0.1, 0.9, len(coupling)))
    first = panel["region"].iloc[0]
    flagged = broken(panel, "sales", 2017, [first])
    pair = pair_of(flagged, PAIR | {"downstream": "trade"}, INDICATORS, coupling=coupling)
    rows = pair[pair["flag"] == "break"]
    assert rows[["region", "year"]].to_numpy().tolist() == [[first, 2017]]
    assert pair["x2"].notna().all()


def test_purchases_come_in_the_unit_of_upstream(panel):
    pair = pair_of(panel, ACCOUNTS, indicators=INDICATORS)
    plain = pair_of(panel, ACCOUNTS)
    assert pair["purchases"].to_numpy() == pytest.approx(plain["purchases"].to_numpy() * 1e-4)
    assert pair["sales"].to_numpy() == pytest.approx(pair["x2"].to_numpy())
    persons = INDICATORS.assign(unit=["person", "person", "100 million yuan"])
    with pytest.raises(StudyError, match=r"interaction\.calibration: purchases against output"):
        pair_of(panel, ACCOUNTS, indicators=persons)


def test_an_unknown_population_lists_the_known(panel):
    with pytest.raises(StudyError, match="'profit'; known: output, purchases, sales"):
        estimated(panel, PAIR | {"upstream": "profit"})


def test_arguments_are_not_changed(few):
    before, interaction = few.copy(), {**ACCOUNTS, "others": ["purchases"], "split": 2019}
    estimated(few, interaction)
    pd.testing.assert_frame_equal(few, before)
    assert interaction == {**ACCOUNTS, "others": ["purchases"], "split": 2019}


def test_regions_that_share_no_year_do_not_stop_the_study(panel):
    early = panel["region"] < "150000"
    apart = panel[(early & (panel["year"] < 2019)) | (~early & (panel["year"] >= 2019))]
    found = estimated(apart)
    pooled = found["parameters"].query("scope == 'pooled'")
    assert set(pooled["effects"]) == {"none", "region"}
    refused = found["refusals"].query("quantity == 'fit'")
    assert set(refused["message"]) <= {"no_year_effects", "too_few_shared_years"}
    assert refused["estimator"].tolist() == ["trapezoid", "fod_iv"]
    general = found["refusals"].query("quantity == 'general'")
    assert set(general["estimator"]) == {"trapezoid", "fod_iv"}
    assert not found["checks"]["check"].str.startswith("common_year").any()
