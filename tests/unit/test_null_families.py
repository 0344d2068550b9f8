"""Families of panels without interaction: their motions, what S tells of them, what is refused."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from benchmarks.relation_rule import Design, sample
from coevo.equilibria.fitted import growth_pool
from coevo.errors import Refusal, StudyError
from coevo.estimation.pooled_batches import Steps, steps, years_of
from coevo.inference import null_families as families
from coevo.inference.null_families import (
    FAMILIES,
    NULLS,
    Motion,
    departures,
    drifts_of,
    judged_families,
    limited,
    nulls_of,
    panels_of,
    rates,
)
from coevo.inference.panel_simulation import Shocks, draw_normals
from coevo.inference.relation_rule import (
    critical_values,
    families_of,
    judged_steps,
    largest,
    relation,
)
from tests.panels import walks


def one(design, seed=1):
    """Return the growth rows of one panel of a design."""
    panels = sample(design, 1, seed)
    return panels._replace(start=panels.start[..., 0], end=panels.end[..., 0])


@pytest.mark.parametrize("rate", [-0.4, 0.0, 1e-9, 0.3, 5.0])
def test_a_year_of_a_limited_population_is_that_of_the_equation(rate):
    """dx/dt = x (rate - .5 x), solved numerically."""
    x, own = 1.7, -0.5
    path = solve_ivp(
        lambda t, u: rate + own * np.exp(u), (0, 1), [np.log(x)], rtol=1e-10, atol=1e-12
    )
    end = limited(np.array([x]), np.array([rate]), own)
    assert end == pytest.approx(np.exp(path.y[:, -1]), rel=1e-7)
    assert rates(np.array([x]), end, own) == pytest.approx([rate], abs=1e-9)


def test_S_by_hand():
    """Two regions, three growth rows: logs 0, 1, 1 and 0, 0, 3 at the starts."""
    log = np.array([[0.0, 1, 1], [0, 0, 3]])
    end = log + np.array([[1.0, 0, 0], [0, 3, 1]])
    region, year = (part.ravel() for part in np.indices((2, 3)))
    panels = Steps(region, year, *(np.exp(part.reshape(-1, 1, 1)) for part in (log, end)))
    # less the means of years (0, .5, 2): 0, .5, -1 and their negatives; residuals of a line
    level = np.array([0, 0.5, -1]) - np.polyval(np.polyfit([0, 1, 2], [0, 0.5, -1], 1), [0, 1, 2])
    g = np.array([0.5, -1.5, -0.5]) - np.mean([0.5, -1.5, -0.5])
    expected = (level**2).sum() / (g**2).sum()  # both regions alike but for their signs
    assert departures(panels, years_of(panels)) == pytest.approx(np.array([[expected]]))


def test_persistent_shocks_have_the_spread_and_the_memory_asked_for():
    observed = steps(walks(6, 40, ("x1",)).assign(x2=1.0))._replace()
    observed = observed._replace(start=observed.start[:, :1], end=observed.start[:, :1])
    found = Shocks(np.zeros((6, 1)), np.zeros((1, 1)), np.array([[0.04]]), np.array([0.7]))
    normals = draw_normals(observed, 500, np.random.default_rng(1))
    panels = panels_of(observed, (Motion(),), found, normals)
    g = np.log(panels.end / panels.start)[:, 0]
    own = observed.region == 0
    assert g[own].std() == pytest.approx(0.2, rel=0.05)
    assert np.corrcoef(g[own][:-1].ravel(), g[own][1:].ravel())[0, 1] == pytest.approx(
        0.7, abs=0.03
    )


@pytest.mark.parametrize(
    ("family", "years", "own", "persistence"),
    [
        ("random_walk", 30, 0.0, 0.0),
        ("own_limits", 120, -0.2, 0.0),
        ("persistent_shocks", 60, 0.0, 0.5),
    ],
)
def test_the_family_that_a_long_panel_follows_is_found_and_random_walks_are_not(
    family, years, own, persistence
):
    observed = one(Design(10, years, family, "none", 0.0), seed=3)
    for of in judged_families(observed, years_of(observed), 1):
        assert of[family].allowed
        assert of["random_walk"].allowed == (family == "random_walk")
        assert of[family].motion == pytest.approx((own, persistence), abs=0.1)


def test_a_region_without_an_upper_end_of_shocks_leaves_the_family_out():
    year = np.arange(12)
    log = np.cumsum([[0.1 * t * (1 if r % 2 else -1) for t in year] for r in range(8)], axis=1)
    noise = np.random.default_rng(1).normal(size=log.shape) * 1e-3
    region, at = (part.ravel() for part in np.indices((8, 11)))
    start, end = (
        np.exp(part).reshape(-1, 1) for part in ((log + noise)[:, :-1], (log + noise)[:, 1:])
    )
    observed = Steps(region, at, start, end)
    (of,) = judged_families(observed, years_of(observed), 1)
    assert of["persistent_shocks"].reason == "shocks_too_persistent"
    assert not of["persistent_shocks"].allowed and np.isnan(of["persistent_shocks"].p)


def test_nulls_are_pairs_of_families_and_random_walks_with_other_shocks():
    assert len(NULLS) == len(set(NULLS)) == len(FAMILIES) ** 2 + 2
    observed = one(Design(31, 9, "random_walk", "none", 0.0))
    judged = judged_families(observed, years_of(observed), 1)
    allowed = nulls_of(judged)
    assert {null.x1 for null in allowed} == {name for name, of in judged[0].items() if of.allowed}
    assert {null.x2 for null in allowed} == {name for name, of in judged[1].items() if of.allowed}


def test_where_no_family_is_left_nothing_is_judged(monkeypatch):
    monkeypatch.setattr(families, "LEAST_P", 2.0)
    with pytest.raises(Refusal) as refused:
        critical_values(one(Design(8, 9, "random_walk", "none", 0.0)), 20, 1)
    assert refused.value.key == "no_null_left"


def test_drifts_of_a_motion_are_what_it_leaves_of_growth():
    observed = one(Design(12, 9, "own_limits", "none", 0.0))
    still = Motion(own=-0.2), Motion(own=-0.2)
    found = drifts_of(observed, still)
    walk = drifts_of(observed, (Motion(), Motion()))
    assert (found.level > walk.level).all()  # growth without the limit would be faster
    assert largest({NULLS[0]: np.array([1.0, 3]), NULLS[1]: np.array([2.0, 2])}).tolist() == [2, 3]


GROWING = np.exp(0.1 * np.arange(12))
BAD = {
    "a constant population": (lambda f: f.assign(x2=3.0), "leave nothing"),
    "zeros alone": (lambda f: f.assign(x1=0.0), "no region has two"),
    "one unit": (lambda f: f[f["region"] == "r00"], "1 regions"),
    "a gap longer than the series": (lambda f: f[~f["year"].between(2003, 2010)], "leave nothing"),
    "every other year": (lambda f: f[f["year"] % 2 == 0], "no region has two"),
    "the same growth everywhere": (lambda f: f.assign(x1=np.tile(GROWING, 8)), "leave nothing"),
}


@pytest.mark.parametrize(("spoil", "told"), BAD.values(), ids=BAD)
def test_figures_that_tell_nothing_are_refused(spoil, told):
    with pytest.raises(StudyError, match=told):
        relation(growth_pool(spoil(walks(8, 12, ("x1", "x2")))), draws=50)


def test_units_with_few_rows_or_a_zero_leave_no_gap_in_what_is_found():
    pair = walks(8, 12, ("x1", "x2"))
    pair = pair[(pair["region"] > "r00") | (pair["year"] < 2002)]
    pair.loc[pair.index[-1], "x1"] = 0.0  # a region without logarithms is left out
    pair = growth_pool(pair)
    assert pair["region"].nunique() == 7
    found = relation(pair, draws=50)
    assert np.isfinite(found.cross.t).all() and np.isfinite(found.critical).all()
    assert np.isfinite(families_of(judged_steps(pair), 1)[0]).all()


def test_a_family_that_cannot_be_simulated_is_left_out_with_its_reason():
    """Growth of growth: no limit below zero gives the slope, and random walks do not go so far."""
    pair = walks(8, 12, ("x1", "x2"))
    noise = np.random.default_rng(0).normal(0, 0.01, len(pair))
    pair["x1"] = np.exp(np.exp(0.25 * (pair["year"] - 2000)) + noise)
    first, _ = families_of(judged_steps(pair), 1)[1]
    assert first["own_limits"].reason == "no_own_limit" and not first["own_limits"].allowed
    assert not first["random_walk"].allowed and first["persistent_shocks"].allowed


def test_a_limit_is_found_where_growth_rises_with_the_level_but_less_than_of_random_walks():
    panels = sample(Design(10, 60, "persistent_shocks", "none", 0.0), 400, 35)
    panel = panels._replace(start=panels.start[..., 150], end=panels.end[..., 150])
    found = families_of(panel, 150)[1][1]["own_limits"]
    assert found.motion.own < 0 and not found.reason
