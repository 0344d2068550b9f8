"""Marks of the phase plane: its axes, the observed path, points and the words beside them."""

import math
from typing import Any

import altair as alt
import pandas as pd

from coevo.report.figures.axes import axis_scale, tick_format, ticks
from coevo.report.figures.plane import Limits
from coevo.report.findings.grade_scale import LARGE, power
from coevo.report.findings.study_tables import Study

ROOM = 0.22  # share of the width that the name of a diamond takes
# Marks of both phase planes: calibrated points, the path with its years, a located E, zero growth.
_DIAMOND: dict[str, Any] = {"shape": "diamond", "fill": "$bg", "opacity": 1}
OF_YEAR: dict[str, Any] = {"size": 46, "stroke": "$muted", "strokeWidth": 1.2, **_DIAMOND}
OF_PERIOD: dict[str, Any] = {"size": 150, "stroke": "$ink", "strokeWidth": 2, **_DIAMOND}
PATH: dict[str, Any] = {"color": "$focus", "strokeWidth": 2.2}
SEEN: dict[str, Any] = {"filled": True, "color": "$focus", "size": 42, "opacity": 1}
RESTS: dict[str, Any] = {"filled": True, "color": "$ink", "size": 90, "opacity": 1}
STILL: dict[str, Any] = {"strokeDash": [6, 4], "strokeWidth": 1.5}
LINE_SHARE = 0.96  # height at which the words beside a zero-growth line stand, as a share


class Plane:
    """Scales and axes of the plane, shared by its layers."""

    def __init__(self, study: Study, words: dict[str, str], x: Limits, y: Limits) -> None:
        assert study.pair is not None
        up, down = study.pair
        options = {
            "grid": False, "ticks": True, "tickSize": 4, "tickColor": "$rule", "domain": True,
            "domainColor": "$rule", "labelOverlap": True,
        }  # fmt: skip
        x_ticks, y_ticks = ticks(*x, 5), ticks(*y, 5)
        titles = [
            words["axis"].format(symbol=symbol, label=study.label(i), unit=study.unit(i) or "0–1")
            for symbol, i in (("x₁", up), ("x₂", down))
        ]
        self.x = axis_scale(*x)
        self.y = axis_scale(*y)
        self.x_axis = alt.Axis(
            title=titles[0], values=x_ticks, format=tick_format(x_ticks), **options
        )
        self.y_axis = alt.Axis(
            title=titles[1], values=y_ticks, format=tick_format(y_ticks), titleAngle=0,
            titleAlign="left", titleAnchor="start", titleX=0, titleY=-12, **options,
        )  # fmt: skip

    def at(self, x: str, y: str) -> dict[str, Any]:
        return {
            "x": alt.X(f"{x}:Q", scale=self.x, axis=self.x_axis),
            "y": alt.Y(f"{y}:Q", scale=self.y, axis=self.y_axis),
        }


def short(value: float, limits: Limits) -> str:
    """A number as it stands in the plane: about three figures of the plane's size."""
    if not math.isfinite(value):
        return "∞" if value > 0 else "−∞" if value < 0 else "—"
    if max(abs(value), limits[1]) >= LARGE:
        return power(value, 2)
    decimals = max(0, 2 - math.floor(math.log10(limits[1])))
    return f"{value:,.{decimals}f}".replace("-", "−")


def words_at(
    plane: Plane, x: float, y: float, text: str, colour: str, side: str, lift: int = 0
) -> alt.Chart:
    chart = alt.Chart(pd.DataFrame({"x": [x], "y": [y], "text": [text]}))
    shift = -6 if side == "right" else 6
    mark = chart.mark_text(align=side, dx=shift, dy=lift, color=colour, fontSize=11.5)
    return mark.encode(**plane.at("x", "y"), text="text:N")


def side_of(across: float) -> str:
    """Which end of a diamond's name stands at it: the left one where the plane has no room."""
    return "left" if across < ROOM else "right"


def plane_tips(words: dict[str, str]) -> list[alt.Tooltip]:
    return [
        alt.Tooltip("label:N", title=words["tip_series"]),
        alt.Tooltip("year:N", title=words["tip_year"]),
        alt.Tooltip("x1:Q", title="x₁", format=",.6~r"),
        alt.Tooltip("x2:Q", title="x₂", format=",.6~r"),
    ]


