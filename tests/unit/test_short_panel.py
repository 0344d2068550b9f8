"""The bias of short panels: the simulated map, the refits, what is known of the bias."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from coevo.errors import StudyError
from coevo.estimation import fit_pooled
from coevo.inference.panel_simulation import (
    draw_normals,
    next_year,
    refits,
    short_panel_bias,
    simulation,
)


def simulated(fit, draws, seed):
    return simulation(fit)(draw_normals(fit.data, draws, np.random.default_rng(seed)))


def panel(slopes=(-0.05, 0.04), noise=0.05, shock=0.05, regions=12, years=8, seed=1, missing=()):
    """Return region, year, x1, x2 that follow the trapezoid map in units of the first year."""
    generator = np.random.default_rng(seed)
    alpha = np.array([0.2, -0.02]) + 0.02 * generator.normal(size=(regions, 2))
    path = [np.ones((regions, 2))]
    for _ in range(years - 1):
        tau, e = shock * generator.normal(size=2), noise * generator.normal(size=(regions, 2))
        following = next_year(path[-1][..., None], (alpha + tau + e)[..., None], np.array(slopes))
        path.append(following[..., 0])
    x = np.stack(path, axis=1) * np.arange(1, regions + 1)[:, None, None]
    frame = pd.DataFrame(x.reshape(-1, 2), columns=["x1", "x2"])
    frame["region"] = np.repeat([f"{r:02}" for r in range(regions)], years)
    frame["year"] = np.tile(np.arange(years), regions)
    frame.loc[list(missing), "x2"] = np.nan
    return frame


def fitted(frame, **options):
    return fit_pooled(frame, "x1", "x2", **options)


def test_next_year_solves_the_trapezoid_equations():
    generator = np.random.default_rng(1)
    x, rate = np.exp(generator.normal(size=(5, 2, 7))), 0.2 * generator.normal(size=(5, 2, 7))
    slopes = np.array([-0.3, 0.2])
    y = next_year(x, rate, slopes)
    R = (x + y) / 2
    assert np.log(y / x)[:, 0] == pytest.approx(rate[:, 0] - 0.3 * R[:, 1], abs=1e-9)
    assert np.log(y / x)[:, 1] == pytest.approx(rate[:, 1] + 0.2 * R[:, 0], abs=1e-9)


def test_next_year_is_missing_where_growth_has_no_bound():
    """x = 1, slopes 2: ln y = 1 + y has no solution; the other draw, with ln y = y - 2, has one."""
    x = np.ones((2, 2))
    y = next_year(x, np.array([[0.0, -3.0], [0.0, -3.0]]), np.array([2.0, 2.0]))
    assert np.isnan(y[:, 0]).all()
    assert np.log(y[:, 1]) == pytest.approx(y[:, 1] - 2, abs=1e-9)


@pytest.mark.parametrize("effects", ["region", "region+year"])
def test_without_noise_there_is_no_bias(effects):
    fit = fitted(panel(noise=0, shock=0), effects=effects)
    found = short_panel_bias(fit, draws=5)
    assert found.bias == pytest.approx([0, 0], abs=1e-9)
    assert found.draws == 5


def test_without_noise_the_simulated_paths_are_those_observed_through_gaps():
    fit = fitted(panel(noise=0, shock=0, missing=[3, 10, 20]))
    start, end = simulated(fit, 2, 1)
    assert fit.rows == 84 - 6
    assert np.log(end / start)[..., 1] == pytest.approx(fit.data.growth, abs=1e-9)
    assert ((start + end) / 2)[..., 0] == pytest.approx(fit.data.regressor, abs=1e-9)


@pytest.mark.parametrize("effects", ["region", "region+year"])
@pytest.mark.parametrize("missing", [(), (3, 4, 42)])
def test_refits_equal_the_pooled_fit(effects, missing):
    frame = panel(missing=missing)
    fit = fitted(frame, effects=effects)
    start, end = simulated(fit, 3, 2)
    found = refits(fit, start, end)
    for draw in range(3):
        again = panel(missing=missing)
        at = again.set_index(["region", "year"])
        for row in range(fit.rows):
            code, year = fit.regions[fit.data.region[row]], fit.data.year[row]
            at.loc[(code, year), ["x1", "x2"]] = start[row, :, draw]
            at.loc[(code, year + 1), ["x1", "x2"]] = end[row, :, draw]
        # what is in no row of the first fit stays out of this one
        other = fitted(at.reset_index(), effects=effects)
        assert [other.b1, other.d] == pytest.approx(found[:, draw], rel=1e-9)


def test_simulated_panels_have_the_noise_of_the_fit():
    fit = fitted(panel(regions=40, noise=0.08, shock=0.04))
    start, end = simulated(fit, 400, 3)
    slopes = fit.slopes[:, None]
    u = np.log(end / start) - slopes * ((start + end) / 2)[:, ::-1]
    u = u - fit.intercepts[fit.data.region][..., None]
    first_year = fit.data.year == 0
    within = u[first_year] - u[first_year].mean(axis=0)
    assert np.sqrt((within**2).mean() * 40 / 39) == pytest.approx(0.08, rel=0.1)
    assert u[first_year].mean(axis=0).std() == pytest.approx(0.04, rel=0.6)


def test_the_bias_is_how_far_refits_lie_from_the_fit():
    fit = fitted(panel(slopes=(-0.3, 0.3), noise=0.2, shock=0.1, regions=8, years=6, seed=2))
    found, draws = short_panel_bias(fit, draws=4000), 1000
    assert np.abs(found.bias / found.error).max() > 10  # there is something to find
    again = refits(fit, *simulated(fit, draws, 4))
    error = again.std(axis=1) / np.sqrt(draws)
    assert (np.abs(again.mean(axis=1) - [fit.b1, fit.d] - found.bias) < 4 * error).all()
    assert again.std(axis=1) == pytest.approx(found.error * np.sqrt(found.draws), rel=0.2)


def test_walks_without_interaction_are_not_bent_to_first_order():
    """Errors together, no interaction: the half of a year's own shock and what the region's mean
    takes out are both sigma^2 T/2, and cancel. The bias left is of second order in the noise."""
    generator = np.random.default_rng(5)
    frame = panel(regions=30)
    e = 0.02 * generator.normal(size=(len(frame), 1)) + 0.002 * generator.normal(
        size=(len(frame), 2)
    )
    frame[["x1", "x2"]] = np.exp(pd.DataFrame(e).groupby(frame["region"]).cumsum().to_numpy())
    fit = replace(fitted(frame, effects="region"), A=np.zeros((2, 2)))
    found = short_panel_bias(fit, draws=2000)
    assert (np.abs(found.bias) < 4 * found.error).all() and found.error.max() < 0.005


@pytest.mark.parametrize("options", [{"estimator": "lag"}, {"scale": "mean"}, {"effects": "none"}])
def test_other_fits_are_refused(options):
    with pytest.raises(StudyError, match="is computed for trapezoid fits"):
        short_panel_bias(fitted(panel(), **options))
