"""Coupling degree C, coordination index T, coupling coordination degree D (docs/methods.md, 3)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from coevo.coupling.composites import COMPOSITES
from coevo.errors import StudyError
from coevo.registry import choose

Array = npt.NDArray[np.float64]
SNAP = 1e-9  # a value this near a cut lies on it; C or D this far above 1 is 1


def _indices(U: npt.ArrayLike) -> Array:
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
    C: Array = np.divide(U.shape[1] * geometric, total, out=np.zeros(len(U)), where=total > 0)
    return C


def k_form(U: Array, k: float = 2.0) -> Array:
    """C = (4 U1 U2 / (U1 + U2)^2)^k for two subsystems; k = 1/2 is the standard form."""
    if U.shape[1] != 2:
        raise StudyError("the k-form is defined for two subsystems; use standard, wang or fan")
    if not k > 0:
        raise StudyError(f"k is {k}; it must be above 0")
    total = U.sum(axis=1)
    share = np.divide(4 * U[:, 0] * U[:, 1], total**2, out=np.zeros(len(U)), where=total > 0)
    C: Array = np.minimum(share, 1.0) ** k
    return C


def wang_form(U: Array) -> Array:
    """C = sqrt([1 - mean of |U_i - U_j| over pairs] [prod_i U_i / U_max]^(1/(n-1)))."""
    n = U.shape[1]
    ordered = np.sort(U, axis=1)
    # the sum of differences over all pairs, from the ranks of the sorted indices
    differences = ordered @ (2.0 * np.arange(n) - n + 1)
    top = ordered[:, -1:]
    ratio = np.divide(ordered, top, out=np.zeros_like(U), where=top > 0)
    nearness = 1 - differences / (n * (n - 1) / 2)
    C: Array = np.sqrt(np.maximum(nearness, 0) * np.prod(ratio, axis=1) ** (1 / (n - 1)))
    return C


def fan_form(U: Array) -> Array:
    """C = 1 - 2 SD(U), the population standard deviation; 0 where all U are 0."""
    return np.where(U.max(axis=1) > 0, 1 - 2 * U.std(axis=1), 0.0)


FORMS: dict[str, Callable[..., Array]] = {
    "standard": standard_form,
    "k": k_form,
    "wang": wang_form,
    "fan": fan_form,
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


def coupling_degree(U: npt.ArrayLike, form: str = "standard", **options: float) -> Array:
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


def coordination_index(U: npt.ArrayLike, contributions: npt.ArrayLike | None = None) -> Array:
    """Return T (rows,) = sum_s a_s U_s; contributions a (n,) sum to 1, equal by default."""
    U = _indices(U)
    a = np.full(U.shape[1], 1 / U.shape[1]) if contributions is None else np.asarray(contributions)
    if a.shape != (U.shape[1],) or np.any(a < 0) or abs(a.sum() - 1) > SNAP:
        raise StudyError(
            f"contributions must be {U.shape[1]} numbers, none negative, that sum to 1"
        )
    T: Array = (U * a).sum(axis=1)  # unlike U @ a, the same for a row whatever the others are
    return T


def coordination_degree(C: npt.ArrayLike, T: npt.ArrayLike) -> Array:
    """Return D = sqrt(C T) in [0, 1].

    With the standard C and equal contributions D is the square root of the geometric mean of U; for
    two subsystems D = (U1 U2)^(1/4).
    """
    return _at_most_one(np.sqrt(np.asarray(C, dtype=float) * np.asarray(T, dtype=float)))


def _at_most_one(values: Array) -> Array:
    return np.where((values > 1) & (values < 1 + SNAP), 1.0, values)


@dataclass(frozen=True)
class GradeScale:
    """Named classes of [0, 1]: k - 1 inner cuts, k labels; `closed` is the side a cut belongs to.

    closed "left": [cut, next); closed "right": (cut, next]. The outer ends 0 and 1 are included.
    """

    cuts: tuple[float, ...]
    labels: tuple[str, ...]
    closed: Literal["left", "right"]

    def classify(self, values: npt.ArrayLike) -> npt.NDArray[np.str_]:
        """Return the label of each value; one within 1e-9 of a cut lies on the cut."""
        values = np.asarray(values, dtype=float)
        cuts = np.asarray(self.cuts)
        nearest = cuts[np.abs(values[..., None] - cuts).argmin(axis=-1)]
        snapped = np.where(np.abs(values - nearest) < SNAP, nearest, values)
        side: Literal["left", "right"] = "right" if self.closed == "left" else "left"
        return np.asarray(self.labels)[np.searchsorted(cuts, snapped, side=side)]


MARGIN = 1.2  # ratio of two indices from which one lags
GRADES = {
    # after Liao (1999): [0, .1), [.1, .2) ... [.9, 1]
    "ten": GradeScale(
        tuple(k / 10 for k in range(1, 10)),
        (
            "extreme imbalance",
            "severe imbalance",
            "moderate imbalance",
            "mild imbalance",
            "verge of imbalance",
            "barely coordinated",
            "primary coordination",
            "intermediate coordination",
            "good coordination",
            "high-quality coordination",
        ),
        closed="left",
    ),
    # [0, .2), [.2, .4) ... [.8, 1]
    "five": GradeScale(
        (0.2, 0.4, 0.6, 0.8),
        (
            "severe imbalance",
            "mild imbalance",
            "barely coordinated",
            "intermediate coordination",
            "high-quality coordination",
        ),
        closed="left",
    ),
    # [0, .5), [.5, .6), [.6, .7), [.7, 1]
    "four": GradeScale(
        (0.5, 0.6, 0.7),
        ("imbalance", "barely coordinated", "primary coordination", "good coordination"),
        closed="left",
    ),
}
# Stages of C: (0, .3], (.3, .5], (.5, .8], (.8, 1]; 0 itself is uncoupled.
STAGES = GradeScale(
    (0.0, 0.3, 0.5, 0.8),
    ("uncoupled", "low-level", "antagonism", "running-in", "high-level"),
    closed="right",
)


def grade(D: npt.ArrayLike, table: str = "ten") -> npt.NDArray[np.str_]:
    """Return the grade of each D (rows,) in the grade table named `table`, decided unrounded."""
    return choose(GRADES, table, "grade table").classify(D)


def stage(C: npt.ArrayLike) -> npt.NDArray[np.str_]:
    """Return the stage of coupling of each C (rows,)."""
    return STAGES.classify(C)


def relative_development(U1: npt.ArrayLike, U2: npt.ArrayLike) -> Array:
    """Return U1 / U2 (rows,); infinite where U2 is 0, 1 where both are.

    It compares the scales of two indices and moves with their weights.
    """
    U1, U2 = np.asarray(U1, dtype=float), np.asarray(U2, dtype=float)
    ratio = np.divide(U1, U2, out=np.full(U1.shape, np.inf), where=U2 > 0)
    return np.where((U1 == 0) & (U2 == 0), 1.0, ratio)


def lagging(U: npt.ArrayLike, subsystems: Sequence[str], margin: float = MARGIN) -> list[str]:
    """Return the subsystem with the lowest index, or `synchronous` (rows,).

    Synchronous: the highest index is at most `margin` times the lowest. For two subsystems:
    U1 / U2 below 1/1.2, in [1/1.2, 1.2], above 1.2.
    """
    U = np.asarray(U, dtype=float)
    together = U.max(axis=1) <= margin * U.min(axis=1) * (1 + SNAP)
    return [
        "synchronous" if t else subsystems[k]
        for t, k in zip(together, U.argmin(axis=1), strict=False)
    ]


def obstacle_degree(
    Z: npt.ArrayLike, weights: npt.ArrayLike, contributions: npt.ArrayLike, high: npt.ArrayLike
) -> Array:
    """Return the share (rows, m) of each indicator in what keeps a case from the top.

    O_ij = a_s w_j (high - z_ij) / sum_k a_s w_k (high - z_ik) over the indicators of all
    subsystems; `weights` (m,) within subsystems, `contributions` (m,) the a of each indicator's
    subsystem, `high` the top of the range. A row at the top everywhere has no obstacle: all 0.
    """
    gap = np.asarray(weights) * np.asarray(contributions) * (high - np.asarray(Z, dtype=float))
    total = gap.sum(axis=1, keepdims=True)
    shares: Array = np.divide(gap, total, out=np.zeros_like(gap), where=total > 0)
    return shares


def rescaled(U: npt.ArrayLike) -> Array:
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
    rescaled: Array = 0.01 + 0.98 * (U - low) / (high - low)
    return rescaled


PRESETS: dict[str, Callable[[Array], Array]] = {"spssau": rescaled}


def composite_indices(
    Z: npt.ArrayLike,
    weights: npt.ArrayLike,
    member: Array,
    composite: str,
    span: tuple[float, float] | None,
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
        index(Z[..., own], w[..., own], ends[0][..., own], ends[1][..., own])
        for own in (column.astype(bool) for column in member.T)
    ]
    return np.stack(parts, axis=-1)


class Degrees(NamedTuple):
    """Indices (..., rows, n) after the preset, and C, T, D (..., rows)."""

    U: Array
    C: Array
    T: Array
    D: Array


def degrees(U: npt.ArrayLike, settings: Mapping[str, Any]) -> Degrees:
    """Return C, T and D of indices U (..., rows, n) as the configuration's `coupling` says.

    `settings`: preset, form, k, contributions. Leading axes are draws; each is a panel of its own.
    """
    U, form, given = np.asarray(U, dtype=float), settings["form"], settings["contributions"]
    if settings["preset"] is not None:
        U = choose(PRESETS, settings["preset"], "preset")(U)
    flat = U.reshape(-1, U.shape[-1])
    C = coupling_degree(flat, form, **({"k": settings["k"]} if form == "k" else {}))
    T = coordination_index(flat, None if isinstance(given, str) else given)
    D = coordination_degree(C, T)
    return Degrees(U, *(values.reshape(U.shape[:-1]) for values in (C, T, D)))


def couple(
    normalised: pd.DataFrame,
    weights: pd.DataFrame,
    weighting: str,
    settings: Mapping[str, Any],
    span: tuple[float, float] | None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the tables `coupling` and `obstacles` of a study (columns: config/README.md).

    `weighting`: the method whose weights are used; `settings`: the configuration's `coupling`
    (composite, preset, form, k, contributions, grades); `span`: the range of normalised values.
    """
    chosen = weights[weights["weighting"] == weighting]
    subsystems = list(dict.fromkeys(chosen["subsystem"]))
    key = ["region", "name", "year"]
    z = normalised.pivot(index=key, columns="indicator", values="z")[list(chosen["indicator"])]
    member = (chosen["subsystem"].to_numpy()[:, None] == np.array(subsystems)).astype(float)
    w = chosen["weight"].to_numpy()
    U = composite_indices(z.to_numpy(), w, member, settings["composite"], span)
    U, C, T, D = degrees(U, settings)
    n, given = len(subsystems), settings["contributions"]
    a = np.full(n, 1 / n) if isinstance(given, str) else np.asarray(given)
    coupling = z.index.to_frame(index=False)
    for subsystem, column in zip(subsystems, U.T, strict=True):
        coupling[f"U_{subsystem}"] = column
    coupling["C"], coupling["T"], coupling["D"] = C, T, D
    coupling["grade"], coupling["stage"] = grade(D, settings["grades"]), stage(C)
    coupling["relative_development"] = relative_development(U[:, 0], U[:, 1])
    coupling["lagging"] = lagging(U, subsystems)
    high = z.to_numpy().max(axis=0) if span is None else span[1]
    obstacles = pd.DataFrame(obstacle_degree(z, w, member @ a, high), z.index, z.columns)
    long = obstacles.stack(future_stack=True).rename("obstacle").reset_index()
    return coupling, long
