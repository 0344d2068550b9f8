"""Charts of the indicator system: weights under every method, and what holds D back."""

from typing import Any

import altair as alt
import pandas as pd

from coevo.report.figures.axes import (
    axis_scale,
    named_rows,
    of_picked,
    tick_format,
    ticks,
    wrapped_label,
)
from coevo.report.figures.theme import specification, subsystem_colour
from coevo.report.findings.data_quality import obstacle_rows
from coevo.report.findings.study_tables import Study

SHAPES = ("diamond", "stroke", "cross", "triangle-up", "square", "triangle-down")


def _positions(study: Study) -> dict[str, int]:
    """Subsystem position of each indicator."""
    places = {s: i for i, s in enumerate(study.subsystems)}
    inside = study.indicators[study.indicators["subsystem"].isin(places)]
    return dict(zip(inside["indicator"], inside["subsystem"].map(places), strict=True))


def weights(study: Study, words: dict[str, str]) -> dict[str, Any]:
    """Weight of each indicator: filled dot under the method used, other marks for the others."""
    used = study.config["weighting"]["method"]
    rows = study.tables["weights"].copy()
    rows["row"] = rows["indicator"].map(lambda i: wrapped_label(study.heading(i)))
    rows["colour"] = rows["subsystem"].map(
        lambda s: subsystem_colour(study.subsystems.index(s), text=True)
    )
    rows["of"] = rows["subsystem"].map(study.label)
    main = rows[rows["weighting"] == used].copy()
    main["place"] = main["subsystem"].map(study.subsystems.index)
    main = main.sort_values(["place", "weight"], ascending=[True, False])
    high = max(rows["weight"].max() * 1.15, 0.1)
    values = ticks(0, high)
    x = alt.X(
        "weight:Q", scale=axis_scale(0, high),
        axis=alt.Axis(
            values=values, format=tick_format(values), title=words["weight"], grid=True
        ),
    )  # fmt: skip
    y = named_rows(list(main["row"]))
    tips = [
        alt.Tooltip("row:N", title=words["tip_indicator"]),
        alt.Tooltip("of:N", title=words["tip_subsystem"]),
        alt.Tooltip("weighting:N", title=words["tip_method"]),
        alt.Tooltip("weight:Q", title=words["tip_weight"], format=".3f"),
    ]
    stem = alt.Chart(main).mark_rule(color="$line").encode(x=x, x2=alt.value(0), y=y)
    others = sorted(set(rows["weighting"]) - {used})
    marks = [
        alt.Chart(rows[rows["weighting"] == other])
        .mark_point(shape=SHAPES[i % len(SHAPES)], size=52, color="$muted", opacity=1)
        .encode(x=x, y=y, tooltip=tips)
        for i, other in enumerate(others)
    ]
    dot = (
        alt.Chart(main)
        .mark_point(filled=True, size=120, opacity=1)
        .encode(x=x, y=y, color=alt.Color("colour:N", scale=None), tooltip=tips)
    )
    text = (
        alt.Chart(main)
        .mark_text(align="right", fontWeight="bold")
        .encode(
            x=alt.value(alt.expr("width + 40")), y=y, text=alt.Text("weight:Q", format=".2f"),
            color=alt.Color("colour:N", scale=None),
        )
    )  # fmt: skip
    return specification(alt.layer(stem, *marks, dot, text), 34.0 * len(main))


def _bars(
    rows: pd.DataFrame, order: list[str], high: float, words: dict[str, str]
) -> tuple[alt.Chart, alt.X, alt.Y]:
    values = ticks(0, high, 4)
    x = alt.X(
        "obstacle:Q", scale=axis_scale(0, high),
        axis=alt.Axis(values=values, format=".0%", title=words["obstacle"], grid=True),
    )  # fmt: skip
    y = named_rows(order)
    chart = (
        alt.Chart(rows)
        .mark_bar(height=9)
        .encode(
            x=x,
            x2=alt.value(0),
            y=y,
            color=alt.Color("colour:N", scale=None),
            tooltip=[
                alt.Tooltip("name:N", title=words["tip_region"]),
                alt.Tooltip("row:N", title=words["tip_indicator"]),
                alt.Tooltip("obstacle:Q", title=words["tip_obstacle"], format=".1%"),
                alt.Tooltip("mean:Q", title=words["tip_mean"], format=".1%"),
            ],
        )
    )
    return chart, x, y


def _obstacle_rows(study: Study) -> pd.DataFrame:
    """Obstacle degrees of the latest year that has them, with label, colour and regional mean."""
    rows = obstacle_rows(study).copy()
    places = _positions(study)
    rows["row"] = rows["indicator"].map(lambda i: wrapped_label(study.heading(i)))
    rows["colour"] = rows["indicator"].map(lambda i: subsystem_colour(places[i]))
    rows["mean"] = rows.groupby("indicator")["obstacle"].transform("mean")
    return rows


def _obstacles(study: Study, words: dict[str, str], picked: bool) -> dict[str, Any]:
    rows = _obstacle_rows(study)
    focus = rows[rows["region"] == study.focus]
    order = list(focus.sort_values("obstacle", ascending=False)["row"])
    shown = rows if picked else focus
    chart, x, y = _bars(
        shown, order, float(shown["obstacle"].max()) * 1.08 if len(shown) else 1.0, words
    )
    if study.single:
        return specification(chart, 34.0 * len(order))
    mean = (
        alt.Chart(focus)
        .mark_tick(color="$ink", thickness=2, height=17)
        .encode(x=alt.X("mean:Q", scale=x["scale"]), y=y)
    )
    if picked:
        (chart,) = of_picked(study, chart)
    return specification(alt.layer(chart, mean), 34.0 * len(order))


def obstacles(study: Study, words: dict[str, str]) -> dict[str, Any]:
    """Obstacle degree by indicator in the last year, region in focus; tick: mean of regions."""
    return _obstacles(study, words, picked=False)


def region_obstacles(study: Study, words: dict[str, str]) -> dict[str, Any]:
    """The same for the region picked on the page."""
    return _obstacles(study, words, picked=True)
