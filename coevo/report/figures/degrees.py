"""Charts of the coordination degree D: lines over the years, and the heat table."""

from typing import Any

import altair as alt
import pandas as pd

from coevo.characters import room
from coevo.report.figures import FIGURES
from coevo.report.figures.axes import (
    above,
    axis_scale,
    grade_bands,
    grade_scale,
    grade_ticks,
    groups_of,
    haloed,
    midpoint_line,
    region_rows,
    state_tips,
    states,
    tenths_around,
    tick_format,
    years_axis,
)
from coevo.report.figures.theme import specification
from coevo.report.figures.year_lines import HIDDEN, end_labels, label_marks
from coevo.report.findings.coverage_years import break_years
from coevo.report.findings.grade_scale import colours, grade_marks
from coevo.report.findings.study_tables import Study


def _shown(study: Study, last: pd.DataFrame) -> list[str]:
    """Regions labelled at the line end: two highest, the focus, two lowest."""
    order = list(last.sort_values("D", ascending=False)["region"])
    return list(dict.fromkeys([*order[:2], study.focus, *order[-2:]]))


def coordination(study: Study, words: dict[str, str]) -> dict[str, Any]:
    """Coordination degree D of every region, with the focus, the mean and the grades."""
    return _lines(study, words, 440.0, "coordination")


def opening_degrees(study: Study, words: dict[str, str]) -> dict[str, Any]:
    """The same for page one: lower, beside another chart."""
    return _lines(study, words, 340.0, "opening_degrees")


def _lines(study: Study, words: dict[str, str], height: float, name: str) -> dict[str, Any]:
    low, high = tenths_around(study.coupling["D"])
    y = axis_scale(low, high)
    rows = study.coupling[["region", "name", "year", "D", "grade"]]
    hover = alt.selection_point(
        name="hover", on="pointerover", clear="pointerout", fields=["name"], empty=False
    )
    cuts = grade_ticks(study.grades, (low, high))
    at = {
        "x": years_axis(study.years),
        "y": alt.Y("D:Q", scale=y, axis=above("D", values=cuts, format=tick_format(cuts))),
    }
    thin = alt.Chart(rows[rows["region"].isin(study.drawn)]).mark_line(point=HIDDEN)
    mean = alt.Chart(rows.groupby("year", as_index=False)["D"].mean())
    others = [
        thin.encode(
            **at, detail="name:N", tooltip=state_tips(words),
            color=alt.condition(hover, alt.value("$ink"), alt.value("$line")),
            strokeWidth=alt.condition(hover, alt.value(2.2), alt.value(1)),
        ).add_params(hover),
        mean.mark_line(color="$ink", strokeWidth=1.8, strokeDash=[5, 3]).encode(**at),
    ]  # fmt: skip
    focus = alt.Chart(rows[rows["region"] == study.focus])
    own = focus.mark_line(color="$focus", strokeWidth=2.8, point=HIDDEN)
    # On paper the chart is lower, and its labels must keep their distance there too.
    labels = _coordination_labels(study, words, (low, high), height * FIGURES[name].paper)
    beyond = 20 + 6.0 * max(map(room, labels["text"]))
    layers = [
        midpoint_line(y),
        *([] if study.single else others),
        own.encode(**at, tooltip=state_tips(words)),
        *label_marks(labels, y),
        *([_grade_words(study, y, (low, high), beyond)] if FIGURES[name].columns == 1 else []),
        *_coverage_rules(study, words),
    ]
    return specification(alt.layer(*layers), height)


def _coverage_rules(study: Study, words: dict[str, str]) -> list[alt.Chart]:
    """An upright line in each year of changed coverage, its words at the foot of the first."""
    years = break_years(study)
    if not years:
        return []
    x = years_axis(study.years)
    rules = alt.Chart(pd.DataFrame({"year": years}))
    told = alt.Chart(pd.DataFrame({"year": years[:1], "text": words["coverage"]}))
    foot = told.encode(x=x, y=alt.value(alt.expr("height - 9")))
    return [
        rules.mark_rule(color="$muted", strokeDash=[2, 3]).encode(x=x),
        *haloed(foot, "$muted", "text:N", align="left", dx=5, fontSize=11),
    ]


