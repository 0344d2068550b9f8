"""A table of the report, made once: typed columns and rows, from which every format comes; what
stands over its columns, how numbers are shown, keys and messages in the words of a language.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from coevo.report.findings.study_tables import Study, Words, chart_words, variant_word
from coevo.report.tables import LAYOUT
from coevo.report.words.grammar import NO_NOUNS, renamed
from coevo.report.words.markup import Markdown, escaped, plain_text
from coevo.report.words.numbers import NOTHING, Number, missing
from coevo.report.words.report_text import ReportText, Rows
from coevo.schema import HOLE, column_row, column_rows, filling, table_row

_MATH = re.compile(r"(?<!\\)\$([^$]+)\$")
_SPAN = re.compile(r"(?<!\\)\[([^\]\n]+)\](?:\{[^}\n]*\}|\([^)\n]*\))")  # spans and links
_MARKS = re.compile(r"(?<!\\)[*`]+")
MOST = 100_000  # rows of a sheet
OF_HEADLINES = ("headline", "pair", "system", "variant")
BY_SIZE = "by size"  # figures of every size in one column: each has its own format
SIZES = ((1000.0, "#,##0.0"), (0.001, "0.0000"), (0.0, "0.00E+00"))
NUMBER_FORMATS: dict[str, str] = LAYOUT["numbers"]


class Column(NamedTuple):
    """A column: its head, alignment (`l` or `r`), relative width.

    id: its name for programs; shown: the format of its numbers, "" by each number.
    """

    head: str
    align: str = "l"
    width: int = 10
    id: str = ""
    shown: str = ""


class ReportTable(NamedTuple):
    """Columns and rows of cells; text is escaped unless it is Markdown, a `Number` has its value.

    key: by which phrases and readers name the table; kind: classes for the layout, separated by
    spaces; note: below it.
    """

    key: str
    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    kind: str = ""
    note: str = ""


def held_rows(study: Study, name: str) -> pd.DataFrame:
    """The rows of a table that its sheet holds: all, of a long table with regions those that are of
    no region but that in focus. Its CSV holds all.
    """
    table = study.tables[name]
    key = next((column for column in ("region", "scope") if column in table), "")
    if len(table) <= MOST or not key:
        return table
    return table[~table[key].isin(set(study.regions) - {study.focus})]


class Body(NamedTuple):
    """What a study puts into a table: rows of cells, or what the columns of the layout look at,
    heads of its columns (those of the phrases where there are none), and a note.

    look: by which name phrases and layout have the columns; ids: their names for programs.
    """

    rows: Sequence[Any]
    heads: Sequence[str] | None = None
    note: str = ""
    look: str = "columns"
    ids: Sequence[str] = ()


def columns_and_rows(words: ReportText, key: str, body: Body) -> tuple[list[Column], Rows]:
    """The columns of a table by its layout, and its cells: those of a row, or what the expressions
    of the columns say of it, with the words of a phrase.
    """
    layout = LAYOUT[body.look][key]
    heads = words.phrases["tables"][key][body.look] if body.heads is None else body.heads
    more = len(heads) - len(layout)
    looks = [look[:2] for look in layout for _ in range(1 + more * (len(look) > 3))]
    named = zip(heads, looks, body.ids or [""] * len(heads), strict=True)
    columns = [Column(head, align, width, id) for head, (align, width), id in named]
    said = [(words.jinja.compile_expression(cell or "none"), each) for _, _, cell, *each in layout]

    def told(row: dict[str, Any]) -> Iterator[Any]:
        for say, each in said:
            for it in row[each[0]] if each else [row]:
                cell = say(it=it, **row)
                yield NOTHING if missing(cell) else cell

    return columns, [list(told(row)) if isinstance(row, dict) else row for row in body.rows]


def pipe_table(table: ReportTable, identifier: str = "") -> str:
    """The table in Markdown with its caption, which carries the identifier if there is one."""
    rules = [
        "-" * int(c.width) + ":" if c.align == "r" else ":" + "-" * int(c.width)
        for c in table.columns
    ]
    heads: list[str] = [escaped(column.head) for column in table.columns]
    body: list[list[str]] = [[escaped(cell) for cell in row] for row in table.rows]
    lines = ["| " + " | ".join(cells) + " |" for cells in (heads, rules, *body)]
    mark = f" {{#{identifier}}}" if identifier else ""
    return "\n".join([*lines, "", f": {table.caption}{mark}"])


def as_markdown(table: ReportTable) -> Markdown:
    """The table in a division `table-<key>` of its kinds, as the report holds it."""
    attributes = " ".join([f"#table-{table.key}", ".table", *(f".{k}" for k in table.kind.split())])
    below = f"\n\n::: source\n{table.note}\n:::" if table.note else ""
    return Markdown(f":::: {{{attributes}}}\n{pipe_table(table)}{below}\n::::")


def as_frame(table: ReportTable) -> pd.DataFrame:
    """The table with a column per id: numbers where every cell is one, else plain text."""
    cells = zip(*(map(in_cell, row) for row in table.rows), strict=True)
    ids = (column.id for column in table.columns)
    return pd.DataFrame({id: _typed(values) for id, values in zip(ids, cells, strict=True)})


def _typed(values: Sequence[Any]) -> pd.Series:
    numbers = any(isinstance(value, int | float) for value in values)
    if numbers and not any(isinstance(value, str) and value for value in values):
        return pd.Series([None if value == "" else value for value in values], dtype=float)
    return pd.Series(list(map(str, values)), dtype=object)


def in_cell(cell: Any) -> str | float:
    """What a cell holds for a program: the number that it prints, or its text without markup."""
    if isinstance(cell, Number):
        return float(cell.value)
    if isinstance(cell, int | float):
        return "" if cell != cell else cell
    if cell is None or cell == NOTHING:
        return ""
    if isinstance(cell, Markdown):
        return readable(cell)
    return cell if isinstance(cell, str) else str(cell)


def readable(text: str) -> str:
    """Markdown without markup, as a reader of the report sees it."""
    text = _SPAN.sub(r"\1", _MATH.sub(lambda math: _symbols(math[1]), text))
    return plain_text(_MARKS.sub("", text))


def _symbols(math: str) -> Markdown:
    """A formula of a cell on one line of plain text."""
    for name, sign in {"times": "×", "sum": "Σ", "delta": "δ", "alpha": "α"}.items():
        math = math.replace(rf"\{name}", sign)
    plain = re.sub(r"[\^_]\{?([\w*-]+)\}?", r"\1", math)
    return escaped(re.sub(r"\\[,;]|\\(\w+)", r"\1", plain))


def column_of(
    table: str, id: str, labels: Words, language: str, nouns: Mapping[str, str] = NO_NOUNS
) -> Column:
    """Return a column of a table: its words with the unit, or its id where it has none, and the
    format of its numbers.

    labels: of the subsystems, by id and language, as in the configuration; nouns: of the study.
    """
    row, units = column_row(table, id), column_rows("unit")
    if row is None:
        return Column(id, id=id)
    hole = filling(row.column, id) or ""
    named = {name: known.words for name, known in column_rows("language").items()} | dict(labels)
    text = renamed(row.words[language], nouns)
    text = HOLE.sub(lambda _: named.get(hole, {}).get(language, hole), text)
    unit = units[row.unit].words[language] if row.unit in units else ""
    frame = table_row("unit").words[language] if unit else "<column>"
    head = frame.replace("<unit>", unit).replace("<column>", text)
    return Column(head, id=id, shown=NUMBER_FORMATS.get(row.unit, BY_SIZE))


def results_table(
    words: ReportText, name: str, frame: pd.DataFrame, notes: Sequence[str] = ()
) -> ReportTable:
    """Return a table of results, whose values are in words, under the heads of its columns."""
    labels, language = words.study.config["subsystems"], words.study.language
    columns = [column_of(name, str(c), labels, language, words.nouns) for c in frame]
    values = frame.astype(object).where(frame.notna(), None).itertuples(index=False, name=None)
    title = renamed(table_row(name).words[language], words.nouns)
    return ReportTable(name, words.grammar.semicolon.join([title, *notes]), columns, list(values))


def number_format(shown: str, value: float) -> str:
    """Return the format of a number by its size and whether it is whole; a column without a unit
    has no thousands to part.
    """
    if value == round(value):
        return "#,##0" if shown else "0"
    return next(form for least, form in SIZES if abs(value) >= least)


def in_words(table: str, frame: pd.DataFrame, words: ReportText) -> pd.DataFrame:
    """The table with keys as words and messages as sentences; what has no words stands as it is.

    Codes and numbers stay. The fields of a message go into its sentence: their column is left out.
    """
    rows = {column: column_row(table, str(column)) for column in frame}
    types = {column: row.type if row else "" for column, row in rows.items()}
    fields = [column for column, kind in types.items() if kind == "fields"]
    columns: dict[Any, Any] = {}
    for column, kind in types.items():
        if kind == "message":
            pairs = frame[[column, fields.pop(0)]].fillna("").itertuples(index=False, name=None)
            columns[column] = [words.message(key, of) if key else "" for key, of in pairs]
        elif column in OF_HEADLINES and "headline" in frame:
            columns[column] = _of_headlines(words, frame, str(column))
        elif table in ("theory", "theory_formulas") and column == "reason":
            columns[column] = [
                _without_point(words, *at) for at in zip(frame["scope"], frame[column], strict=True)
            ]
        elif kind == "key" or column in ("scope", "name"):
            known = LAYOUT["kinds"]
            name = known.get(f"{table} {column}") or known.get(str(column), str(column))
            texts = frame[column].fillna("")
            columns[column] = texts.map({key: _word(words, name, key) for key in texts.unique()})
        elif kind != "fields":
            columns[column] = frame[column]
    return pd.DataFrame(columns)


def _without_point(words: ReportText, region: str, keys: str) -> str:
    """Why a region has no theoretical point, as its refusals say it; keys: "" where it has one."""
    refusals = words.study.rows("refusals", scope=region, quantity="theory")
    told = refusals[refusals["message"].isin(str(keys).split())]
    pairs = told[["message", "fields"]].fillna("").itertuples(index=False, name=None)
    return words.grammar.semicolon.join(words.message(key, of) for key, of in pairs)


def _of_headlines(words: ReportText, frame: pd.DataFrame, column: str) -> list[str]:
    """A column on headlines in the words of their chart."""
    study, spoken = words.study, chart_words(words.study, words.phrases)
    if column == "headline":
        focus = study.name(study.focus)
        return [spoken[f"headline_{key}"].format(region=focus) for key in frame[column]]
    if column == "pair":
        pairs = frame[column].fillna("").str.split("~")
        return [" · ".join(map(study.label, filter(None, pair))) for pair in pairs]
    choices = frame["choice"] if column == "variant" else ["system"] * len(frame)
    chosen = zip(choices, frame[column].fillna(""), strict=True)
    return [variant_word(spoken, choice, key) for choice, key in chosen]


def _word(words: ReportText, kind: str, key: str) -> str:
    """A key of a kind in words: an indicator, a subsystem, a unit, flags, a name of the code."""
    study = words.study
    if kind == "unit":
        return study.unit_name(key)
    if kind == "flag":
        flags = words.phrases["page"]["script"]["trace"]["flags"]
        return words.grammar.comma.join(flags.get(f.split(":")[0], f) for f in key.split(";"))
    label = study.label(key) if key else ""
    return label if label != key else words.word(kind, key)
