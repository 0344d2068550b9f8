"""What pooled fits say beyond coefficients: each row is what the function behind it returns."""

from functools import partial

import numpy as np
import pandas as pd
import pytest

from benchmarks.relation_rule import Design, sample
from coevo.equilibria.fitted import fit_all
from coevo.equilibria.pooled_checks import (
    bias_rows,
    judged_rows,
    period_rows,
    sharing_rows,
    sub_periods,
    tried,
    wild_rows,
)
from coevo.equilibria.region_checks import pooled_doubts
from coevo.errors import StudyError
from coevo.estimation import fit_pooled
from coevo.estimation.heterogeneity import homogeneity_test, leave_one_out, mean_group
from coevo.estimation.pooled_general import fit_pooled_general, joint_test
from coevo.inference.feedback import feedback_verdicts
from coevo.inference.relation_rule import relation
from coevo.inference.short_panel import short_panel_bias
from coevo.inference.wild_bootstrap import wild_pooled

T_9 = 2.262157  # t(.975, 9)
EMPTY = {"value": np.nan, "low": np.nan, "high": np.nan, "relation": ""}


def panel_of(kind, strength, regions, seed):
    """Return region, name, year, x1, x2, flag of some regions of the design of a relation."""
    drawn = sample(Design("", kind, strength, True, (0.05, 0.1)), 1, seed)
    parts = []
    for r in range(regions):
        own = drawn.region == r
        x = np.vstack([drawn.start[own, :, 0], drawn.end[own, :, 0][-1:]]) * (r + 1) * 100
        part = pd.DataFrame(x, columns=["x1", "x2"])
        part[["region", "name", "flag"]] = [f"{11 + r}0000", f"R{r}", ""]
        parts.append(part.assign(year=range(2015, 2024)))
    return pd.concat(parts, ignore_index=True)


@pytest.fixture(scope="module")
def panel():
    """Ten regions without interaction."""
    return panel_of("none", 0.0, 10, seed=2)


@pytest.fixture(scope="module")
def prey():
    """Thirteen regions in which 2 preys on 1, strongly."""
    return panel_of("predator_prey", 0.3, 13, seed=5)


@pytest.fixture(scope="module", params=["region", "region+year"])
def pooled(request, panel):
    return fit_pooled(panel, "x1", "x2", effects=request.param)


def table(rows):
    """Return rows by quantity, each of them there once."""
    rows = list(rows)
    quantities = [row["quantity"] for row in rows]
    assert len(set(quantities)) == len(quantities)
    return {row["quantity"]: EMPTY | row for row in rows}


def test_sharing(pooled):
    found = table(sharing_rows(pooled, 0.95))
    equal, mean, without = homogeneity_test(pooled), mean_group(pooled), leave_one_out(pooled)
    assert len(found) == 6 and mean.regions == 10
    for i, name in enumerate(("b1", "d")):
        assert found[f"homogeneity_{name}"]["value"] == equal[i].p
        group = found[f"mean_group_{name}"]
        half = T_9 * mean.error[i]
        assert group["value"] == mean.mean[i]
        ends = [mean.mean[i] - half, mean.mean[i] + half]
        assert [group["low"], group["high"]] == pytest.approx(ends, rel=1e-6)
        left = found[f"leave_one_out_{name}"]
        assert (left["low"], left["high"]) == (without[:, i].min(), without[:, i].max())
        assert np.isnan(left["value"])
        moved = np.abs(without[:, i] - getattr(pooled, name))
        assert moved[pooled.regions.index(left["relation"])] == moved.max()


def test_another_level_moves_the_interval_and_nothing_else(pooled):
    wide, narrow = (table(sharing_rows(pooled, level)) for level in (0.95, 0.5))
    for quantity, row in wide.items():
        other = narrow[quantity]
        if quantity.startswith("mean_group"):
            assert other["high"] - other["low"] < 0.4 * (row["high"] - row["low"])
            row, other = ({**one, "low": 0, "high": 0} for one in (row, other))
        assert str(row) == str(other)


