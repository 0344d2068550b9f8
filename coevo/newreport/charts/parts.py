"""Parts of a specification in Vega-Lite: channels, axes, layers, and the whole chart."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from coevo.newreport.charts.labels import lines_of_title
from coevo.newreport.charts.theme import CONFIG, PLACES
from coevo.newreport.language import Language

Part = dict[str, Any]  # of a specification

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.4.1.json"
WIDTH, HALF = 640, 340  # pixels on paper of a chart alone in its row, and of one of two
# on the left for names that a browser measures before their font is there
PADDING = {"left": 7, "top": 3, "right": 7, "bottom": 3}
CELLS = {"paddingInner": 0.05, "paddingOuter": 0}
STATE = "name region, year year, D D .3f, grade grade"  # lines of a tip
FOCUS = "$focus"
FORMAT = ",.6~r"  # of numbers at an axis
RAISED = {"titleAngle": 0, "titleAlign": "left", "titleAnchor": "start", "titleX": 0, "titleY": -12}
HALO = {"color": "$bg", "stroke": "$bg", "strokeWidth": 5, "strokeJoin": "round"}
HIDDEN = {"opacity": 0, "size": 60}  # a point that a reader can hover
ABSENT = {"stroke": "$muted", "strokeWidth": 1, "strokeDash": [2, 2]}  # not in the data
PICKED = {"filter": "datum.region == region"}  # rows of the region that is picked


def mark(kind: str, **looks: Any) -> Part:
    """Return a mark of a kind."""
    return {"type": kind, **looks}


DASHED = mark("line", color="$ink", strokeWidth=1.8, strokeDash=[5, 3])
DOT = mark("point", filled=True, opacity=1)


def number(field: str, **options: Any) -> Part:
    """Return a channel of numbers."""
    return {"field": field, "type": "quantitative", **options}


def text(field: str, **options: Any) -> Part:
    """Return a channel of names."""
    return {"field": field, "type": "nominal", **options}


def itself(field: str) -> Part:
    """Return a channel whose values are colours themselves."""
    return text(field, scale=None)


def expression(code: str) -> Part:
    """Return what Vega computes when it draws."""
    return {"expr": code}


def calculated(field: str, code: str) -> Part:
    """Return a step that makes a column."""
    return {"calculate": code, "as": field}


def on_ramp(token: str) -> Part:
    """Return the colour of a grade by its place `g` on the ramp: `g`, its fill, or `t`, words."""
    colours = [f"${token}{place}" for place in PLACES]
    return {"field": "g", "type": "ordinal", "scale": {"domain": PLACES, "range": colours}}


def tips(language: Language, lines: str) -> list[Part]:
    """Return what stands beside a mark that a reader hovers: lines `<field> <name> [<format>]`.

    A name without a word (`tip_<name>`) is a symbol, and stands as it is.
    """
    words, channels = language.terms["charts"], []
    for field, name, *pattern in (line.split(" ") for line in lines.split(", ")):
        channel = number(field, format=pattern[0]) if pattern else text(field)
        channels.append(channel | {"title": words.get(f"tip_{name}", name)})
    return channels


def layer(data: str, look: Part, encoding: Part, *transform: Part) -> Part:
    """Return a layer that draws the rows of a name, "" for a mark without rows."""
    rows: Part = {"name": data} if data else {"values": [{}]}
    steps = {"transform": list(transform)} if transform else {}
    return {"data": rows, "mark": look, **steps, "encoding": encoding}


def haloed(data: str, look: Part, encoding: Part, *transform: Part) -> list[Part]:
    """Return the layers of words that stand on lines: their halo, and they themselves."""
    bare = {channel: at for channel, at in encoding.items() if channel != "color"}
    below = layer(data, look | HALO, bare, *transform)
    return [below, layer(data, look, encoding, *transform)]


def chart(
    rows: Mapping[str, pd.DataFrame], layers: Iterable[Part], *, height: float,
    paper: tuple[int, float], data: str = "rows", params: Mapping[str, Any] | None = None,
    screen: Part | None = None, **more: Any,
) -> Part:  # fmt: skip
    """Return a chart with our configuration; layers whose rows are not there are left out.

    Parameters
    ----------
    rows
        What the layers draw, by name.
    height
        Pixels of the plot on a page that leaves 640 for the whole chart; the page sets the width.
    paper
        Width of the chart and height of its plot in print.
    data
        Names of the rows that its data file holds.
    params
        What readers choose, and what depends on the region that they pick, by name.
    screen
        Height on the page: `ratio` to the width, at most `highest`; `narrow` ratio on a phone.

    Notes
    -----
    `usermeta` says what Vega-Lite does not know: `paper`, `data`, `screen`. The parameter
    `container` is the width that the page has: that of the plot depends on words. `fit-x` makes
    room for words beside the plot as well as for axes.
    """
    held = {name: _records(part) for name, part in rows.items() if len(part)}
    sizes = {"paper": {"width": paper[0], "height": paper[1]}, "screen": screen or {}}
    values = {**(params or {}), "container": WIDTH}
    return {
        "$schema": SCHEMA,
        "config": CONFIG,
        "usermeta": sizes | {"data": data.split()},
        "datasets": held,
        "width": WIDTH,
        "height": height,
        "padding": PADDING,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "params": [{"name": name, "value": value} for name, value in values.items()],
        "layer": list(_drawn(layers, held)),
        **more,
    }


def _drawn(layers: Iterable[Part], held: Mapping[str, Any]) -> Iterator[Part]:
    for part in layers:
        if "layer" in part:
            yield part | {"layer": list(_drawn(part["layer"], held))}
        elif part["data"].get("name", "") in ("", *held):
            yield part


def _records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Return rows as JSON takes them: what is missing or not finite is null."""
    values = rows.astype(object).replace([math.inf, -math.inf], None)
    return list(values.where(rows.notna(), None).to_dict("records"))


