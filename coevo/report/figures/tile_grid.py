"""Tile-grid map of the regions by grade, a schematic; dots by group of regions without tiles."""

from typing import Any

import altair as alt
import pandas as pd

from coevo.report.figures.axes import (
    axis_scale,
    grade_scale,
    grade_ticks,
    groups_of,
    named_rows,
    state_tips,
    states,
    tenths_around,
    tick_format,
    tips,
)
from coevo.report.figures.theme import specification
from coevo.report.findings.grade_scale import colours, spans
from coevo.report.findings.study_tables import Study

GRID = list(range(1, 9))  # rows and columns of tiles in the table of regions
KEY = (1, 6)  # first and last column of the key of grades, in the free corner at the top left


def _size(low: int, high: int, divisor: int) -> alt.ExprRef:
    """Pixels that grow with the plot, between two ends."""
    return alt.expr(f"min({high}, max({low}, width / {divisor}))")


def _places(study: Study) -> pd.DataFrame:
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


def _key(study: Study, words: dict[str, str], absent: bool) -> list[alt.Chart]:
    """The grades as a strip with their cuts, the names of the outermost; the empty tile."""
    table, hue = spans(study.grades), colours(study.grades)
    first, last = KEY

    def across(D: float) -> float:
        return first - 0.5 + D * (last - first + 1)

    strip = pd.DataFrame(
        [
            {"x": across(low), "x2": across(high), "g": hue[label], "cut": f"{high:.2g}"}
            for label, low, high in table
        ]
    )
    x = alt.X("x:Q", scale=alt.Scale(domain=[0.5, len(GRID) + 0.5]), axis=None)
    top, ends = alt.expr("height * 0.115"), alt.expr("height * 0.145")
    base = alt.Chart(strip)
    small = {"fontSize": _size(10, 12, 36), "color": "$muted"}
    bars = base.mark_rect(stroke="$rule", strokeWidth=0.5).encode(
        x=x, x2="x2:Q", y=alt.value(top), y2=alt.value(ends),
        color=alt.Color("g:O", scale=grade_scale()),
    )  # fmt: skip
    cuts = (
        alt.Chart(strip.iloc[:-1])
        .mark_text(baseline="top", **small)
        .encode(x=alt.X("x2:Q", scale=x["scale"], axis=None), y=alt.value(ends), text="cut:N")
    )
    names = [
        alt.Chart(pd.DataFrame({"x": [across(at)], "text": [label]}))
        .mark_text(align=align, baseline="bottom", **small)
        .encode(x=x, y=alt.value(top), text="text:N")
        for at, align, label in ((0.0, "left", table[0][0]), (1.0, "right", table[-1][0]))
    ]
    if not absent:
        return [bars, cuts, *names]
    empty = alt.Chart(pd.DataFrame({"x": [across(0.0)], "text": [words["not_in_data"]]}))
    line = alt.expr("height * 0.225")
    return [
        bars, cuts, *names,
        empty.mark_point(
            shape="square", size=110, stroke="$muted", strokeWidth=1, strokeDash=[2, 2], xOffset=6
        ).encode(x=x, y=alt.value(line)),
        empty.mark_text(align="left", dx=17, **small).encode(x=x, y=alt.value(line), text="text:N"),
    ]  # fmt: skip


def group_dots(study: Study, words: dict[str, str]) -> dict[str, Any]:
    """D of every region in the last year, a dot each, by group, the highest group first."""
    rows = states(study)
    rows = rows[rows["year"] == study.years[-1]].round({"D": 4})
    rows["row"] = groups_of(study).reindex(rows["region"]).astype(object).fillna("").to_numpy()
    order = list(rows.groupby("row")["D"].mean().sort_values(ascending=False).index)
    limits = tenths_around(rows["D"])
    cuts = grade_ticks(study.grades, limits)
    axis = alt.Axis(values=cuts, format=tick_format(cuts), title="D", grid=True)
    at = {"x": alt.X("D:Q", scale=axis_scale(*limits), axis=axis), "y": named_rows(order)}
    focus = rows["region"] == study.focus
    own = alt.Chart(rows[focus]).encode(**at)
    dots = alt.Chart(rows[~focus]).mark_point(filled=True, size=34, color="$muted", opacity=0.5)
    layers = [
        dots.encode(**at, tooltip=state_tips(words)),
        own.mark_point(filled=True, size=95, color="$focus", opacity=1).encode(
            tooltip=state_tips(words)
        ),
        own.mark_text(dy=-12, color="$focus", fontWeight="bold").encode(text="name:N"),
    ]
    return specification(alt.layer(*layers), 40.0 * len(order) + 10)


def tiles(study: Study, words: dict[str, str]) -> dict[str, Any]:
    """D of every region in the year of a slider, which begins with the last."""
    years, places = study.years, _places(study)
    rows = states(study).merge(places.drop(columns=["name", "known"]), on="region")
    rows = rows.round({"D": 4})
    band = alt.Scale(domain=GRID, paddingInner=0.05, paddingOuter=0)
    at = {
        "x": alt.X("column:O", scale=band, axis=None),
        "y": alt.Y("row:O", scale=band, axis=None),
    }
    size, shift = _size(10, 15, 42), _size(6, 10, 60)
    lift = alt.expr("-min(10, max(6, width / 60))")
    full = rows["region"].value_counts().reindex(places["region"]).eq(len(years)).to_numpy()
    every = alt.Chart(places[~full].assign(state=words["not_in_data"]))
    outline = every.mark_rect(fill=None, stroke="$muted", strokeWidth=1, strokeDash=[2, 2]).encode(
        **at, tooltip=tips(words, "name:N region", "state:N value")
    )
    empty = every.mark_text(color="$muted", fontSize=size).encode(**at, text="short:N")
    year = alt.param(
        name="year",
        value=years[-1],
        bind=alt.binding_range(min=years[0], max=years[-1], step=1, name=words["tip_year"]),
    )
    chosen = alt.Chart(rows).add_params(year).transform_filter("datum.year == year")
    fill = chosen.mark_rect(strokeWidth=1, stroke="$bg").encode(
        **at, color=alt.Color("g:O", scale=grade_scale()), tooltip=state_tips(words, shown=".4f")
    )
    ring = chosen.transform_filter(f"datum.region == '{study.focus}'").mark_rect(
        fill=None, stroke="$focus", strokeWidth=2.8
    )
    value = "width < 330 ? slice(datum.text, 1) : datum.text"
    ink = alt.Color("g:O", scale=grade_scale(text=True))
    short = chosen.mark_text(fontSize=size, fontWeight="bold", dy=lift).encode(
        **at, text="short:N", color=ink
    )
    number = (
        chosen.transform_calculate(shown=value)
        .mark_text(fontSize=size, dy=shift)
        .encode(**at, text="shown:N", color=ink)
    )
    title = (
        alt.Chart(alt.Data(values=[{}]))
        .transform_calculate(shown="'' + year")
        .mark_text(align="left", baseline="top", fontSize=_size(16, 24, 26), fontWeight="bold")
        .encode(x=alt.value(0), y=alt.value(0), text="shown:N")
    )
    absent = not places["known"].all()
    layers = [outline, empty, fill, ring.encode(**at), short, number, title]
    key = alt.layer(*_key(study, words, absent))
    chart = alt.layer(alt.layer(*layers).resolve_scale(color="independent"), key)
    return specification(chart.resolve_scale(x="independent", color="independent"), 540)
