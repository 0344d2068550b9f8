"""The report: findings put into words, in the formats that a study asks for."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from coevo.report.documents.page import html
from coevo.report.documents.paper import pdf
from coevo.report.documents.report_text import metadata, page_data, text
from coevo.report.documents.word import docx
from coevo.report.findings import Study
from coevo.report.tables.chart_rows import chart_files
from coevo.report.words.index_sentences import Phrases
from coevo.report.words.voices import voice

# A renderer takes the Markdown text, the files by name, the data of the page and the metadata.
Render = Callable[[str, Mapping[str, Any], Mapping[str, Any], Mapping[str, str]], bytes]
FORMATS: dict[str, Render] = {"html": html, "pdf": pdf, "docx": docx}


def presented(
    studies: Iterable[tuple[Study, Phrases]],
    templates: Mapping[str, str],
    provenance: Mapping[str, Mapping[str, str]],
) -> dict[str, str | bytes]:
    """Charts and reports of a study in each language by file name.

    `figures/<language>/<chart>.<ending>` (see `chart_files`), and what `documents` makes of them.
    """
    made: dict[str, str | bytes] = {}
    for study, phrases in studies:
        charts = chart_files(study, phrases)
        made |= {f"figures/{study.language}/{name}": file for name, file in charts.items()}
        made |= documents(study, phrases, {**templates, **charts}, provenance)
    return made


def documents(
    study: Study,
    phrases: Phrases,
    files: Mapping[str, Any],
    provenance: Mapping[str, Mapping[str, str]],
) -> dict[str, bytes]:
    """Reports of one language by file name, `report.<language>.<format>`.

    Parameters
    ----------
    study, phrases
        The study in the language and its phrases.
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
    said, formats = voice(study, phrases), study.config["report"]["formats"]
    meta = metadata(said)
    source = text(said, files["report.md"], provenance)
    data = page_data(said) if "html" in formats else {}
    return {
        f"report.{study.language}.{kind}": FORMATS[kind](source, files, data, meta)
        for kind in formats
    }
