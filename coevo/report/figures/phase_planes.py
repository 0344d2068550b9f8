"""Phase planes: path, calibrated points, E where located; of the focus the fitted field as well."""

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd

from coevo.report.figures.axes import (
    above,
    haloed,
    of_picked,
    region_of,
    tips,
    wrapped_label,
)
from coevo.report.figures.plane import (
    AXES,
    NAME,
    ORBIT_KINDS,
    Limits,
    arrows,
    hatching,
    lean,
    named_years,
    orbit_inside,
    plane_limit,
    shade,
)
from coevo.report.figures.theme import specification
from coevo.report.findings.calibrated import FAILS, GIVEN, calibrations
from coevo.report.findings.equilibrium import (
    fits,
    of_source,
    own_parameters,
    path,
    region_fit_rows,
    zone,
)
from coevo.report.findings.grade_scale import LARGE, power
from coevo.report.findings.study_tables import Study

WIDTH = 56  # letters of a line of words above the plane
_DIAMOND: dict[str, Any] = {"shape": "diamond", "fill": "$bg", "opacity": 1}
OF_YEAR: dict[str, Any] = {"size": 46, "stroke": "$muted", "strokeWidth": 1.2, **_DIAMOND}
OF_PERIOD: dict[str, Any] = {"size": 150, "stroke": "$ink", "strokeWidth": 2, **_DIAMOND}
SEEN: dict[str, Any] = {"filled": True, "color": "$focus", "size": 42, "opacity": 1}
RESTS: dict[str, Any] = {"filled": True, "color": "$ink", "size": 90, "opacity": 1}
STILL: dict[str, Any] = {"strokeDash": [6, 4], "strokeWidth": 1.5}
ARROW: dict[str, Any] = {"shape": "arrow", "filled": True, "color": "$faint", "opacity": 0.75}


@lru_cache(maxsize=8)
def points(study: Study) -> pd.DataFrame:
    """Points of the regions drawn that have a path: region, kind, year, x1, x2, frame_x1, frame_x2.

    kind: observed; calibrated_year; calibrated, over the period; given; fitted, where E is located.
    Frames are the upper limits of the region's axes, which hold its path and its calibrated years.
    """
    paths = pd.concat(path(study, region).assign(scope=region) for region in study.drawn)
    theory, fitted = calibrations(study), region_fit_rows(study)
    theory = theory[theory["kind"] != FAILS]
    parts = {
        "observed": paths,
        "calibrated_year": theory[theory["year"].notna()],
        "calibrated": theory[theory["year"].isna()],
        GIVEN: of_source(study, GIVEN),
        "fitted": fitted[fitted["located"]],
    }
    columns = ["scope", "year", *AXES]
    rows = pd.concat(part[columns].assign(kind=kind) for kind, part in parts.items() if len(part))
    rows = rows.rename(columns={"scope": "region"}).dropna(subset=AXES).reset_index(drop=True)
    rows = rows[rows["region"].isin(study.drawn)]
    known = rows[rows["kind"].isin(["observed", "calibrated_year"])].groupby("region")
    frames = {f"frame_{x}": known[x].agg(plane_limit) for x in AXES}
    rows = rows[rows["region"].isin(paths["scope"])]
    return rows.assign(**{name: rows["region"].map(frame) for name, frame in frames.items()})


def notes(study: Study, words: dict[str, str], rows: pd.DataFrame) -> dict[str, list[str]]:
    """Lines of words by region for what has no mark in its plane.

    They say that E is not located or not estimated and where every calibration fails, and name the
    points beyond the plane.
    """
    fitted = set(region_fit_rows(study)["scope"])
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


def phase(study: Study, words: dict[str, str]) -> dict[str, Any]:
    """Phase plane of the region in focus, with the directions of its fit, and where E is not."""
    rows = points(study)
    rows = rows[rows["region"] == study.focus]
    frame = (float(rows["frame_x1"].iloc[0]), float(rows["frame_x2"].iloc[0]))
    at = _axes(study, words, *frame)
    fit, parameters = fits(study).iloc[0], own_parameters(study)
    named = rows[rows["kind"] != "calibrated_year"]
    field = alt.Chart(arrows(parameters, frame, named)).mark_point(size=110, **ARROW)
    layers = [
        _zone(study, bool(fit["located"]), frame).encode(**at, x2="x1_end:Q", y2="x2_end:Q"),
        field.encode(**at, angle=alt.Angle("angle:Q", scale=None)),
        *_orbit(fit, parameters, path(study), frame, at),
        *_layers(alt.Chart, rows, at, words),
    ]
    text = notes(study, words, rows)[study.focus]
    bare = hatching(zone(study), frame).empty
    text += [] if fit["located"] else [words["nowhere" if bare else "hatched"]]
    return specification(alt.layer(*layers, title=alt.Title(text)), 470)


def region_phase(study: Study, words: dict[str, str]) -> dict[str, Any]:
    """Phase plane of the region that readers pick, on axes of that region's own range."""
    rows = points(study)
    frames = rows.drop_duplicates("region").set_index("region")[[f"frame_{x}" for x in AXES]]
    frames = frames.set_axis(AXES, axis=1).reindex(study.drawn).fillna(1.0)
    picked = [
        region_of(study),
        alt.param(name="frames", value=dict(frames.to_dict("index"))),
        alt.param(name="notes", value=notes(study, words, rows)),
    ]
    at = _axes(study, words, *(alt.expr(f"frames[region].{x}") for x in AXES))
    layers = _layers(of_picked, rows, at, words)
    title = alt.Title(alt.expr("notes[region]"))
    return specification(alt.layer(*layers, title=title).add_params(*picked), 400)


