"""Charts as images for other programs, drawn by Typst in the fonts of the report.

The library that makes an SVG knows one weight of a variable font, and takes what a font lacks from
whichever font the machine has.
"""

import struct
import tempfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from coevo.fonts import font_folders

RESOLUTION = 300  # dots per inch of a chart as wide as the page of the PDF
_HEAD = 33  # bytes of a PNG's signature and first chunk
_PAGE = """#set page(width: auto, height: auto, margin: 0pt, fill: white)
#image("chart.svg", alt: "chart")
"""


def pngs(charts: Mapping[str, str]) -> dict[str, bytes]:
    """SVG by name -> PNG by name, on white paper, with the resolution that it has."""
    made = _typeset(charts, format="png", ppi=RESOLUTION)
    return {
        name: data[:_HEAD] + _resolution(RESOLUTION) + data[_HEAD:] for name, data in made.items()
    }


def _resolution(dots: int) -> bytes:
    """The chunk of a PNG that says how many dots per inch it has."""
    metre = round(dots / 0.0254)
    chunk = b"pHYs" + struct.pack(">IIB", metre, metre, 1)
    return struct.pack(">I", 9) + chunk + struct.pack(">I", zlib.crc32(chunk))


def pdfs(charts: Mapping[str, str]) -> dict[str, bytes]:
    """SVG by name -> PDF by name, without a date."""
    return _typeset(charts, format="pdf", timestamp=0)


def _typeset(charts: Mapping[str, str], **options: Any) -> dict[str, bytes]:
    """Each chart alone on a page of its size; the fonts are read once."""
    import typst

    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch) / "chart.typ"
        source.write_text(_PAGE, encoding="utf-8")
        compiler = typst.Compiler(
            root=scratch,
            font_paths=[str(place) for place in font_folders()],
            ignore_system_fonts=True,
        )
        made = {}
        for name, image in charts.items():
            (Path(scratch) / "chart.svg").write_text(image, encoding="utf-8")
            page = compiler.compile(input=str(source), **options)
            assert isinstance(page, bytes)  # one page, not a list of them
            made[name] = page
        return made
