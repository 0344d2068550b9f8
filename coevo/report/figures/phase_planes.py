"""Phase planes: path, theoretical points, zero-growth lines of the fit with their bands; how far
axes reach, and where names stand.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from coevo.files import rows_of
from coevo.lotka_volterra.phase_plane import (
    AXES,
    ORBIT_KINDS,
    STEPS,
    arrows,
    lean,
    nullclines,
    orbit_inside,
)
from coevo.report.figures.axes import lines_of_title, ticks
from coevo.report.figures.vega import Part, specification
from coevo.report.findings import equilibrium
from coevo.report.findings.study_tables import Study
from coevo.report.findings.theory_against_fit import theoretical_points
from coevo.report.words.numbers import with_figures

NAME = np.array([0.11, 0.08])  # width and height of a name in the plane, as shares
YEAR = (0.09, -0.015)  # from a point to the middle of its year
REST = 0.22  # width of the name of a zero-growth line
ABOVE = 0.03  # from a point or line to the middle of its name
REACH = 4  # times an axis, as far as a zero-growth line may lie to be drawn
FRAMES = [f"frame_{x}" for x in AXES]
SYMBOLS = {"x1": "x₁", "x2": "x₂"}
ENDS = [f"{x}_{end}" for x in AXES for end in ("low", "high")]
LINE = ["still", "part", "x1", "x1_end", "x2", "x2_end", "whole"]  # columns of `nullclines`


@lru_cache(maxsize=8)
def points(study: Study) -> pd.DataFrame:
    """Points of the regions drawn that have a path: region, kind, series, share, year, x1, x2,
    their range over years (x1_low ...), frame_x1, frame_x2.

    kind: observed; theory (series: theory_<source>); fitted, where E is located. Frames are the
    upper limits of the region's axes: they hold its path, other points and their ranges where that
    takes no more than twice as much of an axis, and one zero-growth line, see `_with_a_line`.
    """
    paths = pd.concat(
        equilibrium.path(study, region).assign(scope=region) for region in study.drawn
    )
    fitted = equilibrium.region_fit_rows(study)
    fitted = fitted.loc[fitted["located"], ["scope", *AXES]]
    theory = theoretical_points(study)
    theory = theory.assign(series="theory_" + theory["source"])
    parts = {"observed": paths, "theory": theory, "fitted": fitted}
    columns = ["scope", "kind", "series", "share", "year", *AXES, *ENDS]
    rows = pd.concat({kind: part for kind, part in parts.items() if len(part)}, names=["kind"])
    rows = rows.reset_index("kind").reindex(columns=columns).rename(columns={"scope": "region"})
    rows["series"] = rows["series"].fillna(rows["kind"])
    rows = rows[rows["region"].isin(paths["scope"])].reset_index(drop=True)
    frames = _with_a_line(_frames(rows), equilibrium.region_fit_rows(study))
    return rows.join(frames, on="region")


def _frames(rows: pd.DataFrame) -> pd.DataFrame:
    ends = [rows, *(rows.assign(**{x: rows[f"{x}_high"]}) for x in AXES)]
    held = pd.concat(ends, ignore_index=True).dropna(subset=AXES)
    limits = held[AXES].astype(float).map(plane_limit)
    path = limits[held["kind"] == "observed"].groupby(held["region"]).max()
    near = limits <= 2 * path.reindex(held["region"]).set_axis(limits.index)
    return limits[near.all(axis=1)].groupby(held["region"]).max().set_axis(FRAMES, axis=1)


def _with_a_line(frames: pd.DataFrame, fits: pd.DataFrame) -> pd.DataFrame:
    """Frames that hold a zero-growth line: the nearest, where it lies within `REACH` times the
    axis and the frame would hold none.
    """
    lines = fits.set_index("scope")[AXES].astype(float).set_axis(FRAMES, axis=1)
    beyond = (lines.reindex(frames.index) / frames).where(lambda share: share > 0)
    nearest = beyond.min(axis=1)
    frames = frames.copy()
    for region in nearest.index[nearest.between(1, REACH)]:
        axis = beyond.loc[region].idxmin()
        frames.loc[region, axis] = plane_limit(lines.loc[region, axis])
    return frames


@lru_cache(maxsize=8)
def resting(study: Study) -> pd.DataFrame:
    """Zero-growth lines of the regions drawn and their bands; see `nullclines`.

    left: whether the name of a line ends at its upper or right end, clear of the path.
    """
    fits = equilibrium.region_fit_rows(study).set_index("scope")
    tables = [pd.DataFrame(columns=["region", *LINE, "left"])]
    for region, rows in rows_of(points(study), region=list(fits.index)).groupby("region"):
        frame = tuple(rows[FRAMES].iloc[0])
        part = pd.DataFrame(nullclines(fits.loc[region], frame), columns=LINE)
        ends = part[["x1_end", "x2_end"]].set_axis(AXES, axis=1)
        left = named_left(ends, rows[rows["kind"] == "observed"], frame, REST)
        tables.append(part.assign(region=region, left=left))
    table = pd.concat(tables, ignore_index=True)
    colour = table["still"].map({"x2": "$s1", "x1": "$s2"})
    return table.assign(colour=colour, ink=colour + "t")


def notes(study: Study, words: Mapping[str, str], rows: pd.DataFrame) -> dict[str, list[str]]:
    """Lines of words by region for what has no mark in its plane."""
    above: dict[str, list[str]] = {region: [] for region in study.drawn}
    for region, text in _unmarked(study, words, rows):
        above[region] += lines_of_title(text)
    return above


def _unmarked(
    study: Study, words: Mapping[str, str], rows: pd.DataFrame
) -> Iterator[tuple[str, str]]:
    """Regions, and words for what has no mark in their plane.

    They say that E is not located or not estimated, that theory has none or that the sets exclude
    nothing, and name the points and zero-growth lines beyond the plane.
    """
    fits = equilibrium.region_fit_rows(study).set_index("scope")
    located, stated = (set(rows.loc[rows["kind"] == k, "region"]) for k in ("fitted", "theory"))
    for region in study.drawn:
        if region not in located:
            yield region, words["fitted_unlocated" if region in fits.index else "fitted_missing"]
        if region not in stated:
            yield region, words["theory_missing"]
    free = resting(study).groupby("region")["whole"].sum() == 2
    for region in free.index[free]:
        yield region, words["nowhere"].format(100 * study.config["interaction"]["confidence"])
    for (region, series), part in rows[_outside(rows)].groupby(["region", "series"], sort=False):
        at = {x: _span(map(_number, part[x])) for x in AXES}
        yield region, words["beyond"].format(label=called(words, series, part["share"]), **at)
    frames = rows.drop_duplicates("region").set_index("region")[FRAMES]
    for still, x, frame in zip(reversed(AXES), AXES, FRAMES, strict=True):
        values = fits[x].reindex(frames.index).dropna()
        outside = ~values.between(0, frames.loc[values.index, frame])
        for region, value in values[outside].items():
            line = words["rest_negative" if value < 0 else "rest_beyond"]
            place = f"{SYMBOLS[x]} = {_number(value)}"
            yield str(region), line.format(still=SYMBOLS[still], axis=SYMBOLS[x], at=place)


def called(words: Mapping[str, str], series: str, shares: Iterable[float]) -> str:
    """What a series is called, a theoretical point with its share or the span of several."""
    return words[series].format(share=_span(map("{:.3g}".format, shares)))


def _span(texts: Iterable[str]) -> str:
    """The first and the last of some texts, or their one text."""
    known = list(texts)
    return "–".join(dict.fromkeys([known[0], known[-1]]))


def _number(value: float) -> str:
    """A number as it stands above the plane, which may be infinite."""
    return {math.inf: "∞", -math.inf: "−∞"}.get(value) or with_figures(value)


def phase(study: Study, words: Mapping[str, str]) -> Part:
    """Phase plane of the region in focus, with the directions of its fit.

    Where E is a centre or a saddle, dots follow the orbit of the fitted equations through the last
    state, as long before and after it as it was observed: an illustration, no forecast.
    """
    rows, behind = _of_focus(study)
    right, top = map(float, rows[FRAMES].iloc[0])
    above = notes(study, words, rows)[study.focus]
    return _plane("phase", study, words, rows, behind, notes=above, right=right, top=top)


def _of_focus(study: Study) -> tuple[pd.DataFrame, dict[str, pd.DataFrame]]:
    """Points of the region in focus, and what its fit does: `arrows`, and an `orbit` if it has."""
    rows, observed = points(study), equilibrium.path(study)
    rows = rows[rows["region"] == study.focus]
    frame, parameters = rows[FRAMES].iloc[0], dict(equilibrium.parameter_rows(study)["estimate"])
    behind = {"arrows": arrows(parameters, frame, rows, NAME)}
    if equilibrium.fits(study)["kind"].iloc[0] in ORBIT_KINDS:
        years = int(observed["year"].iloc[-1] - observed["year"].iloc[0])
        behind["orbit"] = orbit_inside(parameters, observed.iloc[-1], years, frame)
    return rows, behind


def marks(study: Study) -> dict[str, bool]:
    """What the plane of the focus shows that others do not: a theoretical `point`, one with its
    range over years (`ranged`), an `orbit`.
    """
    rows, behind = _of_focus(study)
    stated = rows[(rows["kind"] == "theory") & ~_outside(rows)]
    ranged = len(stated.dropna(subset=ENDS)) > 0
    orbit = len(behind.get("orbit", ())) > 1
    return {"ranged": ranged, "point": len(stated) > 0 and not ranged, "orbit": orbit}


def region_phase(study: Study, words: Mapping[str, str]) -> Part:
    """Phase plane of the region that readers pick, on axes of that region's own range."""
    rows = points(study)
    frames = rows.drop_duplicates("region").set_index("region")[FRAMES]
    frames = frames.set_axis(AXES, axis=1).reindex(study.drawn).fillna(1.0).to_dict("index")
    above = notes(study, words, rows)
    return _plane("region_phase", study, words, rows, {}, notes=above, frames=frames)


