"""The XML of a worksheet, passed over once: what a reader of values does not tell."""

import re
from array import array
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

import numpy as np
import numpy.typing as npt

from coevo.observations.sheets import Span, address

NO_VALUE = (
    "holds a formula without a stored value; open the file in Excel or LibreOffice and save it, or "
    "type the figure"
)
ERROR = "holds the error {}; correct it in the workbook, or type the figure"
COLUMNS = {address(0, column)[:-1]: column for column in range(16_384)}
REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
# [1]Sheet!A1 or 'C:\folder\[b.xlsx]Sheet'!A1, and not the column of a table: Table[2015]
OTHER_WORKBOOK = re.compile(r"(?<![\w\]])\[[^\[\]]+\][^\[\]!]*!")
TRUE = ("1", "true")
SHORT = 32  # characters of a text that may be repeated in every cell without harm


@dataclass
class Scan:
    """What stands where in a worksheet; everything zero-based.

    rows, columns, style: of each cell that says something, in the order of the file; faults: cells
    without a figure, with the reason; linked: cells whose formula points to another workbook;
    characters: of the long texts that cells share, counted for each cell.
    """

    rows: array = field(default_factory=lambda: array("i"))
    columns: array = field(default_factory=lambda: array("i"))
    style: array = field(default_factory=lambda: array("i"))
    faults: dict[tuple[int, int], str] = field(default_factory=dict)
    linked: list[tuple[int, int]] = field(default_factory=list)
    merged: list[Span] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: npt.NDArray[np.bool_] = field(
        default_factory=lambda: np.zeros(len(COLUMNS), dtype=bool)
    )
    characters: int = 0

    @property
    def shape(self) -> tuple[int, int]:
        """The rectangle from A1 to the furthest cell that says something."""
        return (max(self.rows) + 1, max(self.columns) + 1) if self.rows else (0, 0)


class _LocalNames(dict):
    """Names of elements without their prefix: `x:c` is `c`."""

    def __missing__(self, name: str) -> str:
        local = self[name] = name.rpartition(":")[2]
        return local


def walk(part: bytes, start: Callable[[str, dict[str, str]], None]) -> None:
    """Call `start(local name, attributes)` for every element of a part."""
    local = _LocalNames()
    parser = _parser()
    parser.StartElementHandler = lambda name, attributes: start(local[name], attributes)
    parser.Parse(part, True)


def _parser() -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise ValueError("it declares a document type")

    parser.StartDoctypeDeclHandler = refuse
    return parser


def _position(reference: str) -> tuple[int, int]:
    """Return the zero-based row and column of `C7`; `ValueError` for anything else."""
    match = REFERENCE.fullmatch(reference)
    if not match or match[1] not in COLUMNS or int(match[2]) > 1_048_576:
        raise ValueError(f"'{reference}' is not a cell")
    return int(match[2]) - 1, COLUMNS[match[1]]


def _span(reference: str) -> Span:
    first, _, last = reference.partition(":")
    (top, left), (bottom, right) = _position(first), _position(last or first)
    return Span(min(top, bottom), min(left, right), max(top, bottom), max(left, right))


def long_texts(part: bytes) -> dict[str, int]:
    """Return the number -> length of the long ones among the texts that cells share."""
    found: dict[str, int] = {}
    number, length = -1, 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal number, length
        if local[name] == "si":
            number, length = number + 1, 0

    def add(text: str) -> None:
        nonlocal length
        length += len(text)
        if length > SHORT:
            found[str(number)] = length

    local = _LocalNames()
    parser = _parser()
    parser.StartElementHandler, parser.CharacterDataHandler = start, add
    parser.Parse(part, True)
    return found


