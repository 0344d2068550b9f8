"""Phase plane: path, theoretical points, zero-growth lines of the fit with their bands."""

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from coevo.lotka_volterra.phase_plane import AXES, STEPS, lean, nullclines
from coevo.newreport.charts import parts
from coevo.newreport.charts.labels import lines_of_title
from coevo.newreport.charts.parts import DOT, FOCUS, PICKED, Part, expression, haloed, layer, mark
from coevo.newreport.language import Language
from coevo.newreport.numbers import with_figures
from coevo.newreport.sections.equilibrium import own_fits, path
from coevo.newreport.sections.theory import theoretical_points
from coevo.newreport.study import Study

NAME = np.array([0.11, 0.08])  # width and height of a name in the plane, as shares
YEAR = (0.09, -0.015)  # from a point to the middle of its year
REST = 0.22  # width of the name of a zero-growth line
ABOVE = 0.03  # from a point or line to the middle of its name
LONG = 60  # states of a path, from which it is thin, and only its ends are named
REACH = 4  # times an axis, as far as a zero-growth line may lie to be drawn
SYMBOLS = {"x1": "x₁", "x2": "x₂"}
ENDS = [f"{x}_{end}" for x in AXES for end in ("low", "high")]
POINTS = ["region", "kind", "series", "label", "share", "year", *AXES, *ENDS, "left", "named"]
LINES = ["region", "still", "part", "x1", "x1_end", "x2", "x2_end", "whole", "left"]
COLOURS = {"x2": "$s1", "x1": "$s2"}  # of the line on which x2, x1 rests
TIPS = "label series, year year, x1 x₁ ,.6~r, x2 x₂ ,.6~r"


class Plane(NamedTuple):
    """What the plane of a region shows.

    frame: the ends of its axes; points (kind: observed, theory, fitted; named: years that are
    named) and lines: see `nullclines`; left: whether a name stands to the left; notes: lines of
    words for what has no mark.
    """

    frame: dict[str, float]
    points: pd.DataFrame
    lines: pd.DataFrame
    notes: list[str]


def phase(study: Study, language: Language) -> Part:
    """Return the phase plane of the region that is picked, on axes of that region's own range."""
    planes = {}
    for region in study.drawn:
        if len(path(study, region)):
            planes[region] = plane(study, language, region)
    points = pd.concat([shown.points for shown in planes.values()])
    lines = pd.concat([shown.lines for shown in planes.values()])
    names = {x: language.term("charts", "rest").format(still=s) for x, s in SYMBOLS.items()}
    colour = lines["still"].map(COLOURS)
    lines = lines.assign(name=lines["still"].map(names), colour=colour, ink=colour + "t")
    observed, stated, fitted = (
        points[points["kind"] == kind] for kind in ("observed", "theory", "fitted")
    )
    lean_ones = ["share", *ENDS]  # columns of theory alone
    drawn = {
        "bands": lines[lines["part"] == "band"],
        "lines": lines[lines["part"] == "line"],
        "stated": stated.drop(columns="named"),
        "observed": observed.drop(columns=lean_ones),
        "fitted": fitted.drop(columns=[*lean_ones, "named"]),
    }
    frames = {region: dict.fromkeys(AXES, 1.0) for region in study.drawn}
    notes = {region: shown.notes for region, shown in planes.items()}
    params = {"region": study.focus, "frames": frames, "notes": notes}
    frames |= {region: shown.frame for region, shown in planes.items()}
    many = observed["region"].value_counts().max() > LONG
    return parts.chart(
        drawn, _layers(study, language, *((0.6, 6) if many else (2.2, 42))),
        height=400, paper=(parts.HALF, 180.0), data="bands lines stated observed fitted",
        params=params, screen={"ratio": 0.72, "highest": 540, "narrow": 1},
        title={"text": expression("notes[region]")},
    )  # fmt: skip


def plane(study: Study, language: Language, region: str) -> Plane:
    """Return what the plane of a region with a path shows."""
    seen = path(study, region).assign(kind="observed", series="observed")
    fits, theory = own_fits(study), theoretical_points(study, scope=region)
    fits = fits[fits["scope"] == region]
    theory = theory.assign(kind="theory", series="theory_" + theory["source"])
    located = fits.loc[fits["located"], AXES].assign(kind="fitted", series="fitted")
    known = [part for part in (seen, theory, located) if len(part)]
    points = pd.concat(known, ignore_index=True).reindex(columns=POINTS).assign(region=region)
    points[[*AXES, *ENDS]] = points[[*AXES, *ENDS]].astype(float)
    frame = _frame(points, fits)
    points["label"] = [
        _series_label(language, series, share)
        for series, share in zip(
            points["series"], points["share"].map("{:.3g}".format), strict=True
        )
    ]
    points["left"] = named_left(points, seen, frame)
    points["named"] = points.index.isin(named_years(seen, frame).index)
    points["year"] = points["year"].astype("Int64")
    outside = ~(points["x1"].between(0, frame["x1"]) & points["x2"].between(0, frame["x2"]))
    lines = pd.DataFrame(columns=LINES)
    if len(fits):
        lines = pd.DataFrame(nullclines(fits.iloc[0], tuple(frame)), columns=LINES)
        ends = lines[["x1_end", "x2_end"]].set_axis(AXES, axis=1)
        lines = lines.assign(region=region, left=named_left(ends, seen, frame, REST))
    told = _unmarked(study, language, points, points[outside], lines, fits, frame)
    notes = [line for text in told for line in lines_of_title(text)]
    points[[*AXES, *ENDS]] = points[[*AXES, *ENDS]].map(lean, na_action="ignore")
    return Plane(dict(frame), points[~outside], lines, notes)


