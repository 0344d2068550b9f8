"""Do low regions catch up? Growth of D against D of the first year."""

from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from coevo.report.figures.axes import above, axis_scale, tick_format, ticks, tips
from coevo.report.figures.level_scatter import PLOT, label_sides, log_scale, named_dots, pixels
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
    rows["text"] = [study.name(str(region)) for region in rows.index]
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
    dots, line_up = (
        PLOT[1] * (limits[1] - rows[c]) / (limits[1] - limits[0]) for c in ("growth", "line")
    )
    places = pixels(rows["start"], across["domain"], PLOT[0])
    rows["side"] = label_sides(rows["text"], focus, places, dots, line_up)
    data = rows.drop(columns=["region", "end"]).round({"start": 4, "growth": 3, "line": 3})
    told = tips(words, "text:N region", "start:Q D_first .3f", "growth:Q growth .2f")
    line = alt.Chart(data.iloc[[0, -1]][["start", "line"]])
    layers: list[alt.Chart] = [
        line.mark_line(color="$ink", strokeWidth=1.8, strokeDash=[5, 3]).encode(
            x=x, y=alt.Y("line:Q", scale=up)
        )
    ]
    layers += named_dots(data, focus, at, told)
    return specification(alt.layer(*layers), 300)
