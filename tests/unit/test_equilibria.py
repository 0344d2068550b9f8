"""The three tables of a study: what is in them, what must not stop them, what they repeat."""

import numpy as np
import pandas as pd
import pytest

from coevo.equilibria import estimate, pair_values
from coevo.equilibria.rows import equilibrium_row
from coevo.errors import StudyError
from coevo.estimation import EFFECTS, ESTIMATORS, SCALES, Equations, fit, fit_pooled
from coevo.inference import equilibrium_sets
from coevo.lotka_volterra import calibrate

PAIR = {"upstream": "output", "downstream": "sales", "estimator": "trapezoid", "confidence": 0.95}
ACCOUNTS = PAIR | {"calibration": {"purchases": "purchases"}}
YEARS = range(2015, 2024)
CONTRACT = {
    "parameters": "scope,name,effects,model,estimator,scaling,parameter,estimate,se,df,low,high",
    "equilibria": "source,scope,name,effects,model,estimator,year,x1,x1_low,x1_high,x1_set,x2,"
    "x2_low,x2_high,x2_set,kind,located,p_predator_prey,p_reversed,p_saddle,observed_x1,"
    "observed_x2",
    "relations": "scope,name,effects,estimator,quantity,value,low,high,relation",
}


def panel_of(regions=8, seed=3):
    rng = np.random.default_rng(seed)
    parts = []
    for r in range(regions):
        shape = (3, len(YEARS))
        level = np.exp(rng.normal(size=(3, 1)) * 0.3) * np.array([[900.0], [300.0], [90.0]])
        values = level * np.exp(np.cumsum(rng.normal(0.06, 0.08, shape), axis=1))
        for indicator, series in zip(("output", "sales", "purchases"), values, strict=True):
            label = {"region": f"{11 + r}0000", "name": f"Region {r}", "indicator": indicator}
            parts.append(pd.DataFrame(label | {"year": YEARS, "value": series, "flag": ""}))
    columns = ["region", "name", "year", "indicator", "value", "flag"]
    return pd.concat(parts, ignore_index=True)[columns]


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


@pytest.fixture(scope="module")
def tables(panel):
    return estimate(panel, ACCOUNTS, seed=1)


def test_columns_are_the_contract(tables):
    for name, columns in CONTRACT.items():
        assert ",".join(getattr(tables, name)) == columns


def test_every_fit_is_there(tables):
    parameters = tables.parameters
    assert not parameters.duplicated(
        ["scope", "effects", "estimator", "scaling", "parameter"]
    ).any()
    own = parameters[parameters["effects"].eq("none") & parameters["scope"].ne("pooled")]
    assert len(own) == 8 * len(ESTIMATORS) * 5
    pooled = parameters[parameters["scope"] == "pooled"]
    found = set(pooled[["effects", "estimator", "scaling"]].itertuples(index=False, name=None))
    assert found == {(e, m, s) for e in EFFECTS for m in ESTIMATORS for s in SCALES}
    for effects, names in (("none", 5), ("region", 3), ("region+year", 3)):
        assert set(pooled[pooled["effects"] == effects].groupby("scaling").size()) == {
            names * len(ESTIMATORS)
        }


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_a_region_in_original_units(panel, tables, estimator):
    one = fit(YEARS, series(panel, "130000", "output"), series(panel, "130000", "sales"), estimator)
    rows = tables.parameters.query(f"scope == '130000' and estimator == '{estimator}'")
    rows = rows.set_index("parameter")
    for name, error in one.errors().items():
        assert rows.loc[name, "estimate"] == pytest.approx(getattr(one, name))
        assert rows.loc[name, "se"] == pytest.approx(error)
        assert rows.loc[name, "high"] - rows.loc[name, "low"] == pytest.approx(
            2 * 2.446912 * error, rel=1e-6
        )
    assert rows.loc["b2", "estimate"] == pytest.approx(one.d / one.b1)
    assert rows.loc["b2", ["se", "df", "low", "high"]].isna().all()

    where = "source == 'fit' and scope == '130000' and effects == 'none'"
    (row,) = tables.equilibria.query(f"{where} and estimator == '{estimator}'").to_dict("records")
    for name, found in zip(("x1", "x2"), equilibrium_sets(one), strict=True):
        assert row[name] == pytest.approx(found.estimate)
        assert row[f"{name}_set"] == found.kind
        ends = (row[f"{name}_low"], row[f"{name}_high"])
        assert ends == pytest.approx((found.low, found.high), nan_ok=True)
        indicator = {"x1": "output", "x2": "sales"}[name]
        assert row[f"observed_{name}"] == series(panel, "130000", indicator)[-1]


