"""When an effect counts as shown: its interval, and what populations without interaction give."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.integrate import solve_ivp

from coevo.estimation import fit_pooled
from coevo.estimation.growth import pool
from coevo.inference.panel_simulation import shocks
from coevo.inference.sets import t_quantile
from coevo.lotka_volterra.classic import orbit
from coevo.strengths.shown_effects import (
    LEAST_ALIKE,
    OWN_LIMITS,
    RELATIONS,
    WANDERING,
    Effect,
    World,
    effect_rows,
    effects_of_region,
    effects_of_slopes,
    is_shown,
    limited,
    named_relation,
    own_slopes,
    t_of_effects,
    world_shocks,
    worlds,
)
from tests.panels import walks
from tests.unit.cases import sections

NAMES = ("x1", "x2")


def world(low=-2.0, high=2.0, like_data=0.5, name=WANDERING):
    ends = (np.nan, np.nan) if like_data < LEAST_ALIKE else (low, high)
    return World(name, like_data, *(np.full(2, end) for end in ends))


def effect(t, error=0.1):
    return Effect(t * error, (t - 2.1) * error, (t + 2.1) * error, t)


@pytest.mark.parametrize(("t", "ends", "shown"), sections("strengths")["shown"])
def test_an_effect_is_shown_beyond_zero_and_beyond_every_world_like_the_data(t, ends, shown):
    found = [world(*of, name) for of, name in zip(ends, (WANDERING, OWN_LIMITS), strict=False)]
    assert [is_shown(effect(t), place, found) for place in (0, 1)] == [shown, shown]
    rows = [*effect_rows([effect(t), effect(0.1)], found)]
    assert [row["shown"] for row in rows] == [shown] * len(found) + [False] * len(found)
    assert [row["world"] for row in rows] == 2 * [of.name for of in found]


def test_each_effect_is_held_against_its_own_range():
    found = [World(WANDERING, 1.0, np.array([-1.0, -5.0]), np.array([1.0, 5.0]))]
    assert [is_shown(effect(3.0), place, found) for place in (0, 1)] == [True, False]


@pytest.mark.parametrize("signs", RELATIONS)
def test_relations_are_named_by_the_signs_of_both_effects(signs):
    """An effect of zero needs a bound that its interval lies in."""
    both = [effect(8.0 * sign) for sign in signs]
    assert named_relation(both, [world()], 0.25) == RELATIONS[signs]
    undetermined = ("undetermined", "")
    assert named_relation(both, [world()]) == (undetermined if 0 in signs else RELATIONS[signs])
    assert named_relation(both, [world(-9, 9)]) == undetermined
    assert named_relation(both, [world(-9, 9)], 9.0) == ("neutralism", "")


def test_relations_have_their_directions():
    assert RELATIONS[-1, 1] == ("predator_prey", "x2_preys_on_x1")
    assert RELATIONS[1, -1] == ("predator_prey", "x1_preys_on_x2")
    assert {RELATIONS[-1, -1][0], RELATIONS[1, 1][0]} == {"competition", "mutualism"}
    assert RELATIONS[0, 1] == ("commensalism", "x2_gains_from_x1")
    assert RELATIONS[0, -1] == ("amensalism", "x1_harms_x2")


def test_b1_enters_the_effect_of_x2_with_a_minus():
    of_b1, of_d = effects_of_slopes({"b1": (0.4, 0.1, 0.9, 0.2), "d": (0.3, -0.1, 0.5, 0.1)})
    assert of_b1 == Effect(-0.4, -0.9, -0.1, -2.0)
    assert of_d == Effect(0.3, -0.1, 0.5, pytest.approx(3.0))


def test_logistic_populations_grow_by_their_closed_form():
    x, rate, own = np.array([0.5, 2.0, 1.0]), np.array([0.3, 0.4, 0.0]), -0.2
    path = solve_ivp(lambda _, u: rate + own * np.exp(u), (0, 1), np.log(x), rtol=1e-10, atol=1e-12)
    assert limited(x, rate, own) == pytest.approx(np.exp(path.y[:, -1]), rel=1e-8)
    assert limited(x, rate) == pytest.approx(x * np.exp(rate))


@pytest.mark.parametrize("effects", ["region", "region+year"])
def test_t_of_a_panel_is_clustered_by_region(effects):
    from linearmodels.panel import PanelOLS

    data = pool(walks(7, 9, NAMES, 0.1, common=0.1), NAMES, "trapezoid", "first")
    found = t_of_effects(data.growth[..., None], data.regressor[..., None], data, effects)
    places = pd.MultiIndex.from_arrays([data.region, data.year])
    for i in range(2):
        x = pd.DataFrame({"x": data.regressor[:, 1 - i]}, index=places)
        years = effects == "region+year"
        model = PanelOLS(
            pd.Series(data.growth[:, i], places), x, entity_effects=True, time_effects=years
        )
        second = model.fit(cov_type="clustered", cluster_entity=True, group_debias=True)
        n, k = len(x), 1 + (second.df_model - 1 if years else 0)
        correction = (n - 1) / (n - k)
        assert found[i, 0] == pytest.approx(second.tstats["x"] * np.sqrt(correction), rel=1e-6)


def test_t_of_a_region_is_that_of_least_squares():
    data = pool(walks(1, 9, NAMES), NAMES, "trapezoid", "first")
    found = t_of_effects(data.growth[..., None], data.regressor[..., None], data, "none")
    for i in range(2):
        second = sm.OLS(data.growth[:, i], sm.add_constant(data.regressor[:, 1 - i])).fit()
        assert found[i, 0] == pytest.approx(second.tvalues[1])


def test_own_limits_are_the_slopes_on_own_levels_and_never_positive():
    panel = walks(7, 9, NAMES)
    data = pool(panel, NAMES, "trapezoid", "first")
    slopes = []
    for i in range(2):
        dummies = pd.get_dummies(data.region, dtype=float)
        X = np.column_stack([data.regressor[:, i], dummies])
        slopes.append(sm.OLS(data.growth[:, i], X).fit().params[0])
    assert own_slopes(data, "region") == pytest.approx(np.minimum(slopes, 0))
    rising = data._replace(growth=0.1 * data.regressor)
    assert (own_slopes(rising, "region") == 0).all()
    level = data._replace(regressor=np.ones_like(data.regressor))
    assert (own_slopes(level, "region") == 0).all()


def test_shocks_of_regions_have_their_own_spread_and_years_only_where_they_are_shared():
    data = pool(walks(7, 9, NAMES, common=0.3), NAMES, "trapezoid", "first")
    alone, shared = (world_shocks(data, data.growth, common, 0) for common in (False, True))
    assert not alone.year.any()
    assert (shared.year == shocks(data.region, data.year, data.growth)[0].year).all()
    left = data.growth - pd.DataFrame(data.growth).groupby(data.region).transform("mean").to_numpy()
    assert alone.error == pytest.approx(left.T @ left / (7 * 8 - 7))
    own = pd.DataFrame(left**2).groupby(data.region).mean().to_numpy() / (left**2).mean(axis=0)
    assert alone.spread == pytest.approx(np.sqrt(own))
    assert np.shape(shared.spread) == (7, 2) and np.diag(shared.error).max() < alone.error.max()


def hares():
    """A cycle of twenty years, hardly disturbed."""
    noise = np.exp(np.random.default_rng(1).normal(0, 0.05, (21, 2)))
    x = orbit(0.55, 0.028, 0.8, 0.857, (34, 5.9), np.arange(21.0)) * noise
    years = {"region": "r", "year": range(21)}
    return pool(pd.DataFrame(x, columns=list(NAMES)).assign(**years), NAMES, "trapezoid", "first")


def test_a_cycle_shows_a_predator_and_its_prey():
    data = hares()
    found = worlds(data, "none", "trapezoid", False, 1, 0.95)
    assert [of.name for of in found] == [WANDERING, OWN_LIMITS]
    assert all(of.is_usable for of in found)
    for of in found:  # t of one region without interaction is near that of the table
        assert np.abs([of.low, of.high]) == pytest.approx(t_quantile(18, 0.95), rel=0.4)
    assert named_relation(effects_of_region(data, 0.95), found) == (
        "predator_prey",
        "x2_preys_on_x1",
    )


def test_of_walks_few_effects_are_shown():
    """Forty regions that wander, each judged alone: at most a fifth, of about a twentieth."""
    panel, shown = walks(40, 12, NAMES), 0
    for _, part in panel.groupby("region"):
        data = pool(part, NAMES, "trapezoid", "first")
        found = worlds(data, "none", "trapezoid", False, 1, 0.95, panels=199)
        shown += sum(
            is_shown(of, place, found) for place, of in enumerate(effects_of_region(data, 0.95))
        )
    assert shown <= 0.2 * 80


def test_a_panel_without_interaction_is_inside_the_range_it_gives():
    panel = walks(9, 9, NAMES, common=0.2)
    data, fit = pool(panel, NAMES, "trapezoid", "first"), fit_pooled(panel, *NAMES)
    t = t_of_effects(data.growth[..., None], data.regressor[..., None], data, "region+year")[:, 0]
    for of in worlds(data, "region+year", "trapezoid", True, 1, 0.95):
        assert of.is_usable and (of.low < t).all() and (t < of.high).all()
    assert fit.effects == "region+year"


def test_a_world_that_ranges_farther_than_the_data_is_not_used():
    """Shocks that undo each other: populations that wander would go farther than these."""
    years = np.arange(60)
    x = np.exp(0.5 * np.stack([(-1.0) ** years, np.cos(np.pi * years / 2)], axis=1))
    panel = pd.DataFrame(x, columns=list(NAMES)).assign(region="r", year=years)
    data = pool(panel, NAMES, "trapezoid", "first")
    wandering, _ = worlds(data, "none", "trapezoid", False, 1, 0.95)
    assert wandering.like_data < LEAST_ALIKE and not wandering.is_usable
    assert np.isnan([wandering.low, wandering.high]).all()
