"""How sure we are of D: D under every combination of choices, and which choice matters."""

from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from coevo.report.figures.axes import (
    axis_scale,
    grade_ticks,
    tenths_around,
    tick_format,
    tips,
)
from coevo.report.figures.choice_lines import choice_matrix, variant_names
from coevo.report.figures.theme import specification
from coevo.report.findings.study_tables import Study
from coevo.sensitivity.choices import CHOICES

STRIP = 15.0  # pixels of a row of strips


def share_text(share: float, pattern: str = "{} %") -> str:
    """A share as per cent, never as all or nothing where it is not."""
    text = f"{share * 100:.0f}"
    if share < 1 and text == "100":
        return "> " + pattern.format(99)
    return "< " + pattern.format(1) if share > 0 and text == "0" else pattern.format(text)


def by_choice(study: Study, words: dict[str, str]) -> dict[str, Any]:
    """D of the focus under every combination of choices: a strip for each variant of a choice.

    Dot: the mean of a variant's combinations; that of the study's own variants and D stand out.
    Behind the name of a choice the share of the variance that it accounts for alone.
    """
    table = study.tables["multiverse"].dropna(subset="focus_D")
    lines, places = choice_matrix(table, CHOICES, words)
    shares = study.tables["sensitivity"].query("outcome == 'focus_D'").set_index("choice")
    known = {
        words[f"choice_{choice}"]: words["choice_share"].format(
            choice=words[f"choice_{choice}"], share=share_text(share, words["percent"])
        )
        for choice, share in shares["first_order"].items()
    }
    heads = lines["kind"] == "choice"
    lines["text"] = lines["text"].mask(heads, lines["text"].map(known).fillna(lines["text"]))
    limits, depth = tenths_around(table["focus_D"]), lines["line"].max() + 1
    cuts = grade_ticks(study.grades, limits)
    title = words["D_of"].format(region=study.name(study.focus), year=study.years[-1])
    axis = alt.Axis(title=title, values=cuts, format=tick_format(cuts), grid=True)
    x, y = alt.X("D:Q", scale=axis_scale(*limits), axis=axis), axis_scale(-0.5, depth - 0.5)
    y.reverse = True
    rows = pd.DataFrame(
        {choice: table[choice].map(place) for choice, place in places.items()}
    ).assign(D=table["focus_D"].round(4))
    own = alt.Chart(rows.loc[table["main"].astype(bool), ["D"]])
    layers = [
        own.mark_rule(color="$focus", strokeWidth=1).encode(x=x),
        _strips(alt.Chart(rows), list(places), x, y),
        *_means(table, places, lines, words, x, y),
        *variant_names(lines, y),
    ]
    return specification(alt.layer(*layers), STRIP * depth)


def _strips(chart: alt.Chart, choices: list[str], x: alt.X, y: alt.Scale) -> alt.Chart:
    """A stroke for each combination in the strip of every variant that it took."""
    strokes = chart.transform_fold(choices, as_=["choice", "line"]).mark_point(
        shape="M0,-1L0,1", size=64, filled=False, aria=False, stroke="$muted", opacity=0.3,
        strokeWidth=0.8,
    )  # fmt: skip
    return strokes.encode(x=x, y=alt.Y("line:Q", scale=y, axis=None))


def _means(
    table: pd.DataFrame, places: Mapping[str, Mapping[str, float]], lines: pd.DataFrame,
    words: Mapping[str, str], x: alt.X, y: alt.Scale,
) -> list[alt.Chart]:  # fmt: skip
    """A dot at the mean of each variant with its number; those that the study uses stand out."""
    at = lines.set_index("line")
    rows = [
        (place, at.loc[place, "name"], at.loc[place, "kind"], *_spread(D))
        for choice, variants in places.items()
        for variant, place in variants.items()
        for D in [table.loc[table[choice] == variant, "focus_D"]]
    ]
    means = pd.DataFrame(rows, columns=["line", "name", "kind", "D", "low", "high", "text"])
    shown = tips(words, "name:N choice", "D:Q mean .3f", "low:Q low .3f", "high:Q high .3f")
    parts = []
    for kind, colour in (("variant", "$ink"), ("used", "$focus")):
        chart = alt.Chart(means[means["kind"] == kind]).encode(
            y=alt.Y("line:Q", scale=y, axis=None), tooltip=shown
        )
        parts += [
            chart.mark_point(filled=True, size=44, color=colour, opacity=1).encode(x=x),
            chart.mark_text(align="right", fontSize=10.5, color=colour).encode(
                x=alt.value(alt.expr("width + 32")), text="text:N"
            ),
        ]
    return parts


def _spread(D: pd.Series) -> tuple[float, float, float, str]:
    """Mean, least and largest D, and the mean as it is printed."""
    return round(D.mean(), 4), round(D.min(), 4), round(D.max(), 4), f"{D.mean():.2f}"
