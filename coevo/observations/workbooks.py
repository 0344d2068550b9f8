"""xlsx workbooks: checked as archives, passed over for what is odd, then read for values."""

import io
import math
import posixpath
from collections import Counter
from collections.abc import Mapping
from datetime import time, timedelta
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from coevo.errors import StudyError
from coevo.observations import number_formats
from coevo.observations.archives import BROKEN, parts
from coevo.observations.hidden import hidden_remark, with_hidden_sheets
from coevo.observations.limits import LARGEST, check_extent
from coevo.observations.sheet_xml import Scan, long_texts, scan, walk
from coevo.observations.sheets import Remark, Sheet, Style, address, grid, within

WORKBOOK = "xl/workbook.xml"


class Part(NamedTuple):
    """A worksheet of a workbook: its name, its part of the archive, whether it is hidden."""

    name: str
    path: str
    hidden: bool


def workbook_sheets(data: bytes, shown: str) -> list[Sheet]:
    """Return the visible, non-empty worksheets of an xlsx workbook; `StudyError` for hazards."""
    from python_calamine import CalamineWorkbook

    found = parts(data, shown)
    listed = _worksheets(found, shown)
    styles, places = _styles(found)
    shared = long_texts(found.get("xl/sharedstrings.xml", b"<none/>"))
    scans: dict[str, Scan] = {}
    cells = 0
    for sheet in listed:
        if not sheet.hidden:
            seen = scans[sheet.name] = scan(found[sheet.path], places, shared)
            check_extent(*seen.shape, len(seen.rows), f"{shown} › {sheet.name}", cells)
            cells += math.prod(seen.shape)
    _check_texts(sum(seen.characters for seen in scans.values()), shown)
    del found  # as large as the workbook unpacked
    sheets = []
    with CalamineWorkbook.from_object(io.BytesIO(data)) as book:
        for name, seen in scans.items():
            if seen.rows:
                rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
                sheets.append(_sheet(shown, name, rows, seen, styles))
    return with_hidden_sheets(sheets, [sheet.name for sheet in listed if sheet.hidden], shown)


def _check_texts(characters: int, shown: str) -> None:
    if characters > LARGEST:
        raise StudyError(
            f"{shown}: repeats long texts to {characters:,} characters, above the limit of "
            f"{LARGEST:,}; keep only the tables of figures in it"
        )


def _worksheets(found: Mapping[str, bytes], shown: str) -> list[Part]:
    """Return the worksheets in the order of the workbook; chart and dialogue sheets are none."""
    targets: dict[str, str] = {}
    others: set[str] = set()
    listed: list[Part] = []

    def relation(name: str, attributes: dict[str, str]) -> None:
        if name != "Relationship":
            return
        if attributes["Type"].endswith("/worksheet"):
            path = posixpath.normpath(posixpath.join("/xl", attributes["Target"]))
            targets[attributes["Id"]] = path.lstrip("/").casefold()
        else:
            others.add(attributes["Id"])

    def sheet(name: str, attributes: dict[str, str]) -> None:
        if name != "sheet":
            return
        by = next((v for k, v in attributes.items() if k.rpartition(":")[2] == "id"), "")
        if by not in others:
            hidden = attributes.get("state", "visible") != "visible"
            listed.append(Part(attributes["name"], targets.get(by, ""), hidden))

    walk(found.get("xl/_rels/workbook.xml.rels", b"<none/>"), relation)
    walk(found[WORKBOOK], sheet)
    names = Counter(part.name for part in listed)
    for part in listed:
        if part.path not in found or names[part.name] > 1:
            reason = f"its sheet '{part.name}' is missing or there twice"
            raise StudyError(f"{shown}: {BROKEN.format(reason)}")
    return listed


def _styles(found: Mapping[str, bytes]) -> tuple[tuple[Style, ...], dict[str, int]]:
    """Return the distinct styles of a workbook; style id of a cell -> its place among them."""
    codes: dict[str, str] = {}
    formats: list[str] = []
    section = ""

    def look(name: str, attributes: dict[str, str]) -> None:
        nonlocal section
        if name in ("numFmts", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs"):
            section = name
        elif name == "numFmt" and section == "numFmts":
            codes[attributes["numFmtId"]] = attributes["formatCode"]
        elif name == "xf" and section == "cellXfs":
            formats.append(attributes.get("numFmtId", "0"))

    walk(found.get("xl/styles.xml", b"<none/>"), look)
    known = number_formats.BUILT_IN | codes
    looks = [number_formats.style(known.get(form, "General")) for form in formats]
    distinct = {look: place for place, look in enumerate(dict.fromkeys([Style(), *looks]))}
    return tuple(distinct), {str(number): distinct[look] for number, look in enumerate(looks)}


def _sheet(shown: str, name: str, rows: list[list], seen: Scan, styles: tuple[Style, ...]) -> Sheet:
    shape = seen.shape
    values = _values(rows, shape)
    style = np.zeros(shape, dtype=np.int32)
    style[np.asarray(seen.rows), np.asarray(seen.columns)] = np.asarray(seen.style)
    remarks = hidden_remark(
        [row for row in seen.hidden_rows if row < shape[0]],
        np.flatnonzero(seen.hidden_columns[: shape[1]]).tolist(),
    )
    linked = [cell for cell in seen.linked if cell not in seen.faults]
    if linked:
        others = f" and {len(linked) - 1} more" if len(linked) > 1 else ""
        message = (
            f"computed from another workbook: {address(*linked[0])}{others}; read as stored here"
        )
        remarks.append(Remark("external_link", message, *linked[0]))
    return Sheet(
        shown,
        name,
        values,
        seen.faults,
        within(seen.merged, *shape),
        styles,
        style if style.any() else None,
        tuple(remarks),
    )


def _values(rows: list[list], shape: tuple[int, int]) -> npt.NDArray[np.object_]:
    """Return values in the types of a `Sheet`, as a grid of `shape`.

    Raises `ValueError` if the reader of values sees cells beyond: then two readers of the same file
    do not agree.
    """
    read = grid(rows)
    if read.shape[0] > shape[0] or read.shape[1] > shape[1]:
        raise ValueError("its cells do not stand where they say")
    values = np.full(shape, None, dtype=object)
    values[: read.shape[0], : read.shape[1]] = read
    values[values == ""] = None
    kinds = set(map(type, values.ravel()))
    if kinds & {int, time, timedelta}:
        flat = values.ravel()
        for place, value in enumerate(flat):
            if type(value) is int:
                flat[place] = float(value)
            elif isinstance(value, time | timedelta):
                flat[place] = str(value)
    return values
