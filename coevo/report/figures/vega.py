"""Charts as plain Vega-Lite: channels, marks of rows, and the specification that holds them."""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from coevo.report.figures import CONFIG, LOOKS, WIDTH

Part = dict[str, Any]  # of a specification

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.4.1.json"
# on the left for names that a browser measures before their font is there
PADDING = {"left": 7, "top": 3, "right": 7, "bottom": 3}


def library() -> str:
    """The library that draws the charts of a page, as a script."""
    import vl_convert

    bundle: str = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    return bundle.replace("</script", "<\\/script")


def amount(field: str, **options: Any) -> Part:
    """A channel of numbers."""
    return {"field": field, "type": "quantitative", **options}


def category(field: str, **options: Any) -> Part:
    """A channel of names."""
    return {"field": field, "type": "nominal", **options}


def place(field: str, **options: Any) -> Part:
    """A channel of places in an order."""
    return {"field": field, "type": "ordinal", **options}


def paint(field: str = "colour") -> Part:
    """A channel of colours as they stand in the rows."""
    return category(field, scale=None)


def computed(expression: str) -> Part:
    """What an expression of the page gives."""
    return {"expr": expression}


def pixels(value: float | str) -> Part:
    """A place in pixels, a number or an expression."""
    return {"value": computed(value) if isinstance(value, str) else value}


def either(test: Mapping[str, Any], value: Any, otherwise: Any) -> Part:
    """One value where a test holds, another elsewhere."""
    return {"condition": {**test, "value": value}, "value": otherwise}


def mark(
    kind: str, rows: pd.DataFrame | None, at: Mapping[str, Any], *, tests: Iterable[str] = (),
    also: Mapping[str, str] | None = None, **look: Any,
) -> Part:  # fmt: skip
    """A mark for each of the rows, or one alone.

    at: channels by name; tests: expressions that rows must pass; also: expressions by the field
    that they make.
    """
    steps: list[Part] = [{"filter": test} for test in tests]
    steps += [{"calculate": text, "as": field} for field, text in (also or {}).items()]
    part: Part = {"mark": {"type": kind, **look}, "data": rows, "encoding": dict(at)}
    return part | ({"transform": steps} if steps else {})


def text(field: str, rows: pd.DataFrame | None, at: Mapping[str, Any], **look: Any) -> Part:
    """The words of a field at each of the rows; see `mark`."""
    return mark("text", rows, {**at, "text": category(field)}, **look)


def haloed(
    field: str, rows: pd.DataFrame, at: Mapping[str, Any], color: str, **look: Any
) -> list[Part]:
    """The words of a field twice: wide in the colour of the page under lines, then as read."""
    return [text(field, rows, at, **look, **ink) for ink in (LOOKS["halo"], {"color": color})]


def beside(distance: float) -> Part:
    """Where words stand beside a point: to its left if its row says so."""
    dx = computed(f"datum.left ? {-distance} : {distance}")
    return {"align": computed("datum.left ? 'right' : 'left'"), "dx": dx}


def tips(words: Mapping[str, str], *shown: str) -> list[Part]:
    """What a reader sees at a mark: of each `<field> <name> [<format>]` the value under its name.

    A name that the words do not have as `tip_<name>` is a symbol and stands as it is.
    """
    parts = (part.split() for part in shown)
    return [
        (amount(field, format=pattern[0]) if pattern else category(field))
        | {"title": words.get(f"tip_{name}", name)}
        for field, name, *pattern in parts
    ]


def specification(
    layers: Iterable[Part], height: float, params: Iterable[Part] = (), **options: Any
) -> Part:
    """The layers as a chart with our config; the page sets the width, 640 pixels stand in for it.

    The parameter `container` is the width that the page has: that of the plot depends on words.
    `fit-x` makes room for words beside the plot as well as for axes. Rows that several marks show
    are held once.
    """
    held: dict[int, pd.DataFrame] = {}

    def named(part: Part) -> Part:
        if "layer" in part:
            return {**part, "layer": [named(inner) for inner in part["layer"]]}
        rows = part["data"]
        if rows is None:
            return {**part, "data": {"values": [{}]}}
        held[id(rows)] = rows
        return {**part, "data": {"name": f"rows-{list(held).index(id(rows)) + 1}"}}

    drawn = [named(part) for part in layers]
    return {
        "$schema": SCHEMA,
        "config": CONFIG,
        "layer": drawn,
        "datasets": {f"rows-{i}": _records(rows) for i, rows in enumerate(held.values(), start=1)},
        "params": [*params, {"name": "container", "value": WIDTH}],
        "width": WIDTH,
        "height": height,
        "padding": PADDING,
        "autosize": {"type": "fit-x", "contains": "padding"},
        **options,
    }


def _records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as JSON takes them: what is missing or not finite is null."""
    plain = rows.astype(object).replace([float("inf"), float("-inf")], None)
    return list(plain.where(rows.notna(), None).to_dict("records"))
