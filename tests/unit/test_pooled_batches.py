"""The general model in batches: against linearmodels, panel by panel, and without interaction."""

import numpy as np
import pandas as pd
import pytest

from coevo.estimation.effects import forward_deviations
from coevo.estimation.pooled import fit_pooled_general
from coevo.estimation.pooled_batches import Steps, fod_general, lag_general, steps


def batch(B=3, regions=8, years=7, unbalanced=True, seed=1):
    generator = np.random.default_rng(seed)
    g = 0.1 + 0.1 * generator.normal(size=(regions, years, 2, B))
    path = np.exp(np.concatenate([np.zeros((regions, 1, 2, B)), np.cumsum(g, axis=1)], axis=1))
    start, end = (part.reshape(-1, 2, B) for part in (path[:, :-1], path[:, 1:]))
    region, year = np.repeat(np.arange(regions), years), np.tile(np.arange(years), regions)
    kept = np.ones(len(region), dtype=bool)
    if unbalanced:
        kept[[0, 1, 10, 25, 26]] = False
    return Steps(region[kept], year[kept], start[kept], end[kept])


def test_lag_equals_linearmodels():
    from linearmodels.panel import PanelOLS

    panels = batch()
    found = lag_general(panels)
    for b in range(3):
        frame = pd.DataFrame(panels.start[..., b], columns=["x1", "x2"])
        frame[["g1", "g2"]] = np.log(panels.end / panels.start)[..., b]
        frame = frame.set_index([panels.region, panels.year])
        for i in range(2):
            fit = PanelOLS(
                frame[f"g{i + 1}"], frame[["x1", "x2"]], entity_effects=True, time_effects=True
            ).fit(cov_type="clustered", cluster_entity=True, group_debias=True)
            assert found.A[b, i] == pytest.approx(fit.params.to_numpy(), rel=1e-9)
            own = found.covariance[b, 2 * i : 2 * i + 2, 2 * i : 2 * i + 2]
            assert own == pytest.approx(fit.cov.to_numpy(), rel=1e-8)


def test_fod_equals_instruments_of_linearmodels():
    """In a balanced panel taking out the years is the same as taking out year means first."""
    from linearmodels.iv import IV2SLS

    panels = batch(B=1, unbalanced=False)
    found, region, year = fod_general(panels), panels.region, panels.year
    start, end = panels.start[..., 0], panels.end[..., 0]
    dummies = pd.get_dummies(year).to_numpy(dtype=float)

    def demean(V):
        return V - dummies @ np.linalg.lstsq(dummies, V, rcond=None)[0]

    kept, g = forward_deviations(region, year, demean(np.log(end / start)))
    _, R = forward_deviations(region, year, demean((start + end) / 2))
    for i in range(2):
        fit = IV2SLS(g[:, i], None, R, demean(start)[kept]).fit(
            cov_type="clustered", clusters=region[kept], debiased=False
        )
        assert found.A[0, i] == pytest.approx(fit.params.to_numpy(), rel=1e-8)
        own = found.covariance[0, 2 * i : 2 * i + 2, 2 * i : 2 * i + 2]
        n, k = len(kept), 2 + dummies.shape[1] - 1
        correction = 8 / 7 * (n - 1) / (n - k)  # none there
        assert own == pytest.approx(correction * fit.cov.to_numpy(), rel=1e-7)


@pytest.mark.parametrize(("fit", "weight"), [(fod_general, 0.5), (lag_general, 0.0)])
def test_data_of_the_own_map_are_recovered(fit, weight):
    """g = alpha + tau + A R with R = (1 - w) x + w x(t+1), solved for x(t+1) by iteration."""
    generator = np.random.default_rng(4)
    A = np.array([[-0.2, 0.1], [-0.15, -0.1]])
    regions, years = 10, 6
    alpha, tau = 0.2 + 0.1 * generator.random((regions, 2)), 0.1 * generator.random((years, 2))
    path = [np.exp(0.3 * generator.normal(size=(regions, 2)))]
    for t in range(years):
        following = path[-1]
        for _ in range(100):
            R = (1 - weight) * path[-1] + weight * following
            following = path[-1] * np.exp(alpha + tau[t] + R @ A.T)
        path.append(following)
    levels = np.stack(path, axis=1)
    panels = Steps(
        np.repeat(np.arange(regions), years),
        np.tile(np.arange(years), regions),
        levels[:, :-1].reshape(-1, 2, 1),
        levels[:, 1:].reshape(-1, 2, 1),
    )
    assert fit(panels).A[0] == pytest.approx(A, abs=1e-10)


@pytest.mark.parametrize("fit", [fod_general, lag_general])
def test_other_units_turn_the_coefficients_and_leave_t(fit):
    panels, units = batch(B=2), np.array([10.0, 0.5])[:, None]
    first = fit(panels)
    second = fit(panels._replace(start=panels.start * units, end=panels.end * units))
    assert second.A * units[:, 0] == pytest.approx(first.A, rel=1e-8)
    t = first.A / first.error
    assert second.A / second.error == pytest.approx(t, rel=1e-8)


@pytest.mark.parametrize("fit", [fod_general, lag_general])
def test_swapping_the_populations_swaps_rows_and_columns(fit):
    panels = batch(B=2)
    first = fit(panels)
    second = fit(panels._replace(start=panels.start[:, ::-1], end=panels.end[:, ::-1]))
    assert second.A[:, ::-1, ::-1] == pytest.approx(first.A, rel=1e-8)
    assert second.covariance[:, ::-1, ::-1] == pytest.approx(first.covariance, rel=1e-7)


def test_fixed_effects_alone_read_self_limitation_into_data_without_interaction():
    """Lag with effects is biased down in A11, A22 by short panels; fod_iv has its median near 0."""
    panels = batch(B=400, regions=31, years=8, unbalanced=False, seed=5)
    lag, fod = lag_general(panels).A, fod_general(panels).A
    assert np.mean((lag[:, 0, 0] < 0) & (lag[:, 1, 1] < 0)) > 0.9
    assert np.abs(np.median(fod, axis=0)).max() < 0.25 * np.abs(np.median(lag[:, 0, 0]))


@pytest.mark.parametrize("holes", [(), (3, 40, 41)])
def test_one_panel_is_fitted_as_the_reported_fit(holes):
    """Both estimators equal `fit_pooled_general`, errors included, with rows missing too."""
    generator = np.random.default_rng(3)
    pair = pd.DataFrame(
        [(f"{r:02}", year) for r in range(8) for year in range(2010, 2018)],
        columns=["region", "year"],
    )
    pair[["x1", "x2"]] = np.exp(generator.normal(0, 0.2, (len(pair), 2)).cumsum(axis=0) / 3)
    pair.loc[list(holes), "x1"] = np.nan
    panel = steps(pair)
    panel = panel._replace(start=panel.start[..., None], end=panel.end[..., None])
    for estimator, found in (("fod_iv", fod_general(panel)), ("lag", lag_general(panel))):
        reported = fit_pooled_general(pair, ["x1", "x2"], estimator)
        assert found.A[0] == pytest.approx(reported.A, rel=1e-10)
        assert found.covariance[0] == pytest.approx(reported.covariance, rel=1e-10)
        assert found.df == reported.df
