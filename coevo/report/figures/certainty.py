"""How sure we are of D: D under every combination of choices, and which choice matters."""

import json
from typing import Any

import altair as alt
import pandas as pd

from coevo.report.figures.axes import (
    HALO,
    above,
    axis_scale,
    grade_bands,
    grade_scale,
    grade_ticks,
    named_rows,
    percent_axis,
    tenths_around,
    tick_format,
    ticks,
)
from coevo.report.figures.curve_matrix import CURVE, choice_matrix, labels, scales, strokes, tall
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


def _combinations(study: Study) -> pd.DataFrame:
    """Combinations in which D of the region in focus is known, from the lowest D to the highest."""
    rows = study.tables["multiverse"].dropna(subset="focus_D")
    return rows.sort_values("focus_D", kind="stable").reset_index(drop=True)


def specification_curve(study: Study, words: dict[str, str]) -> dict[str, Any]:
    """D of the focus under every combination of choices, sorted; below it, which each one made."""
    rows = _combinations(study)
    lines, places = choice_matrix(rows, CHOICES, words)
    depth = lines["line"].max() + 1
    data = pd.DataFrame(
        {
            "i": range(len(rows)),
            "D": rows["focus_D"].round(4),
            "g": rows["focus_grade"].map(colours(study.grades)),
            "grade": rows["focus_grade"],
        }
        | {choice: rows[choice].map(place) for choice, place in places.items()}
    )
    limits = tenths_around(rows["focus_D"])
    cuts = grade_ticks(study.grades, limits)
    y, below = scales(limits, depth)
    x = alt.X("i:Q", scale=axis_scale(-1, len(rows)), axis=None)
    chart = alt.Chart(data)
    dots = chart.mark_point(filled=True, size=16, opacity=1, stroke="$muted", strokeWidth=0.3)
    tips = [
        alt.Tooltip("D:Q", format=".4f"),
        alt.Tooltip("grade:N", title=words["tip_grade"]),
        *(alt.Tooltip(f"{c}_name:N", title=words[f"choice_{c}"]) for c in places),
    ]
    text = dict(zip(lines["line"].astype(str), lines["text"], strict=True))
    names = json.dumps(text, ensure_ascii=False)
    named = {f"{choice}_name": f"{names}[format(datum.{choice}, '.1f')]" for choice in places}
    title = words["D_of"].format(region=study.name(study.focus), year=study.years[-1])
    curve = dots.transform_calculate(**named).encode(
        x=x,
        y=alt.Y("D:Q", scale=y, axis=above(title, values=cuts, format=tick_format(cuts))),
        color=alt.Color("g:O", scale=grade_scale()),
        tooltip=tips,
    )
    bottom = strokes(chart, list(places), x, below, len(rows)) + labels(lines, below)
    foot = (
        alt.Chart(alt.Data(values=[{}]))
        .mark_text(
            align="left", baseline="top", dy=6, color="$muted",
            text=words["combinations"].format(count=f"{len(rows):,}"),
        )
        .encode(x=alt.value(0), y=alt.value(alt.expr("height")))
    )  # fmt: skip
    top = alt.layer(
        curve, *_band_names(study, rows, limits, x, y), *_main(rows, words, study, x, y)
    )
    chart = alt.layer(_through(rows, x), alt.layer(*bottom), top, foot).resolve_scale(
        y="independent"
    )
    return specification(chart, tall(depth))


def _through(rows: pd.DataFrame, x: alt.X) -> alt.Chart:
    """A line through curve and matrix at the study's own combination."""
    own = pd.DataFrame({"i": rows.index[rows["main"]]})
    return alt.Chart(own).mark_rule(color="$focus", strokeWidth=1).encode(x=x)


def _main(
    rows: pd.DataFrame, words: dict[str, str], study: Study, x: alt.X, y: alt.Scale
) -> list[alt.Chart]:
    """The study's own combination: a dot with its value, on the side that the curve leaves free."""
    own = rows[rows["main"]]
    text = [
        words["this_study"].format(value=grade_marks(D, scale=study.grades)) for D in own["focus_D"]
    ]
    data = pd.DataFrame({"i": own.index, "D": own["focus_D"].round(4), "text": text})
    chart = alt.Chart(data)
    at = {"x": x, "y": alt.Y("D:Q", scale=y)}
    left = (own.index >= len(rows) / 2).all()
    place = (
        {"align": "right", "dx": -7, "dy": -11} if left else {"align": "left", "dx": 7, "dy": 11}
    )
    return [
        *(
            chart.mark_text(fontSize=12, fontWeight="bold", **place, **ink).encode(
                **at, text="text:N"
            )
            for ink in (HALO, {"color": "$focus"})
        ),
        chart.mark_point(filled=True, size=95, color="$focus", opacity=1).encode(**at),
    ]


def _band_names(
    study: Study, rows: pd.DataFrame, limits: tuple[float, float], x: alt.X, y: alt.Scale
) -> list[alt.Chart]:
    """Names of the grades between their cuts: at the left under the upper cut, or, where the curve
    soon leaves the band, at the right above the lower one.
    """
    layers = []
    reach = 16 / CURVE * (limits[1] - limits[0])
    for band in grade_bands(study.grades, limits).itertuples():
        if band.high - band.low < reach:
            continue
        left = (rows["focus_D"] < band.high - reach).mean() > 0.45
        data = pd.DataFrame({"at": [band.high if left else band.low], "text": [band.grade]})
        side = (
            {"align": "left", "dx": 3, "dy": 9} if left else {"align": "right", "dx": -3, "dy": -9}
        )
        layers += [
            alt.Chart(data)
            .mark_text(fontSize=11, **side, **ink)
            .encode(
                x=alt.value(0 if left else alt.expr("width")),
                y=alt.Y("at:Q", scale=y),
                text="text:N",
            )
            for ink in (HALO, {"color": "$muted"})
        ]
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
    y = named_rows(list(data["row"]))
    base = alt.Chart(data)
    tips = [
        alt.Tooltip("row:N", title=words["tip_choice"]),
        alt.Tooltip("first_order:Q", title=words["tip_alone"], format=".1%"),
        alt.Tooltip("total:Q", title=words["tip_together"], format=".1%"),
    ]
    outline = base.mark_bar(height=13, fill="$bg", stroke="$muted", strokeWidth=1).encode(
        x=alt.X("total:Q", scale=x["scale"]), x2=alt.value(0), y=y, tooltip=tips
    )
    fill = base.mark_bar(height=13, color="$muted").encode(x=x, x2=alt.value(0), y=y, tooltip=tips)
    text = base.mark_text(align="right", fontWeight="bold").encode(
        x=alt.value(alt.expr("width + 44")), y=y, text="text:N"
    )
    return specification(alt.layer(outline, fill, text), 26.0 * len(data))
