"""Is D more than the level of development? D against it, in the last year."""

from collections.abc import Collection
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from coevo.characters import room
from coevo.coupling.level import SLOPES
from coevo.report.figures.axes import above, haloed, tick_format, ticks, tips, title_lines
from coevo.report.figures.theme import specification
from coevo.report.findings.grade_scale import grade_marks
from coevo.report.findings.level_control import (
    level_finding,
    level_label,
    level_values,
    of_measure,
)
from coevo.report.findings.study_tables import Study

PLOT = (300.0, 190.0)  # pixels of the narrowest and of the lowest plot: labels must have room
PLAIN, BOLD = {"fontSize": 11}, {"fontSize": 12, "fontWeight": "bold"}
TRIED = 100  # labels, at most: among many dots the first of them have what room there is
STEPS = 60  # points along the line of the level that labels keep clear of
LETTER, LINE = 6.0, 12.0  # pixels of a label's letter and height


def _adjusted(study: Study, level: str) -> pd.DataFrame:
    """Regions of the last year: level, D, the D of their level alone, ranks of D without and with
    the level taken out.

    The line has the slope of all years and goes through the middle of the regions in the last year:
    a region's distance from it, against the others', is its level-adjusted D.
    """
    last = study.coupling[study.coupling["year"] == study.years[-1]].set_index("region")
    own = {"level": level, "slope": SLOPES[0]}
    found = {
        "left": of_measure(study, "adjusted_lnD", **own),
        "rank_D": of_measure(study, "rank_D"),
        "rank_adjusted": of_measure(study, "rank_adjusted_D", **own),
    }
    rows = last[["name", "D"]].join(pd.DataFrame(found), how="inner").dropna()
    rows["level"] = level_values(study, level)[0].xs(study.years[-1], level="year")
    rows["alone"] = rows["D"] / np.exp(rows["left"] - rows["left"].mean())
    return rows.rename_axis("region").reset_index().sort_values("level", ignore_index=True)


def log_ticks(low: float, high: float, count: int = 6) -> list[float]:
    """Round values inside [low, high] on a scale of logarithms, `count` of them at most."""
    powers = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
    for steps in ((1, 2, 3, 4, 5, 6, 7, 8, 9), (1, 2, 3, 5, 7), (1, 2, 5), (1, 3), (1,)):
        found = [round(s * 10.0**p, 9) for p in powers for s in steps if low <= s * 10.0**p <= high]
        if len(found) <= count:
            break
    return found if len(found) > 1 else ticks(low, high, count)


def with_room(
    rows: pd.DataFrame,
    order: list[int],
    line: list[tuple[float, float]],
    always: Collection[int] = (),
) -> dict[int, str]:
    """Side ("left", "right") of the labels that have room, tried in `order`.

    rows: x, y in pixels and the text `name`; `line`: points that no label may touch either;
    `always`: what is labelled in any case, towards the middle.
    """
    dots = [*zip(rows["x"], rows["y"], strict=True), *line]
    taken = [(x - 4, y - 4, x + 4, y + 4) for x, y in dots]
    kept = {}
    for i in order:
        x, y, wide = rows["x"][i], rows["y"][i], LETTER * room(rows["name"][i])
        sides = {"right": x + 6, "left": x - 6 - wide}
        for side, start in sides.items():
            box = (start, y - LINE / 2, start + wide, y + LINE / 2)
            inside = box[0] >= 0 and box[2] <= PLOT[0]
            free = all(
                box[2] <= a or c <= box[0] or box[3] <= b or d <= box[1]
                for k, (a, b, c, d) in enumerate(taken)
                if k != i
            )
            if inside and free:
                kept[i] = side
                taken.append(box)
                break
        if i in always and i not in kept:
            kept[i] = "left" if x > PLOT[0] / 2 else "right"
            start = sides[kept[i]]
            taken.append((start, y - LINE / 2, start + wide, y + LINE / 2))
    return kept


def log_scale(values: pd.Series, count: int) -> tuple[alt.Scale, dict[str, Any]]:
    """A scale of logarithms with a little air, and its round values with their format."""
    low, high = np.log(values.min()), np.log(values.max())
    air = 0.06 * max(high - low, 0.1)
    limits = [float(np.exp(low - air)), float(np.exp(high + air))]
    marks = log_ticks(limits[0], limits[1], count)
    scale = alt.Scale(domain=limits, type="log", nice=False)
    return scale, {"values": marks, "format": tick_format(marks)}


