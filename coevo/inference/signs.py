"""How probable each pattern of signs is: draws from the equations' multivariate t.

Each equation's coefficients, given the data and a flat prior, follow a multivariate t around their
estimates; the equations are drawn independently of each other.
"""

import numpy as np
import numpy.typing as npt

from coevo.errors import Refusal
from coevo.estimation import Equations

Array = npt.NDArray[np.float64]
Seed = int | np.random.SeedSequence
DECISIVE = 0.95  # a probability of the four signs from here on decides that they are there
RARE = 0.05 / 16  # and down to here that they are not: a twentieth of what ignorance gives
QUADRANTS = ("--", "++", "+-", "-+")  # signs of A12 (of 2 on 1) and of A21


def sign_probabilities(fit: Equations, draws: int = 20_000, seed: Seed = 1) -> dict[str, float]:
    """Return the probabilities of the sign patterns of (a1, b1, a2, d).

    `predator_prey`: all positive; `reversed`: all negative (the same with the roles reversed);
    `saddle`: E positive and a1 a2 < 0; `positive`: E positive, the sum of the three. Draws from
    each equation's bivariate t, the posterior under a flat prior.
    """
    drawn = t_draws(fit.coefficients, fit.covariance, fit.df, draws, seed)
    c, s = drawn[..., 0], drawn[..., 1]
    a1, b1, a2, d = c[:, 0] > 0, s[:, 0] < 0, c[:, 1] < 0, s[:, 1] > 0
    positive = (a1 == b1) & (a2 == d)
    return {
        "predator_prey": float(np.mean(positive & a1 & a2)),
        "reversed": float(np.mean(positive & ~a1 & ~a2)),
        "saddle": float(np.mean(positive & (a1 != a2))),
        "positive": float(np.mean(positive)),
    }


def sign_probabilities_general(
    r: npt.ArrayLike,
    A: npt.ArrayLike,
    covariance: npt.ArrayLike,
    df: int,
    draws: int = 20_000,
    seed: Seed = 1,
    pair: tuple[int, int] = (0, 1),
) -> dict[str, float]:
    """Return the probability of each pair of signs, and that the rest point is positive.

    r (n,), A (n, n); covariance (n, 1 + n, 1 + n): that of each equation's (r_i, A_i1 .. A_in);
    df of t; pair: the two populations, from 0. Keys: `QUADRANTS`, which sum to 1, and `positive`.
    """
    estimate = np.column_stack([r, A])
    drawn = t_draws(estimate, np.asarray(covariance, dtype=float), df, draws, seed)
    rates, effects = drawn[..., 0], drawn[..., 1:]
    first, second = pair
    shares = quadrant_shares(effects[:, first, second], effects[:, second, first])
    return shares | {"positive": float(np.mean(_positive(rates, effects)))}


def quadrant_shares(effect12: Array, effect21: Array) -> dict[str, float]:
    """Return the share of draws (draws,) with each pair of signs of `QUADRANTS`."""
    signs = {"-": -1, "+": 1}
    first, second = np.sign(effect12), np.sign(effect21)
    return {
        pair: float(np.mean((first == signs[pair[0]]) & (second == signs[pair[1]])))
        for pair in QUADRANTS
    }


def _positive(r: Array, A: Array) -> npt.NDArray[np.bool_]:
    """Whether the rest points of many draws are positive; one without a rest point is not."""
    solvable = np.linalg.det(A) != 0
    x = np.zeros(r.shape)
    x[solvable] = -np.linalg.solve(A[solvable], r[solvable, :, None])[..., 0]
    return np.all(x > 0, axis=-1)


def t_draws(estimate: Array, covariance: Array, df: int, draws: int, seed: Seed) -> Array:
    """Return draws (draws, n, k) of each equation's k coefficients.

        estimate + L z sqrt(df/chi2(df)),   L L' = covariance

    estimate (n, k), covariance (n, k, k); z standard normal, one chi2 for each equation and draw.
    L is that of the correlations times the errors, so that no unit matters. `StudyError` without a
    degree of freedom.
    """
    if df < 1:
        raise Refusal(
            "no_degrees_of_freedom",
            "no residual degree of freedom: nothing can be said about signs",
        )
    generator = np.random.default_rng(seed)
    n, k = estimate.shape
    z = generator.standard_normal((k, draws, n))
    stretch = np.sqrt(df / generator.chisquare(df, (draws, n)))
    error = np.sqrt(np.diagonal(covariance, axis1=-2, axis2=-1))
    both = error[:, :, None] * error[:, None, :]
    unit = np.divide(covariance, both, out=np.zeros_like(covariance), where=both > 0)
    root = error[:, :, None] * _cholesky(unit)
    return estimate + np.einsum("nij,jdn->dni", root, z) * stretch[..., None]


def _cholesky(unit: Array) -> Array:
    """Return the lower factor of correlations (n, k, k), of which some may be 1 in size."""
    root = np.zeros_like(unit)
    for j in range(unit.shape[-1]):
        left = unit[:, j:, j] - np.einsum("nij,nj->ni", root[:, j:, :j], root[:, j, :j])
        pivot = np.sqrt(np.maximum(left[:, :1], 0))
        root[:, j:, j] = np.divide(left, pivot, out=np.zeros_like(left), where=pivot > 0)
    return root
