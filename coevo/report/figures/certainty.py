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

STRIP = 17.0  # pixels of a variant's row


def share_text(share: float, pattern: str = "{} %") -> str:
    """A share as per cent, never as all or nothing where it is not."""
    text = f"{share * 100:.0f}"
    if share < 1 and text == "100":
        return "> " + pattern.format(99)
    return "< " + pattern.format(1) if share > 0 and text == "0" else pattern.format(text)


def by_choice(study: Study, words: dict[str, str]) -> dict[str, Any]:
    """D of the focus under every combination of choices: a band for each variant of a choice.

    Light: all of its combinations; dark: the middle half; dot: the mean. Upright line: the study.
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
    own = alt.Chart(table.loc[table["main"].astype(bool), ["focus_D"]].round(4))
    layers = [
        own.mark_rule(color="$focus", strokeWidth=1).encode(x=alt.X("focus_D:Q", scale=x["scale"])),
        *_bands(table, places, lines, words, x, y),
        *variant_names(lines, y),
    ]
    return specification(alt.layer(*layers), STRIP * depth)


def _bands(
    table: pd.DataFrame, places: Mapping[str, Mapping[str, float]], lines: pd.DataFrame,
    words: Mapping[str, str], x: alt.X, y: alt.Scale,
) -> list[alt.Chart]:  # fmt: skip
    """Range, middle half, mean and its number for each variant; what the study uses stands out."""
    at = lines.set_index("line")
    rows = [
        (place, at.loc[place, "name"], "$focus" if at.loc[place, "kind"] == "used" else "$ink",
         *D.quantile([0, 0.25, 0.75, 1]).round(4), round(D.mean(), 4), f"{D.mean():.2f}")
        for choice, variants in places.items()
        for variant, place in variants.items()
        for D in [table.loc[table[choice] == variant, "focus_D"]]
    ]  # fmt: skip
    columns = ["line", "name", "colour", "low", "lower", "upper", "high", "D", "text"]
    shown = tips(words, "name:N choice", "D:Q mean .3f", "low:Q low .3f", "high:Q high .3f")
    chart = alt.Chart(pd.DataFrame(rows, columns=columns)).encode(
        y=alt.Y("line:Q", scale=y, axis=None), tooltip=shown
    )
    at_mean = chart.encode(color=alt.Color("colour:N", scale=None))
    return [
        *(
            chart.mark_rule(color=colour, strokeWidth=width).encode(
                x=alt.X(f"{low}:Q", scale=x["scale"]), x2=f"{high}:Q"
            )
            for low, high, colour, width in (
                ("low", "high", "$grid", 9), ("lower", "upper", "$line", 9),
            )
        ),
        at_mean.mark_point(filled=True, size=48, opacity=1).encode(x=x),
        at_mean.mark_text(align="right", fontSize=10.5).encode(
            x=alt.value(alt.expr("width + 32")), text="text:N"
        ),
    ]  # fmt: skip
