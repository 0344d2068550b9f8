"""Weights that combine those of several methods (docs/methods.md, 2).

Each function takes the weights `parts` (k, m) of k methods for one subsystem.
"""

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

import numpy as np

from coevo.arrays import Array, Values
from coevo.errors import StudyError
from coevo.registry import Method, choose


def _parts(parts: Values) -> Array:
    W = np.asarray(parts, dtype=float)
    if W.ndim != 2 or len(W) < 2:
        raise StudyError("combined weights need the weights of at least two methods")
    return W


def linear_combination(parts: Values, shares: Values | None = None) -> Array:
    """Return sum_k s_k w_kj; shares s (k,) sum to 1, equal by default."""
    W = _parts(parts)
    s = np.full(len(W), 1 / len(W)) if shares is None else np.asarray(shares, dtype=float)
    if s.shape != (len(W),) or np.any(s < 0) or abs(s.sum() - 1) > 1e-9:
        raise StudyError(f"shares must be {len(W)} numbers, none negative, that sum to 1")
    return s @ W


def multiplicative_combination(parts: Values, shares: Values | None = None) -> Array:
    """Return weights proportional to prod_k w_kj."""
    return _normal(np.prod(_parts(parts), axis=0))


def geometric_combination(parts: Values, shares: Values | None = None) -> Array:
    """Return weights proportional to the geometric mean over the methods."""
    W = _parts(parts)
    return _normal(np.prod(W, axis=0) ** (1 / len(W)))


def game_combination(parts: Values, shares: Values | None = None) -> Array:
    """Return sum_k a_k w_kj, a from [w_i . w_k] a = [w_i . w_i], |a| divided by its sum.

    The compromise that lies nearest to all methods at once; methods that all agree are their own.
    `StudyError` where the equations have no single solution: two of several methods give the same
    weights, or there are more methods than indicators.
    """
    W = _parts(parts)
    if np.ptp(W, axis=0).max() < 1e-12:
        return _normal(W[0])
    gram = W @ W.T
    if np.linalg.cond(gram) > 1e12:
        raise StudyError(
            "the methods do not differ enough for a game-theory combination: two give the same "
            "weights, or there are more methods than indicators; combine fewer or other ones"
        )
    a = np.abs(np.linalg.solve(gram, np.diag(gram)))
    return np.asarray((a / a.sum()) @ W)


def _normal(values: Array) -> Array:
    if values.sum() <= 0:
        raise StudyError("the methods agree on no indicator: every product of weights is zero")
    return np.asarray(values / values.sum())


RULES: dict[str, Callable[..., Array]] = {
    "linear": linear_combination,
    "multiplicative": multiplicative_combination,
    "geometric": geometric_combination,
    "game": game_combination,
}


def combinations(parts: Mapping[str, Method]) -> dict[str, Method]:
    """Return the methods that combine some of `parts`, by name.

    Their options: `methods`, the names of the parts; perhaps `shares`; `options`, by name of the
    part, what it needs.
    """

    rules = {name: partial(_combined, rule, parts) for name, rule in RULES.items()}
    return {name: Method(compute, needs="combine") for name, compute in rules.items()}


def _combined(
    rule: Callable[..., Array],
    parts: Mapping[str, Method],
    Z: Values,
    raw: Values | None = None,
    *,
    methods: list[str],
    shares: list[float] | None = None,
    options: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
) -> Array:
    weights = [choose(parts, name)(Z, raw=raw, **options.get(name, {})) for name in methods]
    return rule(weights, shares)
