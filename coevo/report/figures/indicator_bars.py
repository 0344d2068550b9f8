"""Bars by indicator of the region in focus: what moved D over the years, and what holds it back."""

from functools import partial
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from coevo.report.figures.axes import (
    axis_scale,
    named_rows,
    percent_axis,
    tick_format,
    ticks,
    tips,
    title_lines,
    wrapped_label,
    zero_line,
)
from coevo.report.figures.certainty import share_text
from coevo.report.figures.theme import specification, subsystem_colour
from coevo.report.findings.data_quality import obstacle_rows
from coevo.report.findings.level_control import of_measure
from coevo.report.findings.study_tables import Study

ROW = 34.0  # pixels of a bar's row
FREE = 0.05  # of the axis, beyond the longest bar


def growth_split(study: Study, words: dict[str, str]) -> dict[str, Any]:
    """Growth of D in the focus, 100 times its logarithm, split twice so that the parts of each add
    up to the sum below: by T and C, and by indicator; tick: mean of the regions.
    """
    table = study.tables["growth_split"]
    sums = 100 * table.groupby(["region", "indicator"])["contribution"].sum()
    whole = float(sums.loc[study.focus].sum())
    rows = pd.concat([_level_and_balance(study, words, whole), _rows(study, sums)])
    rows = rows.assign(text=rows["contribution"].map(_signed)).reset_index(drop=True)
    total = words["sum"].format(growth=f"{np.expm1(whole / 100) * 100:+.0f}".replace("-", "−"))
    years = study.of_focus("growth_split")["year"]
    title = words["growth" if study.single else "growth_mean"].format(
        first=int(years.min()) - 1, last=int(years.max())
    )
    y = named_rows([*rows["row"], total])
    below = alt.Chart(pd.DataFrame({"row": [total], "text": [_signed(whole)]}))
    layers = [*_bars(study, words, rows, title, y, "+.2f"), _numbers(below, y)]
    return specification(alt.layer(*layers), ROW * len(rows) + 22)


def _level_and_balance(study: Study, words: dict[str, str], whole: float) -> pd.DataFrame:
    """What T and C add, as rows above the indicators; none where the steps lack a year."""
    parts = {key: 100 * of_measure(study, f"rise_{key}") for key in ("lnD", "T", "C")}
    if abs(parts["lnD"].get(study.focus, np.inf) - whole) > 1e-7:
        return pd.DataFrame()
    ink = {"of": "", "colour": "$ink", "ink": "$ink"}
    return pd.DataFrame(
        {
            "row": words[name],
            "contribution": round(parts[key][study.focus], 4),
            "mean": round(parts[key].mean(), 4),
            **ink,
        }
        for name, key in (("level", "T"), ("balance", "C"))
    )


def _signed(value: float) -> str:
    return f"{value:+.1f}".replace("-", "−") if abs(value) >= 0.05 else f"{0:.1f}"


def obstacles(study: Study, words: dict[str, str]) -> dict[str, Any]:
    """Obstacle degree by indicator in the last year, region in focus; tick: mean of regions."""
    table = obstacle_rows(study).set_index(["region", "indicator"])["obstacle"]
    rows = _rows(study, table)
    rows["text"] = rows["obstacle"].map(partial(share_text, pattern=words["percent"]))
    y = named_rows(list(rows["row"]))
    layers = _bars(study, words, rows, words["obstacle"], y, ".1%")
    return specification(alt.layer(*layers), ROW * len(rows))


def _rows(study: Study, values: pd.Series) -> pd.DataFrame:
    """Values of the region in focus, the largest first, by their name: row (label), value, mean of
    the regions, of (its subsystem), colour and ink. values: by region and indicator.
    """
    own = values.xs(study.focus, level="region").sort_values(ascending=False)
    subsystems = study.indicators.set_index("indicator")["subsystem"].reindex(own.index)
    places = subsystems.map(study.subsystems.index)
    means = values.groupby("indicator").mean().reindex(own.index)
    return pd.DataFrame(
        {
            "row": [wrapped_label(study.heading(indicator)) for indicator in own.index],
            values.name: own.round(4),
            "mean": means.round(4),
            "of": subsystems.map(study.label),
            "colour": places.map(subsystem_colour),
            "ink": places.map(lambda place: subsystem_colour(place, text=True)),
        }
    ).reset_index(drop=True)


def _bars(
    study: Study, words: dict[str, str], rows: pd.DataFrame, title: str, y: alt.Y, pattern: str
) -> list[alt.Chart]:
    """A bar for each indicator with its number, and a tick at the mean of the regions."""
    field = str(rows.columns[1])
    seen = rows[field] if study.single else rows[[field, "mean"]]
    low, high = min(0.0, float(np.min(seen))), max(0.0, float(np.max(seen)))
    low, high = ((1 + FREE) * end for end in (low, high or 1.0))
    values = ticks(low, high, 4)
    axis = (
        percent_axis(values, title, words["percent"])
        if pattern.endswith("%")
        else alt.Axis(
            values=values, format=tick_format(values), title=title_lines(title), grid=True
        )
    )
    x = alt.X(f"{field}:Q", scale=axis_scale(low, high), axis=axis)
    shown = ["row:N indicator", "of:N subsystem", f"{field}:Q value {pattern}"]
    shown += [] if study.single else [f"mean:Q mean {pattern}"]
    base = alt.Chart(rows).encode(y=y, tooltip=tips(words, *shown))
    bars = base.mark_bar(height=11).encode(
        x=x, x2=alt.datum(0), color=alt.Color("colour:N", scale=None)
    )
    mean = base.mark_tick(color="$ink", thickness=2, height=19).encode(
        x=alt.X("mean:Q", scale=x["scale"])
    )
    number = _numbers(alt.Chart(rows), y).encode(color=alt.Color("ink:N", scale=None))
    return [zero_line("$muted"), bars, *([] if study.single else [mean]), number]


def _numbers(chart: alt.Chart, y: alt.Y) -> alt.Chart:
    mark = chart.mark_text(align="right", fontWeight="bold", color="$ink")
    return mark.encode(x=alt.value(alt.expr("width + 44")), y=y, text="text:N")
