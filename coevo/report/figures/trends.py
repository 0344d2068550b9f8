"""Charts over the years: composite indices, and the path of one region."""

from typing import Any

import altair as alt
import pandas as pd

from coevo.report.figures.axes import (
    above,
    axis_scale,
    midpoint_line,
    of_picked,
    region_of,
    tips,
)
from coevo.report.figures.theme import specification, subsystem_colour
from coevo.report.figures.year_lines import end_labels, label_marks, series_lines
from coevo.report.findings.grade_scale import grade_marks
from coevo.report.findings.study_tables import SUBSYSTEM_PREFIX, Study

OF_STATE = {"C": ("$muted", 1.2), "T": ("$ink", 1.6), "D": ("$focus", 2.8)}  # colour, stroke


def _long(study: Study, states: str = "") -> pd.DataFrame:
    """Rows (region, name, year, series, value) of U and of some of C, T and D, with what each is
    called and looks like: label, colour, ink, stroke, dashed.
    """
    columns = [SUBSYSTEM_PREFIX + s for s in study.subsystems]
    labels = dict(zip(columns, map(study.label, study.subsystems), strict=True))
    looks = {c: (subsystem_colour(i), 2.2) for i, c in enumerate(columns)} | OF_STATE
    inks = {c: subsystem_colour(i, text=True) for i, c in enumerate(columns)}
    own = study.coupling[study.coupling["region"].isin(study.drawn)]
    rows = own.melt(
        id_vars=["region", "name", "year"], value_vars=[*columns, *states], var_name="series"
    )
    key = rows["series"]
    return rows.assign(
        label=key.map(lambda k: labels.get(k, k)),
        colour=key.map(lambda k: looks[k][0]),
        ink=key.map(lambda k: inks.get(k, looks[k][0])),
        stroke=key.map(lambda k: looks[k][1]),
        dashed=key == "T",
    )


def trajectory(study: Study, words: dict[str, str]) -> dict[str, Any]:
    """U, C, T and D of the region in focus."""
    rows = _long(study, "CTD")
    rows = rows[rows["region"] == study.focus]
    return specification(alt.layer(*_path(study, words, rows, words["path"], alt.Chart)), 280)


def region_paths(study: Study, words: dict[str, str]) -> dict[str, Any]:
    """U and D of the region picked on the page."""
    layers = _path(study, words, _long(study, "D"), words["path_picked"], of_picked)
    return specification(alt.layer(*layers).add_params(region_of(study)), 280)


def _path(
    study: Study, words: dict[str, str], rows: pd.DataFrame, title: str, chart: Any
) -> list[alt.Chart]:
    """Lines over the years with their names and last values. chart: makes a chart of rows."""
    scale = axis_scale(0, 1)
    axis = above(title, values=[0, 0.25, 0.5, 0.75, 1], format=".2~f")
    told = tips(words, "name:N region", "year:Q year", "label:N series", "value:Q value .3f")
    # A region that lacks the last year is labelled with its own last.
    last = rows.sort_values("year", kind="stable").groupby(["region", "series"], sort=False).tail(1)
    last = last.assign(bold=False, text=last["label"] + " " + last["value"].map(grade_marks))
    labels = pd.concat(end_labels(part, 0, 1, 200) for _, part in last.groupby("region"))
    drawn = series_lines(chart(rows), study.years, alt.Y("value:Q", scale=scale, axis=axis), told)
    return [midpoint_line(scale), drawn, *label_marks(labels, scale, chart)]
