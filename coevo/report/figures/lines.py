"""Lines over the years, with labels at their right end: D of every region, the path of one."""

from collections.abc import Mapping
from functools import partial

import pandas as pd

from coevo.files import rows_of
from coevo.messages import room
from coevo.report.figures import FIGURES, axes, subsystem_colour
from coevo.report.figures.vega import LAYERS, PADDING, Part, specification
from coevo.report.findings.coverage_years import shown_breaks
from coevo.report.findings.grade_scale import grade_marks
from coevo.report.findings.study_tables import KEY, SUBSYSTEM_PREFIX, Study

LABEL_PIXELS = 15.0  # height that a label needs
LETTER = 7.5  # pixels of a label's letter in the widest font that a reader may have
HEAVIER = 0.3  # pixels by which a bold letter is wider than what the drawing program measures
OF_STATE = {"C": ("$muted", 1.2), "T": ("$ink", 1.6), "D": ("$focus", 2.8)}  # colour, stroke


def _apart(labels: pd.DataFrame, limits: tuple[float, float], chart: str) -> pd.DataFrame:
    """Labels (value, text, colour, bold) of a chart at places (at) that keep their distance, also
    on paper, where it is lower.
    """
    height = LAYERS[chart]["height"] * FIGURES[chart].paper
    gap = LABEL_PIXELS / height * (limits[1] - limits[0])
    spread = labels.groupby("region")["value"].transform(axes.spread_labels, gap, *limits)
    return labels.drop(columns="value").assign(at=spread.round(4))


def _degrees(study: Study, words: Mapping[str, str], name: str) -> Part:
    """D of every region, with that picked, the mean and the grades, as chart of a name."""
    limits = axes.tenths_around(study.coupling["D"])
    lines = rows_of(study.coupling, region=study.drawn)[[*KEY, "D", "grade"]]
    breaks = pd.DataFrame({"year": shown_breaks(study), "text": words["coverage"]})
    at_end = list(breaks["year"][:1]) == study.years[-1:]
    labels = _degree_labels(study, words, limits[0] if at_end else None)
    longest = max(map(room, labels["text"]))
    bands = axes.grade_bands(study.grades, limits)
    drawn = {
        "bands": bands[::2],
        "lines": lines,
        "labels": _apart(labels, limits, name),
        "grades": bands,
        "breaks": breaks,
        "coverage": breaks[: int(not at_end)],
    }
    if not study.single:
        drawn["mean"] = study.compared.groupby("year", as_index=False)["D"].mean()
    return specification(
        name, study, words, drawn,
        x=axes.years_axis(study.years),
        y=axes.spanning("D", *limits, axes.above("D", axes.grade_ticks(study.grades, limits))),
        away=20 + LETTER * longest,
        padding=PADDING | {"right": PADDING["right"] + HEAVIER * longest},
    )  # fmt: skip


coordination, opening_degrees = (
    partial(_degrees, name=name) for name in ("coordination", "opening_degrees")
)


def _degree_labels(study: Study, words: Mapping[str, str], foot: float | None) -> pd.DataFrame:
    """By region that may be picked (`region`) the labels of the two highest, of itself, of the two
    lowest and of the mean; at the `foot`, if there is one, that of the years of changed coverage.
    """
    last = study.ends[1]
    order = list(last.sort_values("D", ascending=False).index)
    named = {
        row.Index: f"{row.name} {grade_marks(row.D, scale=study.grades)}"
        + ("" if row.year == study.years[-1] else f" ({row.year:.0f})")
        for row in last[["name", "D", "year"]].itertuples()
    }
    looks = (False, "$muted"), (True, "$focus")
    rows = [
        (named[one], last.at[one, "D"], *looks[one == picked], picked)
        for picked in study.drawn
        for one in dict.fromkeys([*order[:2], picked, *order[-2:]])
    ]
    if not study.single:
        present = last.loc[study.compared["region"].unique(), "D"]
        value = grade_marks(present.mean(), scale=study.grades)
        text = words["mean_of"].format(count=len(present), value=value)
        rows += [(text, present.mean(), True, "$ink", picked) for picked in study.drawn]
    if foot is not None:
        rows += [(words["coverage"], foot, False, "$muted", picked) for picked in study.drawn]
    return pd.DataFrame(rows, columns=["text", "value", "bold", "colour", "region"])


def _long(study: Study, states: str = "") -> pd.DataFrame:
    """Rows (region, name, year, series, value) of U and of some of C, T and D, with what each is
    called and looks like: label, colour, stroke, dashed.
    """
    looks = {c: (c, *look) for c, look in OF_STATE.items()} | {
        SUBSYSTEM_PREFIX + s: (study.label(s), subsystem_colour(i), 2.2)
        for i, s in enumerate(study.subsystems)
    }
    shown = [series for series in looks if series not in OF_STATE] + list(states)
    rows = rows_of(study.coupling, region=study.drawn).melt(KEY, shown, var_name="series")
    styles = pd.DataFrame.from_dict(looks, "index", columns=["label", "colour", "stroke"])
    return rows.join(styles, on="series").assign(dashed=rows["series"] == "T")


def trajectory(study: Study, words: Mapping[str, str]) -> Part:
    """U, C, T and D of the region in focus."""
    rows = _long(study, "CTD")
    return _path("trajectory", study, words, rows[rows["region"] == study.focus])


def region_paths(study: Study, words: Mapping[str, str]) -> Part:
    """U and D of the region picked on the page."""
    return _path("region_paths", study, words, _long(study, "D"))


def _path(chart: str, study: Study, words: Mapping[str, str], rows: pd.DataFrame) -> Part:
    """Lines over the years with their names and last values."""
    title = words["path" if chart == "trajectory" else "path_picked"]
    y_axis = {**axes.above(title, [0, 0.25, 0.5, 0.75, 1]), "format": ".2~f"}
    # A region that lacks the last year is labelled with its own last.
    last = rows.sort_values("year", kind="stable").groupby(["region", "series"], sort=False).tail(1)
    graded, values = last["series"] == "D", last["value"]
    printed = values.map(partial(grade_marks, scale=study.grades)).where(
        graded, values.map("{:.2f}".format)
    )
    labels = last.assign(bold=False, text=last["label"] + " " + printed)
    drawn = {"rows": rows, "labels": _apart(labels, (0, 1), chart)}
    y = axes.spanning("value", 0, 1, y_axis)
    return specification(chart, study, words, drawn, x=axes.years_axis(study.years), y=y)
