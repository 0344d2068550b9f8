"""How probable each pattern of signs is.

Each equation's coefficients, given the data and a flat prior, follow a multivariate t around their
estimates; those of two equations of one region are independent of each other.
"""

from fractions import Fraction

import numpy as np
from scipy.special import stdtr

from coevo.arrays import Array, Values
from coevo.errors import Refusal
from coevo.estimation.region import Equations

DECISIVE = 0.95  # a probability of the four signs from here on decides that they are there
QUADRANTS = ("--", "++", "+-", "-+")  # signs of A12 (of 2 on 1) and of A21
NODES, WEIGHTS = np.polynomial.legendre.leggauss(64)  # probabilities are right to 1e-7
FAR = 1e8  # errors from zero: beyond, a sign is certain


def ignorance(signs: int) -> Fraction:
    """Return the probability of a pattern of so many signs without figures: 2^-signs."""
    return Fraction(1, 2**signs)


RARE = float(ignorance(4)) / 20  # and down to here that they are not: a twentieth of ignorance


def sign_probabilities(fit: Equations, draws: int = 20_000, seed: int = 1) -> dict[str, float]:
    """Return the probabilities of the sign patterns of (a1, b1, a2, d), as `sign_patterns`.

    draws, seed: of no effect since the probabilities come by quadrature.
    """
    patterns = sign_patterns(fit.coefficients, fit.covariance, fit.df)
    return {name: float(share) for name, share in patterns.items()}


def sign_patterns(coefficients: Values, covariance: Values, df: Values) -> dict[str, Array]:
    """Return the probability (...) of each sign pattern of many pairs of lines.

    coefficients (..., 2, 2): rows (a1, -b1) and (-a2, d); covariance (..., 2, 2, 2) of each row;
    df (...) of t. `predator_prey`: a1, b1, a2, d all positive; `reversed`: all negative (the same
    with the roles reversed); `saddle`: E positive and a1 a2 < 0; `positive`: E positive, the sum of
    the three. Products of the two equations' quadrants. `StudyError` without a degree of freedom.
    """
    p = quadrant_probabilities(coefficients, covariance, np.asarray(df)[..., None])
    falling, rising = p["+-"], p["-+"]  # of (c, s): an equilibrium at a positive value
    patterns = {
        "predator_prey": falling[..., 0] * rising[..., 1],
        "reversed": rising[..., 0] * falling[..., 1],
        "saddle": falling.prod(axis=-1) + rising.prod(axis=-1),
    }
    return patterns | {"positive": np.sum(list(patterns.values()), axis=0)}


def independent_quadrants(effects: Values, errors: Values, df: Values) -> dict[str, Array]:
    """Return the probability (...) of each pair of signs of `QUADRANTS` of two independent t.

    effects, errors (..., 2): A12 and A21 and their standard errors; df (...) of t.
    """
    effects, errors = np.asarray(effects, dtype=float), np.asarray(errors, dtype=float)
    up = stdtr(_known(df)[..., None], _in_errors(effects, errors))
    first, second = up[..., 0], up[..., 1]
    return {
        "--": (1 - first) * (1 - second),
        "++": first * second,
        "+-": first * (1 - second),
        "-+": (1 - first) * second,
    }


def quadrant_probabilities(mean: Values, covariance: Values, df: Values) -> dict[str, Array]:
    """Return the probability (...) of each pair of signs of `QUADRANTS` of a bivariate t.

        P(both positive) = P0 - sgn(rho)/(2 pi) int_0^arccos|rho| (1 + q(u)/df)^(-df/2) du
        q(u) = (h - k sgn rho)^2 / sin^2 u + h k sgn(rho) / cos^2(u/2)

    mean (..., 2), covariance (..., 2, 2), df (...); h, k: means over their errors; P0 that of a
    correlation of sgn(rho), F(min(h, k)) or F(h) + F(k) - 1 if that is positive. The derivative by
    the correlation is integrated from there: short, and smooth up to correlations of 1 in size.
    Gauss-Legendre. Where a mean and its error are zero, its sign counts as negative. `StudyError`
    without a degree of freedom. Source: Plackett (1954), Genz (2004).
    """
    mean, V = np.asarray(mean, dtype=float), np.asarray(covariance, dtype=float)
    df = _known(df)
    errors = np.sqrt(np.diagonal(V, axis1=-2, axis2=-1))
    h, k = np.moveaxis(_in_errors(mean, errors), -1, 0)
    sign = np.where(V[..., 0, 1] < 0, -1.0, 1.0)
    rest = np.sqrt(np.maximum(V[..., 0, 0] * V[..., 1, 1] - V[..., 0, 1] ** 2, 0))
    # arccos of the correlation's size, above zero so that no node falls on it
    width = np.maximum(np.arctan2(rest, np.abs(V[..., 0, 1])), np.finfo(float).eps)
    share = (NODES + 1) / 2
    # nodes crowd towards 0, where the integrand is steep if h and k nearly agree
    u = width[..., None] * share**3
    q = ((h - sign * k)[..., None] / np.sin(u)) ** 2
    q = q + (sign * h * k)[..., None] / np.cos(u / 2) ** 2
    density = np.exp(-df[..., None] / 2 * np.log1p(q / df[..., None]))
    part = sign * width * (density * WEIGHTS * share**2).sum(axis=-1) * 3 / (4 * np.pi)
    first, second = stdtr(df, h), stdtr(df, k)
    perfect = np.where(sign > 0, np.minimum(first, second), np.maximum(first + second - 1, 0))
    both = perfect - part
    parts = {"--": 1 - first - second + both, "++": both, "+-": first - both, "-+": second - both}
    return {pair: np.clip(parts[pair], 0, 1) for pair in QUADRANTS}


def _known(df: Values) -> Array:
    degrees = np.asarray(df, dtype=float)
    if np.any(degrees < 1):
        raise Refusal("no_degrees_of_freedom")
    return degrees


def _in_errors(mean: Array, errors: Array) -> Array:
    """Return means over their errors, at most `FAR` in size; -`FAR` where both are zero."""
    certain = np.where(mean > 0, FAR, -FAR)
    ratio = np.divide(mean, errors, out=certain, where=errors > 0)
    return np.clip(ratio, -FAR, FAR)
