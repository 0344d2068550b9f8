"""Charts of the question 'in step, or just large and rising?'."""

from functools import partial
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from coevo.coupling.comovement import SCOPES, demean
from coevo.report.figures.axes import (
    above,
    axis_scale,
    named_rows,
    tick_format,
    ticks,
    tips,
    wrapped_label,
    zero_line,
)
from coevo.report.figures.theme import specification
from coevo.report.findings.comovement import correlation_values
from coevo.report.findings.study_tables import SUBSYSTEM_PREFIX, Study


def correlations(study: Study, words: dict[str, str]) -> dict[str, Any]:
    """Correlation of the logs of the first two indices at three levels; a bar shows what random
    pairing gives, where that was computed.
    """
    rows = correlation_values(study).reset_index()
    rows["row"] = rows["scope"].map(lambda scope: wrapped_label(words[scope], 18))
    rows["text"] = rows["value"].map(lambda v: f"{v:+.2f}".replace("-", "−"))
    low = min(-0.25, rows[["value", "low"]].min().min()) - 0.12
    high = max(0.5, rows[["value", "high"]].max().max()) + 0.12
    values = ticks(low, high)
    x = axis_scale(low, high)
    axis = alt.Axis(values=values, format=".2~f", title=words["correlation"], grid=True)
    order = [scope for scope in SCOPES if scope in set(rows["scope"])]
    placed = rows.dropna(subset=["low", "high"])
    told = ["row:N scope", "value:Q r .3f"]
    told += ["low:Q low .3f", "high:Q high .3f"] if len(placed) else []
    where = named_rows([title for title in map(rows.set_index("scope")["row"].get, order)])
    base = alt.Chart(rows).encode(y=where)
    dot = base.mark_point(filled=True, size=110, color="$ink", opacity=1).encode(
        x=alt.X("value:Q", scale=x, axis=axis), tooltip=tips(words, *told)
    )
    value = base.mark_text(dy=-17, fontSize=13, fontWeight="bold").encode(
        x=alt.X("value:Q", scale=x), text="text:N"
    )
    bars = _pairings(placed, words, where, x, tips(words, *told))
    return specification(
        alt.layer(zero_line("$muted"), *bars[:1], dot, value, *bars[1:]), 58.0 * len(order)
    )


def _pairings(
    placed: pd.DataFrame, words: dict[str, str], y: alt.Y, x: alt.Scale, tips: list[alt.Tooltip]
) -> list[alt.Chart]:
    """Bars of what random pairing gives, and the words that say so under the first; or nothing."""
    if placed.empty:
        return []
    low = alt.X("low:Q", scale=x)
    bar = alt.Chart(placed).mark_bar(height=12, color="$line", opacity=0.55)
    ends = {"left": low, "right": alt.X("high:Q", scale=x)}
    first = placed.iloc[0]
    side = "right" if first["low"] + first["high"] > sum(x["domain"]) else "left"
    key = alt.Chart(placed.iloc[[0]]).mark_text(
        align=side, dy=16, fontSize=11, color="$muted", text=words["pairings"]
    )
    return [bar.encode(x=low, x2="high:Q", y=y, tooltip=tips), key.encode(x=ends[side], y=y)]


def _logs(study: Study, scope: str) -> pd.DataFrame:
    """Logs of the first two indices, less the means that `scope` takes out."""
    columns = [SUBSYSTEM_PREFIX + s for s in study.subsystems[:2]]
    rows = study.coupling[(study.coupling[columns] > 0).all(axis=1)].reset_index(drop=True)
    groups = rows["region"].to_numpy(), rows["year"].to_numpy()
    logs = [np.log(rows[column].to_numpy(dtype=float)) for column in columns]
    x, y = (demean(values, *groups, scope) for values in logs)
    found = rows[["region", "name", "year"]].assign(ln_U1=x, ln_U2=y)
    return found[found["region"].isin(study.drawn)]


def _axis(values: pd.Series, count: int) -> tuple[alt.Scale, dict[str, Any]]:
    """Scale with a little air, and its round values with their format."""
    low, high = values.min(), values.max()
    air = 0.05 * (high - low)
    marks = ticks(low - air, high + air, count)
    return axis_scale(low - air, high + air), {"values": marks, "format": tick_format(marks)}


def _scatter(study: Study, words: dict[str, str], scope: str) -> dict[str, Any]:
    rows = _logs(study, scope)
    first, second = (study.label(s) for s in study.subsystems[:2])
    (across, x_marks), (up, y_marks) = _axis(rows["ln_U1"], 4), _axis(rows["ln_U2"], 4)
    x_title = words[f"x_{scope}"].format(subsystem=first)
    y_title = words[f"y_{scope}"].format(subsystem=second)
    at = {
        "x": alt.X("ln_U1:Q", scale=across, axis=alt.Axis(title=x_title, grid=True, **x_marks)),
        "y": alt.Y("ln_U2:Q", scale=up, axis=above(y_title, **y_marks)),
    }
    told = tips(words, "name:N region", "year:Q year", "ln_U1:Q ln·U₁ .2f", "ln_U2:Q ln·U₂ .2f")
    cloud = alt.Chart(rows).mark_point(filled=True, size=14, color="$muted", opacity=0.45)
    focus = alt.Chart(rows[rows["region"] == study.focus]).encode(**at)
    layers = [
        cloud.encode(**at, tooltip=told),
        focus.mark_line(color="$focus", strokeWidth=1.8).encode(order="year:Q"),
        focus.mark_point(filled=True, color="$focus", size=26, opacity=1).encode(tooltip=told),
    ]
    return specification(alt.layer(*layers), 280)


scatter_levels = partial(_scatter, scope="levels")
scatter_within_regions_and_years = partial(_scatter, scope="within_regions_and_years")
