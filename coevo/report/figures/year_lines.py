"""Lines over the years, with labels at their right end in place of a legend."""

from collections.abc import Callable, Sequence

import altair as alt
import pandas as pd

from coevo.report.figures.axes import spread_labels, years_axis

LABEL_PIXELS = 15.0  # height that a label needs
HIDDEN = alt.OverlayMarkDef(opacity=0, size=60)  # a point that a reader can hover, on each year


def series_lines(
    chart: alt.Chart, years: Sequence[int], y: alt.Y, told: list[alt.Tooltip]
) -> alt.Chart:
    """A line for each `series` of the rows, in its `colour` and `stroke`, `dashed` or not."""
    return chart.mark_line(point=HIDDEN).encode(
        x=years_axis(years),
        y=y,
        detail="series:N",
        color=alt.Color("colour:N", scale=None),
        strokeDash=alt.condition("datum.dashed", alt.value([5, 3]), alt.value([1, 0])),
        strokeWidth=alt.StrokeWidth("stroke:Q", scale=None),
        tooltip=told,
    )


def end_labels(rows: pd.DataFrame, low: float, high: float, height: float) -> pd.DataFrame:
    """Rows (value, text, colour, bold) with `at`, where each label stands beside its line."""
    gap = LABEL_PIXELS / height * (high - low)
    return rows.reset_index(drop=True).assign(
        at=lambda f: spread_labels(f["value"], gap, low, high).to_numpy()
    )


def label_marks(
    labels: pd.DataFrame, y: alt.Scale, chart: Callable[[pd.DataFrame], alt.Chart] = alt.Chart
) -> list[alt.Chart]:
    """Labels in two layers, regular and bold: weight is a property of a mark, not a channel."""
    return [
        chart(labels[labels["bold"] == bold])
        .mark_text(align="left", dx=8, fontSize=12, fontWeight=weight)
        .encode(
            x=alt.value(alt.expr("width")),
            y=alt.Y("at:Q", scale=y),
            text="text:N",
            color=alt.Color("colour:N", scale=None),
        )
        for bold, weight in ((False, "normal"), (True, "bold"))
        if (labels["bold"] == bold).any()
    ]
