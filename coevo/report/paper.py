"""The report as PDF, through Typst."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from coevo import fonts
from coevo.report.pandoc import charts, converted

TIMESTAMP = 0  # the PDF carries no date of its own, so that two builds give the same bytes


def typst(text: str, files: Mapping[str, Any], metadata: Mapping[str, str]) -> str:
    """The report as Typst source."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        options = [f"--template={folder / 'report.typ'}"]
        return converted(text, "typst-smart", files, folder, options, metadata)


def pdf(
    text: str, files: Mapping[str, Any], regions: Mapping[str, Any], metadata: Mapping[str, str]
) -> bytes:
    """The report as PDF, set by Typst in the installed fonts, with fixed metadata.

    Raises
    ------
    StudyError
        A character that none of the fonts holds.
    """
    import typst as compiler

    source = typst(text, files, metadata)
    used = {name: files[f"{name}.svg"] for name in charts(source)}
    fonts.check({"report": source} | {f"figure {name}": image for name, image in used.items()})
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "figures").mkdir()
        for name, image in used.items():
            (folder / "figures" / f"{name}.svg").write_text(image, encoding="utf-8")
        (folder / "report.typ").write_text(source, encoding="utf-8")
        return compiler.compile(
            str(folder / "report.typ"),
            root=str(folder),
            font_paths=[str(place) for place in fonts.font_folders()],
            ignore_system_fonts=True,
            format="pdf",
            timestamp=TIMESTAMP,
            pdf_standards="ua-1",
        )
