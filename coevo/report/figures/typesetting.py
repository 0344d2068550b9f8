"""What Typst sets in the installed fonts alone: pages of the report, charts as images.

The fonts are checked to hold every character, for others are boxes. The library that makes an SVG
knows one weight of a variable font, and takes what a font lacks from whichever the machine has.
"""

import atexit
import base64
import importlib.resources
import io
import json
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

_WEIGHTS = {"fvar", "gvar", "avar", "HVAR", "MVAR", "STAT"}  # tables of a variable font
_STAND_IN = "\u3013"
_NAMED = 3  # characters that a line names
_CONTEXT = 24  # characters shown on either side of one that no font holds
# Letters that the Latin font joins and the Chinese one does not, or the other way round. A text of
# both scripts is set in one font and its gaps are filled from the other glyph by glyph: a joined
# pair puts them out of step, and leaves boxes.
_JOINED = re.compile("f(?=[fijltbhk])")
_APART = "\u200c"  # sets letters apart, and no room between them
BETWEEN_TAGS = re.compile(r"(?<=>)[^<>]+(?=<)")
WHOLE = 100  # per cent of its width, of a figure
RESOLUTION = 300  # dots per inch of a chart as wide as the page of the PDF
_HEAD = 33  # bytes of a PNG's signature and first chunk
_PAGE = """#set page(width: auto, height: auto, margin: 0pt, fill: white)
#image("%s.svg")
"""


def font_folders() -> list[Path]:
    """Folders of the installed font packages (all under the Open Font License)."""
    places = (
        ("fontpkg_source_serif_4", "files"),
        ("fontpkg_source_sans_3", "files"),
        ("justmytype_intl_cjk", "fonts/ofl/notosanssc"),
    )
    return [Path(str(importlib.resources.files(package) / folder)) for package, folder in places]


def _chinese_font(**options: Any) -> Any:
    """The font of Chinese characters, and the name of its file."""
    from fontTools.ttLib import TTFont

    (source,) = font_folders()[-1].glob("*.ttf")
    return TTFont(source, recalcTimestamp=False, lazy=True, **options)


@cache
def measuring_folder() -> Path:
    """A folder for a program that measures words: it holds the plain face of the last font alone.

    The library that draws charts reads the font anew for each word, and takes no other weight: on
    the whole font with its weights that takes three times as long, for the same widths.
    """
    font = _chinese_font(recalcBBoxes=False)
    for table in _WEIGHTS & set(font.keys()):
        del font[table]
    folder = tempfile.mkdtemp(prefix="coevo-fonts-")
    atexit.register(shutil.rmtree, folder)
    font.save(Path(folder, "plain.ttf"))
    return Path(folder)


def chinese_face(text: str, family: str, characters: str = WIDE + QUOTES) -> str:
    """CSS that gives a page its own font for the Chinese `characters` of a text; "" without any.

    A machine may have no Chinese font, and a page fetches none.
    """
    points = set(map(ord, re.findall(f"[{characters}]", text)))
    if not points:
        return ""
    from fontTools.subset import Options, Subsetter

    font = _chinese_font()
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

    paths = [path for folder in font_folders() for path in folder.glob("*.ttf")]
    return frozenset().union(*(TTFont(path, lazy=True).getBestCmap() for path in paths))


def with_stand_ins(text: str, study_texts: str) -> str:
    """Return a text with 〓, as printers set it, for each character that no font holds.

    Such stand in names of raw files and of what is in them, which nobody is to write anew. A
    character that is in the study's own texts, `study_texts`, as well is left, to be refused.
    """
    strange = {c for c in set(text) - set(study_texts) if not (c.isspace() or ord(c) in covered())}
    return text.translate(dict.fromkeys(map(ord, strange), _STAND_IN))


