"""The data of a chart as drawn: the rows that its marks show, read off the specification."""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

LAYER = "layer"
KEYS = (LAYER, "region", "name", "year")  # columns that come first
_PLACED = (("x", "x2"), ("y", "y2"))  # a mark that shows data has a field on both axes
_LOOKS = frozenset("text short g stroke dashed strong left whole".split())


def data_behind(spec: Mapping[str, Any]) -> pd.DataFrame:
    """Return the rows that the marks of a chart show, without what only says how they look.

    Rows that two marks show stand once. Where several sets of rows remain, `layer` numbers them in
    the order of drawing and names their mark.
    """
    shown = {data: mark for mark, data in reversed(list(_marks(spec))) if data in spec["datasets"]}
    rows = {data: _readable(pd.DataFrame(spec["datasets"][data])) for data in shown}
    kept: list[str] = []
    for data in sorted(reversed(rows), key=lambda data: -rows[data].size):
        if rows[data].size and not any(_within(rows[data], rows[other]) for other in kept):
            kept.append(data)
    parts = [rows[data].assign(**{LAYER: shown[data]}) for data in reversed(shown) if data in kept]
    table = pd.concat(
        [part.assign(**{LAYER: f"{i} " + part[LAYER]}) for i, part in enumerate(parts, start=1)]
        or [pd.DataFrame(columns=[LAYER])],
        ignore_index=True,
    )
    table = table.drop(columns=LAYER) if len(parts) == 1 else table
    first = [column for column in KEYS if column in table]
    return table[[*first, *table.columns.drop(first)]].convert_dtypes()


def _marks(node: Mapping[str, Any], data: str = "") -> Iterator[tuple[str, str]]:
    """Yield type and data of every mark that is no text, and placed by fields on both axes, in
    order of drawing.
    """
    data = node.get("data", {}).get("name", data)
    for part in node.get(LAYER, ()):
        yield from _marks(part, data)
    encoding = node.get("encoding", {})
    placed = all(any("field" in encoding.get(c, {}) for c in axis) for axis in _PLACED)
    if placed and node["mark"]["type"] != "text":
        yield node["mark"]["type"], data


def _readable(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows without looks, texts on one line."""
    painted = [c for c in rows if rows[c].astype(str).str.match(r"\$\w+$").all()]
    rows = rows.drop(columns=[*painted, *_LOOKS.intersection(rows)])
    text = [c for c in rows if not pd.api.types.is_numeric_dtype(rows[c])]
    return rows.assign(**{c: rows[c].map(_one_line) for c in text})


def _one_line(value: Any) -> Any:
    return " ".join(value.split()) if isinstance(value, str) else value


def _within(rows: pd.DataFrame, whole: pd.DataFrame) -> bool:
    """Whether every row stands in the whole, by the columns that both have."""
    shared = [c for c in rows if c in whole]
    known = set(whole[shared].itertuples(index=False, name=None))
    return bool(shared) and set(rows[shared].itertuples(index=False, name=None)) <= known
