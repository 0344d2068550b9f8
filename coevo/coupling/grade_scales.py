"""Grades of D, stages of C, and which subsystem lags (docs/methods.md, 3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from coevo.arrays import Array, Places, Strings, Values
from coevo.coupling.formulas import SNAP
from coevo.registry import choose

MARGIN = 1.2  # ratio of two indices from which one lags


@dataclass(frozen=True)
class GradeScale:
    """Named classes of [0, 1]: k - 1 inner cuts, k labels; `closed` is the side a cut belongs to.

    closed "left": [cut, next); closed "right": (cut, next]. The outer ends 0 and 1 are included.
    """

    cuts: tuple[float, ...]
    labels: tuple[str, ...]
    closed: Literal["left", "right"]

    def places(self, values: Values) -> Places:
        """Return the place of each value's class, from 0; one within 1e-9 of a cut lies on it."""
        left = self.closed == "left"
        cuts = np.asarray(self.cuts) + (-SNAP if left else SNAP)
        return np.searchsorted(cuts, np.asarray(values), side="left" if left else "right")

    def classify(self, values: Values) -> Strings:
        """Return the label of each value."""
        return np.asarray(self.labels)[self.places(values)]


_rows = pd.read_csv(Path(__file__).with_name("grades.csv")).groupby("table", sort=False)
GRADES = {
    str(name): GradeScale(tuple(rows["from"][1:]), tuple(rows["label"]), closed="left")
    for name, rows in _rows
}
# Stages of C: (0, .3], (.3, .5], (.5, .8], (.8, 1]; 0 itself is uncoupled.
STAGES = GradeScale(
    (0.0, 0.3, 0.5, 0.8),
    ("uncoupled", "low-level", "antagonism", "running-in", "high-level"),
    closed="right",
)


def grade(D: Values, table: str = "ten") -> Strings:
    """Return the grade of each D (rows,) in the grade table named `table`, decided unrounded."""
    return choose(GRADES, table, "grade table").classify(D)


def stage(C: Values) -> Strings:
    """Return the stage of coupling of each C (rows,)."""
    return STAGES.classify(C)


def relative_development(U1: Values, U2: Values) -> Array:
    """Return U1 / U2 (rows,); infinite where U2 is 0, 1 where both are.

    It compares the scales of two indices and moves with their weights.
    """
    U1, U2 = np.asarray(U1, dtype=float), np.asarray(U2, dtype=float)
    ratio = np.divide(U1, U2, out=np.full(U1.shape, np.inf), where=U2 > 0)
    return np.where((U1 == 0) & (U2 == 0), 1.0, ratio)


def lagging(U: Values, subsystems: Sequence[str], margin: float = MARGIN) -> list[str]:
    """Return the subsystem with the lowest index, or `synchronous` (rows,).

    Synchronous: the highest index is at most `margin` times the lowest. For two subsystems:
    U1 / U2 below 1/1.2, in [1/1.2, 1.2], above 1.2.
    """
    U = np.asarray(U, dtype=float)
    together = U.max(axis=1) <= margin * U.min(axis=1) * (1 + SNAP)
    lowest = np.asarray(subsystems)[U.argmin(axis=1)]
    return list(np.where(together, "synchronous", lowest).tolist())
