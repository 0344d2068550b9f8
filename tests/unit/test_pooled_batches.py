"""The general model in batches equals that of each panel."""

import numpy as np
import pytest

from coevo.estimation.pooled import fit_pooled_general
from coevo.estimation.pooled_batches import fod_general, lag_general, steps
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