def spanning(field: str, low: Any, high: Any, axis: Part) -> Part:
    """Return a channel of numbers whose linear scale shows exactly [low, high]."""
    scale = {"domain": [low, high], "nice": False, "zero": False}
    return number(field, scale=scale, axis=axis)


def below(title: str, values: Sequence[float]) -> Part:
    """Return a horizontal axis with its ticks."""
    ticks = {"values": list(values), "format": FORMAT, "grid": True}
    return {"title": lines_of_title(title), **ticks}


def above(title: str, values: Sequence[float]) -> Part:
    """Return a vertical axis with its ticks, the title horizontally above it."""
    return below("", values) | {"title": title, **RAISED}


def years_axis(years: Sequence[int]) -> Part:
    """Return a channel of years, labelled every second year (first and last alike when odd)."""
    first, last = min(years), max(years)
    step = 1 if last - first < 6 else 2
    labels = list(range(last, first - 1, -step))[::-1]
    room = {"labelOverlap": True, "labelSeparation": 8, "labelFlush": False}
    axis = {"title": None, "values": labels, "format": "d", "grid": False, **room}
    return spanning("year", first, last, axis)


def ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Return round values inside [low, high], about `count` of them, zero among them if inside."""
    if not high > low:
        return [low]
    span = (high - low) / count
    power = 10.0 ** math.floor(math.log10(span))
    step = min((m * power for m in (1, 2, 2.5, 5, 10)), key=lambda size: abs(size - span))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    decimals = max(0, 2 - math.floor(math.log10(step)))
    return [round(i * step, decimals) for i in range(first, last + 1)]


def log_ticks(low: float, high: float, count: int = 6) -> list[float]:
    """Return round values inside [low, high] on a scale of logarithms, at most `count` of them."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for steps in ((1, 2, 3, 4, 5, 6, 7, 8, 9), (1, 2, 3, 5, 7), (1, 2, 5), (1, 3), (1,)):
        marks = [round(s * 10.0**p, 9) for p in powers for s in steps if low <= s * 10.0**p <= high]
        if len(marks) <= count:
            break
    return marks if len(marks) > 1 else ticks(low, high, count)
