"""Phase planes: path, calibrated points, E where located; of the focus the fitted field as well."""

import math
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import pandas as pd

from coevo.report.figures import plane, vega
from coevo.report.figures.axes import raised
from coevo.report.figures.lines import PICKED, region_of
from coevo.report.figures.placing import wrapped_label
from coevo.report.figures.vega import Part
from coevo.report.findings import equilibrium
from coevo.report.findings.grade_scale import LARGE, power
from coevo.report.findings.study_tables import Study
from coevo.report.findings.theory import FAILS, calibrations

GIVEN = "given"
WIDTH = 56  # letters of a line of words above the plane
_DIAMOND: dict[str, Any] = {"shape": "diamond", "fill": "$bg", "opacity": 1}
OF_YEAR: dict[str, Any] = {"size": 46, "stroke": "$muted", "strokeWidth": 1.2, **_DIAMOND}
OF_PERIOD: dict[str, Any] = {"size": 150, "stroke": "$ink", "strokeWidth": 2, **_DIAMOND}
SEEN: dict[str, Any] = {"filled": True, "color": "$focus", "size": 42, "opacity": 1}
RESTS: dict[str, Any] = {"filled": True, "color": "$ink", "size": 90, "opacity": 1}
STILL: dict[str, Any] = {"strokeDash": [6, 4], "strokeWidth": 1.5}
ARROW: dict[str, Any] = {"shape": "arrow", "filled": True, "color": "$faint", "opacity": 0.75}
BOLD: dict[str, Any] = {"fontWeight": "bold"}


@lru_cache(maxsize=8)
def points(study: Study) -> pd.DataFrame:
    """Points of the regions drawn that have a path: region, kind, year, x1, x2, frame_x1, frame_x2.

    kind: observed; calibrated_year; calibrated, over the period; given; fitted, where E is located.
    Frames are the upper limits of the region's axes, which hold its path and its calibrated years.
    """
    paths = pd.concat(
        equilibrium.path(study, region).assign(scope=region) for region in study.drawn
    )
    theory, fitted = calibrations(study), equilibrium.region_fit_rows(study)
    theory = theory[theory["kind"] != FAILS]
    parts = {
        "observed": paths,
        "calibrated_year": theory[theory["year"].notna()],
        "calibrated": theory[theory["year"].isna()],
        GIVEN: equilibrium.of_source(study, GIVEN),
        "fitted": fitted[fitted["located"]],
    }
    columns = ["scope", "year", *plane.AXES]
    rows = pd.concat(part[columns].assign(kind=kind) for kind, part in parts.items() if len(part))
    rows = rows.rename(columns={"scope": "region"}).dropna(subset=plane.AXES).reset_index(drop=True)
    rows = rows[rows["region"].isin(study.drawn)]
    known = rows[rows["kind"].isin(["observed", "calibrated_year"])].groupby("region")
    frames = {f"frame_{x}": known[x].agg(plane.plane_limit) for x in plane.AXES}
    rows = rows[rows["region"].isin(paths["scope"])]
    return rows.assign(**{name: rows["region"].map(frame) for name, frame in frames.items()})


def notes(study: Study, words: Mapping[str, str], rows: pd.DataFrame) -> dict[str, list[str]]:
    """Lines of words by region for what has no mark in its plane.

    They say that E is not located or not estimated and where every calibration fails, and name the
    points beyond the plane.
    """
    fitted = set(equilibrium.region_fit_rows(study)["scope"])
    located = set(rows.loc[rows["kind"] == "fitted", "region"])
    found: dict[str, list[str]] = {region: [] for region in study.drawn}
    for region in set(study.drawn) - located:
        found[region].append(words["fitted_unlocated" if region in fitted else "fitted_missing"])
    fails = calibrations(study).groupby("scope")["kind"].agg(lambda kinds: kinds.eq(FAILS).all())
    for region in found.keys() & set(fails.index[fails.astype(bool)]):
        found[region].append(words["calibration_fails"])
    for row in rows[_outside(rows)].itertuples():
        x1, x2 = short(row.x1, row.frame_x1), short(row.x2, row.frame_x2)
        found[row.region].append(words["beyond"].format(label=words[row.kind], x1=x1, x2=x2))
    return {
        region: [line for text in texts for line in wrapped_label(text, WIDTH).split("\n")]
        for region, texts in found.items()
    }


