"""Every file of a study's tables for other programs: CSV files for Excel, LaTeX, Stata.

Stata has variable labels, codes with value labels, the same bytes each time.
"""

import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from pandas.io.stata import StataParser

from coevo.coupling.grade_scales import STAGES
from coevo.messages import has_wide
from coevo.report.findings.study_tables import Study
from coevo.report.tables import LAYOUT, for_excel
from coevo.report.tables.annex import printable, report_tables
from coevo.report.tables.columns import column_of
from coevo.report.tables.report_table import as_frame, pipe_table, readable
from coevo.report.words.markup import READER
from coevo.report.words.report_text import ReportText
from coevo.report.words.text_numbers import numbers_by_key

_LATEX = LAYOUT["latex"]
_LINK = re.compile(r"\[([^\]\n]+)\]\(#[\w-]+\)")  # to a section, which a table alone does not have

STAMP = datetime(2000, 1, 1)
NAME, LABEL, TEXT = 32, 80, 2045  # characters of a name and of a label, bytes of a plain string
RESERVED = StataParser().RESERVED_WORDS


def for_programs(
    tables: Mapping[str, pd.DataFrame], languages: Sequence[ReportText], numbers: Mapping[str, Any]
) -> Iterator[tuple[str, str | bytes]]:
    """Every file for other programs by its path, one after the other: `tables/<table>.csv` with a
    byte-order mark, `latex/<table>.<language>.tex`, `stata/<table>.dta` in the first language,
    `numbers.json`.

    languages: the words of the study in each; numbers: those of the text, by language.
    """
    yield from ((f"tables/{name}.csv", for_excel(table)) for name, table in tables.items())
    for words in languages:
        yield from ((f"latex/{name}", text) for name, text in latex_files(words))
    yield from ((f"stata/{name}", data) for name, data in stata_files(languages[0]))
    yield "numbers.json", numbers_by_key(str(languages[0].study.config["study"]), numbers)


def latex_files(words: ReportText) -> Iterator[tuple[str, str]]:
    """Tables by file name, `<name>.<language>.tex`, each with what it needs; one that a study lacks
    is left out. Pandoc is asked once for all of them.
    """
    import pypandoc

    tables = printable(report_tables(words))
    study, language = str(words.study.config["study"]), words.study.language
    label = re.sub(r"[^A-Za-z0-9-]+", "-", study)
    marked = (
        f"# {i}\n\n{pipe_table(table, f'tab:{label}-{table.key}-{language}')}\n\n{table.note}"
        for i, table in enumerate(tables)
    )
    text = _LINK.sub(r"\1", words.grammar.joined("\n\n".join(marked)))
    latex = pypandoc.convert_text(text, "latex", f"{READER}+table_attributes", ["--wrap=none"])
    latex = latex.translate(str.maketrans(_LATEX["table_signs"]))
    parts = re.split(r"^\\section\{\d+\}\n", latex, flags=re.MULTILINE)[1:]
    for table, part in zip(tables, parts, strict=True):
        chinese = _LATEX["chinese"] if has_wide(part) else ""
        head = _LATEX["table_head"].format(study=" ".join(study.split()), chinese=chinese)
        yield f"{table.key}.{language}.tex", f"{head}{part.strip()}\n"


def stata_files(voice: ReportText) -> Iterator[tuple[str, bytes]]:
    """Tables by file name, labelled in the language of the study: `<table>.dta` of the results,
    `table_<key>.dta` of the report.
    """
    study = voice.study
    frames = {"panel": wide_panel(study)}
    frames |= {name: study.tables[name] for name in LAYOUT["stata"] if name in study.tables}
    for name, frame in frames.items():
        labels = [_label(name, id, study, voice.grammar.note) for id in map(str, frame)]
        yield f"{name}.dta", stata_file(frame, voice, labels)
    for table in report_tables(voice):
        heads = [readable(column.head) for column in table.columns]
        yield f"table_{table.key}.dta", stata_file(as_frame(table), voice, heads)


