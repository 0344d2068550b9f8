"""Charts of the interaction coefficients: pooled by estimator and effects, and by region."""

from functools import partial
from typing import Any

import altair as alt
import pandas as pd

from coevo.report.figures.axes import (
    HALO,
    axis_scale,
    interval_tips,
    region_rows,
    tick_format,
    ticks,
    zero_line,
)
from coevo.report.figures.curve_matrix import variant_word
from coevo.report.figures.theme import specification
from coevo.report.findings.interaction import regional, slope_intervals
from coevo.report.findings.study_tables import Study

HEADING = "heading"


def _limits(rows: pd.DataFrame, share: float = 0.0) -> tuple[float, float]:
    """Limits that hold zero and every interval, with air; `share` more is kept at the right."""
    low, high = min(0.0, rows["low"].min()), max(0.0, rows["high"].max())
    air = 0.06 * (high - low)
    return low - air, high + air + share * (high - low)


def _axis(rows: pd.DataFrame, title: str) -> alt.X:
    """The axis of a coefficient's intervals."""
    low, high = _limits(rows)
    values = ticks(low, high, 4)
    axis = alt.Axis(values=values, format=tick_format(values), title=title, grid=True)
    return alt.X("low:Q", scale=axis_scale(low, high), axis=axis)


def _coefficient(study: Study, words: dict[str, str], parameter: str) -> dict[str, Any]:
    """Intervals of one coefficient: hollow for region effects, filled for region and year."""
    rows = slope_intervals(study, parameter)
    rows = rows.assign(
        row=rows["effects"] + "|" + rows["estimator"],
        head=(rows["estimator"] == study.estimator) & (rows["effects"] == rows["effects"].iloc[-1]),
        hollow=rows["effects"].eq("region"),
    )
    rows["label"] = rows["estimator"].map(partial(variant_word, words, "estimator"))
    rows["title"] = rows["effects"].map(lambda e: words[f"effects_{e}"])
    order, headings = [], []
    for effects, part in rows.groupby("effects", sort=False):
        order += [f"{HEADING}|{effects}", *part["row"]]
        headings.append({"row": f"{HEADING}|{effects}", "title": words[f"effects_{effects}"]})
    x = _axis(rows, words[f"axis_{parameter}"])
    y = alt.Y("row:N", sort=order, scale=alt.Scale(domain=order), axis=None)
    tips = [
        alt.Tooltip("label:N", title=words["tip_estimator"]),
        alt.Tooltip("title:N", title=words["tip_effects"]),
        *interval_tips(words),
    ]
    tone = alt.condition("datum.hollow", alt.value("$faint"), alt.value("$ink"))
    base = alt.Chart(rows).encode(y=y)
    rule = base.mark_rule().encode(
        x=x, x2="high:Q", color=tone, tooltip=tips,
        strokeWidth=alt.condition("datum.head", alt.value(3), alt.value(1.6)),
    )  # fmt: skip
    dot = base.mark_point(opacity=1).encode(
        x=alt.X("estimate:Q", scale=x["scale"]), tooltip=tips,
        stroke=alt.condition("datum.hollow", alt.value("$muted"), alt.value("$ink")),
        fill=alt.condition("datum.hollow", alt.value("$bg"), alt.value("$ink")),
        size=alt.condition("datum.head", alt.value(120), alt.value(58)),
    )  # fmt: skip
    name = base.mark_text(align="left", dx=8, fontSize=11.5).encode(
        x=alt.X("high:Q", scale=x["scale"]), text="label:N",
        color=alt.condition("datum.hollow", alt.value("$muted"), alt.value("$ink")),
    )  # fmt: skip
    title = [
        alt.Chart(pd.DataFrame(headings))
        .mark_text(align="left", fontWeight="bold", **ink)
        .encode(x=alt.value(0), y=y, text="title:N")
        for ink in (HALO, {"color": "$muted"})
    ]
    layers = alt.layer(zero_line(), rule, dot, name, *title)
    return specification(layers, 27.0 * len(order))


def coefficient_b1(study: Study, words: dict[str, str]) -> dict[str, Any]:
    """Effect of the downstream output on upstream growth, sign reversed."""
    return _coefficient(study, words, "b1")


def coefficient_d(study: Study, words: dict[str, str]) -> dict[str, Any]:
    """Effect of the upstream output on downstream growth."""
    return _coefficient(study, words, "d")


def _regional(study: Study, words: dict[str, str], parameter: str) -> dict[str, Any]:
    """Interval of one coefficient in every region, in units of each region's first year."""
    rows = regional(study, parameter)
    rows = rows.assign(
        zero=(rows["low"] <= 0) & (rows["high"] >= 0), focus=rows["scope"].eq(study.focus)
    )
    order = list(rows.sort_values("estimate", ascending=False)["name"])
    x = _axis(rows, words[f"axis_{parameter}"])
    y = region_rows(study, order, labelFontSize=11, labelLimit=110)
    tips = [alt.Tooltip("name:N", title=words["tip_region"]), *interval_tips(words)]
    colour = {
        "condition": [
            {"test": "datum.focus", "value": "$focus"},
            {"test": "datum.zero", "value": "$faint"},
        ],
        "value": "$ink",
    }
    fill = {
        "condition": [
            {"test": "datum.zero", "value": "$bg"},
            {"test": "datum.focus", "value": "$focus"},
        ],
        "value": "$ink",
    }
    base = alt.Chart(rows).encode(y=y, tooltip=tips)
    rule = base.mark_rule(strokeWidth=1.6).encode(x=x, x2="high:Q", color=colour)
    dot = base.mark_point(opacity=1, size=44).encode(
        x=alt.X("estimate:Q", scale=x["scale"]), stroke=colour, fill=fill
    )
    return specification(alt.layer(zero_line(), rule, dot), 17.0 * len(order))


def regional_b1(study: Study, words: dict[str, str]) -> dict[str, Any]:
    """b1 of every region from its own growth rows."""
    return _regional(study, words, "b1")


def regional_d(study: Study, words: dict[str, str]) -> dict[str, Any]:
    """d of every region from its own growth rows."""
    return _regional(study, words, "d")
