"""Labels at the right end of lines, in place of a legend."""

import altair as alt
import pandas as pd

from coevo.report.figures.axes import spread_labels

LABEL_PIXELS = 15.0  # height that a label needs


def end_labels(rows: pd.DataFrame, low: float, high: float, height: float) -> pd.DataFrame:
    """Rows (value, text, colour, weight) with `at`, where each label stands beside its line."""
    gap = LABEL_PIXELS / height * (high - low)
    return rows.reset_index(drop=True).assign(
        at=lambda f: spread_labels(f["value"], gap, low, high).to_numpy()
    )


def label_marks(labels: pd.DataFrame, y: alt.Scale) -> list[alt.Chart]:
    """Labels in two layers, regular and bold: weight is a property of a mark, not a channel."""
    return [
        _marks(labels[labels["bold"] == bold], y, weight)
        for bold, weight in ((False, "normal"), (True, "bold"))
        if (labels["bold"] == bold).any()
    ]


def _marks(labels: pd.DataFrame, y: alt.Scale, weight: str) -> alt.Chart:
    chart = alt.Chart(labels).mark_text(align="left", dx=8, fontSize=12, fontWeight=weight)
    return chart.encode(
        x=alt.value(alt.expr("width")),
        y=alt.Y("at:Q", scale=y),
        text="text:N",
        color=alt.Color("colour:N", scale=None),
    )
