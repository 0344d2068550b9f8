"""The report as PDF, through Typst."""

from collections.abc import Mapping
from typing import Any

from coevo.report.documents.pandoc import charts, converted
from coevo.report.figures.fonts import with_stand_ins
from coevo.report.figures.typesetting import typeset

TIMESTAMP = 0  # the PDF carries no date of its own, so that two builds give the same bytes


def typst(source: str, files: Mapping[str, Any], metadata: Mapping[str, str]) -> str:
    """The report as Typst source."""
    options = ["--template=report.typ"]
    return converted(source, "typst-smart-citations", files, options, metadata).decode()


def pdf(
    source: str, files: Mapping[str, Any], data: Mapping[str, Any], metadata: Mapping[str, str]
) -> bytes:
    """The report as PDF, set by Typst in the installed fonts, with fixed metadata.

    What raw files say in characters that no font holds has 〓 for each.

    Raises
    ------
    StudyError
        A character of the title or of a chart that none of the fonts holds.
    """
    used = {f"figures/{name}.svg": files[f"{name}.svg"] for name in charts(source)}
    own = "".join([*metadata.values(), *used.values()])
    made = typeset(
        {"report": with_stand_ins(typst(source, files, metadata), own)},
        used,
        "leave pdf out of report.formats",
        format="pdf",
        timestamp=TIMESTAMP,
        pdf_standards="ua-1",
    )
    return made["report"]
