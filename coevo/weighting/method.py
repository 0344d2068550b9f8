"""What the registry holds of a weighting: its function, and how a worksheet leads to its weights.

The formulas of a line name others in braces: {x} is the cell of line x in the same column, {all_x}
line x over the subsystem, {column_x} line x of the sheet of z, {z} there an indicator's z of
all region-years.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from coevo.arrays import Array
from coevo.errors import StudyError
from coevo.registry import Method


class Step(NamedTuple):
    """A line of a worksheet on the way to weights: its name, a cell per indicator.

    formula: of a cell; empty for a number. value: what it gives (m,), from the numbers known by
    name (entropy and weight of the table `weights`, `given`, `z`, earlier lines); by default the
    one of its own name.
    """

    name: str
    formula: str = ""
    value: Callable[[Mapping[str, Array]], Array] | None = None
    look: str = "score"


@dataclass(frozen=True)
class Weighting(Method):
    """A function (Z, raw=None, **options) -> weights (m,); `cells`: the formula of a weight.

    steps: the lines that lead there; columns: those of the sheet that they start from, if any,
    which is called as the method and holds z, region-years down and indicators across.
    """

    steps: tuple[Step, ...] = ()
    columns: tuple[Step, ...] = ()


def shares(values: Array, what: str) -> Array:
    """Return values (m,), none negative, over their sum; `StudyError` if it is not above 0."""
    total = values.sum()
    if not np.isfinite(total) or total <= 0:
        raise StudyError(f"{what} weights do not exist: no indicator differs between rows")
    return np.asarray(values / total)
