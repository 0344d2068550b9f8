"""What pooled fits say beyond coefficients: each row is what the function behind it returns."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from coevo.equilibria import KINDS, fit_checks
from coevo.equilibria.fitted import fit_pool
from coevo.errors import Refusal, tried
from coevo.estimation import fit_pooled, heterogeneity
from coevo.estimation.pooled import fit_pooled_general, joint_test
from coevo.inference import instrument_tests
from coevo.inference.feedback import feedback_verdicts
from coevo.inference.fit_diagnostics import cross_dependence
from coevo.inference.panel_simulation import short_panel_bias
from coevo.inference.signs import quadrant_probabilities
from coevo.inference.slope_errors import ERRORS, slope_tests
from coevo.lotka_volterra.populations import simulate
from coevo.messages import unpacked

LEVEL = {"confidence": 0.95}


def panel_of(effect, regions, seed):
    """Return region, name, year, x1, x2, flag of populations with own limits that rest at 1.

    effect: of x1 on the growth of x2, and less it that of x2 on x1
    """
    rng, A = np.random.default_rng(seed), np.array([[-0.3, -effect], [effect, -0.3]])
    common, parts = rng.normal(0, 0.05, (8, 2)), []
    for r in range(regions):
        x = [np.ones(2)]
        for shock in common + rng.normal(0, 0.2, (8, 2)):
            x.append(simulate(-A.sum(axis=1), A, x[-1], [0, 1])[-1] * np.exp(shock))
        part = pd.DataFrame(np.array(x) * (r + 1) * 100, columns=["x1", "x2"])
        part[["region", "name", "flag"]] = [f"{11 + r}0000", f"R{r}", ""]
        parts.append(part.assign(year=range(2015, 2024)))
    return pd.concat(parts, ignore_index=True)


@pytest.fixture(scope="module")
def panel():
    """Ten regions without interaction."""
    return panel_of(0.0, 10, seed=2)


@pytest.fixture(scope="module")
def prey():
    """Regions in which 2 preys on 1, strongly."""
    return panel_of(0.6, 31, seed=5)


@pytest.fixture(scope="module", params=["region", "region+year"])
def pooled(request, panel):
    return fit_pooled(panel, "x1", "x2", effects=request.param)


def told(rows):
    """Return rows by table and by what they tell, each of them there once."""
    tables = {name: {} for name in KINDS.values()}
    for row in rows:
        kind = next(kind for kind in KINDS if kind in row)
        assert row[kind] not in tables[KINDS[kind]]
        tables[KINDS[kind]][row[kind]] = row
    return SimpleNamespace(**tables)


@pytest.mark.parametrize("level", [0.95, 0.5])
def test_sharing(pooled, level):
    found = told(fit_checks.sharing_rows(pooled, level))
    equal, mean = heterogeneity.homogeneity_test(pooled), heterogeneity.mean_group(pooled)
    without = heterogeneity.leave_one_out(pooled)
    assert (len(found.checks), len(found.relations), mean.regions) == (2, 4, 10)
    for i, name in enumerate(("b1", "d")):
        assert found.checks[f"homogeneity_{name}"]["value"] == equal[i].p
        group = found.relations[f"mean_group_{name}"]
        half = stats.t.ppf((1 + level) / 2, mean.df) * mean.error[i]
        assert (group["value"], group["level"]) == (mean.value[i], level)
        ends = [mean.value[i] - half, mean.value[i] + half]
        assert [group["low"], group["high"]] == pytest.approx(ends, rel=1e-6)
        left = found.relations[f"leave_one_out_{name}"]
        assert (left["low"], left["high"]) == (without[:, i].min(), without[:, i].max())
        assert not {"value", "level"} & set(left)
        moved = np.abs(without[:, i] - getattr(pooled, name))
        assert moved[pooled.regions.index(left["without"])] == moved.max()


@pytest.mark.parametrize("errors", ERRORS)
def test_slope_tests(pooled, errors):
    found = [*fit_checks.slope_test_rows(pooled, errors, 4, 0.9)]
    tests = slope_tests(pooled, errors, 4, 0.9)
    for row, test in zip(found, tests, strict=True):
        assert (row["errors"], row["parameter"]) == (errors, test.parameter)
        assert (row["clusters"], row["p"]) == (test.clusters, test.p)
        assert row.get("se", "none") == ("none" if "wild" in errors else test.se)
        assert ("df" in row) == ("wild" not in errors)
        ends = (row.get("low", "none"), row.get("high", "none"))
        drawn = errors == "region_wild"
        assert ends == (("none", "none") if drawn else (test.low, test.high))
    assert [*fit_checks.slope_test_rows(pooled, errors, 4, 0.9)] == found
    other = [row["p"] for row in fit_checks.slope_test_rows(pooled, errors, 5, 0.9)]
    assert (other == [row["p"] for row in found]) == (not drawn)


def test_dependence(panel):
    fit = fit_pooled(panel, "x1", "x2", effects="region")
    found = told(fit_checks.dependence_rows(fit, 0.95)).checks
    for i in (1, 2):
        row = found[f"cross_dependence_equation_{i}"]
        places = (fit.data.region, fit.data.year)
        assert row["value"] == cross_dependence(fit.residuals[:, i - 1], *places)
        assert row["limit"] == pytest.approx(1.959964)


def test_instruments(panel):
    fit = fit_pooled_general(panel, ("x1", "x2"), "fod_iv", form="classic")
    found = told(fit_checks.instrument_rows(fit, 0.95, 4))
    for name, at, sign in (("b1", (0, 1), -1), ("d", (1, 0), 1)):
        J = found.checks[f"J_{name}"]
        assert J["value"] == instrument_tests.overidentification(fit.moments, *at).J
        assert J["limit"] == pytest.approx(3.841459)
        row = found.relations[f"anderson_rubin_{name}"]
        own = instrument_tests.anderson_rubin_set(fit.moments, *at)
        ends = sorted([sign * own.low, sign * own.high])
        assert (row["set"], row["level"]) == (own.kind, 0.95)
        assert [row["low"], row["high"]] == ends
        p = {"anderson_rubin_p": instrument_tests.anderson_rubin_p(fit.moments, *at)}
        p |= {"restricted_wild_p": instrument_tests.restricted_wild(fit.moments, *at, seed=4)}
        p |= {"effective_F": instrument_tests.effective_F(fit.moments, at[1])}
        assert {key: found.checks[f"{key}_{name}"]["value"] for key in p} == p


def test_bias(pooled):
    found = told(fit_checks.bias_rows(pooled, seed=4)).relations
    bias = short_panel_bias(pooled, seed=4)
    for i, name in enumerate(("b1", "d")):
        row = found[f"bias_{name}"]
        assert row["value"] == bias.bias[i]
        ends = [bias.bias[i] - 2 * bias.error[i], bias.bias[i] + 2 * bias.error[i]]
        assert [row["low"], row["high"]] == ends
    other = told(fit_checks.bias_rows(pooled, seed=5)).relations
    assert other["bias_d"]["value"] != found["bias_d"]["value"]


@pytest.fixture(scope="module")
def judged(prey):
    return told(fit_checks.general_rows(prey, LEVEL, seed=3))


def judge_of(pool):
    return fit_pooled_general(pool, ("x1", "x2"), "fod_iv", "region+year", "first")


def test_effects_restriction_and_instruments_are_those_of_the_general_model(prey, judged):
    judge = judge_of(prey)
    assert judged.relations["restriction"]["value"] == joint_test(judge).p
    assert judged.checks["first_stage_F"]["value"] == judge.strength.min()
    lag = fit_pooled_general(prey, ("x1", "x2"), "lag", "region+year", "first")
    for name, at in (("A12", (0, 1)), ("A21", (1, 0))):
        for fit in (judge, lag):
            row, error = judged.relations[f"{name}_{fit.estimator}"], fit.error[at]
            half = stats.t.ppf(0.975, fit.df) * error
            expected = [fit.A[at], fit.A[at] - half, fit.A[at] + half]
            assert [row["value"], row["low"], row["high"]] == pytest.approx(expected, rel=1e-6)
            t = judged.checks[f"t_{name}_{fit.estimator}"]["value"]
            assert t == pytest.approx(fit.A[at] / error)
    shares = quadrant_probabilities(judge.A[[0, 1], [1, 0]], judge.covariance[1:3, 1:3], judge.df)
    assert {signs: judged.relations[f"p_{signs}_12"]["value"] for signs in shares} == shares
    assert sum(shares.values()) == pytest.approx(1) and shares["-+"] > 0.9


def assert_feedback(rows, pool, level, seed):
    judge = judge_of(pool)
    found = feedback_verdicts(judge.A, judge.covariance, judge.df, level, seed=seed)
    located = "located" if found.located else "not_located"
    verdicts = {"feedback_weak": found.weak, "feedback_strong": found.strong, "phi": located}
    assert {name: rows.verdicts[name]["verdict"] for name in verdicts} == verdicts
    assert rows.relations["feedback_difference"] == {
        "quantity": "feedback_difference",
        "value": found.difference,
        "low": found.difference_low,
        "high": found.difference_high,
        "level": level,
    }
    phi = {"quantity": "phi", "value": found.phi.estimate, "set": found.phi.kind}
    if found.located:
        phi |= {"low": found.phi.low, "high": found.phi.high, "level": level}
    assert rows.relations["phi"] == phi
    return found


def test_feedback(prey, judged):
    """Prey is harmed by its predator: neither form holds."""
    assert_feedback(judged, prey, 0.95, 3)
    for form in ("weak", "strong"):
        assert judged.verdicts[f"feedback_{form}"]["verdict"] == "no"
    assert judged.relations["feedback_difference"]["high"] < 0


def test_feedback_that_cannot_be_decided(panel):
    rows = told(fit_checks.general_rows(panel, LEVEL, seed=3))
    assert not assert_feedback(rows, panel, 0.95, 3).located
    assert rows.verdicts["feedback_weak"]["verdict"] == "undecidable"


def test_feedback_of_a_sub_period(prey):
    parts = fit_checks.sub_periods(prey, 2019)
    assert list(parts) == ["2015-2019", "2019-2023"]
    assert parts["2015-2019"]["year"].max() == parts["2019-2023"]["year"].min() == 2019
    for part in parts.values():
        rows = told(fit_checks.feedback_rows(part, 0.9, seed=3))
        assert_feedback(rows, part, 0.9, 3)
        assert rows.checks["first_stage_F"]["value"] > 0
        assert [len(table) for table in (rows.relations, rows.verdicts, rows.checks)] == [2, 3, 1]


@pytest.mark.parametrize("split", [None, 2000, 2015, 2023, 2050])
def test_a_year_that_splits_nothing_makes_no_sub_periods(prey, split):
    assert fit_checks.sub_periods(prey, split) == {}


def test_the_seed_alone_decides_the_draws_and_order_does_not(panel):
    shuffled = panel.sample(frac=1, random_state=1)
    one, again = (told(fit_checks.general_rows(p, LEVEL, 3)) for p in (panel, shuffled))
    assert one == again
    other = told(fit_checks.general_rows(panel, LEVEL, 4))
    difference = [rows.relations["feedback_difference"]["low"] for rows in (one, other)]
    assert difference[0] != difference[1]
    assert other.relations["restriction"] == one.relations["restriction"]
    pools = [fit_pooled(p, "x1", "x2") for p in (panel, shuffled)]
    drawn = [told(fit_checks.bias_rows(pool, seed=3)) for pool in pools]
    assert drawn[0] == drawn[1]
    drawn = [[*fit_checks.slope_test_rows(pool, "region_wild", 3, 0.95)] for pool in pools]
    assert drawn[0] == drawn[1]


def test_what_is_refused_says_what_and_why():
    def refuse():
        yield {"quantity": "one", "value": 1.0}
        raise Refusal("too_few_clusters", regions=5, least=6)

    label = {"scope": "pooled"}
    (row,) = tried(refuse(), label, quantity="wild")
    assert unpacked(row.pop("fields")) == {"regions": 5, "least": 6}
    assert row == label | {"quantity": "wild", "message": "too_few_clusters"}
    assert list(tried(iter([{"quantity": "one"}]), label, quantity="wild")) == [
        label | {"quantity": "one"}
    ]


def doubts(pool, fits, main, **interaction):
    """Return the rows of `pooled_doubts`, what each of them tells in the column `what`."""
    rows = fit_checks.pooled_doubts(pool, fits, LEVEL | {"estimator": main} | interaction, seed=1)
    empty = dict.fromkeys(["period", "fields", *KINDS], "")
    table = pd.DataFrame([empty | row for row in rows])
    what = table["question"] + table["check"] + table["quantity"]
    tested = table["errors"].ne("")
    return table.assign(what=what.mask(tested, table["errors"] + "_" + table["parameter"]))


@pytest.mark.parametrize("main", ["trapezoid", "lag"])
def test_which_fits_are_doubted(panel, main):
    """The main estimator's with effects of regions; the bias is that of trapezoid alone."""
    rows = doubts(panel, fit_pool(panel, ["trapezoid", "lag"])[0], main, split=2019)
    assert set(rows["scope"]) == {"pooled"}
    labels = rows.groupby(["what", "period"])[["effects", "estimator"]].agg(set)
    both = {"region", "region+year"}
    tests = (f"{errors}_b1" for errors in ERRORS)
    for what in (*tests, "homogeneity_d", "mean_group_b1", "leave_one_out_d"):
        each = {"trapezoid", "lag"} if what == "year_wild_b1" else {main}
        assert labels.loc[what, ""].tolist() == [both, each]
    later = rows[rows["errors"].ne("") & rows["estimator"].ne(main)]
    assert set(later["effects"]) == {"region"} and set(later["errors"]) == {"year_wild"}
    assert labels.loc["bias_b1", ""].tolist() == [both, {"trapezoid"}]
    assert labels.loc["cross_dependence_equation_2", ""].tolist() == [{"region"}, {main}]
    judged = [(what, "") for what in ("A12_lag", "restriction", "feedback_weak")]
    for at in (*judged, ("phi", "2019-2023")):
        assert labels.loc[at].tolist() == [{"region+year"}, {"fod_iv"}]
    assert not rows.duplicated(["effects", "estimator", "period", "parameter", *KINDS]).any()
    assert not rows["message"].any()


def test_a_pool_that_is_too_short_for_instruments_is_not_judged(panel):
    """Three years make two growth rows: year effects leave nothing of the deviation of one."""
    short = panel[panel["year"].between(2016, 2018)]
    fits, refusals = fit_pool(short, ["trapezoid"])
    refused = {row["quantity"] for row in refusals if row["estimator"] == "fod_iv"}
    assert refused == {"fit", "general"}
    assert set(doubts(short, fits, "trapezoid")["estimator"]) == {"trapezoid"}


def test_a_pool_with_too_few_regions_of_two_rows_says_so(panel):
    """Six regions, one of them with a single growth row: six have fits, five effects."""
    single = (panel["region"] == "160000") & (panel["year"] > 2016)
    six = panel[(panel["region"] < "170000") & ~single]
    rows = doubts(six, fit_pool(six, ["trapezoid"])[0], "trapezoid")
    assert "region_wild" in set(rows["errors"]) and not rows["question"].any()
    refused = rows[rows["quantity"] == "relation"].iloc[0]
    assert refused["message"] == "too_few_regions_for_relation"
    assert unpacked(refused["fields"]) == {"regions": 5, "least": 6}