def theoretical_marks(
    single: pd.DataFrame, points: dict[str, pd.Series], words: dict[str, str], plane: Plane
) -> list[alt.Chart]:
    """Hollow diamonds: large for the period and for given parameters, small for single years."""
    layers = []
    if len(single):
        small = alt.Chart(single.assign(label=words["calibrated"])).mark_point(**OF_YEAR)
        layers.append(small.encode(**plane.at("x1", "x2"), tooltip=plane_tips(words)))
    for key, point in points.items():
        year = words["period"] if key == "calibrated" else ""
        row = pd.DataFrame([{"x1": point["x1"], "x2": point["x2"], "year": year}])
        chart = alt.Chart(row.assign(label=words[key]))
        large = chart.mark_point(**OF_PERIOD)
        side = side_of(point["x1"] / plane.x["domain"][1])
        shift = -12 if side == "right" else 12
        text = chart.mark_text(align=side, dx=shift, dy=-1, fontWeight="bold")
        layers.append(large.encode(**plane.at("x1", "x2"), tooltip=plane_tips(words)))
        layers.append(text.encode(**plane.at("x1", "x2"), text="label:N"))
    return layers


def observed_marks(observed: pd.DataFrame, words: dict[str, str], plane: Plane) -> list[alt.Chart]:
    """The path with its years; a year too near to a labelled one keeps only its dot."""
    rows = observed.assign(label=words["observed"])
    chart = alt.Chart(rows)
    width, height = plane.x["domain"][1], plane.y["domain"][1]
    kept: list[int] = []
    for i in [0, len(rows) - 1, *range(1, len(rows) - 1)]:
        here = rows.iloc[i]
        far = [
            abs(here["x1"] - rows.iloc[k]["x1"]) / width > 0.11
            or abs(here["x2"] - rows.iloc[k]["x2"]) / height > 0.045
            for k in kept
        ]
        if all(far):
            kept.append(i)
    ends = {0, len(rows) - 1}
    text = rows.iloc[sorted(kept)].assign(year=lambda f: f["year"].astype(str))
    bold, plain = text.iloc[[0, -1]], text.iloc[1:-1]
    assert ends <= set(kept) or len(kept) == 1
    labels = [
        alt.Chart(part)
        .mark_text(align="left", dx=9, dy=5, color="$focus", fontSize=11, fontWeight=weight)
        .encode(**plane.at("x1", "x2"), text="year:N")
        for part, weight in ((plain, "normal"), (bold, "bold"))
        if len(part)
    ]
    return [
        chart.mark_line(**PATH).encode(**plane.at("x1", "x2"), order="year:Q"),
        chart.mark_point(**SEEN).encode(**plane.at("x1", "x2"), tooltip=plane_tips(words)),
        *labels,
    ]


def located_mark(fit: pd.Series, words: dict[str, str], plane: Plane) -> list[alt.Chart]:
    """A filled point with its name."""
    row = pd.DataFrame([{"x1": fit["x1"], "x2": fit["x2"], "label": words["fitted"], "year": ""}])
    chart = alt.Chart(row)
    point = chart.mark_point(**RESTS)
    name = chart.mark_text(align="left", dx=10, fontWeight="bold")
    return [
        point.encode(**plane.at("x1", "x2"), tooltip=plane_tips(words)),
        name.encode(**plane.at("x1", "x2"), text="label:N"),
    ]


def beyond_words(
    outside: dict[str, pd.Series], words: dict[str, str], plane: Plane, x: Limits, y: Limits
) -> list[alt.Chart]:
    """Words under the top of the plane for points that lie outside it."""
    texts = [
        words["beyond"].format(label=words[key], x1=short(row["x1"], x), x2=short(row["x2"], y))
        for key, row in outside.items()
    ]
    heights = [(LINE_SHARE - 0.05 * (i + 1)) * y[1] for i in range(len(texts))]
    return [
        words_at(plane, x[1], height, text, "$ink", "right")
        for height, text in zip(heights, texts, strict=True)
    ]


def unlocated_words(corner: Limits, words: dict[str, str], plane: Plane) -> list[alt.Chart]:
    """Words in the plane, no point."""
    at = {"x": [corner[0] * plane.x["domain"][1]], "y": [corner[1] * plane.y["domain"][1]]}
    chart = alt.Chart(pd.DataFrame(at))
    lines = (
        ("unlocated_1", -40, "bold", "$ink"),
        ("unlocated_2", -24, "bold", "$ink"),
        ("shaded", -6, "normal", "$muted"),
    )
    return [
        chart.mark_text(
            align="left", dy=dy, fontWeight=weight, color=colour, fontSize=12, text=words[key]
        ).encode(**plane.at("x", "y"))
        for key, dy, weight, colour in lines
    ]
