"""D of every region as a line over the years, with labels at the right end."""

from collections.abc import Mapping

import pandas as pd

from coevo.files import rows_of
from coevo.messages import room
from coevo.report.figures import FIGURES, axes
from coevo.report.figures.vega import LAYERS, PADDING, Part, specification
from coevo.report.findings.coverage_years import shown_breaks
from coevo.report.findings.grade_scale import grade_marks
from coevo.report.findings.study_tables import KEY, Study

NAME = "opening_degrees"
LABEL_PIXELS = 15.0  # height that a label needs
HEAVIER = 0.3  # pixels by which a bold letter is wider than what the drawing program measures


def _apart(labels: pd.DataFrame, limits: tuple[float, float]) -> pd.DataFrame:
    """Labels (value, text, colour, bold) at places (at) that keep their distance, also on paper,
    where the chart is lower.
    """
    height = LAYERS[NAME]["height"] * FIGURES[NAME].paper
    gap = LABEL_PIXELS / height * (limits[1] - limits[0])
    spread = labels.groupby("region")["value"].transform(axes.spread_labels, gap, *limits)
    return labels.drop(columns="value").assign(at=spread.round(4))


def opening_degrees(study: Study, words: Mapping[str, str]) -> Part:
    """D of every region and year, with that picked and the mean."""
    limits = axes.tenths_around(study.coupling["D"])
    lines = rows_of(study.coupling, region=study.drawn)[[*KEY, "D", "grade"]]
    breaks = pd.DataFrame({"year": shown_breaks(study), "text": words["coverage"]})
    at_end = list(breaks["year"][:1]) == study.years[-1:]
    labels = _degree_labels(study, words, limits[0] if at_end else None)
    longest = max(map(room, labels["text"]))
    drawn = {
        "lines": lines,
        "labels": _apart(labels, limits),
        "breaks": breaks,
        "coverage": breaks[: int(not at_end)],
    }
    if not study.single:
        drawn["mean"] = study.compared.groupby("year", as_index=False)["D"].mean()
    return specification(
        NAME, study, words, drawn,
        x=axes.years_axis(study.years),
        y=axes.spanning("D", *limits, axes.above("D", axes.grade_ticks(study.grades, limits))),
        padding=PADDING | {"right": PADDING["right"] + HEAVIER * longest},
    )  # fmt: skip


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