def short(value: float, limit: float) -> str:
    """A number as it stands above the plane: about three figures of the plane's size."""
    if not math.isfinite(value):
        return "∞" if value > 0 else "−∞" if value < 0 else "—"
    if max(abs(value), limit) >= LARGE:
        return power(value, 2)
    decimals = max(0, 2 - math.floor(math.log10(limit)))
    return f"{value:,.{decimals}f}".replace("-", "−")


def _outside(rows: pd.DataFrame) -> pd.Series:
    return ~(rows["x1"].between(0, rows["frame_x1"]) & rows["x2"].between(0, rows["frame_x2"]))


def phase(study: Study, words: Mapping[str, str]) -> Part:
    """Phase plane of the region in focus, with the directions of its fit, and where E is not.

    Hatched is where an unlocated E is excluded; an outline stands round the region of a located
    one. Where E is a centre or a saddle, dots follow the orbit of the fitted equations through the
    last state, as long before and after it as it was observed: an illustration, no forecast.
    """
    rows = points(study)
    rows = rows[rows["region"] == study.focus]
    frame = (float(rows["frame_x1"].iloc[0]), float(rows["frame_x2"].iloc[0]))
    at = _axes(study, words, *frame)
    fit, parameters = equilibrium.fits(study).iloc[0], equilibrium.own_parameters(study)
    zone, ends = equilibrium.zone(study), {"x2": {"field": "x1_end"}, "y2": {"field": "x2_end"}}
    area, excluded = {**at, **ends}, plane.hatching(zone, frame)
    said = notes(study, words, rows)[study.focus]
    if fit["located"]:
        outline: Part = {"fillOpacity": 0, "stroke": "$muted", "strokeWidth": 1}
        layers = [vega.mark("rect", plane.shade(zone, frame), area, **outline)]
    else:
        said.append(words["nowhere" if excluded.empty else "hatched"].format(100 * zone["level"]))
        layers = [vega.mark("rule", excluded, area, color="$faint", strokeWidth=0.8)]
    field = plane.arrows(parameters, frame, rows[rows["kind"] != "calibrated_year"])
    layers.append(
        vega.mark(
            "point", field, {**at, "angle": vega.amount("angle", scale=None)}, size=110, **ARROW
        )
    )
    if fit["kind"] in plane.ORBIT_KINDS:
        seen = equilibrium.path(study)
        years = int(seen["year"].iloc[-1] - seen["year"].iloc[0])
        dots: Part = {"color": "$ink", "strokeWidth": 1.2, "strokeDash": [1, 3]}
        orbit = plane.orbit_inside(parameters, seen.iloc[-1], years, frame)
        layers.append(vega.mark("line", orbit, {**at, "order": vega.amount("time")}, **dots))
    layers += _layers(rows, at, words)
    return vega.specification(layers, 470, title={"text": said})


def region_phase(study: Study, words: Mapping[str, str]) -> Part:
    """Phase plane of the region that readers pick, on axes of that region's own range."""
    rows = points(study)
    frames = rows.drop_duplicates("region").set_index("region")[[f"frame_{x}" for x in plane.AXES]]
    frames = frames.set_axis(plane.AXES, axis=1).reindex(study.drawn).fillna(1.0)
    picked = [
        region_of(study),
        {"name": "frames", "value": dict(frames.to_dict("index"))},
        {"name": "notes", "value": notes(study, words, rows)},
    ]
    at = _axes(study, words, *(vega.computed(f"frames[region].{x}") for x in plane.AXES))
    title = {"text": vega.computed("notes[region]")}
    return vega.specification(_layers(rows, at, words, PICKED), 400, picked, title=title)


