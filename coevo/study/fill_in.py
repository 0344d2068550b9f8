"""The workbook to fill in: a row per region and year, a column per indicator, and a guide.

The guide stands on a sheet of its own that holds no figures, so that a reader sets it aside. The
lists of the drop-downs stand there too: everyone sees what may be chosen, and nothing is hidden.
Its words stand in `workflow/new`, in Chinese and English.
"""

import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from coevo.arrays import Config, Row
from coevo.errors import PROGRAM
from coevo.messages import room
from coevo.observations.cells import known_marks
from coevo.observations.heads import CHINESE
from coevo.observations.names import aliases
from coevo.observations.units import named
from coevo.observations.vocabulary import MISSING_MARKS, PUBLISHERS_MARKS
from coevo.panel.derivations import parse
from coevo.study.config_text import read_rows
from coevo.study.configuration import named_in_calibration
from coevo.study.regions import chosen_regions

TEMPLATES = PROGRAM / "workflow" / "new"
ROLES = ("upstream", "downstream", "purchases", "sales")  # of an indicator in the model
HEAD = 1  # zero-based row of the head; English labels stand above it
NARROWEST, WIDEST = 12, 24  # columns of figures, in characters
GUIDE_WIDTHS = (44, 50, 26, 30, 36, 40)
HEAD_STYLE = {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#eef2f5"}
LABEL_STYLE = {"italic": True, "text_wrap": True, "valign": "bottom", "font_color": "#5b626a"}
Pair = tuple[str, str]  # what is said in Chinese and in English


@cache
def _words() -> dict[str, Pair]:
    return {row["key"]: (row["zh"], row["en"]) for row in read_rows(TEMPLATES / "words.csv")}


def _in_words(key: str, *fields: Sequence[Any]) -> Pair:
    """Return words by key, the fields in their braces: what stands there in each language."""
    chinese, english = (
        words.format(*(pair[k] for pair in fields)) for k, words in enumerate(_words()[key])
    )
    return chinese, english


def _in_one(key: str) -> str:
    """Return words by key in both languages, side by side."""
    return " ".join(_in_words(key))


def _joined(pairs: Sequence[Pair]) -> Pair:
    return "；".join(pair[0] for pair in pairs), "; ".join(pair[1] for pair in pairs)


def marks(study_marks: Mapping[str, str]) -> dict[str, str]:
    """Return the marks for missing figures that can be typed -> their type."""
    shown = known_marks(study_marks).items()
    return {mark: kind for mark, kind in shown if mark not in ("", *PUBLISHERS_MARKS)}


def marks_in_words(study_marks: Mapping[str, str]) -> Pair:
    """Return what to write for each type of missing figure: blank, or the first of its marks."""
    first: dict[str, Pair] = {MISSING_MARKS[""]: _in_words("blank")}
    for mark, kind in marks(study_marks).items():
        first.setdefault(kind, (mark, mark))
    return _joined([_in_words("means", mark, _in_words(kind)) for kind, mark in first.items()])


def source_name(row: Row) -> str:
    """Return the name of an indicator in the files: the first of its aliases."""
    return aliases(row["source_name"])[0]


def unit_name(row: Row) -> str:
    """Return the unit as Chinese files print it; a sign such as % is the same in all languages."""
    return named(row["unit"], "zh")


def both_units(row: Row) -> str:
    """Return the unit in Chinese and English, once if they are the same."""
    return " · ".join(dict.fromkeys((unit_name(row), row["unit"])))


def uses(row: Row, indicators: Sequence[Row], config: Config) -> Iterator[Pair]:
    """Yield what an indicator is for, as Chinese and English text."""
    name = row["indicator"]
    if row["subsystem"]:
        labels = config["subsystems"].get(row["subsystem"], {})
        yield _in_words("subsystem", [labels.get(k, row["subsystem"]) for k in ("zh", "en")])
    derived = [
        _in_both(other, "label")
        for other in indicators
        if other["derivation"] and not other["source_name"]
        if name in parse(other["derivation"])[1]
    ]
    if derived:
        chinese, english = zip(*derived, strict=True)
        yield _in_words("for", ("、".join(chinese), ", ".join(english)))
    pair = config["interaction"] or {}
    roles = {**pair, **named_in_calibration(pair)}
    yield from (_in_words(key) for key in ROLES if roles.get(key) == name)
    if name in config["comovement"]["size"]:
        yield _in_words("size")
    if row["derivation"]:
        yield _in_words("audit")


def _in_both(row: Row, column: str) -> Pair:
    """Return a name or label in Chinese and in English; where one is missing, the other."""
    chinese, english = row.get(f"{column}_zh", ""), row.get(f"{column}_en", "")
    return chinese or english, english or chinese


def guide_blocks(
    indicators: Sequence[Row], regions: Sequence[Row], config: Config
) -> dict[str, list[tuple[str, ...]]]:
    """Return the tables of the guide, the head first; a row for each indicator to fill in."""
    head = (_in_one("unit"), _in_one("source_name"), *_in_words("use"))
    rows: list[tuple[str, ...]] = [(*_in_words("to_fill_in"), *head)]
    for row in indicators:
        if row["source_name"]:
            names = (*_in_both(row, "label"), both_units(row), source_name(row))
            rows.append((*names, *_joined([*uses(row, indicators, config)])))
    kinds = marks(config["missing_marks"]).items()
    return {
        "indicators": rows,
        "marks": [(_in_one("mark"), _in_one("meaning")), *((m, _in_one(k)) for m, k in kinds)],
        "regions": [_in_words("regions"), *(_in_both(row, "name") for row in regions)],
    }


def blank_workbook(
    indicators: Sequence[Row], regions: Sequence[Row], config: Config, guide: Sequence[Pair]
) -> bytes:
    """Return the workbook to fill in, as xlsx; the same arguments give the same bytes.

    Parameters: rows of the indicator table (those with a name in the files get a column), rows of
    the table of regions (the drop-down), the config after defaults, the lines of the guide in
    Chinese and English. As many rows check what is typed as there are regions times years.
    """
    import xlsxwriter

    memory = io.BytesIO()
    book = xlsxwriter.Workbook(
        memory, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"title": f"coevo: {config['study']}", "created": datetime(2000, 1, 1)})
    wanted = chosen_regions(config, regions)
    chosen = [row for row in regions if row["region"] in wanted]
    years = config["years"]["last"] - config["years"]["first"] + 1
    sources = [row for row in indicators if row["source_name"]]
    sheet = book.add_worksheet(_in_one("data"))
    _heads(book, sheet, sources)
    tables = guide_blocks(indicators, chosen, config)
    lists = _guide(book, config["study"], guide, tables)
    _checks(sheet, sources, len(chosen) * years, config, lists)
    book.close()
    return memory.getvalue()


