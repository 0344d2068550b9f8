"""Dots of regions: D against the level of development, and one index against the other."""

from typing import Any

import numpy as np
import pandas as pd

from coevo.coupling.comovement import demean, whole_regions
from coevo.coupling.level import LEVEL_OUT
from coevo.newreport.charts import parts
from coevo.newreport.charts.labels import PLOT, label_sides
from coevo.newreport.charts.parts import DOT, FOCUS, PICKED, Part, expression, layer, mark
from coevo.newreport.grades import grade_marks
from coevo.newreport.language import Language
from coevo.newreport.sections.meaning import level_values, of_measure
from coevo.newreport.sections.together import WITHIN
from coevo.newreport.study import SUBSYSTEM_PREFIX, Study

AIR = 0.06  # of the range of what is drawn, on either side
LEVEL_TIPS = "name region, D D .3f, alone alone_level .3f, rank_D rank, rank_adjusted rank_adjusted"
LOG_TIPS = "name region, year year, ln_U1 ln\u00a0U₁ .2f, ln_U2 ln\u00a0U₂ .2f"


def _limits(rows: pd.DataFrame) -> list[float]:
    """Return the ends of a scale that shows all of some columns, with a little air."""
    low, high = rows.min(axis=None), rows.max(axis=None)
    air = AIR * max(high - low, 0.1)
    return [float(low - air), float(high + air)]


def scatter_levels(study: Study, language: Language) -> Part:
    """Return the logarithms of one index against those of the other, as observed."""
    return _scatter(study, language, "levels")


def scatter_within(study: Study, language: Language) -> Part:
    """Return the same less the means of regions and of years."""
    return _scatter(study, language, WITHIN)


def _scatter(study: Study, language: Language, scope: str) -> Part:
    rows = _logs(study, scope)

    def channel(end: str, axis: Any, field: str, subsystem: str) -> Part:
        title = language.term("charts", f"{end}_{scope}").format(subsystem=study.label(subsystem))
        low, high = _limits(rows[[field]])
        return parts.spanning(field, low, high, axis(title, parts.ticks(low, high, 4)))

    first, second = study.subsystems[:2]
    at = {"x": channel("x", parts.below, "ln_U1", first)}
    at["y"] = channel("y", parts.above, "ln_U2", second)
    hover = at | {"tooltip": parts.tips(language, LOG_TIPS)}
    ordered = at | {"order": parts.number("year")}
    layers = [
        layer("rows", DOT | {"size": 14, "color": "$muted", "opacity": 0.45}, hover),
        layer("focus", mark("line", color=FOCUS, strokeWidth=1.8), ordered),
        layer("focus", DOT | {"size": 26, "color": FOCUS}, hover),
    ]
    drawn = {"rows": rows, "focus": rows[rows["region"] == study.focus]}
    screen = {"ratio": 0.95, "highest": 290}
    return parts.chart(drawn, layers, height=280, paper=(parts.HALF, 168.0), screen=screen)


def _logs(study: Study, scope: str) -> pd.DataFrame:
    """Return the logs of the first two indices, less the means that `scope` takes out."""
    columns = [SUBSYSTEM_PREFIX + s for s in study.subsystems[:2]]
    rows = study.coupling[(study.coupling[columns] > 0).all(axis=1)]
    rows = whole_regions(rows).reset_index(drop=True)
    groups = rows["region"].to_numpy(), rows["year"].to_numpy()
    logs = [np.log(rows[column].to_numpy(dtype=float)) for column in columns]
    x, y = (demean(values, *groups, scope) for values in logs)
    deviations = rows[["region", "name", "year"]].assign(ln_U1=x, ln_U2=y)
    return deviations[deviations["region"].isin(study.drawn)]


