"""Pages that Typst sets in the installed fonts alone: those of the report, and single charts."""

import re
import tempfile
from collections.abc import Mapping
from pathlib import Path, PurePath
from typing import Any

from coevo.characters import has_wide
from coevo.errors import StudyError
from coevo.report.figures import fonts

# Letters that the Latin font joins and the Chinese one does not, or the other way round. A text of
# both scripts is set in one font and its gaps are filled from the other glyph by glyph: a joined
# pair puts them out of step, and leaves boxes.
_JOINED = re.compile("f(?=[fijltbhk])")
_APART = "\u200c"  # sets letters apart, and no room between them
_TEXT = re.compile(r"(?<=>)[^<>]+(?=<)")


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
    charts = {path: unjoined(image) for path, image in charts.items()}
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
            try:
                file = compiler.compile(input=str(folder / f"{name}.typ"), **options)
            except typst.TypstError as problem:
                if "could not be displayed" not in str(problem):
                    raise
                raise StudyError(
                    f"{name}: {problem}; write it in other characters"
                    + (f" or {otherwise}" if otherwise else "")
                ) from None
            assert isinstance(file, bytes)  # a PDF or one page, not a list of pages
            made[name] = file
        return made


def unjoined(svg: str) -> str:
    """An SVG of Chinese text with the letters apart that a font would join."""
    if not has_wide(svg):
        return svg
    return _TEXT.sub(lambda text: _JOINED.sub(lambda pair: pair[0] + _APART, text[0]), svg)
