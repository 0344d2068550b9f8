"""Charts as images for other programs, drawn by Typst in the fonts of the report.

The library that makes an SVG knows one weight of a variable font, and takes what a font lacks from
whichever font the machine has.
"""

import struct
import zlib
from collections.abc import Mapping
from typing import Any

from coevo.report.figures.typesetting import typeset

RESOLUTION = 300  # dots per inch of a chart as wide as the page of the PDF
_HEAD = 33  # bytes of a PNG's signature and first chunk
_PAGE = """#set page(width: auto, height: auto, margin: 0pt, fill: white)
#image("%s.svg")
"""


def pngs(charts: Mapping[str, str]) -> dict[str, bytes]:
    """SVG by name -> PNG by name, on white paper, with the resolution that it has."""
    made = _set(charts, format="png", ppi=RESOLUTION)
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
    return _set(charts, format="pdf", timestamp=0)


def _set(charts: Mapping[str, str], **options: Any) -> dict[str, bytes]:
    """Each chart alone on a page of its size."""
    files = {f"{name}.svg": image for name, image in charts.items()}
    return typeset({name: _PAGE % name for name in charts}, files, **options)
