"""D of every region and year, with the region that is picked, the mean, the highest and lowest."""

from typing import Any

import pandas as pd

from coevo.coupling.grade_scales import GradeScale
from coevo.files import rows_of
from coevo.messages import room
from coevo.newreport.charts import parts
from coevo.newreport.charts.labels import spread_labels
from coevo.newreport.charts.parts import FOCUS, PICKED, Part, expression, layer, mark
from coevo.newreport.grades import MIDPOINT, grade_marks
from coevo.newreport.language import Language
from coevo.newreport.sections.coverage import shown_breaks
from coevo.newreport.study import KEY, Study

PAPER = (parts.HALF, 180.0)
LABEL_PIXELS = 15.0  # height that a label needs
HEAVIER = 0.3  # pixels by which a bold letter is wider than what the drawing program measures
AIR = 0.01  # of D, beyond the outermost tenths
ENDS = 2  # regions named at either end
NAMED = ["text", "value", "bold", "colour", "region"]


def tenths_around(values: pd.Series) -> tuple[float, float]:
    """Return the limits of a scale of D: the tenths around the values, with a little air."""
    low, high = values.min(), values.max()
    return max(0.0, low // 0.1 / 10 - AIR), min(1.0, (high // 0.1 + 1) / 10 + AIR)


def grade_ticks(table: GradeScale, limits: tuple[float, float]) -> list[float]:
    """Return the cuts of the grades inside the limits, and the outermost tenths."""
    tenths = [round(i / 10, 1) for i in range(11) if limits[0] <= i / 10 <= limits[1]]
    inside = [cut for cut in table.cuts if limits[0] <= cut <= limits[1]]
    return sorted({tenths[0], *inside, tenths[-1]})


def degrees(study: Study, language: Language) -> Part:
    """Return the lines of D over the years, with names at their right ends."""
    limits = tenths_around(study.coupling["D"])
    coverage = language.term("charts", "coverage")
    breaks = pd.DataFrame({"year": shown_breaks(study), "text": coverage})
    at_end = list(breaks["year"][:1]) == study.years[-1:]  # where the labels stand
    labels = _labels(study, language, {coverage: limits[0]} if at_end else {})
    gap = LABEL_PIXELS / PAPER[1] * (limits[1] - limits[0])
    spread = labels.groupby("region")["value"].transform(spread_labels, gap, *limits)
    rows = {
        "lines": rows_of(study.coupling, region=study.drawn)[[*KEY, "D", "grade"]],
        "mean": study.compared.groupby("year", as_index=False)["D"].mean(),
        "labels": labels.drop(columns="value").assign(at=spread.round(4)),
        "breaks": breaks,
        "coverage": breaks[: int(not at_end)],
    }
    rows = {name: part for name, part in rows.items() if name != "mean" or not study.single}
    y = parts.spanning("D", *limits, parts.above("D", grade_ticks(study.grades, limits)))
    layers = _layers(language, parts.years_axis(study.years), y, study.single)
    right = parts.PADDING["right"] + HEAVIER * max(map(room, labels["text"]))
    return parts.chart(
        rows, layers, height=340.0, paper=PAPER, data="mean lines",
        params={"region": study.focus}, padding=parts.PADDING | {"right": right},
    )  # fmt: skip


def _labels(study: Study, language: Language, more: dict[str, float]) -> pd.DataFrame:
    """Return by region that may be picked (`region`) the labels (text, value, bold, colour).

    They name the two highest, the region itself, the two lowest, and the mean; more: further texts
    by their D.
    """
    last, scale = study.ends[1], study.grades
    order = list(last.sort_values("D", ascending=False).index)
    own_year = last["year"].map(lambda year: "" if year == study.years[-1] else f" ({year:.0f})")
    named = last["name"] + [f" {grade_marks(D, scale=scale)}" for D in last["D"]] + own_year
    common = [(text, value, False, "$muted") for text, value in more.items()]
    if not study.single:
        present = last.loc[study.compared["region"].unique(), "D"]
        value = grade_marks(present.mean(), scale=scale)
        mean = language.term("charts", "mean_of").format(count=len(present), value=value)
        common.append((mean, present.mean(), True, "$ink"))
    rows = []
    for picked in study.drawn:
        for one in dict.fromkeys([*order[:ENDS], picked, *order[-ENDS:]]):
            looks = (True, FOCUS) if one == picked else (False, "$muted")
            rows.append((named[one], last.at[one, "D"], *looks, picked))
        rows += [(*label, picked) for label in common]
    return pd.DataFrame(rows, columns=NAMED)


def _layers(language: Language, x: Part, y: Part, single: bool) -> list[Part]:
    at, scale = {"x": x, "y": y}, {"type": "quantitative", "scale": y["scale"]}
    state = at | {"tooltip": parts.tips(language, parts.STATE)}
    bold, end = expression("datum.bold ? 'bold' : 'normal'"), {"value": expression("width")}
    words = {"text": parts.text("text")}
    named = {"x": end, "y": {"field": "at", **scale}, "color": parts.itself("colour"), **words}
    foot = {"x": x, "y": {"value": expression("height - 9")}, **words}
    focus = mark("line", color=FOCUS, strokeWidth=2.8, point=parts.HIDDEN)
    muted = mark("rule", color="$muted", strokeDash=[2, 3])
    name = mark("text", align="left", dx=8, fontSize=12, fontWeight=bold)
    note = mark("text", align="left", dx=5, fontSize=11, color="$muted")
    midpoint = mark("rule", color="$ink", strokeDash=[1, 3])
    return [
        layer("", midpoint, {"y": {"datum": MIDPOINT, **scale}}),
        *([] if single else [_others(state)]),
        layer("mean", parts.DASHED, at),
        layer("lines", focus, state, PICKED),
        layer("labels", name, named, PICKED),
        layer("breaks", muted, {"x": x}),
        *parts.haloed("coverage", note, foot),
    ]


def _others(state: Part) -> Part:
    """Return the lines of all regions, of which that under the pointer is darker."""
    select = {"type": "point", "on": "pointerover", "clear": "pointerout", "fields": ["name"]}

    def hovered(value: Any, otherwise: Any) -> Part:
        condition = {"param": "hover", "empty": False, "value": value}
        return {"condition": condition, "value": otherwise}

    looks = {"color": hovered("$ink", "$line"), "strokeWidth": hovered(2.2, 1)}
    detailed = state | looks | {"detail": parts.text("name")}
    lines = layer("lines", mark("line", point=parts.HIDDEN), detailed)
    return lines | {"params": [{"name": "hover", "select": select}]}
