"""From a table's words and cells to typed figures, with an eye on every cell refused.

Each word is recognised once, figures are read as a block; rows and columns that no study wants are
never looked at.
"""

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from xlsxwriter.utility import xl_rowcol_to_cell

from coevo.arrays import Booleans, Integers
from coevo.errors import StudyError, short
from coevo.observations.cells import FLAGS, FORMS, block_figures
from coevo.observations.doubts import CUT, doubtful_cells
from coevo.observations.names import compared, find_indicator, name_forms, title_parts
from coevo.observations.recognition import UNKNOWN, StudyTerms, TableLines, region_codes, word_codes
from coevo.observations.sheets import CellWords, cell_text
from coevo.observations.tables import FigureTable, along
from coevo.observations.totals import remark_wrong_totals
from coevo.observations.units import UNITS, conversion, meant_unit, split_unit, unit_of

MOST_TITLES = 6  # in a message
READ_FLAGS = (*FLAGS, "unit_read_as")
NOTED = FLAGS.index("noted")  # flags above it are those of missing figures
# The columns of the figures of a table: places in lists of `StudyTerms` and `READ_FLAGS`,
# in the units of the indicators, and where each stands.
# period: first and last month as a number, 112 for a year.
FIGURES = "region year period indicator value unit flag half_unit row column".split()


class UnitScale(NamedTuple):
    """How figures become those of an indicator: their unit, by which factor in each of `FORMS`."""

    unit: str = ""
    factors: tuple[float, ...] = (1.0,) * len(FORMS)
    read_as: bool = False


def _scale(text: str, indicator: str, terms: StudyTerms) -> UnitScale:
    """Return how figures in a unit as printed become figures in that of their indicator."""
    wanted = unit_of(terms.units[indicator])
    read_as = terms.units_read_as.get(text) if text else terms.given_units.get(indicator)
    if not text and read_as is None:
        raise StudyError(
            "states no unit; add a line 单位：… above the head, or a column 单位, or give the unit "
            f"of '{terms.sources[indicator][0]}' under units_read_as in the config"
        )
    meant, printed = meant_unit(text, wanted, read_as)
    factor = conversion(meant, wanted)
    inside = wanted.measures == UNITS["ratio"].measures
    forms = [conversion(UNITS[form], wanted) if inside else np.nan for form in FORMS[1:]]
    stated = bool(text) and read_as is not None
    return UnitScale((printed if stated else wanted).name, (factor, *forms), stated)


