"""Documents of a report: HTML, PDF and Word, all from its Markdown."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from coevo.newreport.blocks import Report
from coevo.newreport.charts import drawn
from coevo.newreport.documents.page import html
from coevo.newreport.documents.pandoc import Files, read
from coevo.newreport.documents.print import docx, pdf

PRINTS = {"pdf": pdf, "docx": docx}


def documents(
    report: Report, formats: Sequence[str], specs: Mapping[str, dict[str, Any]],
    page: Mapping[str, Any], files: Mapping[str, str], pictures: Files | None = None,
) -> dict[str, bytes]:  # fmt: skip
    """Return a report in formats, by file name: `report.<language>.<html, pdf or docx>`.

    Parameters
    ----------
    report
        The report in one language.
    formats
        Those that are asked for.
    specs, pictures
        Panels by name, and what `images` made of them; it is called if print needs it.
    page
        Data of the script of the HTML page.
    files
        Texts of the templates by file name.

    Raises
    ------
    StudyError
        A character that no font of the PDF holds.
    """
    text, made = report.markdown(), {}
    source = read(text, report.meta, files)
    names = dict.fromkeys(re.findall(r"figures/(\w+)\.svg", text))
    shown = {name: specs[name] for name in names}
    if pictures is None:
        pictures = images(shown) if {*formats} & {*PRINTS} else {}
    for kind in formats:
        if kind == "html":
            made[kind] = html(source, shown, page, report.meta, files)
        else:
            made[kind] = PRINTS[kind](source, pictures, report.meta, files)
    return {f"report.{report.language}.{kind}": document for kind, document in made.items()}


def images(specs: Mapping[str, dict[str, Any]]) -> dict[str, str | bytes]:
    """Return charts as pictures of print: `figures/<name>.svg` and `figures/<name>.png`."""
    pictures: dict[str, str | bytes] = {}
    for name, (svg, png) in drawn(dict(specs)).items():
        pictures |= {f"figures/{name}.svg": svg, f"figures/{name}.png": png}
    return pictures
