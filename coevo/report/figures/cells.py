"""D in its cells: by region and year, on a map of tiles; dots by group for regions without tiles.

The map is a schematic: a tile for each region, in the year of a slider.
"""

from collections.abc import Mapping

import pandas as pd

from coevo.report.figures.axes import (
    axis,
    axis_scale,
    grade_colours,
    grade_ticks,
    named_rows,
    tenths_around,
)
from coevo.report.figures.states import groups_of, state_tips, states, with_grades
from coevo.report.figures.vega import (
    Part,
    amount,
    category,
    computed,
    either,
    mark,
    pixels,
    place,
    specification,
    text,
    tips,
)
from coevo.report.findings.grade_scale import colours, spans
from coevo.report.findings.study_tables import Study

GRID = list(range(1, 9))  # rows and columns of tiles in the table of regions
KEY = (1, 6)  # first and last column of the key of grades, in the free corner at the top left
FILL = {"color": place("g", scale=grade_colours())}
INK = {"color": place("g", scale=grade_colours(text=True))}
SHORT = {"shown": "width < 330 ? slice(datum.text, 1) : datum.text"}
APART = {"scale": {"color": "independent"}}
DASHED: Part = {"stroke": "$muted", "strokeWidth": 1, "strokeDash": [2, 2]}


def _means_of_groups(study: Study) -> pd.DataFrame:
    """Rows as `states` has them of the mean of each group, the highest of the last year first."""
    group = study.coupling["region"].map(groups_of(study))
    means = study.coupling["D"].groupby([group.rename("name"), study.coupling["year"]]).mean()
    rows = means.reset_index().sort_values(["year", "D"], ascending=False, ignore_index=True)
    return with_grades(study, rows.assign(region="", grade=study.grades.classify(rows["D"])))


def heat(study: Study, words: Mapping[str, str]) -> Part:
    """D by region and year, the value in its cell, coloured by grade, ordered by last.

    Where regions are too many for a table each, the means of groups stand below.
    """
    last, rows = study.ends()[1].loc[study.farthest], states(study)
    order = list(last.sort_values("D", ascending=False)["name"])
    rows = rows[rows["region"].isin(study.farthest)]
    if len(order) < len(study.regions):
        means = _means_of_groups(study)
        rows = pd.concat([rows, means], ignore_index=True)
        order += list(dict.fromkeys(means["name"]))
    is_focus = {"test": f"datum.value == {study.name(study.focus)!r}"}
    names = {
        "title": None,
        "labelLimit": 120,
        "labelColor": either(is_focus, "$focus", "$ink"),
        "labelFontWeight": either(is_focus, "bold", "normal"),
    }
    years = {
        "title": None,
        "orient": "top",
        "labelAngle": 0,
        "labelOverlap": False,
        "labelExpr": "width < 330 ? '’' + slice(datum.label, 2) : datum.label",
    }
    at = {
        "x": place("year", scale={"paddingInner": 0.03, "paddingOuter": 0}, axis=years),
        "y": category(
            "name", sort=order, scale={"paddingInner": 0.06, "paddingOuter": 0}, axis=names
        ),
    }
    layers = [
        mark("rect", rows, {**at, **FILL, "tooltip": state_tips(words, ".4f")}),
        text("shown", rows, {**at, **INK}, also=SHORT, fontSize=11),
    ]
    return specification(layers, 20.0 * len(order), resolve=APART)


def group_dots(study: Study, words: Mapping[str, str]) -> Part:
    """D of every region in the last year, a dot each, by group, the highest group first."""
    rows = states(study)
    rows = rows[rows["year"] == study.years[-1]].round({"D": 4})
    rows["row"] = groups_of(study).reindex(rows["region"]).astype(object).fillna("").to_numpy()
    order = list(rows.groupby("row")["D"].mean().sort_values(ascending=False).index)
    limits = tenths_around(rows["D"])
    D_axis = axis("D", grade_ticks(study.grades, limits))
    at = {"x": amount("D", scale=axis_scale(*limits), axis=D_axis), "y": named_rows(order)}
    told, focus = {**at, "tooltip": state_tips(words)}, rows["region"] == study.focus
    layers = [
        mark("point", rows[~focus], told, filled=True, size=34, color="$muted", opacity=0.5),
        mark("point", rows[focus], told, filled=True, size=95, color="$focus", opacity=1),
        text("name", rows[focus], at, dy=-12, color="$focus", fontWeight="bold"),
    ]
    return specification(layers, 40.0 * len(order) + 10)


def _size(low: int, high: int, divisor: int) -> Part:
    """Pixels that grow with the plot, between two ends."""
    return computed(f"min({high}, max({low}, width / {divisor}))")


