"""How sure we are of D: D under every combination of choices, and which choice matters."""

from collections.abc import Callable
from functools import partial
from typing import Any

import altair as alt
import pandas as pd

from coevo.report.figures.axes import (
    above,
    axis_scale,
    grade_bands,
    grade_scale,
    grade_ticks,
    haloed,
    named_rows,
    percent_axis,
    tenths_around,
    tick_format,
    ticks,
    tips,
)
from coevo.report.figures.curves import CURVE, Limits, curve
from coevo.report.figures.theme import specification
from coevo.report.findings.grade_scale import colours, grade_marks
from coevo.report.findings.study_tables import Study
from coevo.sensitivity.choices import CHOICES


def share_text(share: float, pattern: str = "{} %") -> str:
    """A share as per cent, never as all or nothing where it is not."""
    text = f"{share * 100:.0f}"
    if share < 1 and text == "100":
        return "> " + pattern.format(99)
    return "< " + pattern.format(1) if share > 0 and text == "0" else pattern.format(text)


def specification_curve(study: Study, words: dict[str, str]) -> dict[str, Any]:
    """D of the focus under every combination of choices, sorted; below it, which each one made."""
    table = study.tables["multiverse"].dropna(subset="focus_D")
    table = table.sort_values("focus_D", kind="stable", ignore_index=True)
    rows = table[[*CHOICES, "main"]].assign(
        D=table["focus_D"].round(4),
        g=table["focus_grade"].map(colours(study.grades)),
        grade=table["focus_grade"],
    )
    limits = tenths_around(table["focus_D"])
    cuts = grade_ticks(study.grades, limits)
    title = words["D_of"].format(region=study.name(study.focus), year=study.years[-1])
    axis = above(title, values=cuts, format=tick_format(cuts))
    foot = words["combinations"].format(count=f"{len(rows):,}")
    marks = partial(_marks, study=study, words=words, table=table, limits=limits)
    told = ("D:Q D .4f", "grade:N grade")
    return curve(rows, CHOICES, words, limits, axis, told, marks, foot)


def _marks(
    chart: alt.Chart, x: alt.X, at: Callable[[str], alt.Y], study: Study, words: dict[str, str],
    table: pd.DataFrame, limits: Limits,
) -> list[alt.Chart]:  # fmt: skip
    """A dot for each combination, the names of the grades, and the study's own with its value, on
    the side that the curve leaves free.
    """
    dots = chart.mark_point(filled=True, size=16, opacity=1, stroke="$muted", strokeWidth=0.3)
    own = table.loc[table["main"], "focus_D"]
    text = [words["this_study"].format(value=grade_marks(D, scale=study.grades)) for D in own]
    main = alt.Chart(pd.DataFrame({"i": own.index, "D": own.round(4), "text": text}))
    main = main.encode(x=x, y=at("D"))
    left = (own.index >= len(table) / 2).all()
    side = {"align": "right", "dx": -7, "dy": -11} if left else {"align": "left", "dx": 7, "dy": 11}
    return [
        dots.encode(x=x, y=at("D"), color=alt.Color("g:O", scale=grade_scale())),
        *_band_names(study, table["focus_D"], limits, at),
        *haloed(main, "$focus", "text:N", fontSize=12, fontWeight="bold", **side),
        main.mark_point(filled=True, size=95, color="$focus", opacity=1),
    ]


def _band_names(
    study: Study, D: pd.Series, limits: Limits, at: Callable[[str], alt.Y]
) -> list[alt.Chart]:
    """Names of the grades between their cuts: at the left under the upper cut, or, where the curve
    soon leaves the band, at the right above the lower one.
    """
    reach = 16 / CURVE * (limits[1] - limits[0])
    bands = grade_bands(study.grades, limits).query("high - low >= @reach")
    left = bands["high"].map(lambda high: (high - reach > D).mean() > 0.45).astype(bool)
    layers = []
    for here, ends, x, side in (
        (left, "high", 0, {"align": "left", "dx": 3, "dy": 9}),
        (~left, "low", alt.expr("width"), {"align": "right", "dx": -3, "dy": -9}),
    ):
        data = bands.loc[here, [ends, "grade"]].set_axis(["at", "text"], axis=1)
        chart = alt.Chart(data).encode(x=alt.value(x), y=at("at"))
        layers += haloed(chart, "$muted", "text:N", fontSize=11, **side)
    return layers


def sensitivity(study: Study, words: dict[str, str]) -> dict[str, Any]:
    """Share of the variance of D over the combinations by choice: alone, and with interactions."""
    rows = study.tables["sensitivity"]
    rows = rows[rows["outcome"] == "focus_D"]
    rows = rows.assign(bar=rows["first_order"].clip(lower=0))  # an estimate of 0 may fall below it
    rows = rows.assign(shown=rows["bar"].round(2)).sort_values(["shown", "total"], ascending=False)
    data = (
        rows[["first_order", "total", "bar"]]
        .round(4)
        .assign(
            row=rows["choice"].map(lambda choice: words[f"choice_{choice}"]),
            text=[share_text(share, words["percent"]) for share in rows["bar"].round(4)],
        )
    )
    high = min(1.0, float(rows[["first_order", "total"]].max().max()) * 1.04)
    x = alt.X(
        "bar:Q", scale=axis_scale(0, high),
        axis=percent_axis(ticks(0, high, 4), words["sensitivity"], words["percent"]),
    )  # fmt: skip
    base = alt.Chart(data).encode(
        y=named_rows(list(data["row"])),
        tooltip=tips(words, "row:N choice", "first_order:Q alone .1%", "total:Q together .1%"),
    )
    outline = base.mark_bar(height=13, fill="$bg", stroke="$muted", strokeWidth=1).encode(
        x=alt.X("total:Q", scale=x["scale"]), x2=alt.value(0)
    )
    fill = base.mark_bar(height=13, color="$muted").encode(x=x, x2=alt.value(0))
    text = base.mark_text(align="right", fontWeight="bold").encode(
        x=alt.value(alt.expr("width + 44")), text="text:N"
    )
    return specification(alt.layer(outline, fill, text), 26.0 * len(data))