def _frame(points: pd.DataFrame, fits: pd.DataFrame) -> pd.Series:
    """Return the upper limits of the axes.

    They hold the path, other points and their ranges where that takes no more than twice as much of
    an axis, and a zero-growth line: the nearest, where the frame would hold none and it lies within
    `REACH` times the axis.
    """
    upper = [points, *(points.assign(**{x: points[f"{x}_high"]}) for x in AXES)]
    held = pd.concat(upper).dropna(subset=AXES)
    limits = held[AXES].map(plane_limit)
    widest = limits[held["kind"] == "observed"].max()
    frame = limits[(limits <= 2 * widest).all(axis=1)].max()
    for fit in fits[AXES].astype(float).to_dict("records"):
        beyond = {x: fit[x] / frame[x] for x in AXES if fit[x] > 0}
        nearest = min(beyond, key=lambda x: beyond[x], default="")
        if nearest and 1 <= beyond[nearest] <= REACH:
            frame[nearest] = plane_limit(fit[nearest])
    return frame


def plane_limit(value: float) -> float:
    """Return a tick above a value: an axis from zero to there holds it with some air. Zero if it is
    not above zero, where no such axis holds it.
    """
    if value <= 0:
        return 0.0
    high = value * 1.18
    step = parts.ticks(0, high, 5)[1]
    return float(np.ceil(high / step) * step)


def _unmarked(
    study: Study, language: Language, points: pd.DataFrame, outside: pd.DataFrame,
    lines: pd.DataFrame, fits: pd.DataFrame, frame: pd.Series,
) -> Iterator[str]:  # fmt: skip
    """Yield words for what has no mark in a plane.

    They say that E is not located or not estimated, that theory has none or that the sets exclude
    nothing, and name the points and zero-growth lines beyond the plane.
    """
    words = language.terms["charts"]
    if not points["kind"].eq("fitted").any():
        yield words["fitted_unlocated" if len(fits) else "fitted_missing"]
    if not points["kind"].eq("theory").any():
        yield words["theory_missing"]
    if lines["whole"].sum() == 2:
        yield words["nowhere"].format(100 * study.config["interaction"]["confidence"])
    for series, part in outside.groupby("series", sort=False):
        at = {x: _span([_number(value) for value in part[x]]) for x in AXES}
        share = _span([f"{share:.3g}" for share in part["share"]])
        yield words["beyond"].format(label=_series_label(language, str(series), share), **at)
    for fit in fits.to_dict("records"):
        for still, x in zip(reversed(AXES), AXES, strict=True):
            if not 0 <= fit[x] <= frame[x]:
                place = f"{SYMBOLS[x]} = {_number(fit[x])}"
                told = words["rest_negative" if fit[x] < 0 else "rest_beyond"]
                yield told.format(still=SYMBOLS[still], axis=SYMBOLS[x], at=place)


def _series_label(language: Language, series: str, share: str) -> str:
    """Return what a series is called, a theoretical point with its share."""
    return language.term("charts", series).format(share=share)


def _span(texts: list[str]) -> str:
    """Return the first and the last of some texts, or their one text."""
    return "–".join(dict.fromkeys([texts[0], texts[-1]]))


def _number(value: float) -> str:
    """Return a number as it stands above the plane, which may be infinite."""
    return {math.inf: "∞", -math.inf: "−∞"}.get(value) or with_figures(value)


def named_years(path: pd.DataFrame, frame: Any) -> pd.DataFrame:
    """Return the rows of a path whose year is named: its ends, and those with room beside the named
    ones.

    frame: upper limits of the two axes.
    """
    at = path[AXES].to_numpy(dtype=float) / np.array(frame) / NAME
    named = list(dict.fromkeys([0, len(path) - 1]))
    for i in range(1, len(path) - 1) if len(path) <= LONG else ():
        if (abs(at[named] - at[i]).max(axis=1) > 1).all():
            named.append(i)
    return path.iloc[sorted(named)]


