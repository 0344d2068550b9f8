"""What moved D over the study's years, split down to indicators."""

from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from coevo.report.figures.axes import (
    axis_scale,
    named_rows,
    tick_format,
    ticks,
    wrapped_label,
    zero_line,
)
from coevo.report.figures.theme import specification, subsystem_colour
from coevo.report.findings.study_tables import Study


def _signed(value: float) -> str:
    return f"{value:+.1f}".replace("-", "−") if abs(value) >= 0.05 else f"{0:.1f}"


def growth_split(study: Study, words: dict[str, str]) -> dict[str, Any]:
    """Contribution of each indicator to the growth of D in the focus, 100 times its part of the
    logarithm so that the parts add up; tick: mean of the regions; their sum below.
    """
    table = study.tables["growth_split"]
    sums = 100 * table.groupby(["region", "indicator"])["contribution"].sum()
    own = sums.xs(study.focus, level="region").sort_values(ascending=False)
    subsystem = dict(zip(table["indicator"], table["subsystem"], strict=True))
    rows = pd.DataFrame(
        {
            "row": [wrapped_label(study.heading(i)) for i in own.index],
            "value": own.to_numpy().round(4),
            "mean": sums.groupby("indicator").mean().reindex(own.index).to_numpy().round(4),
            "of": [study.label(subsystem[i]) for i in own.index],
            "colour": [subsystem_colour(study.subsystems.index(subsystem[i])) for i in own.index],
            "ink": [
                subsystem_colour(study.subsystems.index(subsystem[i]), text=True) for i in own.index
            ],
            "text": own.map(_signed).to_numpy(),
        }
    )
    growth = f"{np.expm1(own.sum() / 100) * 100:+.0f}".replace("-", "−")
    total = words["sum"].format(growth=growth)
    sums_up = pd.DataFrame({"row": [total], "text": [_signed(own.sum())]})
    seen = rows["value"] if study.single else pd.concat([rows["value"], rows["mean"]])
    low, high = min(0.0, seen.min()), max(0.0, seen.max())
    air = 0.05 * (high - low)
    low, high = low - air * (low < 0), high + air
    years = study.of_focus("growth_split")["year"]
    title = words["growth" if study.single else "growth_mean"].format(
        first=int(years.min()) - 1, last=int(years.max())
    )
    values = ticks(low, high, 4)
    x = alt.X(
        "value:Q", scale=axis_scale(low, high),
        axis=alt.Axis(
            values=values, format=tick_format(values), title=title, grid=True, titleLimit=600
        ),
    )  # fmt: skip
    y = named_rows([*rows["row"], total])
    tips = [
        alt.Tooltip("row:N", title=words["tip_indicator"]),
        alt.Tooltip("of:N", title=words["tip_subsystem"]),
        alt.Tooltip("value:Q", title=words["tip_value"], format="+.2f"),
        alt.Tooltip("mean:Q", title=words["tip_mean"], format="+.2f"),
    ][: 3 if study.single else 4]
    bars = (
        alt.Chart(rows)
        .mark_bar(height=11)
        .encode(
            x=x, x2=alt.datum(0), y=y, color=alt.Color("colour:N", scale=None), tooltip=tips
        )
    )  # fmt: skip
    mean = (
        alt.Chart(rows)
        .mark_tick(color="$ink", thickness=2, height=19)
        .encode(x=alt.X("mean:Q", scale=x["scale"]), y=y, tooltip=tips)
    )
    at = {"x": alt.value(alt.expr("width + 44")), "y": y, "text": "text:N"}
    number = (
        alt.Chart(rows)
        .mark_text(align="right", fontWeight="bold")
        .encode(**at, color=alt.Color("ink:N", scale=None))
    )
    below = alt.Chart(sums_up).mark_text(align="right", fontWeight="bold", color="$ink")
    means = [] if study.single else [mean]
    layers = [zero_line("$muted"), bars, *means, number, below.encode(**at)]
    return specification(alt.layer(*layers), 34.0 * len(rows) + 22)
