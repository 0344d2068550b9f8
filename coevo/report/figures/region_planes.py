"""The phase plane of the region picked on the page: path, calibrated points, E where located."""

from typing import Any

import altair as alt
import pandas as pd

from coevo.report.figures.axes import HALO
from coevo.report.figures.marks import (
    OF_PERIOD,
    OF_YEAR,
    PATH,
    RESTS,
    SEEN,
    STILL,
    Plane,
    plane_tips,
    short,
)
from coevo.report.figures.plane import lean, plane_limits
from coevo.report.figures.theme import specification
from coevo.report.findings.calibrated import FAILS, GIVEN, calibrations
from coevo.report.findings.equilibrium import of_source, path, region_fit_rows
from coevo.report.findings.study_tables import Study

LINE = 16  # pixels between lines of words in the strip at the top, which no path reaches
AXES = ("x1", "x2")


def points(study: Study) -> pd.DataFrame:
    """Points of the regions that have a path: region, kind, year, x1, x2 and frame_x1, frame_x2.

    kind: observed; calibrated_year; calibrated, over the period; given; fitted, where E is located.
    Frames are the upper limits of the region's axes, which hold its path and its calibrated years.
    """
    paths = pd.concat(path(study, region).assign(scope=region) for region in study.regions)
    theory, fits = calibrations(study), region_fit_rows(study)
    theory = theory[theory["kind"] != FAILS]
    parts = {
        "observed": paths,
        "calibrated_year": theory[theory["year"].notna()],
        "calibrated": theory[theory["year"].isna()],
        GIVEN: of_source(study, GIVEN),
        "fitted": fits[fits["located"]],
    }
    columns = ["scope", "year", *AXES]
    rows = pd.concat(part[columns].assign(kind=kind) for kind, part in parts.items() if len(part))
    rows = rows.rename(columns={"scope": "region"}).dropna(subset=list(AXES))
    known = rows[rows["kind"].isin(["observed", "calibrated_year"])].groupby("region")
    frames = {f"frame_{x}": known[x].agg(lambda seen: plane_limits(list(seen))[1]) for x in AXES}
    rows = rows[rows["region"].isin(paths["scope"])]
    return rows.assign(**{name: rows["region"].map(frame) for name, frame in frames.items()})


def notes(study: Study, words: dict[str, str], rows: pd.DataFrame) -> pd.DataFrame:
    """Words for what has no mark in its region: region, text, and `at`, pixels from the top.

    They say that E is not located or not estimated and where every calibration fails, and name the
    points beyond the plane.
    """
    fitted = set(region_fit_rows(study)["scope"])
    located = set(rows.loc[rows["kind"] == "fitted", "region"])
    lines = [
        (region, words["fitted_unlocated" if region in fitted else "fitted_missing"])
        for region in study.regions
        if region not in located
    ]
    fails = calibrations(study).groupby("scope")["kind"].agg(lambda kinds: kinds.eq(FAILS).all())
    lines += [(region, words["calibration_fails"]) for region in fails.index[fails.astype(bool)]]
    for row in rows[_outside(rows)].itertuples():
        x1, x2 = short(row.x1, (0, row.frame_x1)), short(row.x2, (0, row.frame_x2))
        lines.append((row.region, words["beyond"].format(label=words[row.kind], x1=x1, x2=x2)))
    found = pd.DataFrame(lines, columns=["region", "text"])
    return found.assign(at=10 + LINE * found.groupby("region").cumcount())


def _outside(rows: pd.DataFrame) -> pd.Series:
    return ~(rows["x1"].between(0, rows["frame_x1"]) & rows["x2"].between(0, rows["frame_x2"]))


