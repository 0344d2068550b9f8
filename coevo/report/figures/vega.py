"""From the layers that a chart draws (layers.yaml) and a study's rows to plain Vega-Lite."""

from collections.abc import Iterable, Iterator, Mapping
from functools import reduce
from operator import getitem
from pathlib import Path
from typing import Any

import pandas as pd

from coevo.report.figures import CONFIG, WIDTH, replaced
from coevo.report.findings.study_tables import Study
from coevo.report.words.grammar import read_yaml

Part = dict[str, Any]  # of a specification

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.4.1.json"
# on the left for names that a browser measures before their font is there
PADDING = {"left": 7, "top": 3, "right": 7, "bottom": 3}
LAYERS = read_yaml(Path(__file__).with_name("layers.yaml").read_text("utf-8"))
APART = ("layer", "given")  # parts of a chart that are not as Vega-Lite has them
TYPES = {"Q": "quantitative", "N": "nominal", "O": "ordinal"}


def amount(field: str, **options: Any) -> Part:
    """A channel of numbers."""
    return {"field": field, "type": "quantitative", **options}


def specification(
    chart: str, study: Study, words: Mapping[str, str], rows: Mapping[str, pd.DataFrame],
    **given: Any,
) -> Part:  # fmt: skip
    """A chart of layers.yaml with our config; the page sets the width, 640 pixels stand in for it.

    rows: what the layers draw, by name; given: what stands for `=name` in them, beside what the
    chart gives itself. The parameter `container` is the width that the page has: that of the plot
    depends on words. `fit-x` makes room for words beside the plot as well as for axes.
    """
    given |= {"focus": study.focus, "several": not study.single, "words": words}
    given |= put(LAYERS[chart].get("given", {}), given)
    held = {name: _records(part) for name, part in rows.items() if len(part)}
    made = {part: put(node, given) for part, node in LAYERS[chart].items() if part not in APART}
    return {
        "$schema": SCHEMA,
        "config": CONFIG,
        "datasets": held,
        "width": WIDTH,
        "padding": PADDING,
        "autosize": {"type": "fit-x", "contains": "padding"},
        **made,
        "params": [*made.get("params", ()), {"name": "container", "value": WIDTH}],
        "layer": list(_drawn(LAYERS[chart]["layer"], held, given, words)),
    }


def _drawn(
    layers: Iterable[Part], rows: Mapping[str, Any], given: Mapping[str, Any], words: Any
) -> Iterator[Part]:
    """Layers as Vega-Lite has them, without those whose rows are not there."""
    for layer in layers:
        if "layer" in layer:
            yield {**layer, "layer": list(_drawn(layer["layer"], rows, given, words))}
            continue
        part = put(layer, given)
        data, haloed = part.get("data"), part.pop("haloed", False)
        if not part.pop("when", True) or (data is not None and data not in rows):
            continue
        part["data"] = {"values": [{}]} if data is None else {"name": data}
        part["encoding"] = {c: _channel(at, words) for c, at in part["encoding"].items()}
        if haloed:
            plain = {c: at for c, at in part["encoding"].items() if c != "color"}
            yield part | {"mark": part["mark"] | LAYERS["marks"]["halo"], "encoding": plain}
        yield part


def put(node: Any, given: Mapping[str, Any]) -> Any:
    """A part of a layer with what the study gives: for `=x.scale` itself, in a text `{focus}`."""

    def text(part: str) -> Any:
        whole = part.startswith("=")
        return reduce(getitem, part[1:].split("."), given) if whole else part.format_map(given)

    return replaced(node, text)


def _channel(at: Any, words: Mapping[str, str]) -> Any:
    """A channel, in short a field with its type; a list: lines of a tip.

    A name in a tip that the words do not have as `tip_<name>` is a symbol and stands as it is.
    """
    if isinstance(at, str):
        field, _, kind = at.partition(":")
        typed = {"type": TYPES[kind[0]]} if kind else {}
        return {"field": field, **typed, **({"scale": None} if kind.endswith("!") else {})}
    if not isinstance(at, list):
        return at
    lines = (line.split() for line in at)
    return [
        (amount(field, format=pattern[0]) if pattern else _channel(f"{field}:N", words))
        | {"title": words.get(f"tip_{name}", name)}
        for field, name, *pattern in lines
    ]


def _records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as JSON takes them: what is missing or not finite is null."""
    plain = rows.astype(object).replace([float("inf"), float("-inf")], None)
    return list(plain.where(rows.notna(), None).to_dict("records"))
