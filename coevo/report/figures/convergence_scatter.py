"""Do low regions catch up? Growth of D against D of the first year."""

from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from coevo.report.figures.axes import above, axis_scale, haloed, tick_format, ticks, tips
from coevo.report.figures.level_scatter import BOLD, PLAIN, PLOT, log_scale, pixels, with_room
from coevo.report.figures.theme import specification
from coevo.report.findings.regional_pattern import growth
from coevo.report.findings.study_tables import Study

AIR = 0.08  # of the range, above and below


def _paths(study: Study) -> pd.DataFrame:
    """Regions that have both ends: D of the first year, growth a year in per cent, the line's."""
    wide = study.coupling.pivot(index="region", columns="year", values="D")
    first, last = wide[study.years[0]], wide[study.years[-1]]
    rows = pd.DataFrame({"start": first, "end": last})
    rows = rows[(rows > 0).all(axis=1)]
    years = study.years[-1] - study.years[0]
    x = np.log(rows["start"])
    rows["growth"] = 100 * (np.log(rows["end"]) - x) / years
    slope = float(growth(study)["own"]["value"])
    rows["line"] = rows["growth"].mean() + 100 * slope * (x - x.mean())
    rows["name"] = [study.name(str(region)) for region in rows.index]
    return rows.rename_axis("region").reset_index().sort_values("start", ignore_index=True)


def convergence(study: Study, words: dict[str, str]) -> dict[str, Any]:
    """Yearly growth of D against D of the first year on a scale of logarithms, with the fit."""
    rows = _paths(study)
    across, marks = log_scale(rows["start"], 6)
    low, high = rows["growth"].min(), rows["growth"].max()
    air = AIR * max(high - low, 0.1)
    limits = (float(low - air), float(high + air))
    up, y_marks = axis_scale(*limits), ticks(*limits, 5)
    title = words["D_start"].format(year=study.years[0])
    x = alt.X("start:Q", scale=across, axis=alt.Axis(title=title, grid=True, **marks))
    y_title = words["D_growth"].format(first=study.years[0], last=study.years[-1])
    axis = above(y_title, values=y_marks, format=tick_format(y_marks))
    at = {"x": x, "y": alt.Y("growth:Q", scale=up, axis=axis)}
    focus = rows["region"] == study.focus
    rows["side"] = _sides(rows, focus, across["domain"], limits)
    data = rows.drop(columns=["region", "end"]).round({"start": 4, "growth": 3, "line": 3})
    told = tips(words, "name:N region", "start:Q D_first .3f", "growth:Q growth .2f")
    line = alt.Chart(data.iloc[[0, -1]][["start", "line"]])
    layers = [
        line.mark_line(color="$ink", strokeWidth=1.8, strokeDash=[5, 3]).encode(
            x=x, y=alt.Y("line:Q", scale=up)
        )
    ]
    for part, area, colour, font in ((~focus, 34, "$muted", PLAIN), (focus, 95, "$focus", BOLD)):
        dots = alt.Chart(data[part]).mark_point(filled=True, size=area, color=colour, opacity=1)
        layers.append(dots.encode(**at, tooltip=told))
        for side, align, shift in (("left", "right", -7), ("right", "left", 7)):
            named = alt.Chart(data[part & (rows["side"] == side)]).encode(**at)
            layers += haloed(named, colour, "name:N", align=align, dx=shift, **font)
    return specification(alt.layer(*layers), 300)


def _sides(
    rows: pd.DataFrame, focus: pd.Series, x_limits: list[float], y_limits: tuple[float, float]
) -> pd.Series:
    """Side of each label, "" without room: the focus first, then those farthest from the line."""
    low, high = y_limits
    across = pixels(rows["start"], x_limits, PLOT[0])
    up, line = (PLOT[1] * (1 - (rows[c] - low) / (high - low)) for c in ("growth", "line"))
    points = list(zip(across, line, strict=True))
    away = (up - line).abs().mask(focus, np.inf)
    placed = pd.DataFrame({"x": across, "y": up, "name": rows["name"]})
    sides = with_room(placed, list(away.sort_values(ascending=False).index), points)
    for i in rows.index[focus]:  # has its label in any case
        sides.setdefault(i, "left" if across[i] > PLOT[0] / 2 else "right")
    return pd.Series(sides, dtype=str).reindex(rows.index).fillna("")
