"""The workbook of a study in a language: results in words, and formulas that lead to D and E."""

import io
import math
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from coevo.newreport.blocks import Table
from coevo.newreport.charts import PALETTES
from coevo.newreport.formulas import (
    FIRST,
    Formula,
    degrees,
    scored_steps,
    theory_by_region,
    untraced,
)
from coevo.newreport.grades import colours
from coevo.newreport.language import Language
from coevo.newreport.markup import subscript
from coevo.newreport.messages import with_study_nouns
from coevo.newreport.numbers import missing
from coevo.newreport.regression import table_words
from coevo.newreport.sections.claims import NOT_TESTED, claim_text
from coevo.newreport.steps import flag_words
from coevo.newreport.study import Study, chart_words, variant_word
from coevo.schema import HOLE, column_row, column_rows, filling, table_row
from coevo.sensitivity.claims import NOT_TESTABLE

SHEETS = (
    "summary", "degrees", "coupling", "weights", "goalposts", "panel", "steps", "trace",
    "theory_formulas", "parameters", "headlines", "headline_variants", "regional", "claims",
    "audit", "observations",
)  # fmt: skip
MOST = 100_000  # rows of a sheet
AMOUNT = "[>=100]#,##0.0;[<=-100]-#,##0.0;0.00##"
# Formats of numbers by the unit of their column; other numbers have a format by their size.
FORMATS = {
    "year": "0", "count": "#,##0", "rank": "0", "0 to 1": "0.000", "−1 to 1": "0.000",
    "probability": '[=0]0;[<0.001]"<0.001";0.000', "ratio": "0.000", "logarithm": "0.0000",
    "unit of the indicator": AMOUNT, "unit of the row": AMOUNT, "unit of the output": AMOUNT,
}  # fmt: skip
SIZES = ((1000.0, "#,##0.0"), (0.001, "0.0000"), (0.0, "0.00E+00"))
LOOKS = {
    "head": {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1},
    "words": {"text_wrap": True, "valign": "top"},
}
# Columns whose keys have the words of another kind than their own name.
KINDS = {
    "name": "scope", "deciding_choice": "choice", "system": "choice",
    "headlines verdict": "conclusion", "headline_variants verdict": "conclusion",
}  # fmt: skip
AT_LEFT = ("region", "scope", "name", "year")  # columns that stay in sight
DATED = {"rank_first": 0, "rank": -1}  # heads of the summary that name a year of the study
SCHEMAS = {"degrees": "coupling"}  # sheets whose columns another table of `tables.csv` tells
WITH_FORMULAS = ("steps", "trace", "theory_formulas")
LEFT_OUT = {"goalposts": ["sha256"], "regional": ["scope"]}
NARROWEST, WIDEST, LOOKED_AT = 14, 60, 200  # characters of a column; rows that say its width


class Link(str):
    """The name of a sheet that leads to it."""


@dataclass(frozen=True)
class Sheet:
    """A sheet: `ids` of its columns, what stands over them, formats of numbers, and rows."""

    name: str
    title: str
    ids: Sequence[str]
    heads: Sequence[Any]
    formats: Sequence[str]
    rows: Sequence[Sequence[Any]]


def workbook(study: Study, language: Language, tables: Sequence[Table]) -> bytes:
    """Return an xlsx workbook: contents, then the sheets of `SHEETS` that the study has.

    Text is written as text, whatever it begins with; missing numbers are empty cells. Rows go to
    the disk as they are written. The same tables give the same bytes.
    """
    memory, sheets = io.BytesIO(), list(_sheets(study, language, tables))
    lines = [[Link(sheet.name), len(sheet.rows), sheet.title] for sheet in sheets]
    contents = pd.DataFrame(lines, columns=list(column_rows("contents")), dtype=object)
    sheets.insert(0, _sheet(language, "contents", contents))
    with tempfile.TemporaryDirectory() as scratch:
        book = xlsxwriter.Workbook(memory, {"constant_memory": True, "tmpdir": scratch})
        title = f"coevo: {study.config['study']}"
        book.set_properties({"title": title, "created": datetime(2000, 1, 1)})
        looks: dict[str, Any] = {}
        for sheet in sheets:
            page = _write(book, looks, sheet)
            if "grade" in sheet.ids and "D" in sheet.ids:
                _colour_grades(book, page, study, sheet)
        book.close()
    return memory.getvalue()


