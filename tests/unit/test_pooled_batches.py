"""The general model in batches: against linearmodels, panel by panel, and without interaction."""

import numpy as np
import pandas as pd
import pytest

from coevo.estimation.effects import forward_deviations
from coevo.estimation.pooled_batches import Steps, fod_general, lag_general


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


def by_dummies(panels, b):
    """Return A (2, 2) and the stacked covariance of fod_iv, cluster by cluster."""
    region, year = panels.region, panels.year
    x, y = panels.start[..., b], panels.end[..., b]
    g, R = np.log(y / x), (x + y) / 2

    def demean(V):
        return V - pd.DataFrame(V).groupby(year).transform("mean").to_numpy()

    kept, G_star = forward_deviations(region, year, demean(g))
    _, R_star = forward_deviations(region, year, demean(R))
    Z, own = demean(x)[kept], region[kept]
    bread = np.linalg.inv(Z.T @ R_star)
    A = (bread @ Z.T @ G_star).T
    e = G_star - R_star @ A.T
    psi = [
        np.concatenate([bread @ Z[own == r].T @ e[own == r, i] for i in range(2)])
        for r in np.unique(own)
    ]
    count = len(psi)
    return A, count / (count - 1) * sum(np.outer(p, p) for p in psi), count


def test_fod_equals_its_definition():
    panels = batch()
    found = fod_general(panels)
    for b in range(3):
        A, covariance, count = by_dummies(panels, b)
        assert found.A[b] == pytest.approx(A, rel=1e-8)
        assert found.covariance[b] == pytest.approx(covariance, rel=1e-7)
        assert found.df == count - 1
    assert found.error[:, 1, 0] == pytest.approx(np.sqrt(found.covariance[:, 2, 2]))
    assert found.t == pytest.approx(found.A / found.error)


def test_fod_equals_instruments_of_linearmodels():
    from linearmodels.iv import IV2SLS

    panels = batch(B=1)
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
        assert own == pytest.approx(8 / 7 * fit.cov.to_numpy(), rel=1e-7)  # no G/(G-1) there


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
    assert second.t == pytest.approx(first.t, rel=1e-8)


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