def _scales(table: FigureTable, lines: TableLines) -> tuple[Integers, list[UnitScale]]:
    """Return the scales of a table, and for each indicator and unit the place of its own."""
    printed: list[CellWords] = []

    def number(words: CellWords) -> int:
        printed.append(words)
        return len(printed) - 1

    unit = word_codes(table.labels["unit"], number, lines)
    pair = unit + len(printed) * table.labels["series"]
    pairs, place = np.unique(pair, return_inverse=True)
    wanted = list(lines.terms.units)
    scales: list[UnitScale] = []
    for words, meant in ((printed[p % len(printed)], wanted[p // len(printed)]) for p in pairs):
        try:
            scales.append(_scale(words.text, meant, lines.terms))
            if not words:
                config_unit = lines.terms.given_units[meant]
                lines.remark("from_name", "unit_given", words, indicator=meant, unit=config_unit)
        except StudyError as problem:
            lines.problem(words, str(problem))
            scales.append(UnitScale())
    return place.reshape(pair.shape), scales


def _indicators(table: FigureTable, lines: TableLines) -> FigureTable:
    """Return a table with the places of its indicators as `series`, `UNKNOWN` for others.

    Where no line, column or head names them, a title, the sheet or the file does, or what stands in
    further columns.
    """
    terms, ids = lines.terms, list(lines.terms.units)

    def code(words: CellWords) -> int:
        if words:
            lines.seen.add(words.text)
        indicator = find_indicator(words.text, terms.names, terms.own_units)
        return UNKNOWN if indicator is None else ids.index(indicator)

    names = table.labels["indicator"]
    blank = names.size == 1 and not names.flat[0]
    for title in table.titles if blank else ():
        if code(title) != UNKNOWN:
            if title.text != cell_text(lines.sheet.values[title.row, title.column]):
                lines.remark("from_name", "indicator_from_name", title, name=title.text)
            return _titled(table, title, code(title), lines)
    codes = word_codes(names, code, lines)
    narrow = [(parts, ids.index(i)) for parts, i in terms.terms if blank or len(parts) > 1]
    codes = _narrowed(table, codes, narrow) if narrow else codes
    if blank and (codes == UNKNOWN).all():
        titles = [*dict.fromkeys(short(title.text, 40) for title in table.titles)]
        tried = ", ".join(titles[:MOST_TITLES]) + ", …" * (len(titles) > MOST_TITLES)
        lines.problem(
            names.flat[0],
            "no line 指标：… above the head names the indicator; add it, or name the sheet or the "
            f"file so (found: {tried or 'nothing'})",
        )
    return replace(table, labels=table.labels | {"series": codes})


def _titled(table: FigureTable, title: CellWords, code: int, lines: TableLines) -> FigureTable:
    """Return a table with a title as the name of its indicator, and the unit in its brackets."""
    named = {"indicator": along([title], None), "series": np.array([[code]])}
    inside = title.saying(title_parts(title.text, lines.sheet.own_units)[1])
    if inside and not any(table.labels["unit"].flat):
        named["unit"] = along([inside], None)
    return replace(table, labels=table.labels | named)


def _narrowed(
    table: FigureTable, codes: Integers, narrow: list[tuple[frozenset[str], int]]
) -> Integers:
    """Return the places of indicators whose parts are all said, the narrowest first; else `codes`.

    They are said by the titles, and in the further columns of a row or else in a name.
    """
    always = {compared(form) for title in table.titles for form in name_forms(title.text)}
    by_row = table.further is not None
    labels = table.labels["indicator"] if table.further is None else table.further
    memo: dict[Any, int] = {}
    for label in labels.flat:
        if label not in memo:
            beside = (form for text in label for form in (text, split_unit(text)[0]))
            label_forms = set(map(compared, beside if by_row else name_forms(label.text)))
            whole = [(parts, i) for parts, i in narrow if parts <= always | label_forms]
            memo[label] = next((i for parts, i in whole if by_row or parts & label_forms), UNKNOWN)
    places = np.array([memo[label] for label in labels.flat]).reshape(labels.shape)
    return np.where(places == UNKNOWN, codes, places)


def _wanted(table: FigureTable, lines: TableLines) -> FigureTable:
    """Return the part of a table whose indicators the study reads; it may hold no figures.

    Problems of the table's form count if there is such a part, or no row that can be told.
    """
    table = _indicators(table, lines)
    is_read = table.labels["series"] != UNKNOWN
    if is_read.any() or not len(table.rows):
        for message in _form(table, lines):
            lines.add(message)
    wanted = np.broadcast_to(is_read, (len(table.rows), len(table.columns)))
    return table.part(np.any(wanted, axis=1), np.any(wanted, axis=0))


def _form(table: FigureTable, lines: TableLines) -> tuple[str, ...]:
    """Return the lines about the form of a table; of samples one without times has one alone."""
    times = lines.terms.times
    if not times or len(table.labels["year"]) >= len(table.rows):
        return table.problems
    place, names = lines.sheet.where(int(table.rows[0]) - 1, 0), " or ".join(times.names)
    return (f"{place}: no column is headed {names}; head the column of times as period says",)


def figures_of_table(table: FigureTable, lines: TableLines) -> pd.DataFrame | None:
    """Return the figures of a table that the study wants (`FIGURES`), or None if it wants none.

    Problems and remarks go to `lines`. Years before the first and after the last figure are left.
    """
    terms, table = lines.terms, _wanted(table, lines)
    if not len(table.rows):
        return None
    sheet, part = lines.sheet, np.ix_(table.rows, table.columns)
    cell, figures = block_figures(sheet, part, terms.marks)
    filled = figures["filled"].to_numpy()[cell]
    numbers = figures["value"].notna().to_numpy()[cell]
    names, region = region_codes(table, filled, numbers, lines)
    when = word_codes(table.labels["year"], terms.when, lines, filled)
    remark_wrong_totals(table, names, region, when, figures["value"].to_numpy()[cell], lines)
    chosen = np.broadcast_to((region >= 0) & (when >= 0), cell.shape)
    years = np.broadcast_to(when, cell.shape)[chosen & filled]
    if not len(years):
        return None
    chosen = chosen & (when >= years.min()) & (when <= years.max())
    unread = (figures["problem"] != "").to_numpy()[cell]
    first, last = terms.years
    chosen &= ~unread | ((when // 10_000 >= first) & (when // 10_000 <= last))
    place, scales = _scales(table, lines)
    codes = {"region": region, "year": when, "indicator": table.labels["series"]}
    codes |= {"scale": place, "cell": cell}
    read = _scaled(table, chosen, codes, figures, scales, lines)
    # the rows of other regions; a name that is cut is none of a region
    aside = set(table.rows).difference(read["row"]) if table.doubts else ()
    lines.remarks += [d for d in table.doubts if d.row not in aside or d.message == CUT]
    lines.remarks += doubtful_cells(sheet, read)
    known = terms.unit_names
    units = np.array([known.setdefault(one.unit, len(known)) for one in scales], dtype=np.int16)
    read["unit"] = units[read["unit"]]
    return read.assign(year=read["year"] // 10_000, period=read["year"] % 10_000)[FIGURES]


def _scaled(
    table: FigureTable,
    chosen: Booleans,
    codes: dict[str, Integers],
    figures: pd.DataFrame,
    scales: list[UnitScale],
    lines: TableLines,
) -> pd.DataFrame:
    """Return the chosen cells in the units of their indicators; refuse percentages that cannot be.

    codes: region, year, indicator; `scale`: of `scales`; `cell`: of `figures`. `unit` is the place
    in `scales`.
    """
    cells = figures.assign(half=0.5 * 10.0 ** -figures["decimals"].to_numpy(dtype=float))
    for name, names in (("form", FORMS), ("flag", READ_FLAGS)):
        cells[name] = pd.Categorical(figures[name], names).codes
    labels: dict[str, npt.NDArray[Any]] = {**codes, "name": table.labels["indicator"]}
    labels |= {"row": table.rows[:, None], "column": table.columns}
    every = {name: np.broadcast_to(one, chosen.shape)[chosen] for name, one in labels.items()}
    read = pd.DataFrame(every).join(cells, on="cell")
    value, flag = read["value"], read["flag"]
    factor = np.array([one.factors for one in scales])[read["scale"], read["form"]]
    refused = (read["problem"] != "") | (np.isnan(factor) & value.notna())
    for row in read[read["problem"] != ""].to_dict("records"):
        lines.problem(CellWords("", row["row"], row["column"]), row["problem"])
    no_shares = read[refused & (read["problem"] == "")]
    for _, rows in no_shares.groupby("indicator", sort=False):
        row = rows.iloc[0]
        more = f", and so are {len(rows) - 1} more figures" if len(rows) > 1 else ""
        lines.problem(
            CellWords("", row["row"], row["column"]),
            f"is a percentage{more}, but the unit of '{row['name'].text}' is none; correct the "
            "figures or their format, or the unit",
        )
    noted = read.loc[flag == NOTED, ["row", "column"]].to_numpy()
    if len(noted):
        row, column = noted[0].tolist()
        fields = {"figures": len(noted), "cell": xl_rowcol_to_cell(row, column)}
        lines.remark("noted", "note_marks", CellWords("", row, column), **fields)
    read_as = np.array([one.read_as for one in scales])[read["scale"]] & (flag <= NOTED)
    return read.assign(
        value=value * factor,
        unit=read["scale"],
        flag=flag.mask(read_as, READ_FLAGS.index("unit_read_as")),
        half_unit=read["half"] * factor,
    )