def _axes(study: Study, words: Mapping[str, str], *limits: Any) -> dict[str, Part]:
    """The two axes, from zero to their limits."""
    assert study.pair is not None
    options = {
        "grid": False, "ticks": True, "tickSize": 4, "tickColor": "$rule", "domain": True,
        "domainColor": "$rule", "labelOverlap": True, "tickCount": 5, "format": ",.6~r",
    }  # fmt: skip
    across, up = (
        words["axis"].format(symbol=symbol, label=study.label(i), unit=study.unit(i) or "0–1")
        for symbol, i in zip(("x₁", "x₂"), study.pair, strict=True)
    )
    scales = [{"domain": [0, limit], "nice": False, "zero": False} for limit in limits]
    return {
        "x": vega.amount("x1", scale=scales[0], axis={"title": across, **options}),
        "y": vega.amount("x2", scale=scales[1], axis={**raised(up), **options}),
    }


def _worded(rows: pd.DataFrame, words: Mapping[str, str]) -> pd.DataFrame:
    """Points with the name of their series and the words for their year, coordinates rounded."""
    series = rows["kind"].replace("calibrated_year", "calibrated").map(words)
    period = rows["kind"].map({"calibrated": words["period"]}).fillna("")
    year = rows["year"].astype("Int64").astype(object).where(rows["year"].notna(), period)
    lean_ones = {x: rows[x].map(plane.lean) for x in plane.AXES}
    top = rows["x2"] > (1 - plane.NAME[1]) * rows["frame_x2"]  # a name has no room above its point
    return rows[["region", "kind"]].assign(**lean_ones, label=series, year=year, at_top=top)


def _layers(
    rows: pd.DataFrame, at: Mapping[str, Part], words: Mapping[str, str], where: Iterable[str] = ()
) -> list[Part]:
    """Marks of the plane: zero-growth lines, calibrated and given points, path, E."""
    inside = _worded(rows[~_outside(rows)], words)
    told = {
        **at,
        "tooltip": vega.tips(words, "label series", "year year", "x1 x₁ ,.6~r", "x2 x₂ ,.6~r"),
    }
    yearly, large, seen, fitted = (
        inside[inside["kind"].isin(kinds)]
        for kinds in (["calibrated_year"], ["calibrated", GIVEN], ["observed"], ["fitted"])
    )
    paths = rows[rows["kind"] == "observed"].groupby("region", sort=False)
    years = pd.concat(
        plane.named_years(part, part[[f"frame_{x}" for x in plane.AXES]].to_numpy())
        for _, part in paths
    )
    own: Part = {"where": where}
    trail = {**told, "order": vega.amount("year")}
    named = {"align": "left", "dx": 9, "dy": 5, **BOLD, **own}
    rest = {"align": "left", "dx": 10, "dy": 14, **BOLD, **own}
    return [
        *(_zero_growth(fitted, at, words, own) if len(fitted) else []),
        vega.mark("point", yearly, told, **OF_YEAR, **own),
        vega.mark("point", large, told, **OF_PERIOD, **own),
        *(
            vega.text("label", large, told, where=(*where, f"datum.at_top == {top}"), dy=dy, **BOLD)
            for top, dy in (("true", 16), ("false", -16))
        ),
        vega.mark("line", seen, trail, color="$focus", strokeWidth=2.2, **own),
        vega.mark("point", seen, told, **SEEN, **own),
        *vega.haloed("year", inside.loc[years.index], at, "$focus", **named),
        vega.mark("point", fitted, told, **RESTS, **own),
        *vega.haloed("label", fitted, told, "$ink", **rest),
    ]


def _zero_growth(
    rest: pd.DataFrame, at: Mapping[str, Part], words: Mapping[str, str], own: Part
) -> list[Part]:
    """The lines x1 = a2/d, where x2 rests, and x2 = a1/b1, where x1 rests, through a located E."""
    x, y = {"x": at["x"]}, {"y": at["y"]}
    head, side = {**x, "y": vega.pixels(0)}, {**y, "x": vega.pixels("width")}
    first, second = (words["rest"].format(still=still) for still in ("x₂", "x₁"))
    return [
        vega.mark("rule", rest, x, color="$s1", **STILL, **own),
        vega.mark("rule", rest, y, color="$s2", **STILL, **own),
        vega.mark("text", rest, head, align="left", dx=6, dy=9, color="$s1t", text=first, **own),
        vega.mark(
            "text", rest, side, align="right", dx=-6, dy=-8, color="$s2t", text=second, **own
        ),
    ]
