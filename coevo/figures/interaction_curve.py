"""The interaction under every specification, sorted; below it, which choices each one made."""

from typing import Any

import altair as alt
import pandas as pd

from coevo.figures.axes import above, scale, tick_format, ticks
from coevo.figures.matrix import labels, matrix, scales, strokes, tall
from coevo.figures.theme import specification
from coevo.findings.study import Study
from coevo.findings.survival import FIT, GIVEN, patterns

CHOICES = ("effects", "estimator", "vintage", "dropped", "pair")


def _specifications(study: Study, parameter: str) -> pd.DataFrame:
    """Estimates of one coefficient in the roles as given, from the lowest to the highest."""
    table = study.tables["specifications"]
    table = table[(table["quantity"] == parameter) & (table["model"] == "classic")]
    own = patterns(study)[[*FIT, "main"]]
    rows = table.merge(own[own["roles"] == GIVEN], on=FIT)
    rows["dropped"] = rows["dropped"].where(rows["dropped"] != "", "none")
    return rows.sort_values("value", kind="stable", ignore_index=True)


def _curve(study: Study, words: dict[str, str], parameter: str) -> dict[str, Any]:
    rows = _specifications(study, parameter)
    lines, places = matrix(rows, CHOICES, words)
    depth = lines["line"].max() + 1
    values = rows[["low", "value", "high"]].round(5)
    limits = (min(0.0, values["low"].min()), max(0.0, values["high"].max()))
    y, below = scales(limits, depth)
    data = values.assign(
        i=range(len(rows)), first=rows["effects"].ne(study.effects[-1]), main=rows["main"],
        **{choice: rows[choice].map(place) for choice, place in places.items()},
        **{f"{c}_name": rows[c].map(lambda v: words.get(f"variant_{v}", v)) for c in places},
    )  # fmt: skip
    x = alt.X("i:Q", scale=scale(-1, len(rows)), axis=None)
    tone = {
        "condition": [
            {"test": "datum.main", "value": "$focus"},
            {"test": "datum.first", "value": "$faint"},
        ],
        "value": "$ink",
    }
    fill = {
        "condition": [
            {"test": "datum.main", "value": "$focus"},
            {"test": "datum.first", "value": "$bg"},
        ],
        "value": "$ink",
    }
    marks = ticks(*limits, 5)
    tips = [
        *(alt.Tooltip(f"{c}_name:N", title=words[f"choice_{c}"]) for c in places),
        alt.Tooltip("value:Q", title=words["tip_estimate"], format=".4f"),
        alt.Tooltip("low:Q", title=words["tip_low"], format=".4f"),
        alt.Tooltip("high:Q", title=words["tip_high"], format=".4f"),
    ]
    chart = alt.Chart(data)
    axis = above(words[f"axis_{parameter}"], values=marks, format=tick_format(marks))
    rule = chart.mark_rule(strokeWidth=1.2).encode(
        x=x, y=alt.Y("low:Q", scale=y, axis=axis), y2="high:Q", color=tone, tooltip=tips
    )
    dots = chart.mark_point(opacity=1, size=26, strokeWidth=1.2).encode(
        x=x, y=alt.Y("value:Q", scale=y), stroke=tone, fill=fill, tooltip=tips
    )
    zero = (
        alt.Chart(pd.DataFrame({"at": [0.0]}))
        .mark_rule(color="$muted", strokeWidth=1)
        .encode(y=alt.Y("at:Q", scale=y))
    )
    bottom = strokes(chart, list(places), x, below, len(rows)) + labels(lines, below)
    layers = alt.layer(alt.layer(*bottom), alt.layer(zero, rule, dots))
    return specification(layers.resolve_scale(y="independent"), tall(depth))


def interaction_curve_b1(study: Study, words: dict[str, str]) -> dict[str, Any]:
    """b1 under every specification."""
    return _curve(study, words, "b1")


def interaction_curve_d(study: Study, words: dict[str, str]) -> dict[str, Any]:
    """d under every specification."""
    return _curve(study, words, "d")