def sheet_name(language: Language, key: str) -> str:
    """Return the name of a sheet by its key, with no sign that a sheet's name may not have."""
    name = table_words(language, "sheet").get(key) or language.term("sheet", key)
    return re.sub(r"[][:*?/\\']", " ", name).strip()[:31]


def _sheets(study: Study, language: Language, tables: Sequence[Table]) -> Iterator[Sheet]:
    """The sheets behind the contents that have rows."""
    steps = scored_steps(study, language) if study.indexed else pd.DataFrame()
    regions = [table.rows for table in tables if table.key == "regions"]
    made = {
        "summary": regions[0] if regions else pd.DataFrame(),
        "degrees": _degrees_by_year(study) if study.indexed else pd.DataFrame(),
        "steps": steps,
        "trace": degrees(study, steps, sheet_name(language, "steps")) if len(steps) else steps,
        "theory_formulas": theory_by_region(study) if study.pair else pd.DataFrame(),
        "regional": study.rows(
            "regional", statistic=list(table_words(language, "statistic"))
        ).dropna(subset="value"),
        "claims": _claims(study, language),
    }
    for key in SHEETS:
        frame = made[key] if key in made else study.table(key)
        if len(frame):
            yield _sheet(language, key, frame)


def _sheet(language: Language, key: str, frame: pd.DataFrame) -> Sheet:
    """The rows of a table as a sheet, in words; of a very long one those of the focus alone."""
    study, notes = language.study, _untraced(language) if key == "trace" else []
    region = next((column for column in ("region", "scope") if column in frame), "")
    if len(frame) > MOST and region:
        frame = frame[~frame[region].isin(set(study.regions) - {study.focus})]
        notes = [table_row("cut").words[study.language].replace("<name>", key)]
    shown = in_words(language, key, frame) if key != "claims" else frame
    if key not in WITH_FORMULAS:  # whose formulas name columns by their place
        rows = [column_row(SCHEMAS.get(key, key), str(column)) for column in frame]
        if any(row and row.unit == "unit of the indicator" for row in rows):
            shown["unit"] = frame["indicator"].map(study.unit)
        shown = shown.drop(columns=LEFT_OUT.get(key, [])).replace("", None)
        shown = shown.dropna(axis="columns", how="all")
    titles = table_words(language, "title")
    title = titles.get(key) or table_row(key).words[study.language]
    return Sheet(
        sheet_name(language, key),
        language.grammar["semicolon"].join([with_study_nouns(title, language.nouns), *notes]),
        [str(column) for column in shown],
        [_head(language, key, column) for column in shown],
        [_format(key, str(column)) for column in shown],
        shown.astype(object).where(shown.notna(), None).to_numpy().tolist(),
    )


def _untraced(language: Language) -> list[str]:
    """What the sheet of D says of steps that no formula follows."""
    words, kinds = table_words(language, "untraced"), {"U": "composite", "C": "form"}
    steps = untraced(language.study).items()
    return [words[step].format(language.term(kinds[step], method)) for step, method in steps]


def _format(key: str, column: str) -> str:
    """The format of the numbers of a column, `words` of long text, "" of numbers by their size."""
    row = column_row(SCHEMAS.get(key, key), column)
    if key == "degrees" and column.isdigit():
        return FORMATS["0 to 1"]
    if column in ("contents", "found"):
        return "words"
    return FORMATS.get(row.unit, "") if row else ""


