"""Errors of forecasts over those of drift, by series and model."""

from typing import Any

import altair as alt
import numpy as np

from coevo.prediction.past_errors import BETTER
from coevo.report.figures.axes import tick_format, tips, wrapped_label
from coevo.report.figures.curves import variant_word
from coevo.report.figures.level_scatter import log_ticks
from coevo.report.figures.theme import specification
from coevo.report.findings.predicted import ratios, rivals
from coevo.report.findings.study_tables import Study

ROW = 22.0  # pixels of a model
AIR = 1.06  # beyond the outermost ratio
_NAMED = "indexof(datum.label, '|') < 0"  # a series; its models stand behind its name and a bar


def forecast_errors(study: Study, words: dict[str, str]) -> dict[str, Any]:
    """Ratio one year ahead from each origin, small, and their mean, large; a line at drift."""
    dots, means = ratios(study), rivals(study)
    means = means[means["ratio"].gt(0)]
    names = dict(zip(("x1", "x2"), study.pair or (), strict=False))
    heads = {
        series: wrapped_label(study.heading(names[series])) if series in names else series
        for series in dict.fromkeys(means["series"])
    }
    for table in (dots, means):
        table["label"] = [variant_word(words, "prediction", model) for model in table["model"]]
        table["row"] = table["series"].map(heads) + "|" + table["label"]
    order = [
        row for series, head in heads.items()
        for row in (head, *[f"{head}|"] * head.count("\n"),  # a row for its second line
                    *means.loc[means["series"] == series, "row"])
    ]  # fmt: skip
    low, high = min(dots["ratio"].min(), 1.0) / AIR, max(dots["ratio"].max(), 1.0) * AIR
    marks = log_ticks(low, high)
    y = alt.Y(
        "row:N", sort=order, scale=alt.Scale(domain=order),
        axis=alt.Axis(
            title=None, labelLimit=240, labelColor="$ink", labelFontSize=12,
            labelExpr=f"{_NAMED} ? split(datum.label, '\\n') : split(datum.label, '|')[1]",
            labelFontWeight=alt.condition(_NAMED, alt.value("bold"), alt.value("normal")),
        ),
    )  # fmt: skip
    x = alt.X(
        "ratio:Q", scale=alt.Scale(domain=[low, high], type="log", nice=False),
        axis=alt.Axis(
            values=marks, format=tick_format(marks), title=words["over_drift"], grid=True
        ),
    )  # fmt: skip
    told = ("label:N model", "ratio:Q over_drift .3f")
    means = means.assign(fill=np.where(means["verdict"] == BETTER, "$focus", "$ink"))
    line = alt.Chart(alt.Data(values=[{}])).mark_rule(color="$ink", strokeWidth=1)
    each = alt.Chart(dots[["row", "label", "origin", "ratio"]].round(4))
    mean = alt.Chart(means[["row", "label", "ratio", "fill"]].round(4))
    layers = [
        line.encode(x=alt.XDatum(1, scale=x["scale"])),
        each.mark_point(filled=True, size=22, color="$faint", opacity=1).encode(
            x=x, y=y, tooltip=tips(words, *told, "origin:O origin")
        ),
        mean.mark_point(filled=True, size=80, opacity=1).encode(
            x=x, y=y, color=alt.Color("fill:N", scale=None), tooltip=tips(words, *told)
        ),
    ]
    return specification(alt.layer(*layers), ROW * len(order))
