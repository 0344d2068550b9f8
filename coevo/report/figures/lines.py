"""Lines over the years, with labels at their right end: D of every region, the path of one."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

import pandas as pd

from coevo.messages import room
from coevo.report.figures import FIGURES, LOOKS, axes, subsystem_colour, vega
from coevo.report.figures.grids import state_tips
from coevo.report.figures.vega import Part
from coevo.report.findings.coverage_years import shown_breaks
from coevo.report.findings.grade_scale import MIDPOINT, grade_marks
from coevo.report.findings.study_tables import SUBSYSTEM_PREFIX, Study

LABEL_PIXELS = 15.0  # height that a label needs
LETTER = 7.5  # pixels of a label's letter in the widest font that a reader may have
HEAVIER = 0.3  # pixels by which a bold letter is wider than what the drawing program measures
GRADE = 130.0  # pixels of the name of a grade
PLOT = 380  # pixels of a page beside the labels, from which grades are named as well
OF_STATE = {"C": ("$muted", 1.2), "T": ("$ink", 1.6), "D": ("$focus", 2.8)}  # colour, stroke
PICKED = ("datum.region == region",)  # on the page


def region_of(study: Study) -> Part:
    """The region picked on the page: the one in focus to begin with."""
    return {"name": "region", "value": study.focus}


def _midpoint(scale: Part) -> Part:
    """A dotted line at the D that parts imbalance from coordination."""
    return axes.line_at("y", MIDPOINT, scale=scale, color="$ink", strokeDash=[1, 3])


def _end_labels(
    labels: pd.DataFrame, y: Part, height: float, tests: Iterable[str] = ()
) -> list[Part]:
    """Labels (value, text, colour, bold) in two layers, regular and bold: weight is a property of a
    mark, not a channel. They keep their distance in a plot of `height` pixels, or higher.
    """
    low, high = y["domain"]
    gap = LABEL_PIXELS / height * (high - low)
    spread = labels.groupby("region")["value"].transform(axes.spread_labels, gap, low, high)
    rows = labels.assign(at=spread.round(4))
    at = {"x": vega.pixels("width"), "y": vega.amount("at", scale=y), "color": vega.paint()}
    look: dict[str, Any] = {"tests": tests, "align": "left", "dx": 8, "fontSize": 12}
    return [
        vega.text("text", part, at, fontWeight="bold" if bold else "normal", **look)
        for bold, part in rows.drop(columns="value").groupby("bold")
    ]


def _degrees(study: Study, words: Mapping[str, str], height: float, name: str) -> Part:
    """D of every region, with that picked, the mean and the grades, as chart of a name."""
    limits = axes.tenths_around(study.coupling["D"])
    y, cuts = axes.axis_scale(*limits), axes.grade_ticks(study.grades, limits)
    rows = study.coupling[["region", "name", "year", "D", "grade"]]
    lines = rows[rows["region"].isin(study.drawn)]
    at = {
        "x": axes.years_axis(study.years),
        "y": vega.amount("D", scale=y, axis=axes.above("D", cuts)),
    }
    hover = {**at, "tooltip": state_tips(words)}
    point = {"type": "point", "on": "pointerover", "clear": "pointerout", "fields": ["name"]}
    hovered = {"param": "hover", "empty": False}
    shown = {
        **hover,
        "detail": vega.category("name"),
        "color": vega.either(hovered, "$ink", "$line"),
        "strokeWidth": vega.either(hovered, 2.2, 1),
    }
    thin = vega.mark("line", lines, shown, point=LOOKS["hidden"])
    mean = rows.groupby("year", as_index=False)["D"].mean()
    others = [
        {**thin, "params": [{"name": "hover", "select": point}]},
        vega.mark("line", mean, at, **LOOKS["mean"]),
    ]
    # On paper the chart is lower, and its labels must keep their distance there too.
    labels, figure = _degree_labels(study, words), FIGURES[name]
    longest = max(map(room, labels["text"]))
    layers: list[Part] = [
        _midpoint(y),
        *([] if study.single else others),
        vega.mark(
            "line",
            lines,
            hover,
            tests=PICKED,
            color="$focus",
            strokeWidth=2.8,
            point=LOOKS["hidden"],
        ),
        *_end_labels(labels, y, height * figure.paper, PICKED),
    ]
    if figure.columns == 1:
        # names of the grades behind the labels, where the page is not too narrow for them
        away, bands = 20 + LETTER * longest, axes.grade_bands(study.grades, limits)
        narrow, low = f"container < {PLOT + away:.0f}", vega.amount("low", scale=y)
        end = vega.pixels(f"{narrow} ? width : width + {away + GRADE:.0f}")
        across = {"x": vega.pixels(0), "x2": end, "y": low, "y2": {"field": "high"}}
        layers.insert(0, vega.mark("rect", bands[::2], across, color="$grid", opacity=0.6))
        beside = {"x": vega.pixels(f"width + {away:.0f}"), "y": vega.amount("at", scale=y)}
        wide = {"also": {"shown": f"{narrow} ? '' : datum.grade"}, "align": "left"}
        layers.append(vega.text("shown", bands, beside, **wide, color="$muted", fontSize=11))
    padding = vega.PADDING | {"right": vega.PADDING["right"] + HEAVIER * longest}
    layers += _coverage_rules(study, words)
    return vega.specification(layers, height, [region_of(study)], padding=padding)


coordination = partial(_degrees, height=440.0, name="coordination")
opening_degrees = partial(_degrees, height=340.0, name="opening_degrees")  # beside another chart


def _coverage_rules(study: Study, words: Mapping[str, str]) -> list[Part]:
    """A vertical line in each year in which changed coverage shows, its words at the foot of the
    first.
    """
    years, at = shown_breaks(study), {"x": axes.years_axis(study.years)}
    if not years:
        return []
    label = pd.DataFrame({"year": years[:1], "text": words["coverage"]})
    foot = {**at, "y": vega.pixels("height - 9")}
    return [
        vega.mark("rule", pd.DataFrame({"year": years}), at, color="$muted", strokeDash=[2, 3]),
        *vega.haloed("text", label, foot, "$muted", align="left", dx=5, fontSize=11),
    ]


def _degree_labels(study: Study, words: Mapping[str, str]) -> pd.DataFrame:
    """By region that may be picked (`region`) the labels of the two highest, of itself, of the two
    lowest and of the mean.
    """
    last = study.ends[1]
    order = list(last.sort_values("D", ascending=False).index)
    named = {
        row.Index: f"{row.name} {grade_marks(row.D, scale=study.grades)}"
        + ("" if row.year == study.years[-1] else f" ({row.year:.0f})")
        for row in last[["name", "D", "year"]].itertuples()
    }
    looks = (False, "$muted"), (True, "$focus")
    rows = [
        (named[one], last.at[one, "D"], *looks[one == picked], picked)
        for picked in study.drawn
        for one in dict.fromkeys([*order[:2], picked, *order[-2:]])
    ]
    if not study.single:
        present = last.loc[last["year"] == study.years[-1], "D"]
        value = grade_marks(present.mean(), scale=study.grades)
        text = words["mean_of"].format(count=len(present), value=value)
        rows += [(text, present.mean(), True, "$ink", picked) for picked in study.drawn]
    return pd.DataFrame(rows, columns=["text", "value", "bold", "colour", "region"])


def _long(study: Study, states: str = "") -> pd.DataFrame:
    """Rows (region, name, year, series, value) of U and of some of C, T and D, with what each is
    called and looks like: label, colour, stroke, dashed.
    """
    looks = {c: (c, *look) for c, look in OF_STATE.items()} | {
        SUBSYSTEM_PREFIX + s: (study.label(s), subsystem_colour(i), 2.2)
        for i, s in enumerate(study.subsystems)
    }
    drawn_rows = study.coupling[study.coupling["region"].isin(study.drawn)]
    shown = [series for series in looks if series not in OF_STATE] + list(states)
    rows = drawn_rows.melt(["region", "name", "year"], shown, var_name="series")
    styles = pd.DataFrame.from_dict(looks, "index", columns=["label", "colour", "stroke"])
    return rows.join(styles, on="series").assign(dashed=rows["series"] == "T")


def trajectory(study: Study, words: Mapping[str, str]) -> Part:
    """U, C, T and D of the region in focus."""
    rows = _long(study, "CTD")
    rows = rows[rows["region"] == study.focus]
    return vega.specification(_path(study, words, rows, words["path"]), 280)


def region_paths(study: Study, words: Mapping[str, str]) -> Part:
    """U and D of the region picked on the page."""
    layers = _path(study, words, _long(study, "D"), words["path_picked"], PICKED)
    return vega.specification(layers, 280, [region_of(study)])


def _path(
    study: Study,
    words: Mapping[str, str],
    rows: pd.DataFrame,
    title: str,
    tests: Iterable[str] = (),
) -> list[Part]:
    """Lines over the years with their names and last values."""
    scale = axes.axis_scale(0, 1)
    y_axis = {**axes.above(title, [0, 0.25, 0.5, 0.75, 1]), "format": ".2~f"}
    at = {
        "x": axes.years_axis(study.years),
        "y": vega.amount("value", scale=scale, axis=y_axis),
        "detail": vega.category("series"),
        "color": vega.paint(),
        "strokeDash": vega.either({"test": "datum.dashed"}, [5, 3], [1, 0]),
        "strokeWidth": vega.amount("stroke", scale=None),
        "tooltip": vega.tips(words, "name region", "year year", "label series", "value value .3f"),
    }
    # A region that lacks the last year is labelled with its own last.
    last = rows.sort_values("year", kind="stable").groupby(["region", "series"], sort=False).tail(1)
    graded, values = last["series"] == "D", last["value"]
    shown = values.map(grade_marks).where(graded, values.map("{:.2f}".format))
    labels = last.assign(bold=False, text=last["label"] + " " + shown)
    return [
        _midpoint(scale),
        vega.mark("line", rows, at, tests=tests, point=LOOKS["hidden"]),
        *_end_labels(labels, scale, 200, tests),
    ]