def test_a_regions_pooled_equilibrium(panel, tables):
    wide = panel.pivot(index=["region", "year"], columns="indicator", values="value").reset_index()
    pooled = fit_pooled(wide, "output", "sales", "lag", "region+year", "first")
    x1, x2 = equilibrium_sets(pooled.at("150000"))
    where = "scope == '150000' and effects == 'region+year' and estimator == 'lag'"
    (row,) = tables.equilibria.query(where).to_dict("records")
    assert (row["x1"], row["x2"]) == pytest.approx((x1.estimate, x2.estimate))
    assert (row["x1_set"], row["x2_set"]) == (x1.kind, x2.kind)
    assert row["source"] == "fit"


def test_located_needs_two_intervals_above_zero(tables):
    fits = tables.equilibria[tables.equilibria["source"] == "fit"]
    bounded = (fits["x1_set"] == "interval") & (fits["x2_set"] == "interval")
    positive = (fits["x1"] > 0) & (fits["x2"] > 0)
    above = (fits["x1_low"] > 0) & (fits["x2_low"] > 0)
    assert (fits["located"] == (bounded & above)).all()
    assert ((fits["kind"] != "none") == positive).all()
    signs = fits[["p_predator_prey", "p_reversed", "p_saddle"]]
    assert signs.notna().all(axis=None) and (signs.sum(axis=1) <= 1).all()


def test_a_bounded_but_negative_point_is_not_located():
    precise = np.broadcast_to(1e-8 * np.eye(2), (2, 2, 2))
    label = {"scope": "110000", "effects": "none", "estimator": "lag"}
    for a1, located in ((0.4, True), (-0.4, False)):
        lines = Equations(np.array([[a1, -0.3], [-0.2, 0.5]]), precise, 6)
        row = equilibrium_row(lines, label, 0.95, seed=1)
        assert (row["x1_set"], row["x2_set"]) == ("interval", "interval")
        assert row["located"] is located


def test_the_region_for_both_coordinates_is_wider_than_each_set(tables):
    where = "scope == '110000' and estimator == 'lag'"
    rows = tables.relations.query(where).set_index("quantity")
    own = tables.equilibria.query(where + " and effects == 'none'").iloc[0]
    for x in ("x1", "x2"):
        region = rows.loc[f"region_{x}"]
        assert region["value"] == pytest.approx(0.975)
        kinds = ["interval", "complement", "line"]
        assert kinds.index(region["relation"]) >= kinds.index(own[f"{x}_set"])
        if region["relation"] == own[f"{x}_set"] == "interval":
            assert region["low"] < own[f"{x}_low"] and region["high"] > own[f"{x}_high"]
        if region["relation"] == own[f"{x}_set"] == "complement":
            assert region["low"] > own[f"{x}_low"] and region["high"] < own[f"{x}_high"]


def test_a_known_equilibrium_is_located():
    """A cycle without noise: the fit finds E, both sets are intervals, it is a centre."""
    from coevo.lotka_volterra import orbit

    path = orbit(0.55, 0.028, 0.8, 0.857, (34, 5.9), np.arange(12.0))
    wide = pd.DataFrame({"output": path[:, 0], "sales": path[:, 1], "year": np.arange(12)})
    one = wide.melt("year", var_name="indicator").assign(region="330000", name="Zhejiang", flag="")
    rows = estimate(one, PAIR).equilibria.set_index("estimator")
    assert rows["located"].all() and (rows["kind"] == "centre").all()
    assert rows.loc["trapezoid", "x1"] == pytest.approx(33.3, rel=0.01)
    assert rows.loc["trapezoid", "p_predator_prey"] > 0.99


def test_one_region_has_no_pool(panel):
    one = estimate(panel[panel["region"] == "110000"], PAIR)
    assert set(one.parameters["scope"]) == {"110000"}
    assert set(one.equilibria["effects"]) == {"none"}
    assert not (one.relations["scope"] == "pooled").any()


def test_few_regions_are_pooled_without_errors(panel):
    few = estimate(panel[panel["region"] < "150000"], PAIR)
    pooled = few.parameters[few.parameters["scope"] == "pooled"]
    assert len(pooled) and pooled["se"].isna().all() and pooled["low"].isna().all()
    assert set(few.equilibria["effects"]) == {"none"}
    said = few.relations[few.relations["quantity"] == "inference"]
    assert said["relation"].str.contains("too few regions").all() and len(said) > 0


