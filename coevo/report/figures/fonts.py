"""The fonts of pages and charts, and a check that they hold every character: others are boxes."""

import base64
import importlib.resources
import io
import re
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from coevo.characters import QUOTES, WIDE
from coevo.errors import Problems

_WEIGHTS = {"fvar", "gvar", "avar", "HVAR", "MVAR", "STAT"}  # tables of a variable font
_STAND_IN = "\u3013"
_NAMED = 3  # characters that a line names
_CONTEXT = 24  # characters shown on either side of one that no font holds


def font_folders() -> list[Path]:
    """Folders of the installed font packages (all under the Open Font License)."""
    places = (
        ("fontpkg_source_serif_4", "files"),
        ("fontpkg_source_sans_3", "files"),
        ("justmytype_intl_cjk", "fonts/ofl/notosanssc"),
    )
    return [Path(str(importlib.resources.files(package) / folder)) for package, folder in places]


@cache
def measuring_folder() -> Path:
    """A folder for a program that measures words: it holds the plain face of the last font alone.

    The library that draws charts reads the font anew for each word, and takes no other weight: on
    the whole font with its weights that takes three times as long, for the same widths.
    """
    from fontTools.ttLib import TTFont

    (source,) = font_folders()[-1].glob("*.ttf")
    font = TTFont(source, recalcTimestamp=False, recalcBBoxes=False, lazy=True)
    for table in _WEIGHTS & set(font.keys()):
        del font[table]
    folder = Path(_kept().name)
    font.save(folder / source.name)
    return folder


@cache
def _kept() -> tempfile.TemporaryDirectory[str]:
    """A folder that is there until the process ends."""
    return tempfile.TemporaryDirectory(prefix="coevo-fonts-")


def chinese_face(text: str, family: str) -> str:
    """CSS that gives a page its own font for the Chinese characters of a text; "" without any.

    A machine may have no Chinese font, and a page fetches none.
    """
    points = set(map(ord, re.findall(f"[{WIDE}{QUOTES}]", text)))
    if not points:
        return ""
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    (source,) = font_folders()[-1].glob("*.ttf")
    font = TTFont(source, recalcTimestamp=False, lazy=True)
    # The file names no glyph, and names made from its 30,000 characters are not kept either.
    font.setGlyphOrder([f"glyph{i:05d}" for i in range(font["maxp"].numGlyphs)])
    options = Options(hinting=False)
    options.drop_tables += ["GPOS", "GSUB", "GDEF", "BASE", "vhea", "vmtx"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=points)
    subsetter.subset(font)
    font.flavor, data = "woff", io.BytesIO()
    font.save(data)
    encoded = base64.b64encode(data.getvalue()).decode()
    return (
        f'@font-face {{ font-family: "{family}"; font-weight: 100 900; '
        f'src: url(data:font/woff;base64,{encoded}) format("woff"); }}\n'
    )


@cache
def covered() -> frozenset[int]:
    """Code points that at least one of the fonts holds."""
    from fontTools.ttLib import TTFont

    points: set[int] = set()
    for folder in font_folders():
        for path in sorted(folder.glob("*.ttf")):
            with TTFont(path, lazy=True) as font:
                points |= set(font.getBestCmap())
    return frozenset(points)


def with_stand_ins(text: str, own: str) -> str:
    """Return a text with 〓, as printers set it, for each character that no font holds.

    Such stand in names of raw files and of what is in them, which nobody is to write anew. A
    character that is in the study's `own` texts as well is left, to be refused.
    """
    strange = {c for c in set(text) - set(own) if not (c.isspace() or ord(c) in covered())}
    return text.translate(dict.fromkeys(map(ord, strange), _STAND_IN))


def check_characters(texts: Mapping[str, str], otherwise: str = "") -> None:
    """Refuse characters that no font holds.

    Parameters
    ----------
    texts
        Text by the name of its place, as the message should give it.
    otherwise
        What a reader could do other than write it in other characters.

    Raises
    ------
    StudyError
        One line for each place, with the words around the first of them.
    """
    known, way = covered(), f" or {otherwise}" if otherwise else ""
    problems = Problems()
    for place, text in texts.items():
        missing = [c for c in sorted(set(text)) if not (c.isspace() or ord(c) in known)]
        if missing:
            named = [f"{c!r} (U+{ord(c):04X})" for c in missing[:_NAMED]]
            more = f" and {len(missing) - _NAMED} more" if len(missing) > _NAMED else ""
            at = text.index(missing[0])
            around = re.sub(r"\s+", " ", text[max(0, at - _CONTEXT) : at + _CONTEXT])
            problems.add(
                f"{place}: no font holds {', '.join(named)}{more} in “…{around}…”; write it in "
                f"other characters{way}"
            )
    problems.check()
