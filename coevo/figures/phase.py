"""The phase plane of one region: observed path, calibrated and fitted equilibria, directions."""

from typing import Any

import altair as alt
import pandas as pd

from coevo.figures.axes import scale, tick_format, ticks
from coevo.figures.plane import WORDS, Box, Limits, arrows, free_corner, limits, rest, shade
from coevo.figures.theme import specification
from coevo.findings.equilibrium import fits, own_parameters, path, period, yearly, zone
from coevo.findings.study import Study

LINE_SHARE = 0.96  # height at which the words beside a zero-growth line stand, as a share


class _Plane:
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
        self.x = scale(*x)
        self.y = scale(*y)
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


def phase(study: Study, words: dict[str, str]) -> dict[str, Any]:
    """Phase plane of the region in focus."""
    observed, single, whole = path(study), yearly(study), period(study)
    fit, parameters, held = fits(study).iloc[0], own_parameters(study), zone(study)
    known = pd.concat([observed, single], ignore_index=True)
    x, y = (limits(list(known[column])) for column in ("x1", "x2"))
    plane = _Plane(study, words, x, y)
    marks = known if whole is None else pd.concat([known, whole.to_frame().T], ignore_index=True)
    corner = (
        None if fit["located"] else free_corner(marks, rest(parameters), shade(held, x, y), x, y)
    )
    field = alt.Chart(arrows(parameters, x, y, _boxes(observed, whole, corner, x, y))).mark_point(
        shape="arrow", filled=True, color="$faint", opacity=0.75, size=110
    )
    layers = [
        _zone(fit["located"], held, plane, x, y),
        field.encode(**plane.at("x", "y"), angle=alt.Angle("angle:Q", scale=None)),
        *_zero_growth(parameters, words, plane, x, y),
        *_calibrated(single, whole, words, plane),
        *_observed(observed, words, plane),
        *(_located(fit, words, plane) if corner is None else _unlocated(corner, words, plane)),
    ]
    return specification(alt.layer(*layers), 470)


def _boxes(
    observed: pd.DataFrame, whole: pd.Series | None, corner: Limits | None, x: Limits, y: Limits
) -> list[Box]:
    """Where words stand: right of each year, left of the calibrated point, about E."""
    boxes = [
        (row.x1 / x[1] - 0.01, row.x2 / y[1] - 0.045, 0.1, 0.07) for row in observed.itertuples()
    ]
    if whole is not None:
        boxes.append((whole["x1"] / x[1] - 0.15, whole["x2"] / y[1] - 0.03, 0.16, 0.06))
    if corner is not None:
        boxes.append((corner[0] - 0.03, corner[1] - 0.04, WORDS[0] + 0.03, WORDS[1] + 0.08))
    return boxes


def _zone(located: bool, held: pd.Series, plane: _Plane, x: Limits, y: Limits) -> alt.Chart:
    """Shaded where an unlocated E may lie; an outline round the region of a located one."""
    chart = alt.Chart(shade(held, x, y))
    mark = (
        chart.mark_rect(fillOpacity=0, stroke="$muted", strokeWidth=1)
        if located
        else chart.mark_rect(color="$ink", opacity=0.07)
    )
    return mark.encode(**plane.at("x", "y"), x2="x_end:Q", y2="y_end:Q")


def _zero_growth(
    parameters: dict[str, float], words: dict[str, str], plane: _Plane, x: Limits, y: Limits
) -> list[alt.Chart]:
    """The lines where one output rests: x1 = a2/d and x2 = a1/b1, with words beside them."""
    rest_1, rest_2 = rest(parameters)
    place_1, place_2 = _place(rest_1, x), _place(rest_2, y)
    style = {"strokeDash": [6, 4], "strokeWidth": 1.5}
    lines = []
    if place_1 == "inside":
        chart = alt.Chart(pd.DataFrame({"x": [rest_1], "y": [0.0]}))
        lines.append(chart.mark_rule(color="$s1", **style).encode(x=plane.at("x", "y")["x"]))
    if place_2 == "inside":
        chart = alt.Chart(pd.DataFrame({"x": [0.0], "y": [rest_2]}))
        lines.append(chart.mark_rule(color="$s2", **style).encode(y=plane.at("x", "y")["y"]))
    # Words stand at the line; where it lies outside, at the edge it lies beyond.
    edge_1 = {"inside": rest_1, "below": x[0], "beyond": x[1]}[place_1]
    edge_2 = {"inside": rest_2, "below": 0.04 * y[1], "beyond": 0.985 * y[1]}[place_2]
    text_1 = words[f"rest_{place_1}"].format(still="x₂", symbol="x₁", value=_whole(rest_1))
    text_2 = words[f"rest_{place_2}"].format(still="x₁", symbol="x₂", value=_whole(rest_2))
    side = "right" if edge_1 > 0.7 * x[1] else "left"
    lift = -8 if place_2 == "inside" else 0
    return [
        *lines,
        _words_at(plane, edge_1, LINE_SHARE * y[1], text_1, "$s1t", side),
        _words_at(plane, x[1], edge_2, text_2, "$s2t", "right", lift),
    ]


