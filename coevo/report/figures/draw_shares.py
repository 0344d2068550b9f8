"""The grade of D under draws of weights: shares by year, of the focus or of the region picked."""

from typing import Any

import altair as alt
import pandas as pd

from coevo.characters import WIDE
from coevo.report.figures.axes import axis_scale, grade_scale, of_picked, percent_axis
from coevo.report.figures.certainty import share_text
from coevo.report.figures.theme import specification
from coevo.report.findings.grade_scale import colours, grade_marks
from coevo.report.findings.study_tables import Study

LEAST = 0.1  # a share below this has no number in its bar
LETTER = 6.3  # pixels of a letter, about
EACH_WIDE = f"regexp('[{WIDE}]', 'g')"  # characters that take the room of two


def grade_shares(study: Study, words: dict[str, str]) -> dict[str, Any]:
    """Share of the draws of weights by grade, a bar per year; D with its 5-95 % range beside it."""
    return _grade_shares(study, words, picked=False)


def region_grade_shares(study: Study, words: dict[str, str]) -> dict[str, Any]:
    """The same for the region picked on the page."""
    return _grade_shares(study, words, picked=True)


def _of_draws(study: Study, table: str, picked: bool) -> pd.DataFrame:
    """Rows about the draws of weights: of every region, or of the region in focus."""
    rows = study.tables[table] if picked else study.of_focus(table)
    return rows[rows["source"] == "weights"]


def _grade_shares(study: Study, words: dict[str, str], picked: bool) -> dict[str, Any]:
    y = alt.Y(
        "year:O",
        scale=alt.Scale(paddingInner=0.14, paddingOuter=0.05),
        axis=alt.Axis(title=None, labelColor="$ink", labelFontSize=12),
    )
    ranges = _of_draws(study, "uncertainty", picked)
    charts = [*_share_bars(study, words, y, picked), *_ranges(study, y, ranges)]
    if picked:
        charts = of_picked(study, *charts)
    heads = [
        alt.Chart(alt.Data(values=[{}]))
        .mark_text(align="left", dx=shift, baseline="bottom", color="$muted", text=head)
        .encode(x=alt.value(alt.expr("width")), y=alt.value(-3))
        for head, shift in (("D", 10), (words["range_of_draws"], 46))
    ]
    chart = alt.layer(*charts, *heads).resolve_scale(color="independent")
    return specification(chart, 28.0 * ranges["year"].nunique())


def _share_bars(
    study: Study, words: dict[str, str], y: alt.Y, picked: bool
) -> tuple[alt.Chart, alt.Chart]:
    """The bars, and in each its grade and share as far as they fit."""
    rows = _of_draws(study, "grade_shares", picked)
    shares = rows[["region", "year", "grade", "share"]].assign(
        place=rows["grade"].map({label: i for i, label in enumerate(study.grades.labels)}),
        g=rows["grade"].map(colours(study.grades)),
        short=[
            share_text(share, words["percent"]) if share >= LEAST else "" for share in rows["share"]
        ],
    )
    base = (
        alt.Chart(shares.sort_values(["region", "year", "place"]).round({"share": 5}))
        .transform_stack(
            stack="share", groupby=["region", "year"], as_=["start", "end"],
            sort=[alt.SortField("place")],
        )
        .transform_calculate(
            middle="(datum.start + datum.end) / 2",
            long="datum.short ? datum.grade + ' ' + datum.short : ''",
        )
    )  # fmt: skip
    draws = words["draws"].format(count=f"{study.config['robustness']['draws']:,}")
    x = alt.X(
        "start:Q", scale=axis_scale(0, 1),
        axis=percent_axis([0, 0.25, 0.5, 0.75, 1], draws, words["percent"]),
    )  # fmt: skip
    bars = base.mark_bar(stroke="$bg", strokeWidth=1).encode(
        x=x, x2="end:Q", y=y, color=alt.Color("g:O", scale=grade_scale()),
        tooltip=[
            alt.Tooltip("year:O", title=words["tip_year"]),
            alt.Tooltip("grade:N", title=words["tip_grade"]),
            alt.Tooltip("share:Q", title=words["tip_share"], format=".1%"),
        ],
    )  # fmt: skip
    letters = f"length(replace(datum.%s, {EACH_WIDE}, '  '))"
    fits = f"datum.share * width > {LETTER} * {letters} + 8"
    shown = f"{fits % 'long'} ? datum.long : {fits % 'short'} ? datum.short : ''"
    text = base.transform_calculate(shown=shown).mark_text(fontSize=11.5).encode(
        x=alt.X("middle:Q", scale=axis_scale(0, 1)), y=y, text="shown:N",
        color=alt.Color("g:O", scale=grade_scale(text=True)),
    )  # fmt: skip
    return bars, text


def _ranges(study: Study, y: alt.Y, ranges: pd.DataFrame) -> list[alt.Chart]:
    """D with its 5-95 % range, beside the bars."""
    beside = ranges[["region", "year"]].assign(
        D=[grade_marks(D, scale=study.grades) for D in ranges["D"]],
        range=[
            f"{low:.2f}–{high:.2f}" for low, high in zip(ranges["low"], ranges["high"], strict=True)
        ],
    )
    return [
        alt.Chart(beside)
        .mark_text(align="left", dx=shift, fontWeight=weight, color=colour)
        .encode(x=alt.value(alt.expr("width")), y=y, text=f"{field}:N")
        for field, shift, weight, colour in (
            ("D", 10, "bold", "$focus"),
            ("range", 46, "normal", "$muted"),
        )
    ]
