"""Specification curves: an outcome under every combination of choices, sorted; below it a matrix
of the choices that each one made.
"""

import json
from collections.abc import Callable, Iterable
from typing import Any

import altair as alt
import pandas as pd

from coevo.report.figures.axes import axis_scale, tips
from coevo.report.figures.theme import specification

ROW, CURVE, GAP = 13.0, 230.0, 26.0  # pixels: row of the matrix, height of the curve, between
ABOVE = 0.4  # of a row, above the name of a choice
Limits = tuple[float, float]
NAME = 26  # letters of a variant's name that stand beside the matrix; its tip holds all
# From a chart of the rows, x, and y by field: the layers of a curve.
Marks = Callable[[alt.Chart, alt.X, Callable[[str], alt.Y]], list[alt.Chart]]


def curve(
    rows: pd.DataFrame, choices: Iterable[str], words: dict[str, str], limits: Limits,
    axis: alt.Axis, told: Iterable[str], marks: Marks, foot: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """A curve over its matrix, with a line through both at the study's own combination.

    Parameters
    ----------
    rows
        A combination each, from the left: a column per choice, `main`, and what the marks show.
    limits, axis
        The vertical axis of the curve.
    told
        What a tip says besides the choices, as `tips` reads it.
    foot
        Words below the matrix.
    """
    lines, places = choice_matrix(rows, choices, words)
    tall, scale, below = _heights(limits, lines["line"].max() + 1)
    varied = rows.drop(columns=list(choices)).assign(
        i=range(len(rows)), **{choice: rows[choice].map(place) for choice, place in places.items()}
    )
    names = dict(zip(lines["line"].astype(str), lines["name"], strict=True))
    spelled = json.dumps(names, ensure_ascii=False)
    chart = alt.Chart(varied)
    known = {f"{choice}_name": f"{spelled}[format(datum.{choice}, '.1f')]" for choice in places}
    chosen = [alt.Tooltip(f"{c}_name:N", title=words[f"choice_{c}"]) for c in places]
    hovered = chart.transform_calculate(**known).encode(tooltip=[*tips(words, *told), *chosen])
    under = foot and alt.Axis(title=foot, titleAnchor="start", values=[], titleLimit=600)
    x = alt.X("i:Q", scale=axis_scale(-1, len(rows)), axis=under)
    own = alt.Chart(varied.loc[varied["main"], ["i"]]).mark_rule(color="$focus", strokeWidth=1)
    layers = alt.layer(
        own.encode(x=x),
        alt.layer(_strokes(chart, list(places), x, below, len(rows)), *variant_names(lines, below)),
        alt.layer(*marks(hovered, x, lambda of: alt.Y(f"{of}:Q", scale=scale, axis=axis))),
    )
    return specification(layers.resolve_scale(y="independent"), tall)


def choice_matrix(
    rows: pd.DataFrame, choices: Iterable[str], words: dict[str, str]
) -> tuple[pd.DataFrame, dict[str, dict[str, float]]]:
    """Lines of the matrix (line, name, text, kind) and the line of each variant by choice.

    rows: a combination each, with a column per choice and `main`, true for the study's own.
    `line` counts rows from the top, with a little air above each choice; `text` is the name as far
    as it has room; kind: choice, variant, used. A choice with one variant has no line.
    """
    used = rows[rows["main"]]
    lines: list[tuple[float, str, str]] = []
    places: dict[str, dict[str, float]] = {}
    line = 0.0
    for choice in choices:
        own_first = rows.sort_values("main", ascending=False, kind="stable")[choice]
        variants = list(dict.fromkeys(own_first))
        if len(variants) < 2:
            continue
        lines.append((line, words[f"choice_{choice}"], "choice"))
        places[choice] = {variant: round(line + i, 1) for i, variant in enumerate(variants, 1)}
        for variant, place in places[choice].items():
            kind = "used" if (used[choice] == variant).any() else "variant"
            lines.append((place, variant_word(words, choice, variant), kind))
        line = round(lines[-1][0] + 1 + ABOVE, 1)
    found = pd.DataFrame(lines, columns=["line", "name", "kind"])
    short = found["name"].where(
        found["name"].str.len() <= NAME, found["name"].str[: NAME - 1] + "…"
    )
    return found.assign(text=short), places


def variant_word(words: dict[str, str], choice: str, variant: str) -> str:
    """The word for a variant of a choice; what has none stands as it is."""
    return words.get(f"variant_{choice}_{variant}", variant)


def _heights(limits: Limits, depth: float) -> tuple[float, alt.Scale, alt.Scale]:
    """Height of the whole, scale of the curve, and that of the matrix below it."""
    tall = CURVE + GAP + ROW * depth
    ends = [alt.expr(f"height * {at / tall:.4f}") for at in (CURVE, CURVE + GAP)]
    flat = {"nice": False, "zero": False}
    curve = alt.Scale(domain=list(limits), range=[ends[0], 0], **flat)
    matrix = [ends[1], alt.expr("height")]
    return tall, curve, alt.Scale(domain=[-0.5, depth - 0.5], range=matrix, **flat)


def _strokes(
    chart: alt.Chart, choices: list[str], x: alt.X, below: alt.Scale, count: int
) -> alt.Chart:
    """A stroke for each combination in the row of the variant that it took."""
    mark = chart.transform_fold(choices, as_=["choice", "line"]).mark_point(
        shape="M0,-1L0,1", size=81, filled=False, aria=False, stroke="$muted", opacity=0.75,
        strokeWidth=alt.expr(f"max(0.7, 0.9 * width / {count})"),
    )  # fmt: skip
    return mark.encode(x=x, y=alt.Y("line:Q", scale=below, axis=None))


def variant_names(lines: pd.DataFrame, below: alt.Scale) -> list[alt.Chart]:
    """Names of the choices and of their variants, at the left of their rows."""
    return [
        alt.Chart(lines[lines["kind"] == kind])
        .mark_text(align="right", dx=-8, fontSize=10.5, color=colour, fontWeight=weight)
        .encode(x=alt.value(0), y=alt.Y("line:Q", scale=below, axis=None), text="text:N")
        for kind, colour, weight in (
            ("choice", "$muted", "bold"), ("variant", "$ink", "normal"),
            ("used", "$focus", "bold"),
        )
        if (lines["kind"] == kind).any()
    ]  # fmt: skip