def _place(value: float, limits: Limits) -> str:
    """Where a zero-growth line lies: inside the plane, below it or beyond it."""
    if limits[0] < value < limits[1]:
        return "inside"
    return "below" if value <= limits[0] else "beyond"


def _whole(value: float) -> str:
    return f"{value:,.0f}".replace("-", "−")


def _words_at(
    plane: _Plane, x: float, y: float, text: str, colour: str, side: str, lift: int = 0
) -> alt.Chart:
    chart = alt.Chart(pd.DataFrame({"x": [x], "y": [y], "text": [text]}))
    shift = -6 if side == "right" else 6
    mark = chart.mark_text(align=side, dx=shift, dy=lift, color=colour, fontSize=11.5)
    return mark.encode(**plane.at("x", "y"), text="text:N")


def _tips(words: dict[str, str]) -> list[alt.Tooltip]:
    return [
        alt.Tooltip("label:N", title=words["tip_series"]),
        alt.Tooltip("year:N", title=words["tip_year"]),
        alt.Tooltip("x1:Q", title="x₁", format=",.0f"),
        alt.Tooltip("x2:Q", title="x₂", format=",.0f"),
    ]


def _calibrated(
    single: pd.DataFrame, whole: pd.Series | None, words: dict[str, str], plane: _Plane
) -> list[alt.Chart]:
    """Hollow diamonds: large for the period, small for single years."""
    layers = []
    if len(single):
        small = alt.Chart(single.assign(label=words["calibrated"])).mark_point(
            shape="diamond", size=46, stroke="$muted", strokeWidth=1.2, fill="$bg", opacity=1
        )
        layers.append(small.encode(**plane.at("x1", "x2"), tooltip=_tips(words)))
    if whole is not None:
        row = pd.DataFrame([{"x1": whole["x1"], "x2": whole["x2"], "year": words["period"]}])
        chart = alt.Chart(row.assign(label=words["calibrated"]))
        large = chart.mark_point(
            shape="diamond", size=150, stroke="$ink", strokeWidth=2, fill="$bg", opacity=1
        )
        text = chart.mark_text(align="right", dx=-12, dy=-1, fontWeight="bold")
        layers.append(large.encode(**plane.at("x1", "x2"), tooltip=_tips(words)))
        layers.append(text.encode(**plane.at("x1", "x2"), text="label:N"))
    return layers


def _observed(observed: pd.DataFrame, words: dict[str, str], plane: _Plane) -> list[alt.Chart]:
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
        chart.mark_line(color="$focus", strokeWidth=2.2).encode(
            **plane.at("x1", "x2"), order="year:Q"
        ),
        chart.mark_point(filled=True, color="$focus", size=42, opacity=1).encode(
            **plane.at("x1", "x2"), tooltip=_tips(words)
        ),
        *labels,
    ]


def _located(fit: pd.Series, words: dict[str, str], plane: _Plane) -> list[alt.Chart]:
    """A filled point with its name."""
    row = pd.DataFrame([{"x1": fit["x1"], "x2": fit["x2"], "label": words["fitted"], "year": ""}])
    chart = alt.Chart(row)
    point = chart.mark_point(filled=True, size=90, color="$ink", opacity=1)
    name = chart.mark_text(align="left", dx=10, fontWeight="bold")
    return [
        point.encode(**plane.at("x1", "x2"), tooltip=_tips(words)),
        name.encode(**plane.at("x1", "x2"), text="label:N"),
    ]


def _unlocated(corner: Limits, words: dict[str, str], plane: _Plane) -> list[alt.Chart]:
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
