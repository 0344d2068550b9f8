"""Faults of form planted in tables of real figures: what reading must find, and where.

A plant writes a raw folder with one fault in real figures; a sound folder is the same without it.
"""

import io
import random
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from benchmarks.corrupted_files import REGIONS, SALES
from coevo.observations import observe
from coevo.observations.recognition import StudyTerms
from coevo.panel.audit import SERIOUS_MESSAGES, audit_table

NAMES = dict(REGIONS[["region", "name_zh"]].to_numpy().tolist())
NAME, UNITS = "销售额", ("亿元", "万元", "百万元", "元")
Table = list[list[object]]


class Plant(NamedTuple):
    """What must be found: the message, and of which figure it is ("" and 0: of none)."""

    message: str
    region: str = ""
    year: int = 0


Planter = Callable[[random.Random, pd.DataFrame, Path], Plant]


def _table(figures: pd.DataFrame, title: str = f"分省{NAME}", unit: str = UNITS[0]) -> Table:
    """Return figures (regions x years) as a yearbook prints them; the body begins in row 5."""
    head = ["地区", *(f"{year}年" for year in figures.columns)]
    body = [
        [NAMES[region], *row] for region, row in zip(figures.index, figures.values, strict=True)
    ]
    return [[title], [f"指标：{NAME}"], [f"单位：{unit}"], head, *body]


def _text(rows: Table) -> str:
    return "".join(",".join(map(str, row)) + "\n" for row in rows)


def _page(rows: Table) -> str:
    lines = ("<tr>" + "".join(f"<td>{value}</td>" for value in row) + "</tr>\n" for row in rows)
    return f"<html><body><table>\n{''.join(lines)}</table></body></html>"


def _write(folder: Path, content: bytes | str, vintage: str = "2026-10") -> None:
    (folder / vintage).mkdir(parents=True, exist_ok=True)
    content = content.encode() if isinstance(content, str) else content
    (folder / vintage / "sales.bin").write_bytes(content)


def _workbook(rows: Table, formats: dict[tuple[int, int], str], raised: set, old: bool) -> bytes:
    """Return a workbook: number formats of some cells, and a raised 1 behind the figure of some."""
    file = io.BytesIO()
    if old:
        import xlwt

        book = xlwt.Workbook(encoding="utf-8")
        sheet, up = book.add_sheet("表"), xlwt.easyfont("escapement superscript")
        for place, value in _cells(rows):
            style = xlwt.easyxf(num_format_str=formats.get(place, "General"))
            if place in raised:
                sheet.write_rich_text(*place, [str(value), ("1", up)])
            else:
                sheet.write(*place, value, style)
        book.save(file)
        return file.getvalue()
    import xlsxwriter

    with xlsxwriter.Workbook(file) as book:
        sheet, up = book.add_worksheet("表"), book.add_format({"font_script": 1})
        for place, value in _cells(rows):
            if place in raised:
                sheet.write_rich_string(*place, str(value), up, "1")
            elif place in formats:
                sheet.write(*place, value, book.add_format({"num_format": formats[place]}))
            else:
                sheet.write(*place, value)
    return file.getvalue()


def _cells(rows: Table):
    return (((n, m), value) for n, row in enumerate(rows) for m, value in enumerate(row))


def _spot(rng: random.Random, figures: pd.DataFrame) -> tuple[int, int, str, int]:
    """Return a cell of the table, and its region and year."""
    row, column = rng.randrange(len(figures)), rng.randrange(len(figures.columns))
    return 4 + row, 1 + column, figures.index[row], int(figures.columns[column])


def raised_digit(rng: random.Random, figures: pd.DataFrame, folder: Path) -> Plant:
    """A note's number stands raised behind a figure: in a workbook, an old one or a page."""
    row, column, region, year = _spot(rng, figures)
    rows, kind = _table(figures), rng.choice(["xlsx", "xls", "html"])
    if kind == "html":
        note = rng.choice(["<sup>1</sup>", '<span style="vertical-align: super">2</span>'])
        rows[row][column] = f"{rows[row][column]}{note}"
        _write(folder, _page(rows))
    else:
        _write(folder, _workbook(rows, {}, {(row, column)}, kind == "xls"))
    return Plant("raised_digit", region, year)


FORMATS = ("#,##0.00,", "0.00,,", "0!.0000", '0"."0,', r"0\.0,", "#,##0,", "#,##0,.00")


def scaled_format(rng: random.Random, figures: pd.DataFrame, folder: Path) -> Plant:
    """A cell, or all from it on, shows its figure in thousands or ten thousands."""
    row, column, region, year = _spot(rng, figures)
    rows, code = _table(figures), rng.choice(FORMATS)
    if rng.random() < 0.5:
        places = {(row, column)}
    else:  # the whole table, of which the first figure is told
        places = {(n, m) for n in range(4, len(rows)) for m in range(1, len(rows[n]))}
        region, year = figures.index[0], int(figures.columns[0])
    _write(folder, _workbook(rows, dict.fromkeys(places, code), set(), rng.random() < 0.3))
    return Plant("shown_scaled", region, year)


