"""Minima and maxima that figures are held against, by the reference chosen (docs/methods.md, 2).

A reference takes figures x (..., rows, m), the region-years of the rows, and what it may look at
besides. Leading axes are draws, each a panel of its own.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pandas as pd

from coevo.arrays import Array, Places
from coevo.errors import Refusal, StudyError
from coevo.normalisation.directions import RATIO, Band, Scale

POSTS = ["indicator", "group", "low", "high"]


class Goalposts(NamedTuple):
    """Minima and maxima (..., groups, m), names of the groups, the group (rows,) of each row."""

    low: Array
    high: Array
    names: list[str]
    group: Places

    def ends(self) -> tuple[Array, Array]:
        """Return minima and maxima (..., rows, m); (..., 1, m) where one holds for all rows."""
        if len(self.names) == 1:
            return self.low, self.high
        return self.low[..., self.group, :], self.high[..., self.group, :]


@dataclass(frozen=True)
class Scope:
    """What a reference may look at beside the figures: rows, columns, base period, kept goalposts.

    rows: region, (name) and year of each row; indicators: of each column; scales: by indicator.
    """

    rows: pd.MultiIndex
    indicators: list[str]
    base: tuple[int, int] | None = None  # first and last year
    kept: pd.DataFrame | None = None  # indicator, low, high
    scales: Mapping[str, Scale] = field(default_factory=dict)

    def own_goalposts(self) -> list[Band | None]:
        """Return the goalposts that the indicator table gives each column, None without any."""
        return [self.scales[name].own if name in self.scales else None for name in self.indicators]

    def level(self, name: str) -> pd.Index:
        return self.rows.get_level_values(name)


def panel_reference(x: Array, scope: Scope) -> Goalposts:
    """Minimum and maximum over all regions and years: comparable, but a new year rewrites them."""
    return _alike(x.min(axis=-2), x.max(axis=-2), scope)


def year_reference(x: Array, scope: Scope) -> Goalposts:
    """Within each year: ranks regions, but says nothing of change over time."""
    return _by_group(x, scope.level("year"))


def region_reference(x: Array, scope: Scope) -> Goalposts:
    """Within each region: shows its own rise, but regions cannot be compared."""
    return _by_group(x, scope.level("region"))


def base_reference(x: Array, scope: Scope) -> Goalposts:
    """Over the regions and years of a stated base period; later figures may lie beyond."""
    if scope.base is None:
        raise StudyError("normalisation.base: reference base needs the first and the last year")
    first, last = scope.base
    inside = x[..., np.asarray(scope.level("year").to_series().between(first, last)), :]
    if not inside.shape[-2]:
        raise StudyError(
            f"normalisation.base: no complete figures for {first} to {last}; choose other years"
        )
    return _alike(inside.min(axis=-2), inside.max(axis=-2), scope)


def ratio_reference(x: Array, scope: Scope) -> Goalposts:
    """Zero and the maximum over all regions and years, so that z = x / max; for direction "-" the
    minimum and the maximum, of which z = min / x needs the first: the one reference under which z
    has a true zero.

    Raises `Refusal` for a figure below zero, or at zero for direction "-".
    """
    axes = tuple(range(x.ndim - 1))
    less = np.array([scope.scales[name].direction == "-" for name in scope.indicators])
    bad = (x < 0).any(axis=axes) | (less & (x == 0).any(axis=axes))
    if bad.any():
        raise Refusal("below_zero", indicators=np.array(scope.indicators)[bad].tolist())
    low, high = x.min(axis=-2), x.max(axis=-2)
    # of what is constant both ends are that figure, so that it is refused
    return _alike(np.where(less | (low == high), low, 0.0), high, scope)


def kept_reference(x: Array, scope: Scope) -> Goalposts:
    """Minima and maxima of a kept file, for instance of a release: a new year changes none."""
    if scope.kept is None:
        raise StudyError("normalisation.goalposts: reference goalposts needs a file of them")
    _check_unchanged(scope.kept)
    kept = scope.kept.set_index("indicator")
    columns = zip(scope.indicators, scope.own_goalposts(), strict=True)
    lacking = [name for name, posts in columns if name not in kept.index and posts is None]
    if lacking:
        raise StudyError(
            f"normalisation.goalposts: the file has no row for {', '.join(lacking)}; add it, or "
            "choose another reference"
        )
    if kept.index.has_duplicates:
        raise StudyError(
            "normalisation.goalposts: the file has several rows per indicator; goalposts come from "
            "a reference that has one, such as panel or base"
        )
    low, high = kept.reindex(scope.indicators)[["low", "high"]].to_numpy(dtype=float).T
    return _alike(low, high, scope)


def vector_norm(x: Array, scope: Scope) -> Goalposts:
    """Zero and the root of the sum of squares: z = x / |x|, the vector normalisation of TOPSIS.

    `StudyError` for a negative figure: z would leave [0, 1].
    """
    negative = (x < 0).any(axis=tuple(range(x.ndim - 1)))
    if negative.any():
        bad = ", ".join(np.array(scope.indicators)[negative])
        raise StudyError(f"normalisation.method: vector needs figures of 0 or more; not so: {bad}")
    norm = np.sqrt((x**2).sum(axis=-2))
    return _alike(np.zeros_like(norm), norm, scope)


def read_goalposts(table: pd.DataFrame, scope: Scope) -> Goalposts:
    """Return the goalposts that a table of them (indicator, group, low, high, reference) holds.

    Each row of the scope is held against its year or its region where the reference was taken so;
    a year or a region that the table does not know has none.
    """
    alike = not table["group"].astype(str).any()
    labels = [""] if alike else scope.level(str(table["reference"].iloc[0])).astype(str)
    group, names = pd.factorize(np.asarray(labels, dtype=object))
    ends = table.astype({"group": str}).pivot(index="group", columns="indicator").reindex(names)
    low, high = (ends[end][scope.indicators].to_numpy() for end in POSTS[2:])
    return _alike(low[0], high[0], scope) if alike else Goalposts(low, high, list(names), group)


def _alike(low: Array, high: Array, scope: Scope) -> Goalposts:
    """One minimum and maximum (..., m) for all rows."""
    return Goalposts(low[..., None, :], high[..., None, :], [""], np.zeros(len(scope.rows), int))


def _by_group(x: Array, labels: pd.Index) -> Goalposts:
    """Minimum and maximum of each indicator within each group of rows."""
    group, names = pd.factorize(labels, sort=True)
    groups = [x[..., group == k, :] for k in range(len(names))]
    low, high = (np.stack([f(part, axis=-2) for part in groups], axis=-2) for f in (np.min, np.max))
    return Goalposts(low, high, [str(name) for name in names], group)


def digest(goalposts: pd.DataFrame) -> str:
    """Return the hash of goalposts (indicator, group, low, high) as text."""
    return hashlib.sha256(goalposts.to_csv(index=False, lineterminator="\n").encode()).hexdigest()


def _check_unchanged(goalposts: pd.DataFrame) -> None:
    """Raise `StudyError` if kept goalposts do not give the hash that was written beside them."""
    columns = [column for column in POSTS if column in goalposts]
    if "sha256" in goalposts and set(goalposts["sha256"]) != {digest(goalposts[columns])}:
        raise StudyError(
            "normalisation.goalposts: the file was changed after it was made: its figures do not "
            "give its sha256; take the file as it was kept, or remove the column sha256"
        )


# name -> goalposts of complete figures (rows, m)
REFERENCES: dict[str, Callable[[Array, Scope], Goalposts]] = {
    "panel": panel_reference,
    "year": year_reference,
    "region": region_reference,
    "base": base_reference,
    RATIO: ratio_reference,
    "goalposts": kept_reference,
}
