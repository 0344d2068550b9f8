"""Formulas of U, coupling degree C, mean index T and degree D, and the panel that they are of
(docs/methods.md, 3).

A composite takes Z (..., rows, m) within [low, high] and weights w (..., 1, m) that sum to 1, and
returns U (..., rows) in [0, 1]; a preset takes and returns all U; a form takes U (rows, n) and
returns C. A new one is a function and its entry in `COMPOSITES`, `PRESETS` or `FORMS`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from coevo.arrays import Array, Booleans, Config, Strings, Values
from coevo.errors import StudyError
from coevo.normalisation import Span, wide
from coevo.registry import Method, choose

SNAP = 1e-9  # a value this near a cut lies on it; C or D this far above 1 is 1


def linear_composite(Z: Array, w: Array, low: Array, high: Array) -> Array:
    """U = sum_j w_j z_j: a lack in one indicator is made good by another."""
    # Not Z @ w, whose last digit may depend on how many rows there are.
    return np.asarray((Z * w).sum(axis=-1))


def geometric_composite(Z: Array, w: Array, low: Array, high: Array) -> Array:
    """U = prod_j z_j^w_j: a lack is only partly made good; 0 where an indicator of weight is 0."""
    logs = np.log(Z, out=np.full(Z.shape, -np.inf), where=Z > 0)
    return np.asarray(np.exp(np.where(w > 0, w * np.where(w > 0, logs, 0.0), 0.0).sum(axis=-1)))


def topsis_composite(Z: Array, w: Array, low: Array, high: Array) -> Array:
    """U = d- / (d+ + d-): distance from the worst case against that from the best one.

    d+ = sqrt(sum_j (w_j (high_j - z_j))^2), d- = sqrt(sum_j (w_j (z_j - low_j))^2). Best and worst
    are the ends of the scale and not of the sample: a new year changes no earlier U. Source: Hwang
    and Yoon (1981).
    """
    best = np.sqrt(((w * (high - Z)) ** 2).sum(axis=-1))
    worst = np.sqrt(((w * (Z - low)) ** 2).sum(axis=-1))
    total = best + worst
    return np.asarray(np.divide(worst, total, out=np.zeros(total.shape), where=total > 0))


# In cells z is the range of a row's normalised figures, w that of their weights.
COMPOSITES = {
    "linear": Method(linear_composite, cells="SUMPRODUCT({w},{z})", symbols="U = Σ w z"),
    "geometric": Method(
        geometric_composite,
        cells="IF(SUMPRODUCT(({w}>0)*({z}=0))>0,0,EXP(SUMPRODUCT({w},LN({z}+({z}=0)))))",
        symbols="U = Π zʷ",
    ),
    "topsis": Method(topsis_composite, symbols="U = d⁻ / (d⁺ + d⁻)"),
}


def composite_indices(
    Z: Values, weights: Values, member: Array, composite: str, span: Span | None
) -> Array:
    """Return U (..., rows, n) from Z (..., rows, m) and weights (..., m) within subsystems.

    `member` (m, n) of 0 and 1. `span` is the range of normalised values; without one the ends of
    each column are taken. Leading axes are draws, of the figures or of the weights.
    """
    Z, w = np.asarray(Z, dtype=float), np.asarray(weights, dtype=float)[..., None, :]
    ends = [Z.min(axis=-2, keepdims=True), Z.max(axis=-2, keepdims=True)]
    if span is not None:
        ends = [np.full_like(ends[0], end) for end in span]
    index = choose(COMPOSITES, composite, "composite")
    parts = [
        index(Z[..., members], w[..., members], ends[0][..., members], ends[1][..., members])
        for members in (column.astype(bool) for column in member.T)
    ]
    return np.stack(parts, axis=-1)


def rescaled(U: Values) -> Array:
    """Return each index of U (..., rows, n) mapped to [0.01, 0.99] by its minimum and maximum.

    This is what SPSSAU does to the indices before it computes C (help page "Coupling Coordination
    Degree", data intervalisation), and what the preset `spssau` stands for: it spreads the indices
    over the whole range once more, so that D of two studies cannot be compared. `StudyError` for an
    index that does not vary.
    """
    U = np.asarray(U, dtype=float)
    low, high = U.min(axis=-2, keepdims=True), U.max(axis=-2, keepdims=True)
    if np.any(high - low <= 0):
        raise StudyError(
            "an index that does not vary cannot be rescaled; leave coupling.preset null"
        )
    return np.asarray(0.01 + 0.98 * (U - low) / (high - low))


PRESETS: dict[str, Callable[[Array], Array]] = {"spssau": rescaled}


def _indices(U: Values) -> Array:
    U = np.asarray(U, dtype=float)
    if U.ndim != 2 or U.shape[1] < 2:
        raise StudyError("composite indices need one row per case and at least two subsystems")
    if np.any(~(U >= 0)) or np.any(U > 1 + SNAP):
        raise StudyError("composite indices must lie in [0, 1] and none may be missing")
    return U


def standard_form(U: Array) -> Array:
    """C = n (prod_s U_s)^(1/n) / sum_s U_s for U (rows, n); 0 where all U are 0."""
    total = U.sum(axis=1)
    geometric = np.prod(U, axis=1) ** (1 / U.shape[1])
    return np.asarray(
        np.divide(U.shape[1] * geometric, total, out=np.zeros(len(U)), where=total > 0)
    )


def k_form(U: Array, k: float = 2.0) -> Array:
    """C = (4 U1 U2 / (U1 + U2)^2)^k for two subsystems; k = 1/2 is the standard form."""
    if U.shape[1] != 2:
        raise StudyError("the k-form is defined for two subsystems; use standard, wang or fan")
    if not k > 0:
        raise StudyError(f"k is {k}; it must be above 0")
    total = U.sum(axis=1)
    share = np.divide(4 * U[:, 0] * U[:, 1], total**2, out=np.zeros(len(U)), where=total > 0)
    return np.asarray(np.minimum(share, 1.0) ** k)


def wang_form(U: Array) -> Array:
    """C = sqrt([1 - mean of |U_i - U_j| over pairs] [prod_i U_i / U_max]^(1/(n-1)))."""
    n = U.shape[1]
    ordered = np.sort(U, axis=1)
    # the sum of differences over all pairs, from the ranks of the sorted indices
    differences = ordered @ (2.0 * np.arange(n) - n + 1)
    top = ordered[:, -1:]
    ratio = np.divide(ordered, top, out=np.zeros_like(U), where=top > 0)
    nearness = 1 - differences / (n * (n - 1) / 2)
    return np.asarray(np.sqrt(np.maximum(nearness, 0) * np.prod(ratio, axis=1) ** (1 / (n - 1))))


def fan_form(U: Array) -> Array:
    """C = 1 - 2 SD(U), the population standard deviation; 0 where all U are 0."""
    return np.where(U.max(axis=1) > 0, 1 - 2 * U.std(axis=1), 0.0)


# In cells U is the range of a row's indices, n their number, k the exponent of the configuration.
FORMS = {
    "standard": Method(
        standard_form,
        cells="IF(SUM({U})>0,MIN(1,{n}*PRODUCT({U})^(1/{n})/SUM({U})),0)",
        symbols="C = n (Π U)^(1/n) / Σ U",
    ),
    "k": Method(
        k_form,
        needs="k",
        cells="IF(SUM({U})>0,MIN(1,4*PRODUCT({U})/SUM({U})^2)^{k},0)",
        symbols="C = (4 U₁U₂ / (U₁ + U₂)²)^k, k = {k:g}",
    ),
    "wang": Method(wang_form, symbols="C = √{{[1 − mean |Uᵢ − Uⱼ|] [Π U / max U]^(1/(n−1))}}"),
    "fan": Method(fan_form, cells="IF(MAX({U})>0,1-2*STDEVP({U}),0)", symbols="C = 1 − 2 SD(U)"),
}
# forms met in print that do not measure what they are said to
REFUSED_FORMS = {
    "factor_lost": "sqrt(U1 U2) / (U1 + U2) lacks the factor 2, so C never exceeds 1/2 and every "
    "stage and grade is too low; use standard (Wang et al. 2021; Cong 2019)",
    "square_lost": "sqrt(U1 U2 / (U1 + U2)) lacks the square of the sum: C depends on the level of "
    "U and, with the factor 2, exceeds 1; use standard (Cong 2019; Liu 2017)",
    "pairwise": "[U1 U2 U3 / ((U1 + U2) (U1 + U3) (U2 + U3))]^(1/3) reaches 1/2 at most, so equal "
    "subsystems do not get C = 1; use standard, which holds for any number (Wang et al. 2021)",
}


def coupling_degree(U: Values, form: str = "standard", **options: float) -> Array:
    """Return the coupling degree C (rows,) in [0, 1] of composite indices U (rows, n) in [0, 1].

    C tells how near the indices are to each other, whatever their level. All U zero: C = 0. A value
    above 1 by less than 1e-9 becomes 1. `options`: k of the k-form. `StudyError` for indices
    outside [0, 1], an unknown form, or one that is refused (`REFUSED_FORMS`), with the reason.
    Sources: Cong (2019) on the standard form; Wang et al. (2021, doi 10.31497/zrzyxb.20210319);
    Fan et al. (2024, doi 10.13546/j.cnki.tjyjc.2024.22.007).
    """
    if form in REFUSED_FORMS:
        raise StudyError(f"coupling form '{form}' is refused: {REFUSED_FORMS[form]}")
    return _at_most_one(choose(FORMS, form, "coupling form")(_indices(U), **options))


def contribution_shares(contributions: str | Values | None, n: int) -> Array:
    """Return the contributions a (n,) of n subsystems to T, 1 / n each for `equal` or None.

    `StudyError` unless they are n numbers, none negative, that sum to 1.
    """
    if contributions is None or isinstance(contributions, str):
        return np.full(n, 1 / n)
    a = np.asarray(contributions, dtype=float)
    if a.shape != (n,) or np.any(a < 0) or abs(a.sum() - 1) > SNAP:
        raise StudyError(f"contributions must be {n} numbers, none negative, that sum to 1")
    return a


def coordination_index(U: Values, contributions: str | Values | None = None) -> Array:
    """Return T (rows,) = sum_s a_s U_s; contributions a as in `contribution_shares`."""
    U = _indices(U)
    a = contribution_shares(contributions, U.shape[1])
    # unlike U @ a, the same for a row whatever the others are
    return np.asarray((U * a).sum(axis=1))


def coordination_degree(C: Values, T: Values) -> Array:
    """Return D = sqrt(C T) in [0, 1].

    With the standard C and equal contributions D is the square root of the geometric mean of U; for
    two subsystems D = (U1 U2)^(1/4).
    """
    return _at_most_one(np.sqrt(np.asarray(C, dtype=float) * np.asarray(T, dtype=float)))


def _at_most_one(values: Array) -> Array:
    return np.where((values > 1) & (values < 1 + SNAP), 1.0, values)


class Degrees(NamedTuple):
    """Indices (..., rows, n) after the preset, and C, T, D (..., rows)."""

    U: Array
    C: Array
    T: Array
    D: Array


def degrees(U: Values, settings: Config) -> Degrees:
    """Return C, T and D of indices U (..., rows, n) as the configuration's `coupling` says.

    `settings`: preset, form, k, contributions. Leading axes are draws; each is a panel of its own.
    """
    U, form, contributions = np.asarray(U, dtype=float), settings["form"], settings["contributions"]
    if settings["preset"] is not None:
        U = choose(PRESETS, settings["preset"], "preset")(U)
    options = FORMS[form].options(settings) if form in FORMS else {}
    flat = U.reshape(-1, U.shape[-1])
    C = coupling_degree(flat, form, **options)
    T = coordination_index(flat, contributions)
    D = coordination_degree(C, T)
    return Degrees(U, *(values.reshape(U.shape[:-1]) for values in (C, T, D)))


@dataclass(frozen=True)
class IndexPanel:
    """Normalised figures of region-years with the weights in use.

    z: a row per region-year, a column per indicator, subsystem by subsystem; weights (m,) within
    subsystems; subsystem (m,): of each indicator; span: the range of z, None where each indicator
    has ends of its own.
    """

    z: pd.DataFrame
    weights: Array
    subsystem: Strings
    span: Span | None

    @classmethod
    def of(
        cls, z: pd.DataFrame, weights: pd.DataFrame, weighting: str, span: Span | None
    ) -> "IndexPanel":
        """Return the panel of a method in the table `weights`.

        z: the table `normalised`, or its figures with indicators across.
        """
        if z.index.nlevels == 1:
            z = wide(z, "z")
        chosen = weights[weights["weighting"] == weighting]
        subsystem = chosen["subsystem"].to_numpy(dtype=str)
        weight = chosen["weight"].to_numpy(dtype=float)
        return cls(z[list(chosen["indicator"])], weight, subsystem, span)

    @property
    def subsystems(self) -> list[str]:
        """Ids of the subsystems, in the order of their indices."""
        return [str(name) for name in dict.fromkeys(self.subsystem)]

    @property
    def member(self) -> Array:
        """Which indicator (m, n) belongs to which subsystem, as 0 and 1."""
        belongs: Booleans = self.subsystem[:, None] == np.array(self.subsystems)
        return belongs.astype(float)

    def indices(
        self, composite: str, z: Array | None = None, weights: Array | None = None
    ) -> Array:
        """Return U (..., rows, n); z (..., rows, m), weights (..., m): draws instead of its own."""
        Z = self.z.to_numpy() if z is None else z
        w = self.weights if weights is None else weights
        return composite_indices(Z, w, self.member, composite, self.span)

    def degrees(
        self, settings: Config, z: Array | None = None, weights: Array | None = None
    ) -> Degrees:
        """Return U, C, T, D as the configuration's `coupling` says; z, weights as in `indices`."""
        return degrees(self.indices(settings["composite"], z, weights), settings)

    def long(self, values: Array, name: str, rows: Any = slice(None)) -> pd.DataFrame:
        """Return values (rows, m) of all or some rows as a table: keys, indicator, value."""
        table = pd.DataFrame(values, self.z.index[rows], self.z.columns)
        return table.stack(future_stack=True).rename(name).reset_index()