def _heads(book: Any, sheet: Any, sources: Sequence[Row]) -> None:
    """Write English labels, the head with units, widths; freeze them."""
    head, label = book.add_format(HEAD_STYLE), book.add_format(LABEL_STYLE)
    plain = book.add_format({"locked": False})
    chinese = any(CHINESE.search(source_name(row)) for row in sources)
    for column, key in enumerate(("region", "year")):
        sheet.write_string(HEAD, column, _in_one(key), head)
        sheet.set_column(column, column, 14, plain)
    for column, row in enumerate(sources, start=2):
        title = f"{source_name(row)}({unit_name(row)})"
        if chinese:  # beside English names, English labels would read as a part of them
            english = f"{_in_both(row, 'label')[1]} ({row['unit']})"
            sheet.write_string(HEAD - 1, column, english, label)
        sheet.write_string(HEAD, column, title, head)
        sheet.set_column(column, column, min(max(room(title) + 2, NARROWEST), WIDEST), plain)
    sheet.freeze_panes(HEAD + 1, 2)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _checks(
    sheet: Any, sources: Sequence[Row], rows: int, config: Config, lists: Mapping[str, str]
) -> None:
    """Say and check what a cell accepts while it is typed."""
    from xlsxwriter.utility import xl_rowcol_to_cell

    top, end = HEAD + 1, HEAD + rows
    first, last = config["years"]["first"], config["years"]["last"]
    years = _in_words("not_among_years", (first, first), (last, last))
    marks_said = "\n".join(_in_words("missing", marks_in_words(config["missing_marks"])))
    listed = {"validate": "list", "source": f"={lists['regions']}"}
    between = {"validate": "integer", "criteria": "between", "minimum": first, "maximum": last}
    checks = [
        _check(listed, _in_one("region"), "\n".join(_in_words("choose")), _in_words("not_listed")),
        _check(between, _in_one("year"), f"{first}—{last}", years),
    ]
    for column, row in enumerate(sources, start=len(checks)):
        cell = xl_rowcol_to_cell(top, column)
        accepted = f"=OR(ISNUMBER({cell}),ISNUMBER(MATCH({cell},{lists['marks']},0)))"
        custom = {"validate": "custom", "value": accepted}
        checks.append(_check(custom, both_units(row), marks_said, _in_words("no_figure")))
    for column, check in enumerate(checks):
        sheet.data_validation(top, column, end, column, check)


def _check(rule: Config, title: str, message: str, error: Pair) -> dict[str, Any]:
    """Return what a cell accepts and says; Excel allows a title of 32 and a text of 255 characters.

    What is refused is a warning, since reading decides.
    """
    said = {"input_title": title[:32], "input_message": message[:255]}
    return {**rule, **said, "error_message": "\n".join(error), "error_type": "warning"}


def _guide(book: Any, study: str, guide: Sequence[Pair], tables: Config) -> dict[str, str]:
    """Write the sheet of words: how to fill in, indicators, marks, regions.

    Returns the ranges that hold the first column of each table.
    """
    name = _in_one("guide")
    sheet = book.add_worksheet(name)
    sheet.hide_gridlines(2)
    title = book.add_format({"bold": True, "font_size": 13})
    head = book.add_format(HEAD_STYLE)
    text = book.add_format({"text_wrap": True, "valign": "top"})
    for column, columns in enumerate(GUIDE_WIDTHS):
        sheet.set_column(column, column, columns)
    lines: list[tuple[Sequence[str], Any]] = [
        (_in_words("title", (study, study)), title),
        *((pair, text) for pair in guide),
    ]
    lists = {}
    for key, (names, *rows) in tables.items():
        lines += [((), text), (names, head), *((cells, text) for cells in rows)]
        lists[key] = f"'{name}'!$A${len(lines) - len(rows) + 1}:$A${len(lines)}"
    for row, (cells, style) in enumerate(lines):
        for column, words in enumerate(cells):
            sheet.write_string(row, column, words, style)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    return lists
