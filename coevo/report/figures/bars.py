"""Bars: what moved D over the years, what holds it back, how claims of a paper come out."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from coevo.report.figures import subsystem_colour
from coevo.report.figures.axes import axis, axis_scale, line_at, named_rows, ticks, wrapped_label
from coevo.report.figures.vega import Part, amount, mark, paint, pixels, specification, text, tips
from coevo.report.findings.data_quality import obstacle_rows
from coevo.report.findings.page_one import ON_FIGURES, WORDS_OF_VERDICTS, concluded
from coevo.report.findings.study_tables import Study

ROW = 34.0  # pixels of a bar's row
FREE = 0.05  # of the axis, beyond the longest bar
WORDS = 1.4  # of the longest bar, for the words of a short one at its end


def share_text(share: float, pattern: str = "{} %") -> str:
    """A share as per cent, never as all or nothing where it is not."""
    text = f"{share * 100:.0f}"
    if share < 1 and text == "100":
        return "> " + pattern.format(99)
    return "< " + pattern.format(1) if share > 0 and text == "0" else pattern.format(text)


def claim_counts(study: Study, words: Mapping[str, str]) -> Part:
    """Claims of the paper by verdict, those on printed figures first, then the others."""
    claims = study.tables["claims"]
    verdicts = {key: words[f"claims_{key}"] for key in WORDS_OF_VERDICTS}
    rows = pd.DataFrame(
        {"row": concluded(claims).map(verdicts), "other": ~claims["check"].isin(ON_FIGURES)}
    )
    counts = rows.groupby(["row", "other"], as_index=False).size()
    kinds = np.where(counts["other"], words["claims_other"], words["claims_printed"])
    ends = counts.groupby("row")["size"].cumsum()
    counts = counts.drop(columns="other").assign(
        kind=kinds,
        start=ends - counts["size"],
        end=ends,
        colour=np.where(counts["other"], "$faint", "$ink"),
        ink=np.where(counts["other"], "$ink", "$bg"),
        text=np.where(counts["size"] > 1, kinds + " ", "") + counts["size"].astype(str),
    )
    across = amount("start", scale=axis_scale(0, WORDS * float(ends.max())), axis=None)
    at = {"x": across, "y": named_rows(list(verdicts.values()))}
    bar, label = {**at, "x2": {"field": "end"}, "color": paint()}, {**at, "color": paint("ink")}
    layers = [
        mark("bar", counts, bar, height=22, stroke="$bg"),
        text("text", counts, label, align="left", dx=5, fontSize=11),
    ]
    return specification(layers, ROW * len(verdicts))


def growth_split(study: Study, words: Mapping[str, str]) -> Part:
    """Growth of D in the focus by indicator, 100 times its logarithm, with the sum below; tick:
    mean of the regions.
    """
    table = study.tables["growth_split"]
    sums = 100 * table.groupby(["region", "indicator"])["contribution"].sum()
    whole = float(sums.loc[study.focus].sum())
    rows = _by_indicator(study, sums)
    rows["text"] = rows["contribution"].map(_signed)
    total = words["sum"].format(growth=f"{np.expm1(whole / 100) * 100:+.0f}".replace("-", "−"))
    years = study.of_focus("growth_split")["year"]
    title = words["growth" if study.single else "growth_mean"].format(
        first=int(years.min()) - 1, last=int(years.max())
    )
    y = named_rows([*rows["row"], total])
    below = pd.DataFrame({"row": [total], "text": [_signed(whole)]})
    layers = [
        *_bars(study, words, rows, partial(axis, title), y, "+.2f"),
        _numbers(below, {"y": y}),
    ]
    return specification(layers, ROW * len(rows) + 22)


def _signed(value: float) -> str:
    return f"{value:+.1f}".replace("-", "−") if abs(value) >= 0.05 else f"{0:.1f}"


def obstacles(study: Study, words: Mapping[str, str]) -> Part:
    """Obstacle degree by indicator in the last year, region in focus; tick: mean of regions."""
    rows = _by_indicator(study, obstacle_rows(study).set_index(["region", "indicator"])["obstacle"])
    rows["text"] = rows["obstacle"].map(partial(share_text, pattern=words["percent"]))
    percent = f"replace('{words['percent']}', '{{}}', format(100 * datum.value, '.0f'))"
    place = partial(axis, words["obstacle"], labelExpr=percent)
    layers = _bars(study, words, rows, place, named_rows(list(rows["row"])), ".1%")
    return specification(layers, ROW * len(rows))


def _by_indicator(study: Study, values: pd.Series) -> pd.DataFrame:
    """Values of the region in focus, the largest first, by their name: row (label), value, mean of
    the regions, of (its subsystem), colour and ink. values: by region and indicator.
    """
    focus_values = values.xs(study.focus, level="region").sort_values(ascending=False)
    subsystems = study.indicators.set_index("indicator")["subsystem"].reindex(focus_values.index)
    places = subsystems.map(study.subsystems.index)
    return pd.DataFrame(
        {
            "row": [wrapped_label(study.heading(indicator)) for indicator in focus_values.index],
            values.name: focus_values.round(4),
            "mean": values.groupby("indicator").mean().reindex(focus_values.index).round(4),
            "of": subsystems.map(study.label),
            "colour": places.map(subsystem_colour),
            "ink": places.map(lambda place: subsystem_colour(place, text=True)),
        }
    )


def _bars(
    study: Study, words: Mapping[str, str], rows: pd.DataFrame, place: Any, y: Part, pattern: str
) -> list[Part]:
    """A bar for each indicator with its number, and a tick at the mean of the regions.

    place: makes the axis below of its ticks.
    """
    field = str(rows.columns[1])
    seen = rows[field] if study.single else rows[[field, "mean"]]
    low, high = min(0.0, float(np.min(seen))), max(0.0, float(np.max(seen)))
    low, high = ((1 + FREE) * end for end in (low, high or 1.0))
    scale = axis_scale(low, high)
    shown = ["row indicator", "of subsystem", f"{field} value {pattern}"]
    shown += [] if study.single else [f"mean mean {pattern}"]
    at = {"y": y, "tooltip": tips(words, *shown)}
    x = amount(field, scale=scale, axis=place(values=ticks(low, high, 4)))
    bar = {**at, "x": x, "x2": {"datum": 0}, "color": paint()}
    mean = {**at, "x": amount("mean", scale=scale)}
    tick = mark("tick", rows, mean, color="$ink", thickness=2, height=19)
    return [
        line_at("x", 0, color="$muted", strokeWidth=1),
        mark("bar", rows, bar, height=11),
        *([] if study.single else [tick]),
        _numbers(rows, {"y": y, "color": paint("ink")}),
    ]


def _numbers(rows: pd.DataFrame, at: Mapping[str, Any]) -> Part:
    """The text of each row at the right of the plot."""
    beside = {**at, "x": pixels("width + 44")}
    return text("text", rows, beside, align="right", fontWeight="bold", color="$ink")
