"""Panels without interaction: what they are made of, and that they follow it."""

import numpy as np
import pytest

from coevo.estimation.growth import pool
from coevo.inference.panel_simulation import (
    FEWEST,
    Shocks,
    draw_normals,
    panel_blocks,
    shocks,
    simulated_panels,
)
from tests.panels import walks


def panel(missing=()):
    """Return random walks of four regions; missing: (region, year) of which x1 is NaN."""
    frame = walks(4, 6, ("x1", "x2"))
    places = frame[["region", "year"]].apply(tuple, axis=1)
    return frame.assign(x1=frame["x1"].mask(places.isin(missing)))


def rows_of(frame):
    return pool(frame, ("x1", "x2"), "trapezoid", "first")


def drawn(observed, panels, seed):
    return draw_normals(observed, panels, np.random.default_rng(seed))


def test_shocks_by_hand():
    """Two regions and two years: u = 1, 3 and 2, 8 has means 2, 5 and year effects -2, 2."""
    region, year = np.array([0, 0, 1, 1]), np.array([1, 2, 1, 2])
    u = np.array([[1.0, 0.0], [3.0, 2.0], [2.0, 0.0], [8.0, 2.0]])
    found, _ = shocks(region, year, u)
    assert found.level == pytest.approx(np.array([[2, 1], [5, 1]]))
    assert found.year == pytest.approx(np.array([[8, 4], [4, 2]]))  # over T - 1 = 1
    assert found.error == pytest.approx(np.array([[4, 0], [0, 0]]))  # over 4 - 2 - 1 = 1


def test_without_shocks_paths_follow_their_drifts_through_gaps():
    observed = rows_of(panel(missing=[("r01", 2002), ("r02", 2000), ("r02", 2001)]))
    level = np.array([[0.1, -0.2], [0.3, 0.05], [0.0, 0.2], [-0.1, 0.1]])
    still = Shocks(level, np.zeros((2, 2)), np.zeros((2, 2)))
    start, end = simulated_panels(observed, still, drawn(observed, 3, 1))
    first = np.array([0, 5, 8, 11])
    passed = observed.year - observed.year[first][observed.region]
    origin = observed.start[first][observed.region]
    expected = origin * np.exp(level[observed.region] * passed[:, None])
    assert start == pytest.approx(np.repeat(expected[..., None], 3, axis=2), rel=1e-12)
    assert end == pytest.approx(start * np.exp(level[observed.region])[..., None], rel=1e-12)


def test_the_growth_of_the_panels_has_the_covariances_asked_for():
    observed = rows_of(panel())
    found = Shocks(np.zeros((4, 2)), 0.04 * np.eye(2), np.array([[0.01, 0.006], [0.006, 0.01]]))
    start, end = simulated_panels(observed, found, drawn(observed, 10_000, 2))
    g = np.log(end / start)
    assert np.cov(g[0]) == pytest.approx(found.year + found.error, abs=0.004)
    assert np.mean(g[0, 0] * g[5, 0]) == pytest.approx(0.04, abs=0.003)  # same year
    assert np.mean(g[0, 0] * g[5, 1]) == pytest.approx(0.0, abs=0.003)
    assert np.mean(g[0, 0] * g[1, 0]) == pytest.approx(0.0, abs=0.003)  # same region
    # a row begins where the row before it ended
    assert start[1:5] == pytest.approx(end[:4], rel=1e-12)


def test_blocks_make_up_the_draws_stay_small_and_have_seeds_of_their_own():
    for draws, rows in ((10_000, 248), (1, 248), (70, 10_000_000)):
        blocks = panel_blocks(draws, rows, np.random.default_rng(1))
        assert sum(size for size, _ in blocks) == draws
        assert all(size <= FEWEST or 8 * 2 * rows * size <= 8e6 for size, _ in blocks)
        assert len({generator.random() for _, generator in blocks}) == len(blocks)