def against_level(study: Study, words: dict[str, str]) -> dict[str, Any]:
    """D against the level of development, both on scales of logarithms, with the line that the
    level alone would give.
    """
    level = str(level_finding(study)["by"])
    rows, unit = _adjusted(study, level), level_values(study, level)[1]
    across, x_marks = log_scale(rows["level"], 6)
    up, y_marks = log_scale(pd.concat([rows["D"], rows["alone"]]), 8)
    label = level_label(study, level, words)
    title = words["measured"].format(label=label[:1].upper() + label[1:], unit=unit)
    D_title = words["D_in"].format(year=study.years[-1])
    x_axis = alt.Axis(title=title_lines(title if unit else label), grid=True, **x_marks)
    x = alt.X("level:Q", scale=across, axis=x_axis)
    at = {"x": x, "y": alt.Y("D:Q", scale=up, axis=above(D_title, **y_marks))}
    line = alt.Chart(rows.iloc[[0, -1]][["level", "alone"]])
    focus = rows["region"] == study.focus
    named = zip(rows["name"], rows["D"], strict=True)
    own = [f"{name} {grade_marks(D, scale=study.grades)}" for name, D in named]
    rows["text"] = rows["name"].mask(focus, own)
    dots, line_up = (PLOT[1] - pixels(rows[c], up["domain"], PLOT[1]) for c in ("D", "alone"))
    places = pixels(rows["level"], across["domain"], PLOT[0])
    rows["side"] = label_sides(rows["text"], focus, places, dots, line_up)
    data = rows.drop(columns=["region", "left"]).round({"D": 4, "alone": 4, "level": 2})
    told = tips(
        words, "name:N region", "D:Q D .3f", "alone:Q alone_level .3f", "rank_D:Q rank",
        "rank_adjusted:Q rank_adjusted",
    )  # fmt: skip
    away = alt.Chart(data[focus]).mark_rule(color="$focus", strokeWidth=1.6)
    layers = [
        line.mark_line(color="$ink", strokeWidth=1.8, strokeDash=[5, 3]).encode(
            x=x, y=alt.Y("alone:Q", scale=up)
        ),
        away.encode(**at, y2="alone:Q"),
    ]
    layers += named_dots(data, focus, at, told)
    return specification(alt.layer(*layers), 340)


def named_dots(
    data: pd.DataFrame, focus: pd.Series, at: dict[str, Any], told: list[alt.Tooltip]
) -> list[alt.Chart]:
    """A dot for each region, that in focus large, and the `text` of those that have a `side`."""
    layers = []
    for part, area, colour, font in ((~focus, 34, "$muted", PLAIN), (focus, 95, "$focus", BOLD)):
        dots = alt.Chart(data[part]).mark_point(filled=True, size=area, color=colour, opacity=1)
        layers.append(dots.encode(**at, tooltip=told))
        for side, align, shift in (("left", "right", -7), ("right", "left", 7)):
            label = alt.Chart(data[part & (data["side"] == side)]).encode(**at)
            layers += haloed(label, colour, "text:N", align=align, dx=shift, **font)
    return layers


def label_sides(
    names: pd.Series, focus: pd.Series, across: pd.Series, up: pd.Series, line: pd.Series
) -> pd.Series:
    """Side of each label, "" without room: the focus first, then those farthest from the line.

    across, up, line: pixels of the dots and of the line above them, in the order of `across`.
    """
    steps = np.linspace(across.iloc[0], across.iloc[-1], STEPS)
    points = list(zip(steps, np.interp(steps, across, line), strict=True))
    away = (up - line).abs().mask(focus, np.inf)
    placed = pd.DataFrame({"x": across, "y": up, "name": names})
    order = list(away.sort_values(ascending=False).index)[:TRIED]
    sides = with_room(placed, order, points, always=names.index[focus])
    return pd.Series(sides, dtype=str).reindex(names.index).fillna("")


def pixels(values: pd.Series, limits: list[float], length: float) -> pd.Series:
    """Places along `length` pixels of values on a scale of logarithms."""
    low, high = np.log(limits)
    return (np.log(values) - low) / (high - low) * length