def _worded(rows: pd.DataFrame, words: Mapping[str, str]) -> pd.DataFrame:
    """Points inside their plane with the name of their series, coordinates rounded; left: whether
    the name stands to the left of them.
    """
    known = zip(rows["series"], rows["share"], strict=True)
    lean_ones = {x: rows[x].map(lean, na_action="ignore") for x in [*AXES, *ENDS]}
    worded = rows.assign(
        **lean_ones,
        label=[called(words, s, [v]) for s, v in known],
        year=rows["year"].astype("Int64"),
    )
    parts = worded.groupby("region", sort=False)
    worded["left"] = pd.concat(
        named_left(part, part[part["kind"] == "observed"], part[FRAMES].iloc[0].to_numpy())
        for _, part in parts
    )
    return worded[~_outside(rows)].drop(columns=FRAMES)


def _outside(rows: pd.DataFrame) -> pd.Series:
    return ~(rows["x1"].between(0, rows["frame_x1"]) & rows["x2"].between(0, rows["frame_x2"]))


def _plane(
    chart: str, study: Study, words: Mapping[str, str], rows: pd.DataFrame,
    behind: Mapping[str, pd.DataFrame], **given: Any,
) -> Part:  # fmt: skip
    """Bands of the zero-growth lines x1 = a2/d and x2 = a1/b1, these lines, ranges of theoretical
    points, path, points.
    """
    inside = _worded(rows, words)
    still = {x: words["rest"].format(still=symbol) for x, symbol in SYMBOLS.items()}
    sets = resting(study).assign(name=lambda sets: sets["still"].map(still))
    sets = sets[sets["region"].isin(rows["region"])]
    stated = inside[inside["kind"] == "theory"]
    observed, fitted = (  # lighter without the columns of theory
        inside[inside["kind"] == kind].drop(columns=["share", *ENDS])
        for kind in ("observed", "fitted")
    )
    paths = rows[rows["kind"] == "observed"].groupby("region", sort=False)
    years = pd.concat(named_years(part, part[FRAMES].to_numpy()) for _, part in paths)
    assert study.pair is not None
    across, up = (
        words["axis"].format(symbol=symbol, label=study.label(i), unit=study.unit(i) or "0–1")
        for symbol, i in zip(SYMBOLS.values(), study.pair, strict=True)
    )
    drawn = {
        "bands": sets[sets["part"] == "band"],
        "lines": sets[sets["part"] == "line"],
        "ranged": stated.dropna(subset=ENDS),
        "stated": stated,
        "observed": observed,
        "years": observed.loc[years.index],
        "fitted": fitted,
    }
    given |= {"across": lines_of_title(across), "up": up}
    return specification(chart, study, words, drawn | dict(behind), **given)


