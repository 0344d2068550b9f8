"""The report: findings put into words, in the formats that a study asks for."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from coevo.files import Texts
from coevo.report.documents.pages import document, html, pdf
from coevo.report.documents.source import metadata, page_data, text
from coevo.report.documents.text_numbers import number_files
from coevo.report.documents.word import docx
from coevo.report.figures.drawing import drawn
from coevo.report.findings.localised import chart_words
from coevo.report.tables.exports import exported
from coevo.report.tables.results_workbook import workbook_bytes
from coevo.report.words.report_text import ReportText

# A renderer takes the document as pandoc reads it, files by name, data of the page, metadata.
Render = Callable[[str, Mapping[str, Any], Mapping[str, Any], Mapping[str, str]], bytes]
FORMATS: dict[str, Render] = {"html": html, "pdf": pdf, "docx": docx}


def presented(
    words: ReportText, templates: dict[str, str], provenance: Mapping[str, Mapping[str, str]]
) -> Iterator[tuple[str, str | bytes]]:
    """Workbook, charts and reports of one language by file name, one after the other.

    `results.<language>.xlsx`, `figures/<language>/<chart>.<ending>` (see `drawn`), and what
    `documents` makes of them.
    """
    yield f"results.{words.study.language}.xlsx", workbook_bytes(words)
    charts = drawn(words.study, chart_words(words.study, words.phrases))
    for name, file in charts.items():
        yield f"figures/{words.study.language}/{name}", file
    yield from documents(words, Texts(templates | charts), provenance).items()


def for_programs(
    tables: Mapping[str, pd.DataFrame], languages: Sequence[ReportText], template: str
) -> Iterator[tuple[str, str | bytes]]:
    """Files for other programs by their path: tables (`exported`), numbers (`number_files`)."""
    yield from exported(tables, languages)
    yield from number_files(languages, template)


def documents(
    words: ReportText, files: Mapping[str, Any], provenance: Mapping[str, Mapping[str, str]]
) -> dict[str, bytes]:
    """Reports of one language by file name, `report.<language>.<format>`.

    Parameters
    ----------
    words
        The study in the language.
    files
        Template, style, script and the charts of the language (`<name>.json`, `.svg` as text,
        `.png` as bytes) by file name.
    provenance
        `files`: digest by path of each raw file; `packages`: version by name.

    Raises
    ------
    StudyError
        A character that no font of the PDF holds.
    """
    study, formats = words.study, words.study.config["report"]["formats"]
    meta = metadata(words)
    source = document(text(words, files["report.md"], provenance), files, meta)
    data = page_data(words) if "html" in formats else {}
    return {
        f"report.{study.language}.{kind}": FORMATS[kind](source, files, data, meta)
        for kind in formats
    }
