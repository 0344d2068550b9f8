"""Charts over the years: composite indices, and the path of one region."""

from typing import Any

import altair as alt
import pandas as pd

from coevo.report.figures.axes import above, axis_scale, midpoint_line, of_picked, ticks, years_axis
from coevo.report.figures.labels import end_labels, label_marks
from coevo.report.figures.theme import specification, subsystem_colour
from coevo.report.findings.grade_scale import grade_marks
from coevo.report.findings.study_tables import SUBSYSTEM_PREFIX, Study


def opening_indices(study: Study, words: dict[str, str]) -> dict[str, Any]:
    """Composite index of each subsystem, region in focus (solid) and mean (dashed)."""
    columns = [SUBSYSTEM_PREFIX + s for s in study.subsystems]
    focus = study.of_focus("coupling").set_index("year")[columns]
    mean = study.coupling.groupby("year")[columns].mean()
    groups = [(study.name(study.focus), focus)] + ([] if study.single else [(words["mean"], mean)])
    rows = pd.concat(
        frame.melt(ignore_index=False, var_name="column", value_name="value")
        .reset_index()
        .assign(who=who, dashed=who != groups[0][0])
        for who, frame in groups
    )
    places = {column: i for i, column in enumerate(columns)}
    rows["colour"] = rows["column"].map(lambda c: subsystem_colour(places[c]))
    rows["subsystem"] = rows["column"].map(lambda c: study.label(c[len(SUBSYSTEM_PREFIX) :]))
    rows["text"] = rows["subsystem"]
    if not study.single:
        rows["text"] = [
            words["index_of"].format(who=who, subsystem=subsystem)
            for who, subsystem in zip(rows["who"], rows["subsystem"], strict=True)
        ]
    high = max(0.2, rows["value"].max() * 1.08)
    y = axis_scale(0, high)
    values = ticks(0, high)
    lines = (
        alt.Chart(rows)
        .mark_line(point=alt.OverlayMarkDef(opacity=0, size=60))
        .encode(
            x=years_axis(study.years),
            y=alt.Y("value:Q", scale=y, axis=above(words["index"], values=values, format=".1f")),
            detail="text:N",
            color=alt.Color("colour:N", scale=None),
            strokeDash=alt.condition("datum.dashed", alt.value([5, 3]), alt.value([1, 0])),
            strokeWidth=alt.condition("datum.dashed", alt.value(1.6), alt.value(2.4)),
            tooltip=[
                alt.Tooltip("text:N", title=words["tip_series"]),
                alt.Tooltip("year:Q", title=words["tip_year"]),
                alt.Tooltip("value:Q", title="U", format=".3f"),
            ],
        )
    )
    last = rows.sort_values("year").groupby("text", sort=False).tail(1)
    last = last.assign(colour=last["column"].map(lambda c: subsystem_colour(places[c], text=True)))
    labels = end_labels(last.assign(bold=~last["dashed"].astype(bool)), 0, high, 240)
    return specification(alt.layer(lines, *label_marks(labels, y)), 264)


def _path_rows(study: Study) -> pd.DataFrame:
    """Long rows (region, name, year, key, value) of U, C, T and D."""
    columns = [*(SUBSYSTEM_PREFIX + s for s in study.subsystems), "C", "T", "D"]
    return study.coupling.melt(
        id_vars=["region", "name", "year"], value_vars=columns, var_name="key"
    )


def _path_style(study: Study, words: dict[str, str]) -> dict[str, tuple[str, str, float]]:
    """Label, colour and stroke width of each line of a path."""
    style = {
        SUBSYSTEM_PREFIX + s: (study.label(s), subsystem_colour(i), 2.2)
        for i, s in enumerate(study.subsystems)
    }
    return style | {
        "C": ("C", "$muted", 1.2),
        "T": ("T", "$ink", 1.6),
        "D": ("D", "$focus", 2.8),
    }


def _path(study: Study, words: dict[str, str], keys: list[str], picked: bool) -> dict[str, Any]:
    """Lines of `keys` over the years for the focus, or for the region picked on the page."""
    style = _path_style(study, words)
    rows = _path_rows(study)
    rows = rows[rows["key"].isin(keys)]
    if not picked:
        rows = rows[rows["region"] == study.focus]
    rows = rows.assign(
        label=rows["key"].map(lambda k: style[k][0]),
        colour=rows["key"].map(lambda k: style[k][1]),
        stroke=rows["key"].map(lambda k: style[k][2]),
    )
    y = axis_scale(0, 1)
    # A region that lacks the last year is labelled with its own last.
    last = rows.sort_values("year", kind="stable").groupby(["region", "key"], sort=False).tail(1)
    placed = pd.concat(end_labels(part, 0, 1, 200) for _, part in last.groupby("region", sort=True))
    placed["text"] = placed["label"] + " " + placed["value"].map(grade_marks)
    chart = alt.Chart(rows)
    labels = alt.Chart(placed)
    if picked:
        chart, labels = of_picked(study, chart, labels)
    lines = chart.mark_line(point=alt.OverlayMarkDef(opacity=0, size=60)).encode(
        x=years_axis(study.years),
        y=alt.Y(
            "value:Q",
            scale=y,
            axis=above(
                words["path_picked" if picked else "path"],
                values=[0, 0.25, 0.5, 0.75, 1],
                format=".2~f",
            ),
        ),
        detail="key:N",
        color=alt.Color("colour:N", scale=None),
        strokeWidth=alt.StrokeWidth("stroke:Q", scale=None),
        strokeDash=alt.condition("datum.key == 'T'", alt.value([5, 3]), alt.value([1, 0])),
        tooltip=[
            alt.Tooltip("name:N", title=words["tip_region"]),
            alt.Tooltip("year:Q", title=words["tip_year"]),
            alt.Tooltip("label:N", title=words["tip_series"]),
            alt.Tooltip("value:Q", title=words["tip_value"], format=".3f"),
        ],
    )
    text = labels.mark_text(align="left", dx=8, fontSize=12).encode(
        x=alt.value(alt.expr("width")),
        y=alt.Y("at:Q", scale=y),
        text="text:N",
        color=alt.Color("colour:N", scale=None),
    )
    layers = alt.layer(midpoint_line(y), lines, text)
    return specification(layers, 280)


def trajectory(study: Study, words: dict[str, str]) -> dict[str, Any]:
    """U, C, T and D of the region in focus."""
    return _path(study, words, list(_path_style(study, words)), picked=False)


def region_paths(study: Study, words: dict[str, str]) -> dict[str, Any]:
    """U and D of the region picked on the page."""
    keys = [*(SUBSYSTEM_PREFIX + s for s in study.subsystems), "D"]
    return _path(study, words, keys, picked=True)
