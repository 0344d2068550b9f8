"""The tables of a study for other programs: CSV files for Excel, LaTeX, Stata, numbers by key."""

import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain, count
from typing import Any

import numpy as np
import pandas as pd
from pandas.io.stata import StataParser

from coevo.messages import has_wide
from coevo.newreport.blocks import MOST_ROWS, Table, pipe_table
from coevo.newreport.language import Language
from coevo.newreport.markup import READER, Markdown, plain_text
from coevo.newreport.numbers import Number, missing
from coevo.newreport.study import Study
from coevo.newreport.workbook import MOST, SHEETS
from coevo.schema import column_row

# Tables that say how the computation went: neither in the workbook nor beside the reports.
RECORDS = ("fits", "refusals", "checks", "varied_refusals", "prediction_refusals")
IN_PART = ("claims", "goalposts", "regional")  # of which a sheet holds some rows or columns
FORMULA = tuple("=+-@＝＋－＠\t\r")  # signs that open a formula in a spreadsheet
STAMP = datetime(2000, 1, 1)
NAME, LABEL, TEXT = 32, 80, 2045  # Stata: letters of a name and a label, bytes of a plain string
RESERVED = StataParser().RESERVED_WORDS
# Columns that name a row of a table for programs; rows of other tables are named by their place.
NAMED_BY = {
    "regions": ["region"], "by_region": ["region"], "indicators": ["indicator"], "theory": ["row"],
    "strengths": ["line", "effect"], "regressions": ["id"],
}  # fmt: skip
_LINK = re.compile(r"\[([^\]\n]*)\]\(#[\w-]+\)")  # to a section, which a table alone does not have
_DIGITS = {digit: rf"\textsubscript{{{place}}}" for place, digit in enumerate("₀₁₂₃₄₅₆₇₈₉")}
_RAISED = {digit: rf"\textsuperscript{{{place}}}" for place, digit in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")}
TABLE_SIGNS = str.maketrans(_DIGITS | {
    "−": r"\(-\)", "→": r"\(\to\)", "√": r"\(\surd\)", "≥": r"\(\ge\)", "∞": r"\(\infty\)",
    "∪": r"\(\cup\)", "\u202f": r"\,",
})  # fmt: skip
NUMBER_SIGNS = str.maketrans(_RAISED | {
    "−": r"\ensuremath{-}", "<": r"\ensuremath{<}", ">": r"\ensuremath{>}", "\\": "", "*": "",
    "×": r"\ensuremath{\times}", "%": r"\%", "†": r"\dag{}", "\u202f": r"\,", "\u00a0": "~",
})  # fmt: skip
TABLE_HEAD = r"""% Study {}; made by coevo. Needs the packages booktabs, longtable, array, calc{}
% and, for signs beyond those of LaTeX, XeLaTeX with a font that has them. Put in by \input
"""
NUMBERS_HEAD = r"""% Numbers of study {}; made by coevo. Put in by \input, used as \coevo{{<key>}}
\providecommand{{\coevodef}}[2]{{\expandafter\def\csname coevo:#1\endcsname{{#2}}}}
\providecommand{{\coevo}}[1]{{\ifcsname coevo:#1\endcsname\csname coevo:#1\endcsname\else
  \errmessage{{coevo has no number of this key}}\fi}}
"""


def exports(
    study: Study,
    languages: Mapping[str, Language],
    tables: Mapping[str, Sequence[Table]],
    results: Mapping[str, pd.DataFrame],
) -> Iterator[tuple[str, str | bytes]]:
    """Yield files for other programs by their paths.

    Parameters
    ----------
    study
        The study in the first language, in which Stata files are labelled.
    languages
        What writes the study, by language.
    tables
        The tables of the report, by language.
    results
        The tables of results, by name. Those that a sheet of the workbook holds whole are left out.
    """
    for name, frame in results.items():
        whole = name in SHEETS and name not in IN_PART and len(frame) <= MOST
        if name not in RECORDS and not whole:
            yield f"tables/{name}.csv", csv_for_excel(frame)
    for code in languages:
        yield from (
            (f"latex/{name}", text) for name, text in latex_files(study, code, tables[code])
        )
    first = languages[study.language]
    panel = wide_panel(study)
    labels = [_panel_label(first, str(column)) for column in panel]
    yield "stata/panel.dta", stata_file(study, panel, labels)
    for table in tables[study.language]:
        raw = table.raw().map(lambda value: readable(value) if isinstance(value, str) else value)
        heads = {
            field: column.head for column in reversed(table.columns) for field in column.fields
        }
        labels = [readable(Markdown(heads[field])) for field in raw]
        yield f"stata/table_{table.key}.dta", stata_file(study, raw, labels)


def csv_for_excel(frame: pd.DataFrame) -> str:
    """Return a table as CSV that Excel opens as it stands: a byte-order mark, no text a formula."""
    safe = frame.assign(**frame.select_dtypes(["object", "string"]).map(_as_text))
    return "\ufeff" + str(safe.rename(columns=_as_text).to_csv(index=False, lineterminator="\n"))


def _as_text(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def latex_files(study: Study, code: str, tables: Sequence[Table]) -> Iterator[tuple[str, str]]:
    """Yield the tables that fit on pages as `<key>.<language>.tex`; pandoc is asked once."""
    import pypandoc

    name = str(study.config["study"])
    label = re.sub(r"[^A-Za-z0-9-]+", "-", name)
    printed = [table for table in tables if len(table.rows) <= MOST_ROWS]
    parts = (
        f"# {place}\n\n{pipe_table(table, None, f'tab:{label}-{table.key}-{code}')}\n\n{table.note}"
        for place, table in enumerate(printed)
    )
    text = _LINK.sub(r"\1", "\n\n".join(parts))
    latex = pypandoc.convert_text(text, "latex", f"{READER}+table_attributes", ["--wrap=none"])
    latex = latex.translate(TABLE_SIGNS)
    sections = re.split(r"^\\section\{\d+\}\n", latex, flags=re.MULTILINE)[1:]
    for table, part in zip(printed, sections, strict=True):
        head = TABLE_HEAD.format(" ".join(name.split()), ", xeCJK" if has_wide(part) else "")
        yield f"{table.key}.{code}.tex", f"{head}{part.strip()}\n"


def readable(text: str) -> str:
    """Return Markdown as plain text on a line; other text as it stands."""
    if not isinstance(text, Markdown):
        return text
    math = re.sub(r"\$([^$]+)\$", lambda found: re.sub(r"[_{}]", "", found[1]), text)
    math = math.replace(r"\delta", "δ").replace(r"\times", "×")
    return plain_text(re.sub(r"(?<!\\)[*`]", "", math))


def wide_panel(study: Study) -> pd.DataFrame:
    """Return the panel with a row per region and year and a column per indicator; `flags` says
    which figures are filled or otherwise flagged.
    """
    panel, key = study.tables["panel"], ["region", "name", "year"]
    there = panel["indicator"].unique()
    order = [name for name in study.indicators["indicator"] if name in there]
    values = panel.pivot(index=key, columns="indicator", values="value")[order]
    flagged = panel[panel["flag"].fillna("") != ""]
    texts = (flagged["indicator"] + ": " + flagged["flag"]).groupby([flagged[k] for k in key])
    flags = texts.agg("; ".join).reindex(values.index).fillna("")
    return values.assign(flags=flags).rename_axis(columns=None).reset_index()


def _panel_label(language: Language, column: str) -> str:
    if language.study.indicators["indicator"].eq(column).any():
        return language.with_unit(column)
    row = column_row("panel", column)
    return row.words[language.study.language] if row else column


def stata_file(study: Study, frame: pd.DataFrame, labels: Sequence[str]) -> bytes:
    """Return a table as a Stata file (format 118); labels: what its columns hold, in their order.

    What is infinite is missing, since Stata has no infinity.
    """
    names, memory = stata_names(map(str, frame)), io.BytesIO()
    plain = pd.DataFrame({n: _plain(frame[c]) for n, c in zip(names, frame, strict=True)})
    sizes = plain.select_dtypes(exclude="number").map(lambda text: len(text.encode())).max()
    title = str(study.config["title"].get(study.language) or study.config["study"])
    plain.to_stata(
        memory, write_index=False, version=118, time_stamp=STAMP, data_label=title[:LABEL],
        variable_labels={n: text[:LABEL] for n, text in zip(names, labels, strict=True)},
        convert_strl=list(sizes.index[sizes > TEXT]),
    )  # fmt: skip
    return memory.getvalue()


def stata_names(columns: Iterable[str]) -> list[str]:
    """Return names that Stata allows, each once: letters, digits and underscores, at most 32."""
    names: list[str] = []
    for column in columns:
        plain = re.sub(r"\W", "_", column, flags=re.ASCII) or "_"
        bad = plain[0].isdigit() or plain in RESERVED or re.fullmatch(r"str\d+|strL", plain)
        plain = f"_{plain}"[:NAME] if bad else plain[:NAME]
        others = (f"{plain[: NAME - 1 - len(str(place))]}_{place}" for place in count(2))
        names.append(next(name for name in chain([plain], others) if name not in names))
    return names


def _plain(values: pd.Series) -> pd.Series:
    """Values of a type that Stata has."""
    if not pd.api.types.is_numeric_dtype(values):
        return values.astype(object).where(values.notna(), "").map(str)
    if pd.api.types.is_integer_dtype(values) and values.notna().all():
        return values.astype("int64")
    return values.astype("float64").replace([np.inf, -np.inf], np.nan)


def numbers_of(
    study: str,
    tables: Mapping[str, Sequence[Table]],
    abstract: Mapping[str, Mapping[str, Number]],
) -> tuple[str, dict[str, str]]:
    """Return `numbers.json`, and `numbers.<language>.tex` by language, for the text of a paper.

    Parameters
    ----------
    study
        Name of the study.
    tables
        The tables of the report, by language; their numbers have keys such as
        `regions.330000.D`: table, row, column.
    abstract
        The numbers of the abstract by language and key; they stand under `abstract.<key>`.
    """
    entries: dict[str, dict[str, Any]] = {}
    latex = {}
    for code, of_language in tables.items():
        told = {f"abstract.{key}": number for key, number in abstract.get(code, {}).items()}
        for table in of_language:
            told |= _numbers(table)
        told = {key: number for key, number in told.items() if not missing(number.value)}
        for key, number in told.items():
            unit = "%" if number.rstrip().endswith("%") else ""
            value = (100 if unit else 1) * float(number.value)
            entry = entries.setdefault(key, {"value": value, "unit": unit, "printed": {}})
            entry["printed"][code] = str(number)
        lines = sorted(
            f"\\coevodef{{{key}}}{{{number.translate(NUMBER_SIGNS)}}}"
            for key, number in told.items()
        )
        latex[code] = NUMBERS_HEAD.format(" ".join(study.split())) + "\n".join([*lines, ""])
    held = {"study": study, "numbers": dict(sorted(entries.items()))}
    return json.dumps(held, ensure_ascii=False, indent=1) + "\n", latex


def _numbers(table: Table) -> dict[str, Number]:
    """The numbers that a table prints, by table, row and column."""
    found: dict[str, Number] = {}
    for place, row in enumerate(table.rows.to_dict("records"), start=1):
        parts = [str(row[column]) for column in NAMED_BY.get(table.key, ())] or [str(place)]
        for column in table.columns:
            values = [row[field] for field in column.fields]
            shown = column.show(*values) if column.show else values[0]
            if isinstance(shown, Number):
                key = re.sub(r"[^\w.+-]+", "-", ".".join([table.key, *parts, column.fields[0]]))
                others = (f"{key}.{again}" for again in count(2))
                found[next(name for name in chain([key], others) if name not in found)] = shown
    return found
