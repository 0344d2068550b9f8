"""The data of a chart as drawn: the rows that its marks show, read off the specification."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import pandas as pd

LAYER = "layer"
KEYS = (LAYER, "region", "name", "year")  # columns that come first
_PLACED = (("x", "x2"), ("y", "y2"))  # a mark that shows data has a field on both axes
_UNNAMED = frozenset("x y x1 x2 value".split())  # fields that say nothing without their axis
_LOOKS = frozenset("text short long g stroke side place head hollow dashed middle".split())


class _Layer(NamedTuple):
    """A mark that shows data: its type, and the rows of its data."""

    mark: str
    rows: pd.DataFrame


def data_behind(spec: Mapping[str, Any]) -> pd.DataFrame:
    """Return the rows that the marks of a chart show, without what only says how they look.

    Rows that two marks show stand once. Where several sets of rows remain, `layer` numbers them in
    the order of drawing and names their mark. Fields called x, y or value have the title of their
    axis, choices in a matrix the name of their variant.
    """
    titles, variants = dict(_titles(spec)), _variants(spec)
    found = [_Layer(mark, _readable(rows, variants)) for mark, rows in _marks(spec, spec)]
    layers = _distinct([layer for layer in found if layer.rows.size])
    parts = [
        _named(layer.rows, titles).assign(**{LAYER: f"{i} {layer.mark}"})
        for i, layer in enumerate(layers, start=1)
    ]
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=[LAYER])
    table = table.drop(columns=LAYER) if len(parts) == 1 else table
    first = [column for column in KEYS if column in table]
    return table[[*first, *table.columns.drop(first)]].convert_dtypes()


def _parts(node: Mapping[str, Any], data: Any = None) -> Iterator[tuple[Mapping[str, Any], Any]]:
    """Yield every mark of a specification with what it says of its data, in order of drawing."""
    data = node.get("data", data)
    for key in ("layer", "vconcat", "hconcat"):
        for part in node.get(key, ()):
            yield from _parts(part, data)
    if "mark" in node:
        yield node, data or {}


def _marks(node: Mapping[str, Any], spec: Mapping[str, Any]) -> Iterator[_Layer]:
    """Yield every mark that shows rows of a dataset, with these rows."""
    for part, data in _parts(node):
        if "name" in data and _shows_data(part):
            yield _Layer(str(part["mark"]["type"]), pd.DataFrame(spec["datasets"][data["name"]]))


def _shows_data(part: Mapping[str, Any]) -> bool:
    """Whether a mark is no text, and placed by fields on both axes."""
    encoding = part.get("encoding", {})
    placed = all(any("field" in encoding.get(c, {}) for c in axis) for axis in _PLACED)
    return placed and part["mark"]["type"] != "text"


def _titles(spec: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the fields that have no name of their own, each with the title of its axis."""
    for part, _ in _parts(spec):
        for channel in ("x", "y"):
            said = part.get("encoding", {}).get(channel, {})
            title = said.get("title") or (said.get("axis") or {}).get("title")
            if said.get("field") in _UNNAMED and isinstance(title, str):
                yield said["field"], " ".join(title.split())


def _variants(spec: Mapping[str, Any]) -> dict[str, dict[float, str]]:
    """Names of the variants by their height, for each choice that a matrix shows."""
    rows = [row for part in spec.get("datasets", {}).values() for row in part]
    lines = {row["line"]: row["text"] for row in rows if {"kind", "line", "text"} <= set(row)}
    changes = [change for part, _ in _parts(spec) for change in part.get("transform", ())]
    return {choice: lines for change in changes for choice in change.get("fold", ())}


def _readable(rows: pd.DataFrame, variants: Mapping[str, dict[float, str]]) -> pd.DataFrame:
    """Rows without looks, texts on one line, variants by name."""
    named = {c: c.removesuffix("_name") for c in map(str, rows) if c.endswith("_name")}
    heights = {c: rows[c].map(variants[c]) for c in rows if c in variants}
    rows = rows.assign(**heights).drop(columns=[c for c in named.values() if c in rows])
    painted = [c for c in rows if rows[c].astype(str).str.match(r"\$\w+$").all()]
    rows = rows.rename(columns=named).drop(columns=[*painted, *_LOOKS.intersection(rows)])
    text = [c for c in rows if not pd.api.types.is_numeric_dtype(rows[c])]
    return rows.assign(**{c: rows[c].map(_one_line) for c in text})


def _one_line(value: Any) -> Any:
    return " ".join(value.split()) if isinstance(value, str) else value


def _named(rows: pd.DataFrame, titles: Mapping[str, str]) -> pd.DataFrame:
    """Rows whose fields without a name have the title of their axis."""
    new = {field: title for field, title in titles.items() if title not in rows}
    return rows.rename(columns=new)


def _distinct(layers: list[_Layer]) -> list[_Layer]:
    """Layers without those whose rows another one shows already, with as many cells or more."""
    kept: list[_Layer] = []
    for layer in sorted(layers, key=lambda one: -one.rows.size):
        if not any(_within(layer.rows, other.rows) for other in kept):
            kept.append(layer)
    return [layer for layer in layers if any(layer is one for one in kept)]


def _within(rows: pd.DataFrame, whole: pd.DataFrame) -> bool:
    """Whether every row stands in the whole, by the columns that both have."""
    shared = [c for c in rows if c in whole]
    known = set(whole[shared].itertuples(index=False, name=None))
    return bool(shared) and set(rows[shared].itertuples(index=False, name=None)) <= known