def plane_limit(value: float) -> float:
    """A tick above a value: an axis from zero to there holds it with some air. Zero if it is not
    above zero, where no such axis holds it.
    """
    if value <= 0:
        return 0.0
    high = value * 1.18
    step = ticks(0, high, 5)[1]
    return float(np.ceil(high / step) * step)


def named_years(path: pd.DataFrame, frame: Any) -> pd.DataFrame:
    """Rows of a path whose year is named: its ends, and those with room beside the named ones.

    frame: upper limits of the two axes.
    """
    at = path[AXES].to_numpy(dtype=float) / frame / NAME
    named = list(dict.fromkeys([0, len(path) - 1]))
    for i in range(1, len(path) - 1):
        if (abs(at[named] - at[i]).max(axis=1) > 1).all():
            named.append(i)
    return path.iloc[sorted(named)]


def named_left(
    points: pd.DataFrame, path: pd.DataFrame, frame: Any, width: float = 0.4
) -> pd.Series:
    """Whether the name of each point, `width` wide as a share of the plane and a little above the
    point, stands to its left: towards the middle, unless the path or its years are there and not on
    the other side.
    """
    at, seen = (rows[AXES].to_numpy(dtype=float) / frame for rows in (points, path))
    at[:, 1] = np.minimum(at[:, 1] + ABOVE, 1 - ABOVE)
    steps = np.linspace(0, len(seen) - 1, STEPS * len(seen))
    line = np.stack([np.interp(steps, np.arange(len(seen)), values) for values in seen.T], axis=1)
    across, up = np.moveaxis(np.vstack([line, seen + YEAR]) - at[:, None], -1, 0)
    left, right = (
        ((abs(up) < NAME[1] / 2) & (side * across > 0) & (side * across < width)).any(axis=1)
        for side in (-1, 1)
    )
    return pd.Series(np.where(left == right, at[:, 0] > 0.5, right), index=points.index)
