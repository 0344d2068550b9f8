"""The interaction under every specification, sorted; below it, which choices each one made."""

from collections.abc import Callable
from functools import partial
from typing import Any

import altair as alt
import pandas as pd

from coevo.report.figures.axes import ESTIMATE, above, tick_format, ticks
from coevo.report.figures.curves import curve
from coevo.report.findings.sign_survival import FIT, GIVEN, patterns
from coevo.report.findings.study_tables import Study

CHOICES = ("effects", "estimator", "vintage", "dropped", "pair")
REACH = 2.0  # median lengths of an interval that the curve shows beyond the outermost estimates


def _specifications(study: Study, parameter: str) -> pd.DataFrame:
    """Estimates of one coefficient in the roles as given, from the lowest to the highest: the
    choices of each, main, first (region effects alone), estimate, low, high.
    """
    table = study.rows("specifications", quantity=parameter, model="classic")
    own = patterns(study)[[*FIT, "main"]]
    # so many cases of one kind would crowd out the others: they stand in the table
    own = own[(own["roles"] == GIVEN) & (own["without_growth"] == "")]
    rows = table.merge(own, on=FIT).rename(columns={"value": "estimate"})
    rows = rows.sort_values("estimate", kind="stable", ignore_index=True)
    rows = rows.assign(
        dropped=rows["dropped"].where(rows["dropped"] != "", "none"),
        first=rows["effects"].ne(study.effects[-1]),
    )
    numbers = ["estimate", "low", "high"]
    return rows[[*CHOICES, "main", "first", *numbers]].round(dict.fromkeys(numbers, 5))


def curve_limits(rows: pd.DataFrame) -> tuple[float, float]:
    """Limits that hold zero, every estimate and its interval, as long as it stays in reach.

    A few intervals many times longer than the others would flatten the curve; what reaches further
    than `REACH` median lengths beyond the outermost estimates is cut there.
    """
    reach = REACH * (rows["high"] - rows["low"]).median()
    low = max(rows["low"].min(), rows["estimate"].min() - reach)
    high = min(rows["high"].max(), rows["estimate"].max() + reach)
    return min(0.0, low), max(0.0, high)


def _tone(first: str) -> dict[str, Any]:
    """Colour of a mark: the study's own, `first` for region effects alone, the others."""
    tests = (("datum.main", "$focus"), ("datum.first", first))
    return {"condition": [{"test": t, "value": v} for t, v in tests], "value": "$ink"}


def _marks(chart: alt.Chart, x: alt.X, at: Callable[[str], alt.Y], count: int) -> list[alt.Chart]:
    """Zero, intervals with the marks of their cut ends, estimates; every column can be hovered."""
    zero = alt.Chart(pd.DataFrame({"at": [0.0]})).mark_rule(color="$muted", strokeWidth=1)
    base = chart.encode(x=x)
    ends = [
        base.transform_filter(f"datum.{end} != datum.shown_{end}")
        .mark_point(shape=f"triangle-{side}", opacity=1, size=16, filled=True, clip=False)
        .encode(y=at(f"shown_{end}"), color=_tone("$faint"))
        for end, side in (("low", "down"), ("high", "up"))
    ]
    return [
        zero.encode(y=at("at")),
        base.mark_rule(strokeWidth=1.2).encode(
            y=at("shown_low"), y2="shown_high:Q", color=_tone("$faint")
        ),
        *ends,
        base.mark_point(opacity=1, size=26, strokeWidth=1.2).encode(
            y=at("estimate"), stroke=_tone("$faint"), fill=_tone("$bg")
        ),
        base.mark_rule(opacity=0, strokeWidth=alt.expr(f"width / {count}")).encode(
            y=alt.value(0), y2=alt.value(alt.expr("height"))
        ),
    ]


def _curve(study: Study, words: dict[str, str], parameter: str) -> dict[str, Any]:
    rows = _specifications(study, parameter)
    limits = curve_limits(rows)
    shown = rows[["low", "high"]].clip(*limits)
    values, title = ticks(*limits, 5), words[f"axis_{parameter}"]
    title += "" if shown.equals(rows[["low", "high"]]) else words["goes_on"]
    axis = above(title, values=values, format=tick_format(values), titleLimit=600)
    marks = partial(_marks, count=len(rows))
    return curve(
        rows.join(shown.add_prefix("shown_")), CHOICES, words, limits, axis, ESTIMATE, marks
    )


interaction_curve_b1 = partial(_curve, parameter="b1")
interaction_curve_d = partial(_curve, parameter="d")
