"""The edges of the classic form: its one boundary equilibrium and who can enter where."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Values = npt.ArrayLike
Words = npt.NDArray[np.str_]


class Entry(NamedTuple):
    """Growth of each population while it is rare.

    at_zero (..., 2): growth rates (a1, -a2) per year at (0, 0), the only boundary equilibrium;
    upstream, downstream: when that population grows, `always`, `never`, `below` or `above` the
    other one's equilibrium value (x2* for upstream, x1* for downstream).
    """

    at_zero: Array
    upstream: Words
    downstream: Words


def entry(a1: Values, b1: Values, a2: Values, d: Values) -> Entry:
    """Return who can enter where: upstream grows if a1 > b1 x2, downstream if d x1 > a2.

    With one population absent the other grows or declines for ever at its own rate, so no rest
    point lies on an axis except (0, 0) (a1, a2 not zero). Elementwise.
    """
    a1, b1, a2, d = np.broadcast_arrays(*(np.asarray(v, dtype=float) for v in (a1, b1, a2, d)))
    return Entry(np.stack([a1, -a2], axis=-1), _grows(a1, -b1), _grows(-a2, d))


def _grows(alone: Array, effect: Array) -> Words:
    """Where alone + effect x > 0 for x > 0."""
    cases = {
        "always": ((alone > 0) & (effect >= 0)) | ((alone == 0) & (effect > 0)),
        "below": (alone > 0) & (effect < 0),
        "above": (alone < 0) & (effect > 0),
    }
    return np.select(list(cases.values()), list(cases), "never")[()]
