"""Where the words of an SVG stand: boxes of its texts, those that collide, those that are cut."""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple
from xml.etree import ElementTree

from coevo.messages import THIN
from coevo.report.figures.typesetting import font_folders

UP, DOWN = 0.72, 0.2  # of the font's size, above and below the line that letters stand on
TOUCH = 1.0  # pixels that boxes may share
HEAVY = {"bold", "600", "700"}
BOLD = 1.05  # widths of bold letters and figures over those of the plain face, which is read here


class Box(NamedTuple):
    """A text and the pixels that it takes: left, top, right, bottom."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


@cache
def _advances() -> tuple[dict[int, str], dict[str, tuple[int, int]], int]:
    """Glyphs by character and widths by glyph of the widest font of charts, and units of an em."""
    from fontTools.ttLib import TTFont

    (path,) = font_folders()[-1].glob("*.ttf")
    font = TTFont(path, lazy=True)
    return font.getBestCmap(), font["hmtx"].metrics, font["head"].unitsPerEm


def text_width(text: str, size: float) -> float:
    """Pixels that a text takes; the thin space, which the font lacks, at most those of a space."""
    names, widths, em = _advances()
    glyphs = (names.get(ord(c), ".notdef") for c in text.replace(THIN, " "))
    return size * sum(widths[glyph][0] for glyph in glyphs) / em


def _moves(element: ElementTree.Element) -> tuple[float, float, float]:
    """Shift across and down, and turn in degrees, of an element."""
    text = element.get("transform", "")
    shift = re.search(r"translate\(([^,)\s]+)[,\s]*([^)]*)\)", text)
    turn = re.search(r"rotate\(([^,)\s]+)", text)
    across, down = (float(part or 0) for part in shift.groups()) if shift else (0.0, 0.0)
    return across, down, float(turn[1]) if turn else 0.0


def text_boxes(svg: str) -> tuple[list[Box], tuple[float, float]]:
    """Boxes of what can be read, each once however often it is drawn, and the size of the drawing.

    Vega turns no group, and a text by right angles alone.
    """
    root = ElementTree.fromstring(svg)
    size = tuple(float(part) for part in root.get("viewBox", "").split()[2:])
    assert len(size) == 2
    return list(dict.fromkeys(_inside(root, 0.0, 0.0))), size


def _inside(element: ElementTree.Element, x: float, y: float) -> Iterator[Box]:
    if element.get("opacity") == "0":
        return
    across, down, turn = _moves(element)
    x, y = x + across, y + down
    if element.tag.endswith("}text"):
        yield from _lines(element, x, y, turn)
        return
    for part in element:
        yield from _inside(part, x, y)


def _lines(element: ElementTree.Element, x: float, y: float, turn: float) -> Iterator[Box]:
    """A box for each line of a text."""
    size = float(element.get("font-size", "11px").removesuffix("px"))
    parts = [(p.text or "", float(p.get("dy") or 0)) for p in element] or [(element.text or "", 0)]
    line = 0.0
    for text, dy in parts:
        line += dy
        if not text.strip():
            continue
        wide = text_width(text, size) * (BOLD if element.get("font-weight") in HEAVY else 1)
        start = {"middle": -wide / 2, "end": -wide}.get(element.get("text-anchor", "start"), 0.0)
        corners = (start, line - UP * size, start + wide, line + DOWN * size)
        if turn % 360 == 270:
            corners = (corners[1], -corners[2], corners[3], -corners[0])
        yield Box(text, *(round(c + o, 2) for c, o in zip(corners, (x, y, x, y), strict=True)))


def troubles(svg: str) -> list[str]:
    """What cannot be read: texts that collide or reach out of the drawing."""
    svg = re.sub(r'<tspan font-style="italic"[^>]*>([^<]*)</tspan>', r"\1", svg)  # of one text
    boxes, (wide, high) = text_boxes(svg)
    cut = [
        f"cut: {b.text}"
        for b in boxes
        if min(b.left, b.top, wide - b.right, high - b.bottom) < -TOUCH
    ]
    return cut + collisions(boxes)


def collisions(boxes: list[Box]) -> list[str]:
    """Texts that collide."""
    boxes = sorted(boxes, key=lambda b: b.left)
    met = []
    for i, a in enumerate(boxes):
        for b in boxes[i + 1 :]:
            if b.left > a.right - TOUCH:
                break
            if min(a.right, b.right) - b.left > TOUCH and (
                min(a.bottom, b.bottom) - max(a.top, b.top) > TOUCH
            ):
                met.append(f"collide: {a.text} | {b.text}")
    return met
