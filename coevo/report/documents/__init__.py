"""The report: findings put into words, in the formats that a study asks for."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from coevo.files import Texts
from coevo.report.documents.pages import document, html, pdf
from coevo.report.documents.source import metadata, page_data
from coevo.report.documents.word import docx
from coevo.report.figures.drawing import drawn
from coevo.report.findings.study_tables import chart_words
from coevo.report.tables.results_workbook import workbook_bytes
from coevo.report.words.report_text import ReportText
from coevo.report.words.text_numbers import Told, numbers_for_latex

# A renderer takes the document as pandoc reads it, files by name, data of the page, metadata.
Render = Callable[[str, Mapping[str, Any], Mapping[str, Any], Mapping[str, str]], bytes]
FORMATS: dict[str, Render] = {"html": html, "pdf": pdf, "docx": docx}


def presented(
    words: ReportText, templates: dict[str, str], said: str, numbers: Mapping[str, Told]
) -> Iterator[tuple[str, str | bytes]]:
    """Workbook, charts, numbers and reports of one language by file name, one after the other.

    `results.<language>.xlsx`, `figures/<language>/<chart>.<ending>` (see `drawn`; data in the first
    language of the study alone), `numbers.<language>.tex`, and what `documents` makes of the text
    that is `said`.
    """
    study, language = str(words.study.config["study"]), words.study.language
    yield f"numbers.{language}.tex", numbers_for_latex(study, numbers)
    yield f"results.{language}.xlsx", workbook_bytes(words)
    charts = drawn(words.study, chart_words(words.study, words.phrases))
    first = language == words.study.config["report"]["languages"][0]
    for name, file in charts.items():
        if name.endswith((".svg", ".png")) or (first and name.endswith(".csv")):
            yield f"figures/{language}/{name}", file
    yield from documents(words, Texts(templates | charts), said).items()


def documents(words: ReportText, files: Mapping[str, Any], said: str) -> dict[str, bytes]:
    """Reports of one language by file name, `report.<language>.<format>`.

    Parameters
    ----------
    words
        The study in the language.
    files
        Style, script and the charts of the language (`<name>.json`, `.svg` as text, `.png` as
        bytes) by file name.
    said
        The text of the report as Markdown.

    Raises
    ------
    StudyError
        A character that no font of the PDF holds.
    """
    study, formats = words.study, words.study.config["report"]["formats"]
    meta = metadata(words)
    source = document(said, files, meta)
    data = page_data(words) if "html" in formats else {}
    return {
        f"report.{study.language}.{kind}": FORMATS[kind](source, files, data, meta)
        for kind in formats
    }
