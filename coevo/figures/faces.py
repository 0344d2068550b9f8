"""Fonts for images of dots: one weight each, and every character in one face.

The renderer ignores the axis of a variable font, and what a face lacks it takes from whichever font
the machine has.
"""

import tempfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from coevo.fonts import font_folders

WEIGHTS = (400, 700)  # of plain and of bold text in charts
# Pairs and alternates, slow to make and hardly seen in charts; vertical setting.
_SPARED = ("GPOS", "GSUB", "GDEF", "BASE", "STAT", "vhea", "vmtx", "VORG")
# Letters, digits and signs that every chart may show, whatever the study.
_ALWAYS = "".join(map(chr, (*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x391, 0x3CA))))
_ALWAYS += "₀₁₂₃₄₅₆₇₈₉⁰¹²³⁴⁵⁶⁷⁸⁹⁻–—’‘“”…←→↑↓−√×·≤≥"


def faces(texts: Iterable[str]) -> Path:
    """Folder with a face of the charts' font for each weight, for the characters of the texts.

    It stays until the process ends.
    """
    wanted = frozenset(_ALWAYS).union(*texts)
    return Path(_made(frozenset(character for character in wanted if ord(character) > 31)).name)


@cache
def _made(characters: frozenset[str]) -> tempfile.TemporaryDirectory:
    from fontTools.merge import Merger

    folder = tempfile.TemporaryDirectory(prefix="coevo-faces-")
    sources = [p for place in font_folders() for p in sorted(place.glob("*.ttf"))]
    for weight in WEIGHTS:
        left, parts = {ord(character) for character in characters}, []
        for source in (p for p in sources if "Sans" in p.name and "Italic" not in p.name):
            font, held = _face(source, left, weight)
            if held:
                parts.append(Path(folder.name) / f"{source.stem.partition('[')[0]}-{weight}.part")
                font.save(parts[-1])
                left -= held
        whole = Merger().merge([str(part) for part in parts])
        whole.recalcTimestamp = False
        whole["head"].created = whole["head"].modified = 0  # the same bytes at any time
        whole.save(Path(folder.name) / f"{weight}.ttf")
        for part in parts:
            part.unlink()
    return folder


def _face(source: Path, points: set[int], weight: int) -> tuple[Any, set[int]]:
    """The font at one weight with what it holds of the characters, and which these are."""
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont
    from fontTools.varLib.instancer import instantiateVariableFont

    font = TTFont(source, recalcTimestamp=False, lazy=True)
    held = points & set(font.getBestCmap())
    options = Options(notdef_outline=True, hinting=False, name_IDs=["*"])
    options.drop_tables += _SPARED
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=held)
    subsetter.subset(font)
    font = instantiateVariableFont(font, {"wght": weight}, inplace=True)
    font["OS/2"].usWeightClass = weight
    return font, held
