"""Dots of regions: in step or just large and rising? More than the level?"""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from coevo.coupling.comovement import demean, whole_regions
from coevo.coupling.level import LEVEL_OUT
from coevo.report.figures.axes import PLOT, above, axis, label_sides, log_ticks, spanning, ticks
from coevo.report.figures.vega import Part, amount, specification
from coevo.report.findings.grade_scale import grade_marks
from coevo.report.findings.level_control import (
    level_label,
    level_values,
    measures_finding,
    of_measure,
)
from coevo.report.findings.study_tables import SUBSYSTEM_PREFIX, Study

AIR = 0.06  # of the range of what is drawn, on either side


def _channel(
    place: Any, title: str, rows: pd.DataFrame, fields: str, count: int, log: bool = False
) -> Part:
    """A channel of the first of `fields`, with a little air around them all.

    place: makes the axis; count: of ticks, about; log: a scale of logarithms.
    """
    names = fields.split()
    ends = np.array([rows[names].min(axis=None), rows[names].max(axis=None)], dtype=float)
    low, high = np.log(ends) if log else ends
    air = AIR * max(high - low, 0.1)
    limits = np.array([low - air, high + air])
    low, high = map(float, np.exp(limits) if log else limits)
    drawn = place(title, (log_ticks if log else ticks)(low, high, count))
    if not log:
        return spanning(names[0], low, high, drawn)
    scale = {"domain": [low, high], "type": "log", "nice": False}
    return amount(names[0], scale=scale, axis=drawn)


def _pixels(values: pd.Series, channel: Part, length: float) -> pd.Series:
    """Places of values along `length` pixels of a channel."""
    scale = channel["scale"]
    turn = np.log if "type" in scale else np.asarray
    low, high = turn(scale["domain"])
    return (turn(values) - low) / (high - low) * length + 0 * values


def _logs(study: Study, scope: str) -> pd.DataFrame:
    """Logs of the first two indices, less the means that `scope` takes out."""
    columns = [SUBSYSTEM_PREFIX + s for s in study.subsystems[:2]]
    rows = study.coupling[(study.coupling[columns] > 0).all(axis=1)]
    rows = whole_regions(rows).reset_index(drop=True)
    groups = rows["region"].to_numpy(), rows["year"].to_numpy()
    logs = [np.log(rows[column].to_numpy(dtype=float)) for column in columns]
    x, y = (demean(values, *groups, scope) for values in logs)
    deviations = rows[["region", "name", "year"]].assign(ln_U1=x, ln_U2=y)
    return deviations[deviations["region"].isin(study.drawn)]


def _scatter(study: Study, words: Mapping[str, str], scope: str) -> Part:
    rows = _logs(study, scope)
    titles = (
        words[f"{end}_{scope}"].format(subsystem=study.label(subsystem))
        for end, subsystem in zip("xy", study.subsystems, strict=False)
    )
    x = _channel(axis, next(titles), rows, "ln_U1", 4)
    y = _channel(above, next(titles), rows, "ln_U2", 4)
    drawn = {"rows": rows, "focus": rows[rows["region"] == study.focus]}
    return specification("scatter", study, words, drawn, x=x, y=y)


scatter_levels = partial(_scatter, scope="levels")
scatter_within_regions_and_years = partial(_scatter, scope="within_regions_and_years")


def _adjusted(study: Study, level: str) -> pd.DataFrame:
    """Regions of the last year: level, D, the D of their level alone, ranks of D without and with
    the level taken out.

    The line has the slope within years and goes through the middle of the regions in the last year:
    a region's distance from it, against the others', is its level-adjusted D.
    """
    last = study.coupling[study.coupling["year"] == study.years[-1]].set_index("region")
    columns = {
        "left": of_measure(study, "adjusted_lnD", level=level, slope=LEVEL_OUT),
        "rank_D": of_measure(study, "rank_D"),
        "rank_adjusted": of_measure(study, "rank_adjusted_D", level=level, slope=LEVEL_OUT),
    }
    rows = last[["name", "D"]].join(pd.DataFrame(columns), how="inner").dropna()
    rows["level"] = level_values(study, level)[0].xs(study.years[-1], level="year")
    rows["alone"] = rows["D"] / np.exp(rows["left"] - rows["left"].mean())
    return rows.rename_axis("region").reset_index().sort_values("level", ignore_index=True)


def against_level(study: Study, words: Mapping[str, str]) -> Part:
    """D against the level of development, both on scales of logarithms, with the line that the
    level alone would give, and a dot for each region with its `name` where that has room; that
    picked is large, with its `text`.
    """
    level = str(measures_finding(study)["by"])
    rows, unit = _adjusted(study, level), level_values(study, level)[1]
    label = level_label(study, level, words)
    title = words["measured"].format(label=label[:1].upper() + label[1:], unit=unit)
    D_title = words["D_start"].format(year=study.years[-1])
    x = _channel(axis, title if unit else label, rows, "level", 6, log=True)
    y = _channel(above, D_title, rows, "D alone", 8, log=True)
    named = zip(rows["name"], rows["D"], strict=True)
    rows["text"] = [f"{name} {grade_marks(D, scale=study.grades)}" for name, D in named]
    rows = rows.drop(columns="left").round({"D": 4, "alone": 4, "level": 2})
    focus = rows["region"] == study.focus
    across = _pixels(rows["level"], x, PLOT[0])
    up, drawn = (PLOT[1] - _pixels(rows[column], y, PLOT[1]) for column in ("D", "alone"))
    places = label_sides(rows["name"].mask(focus, rows["text"]), focus, across, up, drawn)
    side, lift = places["side"], places["lift"]
    left, named = side.eq("left") | side.eq("") & across.gt(PLOT[0] / 2), side.ne("")
    rows = rows.assign(left=left, lift=lift, named=named, px=across.round(), py=up.round())
    spots = rows[rows["region"].isin(study.drawn)].set_index("region")[["px", "py"]]
    drawn_rows = {"line": rows.iloc[[0, -1]][["level", "alone"]], "rows": rows}
    return specification(
        "against_level", study, words, drawn_rows,
        x=x,
        y=y,
        field="alone",
        line=amount("alone", scale=y["scale"]),
        spots=spots.to_dict("index"),
    )  # fmt: skip