def wide_panel(study: Study) -> pd.DataFrame:
    """The panel with a row per region and year and a column per indicator.

    `flags` says which figures are filled or otherwise flagged: `indicator: flag; ...`.
    """
    panel, key = study.tables["panel"], ["region", "name", "year"]
    there = panel["indicator"].unique()
    order = [i for i in study.indicators["indicator"] if i in there]
    values = panel.pivot(index=key, columns="indicator", values="value")[order]
    flagged = panel[panel["flag"].fillna("") != ""]
    texts = (flagged["indicator"] + ": " + flagged["flag"]).groupby([flagged[k] for k in key])
    flags = texts.agg("; ".join).reindex(values.index).fillna("")
    return values.assign(flags=flags).rename_axis(columns=None).reset_index()


def stata_file(frame: pd.DataFrame, voice: ReportText, labels: Sequence[str]) -> bytes:
    """A table as a Stata file (format 118); what is infinite is missing, Stata has no infinity.

    labels: what its columns hold, in their order.
    """
    names, study, memory = stata_names(map(str, frame)), voice.study, io.BytesIO()
    coded = {name: _coded(str(c), frame[c], voice) for name, c in zip(names, frame, strict=True)}
    plain = pd.DataFrame({name: values for name, (values, _) in coded.items()})
    codes = {name: words for name, (_, words) in coded.items() if words}
    sizes = plain.select_dtypes(exclude="number").map(lambda text: len(text.encode())).max()
    title = str(study.config["title"].get(study.language) or study.config["study"])
    titles = {name: text[:LABEL] for name, text in zip(names, labels, strict=True)}
    plain.to_stata(
        memory, write_index=False, version=118, time_stamp=STAMP, variable_labels=titles,
        data_label=title[:LABEL], value_labels=codes, convert_strl=list(sizes.index[sizes > TEXT]),
    )  # fmt: skip
    return memory.getvalue()


def stata_names(columns: Iterable[str]) -> list[str]:
    """Names that Stata allows, each once: letters, digits and underscores, at most 32."""
    names: list[str] = []
    for column in columns:
        plain = re.sub(r"\W", "_", column, flags=re.ASCII) or "_"
        bad = plain[0].isdigit() or plain in RESERVED or re.fullmatch(r"str\d+|strL", plain)
        name = plain = f"_{plain}"[:NAME] if bad else plain[:NAME]
        count = 1
        while name in names:
            count += 1
            name = f"{plain[: NAME - len(str(count)) - 1]}_{count}"
        names.append(name)
    return names


def _plain(values: pd.Series) -> pd.Series:
    """Values of a type that Stata has."""
    if not pd.api.types.is_numeric_dtype(values):
        return values.astype(object).where(values.notna(), "").map(str)
    if pd.api.types.is_integer_dtype(values) and values.notna().all():
        return values.astype("int64")
    return values.astype("float64").replace([np.inf, -np.inf], np.nan)


def _label(table: str, id: str, study: Study, note: str) -> str:
    """What a column of a table holds: an indicator with its unit, else the words of columns."""
    if not study.indicators["indicator"].eq(id).any():
        return column_of(table, id, study.config["subsystems"], study.language).head
    unit = study.unit(id)
    return study.label(id) + (note.format(unit) if unit else "")


def _coded(column: str, values: pd.Series, voice: ReportText) -> tuple[pd.Series, dict[int, str]]:
    """Codes with their words, from 1 in the order of these, 0 and 1 for no and yes; values as they
    are, without words, where there is another one.
    """
    study = voice.study
    stages = [voice.word("stage", stage) for stage in STAGES.labels]
    known: dict[str, dict[Any, str]] = {
        "grade": dict(zip(study.grades.labels, study.grades.labels, strict=True)),
        "stage": dict(zip(stages, stages, strict=True)),
        "lagging": {"synchronous": voice.word("lagging", "synchronous")}
        | {s: study.label(s) for s in study.subsystems},
        "located": {yes: voice.term("answer", yes) for yes in (False, True)},
    }
    words = known.get(column, {})
    if column == "located":
        values = values.astype(str).str.lower().eq("true")
    codes = {value: i for i, value in enumerate(words, start=int(column != "located"))}
    if not words or not set(values.dropna()) <= {*codes, ""}:
        return _plain(values), {}
    return _plain(values.map(codes)), dict(zip(codes.values(), words.values(), strict=True))