def test_wild(pooled):
    found, tests = table(wild_rows(pooled, seed=4)), wild_pooled(pooled, seed=4)
    assert {name: row["value"] for name, row in found.items()} == {
        "wild_b1": tests["b1"].p,
        "wild_d": tests["d"].p,
    }
    again, other = table(wild_rows(pooled, seed=4)), table(wild_rows(pooled, seed=5))
    assert again["wild_d"]["value"] == found["wild_d"]["value"] != other["wild_d"]["value"]


def test_bias(pooled):
    found, bias = table(bias_rows(pooled, seed=4)), short_panel_bias(pooled, seed=4)
    for i, name in enumerate(("b1", "d")):
        row = found[f"bias_{name}"]
        assert row["value"] == bias.bias[i]
        ends = [bias.bias[i] - 2 * bias.error[i], bias.bias[i] + 2 * bias.error[i]]
        assert [row["low"], row["high"]] == ends
    assert table(bias_rows(pooled, seed=5))["bias_d"]["value"] != found["bias_d"]["value"]


@pytest.fixture(scope="module")
def judged(prey):
    return table(judged_rows(prey, {"confidence": 0.95}, seed=3))


def test_the_relation_is_that_of_the_rule(prey, judged):
    found = relation(prey, seed=3)
    assert judged["relation"]["relation"] == "predator_prey: 2 preys on 1"
    assert (found.name, found.direction) == ("predator_prey", "2 preys on 1")
    critical = [judged[f"critical_{name}"]["value"] for name in ("A12", "A21")]
    assert critical == found.critical.tolist()
    shares = {signs: judged[f"p_{signs}_12"]["value"] for signs in ("++", "+-", "-+", "--")}
    assert shares == found.quadrants and sum(shares.values()) == pytest.approx(1)
    assert shares["-+"] > 0.9


def test_restriction_and_strength_are_those_of_the_instruments(prey, judged):
    judge = fit_pooled_general(prey, ("x1", "x2"), "fod_iv", "region+year", "first")
    assert judged["restriction"]["value"] == joint_test(judge).p
    assert judged["first_stage_F"]["value"] == judge.strength.min()


def assert_feedback(rows, pool, level, seed, ending=""):
    judge = fit_pooled_general(pool, ("x1", "x2"), "fod_iv", "region+year", "first")
    found = feedback_verdicts(judge.A, judge.covariance, judge.df, level, seed=seed)
    for form in ("weak", "strong"):
        said = rows[f"feedback_{form}{ending}"]
        assert said["relation"] == getattr(found, form) and np.isnan(said["value"])
    difference = rows[f"feedback_difference{ending}"]
    assert [difference[name] for name in ("value", "low", "high")] == [
        found.difference,
        found.difference_low,
        found.difference_high,
    ]
    phi = rows[f"phi{ending}"]
    assert phi["value"] == found.phi.estimate
    if found.located:
        assert phi["relation"] == "interval"
        assert (phi["low"], phi["high"]) == (found.phi.low, found.phi.high)
    else:
        assert phi["relation"] == "cannot be located"
        assert np.isnan(phi["low"]) and np.isnan(phi["high"])
    return found


def test_feedback(prey, judged):
    """Prey is harmed by its predator: neither form holds."""
    assert_feedback(judged, prey, 0.95, 3)
    assert judged["feedback_weak"]["relation"] == judged["feedback_strong"]["relation"] == "no"
    assert judged["feedback_difference"]["high"] < 0


def test_feedback_that_cannot_be_decided(panel):
    rows = table(judged_rows(panel, {"confidence": 0.95}, seed=3))
    found = assert_feedback(rows, panel, 0.95, 3)
    assert not found.located and rows["relation"]["relation"] == "undetermined"
    assert rows["feedback_weak"]["relation"] == "undecidable"


def test_feedback_of_a_sub_period(prey):
    parts = sub_periods(prey, 2019)
    assert list(parts) == ["2015_2019", "2019_2023"]
    assert parts["2015_2019"]["year"].max() == parts["2019_2023"]["year"].min() == 2019
    for name, part in parts.items():
        rows = table(period_rows(part, name, 0.9, seed=3))
        assert_feedback(rows, part, 0.9, 3, f"_{name}")
        assert rows[f"first_stage_F_{name}"]["value"] > 0
        assert len(rows) == 5


