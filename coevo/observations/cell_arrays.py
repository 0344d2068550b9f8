"""Blocks of cells read as figures: each distinct cell once, as `cell_figure` reads it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.types import infer_dtype

from coevo.errors import StudyError
from coevo.observations.cells import FLAGS, FORMS, CellFigure, cell_figure
from coevo.observations.sheets import CellValue, NumberStyle, cell_text


@dataclass(frozen=True, eq=False)
class FigureBlock:
    """A block of cells as figures: arrays (rows, columns) as in `CellFigure`, and the problems.

    `filled`: whether a cell says anything, be it a mark for missing. `flags`, `forms` point into
    `FLAGS`, `FORMS`; `problems` maps a place in the block to a reason.
    """

    values: npt.NDArray[np.float64]
    flags: npt.NDArray[np.int8]
    decimals: npt.NDArray[np.int16]
    forms: npt.NDArray[np.int8]
    filled: npt.NDArray[np.bool_]
    problems: dict[tuple[int, int], str]


def _distinct_cells(
    values: npt.NDArray[np.object_], style: npt.NDArray[np.int32] | None
) -> tuple[npt.NDArray[np.intp], list[tuple[CellValue, int]]]:
    """Return the distinct cells (value, place of its style), and for each cell which it is.

    values (cells,), None for a blank; style (cells,), or None if all cells have the first.
    """
    if infer_dtype(values) not in ("string", "floating"):  # True equals 1, and is no figure
        values = np.array([str(v) if type(v) is bool else v for v in values], dtype=object)
    code, distinct = pd.factorize(values)
    bare = np.flatnonzero(code < 0)
    kinds: list[CellValue] = [*distinct, *((None, math.nan) if len(bare) else ())]
    code[bare] = len(distinct) + np.array([value is not None for value in values[bare]], dtype=int)
    if style is None:
        return code, [(value, 0) for value in kinds]
    place, pairs = pd.factorize(code + len(kinds) * style.astype(np.int64))
    return place, [(kinds[pair % len(kinds)], pair // len(kinds)) for pair in pairs]


def block_figures(
    values: npt.NDArray[np.object_],
    known: Mapping[str, str],
    styles: Sequence[NumberStyle] = (NumberStyle(),),
    style: npt.NDArray[np.int32] | None = None,
    faults: Mapping[tuple[int, int], str] | None = None,
) -> FigureBlock:
    """Return what a block of cells (rows, columns) says, cell for cell as `cell_figure` does.

    `style` (rows, columns) points into `styles`; `faults` are cells whose figure is not to be had.
    """
    shape = values.shape
    place, cells = _distinct_cells(values.ravel(), None if style is None else style.ravel())
    place = place.reshape(shape)
    read, reasons = [], {}
    for number, (value, look) in enumerate(cells):
        try:
            read.append(cell_figure(value, known, styles[look]))
        except StudyError as problem:
            reasons[number] = str(problem)
            read.append(CellFigure(math.nan, "", 0))
    wrong = np.argwhere(np.isin(place, [*reasons])).tolist() if reasons else []
    problems = {(row, column): reasons[place[row, column]] for row, column in wrong}
    filled = np.array([cell_text(value) != "" for value, _ in cells], dtype=np.bool_)[place]
    for fault, reason in (faults or {}).items():
        problems[fault], filled[fault] = reason, True
    return FigureBlock(
        np.array([cell.value for cell in read], dtype=float)[place],
        np.array([FLAGS.index(cell.flag) for cell in read], dtype=np.int8)[place],
        np.array([cell.decimals for cell in read], dtype=np.int16)[place],
        np.array([FORMS.index(cell.form) for cell in read], dtype=np.int8)[place],
        filled,
        problems,
    )