def other_unit(rng: random.Random, figures: pd.DataFrame, folder: Path) -> Plant:
    """A title says another unit than the head or the row of units."""
    one, other = rng.sample(UNITS, 2)
    rows = _table(figures, f"分省{NAME}({other})", one)
    if rng.random() < 0.5:  # the row of units against the name of the indicator
        rows = _table(figures, f"分省{NAME}", other)
        rows[1] = [f"指标：{NAME}({one})"]
    _write(folder, rng.choice([_text, _page])(rows))
    return Plant("units_contradict")


def open_quote(rng: random.Random, figures: pd.DataFrame, folder: Path) -> Plant:
    """A quotation mark, before a name or in a column of notes, is closed some lines later."""
    rows = [[*row, "备注" if n == 3 else ""] if n > 2 else row for n, row in
            enumerate(_table(figures))]  # fmt: skip
    first = rng.randrange(4, len(rows) - 1)
    last = min(len(rows) - 1, first + rng.randrange(1, 6))
    if rng.random() < 0.5:
        rows[first][-1], rows[last][-1] = '"初步', '"'
    else:
        rows[first][0], rows[last][0] = f'"{rows[first][0]}', f'{rows[last][0]}"'
    _write(folder, _text(rows))
    return Plant("quote_swallows")


def short_row(rng: random.Random, figures: pd.DataFrame, folder: Path) -> Plant:
    """A row lacks a field, so that the figures behind it stand a year too early."""
    row, column, region, _ = _spot(rng, figures)
    rows = _table(figures)
    del rows[row][column]
    _write(folder, rng.choice([_text, _page])(rows))
    return Plant("short_row", region, int(figures.columns[0]))


def cut_off(rng: random.Random, figures: pd.DataFrame, folder: Path) -> Plant:
    """The file ends in the middle of a row."""
    write = rng.choice([_text, _page])
    text = write(_table(figures))
    row = rng.randrange(8, len(figures) + 3)
    line = text.splitlines()[row]
    mark = "," if write is _text else "<td>"
    most = line.rindex(mark)  # what is cut within the last figure cannot be seen in a text
    text = "\n".join([*text.splitlines()[:row], line[: rng.randrange(2, most)]])
    _write(folder, text)
    return Plant("cut_off")


def fewer_regions(rng: random.Random, figures: pd.DataFrame, folder: Path) -> Plant:
    """A newer vintage ends between two rows."""
    last = rng.randrange(2, len(figures))
    _write(folder, _text(_table(figures)))
    _write(folder, _text(_table(figures.iloc[:last])), "2026-11")
    return Plant("fewer_regions", figures.index[last], int(figures.columns[0]))


def contradicting_codes(rng: random.Random, figures: pd.DataFrame, folder: Path) -> Plant:
    """Two regions change their codes, or their names."""
    rows = _coded(figures)
    one, other = rng.sample(rows[4:], 2)
    column = rng.randrange(2)
    one[column], other[column] = other[column], one[column]
    _write(folder, _text(rows))
    return Plant("code_contradicts_name")


def odd_year(rng: random.Random, figures: pd.DataFrame, folder: Path) -> Plant:
    """A year is a century off, or two stand in the wrong order."""
    rows = _coded(figures)
    head, place = rows[3], rng.randrange(2, len(figures.columns) + 1)
    century = rng.random() < 0.5
    if century:
        head[place] = f"{figures.columns[place - 2] - 100}年"
    else:
        head[place], head[place + 1] = head[place + 1], head[place]
    _write(folder, _text(rows))
    return Plant("year_of_another_century" if century else "year_out_of_order")


def _coded(figures: pd.DataFrame) -> Table:
    """Return the table with a column of codes before the names."""
    above, body = _table(figures)[:4], _table(figures)[4:]
    above[3].insert(0, "代码")
    return [*above, *([code, *row] for code, row in zip(figures.index, body, strict=True))]


FORMS = (
    raised_digit, scaled_format, other_unit, open_quote, short_row, cut_off, fewer_regions,
    contradicting_codes, odd_year,
)  # fmt: skip
PLANTS: dict[str, Planter] = {form.__name__.replace("_", " "): form for form in FORMS}


def sound(rng: random.Random, figures: pd.DataFrame, folder: Path) -> None:
    """Write the same figures without a fault, in a form of the plants."""
    rows = _table(figures, rng.choice([f"分省{NAME}(亿元)", f"分省{NAME}"]))
    kind = rng.choice([_text, _page, "new", "old"])
    if callable(kind):
        _write(folder, kind(rows))
    else:
        code = rng.choice(["0.00", "#,##0.0_ ", "General", "0.00_);[Red]\\(0.00\\)"])
        formats = {place: code for place, value in _cells(rows) if isinstance(value, float)}
        _write(folder, _workbook(rows, formats, set(), kind == "old"))


def said_of(folder: Path) -> pd.DataFrame:
    """Return the serious findings on a raw folder."""
    files = sorted(map(str, folder.rglob("*.bin")))
    read, remarks = observe(files, str(folder), StudyTerms(SALES, REGIONS))
    audit = audit_table(read, remarks, SALES)
    return audit[audit["message"].isin(SERIOUS_MESSAGES)]


def found(plant: Plant, said: pd.DataFrame) -> bool:
    """Whether what was planted is among the findings, at its region and year."""
    said = said[said["message"] == plant.message]
    if plant.region:
        said = said[(said["region"] == plant.region) & (said["year"] == plant.year)]
    return len(said) > 0