@pytest.mark.parametrize("split", [None, 2000, 2015, 2023, 2050])
def test_a_year_that_splits_nothing_makes_no_sub_periods(prey, split):
    assert sub_periods(prey, split) == {}


def test_a_bound_of_equivalence_reaches_the_rule(panel):
    """A bound that no interval exceeds: neither acts on the other."""
    rows = table(judged_rows(panel, {"equivalence": 1e6}, seed=3))
    assert rows["relation"]["relation"] == "neutralism"


def test_the_seed_alone_decides_the_draws_and_order_does_not(panel):
    shuffled = panel.sample(frac=1, random_state=1)
    interaction = {"confidence": 0.95}
    first, again = (str(table(judged_rows(p, interaction, 3))) for p in (panel, shuffled))
    assert first == again
    other = table(judged_rows(panel, interaction, 4))
    one = table(judged_rows(panel, interaction, 3))
    assert other["critical_A12"]["value"] != one["critical_A12"]["value"]
    assert other["feedback_difference"]["low"] != one["feedback_difference"]["low"]
    assert other["restriction"] == one["restriction"]
    for rows in (partial(wild_rows, seed=3), partial(bias_rows, seed=3)):
        pools = (fit_pooled(p, "x1", "x2") for p in (panel, shuffled))
        assert str(table(rows(next(pools)))) == str(table(rows(next(pools))))


def test_what_is_refused_says_what_and_why():
    def refuse():
        yield {"quantity": "one", "value": 1.0}
        raise StudyError("too little is known")

    label = {"scope": "pooled"}
    (row,) = tried(refuse(), label, "wild")
    assert row == label | {"quantity": "wild_not_estimated", "relation": "too little is known"}
    assert list(tried(iter([{"quantity": "one"}]), label, "wild")) == [label | {"quantity": "one"}]


@pytest.mark.parametrize("main", ["trapezoid", "lag"])
def test_which_fits_are_doubted(panel, main):
    """The main estimator's with effects of regions; the bias is that of trapezoid alone."""
    fits = fit_all(panel, main, ["trapezoid", "lag"])
    rows = pd.DataFrame(pooled_doubts(panel, fits, {"estimator": main, "split": 2019}, seed=1))
    assert set(rows["scope"]) == {"pooled"}
    labels = rows.groupby("quantity")[["effects", "estimator"]].agg(set)
    both = {"region", "region+year"}
    for quantity in ("wild_b1", "homogeneity_d", "mean_group_b1", "leave_one_out_d"):
        assert labels.loc[quantity].tolist() == [both, {main}]
    assert labels.loc["bias_b1"].tolist() == [both, {"trapezoid"}]
    for quantity in ("relation", "restriction", "feedback_weak", "phi_2019_2023"):
        assert labels.loc[quantity].tolist() == [{"region+year"}, {"fod_iv"}]
    assert not rows.duplicated(["effects", "estimator", "quantity"]).any()
    assert not rows["quantity"].str.endswith("not_estimated").any()


def test_a_pool_that_is_too_short_for_instruments_is_not_judged(panel):
    """Three years make two growth rows: year effects leave nothing of the deviation of one."""
    short = panel[panel["year"].between(2016, 2018)]
    fits = fit_all(short, "trapezoid", ["trapezoid"])
    refused = {row["quantity"] for row in fits.refused if row["estimator"] == "fod_iv"}
    assert refused == {"not_estimated", "general_not_estimated"}
    rows = pd.DataFrame(pooled_doubts(short, fits, {"estimator": "trapezoid"}, seed=1))
    assert set(rows["estimator"]) == {"trapezoid"}


def test_a_pool_with_too_few_regions_of_two_rows_says_so(panel):
    """Six regions, one of them with a single growth row: six have fits, five a relation."""
    single = (panel["region"] == "160000") & (panel["year"] > 2016)
    six = panel[(panel["region"] < "170000") & ~single]
    fits = fit_all(six, "trapezoid", ["trapezoid"])
    rows = pd.DataFrame(pooled_doubts(six, fits, {"estimator": "trapezoid"}, seed=1))
    rows = rows.drop_duplicates("quantity").set_index("quantity")
    assert "wild_b1" in rows.index and "relation" not in rows.index
    assert "5 regions with two growth rows" in rows.at["relation_not_estimated", "relation"]
