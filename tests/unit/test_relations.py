"""The rule that names a relation: by hand, on data with and without interaction, its refusals."""

import numpy as np
import pandas as pd
import pytest

from benchmarks import relation_rule
from benchmarks.relation_rule import Design, sample
from coevo.errors import StudyError
from coevo.inference.null_families import NULLS
from coevo.inference.relation_rule import (
    Cross,
    agreed,
    critical_values,
    cross_signs,
    largest,
    name_relation,
    relation,
)
from coevo.inference.signs import quadrant_probabilities
from tests.unit.cases import sections

CASES = sections("relations")
CRITICAL = np.array([2.0, 3.0])  # of A12, of A21
DF = np.array([30, 30])


def found(fod, lag, error=0.01):
    """Return A12 and A21 by fod_iv and by lag, with one error."""
    A = np.array([fod, lag])
    return Cross(A, np.full((2, 2), error), DF)


@pytest.mark.parametrize(("signs", "name", "direction"), CASES["signs"])
def test_relations_by_their_signs(signs, name, direction):
    clear = found(0.04 * np.array(signs), 0.05 * np.array(signs))
    assert name_relation(cross_signs(clear, CRITICAL)) == (name, direction)


@pytest.mark.parametrize(("fod", "lag"), CASES["undetermined"])
def test_undetermined_where_the_estimators_do_not_both_speak(fod, lag):
    assert name_relation(cross_signs(found(fod, lag), CRITICAL))[0] == "undetermined"


def test_each_effect_has_to_pass_by_itself():
    one = cross_signs(found((0.05, 0.025), (0.05, 0.025)), CRITICAL)
    assert one[0] == 1 and np.isnan(one[1])


def test_the_weaker_estimator_speaks_for_both():
    weaker = agreed(found((0.05, -0.03), (0.02, 0.04)))
    assert weaker == pytest.approx([2.0, 0.0])


@pytest.mark.parametrize(("values", "name"), CASES["bounded"])
def test_a_bound_of_equivalence_makes_zeros(values, name):
    assert name_relation(cross_signs(found(values, values), CRITICAL, 0.1))[0] == name


def test_without_a_bound_nothing_is_zero():
    tiny = found((0.2, 1e-9), (0.2, 1e-9), error=1e-3)
    assert name_relation(cross_signs(tiny, CRITICAL))[0] == "undetermined"
    assert name_relation(cross_signs(tiny, CRITICAL, 0.1))[0] == "commensalism"


def test_both_estimators_have_to_lie_inside_the_bound():
    assert np.isnan(cross_signs(found((0.0, 0.0), (0.0, 0.095)), CRITICAL, 0.1)).tolist() == [
        False,
        True,
    ]


def test_quadrants_of_a_bivariate_t_around_zero():
    """P(both positive) = 1/4 + arcsin(rho)/(2 pi), of any elliptical distribution."""
    covariance = np.eye(4)
    covariance[1, 2] = covariance[2, 1] = 0.6
    same = 0.25 + np.arcsin(0.6) / (2 * np.pi)
    p = quadrant_probabilities(np.zeros(2), covariance[1:3, 1:3], 5)
    assert p["++"] == pytest.approx(same, abs=1e-9) and p["--"] == pytest.approx(same, abs=1e-9)
    assert p["+-"] == pytest.approx(0.5 - same, abs=1e-9)
    assert sum(p.values()) == pytest.approx(1)


def frame(panels, i=0):
    """Return region, year, x1, x2 of sample i, in other units in each region."""
    parts = []
    for r in np.unique(panels.region):
        own = panels.region == r
        x = np.vstack([panels.start[own, :, i], panels.end[own, :, i][-1:]]) * (r + 1)
        parts.append(pd.DataFrame({"region": f"{r:02}", "year": np.arange(len(x))}))
        parts[-1][["x1", "x2"]] = x
    return pd.concat(parts, ignore_index=True)


@pytest.fixture(scope="module")
def prey():
    """2 preys on 1, strongly."""
    return frame(sample(Design(31, 9, "own_limits", "predator_prey", 0.3), 1, 5, (0.05, 0.1)))


def test_predator_and_prey_are_found(prey):
    first = relation(prey, draws=300)
    assert (first.name, first.direction) == ("predator_prey", "x2_preys_on_x1")
    assert first.quadrants["-+"] > 0.95
    assert (np.abs(agreed(first.cross)) > first.critical).all()
    swapped = prey.rename(columns={"x1": "x2", "x2": "x1"})
    second = relation(swapped, draws=300)
    assert (second.name, second.direction) == ("predator_prey", "x1_preys_on_x2")
    assert second.cross.A[:, ::-1] == pytest.approx(first.cross.A, rel=1e-8)


def test_the_same_seed_gives_the_same_in_any_order_of_rows(prey):
    before = prey.copy()
    first, second = (
        relation(prey, draws=50, seed=4),
        relation(prey.sample(frac=1, random_state=1), draws=50, seed=4),
    )
    assert (first.critical == second.critical).all()
    assert first.quadrants == second.quadrants
    pd.testing.assert_frame_equal(prey, before)
    assert (relation(prey, draws=50, seed=5).critical != first.critical).any()


def test_gaps_filled_figures_and_breaks_make_no_rows(prey):
    holes = prey.copy()
    holes["flag"] = ""
    holes.loc[3, "x1"] = np.nan  # two rows
    holes.loc[13, "flag"] = "filled"  # two rows
    holes.loc[23, "flag"] = "break"  # the row before it
    found = relation(holes, draws=20)
    assert np.isfinite(found.critical).all()


def test_critical_values_fall_with_the_quantile_and_take_the_worst_null():
    panels = sample(Design(31, 9, "random_walk", "none", 0.0), 1, 6, (0.05, 0.1))
    own = panels._replace(start=panels.start[..., 0], end=panels.end[..., 0])
    high, low = (critical_values(own, 200, 1, exceed) for exceed in (0.975, 0.8))
    assert (largest(high) > largest(low)).all()
    assert largest(high) == pytest.approx(np.max(list(high.values()), axis=0))
    assert high.keys() <= set(NULLS)


def test_a_relation_is_rarely_named_where_there_is_none(monkeypatch):
    """With 40 panels per null in place of 2,000, of 20 samples, each with families of its own."""
    monkeypatch.setattr(relation_rule, "DRAWS", 40)
    panels = sample(Design(31, 9, "random_walk", "none", 0.0), 20, seed=7)
    rows = list(relation_rule.judged(panels, own=False))
    assert [row["name"] for row in rows] == ["undetermined"] * 20
    assert sum(row["kept_random_walk"] for row in rows) >= 18


def test_refusals(prey):
    after = prey["year"] - prey["region"].astype(int)
    with pytest.raises(StudyError, match="5 regions with two growth rows or more"):
        relation(prey[prey["region"] < "05"])
    of = r"^\d+ growth rows of \d+ regions in \d+ years"
    with pytest.raises(StudyError, match=f"{of} are too few for a relation"):
        relation(prey[(prey["region"] < "06") & after.between(0, 2)])
    with pytest.raises(StudyError, match="0 regions with two growth rows"):
        relation(prey[prey["year"] < 2])
