"""Headlines through every combination: each statistic anew by another way, and the rule by hand."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from scipy import stats
from statsmodels.api import OLS, add_constant

from coevo.coupling.comovement import SCOPES, correlation, demean
from coevo.coupling.formulas import Degrees
from coevo.coupling.level import variance_shares
from coevo.files import as_table
from coevo.regional.neighbourhood import likeness, row_standardised
from coevo.sensitivity.choices import Combinations
from coevo.sensitivity.headline_statistics import (
    FEW_DRAWS,
    Curve,
    Surroundings,
    in_step,
    statistics,
    whole_curve,
)
from coevo.sensitivity.headlines import HEADLINES, Combined, headline_tables, verdict
from coevo.sensitivity.multiverse import varied
from tests.unit.test_multiverse import ALONE, CONFIG, study

CASES = yaml.safe_load(Path(__file__).with_name("headlines.yaml").read_text(encoding="utf-8"))
REGIONS, YEARS, FORMS = 12, 6, 3
RING = {str(r): [str((r + 1) % REGIONS), str((r - 1) % REGIONS)] for r in range(REGIONS)}
ROWS = pd.MultiIndex.from_product(
    [[str(r) for r in range(REGIONS)], range(2015, 2015 + YEARS)], names=["region", "year"]
)


@pytest.fixture(scope="module")
def made():
    """Statistics of two sets of indices under three forms, of which one loses a region to a zero,
    with the degrees that they are of.
    """
    rng = np.random.default_rng(7)
    U = rng.uniform(0.1, 0.9, (2, 1, len(ROWS), 2))
    U[1, 0, 0, 0] = 0.0  # region 0 in the first year
    C = np.stack([rng.uniform(0.5, 1, U.shape[:3]) for _ in range(FORMS)], axis=2)
    C[1, 0, :, 0] = 0.0
    T = np.repeat(U.mean(axis=-1)[:, :, None], FORMS, axis=2)
    levels = pd.DataFrame(np.exp(rng.normal(size=(len(ROWS), 3))), ROWS, ["head", "all", "people"])
    found = Degrees(U, C, T, np.sqrt(C * T))
    around = Surroundings(levels, RING, 1, FEW_DRAWS)
    columns, curves = statistics(found, ["a", "b"], ROWS, around, "head")
    return pd.DataFrame(columns), curves, found, levels


def of(made, k):
    """D, C and T of combination k by region-year, and its row of statistics."""
    table, _, found, _ = made
    parts = (pd.Series(getattr(found, key).reshape(6, -1)[k], ROWS) for key in "DCT")
    return (*parts, table.loc[k])


@pytest.mark.parametrize("k", range(6))
def test_what_ends_say_by_scipy_and_statsmodels(made, k):
    D, _, _, row = of(made, k)
    wide = D.unstack("year")
    first, last = wide[2015], wide[2015 + YEARS - 1]
    assert row["rose"] == (last > first).sum() and row["regions"] == REGIONS
    inside = (first > 0) & (last > 0)
    assert row["regions_ln"] == inside.sum() == REGIONS - (k > 2)
    assert row["zeros"] == (D == 0).sum() == int(k > 2)
    x, y = np.log(first[inside]), np.log(last[inside])
    assert row["sd_ln_last"] == pytest.approx(y.std()) and row["sd_first"] == first.std()
    r, p = stats.pearsonr(x + y, y - x)
    assert row["morgan_p"] == pytest.approx(p) and np.sign(row["morgan_t"]) == np.sign(r)
    assert row["morgan_D_p"] == pytest.approx(stats.pearsonr(first + last, last - first)[1])
    fit = OLS(((y - x) / (YEARS - 1)).to_numpy(), add_constant(x.to_numpy()))
    fit = fit.fit(cov_type="HC1", use_t=True)
    assert row["beta"] == pytest.approx(fit.params[1])
    np.testing.assert_allclose(row[["beta_low", "beta_high"]].astype(float), fit.conf_int()[1])


@pytest.mark.parametrize("k", range(6))
def test_what_D_measures_by_one_at_a_time(made, k):
    D, C, T, row = of(made, k)
    inside = D > 0
    shares = variance_shares(np.log(C[inside]), np.log(T[inside]))
    assert row["share_T"] == pytest.approx(shares["T"])
    for column, name in zip(("R2_per_head", "R2_product", "R2_population"), made[3], strict=True):
        r = np.corrcoef(np.log(D[inside]), np.log(made[3][name][inside]))[0, 1]
        assert row[column] == pytest.approx(r**2)


@pytest.mark.parametrize("k", range(6))
def test_likeness_and_step_by_one_at_a_time(made, k):
    D, _, _, row = of(made, k)
    last = D.unstack("year")[2015 + YEARS - 1].reindex(list(RING))
    W = row_standardised(RING, list(RING))
    found = likeness(last.to_numpy()[:, None], W, 9, np.random.default_rng(1))
    assert row["moran_last"] == pytest.approx(found.I[0])
    assert row["moran_expected"] == pytest.approx(-1 / (REGIONS - 1))
    U = pd.DataFrame(made[2].U[k // FORMS, 0], ROWS)
    kept = U[(U > 0).all(axis=1).groupby(level="region").transform("all")]
    regions, years = (kept.index.get_level_values(i).to_numpy() for i in (0, 1))
    assert row["regions_r"] == len(set(regions)) == REGIONS - (k > 2)
    for column, values in (("r_ln", np.log(kept)), ("r_levels", kept)):
        x, y = (demean(values[i].to_numpy(), regions, years, SCOPES[-1]) for i in (0, 1))
        assert row[column] == pytest.approx(float(correlation(x, y)))


def test_the_same_pairings_in_all_and_zeros_counted_apart(made):
    table, curves, _, _ = made
    assert table["r_p"].between(1 / (FEW_DRAWS + 1), 1).all()
    # of the two sets of indices the one with a zero is no part of the curve; forms count once
    assert curves[""].n == 1 and curves[""].above == int(table["r_ln"][0] > 0)
    assert len(curves[""].drawn) == FEW_DRAWS


def test_an_index_that_is_another_one_is_in_step():
    rng = np.random.default_rng(3)
    x = rng.uniform(0.2, 0.8, (1, REGIONS, YEARS))
    order = np.stack([rng.permutation(REGIONS) for _ in range(FEW_DRAWS)])
    found, curve = in_step(x, x**2, order)
    assert found["r_ln"][0] == pytest.approx(1) and found["r_p"][0] <= 2 / (FEW_DRAWS + 1)
    assert curve.n == curve.above == 1
    unpaired, nothing = in_step(x, x**2, None)
    assert set(unpaired) == {"r_ln", "r_levels", "regions_r"} and nothing is None


def test_chance_of_a_one_sided_count_by_hand():
    """5 of 6 above; draws 3, 6, 0, 4, 5: three are at least as one-sided, to either side."""
    parts = [Curve(4, 4, np.array([2, 4, 0, 3, 3])), Curve(2, 1, np.array([1, 2, 0, 1, 2]))]
    assert whole_curve(parts) == {"sets": 6, "above": 5, "p": (1 + 3) / 6}
    assert whole_curve([]) == {}


@pytest.mark.parametrize(("agree", "contrary", "n", "said"), CASES["rule"])
def test_the_rule_is_the_same_for_every_headline(agree, contrary, n, said):
    assert verdict(agree, contrary, n) == said


BASE = {
    "main": True, "comparable": True, "repeated": False, "rose": 4, "regions": 4,
    "regions_ln": 4, "zeros": 0,
    "regions_all": 4, "regions_r": 4, "sd_ln_first": 0.3, "sd_ln_last": 0.2, "sd_first": 0.1,
    "sd_last": 0.2, "morgan_p": 0.04, "morgan_D_p": 0.04, "beta": -1.0, "beta_low": -2.0,
    "beta_high": -0.1, "share_T": 0.6, "R2_per_head": 0.8, "R2_product": 0.7, "r_ln": 0.3,
    "r_placebo": 0.1, "r_p": 0.04, "moran_last": 0.3, "moran_expected": -0.3, "moran_p": 0.04,
    "focus_D_first": 0.4, "focus_D": 0.5, "focus_rank": 2.0, "focus_grade": "high",
}  # fmt: skip


def said(headline, **changed):
    """What one other combination says, where the study's own says it."""
    table = pd.DataFrame([BASE, BASE | {"main": False} | changed])
    return HEADLINES[headline].says(table, table.iloc[0], "")[1]


