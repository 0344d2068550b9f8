"""Choices and their variants as rows of a figure, the study's own first."""

from collections.abc import Iterable

import altair as alt
import pandas as pd

ABOVE = 0.4  # of a row, above the name of a choice
NAME = 26  # letters of a variant's name that stand beside its row; its tip holds all


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