def _coordination_labels(
    study: Study, words: dict[str, str], limits: tuple[float, float], height: float
) -> pd.DataFrame:
    last = study.ends()[1].reset_index()
    shown = last[last["region"].isin(_shown(study, last))]
    is_focus = shown["region"] == study.focus
    at_end = shown["year"] == study.years[-1]
    years = (" (" + shown["year"].astype(int).astype(str) + ")").mask(at_end, "")
    texts = pd.Series([grade_marks(D, scale=study.grades) for D in shown["D"]], shown.index)
    labels = pd.DataFrame(
        {
            "value": shown["D"],
            "text": shown["name"] + " " + texts + years,
            "bold": is_focus,
            "colour": is_focus.map({True: "$focus", False: "$muted"}),
        }
    )
    if not study.single:
        present = last.loc[last["year"] == study.years[-1], "D"]
        mean = present.mean()
        text = words["mean_of"].format(
            count=len(present), value=grade_marks(mean, scale=study.grades)
        )
        labels.loc[len(study.coupling)] = [mean, text, True, "$ink"]
    return end_labels(labels, *limits, height)


def _grade_words(
    study: Study, y: alt.Scale, limits: tuple[float, float], beyond: float
) -> alt.Chart:
    """Names of the grades behind the labels; left out where the page is too narrow for them."""
    text = alt.Chart(grade_bands(study.grades, limits)[["at", "grade"]]).transform_calculate(
        shown="container < 520 ? '' : datum.grade"
    )
    return text.mark_text(align="left", color="$muted", fontSize=11).encode(
        x=alt.value(alt.expr(f"width + {beyond:.0f}")), y=alt.Y("at:Q", scale=y), text="shown:N"
    )


def _means_of_groups(study: Study) -> pd.DataFrame:
    """Rows as `states` has them of the mean of each group, the highest of the last year first."""
    group = study.coupling["region"].map(groups_of(study))
    means = study.coupling["D"].groupby([group.rename("name"), study.coupling["year"]]).mean()
    rows = means.reset_index().sort_values(["year", "D"], ascending=False, ignore_index=True)
    rows["grade"] = study.grades.classify(rows["D"])
    text = [grade_marks(D, scale=study.grades) for D in rows["D"]]
    return rows.assign(region="", text=text, g=rows["grade"].map(colours(study.grades)))


def heat(study: Study, words: dict[str, str]) -> dict[str, Any]:
    """D by region and year, the value in its cell, coloured by grade, ordered by last.

    Where regions are too many for a table each, the means of groups stand below.
    """
    last, rows = study.ends()[1].loc[study.farthest], states(study)
    order = list(last.sort_values("D", ascending=False)["name"])
    rows = rows[rows["region"].isin(study.farthest)]
    if len(order) < len(study.regions):
        means = _means_of_groups(study)
        rows = pd.concat([rows, means], ignore_index=True)
        order += list(dict.fromkeys(means["name"]))
    base = alt.Chart(rows).encode(
        x=alt.X(
            "year:O",
            scale=alt.Scale(paddingInner=0.03, paddingOuter=0),
            axis=alt.Axis(
                orient="top", title=None, labelAngle=0, labelOverlap=False,
                labelExpr="width < 330 ? '’' + slice(datum.label, 2) : datum.label",
            ),
        ),
        y=region_rows(
            study, order, scale=alt.Scale(paddingInner=0.06, paddingOuter=0), labelLimit=120
        ),
    )  # fmt: skip
    cells = base.mark_rect().encode(
        color=alt.Color("g:O", scale=grade_scale()),
        tooltip=state_tips(words, "year:O", ".4f"),
    )
    text = (
        base.transform_calculate(shown="width < 330 ? slice(datum.text, 1) : datum.text")
        .mark_text(fontSize=11)
        .encode(text="shown:N", color=alt.Color("g:O", scale=grade_scale(text=True)))
    )
    chart = alt.layer(cells, text).resolve_scale(color="independent")
    return specification(chart, 20.0 * len(order))