@pytest.mark.parametrize(("headline", "changed", "answer"), CASES["says"])
def test_what_a_combination_says(headline, changed, answer):
    assert said(headline, **changed) == answer


def tables_of(table, unbroken=None):
    """Both tables of headlines, of all systems together."""
    unbroken = table.iloc[:0] if unbroken is None else unbroken
    found = headline_tables(Combined(table, unbroken, as_table("varied_refusals", [])))
    return [rows[rows["system"] == ""] for rows in found]


def grid(**changes):
    """Combinations of two systems and two forms; changes: columns of those with form w."""
    rows = []
    for system in ("main", "other"):
        for form in ("s", "w"):
            key = {"system": system, "scale": "ratio", "weighting": "e", "composite": "l"}
            own = {"main": not rows, "form": form} | (changes if form == "w" else {})
            rows.append(BASE | key | own)
    return pd.DataFrame(rows)


def test_the_deciding_choice_and_the_counts_on_either_side():
    table = grid(rose=3)
    headlines, variants = tables_of(table)
    row = headlines.set_index("headline").loc["all_rose"]
    assert row[["agree", "contrary", "open", "combinations"]].tolist() == [2, 2, 0, 4]
    assert (row["verdict"], row["deciding_choice"], row["share"]) == (
        "depends_on_choices", "form", 1.0
    )  # fmt: skip
    sides = variants.query("headline == 'all_rose' and choice == 'form'").set_index("variant")
    assert sides["agree"].tolist() == [2, 0] and sides["contrary"].tolist() == [0, 2]
    assert sides["verdict"].tolist() == ["robust", "not_supported"]
    gap = headlines.set_index("headline").loc["gap_narrowed"]
    assert gap["verdict"] == "robust" and gap["deciding_choice"] == ""