def _frames(study: Study, rows: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Upper limits of the axes by region; 1 for a region without a path."""
    frames = rows.drop_duplicates("region").set_index("region")[[f"frame_{x}" for x in AXES]]
    frames = frames.set_axis(list(AXES), axis=1).reindex(study.regions).fillna(1.0)
    return dict(frames.to_dict("index"))


def _encodings(study: Study, words: dict[str, str]) -> dict[str, Any]:
    """The two axes, from zero to the limit of the region picked."""
    plane = Plane(study, words, (0, 1), (0, 1))
    channels = {"x": (alt.X, plane.x_axis, "x1"), "y": (alt.Y, plane.y_axis, "x2")}
    found = {}
    for name, (channel, axis, x) in channels.items():
        high = alt.expr(f"frames[region].{x}")
        axis = alt.Axis(**axis.to_dict() | {"values": alt.Undefined, "format": ",.6~r"})
        axis["tickCount"] = 5
        own = alt.Scale(domain=[0, high], nice=False, zero=False)
        found[name] = channel(f"{x}:Q", scale=own, axis=axis)
    return found


def region_phase(study: Study, words: dict[str, str]) -> dict[str, Any]:
    """Phase plane of the region that readers pick, on axes of that region's own range."""
    rows = points(study)
    picked = [
        alt.param(name="region", value=study.focus),
        alt.param(name="frames", value=_frames(study, rows)),
    ]
    layers = _layers(_worded(rows[~_outside(rows)], words), _encodings(study, words), words)
    text = _of_picked(notes(study, words, rows)).encode(
        x=alt.value(8), y=alt.Y("at:Q", scale=None, axis=None), text="text:N"
    )
    lines = [text.mark_text(align="left", fontSize=12, **ink) for ink in (HALO, {})]
    return specification(alt.layer(*layers, *lines).add_params(*picked), 400)


def _worded(rows: pd.DataFrame, words: dict[str, str]) -> pd.DataFrame:
    """Points with the name of their series and the words for their year, coordinates rounded."""
    series = rows["kind"].replace("calibrated_year", "calibrated").map(words)
    period = rows["kind"].map({"calibrated": words["period"]}).fillna("")
    return pd.DataFrame(
        {
            "region": rows["region"],
            "kind": rows["kind"],
            **{x: rows[x].map(lean) for x in AXES},
            "label": series,
            "year": rows["year"].astype("Int64").astype(object).where(rows["year"].notna(), period),
        }
    )


def _of_picked(rows: pd.DataFrame) -> alt.Chart:
    return alt.Chart(rows).transform_filter("datum.region == region")


def _layers(rows: pd.DataFrame, at: dict[str, Any], words: dict[str, str]) -> list[alt.Chart]:
    """Marks of the plane: zero-growth lines, calibrated and given points, path, E."""
    tips = plane_tips(words)
    observed, fitted = rows[rows["kind"] == "observed"], rows[rows["kind"] == "fitted"]
    paths = observed.groupby("region", sort=False)
    ends = pd.concat([paths.head(1), paths.tail(1)]).drop_duplicates()
    single = _of_picked(rows[rows["kind"] == "calibrated_year"]).encode(**at, tooltip=tips)
    large = _of_picked(rows[rows["kind"].isin(["calibrated", GIVEN])]).encode(**at, tooltip=tips)
    path_, rest = (_of_picked(part).encode(**at, tooltip=tips) for part in (observed, fitted))
    bold = {"fontWeight": "bold"}
    return [
        *(_zero_growth(fitted, at, words) if len(fitted) else []),
        single.mark_point(**OF_YEAR),
        large.mark_point(**OF_PERIOD),
        large.mark_text(dy=-16, **bold).encode(text="label:N"),
        path_.mark_line(**PATH).encode(order="year:Q"),
        path_.mark_point(**SEEN),
        _of_picked(ends)
        .mark_text(align="left", dx=9, dy=5, color="$focus", **bold)
        .encode(**at, text="year:N"),
        rest.mark_point(**RESTS),
        *(
            rest.mark_text(align="left", dx=10, dy=14, **bold, **ink).encode(text="label:N")
            for ink in (HALO, {})
        ),
    ]


def _zero_growth(fitted: pd.DataFrame, at: dict[str, Any], words: dict[str, str]) -> list[Any]:
    """The lines x1 = a2/d, where x2 rests, and x2 = a1/b1, where x1 rests, through a located E."""
    chart = _of_picked(fitted)
    names = [words["rest"].format(still=still) for still in ("x₂", "x₁")]
    return [
        chart.mark_rule(color="$s1", **STILL).encode(x=at["x"]),
        chart.mark_rule(color="$s2", **STILL).encode(y=at["y"]),
        chart.mark_text(align="left", dx=6, dy=-9, color="$s1t", text=names[0]).encode(
            x=at["x"], y=alt.value(alt.expr("height"))
        ),
        chart.mark_text(align="right", dx=-6, dy=-8, color="$s2t", text=names[1]).encode(
            x=alt.value(alt.expr("width")), y=at["y"]
        ),
    ]