class _Pass:
    """One pass over a worksheet: where it is, what the last cell said, what was found so far."""

    def __init__(self, styles: Mapping[str, int], texts_shared: Mapping[str, int]) -> None:
        self.found = Scan()
        self.styles, self.texts_shared = styles, texts_shared
        self.local = _LocalNames()
        self.parser = _parser()
        self.parser.StartElementHandler = self.start
        self.row, self.line, self.digits = -1, "", 0  # as cells name it, and the length of that
        self.at, self.column, self.look = -1, -1, 0  # of the last cell
        self.kind: str | None = None
        self.formula: str | None = None
        self.value = ""
        self.texts: list[str] = []
        self.shared: set[str] = set()
        self.others = {
            "is": self.say,
            "row": self.begin_row,
            "f": self.begin_formula,
            "mergeCell": self.merge,
            "col": self.hide_columns,
            "extLst": self.leave_cells,
        }

    def start(self, name: str, attributes: dict[str, str]) -> None:
        # a cell of figures costs two calls of this, so nothing here is elegant
        name = self.local[name]
        if name == "c":
            reference = attributes.get("r")
            if reference is None:
                self.at = self.row
                self.column += 1
            elif reference.endswith(self.line) and reference[: -self.digits] in COLUMNS:
                self.at = self.row
                self.column = COLUMNS[reference[: -self.digits]]
            else:
                self.at, self.column = _position(reference)
            self.look = self.styles.get(attributes.get("s", "0"), 0)
            self.kind = kind = attributes.get("t")
            if kind is not None and (kind == "e" or (kind == "s" and self.texts_shared)):
                self.listen()
        elif name == "v":
            if self.at >= 0:
                self.found.rows.append(self.at)
                self.found.columns.append(self.column)
                self.found.style.append(self.look)
        elif name in self.others:
            self.others[name](attributes)

    def say(self, _: Mapping[str, str]) -> None:
        """Note that the cell says something."""
        if self.at >= 0:
            self.found.rows.append(self.at)
            self.found.columns.append(self.column)
            self.found.style.append(self.look)

    def begin_row(self, attributes: Mapping[str, str]) -> None:
        number = attributes.get("r")
        self.row = self.row + 1 if number is None else _position(f"A{number}")[0]
        self.line, self.column = str(self.row + 1), -1
        self.digits = len(self.line)
        if attributes.get("hidden") in TRUE:
            self.found.hidden_rows.append(self.row)

    def begin_formula(self, attributes: Mapping[str, str]) -> None:
        if self.at >= 0:
            self.formula = attributes.get("si", "")
            self.listen()

    def merge(self, attributes: Mapping[str, str]) -> None:
        self.found.merged.append(_span(attributes["ref"]))

    def hide_columns(self, attributes: Mapping[str, str]) -> None:
        if attributes.get("hidden") in TRUE:
            first, last = int(attributes["min"]), int(attributes["max"])
            self.found.hidden_columns[max(first, 1) - 1 : max(last, 0)] = True

    def leave_cells(self, _: Mapping[str, str]) -> None:
        self.at = -1  # formulas in an extension belong to no cell

    def listen(self) -> None:
        """Hear what a cell says until it ends, for the few cells that are worth the time."""
        self.texts.clear()
        self.value = ""
        self.parser.CharacterDataHandler = self.texts.append
        self.parser.EndElementHandler = self.end

    def end(self, name: str) -> None:
        name = self.local[name]
        if name == "v":
            self.value = "".join(self.texts).strip()
        elif name == "f":
            self.end_formula("".join(self.texts))
        elif name == "c":
            self.parser.CharacterDataHandler = self.parser.EndElementHandler = None
            self.end_cell()
        self.texts.clear()

    def end_formula(self, text: str) -> None:
        # the first cell of a shared formula spells it, the others point to it by number
        other = OTHER_WORKBOOK.search(text) is not None
        if other and self.formula:
            self.shared.add(self.formula)
        if other or self.formula in self.shared:
            self.found.linked.append((self.at, self.column))

    def end_cell(self) -> None:
        place = self.at, self.column
        if self.kind == "s":
            self.found.characters += self.texts_shared.get(self.value, 0)
        elif self.kind == "e":
            self.found.faults[place] = ERROR.format(self.value or "of a formula")
            self.say({})
        elif self.formula is not None and not self.value and self.kind != "str":
            self.found.faults[place] = NO_VALUE
            self.say({})
        self.formula = None


def scan(part: bytes, styles: Mapping[str, int], texts_shared: Mapping[str, int]) -> Scan:
    """Pass over the XML of a worksheet.

    styles: style id of a cell -> what is kept as `style`; texts_shared: as `long_texts` has them.
    Cells without a place follow the one before, as Excel has it. Raises `ValueError` or
    `ExpatError` for XML that is no worksheet.
    """
    once = _Pass(styles, texts_shared)
    once.parser.Parse(part, True)
    return once.found
