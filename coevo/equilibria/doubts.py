"""What the fit of one region rests on: single rows, a forecast, the least it could show."""

from collections.abc import Iterator

import numpy as np

from coevo.equilibria.fitted import Row
from coevo.errors import StudyError
from coevo.estimation import Fit
from coevo.inference import deletion, forecast, least_interaction
from coevo.lotka_volterra import conserved_path, kind, map_modulus

COORDINATES = ("x1", "x2")


def doubt_rows(own: Fit, x: np.ndarray, level: float) -> Iterator[Row]:
    """Yield rows of `relations` of the main estimator's fit; x (years, 2): the observed path.

    `deleted_x1`, `deleted_x2`: least and largest E without one growth row, and how many rows turn a
    sign; `forecast_equation_i`: error of the model over that of drift in the last year;
    `power_b1`, `power_d`: the least slope found with probability .8; at a centre `map_modulus`: of
    the eigenvalues of the regression iterated as explicit Euler; `conserved_drift`: of V along the
    observed path.
    """
    try:
        without = deletion(own, level)
        turning = int(without.turned.any(axis=1).sum())
        for name, E in zip(COORDINATES, without.E.T, strict=True):
            ends = {"low": float(E.min()), "high": float(E.max())}
            yield {"quantity": f"deleted_{name}", "value": turning} | ends
        for i, ratio in enumerate(forecast(own).ratio, start=1):
            yield {"quantity": f"forecast_equation_{i}", "value": ratio}
    except StudyError:
        pass  # three rows cannot spare one
    for name, least in least_interaction(own, level).items():
        yield {"quantity": f"power_{name}", "value": least}
    if kind(own.a1, own.b1, own.a2, own.d) == "centre":
        modulus = map_modulus(own.a1, own.b1, own.a2, own.d, "lag")
        yield {"quantity": "map_modulus", "value": float(modulus)}
        drift = conserved_path(*x.T, own.a1, own.b1, own.a2, own.b2).drift
        yield {"quantity": "conserved_drift", "value": drift}