def named_left(
    points: pd.DataFrame, path: pd.DataFrame, frame: Any, width: float = 0.4
) -> pd.Series:
    """Return whether the name of each point, `width` wide as a share of the plane and a little
    above the point, stands to its left: towards the middle, unless the path or its years are there
    and not on the other side.
    """
    at, seen = (rows[AXES].to_numpy(dtype=float) / np.array(frame) for rows in (points, path))
    at[:, 1] = np.minimum(at[:, 1] + ABOVE, 1 - ABOVE)
    steps = np.linspace(0, len(seen) - 1, STEPS * len(seen))
    line = np.stack([np.interp(steps, np.arange(len(seen)), values) for values in seen.T], axis=1)
    across, up = np.moveaxis(np.vstack([line, seen + YEAR]) - at[:, None], -1, 0)
    left, right = (
        ((abs(up) < NAME[1] / 2) & (side * across > 0) & (side * across < width)).any(axis=1)
        for side in (-1, 1)
    )
    return pd.Series(np.where(left == right, at[:, 0] > 0.5, right), index=points.index)


def _layers(study: Study, language: Language, width: float, size: float) -> list[Part]:
    """Return the layers from the back; width: of the path; size: of its dots."""
    x1, x2 = _axes(study, language)
    hover = {"x": x1, "y": x2, "tooltip": parts.tips(language, TIPS)}
    label, year, name = ({"text": parts.text(field)} for field in ("label", "year", "name"))
    area = {"x": x1, "y": x2, "x2": {"field": "x1_end"}, "y2": {"field": "x2_end"}}
    area["color"] = parts.itself("colour")
    end = {"x": x1 | {"field": "x1_named"}, "y": x2 | {"field": "x2_end"}, **name}
    end["color"] = parts.itself("ink")
    across = {"x": x1 | {"field": "x1_low"}, "x2": {"field": "x1_high"}, "y": x2}
    upward = {"x": x1, "y": x2 | {"field": "x2_low"}, "y2": {"field": "x2_high"}}
    side = expression("datum.left ? 'right' : 'left'")
    named = mark("text", align=side, fontWeight="bold", color="$ink")
    named["dx"] = expression("datum.left ? -10 : 10")
    still = mark("text", align=side, dx=expression("datum.left ? -6 : 6"))
    still["dy"] = expression("datum.still == 'x2' ? 9 : -8")
    dated = mark("text", align="left", dx=9, dy=5, fontWeight="bold", color=FOCUS)
    thin = mark("rule", color="$ink", strokeWidth=1.2, clip=True)
    diamond = mark("point", shape="diamond", size=150, stroke="$ink", strokeWidth=2, fill="$bg")
    by_share = hover | {"order": parts.number("share"), "detail": parts.text("series")}
    at_end = parts.calculated("x1_named", "datum.left ? datum.x1_end : datum.x1")
    by_year = hover | {"order": parts.number("year")}
    return [
        layer("bands", mark("rect", opacity=0.08), area, PICKED),
        layer("lines", mark("rule", strokeWidth=2.4), area, PICKED),
        *haloed("lines", still, end, PICKED, at_end),
        layer("stated", thin, across, PICKED),
        layer("stated", thin, upward, PICKED),
        layer("stated", thin | {"type": "line"}, by_share, PICKED),
        layer("observed", mark("line", color=FOCUS, strokeWidth=width), by_year, PICKED),
        layer("observed", DOT | {"color": FOCUS, "size": size}, hover, PICKED),
        *haloed("observed", dated, hover | year, PICKED, {"filter": "datum.named"}),
        layer("stated", diamond | {"opacity": 1}, hover, PICKED),
        *haloed("stated", named | {"dy": -10}, hover | label, PICKED),
        layer("fitted", DOT | {"color": "$ink", "size": 90}, hover, PICKED),
        *haloed("fitted", named | {"dy": 14}, hover | label, PICKED),
    ]


def _axes(study: Study, language: Language) -> Iterator[Part]:
    """Yield the channels of x1 and x2, from zero to the frame of the region that is picked."""
    ticks = {"ticks": True, "tickSize": 4, "tickColor": "$rule", "tickCount": 5}
    lines = {"grid": False, "domain": True, "domainColor": "$rule", "format": parts.FORMAT}
    for x, output in zip(AXES, study.pair, strict=True):
        words = {"symbol": SYMBOLS[x], "label": study.label(output)}
        title = language.term("charts", "axis").format(**words, unit=study.unit(output) or "0–1")
        titles = {"title": title, **parts.RAISED} if x == "x2" else {"title": lines_of_title(title)}
        axis = {"labelOverlap": True, "labelSeparation": 8, **ticks, **lines, **titles}
        yield parts.spanning(x, 0, expression(f"frames[region].{x}"), axis)
