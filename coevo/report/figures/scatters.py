"""Charts of the question 'in step, or just large and rising?'."""

from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from coevo.coupling.comovement import SCOPES, demean
from coevo.report.figures.axes import HALO, above, axis_scale, tick_format, ticks, zero_line
from coevo.report.figures.theme import specification
from coevo.report.findings.comovement import correlation_values
from coevo.report.findings.study_tables import SUBSYSTEM_PREFIX, Study


def opening_correlations(study: Study, words: dict[str, str]) -> dict[str, Any]:
    """Correlation of the logs of the first two indices at three levels; a bar shows what random
    pairing gives, where that was computed.
    """
    rows = correlation_values(study).reset_index()
    rows["title"] = rows["scope"].map(lambda scope: words[scope])
    rows["text"] = rows["value"].map(lambda v: f"{v:+.2f}".replace("-", "−"))
    low = min(-0.25, rows[["value", "low"]].min().min()) - 0.12
    high = max(0.5, rows[["value", "high"]].max().max()) + 0.12
    values = ticks(low, high)
    x = axis_scale(low, high)
    axis = alt.Axis(values=values, format=".2~f", title=words["correlation"], grid=True)
    order = [scope for scope in SCOPES if scope in set(rows["scope"])]
    placed = rows.dropna(subset=["low", "high"])
    tips = [
        alt.Tooltip("title:N", title=words["tip_scope"]),
        alt.Tooltip("value:Q", title="r", format=".3f"),
        alt.Tooltip("low:Q", title=words["tip_low"], format=".3f"),
        alt.Tooltip("high:Q", title=words["tip_high"], format=".3f"),
    ]
    where = alt.Y("scope:N", sort=order, scale=alt.Scale(domain=order), axis=None)
    base = alt.Chart(rows).encode(y=where)
    dot = base.mark_point(filled=True, size=110, color="$ink", opacity=1).encode(
        x=alt.X("value:Q", scale=x, axis=axis), tooltip=tips if len(placed) else tips[:2]
    )
    value = base.mark_text(dy=-17, fontSize=13, fontWeight="bold").encode(
        x=alt.X("value:Q", scale=x), text="text:N"
    )
    title = [
        base.mark_text(align="left", dy=-36, fontSize=12, **ink).encode(
            x=alt.value(0), text="title:N"
        )
        for ink in (HALO, {"color": "$muted"})
    ]
    bars = _pairings(placed, words, where, x, tips)
    return specification(
        alt.layer(zero_line("$muted"), *bars[:1], dot, value, *title, *bars[1:]), 264
    )


def _pairings(
    placed: pd.DataFrame, words: dict[str, str], y: alt.Y, x: alt.Scale, tips: list[alt.Tooltip]
) -> list[alt.Chart]:
    """Bars of what random pairing gives, and the words that say so under the first; or nothing."""
    if placed.empty:
        return []
    low = alt.X("low:Q", scale=x)
    bar = alt.Chart(placed).mark_bar(height=12, color="$line", opacity=0.55)
    key = alt.Chart(placed.iloc[[0]]).mark_text(
        align="left", dy=16, fontSize=11, color="$muted", text=words["pairings"]
    )
    return [bar.encode(x=low, x2="high:Q", y=y, tooltip=tips), key.encode(x=low, y=y)]


def _logs(study: Study, scope: str) -> pd.DataFrame:
    """Logs of the first two indices, less the means that `scope` takes out."""
    columns = [SUBSYSTEM_PREFIX + s for s in study.subsystems[:2]]
    rows = study.coupling[(study.coupling[columns] > 0).all(axis=1)].reset_index(drop=True)
    groups = rows["region"].to_numpy(), rows["year"].to_numpy()
    logs = [np.log(rows[column].to_numpy(dtype=float)) for column in columns]
    x, y = (demean(values, *groups, scope) for values in logs)
    return rows[["region", "name", "year"]].assign(x=x, y=y)


def _limits(rows: pd.DataFrame, column: str) -> tuple[float, float]:
    low, high = rows[column].min(), rows[column].max()
    air = 0.05 * (high - low)
    return low - air, high + air


def _scatter(study: Study, words: dict[str, str], scope: str) -> dict[str, Any]:
    rows = _logs(study, scope)
    # The second and the third panel share their scales, so that the shrinking cloud is seen.
    limits_from = rows if scope == "levels" else _logs(study, "within_regions")
    x_limits, y_limits = _limits(limits_from, "x"), _limits(limits_from, "y")
    first, second = (study.label(s) for s in study.subsystems[:2])
    x_ticks, y_ticks = ticks(*x_limits, 3), ticks(*y_limits, 4)
    x = alt.X(
        "x:Q", scale=axis_scale(*x_limits),
        axis=alt.Axis(
            title=words[f"x_{scope}"].format(subsystem=first), values=x_ticks,
            format=tick_format(x_ticks), grid=True,
        ),
    )  # fmt: skip
    y = alt.Y(
        "y:Q", scale=axis_scale(*y_limits),
        axis=above(
            words[f"y_{scope}"].format(subsystem=second), values=y_ticks,
            format=tick_format(y_ticks),
        ),
    )  # fmt: skip
    tips = [
        alt.Tooltip("name:N", title=words["tip_region"]),
        alt.Tooltip("year:Q", title=words["tip_year"]),
        alt.Tooltip("x:Q", title=first, format=".2f"),
        alt.Tooltip("y:Q", title=second, format=".2f"),
    ]
    cloud = alt.Chart(rows).mark_point(filled=True, size=14, color="$muted", opacity=0.45)
    focus = alt.Chart(rows[rows["region"] == study.focus])
    return specification(
        alt.layer(
            cloud.encode(x=x, y=y, tooltip=tips),
            focus.mark_line(color="$focus", strokeWidth=1.8).encode(x=x, y=y, order="year:Q"),
            focus.mark_point(filled=True, color="$focus", size=26, opacity=1).encode(
                x=x, y=y, tooltip=tips
            ),
        ),
        280,
    )


def scatter_levels(study: Study, words: dict[str, str]) -> dict[str, Any]:
    """Logs of the two indices, every region and year."""
    return _scatter(study, words, "levels")


def scatter_within_regions(study: Study, words: dict[str, str]) -> dict[str, Any]:
    """The same less each region's mean."""
    return _scatter(study, words, "within_regions")


def scatter_within_regions_and_years(study: Study, words: dict[str, str]) -> dict[str, Any]:
    """The same less each region's and each year's mean."""
    return _scatter(study, words, "within_regions_and_years")