def check_characters(texts: Mapping[str, str], otherwise: str = "") -> None:
    """Refuse characters that no font holds.

    Parameters
    ----------
    texts
        Text by the name of its place, as the message should give it.
    otherwise
        What a reader could do other than write it in other characters: " or …".

    Raises
    ------
    StudyError
        One line for each place, with the words around the first of them.
    """
    known, problems = covered(), Problems()
    for place, text in texts.items():
        missing = [c for c in sorted(set(text)) if not (c.isspace() or ord(c) in known)]
        if missing:
            named = [f"{c!r} (U+{ord(c):04X})" for c in missing[:_NAMED]]
            more = f" and {len(missing) - _NAMED} more" if len(missing) > _NAMED else ""
            at = text.index(missing[0])
            context = re.sub(r"\s+", " ", text[max(0, at - _CONTEXT) : at + _CONTEXT])
            held = f"no font holds {', '.join(named)}{more} in “…{context}…”"
            problems.add(f"{place}: {held}; write it in other characters{otherwise}")
    problems.check()


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
        What else a reader could do about a character that no font holds: " or …".
    options
        Of Typst: `format` and what belongs to it.

    Raises
    ------
    StudyError
        A character that none of the fonts holds: Typst would draw a box.
    """
    import typst

    shown = {f"figure {PurePath(path).stem}": image for path, image in charts.items()}
    check_characters({**sources, **shown}, otherwise)
    files = {path: unjoined(image) for path, image in charts.items()}
    files |= {f"{name}.typ": source for name, source in sources.items()}
    with tempfile.TemporaryDirectory() as scratch:
        for path, text in files.items():
            Path(scratch, path).parent.mkdir(exist_ok=True)
            Path(scratch, path).write_text(text, encoding="utf-8")
        fonts = [str(place) for place in font_folders()]
        compiler = typst.Compiler(root=scratch, font_paths=fonts, ignore_system_fonts=True)
        made = {}
        for name in sources:
            try:
                made[name] = _settled(compiler, Path(scratch, f"{name}.typ"), options)
            except typst.TypstError as problem:
                if "could not be displayed" not in str(problem):
                    raise
                way = f"write it in other characters{otherwise}"
                raise StudyError(f"{name}: {problem}; {way}") from None
        return made


def _settled(compiler: Any, source: Path, options: Mapping[str, Any]) -> bytes:
    """A file whose figures float, or are drawn smaller, where they do not fit (`<placed>`).

    The text is set anew for each, since it moves those that follow.
    """
    shares = list[float]()
    while True:
        (source.parent / "shares.json").write_text(json.dumps(shares))
        file: bytes = compiler.compile(input=str(source), **options)
        placed = json.loads(compiler.query("<placed>", field="value"))
        if len(shares) == len(placed):
            return file
        for i in range(len(shares), len(placed)):
            shares.append(_share(placed, i, shares))
            if shares[i] != WHOLE:
                break


def _share(placed: list[dict[str, Any]], i: int, shares: list[float]) -> float:
    """Share of the width of a figure, of which those before it have theirs: 0 for one that floats.

    It floats if other text of its section fills the page, or behind one that does.
    """
    figure = placed[i]
    if i > 0 and shares[i - 1] == 0 and placed[i - 1]["page"] == figure["page"]:
        return 0
    if figure["fits"]:
        return WHOLE
    later = (other["height"] for other in placed[i + 1 :] if other["section"] == figure["section"])
    return 0 if figure["text"] - sum(later) > figure["room"] else float(figure["share"])


def unjoined(svg: str) -> str:
    """An SVG of Chinese text with the letters apart that a font would join."""
    if not has_wide(svg):
        return svg
    return BETWEEN_TAGS.sub(lambda text: _JOINED.sub(lambda pair: pair[0] + _APART, text[0]), svg)


def pngs(charts: Mapping[str, str]) -> dict[str, bytes]:
    """SVG by name -> PNG by name, on white paper, with a chunk that says its resolution."""
    metre = round(RESOLUTION / 0.0254)
    said = b"pHYs" + struct.pack(">IIB", metre, metre, 1)
    chunk = struct.pack(">I", 9) + said + struct.pack(">I", zlib.crc32(said))
    files = {f"{name}.svg": image for name, image in charts.items()}
    pages = {name: _PAGE % name for name in charts}  # each alone on a page of its size
    images = typeset(pages, files, format="png", ppi=RESOLUTION)
    return {name: data[:_HEAD] + chunk + data[_HEAD:] for name, data in images.items()}