@pytest.mark.parametrize(
    ("value", "year", "reason"), [(0.0, 2018, "x1 is 0 in 2018"), (np.nan, None, "0 pairs")]
)
def test_a_region_that_cannot_be_estimated_stops_nothing(panel, tables, value, year, reason):
    where = {"region": "120000", "indicator": "output"} | ({"year": year} if year else {})
    found = estimate(change(panel, value, **where), PAIR)
    assert "120000" not in set(found.parameters["scope"])
    assert "120000" not in set(found.equilibria["scope"])
    refused = found.relations[found.relations["quantity"] == "not_estimated"]
    assert refused["scope"].tolist() == ["120000"] * len(ESTIMATORS)
    assert refused["relation"].str.contains(reason).all()
    assert (refused["name"] == "Region 1").all()
    others = found.parameters[~found.parameters["scope"].isin(["pooled", "120000"])]
    before = tables.parameters[~tables.parameters["scope"].isin(["pooled", "120000"])]
    pd.testing.assert_frame_equal(
        others.reset_index(drop=True), before.reset_index(drop=True), check_exact=True
    )
    pool = found.relations.query("quantity == 'regions'")["value"]
    assert set(pool) == {7}


def test_tables_do_not_depend_on_the_order_of_the_panel(panel, tables):
    again = estimate(panel.sample(frac=1, random_state=2), ACCOUNTS, seed=1)
    for one, other in zip(tables, again, strict=True):
        pd.testing.assert_frame_equal(one, other, check_exact=True)


def test_draws_depend_on_seed_region_and_block_alone(panel, tables):
    key = ["scope", "effects", "estimator"]
    columns = ["p_predator_prey", "p_reversed", "p_saddle"]

    def draws(found):
        rows = found.equilibria
        return rows[(rows["source"] == "fit") & (rows["effects"] == "none")].set_index(key)[columns]

    alone = draws(estimate(panel[panel["region"] == "140000"], PAIR, seed=1))
    pd.testing.assert_frame_equal(alone, draws(tables).loc[alone.index], check_exact=True)
    twin = panel[panel["region"] == "140000"].assign(region="190000")
    assert not np.array_equal(draws(estimate(twin, PAIR, seed=1)), alone)
    other = draws(estimate(panel[panel["region"] == "140000"], PAIR, seed=2))
    assert not other.equals(alone)
    assert (other - alone).abs().max(axis=None) < 0.02


def test_calibration_year_by_year_and_over_the_period(panel, tables):
    x1, x2, purchases = (series(panel, "110000", i) for i in ("output", "sales", "purchases"))
    a1, b1, a2, b2 = calibrate(x1, x2, purchases, x2)
    rows = tables.equilibria.query("source == 'calibration' and scope == '110000'")
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
    said = tables.relations.query("quantity == 'calibration_fails' and scope == '110000'")
    assert said["value"].item() == (~holds).sum()
    for year in np.array(YEARS)[:-1][~holds]:
        assert str(year) in said["relation"].item()


def test_calibration_that_fails_throughout_or_cannot_be_made(panel):
    large = change(panel, 1e6, region="110000", indicator="purchases")
    rows = estimate(large, ACCOUNTS).equilibria.query("source == 'calibration'")
    rows = rows[rows["scope"] == "110000"]
    assert (rows["kind"] == "fails").all() and len(rows) == len(YEARS)
    assert rows[["x1", "x2", "x1_low"]].isna().all(axis=None)
    none = estimate(change(panel, 0.0, region="110000", indicator="purchases"), ACCOUNTS)
    said = none.relations.query("quantity == 'not_calibrated'")
    assert said["scope"].tolist() == ["110000"]
    assert "positive" in said["relation"].item()


def test_given_parameters(panel):
    given = PAIR | {"calibration": {"a1": 0.5, "b1": 0.1, "a2": 0.3, "b2": 2.0}}
    rows = estimate(panel, given).equilibria.query("source == 'given'")
    assert len(rows) == 8
    assert rows["x1"].to_numpy() == pytest.approx(1.5) and rows["x2"].to_numpy() == pytest.approx(5)
    assert set(rows["kind"]) == {"centre"} and not rows["located"].any()


def test_relations_check_the_closed_form_and_the_elasticities(tables):
    relations = tables.relations.set_index("quantity")
    assert len(relations.loc["growth_at_E"]) == 8 * len(ESTIMATORS)
    assert relations.loc["growth_at_E", "value"].max() < 1e-10
    assert relations.loc["elasticity_error", "value"].max() < 1e-8
    unbounded = relations.loc["g_F_x1", "relation"] == "unbounded"
    assert ((relations.loc["g_F_x1", "value"] >= 1) == unbounded).all()
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


def test_a_filled_figure_is_missing(panel):
    filled = panel.assign(
        flag=np.where((panel["year"] == 2019) & (panel["indicator"] == "sales"), "filled", "")
    )
    pair = pair_values(filled, PAIR)
    assert pair.loc[pair["year"] == 2019, "x2"].isna().all()
    assert pair["x1"].notna().all()
    rows = estimate(filled, PAIR).relations.query("quantity == 'rows' and scope != 'pooled'")
    assert set(rows["value"]) == {6}