def _tiles(study: Study) -> pd.DataFrame:
    """Every tile (region, row, column, short, name, known); known: the region is in the data."""
    assert study.places is not None
    table = study.places
    short = f"abbreviation_{study.language}"
    return pd.DataFrame(
        {
            "region": table["region"],
            "row": table["tile_row"].astype(int),
            "column": table["tile_column"].astype(int),
            "short": table[short if short in table else "abbreviation"],
            "name": table[f"name_{study.language}"],
            "known": table["region"].isin(study.regions),
        }
    )


def tiles(study: Study, words: Mapping[str, str]) -> Part:
    """D of every region in the year of a slider, which begins with the last."""
    years, every = study.years, _tiles(study)
    rows = states(study).merge(every.drop(columns=["name", "known"]), on="region")
    rows = rows.round({"D": 4})
    band = {"domain": GRID, "paddingInner": 0.05, "paddingOuter": 0}
    at = {
        "x": place("column", scale=band, axis=None),
        "y": place("row", scale=band, axis=None),
    }
    full = rows["region"].value_counts().reindex(every["region"]).eq(len(years)).to_numpy()
    empty = every[~full].assign(state=words["not_in_data"])
    now, mine = "datum.year == year", f"datum.region == '{study.focus}'"
    size, lift = _size(10, 15, 42), computed("-min(10, max(6, width / 60))")
    unknown = {**at, "tooltip": tips(words, "name region", "state value")}
    filled = {**at, **FILL, "tooltip": state_tips(words, ".4f")}
    ring: Part = {"stroke": "$focus", "strokeWidth": 2.8}
    corner = {"x": pixels(0), "y": pixels(0)}
    head: Part = {"align": "left", "baseline": "top", "fontSize": _size(16, 24, 26)}
    layers = [
        mark("rect", empty, unknown, fill=None, **DASHED),
        text("short", empty, at, color="$muted", fontSize=size),
        mark("rect", rows, filled, where=(now,), strokeWidth=1, stroke="$bg"),
        mark("rect", rows, at, where=(now, mine), fill=None, **ring),
        text(
            "short", rows, {**at, **INK}, where=(now,), fontSize=size, fontWeight="bold", dy=lift
        ),
        text(
            "shown", rows, {**at, **INK}, where=(now,), also=SHORT, fontSize=size,
            dy=_size(6, 10, 60),
        ),
        text("shown", None, corner, also={"shown": "'' + year"}, fontWeight="bold", **head),
    ]  # fmt: skip
    bind = {
        "input": "range", "min": years[0], "max": years[-1], "step": 1, "name": words["tip_year"],
    }  # fmt: skip
    key = {"layer": _key(study, words, absent=not every["known"].all())}
    return specification(
        [{"layer": layers, "resolve": APART}, key], 540,
        [{"name": "year", "value": years[-1], "bind": bind}],
        resolve={"scale": {"x": "independent", "color": "independent"}},
    )  # fmt: skip


def _key(study: Study, words: Mapping[str, str], *, absent: bool) -> list[Part]:
    """The grades as a strip with their cuts, the names of the outermost; the empty tile."""
    table, hue = spans(study.grades), colours(study.grades)
    first, last = KEY

    def across(D: float) -> float:
        return first - 0.5 + D * (last - first + 1)

    rows = [(across(low), across(high), hue[label], f"{high:.2g}") for label, low, high in table]
    strip = pd.DataFrame(rows, columns=["x", "x2", "g", "cut"])
    grid = {"scale": {"domain": [0.5, len(GRID) + 0.5]}, "axis": None}
    x = {"x": amount("x", **grid)}
    top, bottom, line = (pixels(f"height * {share}") for share in (0.115, 0.145, 0.225))
    small: Part = {"fontSize": _size(10, 12, 36), "color": "$muted"}
    bar = {**x, "x2": {"field": "x2"}, "y": top, "y2": bottom, **FILL}
    cuts = {"x": amount("x2", **grid), "y": bottom}
    layers = [
        mark("rect", strip, bar, stroke="$rule", strokeWidth=0.5),
        text("cut", strip.iloc[:-1], cuts, baseline="top", **small),
    ]
    for end, align, label in ((0.0, "left", table[0][0]), (1.0, "right", table[-1][0])):
        named = pd.DataFrame({"x": [across(end)], "text": [label]})
        layers.append(text("text", named, {**x, "y": top}, align=align, baseline="bottom", **small))
    if absent:
        empty = pd.DataFrame({"x": [across(0.0)], "text": [words["not_in_data"]]})
        at = {**x, "y": line}
        layers += [
            mark("point", empty, at, shape="square", size=110, xOffset=6, **DASHED),
            text("text", empty, at, align="left", dx=17, **small),
        ]
    return layers
