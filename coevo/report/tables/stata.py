"""Results as Stata files: variable labels, codes with value labels, the same bytes each time."""

import io
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from pandas.io.stata import StataParser

from coevo.coupling.grade_scales import STAGES
from coevo.report.findings.study_tables import Study
from coevo.report.tables import LAYOUT
from coevo.report.tables.annex import report_tables
from coevo.report.tables.columns import column_of
from coevo.report.tables.report_table import as_frame, readable
from coevo.report.words.report_text import ReportText

STAMP = datetime(2000, 1, 1)
NAME, LABEL, TEXT = 32, 80, 2045  # characters of a name and of a label, bytes of a plain string
RESERVED = StataParser().RESERVED_WORDS


def stata_files(voice: ReportText) -> dict[str, bytes]:
    """Tables by file name, labelled in the language of the study: `<table>.dta` of the results,
    `table_<key>.dta` of the report.
    """
    study = voice.study
    frames = {"panel": wide_panel(study)}
    frames |= {name: study.tables[name] for name in LAYOUT["stata"] if name in study.tables}
    files = {}
    for name, frame in frames.items():
        labels = [_label(name, id, study, voice.grammar.note) for id in map(str, frame)]
        files[f"{name}.dta"] = stata_file(frame, voice, labels)
    for table in report_tables(voice):
        heads = [readable(column.head) for column in table.columns]
        files[f"table_{table.key}.dta"] = stata_file(as_frame(table), voice, heads)
    return files


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
    names = dict(zip(frame.columns, stata_names(map(str, frame.columns)), strict=True))
    columns: dict[str, pd.Series] = {}
    codes: dict[str, dict[int, str]] = {}
    for column, name in names.items():
        columns[name], words = _coded(str(column), frame[column], voice)
        codes |= {name: words} if words else {}
    plain, memory, study = pd.DataFrame(columns), io.BytesIO(), voice.study
    sizes = plain.select_dtypes(exclude="number").map(lambda text: len(text.encode())).max()
    title = str(study.config["title"].get(study.language) or study.config["study"])
    titles = {name: text[:LABEL] for name, text in zip(names.values(), labels, strict=True)}
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