def _head(language: Language, key: str, column: Any) -> str | int:
    """What stands over a column: its words with the unit; a year as a number."""
    study, own = language.study, table_words(language, "head")
    own |= table_words(language, "claims") if key == "claims" else {}
    row = column_row(SCHEMAS.get(key, key), str(column))
    known = own.get(f"{key} {column}") or own.get(str(column))
    if row is None or known:
        return known or int(column)
    text = with_study_nouns(row.words[study.language], language.nouns)
    hole = filling(row.column, str(column)) or ""
    text = HOLE.sub(lambda _: study.label(hole), text)
    if key == "summary" and column in DATED:
        text = language.brackets(text, language.year(study.years[DATED[column]]))
    unit = column_rows("unit").get(row.unit)
    if unit is None:
        return text
    pattern = table_row("unit").words[study.language]
    unit_text = with_study_nouns(unit.words[study.language], language.nouns)
    return pattern.replace("<unit>", unit_text).replace("<column>", text)


def in_words(language: Language, table: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table with keys as words and messages as sentences; codes and numbers stay."""
    rows = {column: column_row(SCHEMAS.get(table, table), str(column)) for column in frame}
    types = {column: row.type if row else "" for column, row in rows.items()}
    fields = [column for column, kind in types.items() if kind == "fields"]
    columns: dict[Any, Any] = {}
    for column, kind in types.items():
        if kind == "message":
            pairs = frame[[column, fields.pop(0)]].fillna("").itertuples(index=False, name=None)
            columns[column] = [language.message(key, of) if key else "" for key, of in pairs]
        elif column == "headline":
            focus = language.study.name(language.study.focus)
            charts = language.terms["charts"]
            columns[column] = [charts[f"headline_{k}"].format(region=focus) for k in frame[column]]
        elif column == "variant":
            words = chart_words(
                language.study, {"words": language.terms, "charts": language.terms["charts"]}
            )
            of = zip(frame["choice"], frame[column].fillna(""), strict=True)
            columns[column] = [variant_word(words, *choice) for choice in of]
        elif column == "reason":
            columns[column] = _without_point(language, frame)
        elif kind == "key" or column in ("name", "scope", "pair", "system"):
            name = KINDS.get(f"{table} {column}") or KINDS.get(str(column), str(column))
            texts = frame[column].fillna("").astype(str)
            columns[column] = texts.map({key: _word(language, name, key) for key in set(texts)})
        elif kind != "fields":
            columns[column] = frame[column]
    return pd.DataFrame(columns)


def _word(language: Language, kind: str, key: str) -> str:
    """A key of a kind in words: an indicator, a subsystem, a unit, flags, a name of the code."""
    study = language.study
    if kind == "unit":
        return study.unit_name(key)
    if kind == "flag":
        return flag_words(language, key)
    if kind == "pair":
        return " · ".join(map(study.label, filter(None, key.split("~"))))
    if kind == "parameter":
        return language.term("symbol", key) if key == "d" else key[:1] + subscript(key[1:])
    if kind in ("statistic", "of"):
        return table_words(language, kind)[key]
    if kind == "scope":
        known = table_words(language, kind)
        return known.get(key) or language.term("group", language.term(kind, key))
    label = study.label(key) if key else ""
    return label if label != key else language.term(kind, key).replace("_", " ")


def _without_point(language: Language, frame: pd.DataFrame) -> list[str]:
    """Why regions have no theoretical point, as their refusals say it; "" of those that have."""
    texts = []
    for region, keys in zip(frame["scope"], frame["reason"].fillna(""), strict=True):
        refusals = language.study.rows("refusals", scope=region, quantity="theory")
        told = refusals[refusals["message"].isin(str(keys).split())].fillna("")
        reasons = told[["message", "fields"]].itertuples(index=False, name=None)
        texts.append(language.grammar["semicolon"].join(language.message(*r) for r in reasons))
    return texts


def _degrees_by_year(study: Study) -> pd.DataFrame:
    D = study.coupling.pivot(index="region", columns="year", values="D").loc[study.listing]
    D.insert(0, "name", [study.name(region) for region in D.index])
    return D.rename_axis(columns=None).reset_index()


def _claims(study: Study, language: Language) -> pd.DataFrame:
    """Claims on the results, then those of a paper: claim, test, what follows, verdict."""
    rows = []
    for row in [*study.table("headline_claims").to_dict("records"), *_of_paper(study)]:
        test = str(row.get("check", row["claim"]))
        alone = f"{test}_alone"
        tested = language.terms["tested"]
        test = tested.get(alone, tested.get(test, "")) if study.single else tested.get(test, "")
        claim = str(row["claim"]) if "check" in row else claim_text(language, row)
        if not missing(row.get("paper")) and row["paper"]:
            claim = language.brackets(claim, row["paper"])
        verdict = NOT_TESTED if row["verdict"] == NOT_TESTABLE else row["conclusion"]
        found = language.message(row["computed"], row["fields"])
        rows.append((claim, test, found, language.term("conclusion", verdict)))
    return pd.DataFrame(rows, columns=["claim", "test", "found", "verdict"])


def _of_paper(study: Study) -> list[dict[Any, Any]]:
    """Claims of a paper that figures of the files can be held against."""
    claims = study.table("claims")
    rows: list[dict[Any, Any]] = claims[claims["computed"] != "no_figures"].to_dict("records")
    return rows


def _write(book: Any, looks: dict[str, Any], sheet: Sheet) -> Any:
    """Write the heads of a sheet and its rows; freeze the heads and offer filters."""

    def look(name: str) -> Any:
        if name and name not in looks:
            looks[name] = book.add_format(LOOKS.get(name, {"num_format": name}))
        return looks.get(name)

    page = book.add_worksheet(sheet.name)
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.set_header("&L&A")
    page.repeat_rows(0)
    page.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})  # codes of regions are text
    for column, head in enumerate(sheet.heads):
        first = (row[column] for row in sheet.rows[:LOOKED_AT])
        lengths = (len(text.encode("gb18030")) + 1 for text in first if isinstance(text, str))
        width = max(NARROWEST, min(max(lengths, default=0), WIDEST))
        page.set_column(column, column, width)
        _write_cell(page, 0, column, head, look("head"))
    for row, values in enumerate(sheet.rows, start=FIRST):
        for column, value in enumerate(values):
            _write_cell(page, row, column, value, look(_look_of(sheet.formats[column], value)))
    frozen = next((place for place, id in enumerate(sheet.ids) if id not in AT_LEFT), 0)
    page.freeze_panes(FIRST, frozen or 1)
    page.autofilter(0, 0, max(len(sheet.rows), FIRST), len(sheet.ids) - 1)
    return page


def _look_of(shown: str, value: Any) -> str:
    """The format of a value: its column's, or of a number by its size."""
    value = value.value if isinstance(value, Formula) else value
    if shown or value is None or isinstance(value, str | bool) or not math.isfinite(value):
        return shown
    return (
        "0" if value == round(value) else next(form for least, form in SIZES if abs(value) >= least)
    )


def _write_cell(page: Any, row: int, column: int, value: Any, look: Any) -> None:
    """Write a value as what it is: text, TRUE or FALSE, a number; nothing for what is missing."""
    if value is None or value == "":
        return
    if isinstance(value, Formula):
        page.write_formula(row, column, f"={value.text}", look, value.value)
    elif isinstance(value, Link):
        page.write_url(row, column, f"internal:'{value}'!A1", look, value)
    elif isinstance(value, str) or not math.isfinite(value):  # no workbook has infinity
        page.write_string(row, column, str(value), look)
    else:
        page.write(row, column, value, look)


def _colour_grades(book: Any, page: Any, study: Study, sheet: Sheet) -> None:
    """Colour each grade, and the D that it is of, as the charts do."""
    light, last = PALETTES["light"], len(sheet.rows)
    for label, place in colours(study.grades).items():
        cell = xl_rowcol_to_cell(FIRST, sheet.ids.index("grade"), col_abs=True)
        look = book.add_format({"bg_color": light[f"g{place}"], "font_color": light[f"t{place}"]})
        rule = {"type": "formula", "criteria": f'={cell}="{label}"', "format": look}
        for column in map(sheet.ids.index, ("grade", "D")):
            page.conditional_format(FIRST, column, last, column, rule)
