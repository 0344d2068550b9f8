"""No words of a figure collide or are cut: on paper, on pages of three widths, in each language."""

import json
import re
from dataclasses import replace
from functools import lru_cache

import pytest
import yaml

from coevo.report.figures import FIGURES
from coevo.report.figures.drawing import paper_size, specifications, svg
from coevo.report.findings.study_tables import chart_words
from tests.sample import COUNT, ROOT, study, words_of
from tests.text_boxes import text_boxes, troubles

SCRIPT = (ROOT / "workflow/report/charts.js").read_text(encoding="utf-8")
RATIO, TALLER = (
    yaml.safe_load(re.search(rf"^const {name} = (.*);$", SCRIPT, re.M)[1])
    for name in ("RATIO", "NARROW")
)
# pixels of a window -> what it leaves to a figure alone in its row, and to one of two
WINDOWS = {390: (354, 354), 820: (672, 317), 1440: (880, 421)}


def in_window(name: str, spec: dict, window: int) -> dict:
    """Return a specification as the page draws it in a window of so many pixels."""
    spec = json.loads(json.dumps(spec))
    room = WINDOWS[window][FIGURES[name].columns - 1]
    spec["width"] = width = max(room, spec.get("usermeta", {}).get("least", 0))
    if name in RATIO:
        spec["height"] = min(width * RATIO[name][0], RATIO[name][1])
    if width < 480 and name in TALLER:
        spec["height"] = width * TALLER[name]
    for param in spec.get("params", ()):
        if param["name"] == "container":
            param["value"] = width
    return spec


LONG = {
    "Zhejiang": "Newfoundland and Labrador", "Beijing": "Northwest Territories",
    "Inner Mongolia": "Prince Edward Island", "Gansu": "British Columbia",
}  # fmt: skip


@lru_cache
def drawn(language: str, count: int, long: bool = False) -> dict[str, dict]:
    """Return the specifications of the sample in a language; long: with long names of regions."""
    chosen = study(count, language=language)
    if long:
        named = {k: t for k, t in chosen.tables.items() if "name" in t}
        named = {k: t.assign(name=t["name"].replace(LONG)) for k, t in named.items()}
        chosen = replace(chosen, tables=chosen.tables | named)
    return specifications(chosen, chart_words(chosen, words_of("phrases", language)))


@pytest.mark.parametrize(
    ("language", "count", "long"),
    [
        *(("en", COUNT, False), ("zh", COUNT, False)),
        pytest.param("en", 1, False, marks=pytest.mark.whole),
        pytest.param("zh", 1, False, marks=pytest.mark.whole),
        pytest.param("en", COUNT, True, marks=pytest.mark.whole),
    ],
)
def test_no_words_collide_or_are_cut(language: str, count: int, long: bool) -> None:
    found = {}
    for name, spec in drawn(language, count, long).items():
        windows = [820] if long else WINDOWS
        shapes = {window: in_window(name, spec, window) for window in windows}
        if not FIGURES[name].screen:
            shapes["print"] = spec | paper_size(spec, FIGURES[name])
        found |= {(name, kind): troubles(svg(shape)) for kind, shape in shapes.items()}
    assert {key: words for key, words in found.items() if words} == {}


def test_boxes_are_where_the_words_stand() -> None:
    inner = '<text transform="translate(10,20)" text-anchor="end" font-size="10px">DD</text>'
    other = '<text transform="translate(5,20) rotate(-90)" font-size="10px">DD</text>'
    far = '<g opacity="0"><text font-size="10px">never read</text></g>'
    image = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 50 40"><g '
        f'transform="translate(20,10)">{inner}{inner}{other}{far}</g></svg>'
    )
    (flat, upright), size = text_boxes(image)
    assert size == (50, 40)
    assert (flat.right, flat.bottom - flat.top) == (30, pytest.approx(9.2))
    assert upright.bottom == 30 and upright.bottom - upright.top == pytest.approx(
        flat.right - flat.left, abs=0.02
    )
    assert troubles(image) == ["collide: DD | DD"]
    assert troubles(image.replace("0 0 50 40", "0 0 25 40"))[:1] == ["cut: DD"]
