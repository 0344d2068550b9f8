"""Intervals of the interaction coefficients, by estimator and effects."""

from functools import partial
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from coevo.report.figures.axes import (
    ESTIMATE,
    axis_scale,
    tick_format,
    ticks,
    tips,
    title_lines,
    zero_line,
)
from coevo.report.figures.choice_lines import variant_word
from coevo.report.figures.theme import specification
from coevo.report.findings.interaction import slope_intervals
from coevo.report.findings.study_tables import Study

AIR = 0.06  # of the axis, beyond the outermost interval


def _intervals(
    rows: pd.DataFrame, y: alt.Y, title: str, told: list[alt.Tooltip]
) -> list[alt.Chart]:
    """Zero, and the interval with its estimate of each row: in its `tone`, the dot's `fill`, as
    `strong` as it says.
    """
    low, high = min(0.0, rows["low"].min()), max(0.0, rows["high"].max())
    air = AIR * (high - low)
    values = ticks(low - air, high + air, 4)
    axis = alt.Axis(values=values, format=tick_format(values), title=title_lines(title), grid=True)
    x = alt.X("low:Q", scale=axis_scale(low - air, high + air), axis=axis)
    tone = alt.Color("tone:N", scale=None)
    base = alt.Chart(rows).encode(y=y, color=tone, tooltip=told)
    rule = base.mark_rule().encode(
        x=x, x2="high:Q", strokeWidth=alt.StrokeWidth("strong:Q", scale=None)
    )
    dot = base.transform_calculate(area="36 * datum.strong").mark_point(opacity=1).encode(
        x=alt.X("estimate:Q", scale=x["scale"]), fill=alt.Fill("fill:N", scale=None),
        size=alt.Size("area:Q", scale=None),
    )  # fmt: skip
    return [zero_line(), rule, dot]


def _coefficient(study: Study, words: dict[str, str], parameter: str) -> dict[str, Any]:
    """Intervals of one coefficient: hollow for region effects, filled for region and year."""
    rows = slope_intervals(study, parameter)
    head = (rows["estimator"] == study.estimator) & (rows["effects"] == rows["effects"].iloc[-1])
    hollow = rows["effects"].eq("region")
    label = rows["estimator"].map(partial(variant_word, words, "estimator"))
    rows = rows.assign(
        row=rows["effects"] + "|" + label,
        label=label,
        title=rows["effects"].map(lambda effects: words[f"effects_{effects}"]),
        tone=np.where(hollow, "$muted", "$ink"),
        fill=np.where(hollow, "$bg", "$ink"),
        strong=np.where(head, 3, 1.6),
    )
    heads = rows.drop_duplicates("effects")[["effects", "title"]].rename(columns={"effects": "row"})
    order = [
        row
        for effects, part in rows.groupby("effects", sort=False)
        for row in (effects, *part["row"])
    ]
    names = alt.Axis(
        title=None, labelExpr="split(datum.label, '|')[1] || ''", labelLimit=140, labelColor="$ink"
    )
    y = alt.Y("row:N", sort=order, scale=alt.Scale(domain=order), axis=names)
    told = tips(words, "label:N estimator", "title:N effects", *ESTIMATE)
    heading = alt.Chart(heads).encode(x=alt.value(0), y=y)
    layers = [
        *_intervals(rows, y, words[f"axis_{parameter}"], told),
        heading.mark_text(align="right", dx=-6, fontWeight="bold", color="$muted").encode(
            text="title:N"
        ),
    ]
    return specification(alt.layer(*layers), 27.0 * len(order))


coefficient_b1, coefficient_d = (partial(_coefficient, parameter=name) for name in ("b1", "d"))
