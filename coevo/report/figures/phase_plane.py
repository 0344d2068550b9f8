"""The phase plane of one region: observed path, equilibria, directions and an orbit."""

from typing import Any

import altair as alt
import pandas as pd

from coevo.report.figures.marks import (
    LINE_SHARE,
    STILL,
    Plane,
    beyond_words,
    located_mark,
    observed_marks,
    short,
    side_of,
    theoretical_marks,
    unlocated_words,
    words_at,
)
from coevo.report.figures.plane import (
    ORBIT_KINDS,
    STRIP,
    WORDS,
    Box,
    Limits,
    arrows,
    free_corner,
    holds,
    orbit_inside,
    plane_limits,
    shade,
)
from coevo.report.figures.theme import specification
from coevo.report.findings.calibrated import given_points, period_points, yearly
from coevo.report.findings.equilibrium import (
    BOUNDED,
    fits,
    own_parameters,
    path,
    rest_point_found,
    zone,
)
from coevo.report.findings.study_tables import Study


def phase(study: Study, words: dict[str, str]) -> dict[str, Any]:
    """Phase plane of the region in focus.

    It holds the path and the calibrated points of single years; of the other points those that do
    not lie beyond it, and words for the rest.
    """
    observed, single, whole, stated = (
        path(study),
        yearly(study),
        period_points(study),
        given_points(study),
    )
    fit, parameters, held = fits(study).iloc[0], own_parameters(study), zone(study)
    known = pd.concat([observed, single], ignore_index=True)
    x, y = (plane_limits(list(known[column])) for column in ("x1", "x2"))
    large = {"calibrated": whole, "given": stated}
    points = {key: row for key, row in large.items() if row is not None and holds(row, x, y)}
    located = bool(fit["located"]) and holds(fit, x, y)
    outside = {key: row for key, row in large.items() if row is not None and key not in points}
    outside |= {"fitted": fit} if fit["located"] and not located else {}
    plane = Plane(study, words, x, y)
    marks = pd.concat([known, *(row.to_frame().T for row in points.values())], ignore_index=True)
    corner = (
        None
        if fit["located"]
        else free_corner(marks, rest_point_found(parameters), shade(held, x, y), x, y)
    )
    boxes = _boxes(observed, list(points.values()), corner, x, y)
    field = alt.Chart(arrows(parameters, x, y, boxes)).mark_point(
        shape="arrow", filled=True, color="$faint", opacity=0.75, size=110
    )
    layers = [
        _zone(fit["located"], held, plane, x, y),
        field.encode(**plane.at("x", "y"), angle=alt.Angle("angle:Q", scale=None)),
        *_zero_growth(fit, parameters, words, plane, x, y),
        *_orbit(fit, parameters, observed, plane, x, y),
        *theoretical_marks(single, points, words, plane),
        *observed_marks(observed, words, plane),
        *(located_mark(fit, words, plane) if located else []),
        *(unlocated_words(corner, words, plane) if corner is not None else []),
        *beyond_words(outside, words, plane, x, y),
    ]
    return specification(alt.layer(*layers), 470)


def _boxes(
    observed: pd.DataFrame, large: list[pd.Series], corner: Limits | None, x: Limits, y: Limits
) -> list[Box]:
    """Where words stand: right of each year, left of the large diamonds, about E."""
    boxes = [
        (row.x1 / x[1] - 0.01, row.x2 / y[1] - 0.045, 0.1, 0.07) for row in observed.itertuples()
    ]
    for row in large:
        across = row["x1"] / x[1]
        left = across - 0.19 if side_of(across) == "right" else across - 0.01
        boxes.append((left, row["x2"] / y[1] - 0.03, 0.2, 0.06))
    if corner is not None:
        boxes.append((corner[0] - 0.03, corner[1] - 0.04, WORDS[0] + 0.03, WORDS[1] + 0.08))
    return boxes


def _zone(located: bool, held: pd.Series, plane: Plane, x: Limits, y: Limits) -> alt.Chart:
    """Shaded where an unlocated E may lie; an outline round the region of a located one."""
    chart = alt.Chart(shade(held, x, y))
    mark = (
        chart.mark_rect(fillOpacity=0, stroke="$muted", strokeWidth=1)
        if located
        else chart.mark_rect(color="$ink", opacity=0.07)
    )
    return mark.encode(**plane.at("x", "y"), x2="x_end:Q", y2="y_end:Q")


def _orbit(
    fit: pd.Series,
    parameters: dict[str, float],
    observed: pd.DataFrame,
    plane: Plane,
    x: Limits,
    y: Limits,
) -> list[alt.Chart]:
    """The orbit of the fitted equations through the last state, as long before and after it as it
    was observed, where E is a centre or a saddle. An illustration, no forecast. It ends below the
    strip at the top, where words stand.
    """
    if fit["kind"] not in ORBIT_KINDS:
        return []
    years = int(observed["year"].iloc[-1] - observed["year"].iloc[0])
    rows = orbit_inside(parameters, observed.iloc[-1], years, x, (y[0], STRIP * y[1]))
    line = alt.Chart(rows).mark_line(color="$ink", strokeWidth=1.2, strokeDash=[1, 3])
    return [line.encode(**plane.at("x1", "x2"), order="time:Q")]


def _zero_growth(
    fit: pd.Series,
    parameters: dict[str, float],
    words: dict[str, str],
    plane: Plane,
    x: Limits,
    y: Limits,
) -> list[alt.Chart]:
    """The lines where one output rests: x1 = a2/d and x2 = a1/b1, with words beside them.

    A coordinate whose set is unbounded gets no number.
    """
    rest_1, rest_2 = rest_point_found(parameters)
    place_1, place_2 = _place(rest_1, x), _place(rest_2, y)
    lines = []
    if place_1 == "inside":
        chart = alt.Chart(pd.DataFrame({"x": [rest_1], "y": [0.0]}))
        lines.append(chart.mark_rule(color="$s1", **STILL).encode(x=plane.at("x", "y")["x"]))
    if place_2 == "inside":
        chart = alt.Chart(pd.DataFrame({"x": [0.0], "y": [rest_2]}))
        lines.append(chart.mark_rule(color="$s2", **STILL).encode(y=plane.at("x", "y")["y"]))
    # Words stand at the line; where it lies outside, at the edge it lies beyond.
    edge_1 = {"inside": rest_1, "below": x[0], "beyond": x[1]}[place_1]
    edge_2 = {"inside": rest_2, "below": 0.04 * y[1], "beyond": 0.99 * y[1]}[place_2]
    # both beyond stand one under the other in the same corner
    share = LINE_SHARE - (0.03 if place_1 == place_2 == "beyond" else 0)
    known_1, known_2 = ("" if fit[f"{c}_set"] == BOUNDED else "_unlocated" for c in ("x1", "x2"))
    text_1 = words[f"rest_{place_1}{known_1}"].format(
        still="x₂", symbol="x₁", value=short(rest_1, x)
    )
    text_2 = words[f"rest_{place_2}{known_2}"].format(
        still="x₁", symbol="x₂", value=short(rest_2, y)
    )
    side = "right" if edge_1 > 0.7 * x[1] else "left"
    lift = -8 if place_2 == "inside" else 0
    return [
        *lines,
        words_at(plane, edge_1, share * y[1], text_1, "$s1t", side),
        words_at(plane, x[1], edge_2, text_2, "$s2t", "right", lift),
    ]


def _place(value: float, limits: Limits) -> str:
    """Where a zero-growth line lies: inside the plane, below it or beyond it."""
    if limits[0] < value < limits[1]:
        return "inside"
    return "below" if value <= limits[0] else "beyond"