def test_what_loses_a_region_is_counted_apart():
    table = grid(regions_ln=3)
    gap = tables_of(table)[0].set_index("headline").loc["gap_narrowed"]
    assert gap["combinations"] == 4
    assert gap[["whole_agree", "whole_contrary", "whole_combinations"]].tolist() == [2, 0, 2]


def test_every_headline_stands_with_and_without_changed_coverage():
    table = grid()
    _, variants = tables_of(table, table.assign(focus_grade="low", rose=3))
    census = variants[variants["choice"] == "census_year"].set_index(["headline", "variant"])
    assert set(census.index.get_level_values(0)) == set(HEADLINES)
    assert census.loc[("all_rose", "with"), "agree"] == 4
    assert census.loc[("all_rose", "without"), "contrary"] == 4
    assert census.loc[("grade_of_focus", "without"), "own"] == -1
    assert census.loc[("gap_narrowed", "without"), "own"] == 1


@pytest.mark.parametrize(("headline", "changed", "why"), CASES["refused"])
def test_what_cannot_be_asked_is_a_refusal(headline, changed, why):
    table = grid().assign(**changed)
    if why == "no_level":
        table = table.drop(columns=["R2_per_head", "R2_product"])
    found = tables_of(table)[0].set_index("headline").loc[headline]
    assert (found["message"], found["verdict"]) == (why, "cannot_be_decided")
    assert pd.isna(found["agree"])


def test_what_figures_do_not_allow_is_counted_and_named():
    """An indicator that is constant within one year, and one below zero."""
    panel, indicators = study()
    first = panel["indicator"].eq("a") & panel["year"].eq(2016)
    panel.loc[first, "value"] = 5.0
    panel.loc[panel.index[panel["indicator"].eq("b")][0], "value"] = -1.0
    tables = varied(Combinations({"main": (panel, indicators)}, CONFIG), ALONE)
    refused = tables["varied_refusals"].set_index("scale")
    assert refused.loc["year [0, 1]", "message"] == "constant_on_scale"
    assert refused.loc["year [0.01, 0.99]", "fields"] == '{"indicators": ["a"]}'
    assert refused.loc["ratio", "message"] == "below_zero"
    whole = len(tables["multiverse"]) + refused["combinations"].sum()
    assert whole == 5 * 6 * 3 * 3  # scales, weightings, composites, forms
    assert set(tables["multiverse"]["reference"]) == {"panel"}


def test_equal_indices_are_marked():
    """TOPSIS does not know the range: of weightings without entropy its indices come twice."""
    tables = varied(Combinations({"main": study()}, CONFIG), ALONE)["multiverse"]
    again = tables[tables["repeated"]]
    assert set(again["composite"]) == {"topsis"} and "entropy" not in set(again["weighting"])
    assert len(again) == again["weighting"].nunique() * again["reference"].nunique() * 3
