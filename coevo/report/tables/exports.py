"""Every file of a study's tables for other programs: CSV files for Excel, LaTeX, Stata.

Stata has variable labels, the same bytes each time.
"""

import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from pandas.io.stata import StataParser

from coevo.messages import has_wide
from coevo.report.findings.study_tables import Study
from coevo.report.tables import LAYOUT, for_excel
from coevo.report.tables.annex import documented, printable
from coevo.report.tables.report_table import as_frame, column_of, held_rows, pipe_table, readable
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
    byte-order mark of results that no sheet holds whole, `latex/<table>.<language>.tex`,
    `stata/<table>.dta` in the first language, `numbers.json`.

    languages: the words of the study in each; numbers: those of the text, by language.
    """
    for name in [name for name in tables if name not in LAYOUT["records"]]:
        sheet = LAYOUT["sheets"]
        if name not in sheet or len(held_rows(languages[0].study, name)) < len(tables[name]):
            yield f"tables/{name}.csv", for_excel(tables[name])
    for words in languages:
        yield from ((f"latex/{name}", text) for name, text in latex_files(words))
    yield from ((f"stata/{name}", data) for name, data in stata_files(languages[0]))
    yield "numbers.json", numbers_by_key(str(languages[0].study.config["study"]), numbers)


def latex_files(words: ReportText) -> Iterator[tuple[str, str]]:
    """The tables of the document by file name, `<name>.<language>.tex`, each with what it needs.
    Pandoc is asked once for all of them.
    """
    import pypandoc

    tables = printable(documented(words))
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
    """Tables by file name, labelled in the language of the study: `panel.dta`, and
    `table_<key>.dta` of the document.
    """
    panel = wide_panel(voice.study)
    labels = [_label(id, voice.study, voice.grammar.note) for id in map(str, panel)]
    yield "panel.dta", stata_file(panel, voice, labels)
    for table in documented(voice):
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
    plain = pd.DataFrame({n: _plain(frame[c]) for n, c in zip(names, frame, strict=True)})
    sizes = plain.select_dtypes(exclude="number").map(lambda text: len(text.encode())).max()
    title = str(study.config["title"].get(study.language) or study.config["study"])
    titles = {name: text[:LABEL] for name, text in zip(names, labels, strict=True)}
    plain.to_stata(
        memory, write_index=False, version=118, time_stamp=STAMP, variable_labels=titles,
        data_label=title[:LABEL], convert_strl=list(sizes.index[sizes > TEXT]),
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


def _label(id: str, study: Study, note: str) -> str:
    """What a column of the panel holds: an indicator with its unit, else the words of columns."""
    if not study.indicators["indicator"].eq(id).any():
        return column_of("panel", id, {}, study.language).head
    unit = study.unit(id)
    return study.label(id) + (note.format(unit) if unit else "")
