"""The matrix below a specification curve: which variant of each choice a specification took."""

from collections.abc import Iterable

import altair as alt
import pandas as pd

ROW, CURVE, GAP = 13.0, 230.0, 26.0  # pixels: row of the matrix, height of the curve, between
ABOVE = 0.4  # of a row, above the name of a choice


def choice_matrix(
    rows: pd.DataFrame, choices: Iterable[str], words: dict[str, str]
) -> tuple[pd.DataFrame, dict[str, dict[str, float]]]:
    """Lines of the matrix (line, text, kind: choice, variant, used) and the line of each variant.

    rows: a specification each, with a column per choice and `main`, true for the study's own.
    `line` counts rows from the top, with a little air above each choice. A choice with one variant
    has none.
    """
    used = rows[rows["main"]]
    lines: list[tuple[float, str, str]] = []
    places: dict[str, dict[str, float]] = {}
    line = 0.0
    for choice in choices:
        variants = list(dict.fromkeys(_own_first(rows, choice)))
        if len(variants) < 2:
            continue
        lines.append((line, words[f"choice_{choice}"], "choice"))
        places[choice] = {variant: round(line + i, 1) for i, variant in enumerate(variants, 1)}
        for variant, place in places[choice].items():
            kind = "used" if (used[choice] == variant).any() else "variant"
            lines.append((place, variant_word(words, choice, variant), kind))
        line = round(lines[-1][0] + 1 + ABOVE, 1)
    return pd.DataFrame(lines, columns=["line", "text", "kind"]), places


def variant_word(words: dict[str, str], choice: str, variant: str) -> str:
    """The word for a variant of a choice; what has none stands as it is."""
    return words.get(f"variant_{choice}_{variant}", variant)


def _own_first(rows: pd.DataFrame, choice: str) -> list[str]:
    """Variants of a choice, the study's own first, the others in the order of the table."""
    return list(rows.sort_values("main", ascending=False, kind="stable")[choice])


def tall(depth: float) -> float:
    """Height in pixels of a curve with a matrix of so many rows."""
    return CURVE + GAP + ROW * depth


def scales(limits: tuple[float, float], depth: float) -> tuple[alt.Scale, alt.Scale]:
    """Scale of the curve, and that of the matrix below it."""
    height = tall(depth)
    curve = alt.Scale(
        domain=list(limits), nice=False, zero=False,
        range=[alt.expr(f"height * {CURVE / height:.4f}"), 0],
    )  # fmt: skip
    below = alt.Scale(
        domain=[-0.5, depth - 0.5], nice=False, zero=False,
        range=[alt.expr(f"height * {(CURVE + GAP) / height:.4f}"), alt.expr("height")],
    )  # fmt: skip
    return curve, below


def strokes(
    chart: alt.Chart, choices: list[str], x: alt.X, below: alt.Scale, count: int
) -> list[alt.Chart]:
    """A stroke for each specification in the row of the variant that it took."""
    return [
        chart.transform_fold(choices, as_=["choice", "line"])
        .mark_point(
            shape="M0,-1L0,1", size=81, filled=False, aria=False, stroke="$muted", opacity=0.75,
            strokeWidth=alt.expr(f"max(0.7, 0.9 * width / {count})"),
        )
        .encode(x=x, y=alt.Y("line:Q", scale=below, axis=None))
    ]  # fmt: skip


def labels(lines: pd.DataFrame, below: alt.Scale) -> list[alt.Chart]:
    """Names of the choices and of their variants, at the left of the matrix."""
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