def test_a_subsystem_stands_for_its_composite(panel):
    filled = panel.assign(
        flag=np.where((panel["year"] == 2016) & (panel["indicator"] == "sales"), "filled", "")
    )
    coupling = panel[["region", "name", "year"]].drop_duplicates()
    coupling = coupling.assign(U_trade=np.linspace(0.1, 0.9, len(coupling)))
    pair = pair_values(filled, PAIR | {"downstream": "trade"}, coupling, INDICATORS)
    expected = coupling["U_trade"].where(coupling["year"] != 2016)
    assert pair["x2"].to_numpy() == pytest.approx(expected.to_numpy(), nan_ok=True)
    with pytest.raises(StudyError, match="composite index without a unit"):
        pair_values(panel, ACCOUNTS | {"downstream": "trade"}, coupling, INDICATORS)


def broken(panel, indicator="output", year=2019, regions=None):
    """Return the panel with an indicator of another vintage from a year on."""
    rows = (panel["year"] == year) & (panel["indicator"] == indicator)
    rows &= panel["region"].isin(regions or panel["region"])
    return panel.assign(flag=np.where(rows, "break", ""))


def test_a_break_keeps_its_figures_but_no_growth_row_crosses_it(panel):
    pair = pair_values(broken(panel), PAIR)
    assert pair[["x1", "x2"]].notna().all(axis=None)
    assert set(pair.loc[pair["flag"] == "break", "year"]) == {2019}
    relations = estimate(broken(panel), PAIR).relations
    own = relations[relations["scope"] != "pooled"]
    assert set(own.loc[own["quantity"] == "rows", "value"]) == {7}
    pooled = relations.query("scope == 'pooled' and estimator == 'trapezoid' and effects == 'none'")
    pooled = pooled.set_index("quantity")
    assert pooled.at["rows", "value"] == 56 and pooled.at["rows_across_vintages", "value"] == 8
    assert pooled.at["rows_across_vintages", "relation"] == "2018-2019"
    assert not estimate(panel, PAIR).relations["quantity"].eq("rows_across_vintages").any()


def test_a_calibrated_year_crosses_no_vintage(panel):
    whole = estimate(panel, ACCOUNTS).equilibria
    found = estimate(broken(panel), ACCOUNTS).equilibria
    years = [
        set(table.loc[table["source"] == "calibration", "year"].dropna())
        for table in (whole, found)
    ]
    assert years[0] - years[1] == {2018} and not years[1] - years[0]
    # what is bought enters as a level of its own year
    bought = estimate(broken(panel, "purchases"), ACCOUNTS).equilibria
    pd.testing.assert_frame_equal(bought, whole)


def test_a_composite_breaks_where_an_indicator_inside_it_does(panel):
    coupling = panel[["region", "name", "year"]].drop_duplicates()
    coupling = coupling.assign(U_trade=np.linspace(0.1, 0.9, len(coupling)))
    first = panel["region"].iloc[0]
    flagged = broken(panel, "sales", 2017, [first])
    pair = pair_values(flagged, PAIR | {"downstream": "trade"}, coupling, INDICATORS)
    rows = pair[pair["flag"] == "break"]
    assert rows[["region", "year"]].to_numpy().tolist() == [[first, 2017]]
    assert pair["x2"].notna().all()


def test_purchases_come_in_the_unit_of_upstream(panel):
    pair = pair_values(panel, ACCOUNTS, indicators=INDICATORS)
    plain = pair_values(panel, ACCOUNTS)
    assert pair["purchases"].to_numpy() == pytest.approx(plain["purchases"].to_numpy() * 1e-4)
    assert pair["sales"].to_numpy() == pytest.approx(pair["x2"].to_numpy())
    persons = INDICATORS.assign(unit=["person", "person", "100 million yuan"])
    with pytest.raises(StudyError, match=r"interaction\.calibration: purchases against output"):
        pair_values(panel, ACCOUNTS, indicators=persons)


def test_an_unknown_population_lists_the_known(panel):
    with pytest.raises(StudyError, match="'profit'; known: output, purchases, sales"):
        estimate(panel, PAIR | {"upstream": "profit"})


def test_arguments_are_not_changed(panel):
    before = panel.copy()
    estimate(panel, ACCOUNTS)
    pd.testing.assert_frame_equal(panel, before)


def test_regions_that_share_no_year_do_not_stop_the_study(panel):
    early = panel["region"] < "150000"
    apart = panel[(early & (panel["year"] < 2019)) | (~early & (panel["year"] >= 2019))]
    found = estimate(apart, PAIR)
    pooled = found.parameters.query("scope == 'pooled'")
    assert set(pooled["effects"]) == {"none", "region"}
    refused = found.relations.query("quantity == 'not_estimated'")
    assert refused["relation"].str.contains("share nothing").all() and len(refused) == 3
    assert not found.relations["quantity"].str.startswith("common_year").any()
