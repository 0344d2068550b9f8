"""Pages that Typst sets in the installed fonts alone: those of the report, and single charts."""

import tempfile
from collections.abc import Mapping
from pathlib import Path, PurePath
from typing import Any

from coevo.report.figures import fonts


def typeset(
    sources: Mapping[str, str], charts: Mapping[str, str], otherwise: str = "", **options: Any
) -> dict[str, bytes]:
    """Each source as a file of its own; the fonts are read once.

    Parameters
    ----------
    sources
        Typst source by name.
    charts
        SVG by path, as the sources name it.
    otherwise
        What else a reader could do about a character that no font holds.
    options
        Of Typst: `format` and what belongs to it.

    Raises
    ------
    StudyError
        A character that none of the fonts holds: Typst would draw a box.
    """
    import typst

    shown = {f"figure {PurePath(path).stem}": image for path, image in charts.items()}
    fonts.check_characters({**sources, **shown}, otherwise)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for path, text in {**charts, **{f"{n}.typ": s for n, s in sources.items()}}.items():
            (folder / path).parent.mkdir(exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
        compiler = typst.Compiler(
            root=scratch,
            font_paths=[str(place) for place in fonts.font_folders()],
            ignore_system_fonts=True,
        )
        made = {}
        for name in sources:
            file = compiler.compile(input=str(folder / f"{name}.typ"), **options)
            assert isinstance(file, bytes)  # a PDF or one page, not a list of pages
            made[name] = file
        return made
