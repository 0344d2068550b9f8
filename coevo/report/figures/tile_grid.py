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
from coevo.report.findings.chart_needs import TILE
from coevo.report.findings.grade_scale import colours, spans
from coevo.report.findings.study_tables import Study

KEY = 6 / 8  # of the width: the key of grades, in the corner at the top left
KEY_ROWS = 2  # rows of tiles that the title and the key need
ACROSS, LOWEST, HIGHEST = 540, 40, 90  # pixels: of all columns, of a row at least and at most


def _size(low: int, high: int, divisor: float) -> alt.ExprRef:
    """Pixels that grow with the plot, between two ends."""
    return alt.expr(f"min({high}, max({low}, width / {divisor:g}))")


def _places(study: Study) -> pd.DataFrame:
    """Every tile (region, row, column, short, name, known); known: the region is in the data.

    Rows and columns begin with 1; below the key, if its corner is not free.
    """
    assert study.places is not None
    table = study.places.dropna(subset=TILE)
    row, column = (table[name].astype(int) - table[name].min() + 1 for name in TILE)
    corner = (row <= KEY_ROWS) & (column / column.max() <= KEY + 1 / 8)
    return pd.DataFrame(
        {
            "region": table["region"],
            "row": row + KEY_ROWS * int(corner.any()),
            "column": column,
            "short": table["abbreviation" if "abbreviation" in table else "region"],
            "name": table[f"name_{study.language}"],
            "known": table["region"].isin(study.regions),
        }
    )


def _key(study: Study, words: dict[str, str], absent: bool, row: float) -> list[alt.Chart]:
    """The grades as a strip with their cuts, the names of the outermost; the empty tile.

    row: the height of a row of tiles, as a share of the whole.
    """
    table, hue = spans(study.grades), colours(study.grades)

    def across(D: float) -> float:
        return D * KEY

    strip = pd.DataFrame(
        [
            {"x": across(low), "x2": across(high), "g": hue[label], "cut": f"{high:.2g}"}
            for label, low, high in table
        ]
    )
    x = alt.X("x:Q", scale=alt.Scale(domain=[0, 1]), axis=None)
    top, ends, line = (alt.expr(f"height * {share * row:.4g}") for share in (0.92, 1.16, 1.8))
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
    down, wide = int(places["row"].max()), int(places["column"].max())
    at = {
        part: channel(
            f"{name}:O",
            scale=alt.Scale(domain=list(range(1, count + 1)), paddingInner=0.05, paddingOuter=0),
            axis=None,
        )
        for part, channel, name, count in (
            ("x", alt.X, "column", wide),
            ("y", alt.Y, "row", down),
        )
    }
    size, shift = _size(10, 15, 5.25 * wide), _size(6, 10, 7.5 * wide)
    lift = alt.expr(f"-{shift.expr}")
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
    height = min(HIGHEST, max(LOWEST, ACROSS / wide))
    layers = [outline, empty, fill, ring.encode(**at), short, number, title]
    key = alt.layer(*_key(study, words, absent, 1 / down))
    chart = alt.layer(alt.layer(*layers).resolve_scale(color="independent"), key)
    return specification(chart.resolve_scale(x="independent", color="independent"), down * height)
