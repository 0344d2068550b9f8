"""Paths that satisfy an estimator's equations without error, made by solving them."""

import numpy as np

from coevo.estimation.growth import ESTIMATORS


def classic_map(estimator, a1, b1, a2, d, start, years, shocks=0.0):
    """Return the path (years, 2) of the classic form."""
    return exact_map(estimator, (a1, -a2), ((0, -b1), (d, 0)), start, years, shocks)


def exact_map(estimator, r, A, start, years, shocks=0.0):
    """Return the path (years, n) with growth(X) = r + mean(X) A' + shocks, by Newton's method.

    All years are solved for together: the mean of a year may depend on every other year.
    """
    from scipy.optimize import approx_fprime

    mean, growth = ESTIMATORS[estimator]
    start, r, A = (np.asarray(value, dtype=float) for value in (start, r, A))

    def path(logs):
        return np.vstack([start, np.exp(logs.reshape(years - 1, len(start)))])

    def left(logs):
        X = path(logs)
        return (growth(X) - (r + mean(X) @ A.T + shocks)).ravel()

    logs = np.tile(np.log(start), years - 1)
    for share in (*np.linspace(0.1, 1, 10), 1, 1, 1, 1):  # damped first, then exact
        logs = logs - share * np.linalg.solve(approx_fprime(logs, left, 1e-7), left(logs))
    assert np.abs(left(logs)).max() < 1e-12
    return path(logs)
