"""The interaction under every specification, sorted; below it, which choices each one made."""

from functools import partial
from typing import Any

import altair as alt
import pandas as pd

from coevo.report.figures.axes import above, axis_scale, tick_format, ticks
from coevo.report.figures.curve_matrix import (
    choice_matrix,
    labels,
    scales,
    strokes,
    tall,
    variant_word,
)
from coevo.report.figures.theme import specification
from coevo.report.findings.sign_survival import FIT, GIVEN, patterns
from coevo.report.findings.study_tables import Study

CHOICES = ("effects", "estimator", "vintage", "dropped", "pair")
REACH = 2.0  # median lengths of an interval that the curve shows beyond the outermost estimates
NAME = 26  # letters of a variant's name that stand beside the matrix; its tip holds all


def _specifications(study: Study, parameter: str) -> pd.DataFrame:
    """Estimates of one coefficient in the roles as given, from the lowest to the highest."""
    table = study.rows("specifications", quantity=parameter, model="classic")
    own = patterns(study)[[*FIT, "main"]]
    rows = table.merge(own[own["roles"] == GIVEN], on=FIT)
    rows["dropped"] = rows["dropped"].where(rows["dropped"] != "", "none")
    return rows.sort_values("value", kind="stable", ignore_index=True)


def curve_limits(rows: pd.DataFrame) -> tuple[float, float]:
    """Limits that hold zero, every estimate and its interval, as long as it stays in reach.

    A few intervals many times longer than the others would flatten the curve; what reaches further
    than `REACH` median lengths beyond the outermost estimates is cut there.
    """
    reach = REACH * (rows["high"] - rows["low"]).median()
    low = max(rows["low"].min(), rows["value"].min() - reach)
    high = min(rows["high"].max(), rows["value"].max() + reach)
    return min(0.0, low), max(0.0, high)


def _cut(data: pd.DataFrame, limits: tuple[float, float]) -> pd.DataFrame:
    """The data of every end of an interval that lies beyond the limits, `at` the limit, with the
    `shape` of its mark.
    """
    below = data[data["low"] < limits[0]].assign(at=limits[0], shape="triangle-down")
    beyond = data[data["high"] > limits[1]].assign(at=limits[1], shape="triangle-up")
    return pd.concat([below, beyond], ignore_index=True)


def _data(
    study: Study, rows: pd.DataFrame, places: dict[str, dict[str, float]], words: dict[str, str]
) -> pd.DataFrame:
    """What the marks need: i, low, value, high, main, first; by choice its line and its name."""
    return rows[["low", "value", "high"]].round(5).assign(
        i=range(len(rows)), first=rows["effects"].ne(study.effects[-1]), main=rows["main"],
        **{choice: rows[choice].map(place) for choice, place in places.items()},
        **{f"{c}_name": rows[c].map(partial(variant_word, words, c)) for c in places},
    )  # fmt: skip


def _short_names(rows: pd.DataFrame, words: dict[str, str]) -> dict[str, str]:
    """The words, with names of pairs of outputs cut where they would crowd out the matrix."""
    names = {f"variant_pair_{pair}": variant_word(words, "pair", pair) for pair in rows["pair"]}
    return words | {k: n if len(n) <= NAME else n[: NAME - 1] + "…" for k, n in names.items()}


def _tone(first: str) -> dict[str, Any]:
    """Colour of a mark: the study's own, `first` for region effects alone, the others."""
    tests = (("datum.main", "$focus"), ("datum.first", first))
    return {"condition": [{"test": t, "value": v} for t, v in tests], "value": "$ink"}


def _intervals(
    data: pd.DataFrame, limits: tuple[float, float], x: alt.X, y: alt.Y, tips: list[alt.Tooltip]
) -> list[alt.Chart]:
    """Zero, intervals with the marks of their cut ends, estimates; every column can be hovered."""
    low, high = limits
    chart = alt.Chart(
        data.assign(shown_low=data["low"].clip(low), shown_high=data["high"].clip(upper=high))
    )
    scaled = {"scale": y["scale"]}
    zero = alt.Chart(pd.DataFrame({"at": [0.0]})).mark_rule(color="$muted", strokeWidth=1)
    ends = alt.Chart(_cut(data, limits)).mark_point(opacity=1, size=16, filled=True, clip=False)
    column = chart.mark_rule(opacity=0, strokeWidth=alt.expr(f"width / {len(data)}"))
    return [
        zero.encode(y=alt.Y("at:Q", **scaled)),
        chart.mark_rule(strokeWidth=1.2).encode(x=x, y=y, y2="shown_high:Q", color=_tone("$faint")),
        ends.encode(
            x=x, y=alt.Y("at:Q", **scaled), color=_tone("$faint"),
            shape=alt.Shape("shape:N", scale=None),
        ),
        chart.mark_point(opacity=1, size=26, strokeWidth=1.2).encode(
            x=x, y=alt.Y("value:Q", **scaled), stroke=_tone("$faint"), fill=_tone("$bg")
        ),
        column.encode(x=x, y=alt.YDatum(low, **scaled), y2=alt.datum(high), tooltip=tips),
    ]  # fmt: skip


def _curve(study: Study, words: dict[str, str], parameter: str) -> dict[str, Any]:
    rows = _specifications(study, parameter)
    lines, places = choice_matrix(rows, CHOICES, _short_names(rows, words))
    depth, data = lines["line"].max() + 1, _data(study, rows, places, words)
    limits = curve_limits(data)
    scale_of_curve, below = scales(limits, depth)
    marks, title = ticks(*limits, 5), words[f"axis_{parameter}"]
    if len(_cut(data, limits)):
        title += words["goes_on"]
    axis = above(title, values=marks, format=tick_format(marks), titleLimit=600)
    tips = [
        *(alt.Tooltip(f"{c}_name:N", title=words[f"choice_{c}"]) for c in places),
        alt.Tooltip("value:Q", title=words["tip_estimate"], format=".4f"),
        alt.Tooltip("low:Q", title=words["tip_low"], format=".4f"),
        alt.Tooltip("high:Q", title=words["tip_high"], format=".4f"),
    ]
    x = alt.X("i:Q", scale=axis_scale(-1, len(rows)), axis=None)
    y = alt.Y("shown_low:Q", scale=scale_of_curve, axis=axis)
    bottom = strokes(alt.Chart(data), list(places), x, below, len(rows)) + labels(lines, below)
    layers = alt.layer(alt.layer(*bottom), alt.layer(*_intervals(data, limits, x, y, tips)))
    return specification(layers.resolve_scale(y="independent"), tall(depth))


def interaction_curve_b1(study: Study, words: dict[str, str]) -> dict[str, Any]:
    """b1 under every specification."""
    return _curve(study, words, "b1")


def interaction_curve_d(study: Study, words: dict[str, str]) -> dict[str, Any]:
    """d under every specification."""
    return _curve(study, words, "d")
