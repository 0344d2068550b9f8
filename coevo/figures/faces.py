"""Fonts of one weight each for images of dots: their renderer ignores the axis of a variable font."""

import tempfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from coevo.fonts import font_folders

WEIGHTS = (400, 700)  # of plain and of bold text in charts
_LAYOUT = ("GPOS", "GSUB", "GDEF")  # pairs and alternates: slow to make, hardly seen in charts
# Letters, digits and signs that every chart may show, whatever the study.
_ALWAYS = "".join(map(chr, (*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x391, 0x3CA))))
_ALWAYS += "₀₁₂₃₄₅₆₇₈₉⁰¹²³⁴⁵⁶⁷⁸⁹⁻–—’‘“”…←→↑↓−√×·≤≥"


def faces(texts: Iterable[str]) -> Path:
    """Folder with the fonts of charts at each weight, for the characters of the texts.

    It stays until the process ends.
    """
    wanted = frozenset(_ALWAYS).union(*texts)
    return Path(_made(frozenset(character for character in wanted if ord(character) > 31)).name)


@cache
def _made(characters: frozenset[str]) -> tempfile.TemporaryDirectory:
    folder = tempfile.TemporaryDirectory(prefix="coevo-faces-")
    for source in (p for place in font_folders() for p in sorted(place.glob("*.ttf"))):
        if "Sans" in source.name and "Italic" not in source.name:
            for weight in WEIGHTS:
                _face(source, characters, weight, Path(folder.name))
    return folder


def _face(source: Path, characters: frozenset[str], weight: int, folder: Path) -> None:
    """Write the font at one weight with what the characters need, if it holds any of them."""
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont
    from fontTools.varLib.instancer import instantiateVariableFont

    font = TTFont(source, recalcTimestamp=False, lazy=True)
    points = {ord(character) for character in characters} & set(font.getBestCmap())
    options = Options(notdef_outline=True, hinting=False, name_IDs=["*"])
    options.drop_tables += _LAYOUT
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=points)
    subsetter.subset(font)
    whole = instantiateVariableFont(font, {"wght": weight}, inplace=True)
    whole["OS/2"].usWeightClass = weight
    whole.save(folder / f"{source.stem.partition('[')[0]}-{weight}.ttf")
