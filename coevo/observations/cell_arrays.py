"""Blocks of cells read as figures: as arrays, and cell for cell as `cells.figure` does."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import NoneType

import numpy as np
import numpy.typing as npt

from coevo.errors import StudyError
from coevo.observations.cells import FLAGS, FORMS, NUMBER, decimals, figure
from coevo.observations.sheets import Style, plain

SIMPLE = re.compile(r"[-+.0-9\n]*")  # what may go to float() unseen: no _, inf, nan or exponent
EXACT = 2.0**53  # whole numbers below are exact in a float


@dataclass(frozen=True, eq=False)
class Figures:
    """A block of cells read as figures: arrays (rows, columns) as in `Figure`, and the problems.

    `filled`: whether a cell says anything, be it a mark for missing. `flags`, `forms` point into
    `FLAGS`, `FORMS`; `problems` maps a place in the block to a reason.
    """

    values: npt.NDArray[np.float64]
    flags: npt.NDArray[np.int8]
    decimals: npt.NDArray[np.int16]
    forms: npt.NDArray[np.int8]
    filled: npt.NDArray[np.bool_]
    problems: dict[tuple[int, int], str]


class _Kinds(dict):
    def __missing__(self, kind: type) -> int:
        return OTHER


BLANK, FLOAT, TEXT, OTHER = 0, 1, 2, 3
KINDS = _Kinds({NoneType: BLANK, float: FLOAT, str: TEXT})


def kinds(values: npt.NDArray[np.object_]) -> npt.NDArray[np.int8]:
    """Return what each cell holds: `BLANK`, `FLOAT`, `TEXT` or `OTHER`, in the same shape."""
    found = map(KINDS.__getitem__, map(type, values.ravel().tolist()))
    return np.fromiter(found, np.int8, values.size).reshape(values.shape)


def _shown_digits(values: npt.NDArray[np.float64]) -> npt.NDArray[np.int16]:
    """Return the decimals of finite numbers: the fewest whose decimal fraction is the number."""
    found = np.full(values.shape, -1, dtype=np.int16)
    left = np.arange(len(values))
    for places in range(16):
        scaled = np.rint(values[left] * 10.0**places)
        same = (scaled / 10.0**places == values[left]) & (np.abs(scaled) < EXACT)
        if places == 0:
            same |= scaled == values[left]
        found[left[same]] = places
        left = left[~same]
    for place in left:
        found[place] = decimals(repr(float(values[place])))
    return found


def _texts(texts: Sequence[str]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int16]] | None:
    """Return numbers and decimals of texts that are all plain numbers; None if any may not be."""
    joined = "\n".join(texts)
    if not SIMPLE.fullmatch(joined) or joined.count("\n") != len(texts) - 1:
        return None
    try:
        numbers = np.fromiter(map(float, texts), float, len(texts))
    except ValueError:
        return None
    signs = np.frombuffer(joined.encode(), dtype=np.uint8)
    ends = np.append(np.flatnonzero(signs == ord("\n")), len(signs))
    points = np.flatnonzero(signs == ord("."))  # one at most in each, or it were no number
    decimals = np.zeros(len(texts), dtype=np.int16)
    of_text = np.searchsorted(ends, points)
    decimals[of_text] = ends[of_text] - points - 1
    return numbers, decimals


def figures(
    values: npt.NDArray[np.object_],
    known: Mapping[str, str],
    styles: Sequence[Style] = (Style(),),
    style: npt.NDArray[np.int32] | None = None,
    faults: Mapping[tuple[int, int], str] | None = None,
) -> Figures:
    """Return what a block of cells (rows, columns) says, cell for cell as `figure` does.

    `style` (rows, columns) points into `styles`; `faults` are cells whose figure is not to be had.
    Plain numbers are read as arrays, column by column where a column holds anything else.
    """
    shape = values.shape
    style = np.zeros(shape, dtype=np.int32) if style is None else style
    values, kind = np.asfortranarray(values), np.asfortranarray(kinds(values))  # by columns
    out = Figures(
        np.full(shape, np.nan, order="F"),
        np.full(shape, FLAGS.index(known[""]), dtype=np.int8, order="F"),
        np.zeros(shape, dtype=np.int16, order="F"),
        np.zeros(shape, dtype=np.int8, order="F"),
        kind != BLANK,
        problems := {},
    )
    done = kind == BLANK
    if not any(NUMBER.fullmatch(mark) for mark in known):  # a study's mark such as 9999
        for column in range(shape[1]):
            _read_plain(values[:, column], kind[:, column], column, styles, style, out, done)
    for row, column in np.argwhere(~done).tolist():
        try:
            read = figure(values[row, column], known, styles[style[row, column]])
        except StudyError as problem:
            problems[row, column] = str(problem)
            continue
        out.filled[row, column] = plain(values[row, column]) != ""
        out.values[row, column] = read.value
        out.flags[row, column] = FLAGS.index(read.flag)
        out.decimals[row, column] = read.decimals
        out.forms[row, column] = FORMS.index(read.form)
    for place, reason in (faults or {}).items():
        problems[place], out.filled[place] = reason, True
    return out


def _read_plain(cells, kind, column: int, styles: Sequence[Style], style, out, done) -> None:
    """Fill one column of `out` with its plain numbers, and say in `done` which these are."""
    rows = np.flatnonzero(kind == FLOAT)
    if len(rows):
        numbers = cells[rows].astype(float)
        finite = np.isfinite(numbers)
        rows, numbers = rows[finite], numbers[finite]
        given = np.array([-1 if s.decimals is None else s.decimals for s in styles], np.int16)
        percent = np.array([FORMS.index("ratio") if s.percent else 0 for s in styles], np.int8)
        shown, open_ = given[style[rows, column]], given[style[rows, column]] < 0
        shown[open_] = _shown_digits(numbers[open_])
        out.values[rows, column], out.decimals[rows, column] = numbers, shown
        out.forms[rows, column] = percent[style[rows, column]]
        out.flags[rows, column] = 0
        done[rows, column] = True
    rows = np.flatnonzero(kind == TEXT)
    read = _texts(cells[rows].tolist()) if len(rows) else None
    if read is None and len(rows):  # set apart what is no plain number
        rows = rows[[bool(SIMPLE.fullmatch(c) and NUMBER.fullmatch(c)) for c in cells[rows]]]
        read = _texts(cells[rows].tolist()) if len(rows) else None
    if read is not None:
        finite = np.isfinite(read[0])
        rows = rows[finite]
        out.values[rows, column], out.decimals[rows, column] = read[0][finite], read[1][finite]
        out.flags[rows, column] = 0
        done[rows, column] = True
