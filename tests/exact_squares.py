"""Ordinary least squares in exact fractions: a second implementation without rounding."""

from fractions import Fraction
from typing import NamedTuple

import numpy as np


class Exact(NamedTuple):
    """Coefficients (k,), their covariance (k, k), residuals (rows,), R^2 about the mean, df."""

    coefficients: np.ndarray
    covariance: np.ndarray
    residuals: np.ndarray
    r_squared: float
    df: int


def exact_squares(y, X):
    """Return the fit of y (rows,) on X (rows, k) by the normal equations, rounded at the end."""
    X = [[Fraction(float(value)) for value in row] for row in X]
    y = [Fraction(float(value)) for value in y]
    k, df = len(X[0]), len(X) - len(X[0])
    inverse = inverted([[sum(row[i] * row[j] for row in X) for j in range(k)] for i in range(k)])
    moments = [sum(row[i] * value for row, value in zip(X, y, strict=True)) for i in range(k)]
    b = [dot(line, moments) for line in inverse]
    e = [value - dot(row, b) for row, value in zip(X, y, strict=True)]
    left, mean = dot(e, e), sum(y) / len(y)
    total = sum((value - mean) ** 2 for value in y)
    variance = left / df
    covariance = [[float(variance * value) for value in line] for line in inverse]
    floats = (np.array([float(value) for value in values]) for values in (b, e))
    coefficients, residuals = floats
    return Exact(coefficients, np.array(covariance), residuals, float(1 - left / total), df)


def dot(a, b):
    return sum(x * y for x, y in zip(a, b, strict=True))


def inverted(A):
    """Return the inverse of a positive definite matrix of fractions (Gauss and Jordan)."""
    n = len(A)
    rows = [[*line, *(Fraction(i == j) for j in range(n))] for i, line in enumerate(A)]
    for i in range(n):
        pivot = rows[i][i]
        rows[i] = [value / pivot for value in rows[i]]
        for j in range(n):
            if j != i and rows[j][i]:
                factor = rows[j][i]
                rows[j] = [a - factor * b for a, b in zip(rows[j], rows[i], strict=True)]
    return [line[n:] for line in rows]