def _axes(study: Study, words: dict[str, str], *limits: Any) -> dict[str, Any]:
    """The two axes, from zero to their limits."""
    assert study.pair is not None
    options = {
        "grid": False, "ticks": True, "tickSize": 4, "tickColor": "$rule", "domain": True,
        "domainColor": "$rule", "labelOverlap": True, "tickCount": 5, "format": ",.6~r",
    }  # fmt: skip
    titles = [
        words["axis"].format(symbol=symbol, label=study.label(i), unit=study.unit(i) or "0–1")
        for symbol, i in zip(("x₁", "x₂"), study.pair, strict=True)
    ]
    across, up = (alt.Scale(domain=[0, limit], nice=False, zero=False) for limit in limits)
    return {
        "x": alt.X("x1:Q", scale=across, axis=alt.Axis(title=titles[0], **options)),
        "y": alt.Y("x2:Q", scale=up, axis=above(titles[1], **options)),
    }


def _zone(study: Study, located: bool, frame: Limits) -> alt.Chart:
    """Hatched where an unlocated E is excluded; an outline round the region of a located one."""
    if located:
        outline = alt.Chart(shade(zone(study), frame))
        return outline.mark_rect(fillOpacity=0, stroke="$muted", strokeWidth=1)
    return alt.Chart(hatching(zone(study), frame)).mark_rule(color="$faint", strokeWidth=0.8)


def _orbit(
    fit: pd.Series, parameters: dict[str, float], seen: pd.DataFrame, frame: Limits,
    at: dict[str, Any],
) -> list[alt.Chart]:  # fmt: skip
    """The orbit of the fitted equations through the last state, as long before and after it as it
    was observed, where E is a centre or a saddle. An illustration, no forecast.
    """
    if fit["kind"] not in ORBIT_KINDS:
        return []
    years = int(seen["year"].iloc[-1] - seen["year"].iloc[0])
    rows = orbit_inside(parameters, seen.iloc[-1], years, frame)
    line = alt.Chart(rows).mark_line(color="$ink", strokeWidth=1.2, strokeDash=[1, 3])
    return [line.encode(**at, order="time:Q")]


def _worded(rows: pd.DataFrame, words: dict[str, str]) -> pd.DataFrame:
    """Points with the name of their series and the words for their year, coordinates rounded."""
    series = rows["kind"].replace("calibrated_year", "calibrated").map(words)
    period = rows["kind"].map({"calibrated": words["period"]}).fillna("")
    year = rows["year"].astype("Int64").astype(object).where(rows["year"].notna(), period)
    lean_ones = {x: rows[x].map(lean) for x in AXES}
    top = rows["x2"] > (1 - NAME[1]) * rows["frame_x2"]  # a name has no room above its point
    return rows[["region", "kind"]].assign(**lean_ones, label=series, year=year, at_top=top)


def _layers(
    chart: Callable[[pd.DataFrame], alt.Chart], rows: pd.DataFrame, at: dict[str, Any],
    words: dict[str, str],
) -> list[alt.Chart]:  # fmt: skip
    """Marks of the plane: zero-growth lines, calibrated and given points, path, E.

    chart: makes a chart of rows, of all or of those of the region picked.
    """
    inside = _worded(rows[~_outside(rows)], words)
    shown = tips(words, "label:N series", "year:N year", "x1:Q x₁ ,.6~r", "x2:Q x₂ ,.6~r")

    def of(*kinds: str) -> alt.Chart:
        return chart(inside[inside["kind"].isin(kinds)]).encode(**at, tooltip=shown)

    paths = rows[rows["kind"] == "observed"].groupby("region", sort=False)
    years = pd.concat(
        named_years(part, part[[f"frame_{x}" for x in AXES]].to_numpy()) for _, part in paths
    )
    seen, large, fitted = of("observed"), of("calibrated", GIVEN), inside["kind"] == "fitted"
    bold = {"fontWeight": "bold"}
    return [
        *(_zero_growth(chart(inside[fitted]), at, words) if fitted.any() else []),
        of("calibrated_year").mark_point(**OF_YEAR),
        large.mark_point(**OF_PERIOD),
        *(
            large.transform_filter(f"datum.at_top == {top}")
            .mark_text(dy=dy, **bold)
            .encode(text="label:N")
            for top, dy in (("true", 16), ("false", -16))
        ),
        seen.mark_line(color="$focus", strokeWidth=2.2).encode(order="year:Q"),
        seen.mark_point(**SEEN),
        chart(inside.loc[years.index])
        .mark_text(align="left", dx=9, dy=5, color="$focus", **bold)
        .encode(**at, text="year:N"),
        of("fitted").mark_point(**RESTS),
        *haloed(of("fitted"), "$ink", align="left", dx=10, dy=14, text="label:N", **bold),
    ]


def _zero_growth(rest: alt.Chart, at: dict[str, Any], words: dict[str, str]) -> list[alt.Chart]:
    """The lines x1 = a2/d, where x2 rests, and x2 = a1/b1, where x1 rests, through a located E."""
    head = {"x": at["x"], "y": alt.value(0)}
    side = {"x": alt.value(alt.expr("width")), "y": at["y"]}
    names = [words["rest"].format(still=still) for still in ("x₂", "x₁")]
    return [
        rest.mark_rule(color="$s1", **STILL).encode(x=at["x"]),
        rest.mark_rule(color="$s2", **STILL).encode(y=at["y"]),
        rest.mark_text(align="left", dx=6, dy=9, color="$s1t", text=names[0]).encode(**head),
        rest.mark_text(align="right", dx=-6, dy=-8, color="$s2t", text=names[1]).encode(**side),
    ]
