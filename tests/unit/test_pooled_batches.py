"""The general model in batches: panel by panel, and without interaction."""

import numpy as np
import pytest

from coevo.estimation.pooled import fit_pooled_general
from coevo.estimation.pooled_batches import Steps, fod_general, lag_general, steps
from tests.panels import walks


@pytest.mark.parametrize("missing", [0.0, 0.1])
def test_each_panel_is_fitted_as_the_reported_fit(missing):
    """Both estimators equal `fit_pooled_general`, errors included, with rows missing too."""
    walk = walks(columns=("x1", "x2"), missing=missing)
    pairs = [walk.assign(x2=walk["x2"] ** k) for k in (1, 2, 3)]
    parts = [steps(pair) for pair in pairs]
    panels = parts[0]._replace(
        start=np.stack([part.start for part in parts], axis=-1),
        end=np.stack([part.end for part in parts], axis=-1),
    )
    for estimator, found in (("fod_iv", fod_general(panels)), ("lag", lag_general(panels))):
        for b, pair in enumerate(pairs):
            reported = fit_pooled_general(pair, ["x1", "x2"], estimator)
            assert found.A[b] == pytest.approx(reported.A, rel=1e-9)
            assert found.covariance[b] == pytest.approx(reported.covariance, rel=1e-9)
            assert found.df == reported.df


def test_fixed_effects_alone_read_self_limitation_into_data_without_interaction():
    """Lag with effects is biased down in A11, A22 by short panels; fod_iv has its median near 0."""
    g = 0.1 + 0.1 * np.random.default_rng(5).normal(size=(31, 8, 2, 400))
    path = np.exp(np.concatenate([np.zeros((31, 1, 2, 400)), np.cumsum(g, axis=1)], axis=1))
    start, end = (part.reshape(-1, 2, 400) for part in (path[:, :-1], path[:, 1:]))
    panels = Steps(np.repeat(np.arange(31), 8), np.tile(np.arange(8), 31), start, end)
    lag, fod = lag_general(panels).A, fod_general(panels).A
    assert np.mean((lag[:, 0, 0] < 0) & (lag[:, 1, 1] < 0)) > 0.9
    assert np.abs(np.median(fod, axis=0)).max() < 0.25 * np.abs(np.median(lag[:, 0, 0]))
