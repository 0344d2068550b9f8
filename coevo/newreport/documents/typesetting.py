"""Typesetting by Typst in the installed fonts alone: pages of the report, charts as images.

The fonts are checked to hold every character, since Typst draws others as boxes.
"""

import atexit
import base64
import importlib.resources
import io
import re
import shutil
import struct
import tempfile
import zlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path, PurePath
from typing import Any

from coevo.errors import Problems, StudyError
from coevo.messages import QUOTES, WIDE, has_wide

PACKAGES = {  # all under the Open Font License; the last holds Chinese characters
    "fontpkg_source_serif_4": "files",
    "fontpkg_source_sans_3": "files",
    "justmytype_intl_cjk": "fonts/ofl/notosanssc",
}
WEIGHTS = {"fvar", "gvar", "avar", "HVAR", "MVAR", "STAT"}  # tables of a variable font
LAYOUT = ["GPOS", "GSUB", "GDEF", "BASE", "vhea", "vmtx"]  # tables that the page does not need
BETWEEN_TAGS = re.compile(r"(?<=>)[^<>]+(?=<)")
# Letters that the Latin font joins and the Chinese one does not, or the other way round: a text of
# both scripts would get boxes in their place. The sign between them parts them without room.
JOINED, APART = re.compile("f(?=[fijltbhk])"), "\u200c"
STAND_IN = "〓"
CONTEXT = 24  # characters that a message shows on either side of one that no font holds
RESOLUTION = 300  # dots per inch of a chart as wide as the page of the PDF
HEAD = 33  # bytes of a PNG's signature and first chunk
PAGE = '#set page(width: auto, height: auto, margin: 0pt, fill: white)\n#image("{}.svg")\n'


def font_folders() -> list[Path]:
    """Return the folders of the installed font packages."""
    return [Path(str(importlib.resources.files(name) / at)) for name, at in PACKAGES.items()]


def _chinese_font(**options: Any) -> Any:
    from fontTools.ttLib import TTFont

    (source,) = font_folders()[-1].glob("*.ttf")
    return TTFont(source, recalcTimestamp=False, lazy=True, **options)


@cache
def measuring_folder() -> Path:
    """Return a folder with the plain face of the Chinese font, by which charts measure words: on
    the whole font with its weights that takes three times as long.
    """
    font = _chinese_font(recalcBBoxes=False)
    for table in WEIGHTS & set(font.keys()):
        del font[table]
    folder = tempfile.mkdtemp(prefix="coevo-fonts-")
    atexit.register(shutil.rmtree, folder)
    font.save(Path(folder, "plain.ttf"))
    return Path(folder)


def chinese_face(text: str, family: str, characters: str = WIDE + QUOTES) -> str:
    """Return CSS that brings a page a font for the Chinese `characters` of a text, if any."""
    points = frozenset(map(ord, re.findall(f"[{characters}]", text)))
    if not points:
        return ""
    return (
        f'@font-face {{ font-family: "{family}"; font-weight: 100 900; '
        f'src: url(data:font/woff;base64,{_subset(points)}) format("woff"); }}\n'
    )


@cache
def _subset(points: frozenset[int]) -> str:
    """Return the Chinese font with some characters alone, in base 64."""
    from fontTools.subset import Options, Subsetter

    font, file = _chinese_font(), io.BytesIO()
    # The file names no glyph, and names made from its 30,000 characters are not kept either.
    font.setGlyphOrder([f"glyph{i:05d}" for i in range(font["maxp"].numGlyphs)])
    options = Options(hinting=False)
    options.drop_tables += LAYOUT
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=points)
    subsetter.subset(font)
    font.flavor = "woff"
    font.save(file)
    return base64.b64encode(file.getvalue()).decode()


@cache
def covered() -> frozenset[int]:
    """Return the code points that at least one of the fonts holds."""
    from fontTools.ttLib import TTFont

    paths = [path for folder in font_folders() for path in folder.glob("*.ttf")]
    return frozenset().union(*(TTFont(path, lazy=True).getBestCmap() for path in paths))


def unknown(text: str) -> list[str]:
    """Return the characters of a text that no font holds, each once."""
    return [c for c in sorted(set(text)) if not (c.isspace() or ord(c) in covered())]


def with_stand_ins(text: str, study_texts: str) -> str:
    """Return a text with 〓 for each character that no font holds: such stand in raw files, which
    nobody is to write anew. One that is in the study's own texts as well is left, to be refused.
    """
    strange = set(unknown(text)) - set(study_texts)
    return text.translate(dict.fromkeys(map(ord, strange), STAND_IN))


def check_characters(texts: Mapping[str, str], otherwise: str = "") -> None:
    """Refuse characters that no font holds.

    texts: text by the name of its place; otherwise: what else a reader could do: " or …".

    Raises
    ------
    StudyError
        One line for each place, with the words around the first of them.
    """
    problems = Problems()
    for place, text in texts.items():
        missing = unknown(text)
        if missing:
            named = ", ".join(f"{c!r} (U+{ord(c):04X})" for c in missing)
            at = text.index(missing[0])
            context = re.sub(r"\s+", " ", text[max(0, at - CONTEXT) : at + CONTEXT])
            held = f"no font holds {named} in “…{context}…”"
            problems.add(f"{place}: {held}; write it in other characters{otherwise}")
    problems.check()


def typeset(
    sources: Mapping[str, str], charts: Mapping[str, str], otherwise: str = "", **options: Any
) -> dict[str, bytes]:
    """Return each Typst source as a file of its own; the fonts are read once.

    charts: SVG by path, as the sources name it; otherwise: see `check_characters`; options: of
    Typst, `format` and what belongs to it. A character that no font holds is a `StudyError`.
    """
    import typst

    shown = {f"figure {PurePath(path).stem}": image for path, image in charts.items()}
    check_characters({**sources, **shown}, otherwise)
    files = {path: unjoined(image) for path, image in charts.items()}
    files |= {f"{name}.typ": source for name, source in sources.items()}
    with tempfile.TemporaryDirectory() as folder:
        for path, text in files.items():
            Path(folder, path).parent.mkdir(exist_ok=True)
            Path(folder, path).write_text(text, encoding="utf-8")
        fonts = [str(place) for place in font_folders()]
        compiler: Any = typst.Compiler(root=folder, font_paths=fonts, ignore_system_fonts=True)
        paths = {name: str(Path(folder, f"{name}.typ")) for name in sources}
        try:
            return {name: compiler.compile(input=at, **options) for name, at in paths.items()}
        except typst.TypstError as problem:
            if "could not be displayed" not in str(problem):
                raise
            raise StudyError(f"{problem}; write it in other characters{otherwise}") from None


def unjoined(svg: str) -> str:
    """Return an SVG of Chinese text with the letters apart that a font would join."""
    if not has_wide(svg):
        return svg
    return BETWEEN_TAGS.sub(lambda text: JOINED.sub(lambda pair: pair[0] + APART, text[0]), svg)


def pngs(charts: Mapping[str, str]) -> dict[str, bytes]:
    """Return SVG by name as PNG on white paper, with a chunk that says its resolution."""
    metre = round(RESOLUTION / 0.0254)
    said = b"pHYs" + struct.pack(">IIB", metre, metre, 1)
    chunk = struct.pack(">I", 9) + said + struct.pack(">I", zlib.crc32(said))
    files = {f"{name}.svg": image for name, image in charts.items()}
    pages = {name: PAGE.format(name) for name in charts}  # each alone on a page of its size
    images = typeset(pages, files, format="png", ppi=RESOLUTION)
    return {name: data[:HEAD] + chunk + data[HEAD:] for name, data in images.items()}