def level(study: Study, language: Language) -> Part:
    """Return D against the level of development, both on scales of logarithms.

    A line shows what the level alone would give. Each region is a dot, with its name where that has
    room; that picked is large.
    """
    by = next(str(name) for name in of_measure(study, "R2", "level").index if name)
    rows, unit = _against_level(study, by), level_values(study, by)[1]
    label = language.level_label(by)
    whole = language.term("charts", "measured") if unit else "{label}"
    title = whole.format(label=label[:1].upper() + label[1:], unit=unit)
    D_title = language.term("charts", "D_start").format(year=study.years[-1])

    def channel(fields: list[str], axis: Any, title: str, count: int) -> Part:
        low, high = map(float, np.exp(_limits(np.log(rows[fields].astype(float)))))
        scale = {"domain": [low, high], "type": "log", "nice": False}
        ticks = parts.log_ticks(low, high, count)
        return parts.number(fields[0], scale=scale, axis=axis(title, ticks))

    x = channel(["level"], parts.below, title, 6)
    y = channel(["D", "alone"], parts.above, D_title, 8)
    rows = _placed(study, rows, x, y).round({"D": 4, "alone": 4, "level": 2})
    spots = rows[rows["region"].isin(study.drawn)].set_index("region")[["px", "py"]]
    drawn = {"line": rows.iloc[[0, -1]][["level", "alone"]], "rows": rows}
    params = {"region": study.focus, "spots": spots.to_dict("index")}
    layers, paper = _level_layers(language, x, y), (parts.WIDTH, 200.0)
    return parts.chart(drawn, layers, height=340, paper=paper, params=params)


def _against_level(study: Study, level: str) -> pd.DataFrame:
    """Return regions of the last year: level, D, the D of their level alone, ranks of D without and
    with the level taken out.

    The line has the slope within years and goes through the middle of the regions in the last year:
    a region's distance from it, against the others', is its level-adjusted D.
    """
    last = study.coupling[study.coupling["year"] == study.years[-1]].set_index("region")
    out = {"level": level, "slope": LEVEL_OUT}
    rows = last[["name", "D"]].assign(
        level=level_values(study, level)[0].xs(study.years[-1], level="year"),
        alone=of_measure(study, "adjusted_lnD", **out),
        rank_D=of_measure(study, "rank_D"),
        rank_adjusted=of_measure(study, "rank_adjusted_D", **out),
    )
    rows = rows.dropna().sort_values("level")
    rows["alone"] = rows["D"] / np.exp(rows["alone"] - rows["alone"].mean())
    return rows.reset_index()


def _placed(study: Study, rows: pd.DataFrame, x: Part, y: Part) -> pd.DataFrame:
    """Return the rows with the places of their names.

    text: the name with D; named: whether it has room; left: whether it stands to the left of the
    dot; px, py: pixels of the dot.
    """

    def pixels(values: pd.Series, channel: Part, length: float) -> pd.Series:
        low, high = np.log(channel["scale"]["domain"])
        return (np.log(values) - low) / (high - low) * length

    degrees = [f" {grade_marks(D, scale=study.grades)}" for D in rows["D"]]
    text, focus = rows["name"] + degrees, rows["region"] == study.focus
    across = pixels(rows["level"], x, PLOT[0])
    up, line = (PLOT[1] - pixels(rows[column], y, PLOT[1]) for column in ("D", "alone"))
    side = label_sides(rows["name"].mask(focus, text), focus, across, up, line)
    left = side.eq("left") | side.eq("") & across.gt(PLOT[0] / 2)
    spots = {"px": across.round(), "py": up.round()}
    return rows.assign(text=text, left=left, named=side.ne(""), **spots)


def _level_layers(language: Language, x: Part, y: Part) -> list[Part]:
    at = {"x": x, "y": y}
    tip = at | {"tooltip": parts.tips(language, LEVEL_TIPS)}
    side, shift = "datum.left ? 'right' : 'left'", "datum.left ? -7 : 7"
    name = mark("text", align=expression(side), dx=expression(shift), fontSize=11, color="$muted")
    bold = {"fontSize": 12, "fontWeight": "bold", "color": FOCUS}
    spot = "spots[region]"
    far = f"abs(datum.py - {spot}.py) > 14 || abs(datum.px - {spot}.px) > 90"
    clear = f"datum.named && datum.region != region && (!{spot} || {far})"
    names, texts = (at | {"text": parts.text(column)} for column in ("name", "text"))
    rule, drop = mark("rule", color=FOCUS, strokeWidth=1.6), at | {"y2": {"field": "alone"}}
    return [
        layer("line", parts.DASHED, {"x": x, "y": parts.number("alone", scale=y["scale"])}),
        layer("rows", rule, drop, PICKED),
        layer("rows", DOT | {"size": 34, "color": "$muted"}, tip),
        *parts.haloed("rows", name, names, {"filter": clear}),
        layer("rows", DOT | {"size": 95, "color": FOCUS}, tip, PICKED),
        *parts.haloed("rows", name | bold, texts, PICKED),
    ]
