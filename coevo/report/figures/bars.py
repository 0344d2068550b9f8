"""Bars: what moved D over the years, what holds it back, how claims of a paper come out."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from coevo.report.figures import subsystem_colour
from coevo.report.figures.axes import axis, named_rows, spanning, ticks, wrapped_label
from coevo.report.figures.vega import Part, specification
from coevo.report.findings.data_quality import obstacle_rows
from coevo.report.findings.page_one import ON_FIGURES, WORDS_OF_VERDICTS, concluded
from coevo.report.findings.study_tables import Study

ROW, SUM = 34.0, 22  # pixels of a bar's row, and of the sum
FREE = 0.05  # of the axis, beyond the longest bar and the outermost tick
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
    looks = [(words["claims_printed"], "$ink", "$bg"), (words["claims_other"], "$faint", "$ink")]
    kinds = pd.DataFrame(looks, columns=["kind", "colour", "ink"], index=[False, True])
    counts = counts.join(kinds, on="other").drop(columns="other")
    counts["end"] = counts.groupby("row")["size"].cumsum()
    counts["start"] = counts["end"] - counts["size"]
    several = counts["size"] > 1
    counts["text"] = (counts["kind"] + " ").where(several, "") + counts["size"].astype(str)
    x = spanning("start", 0, WORDS * float(counts["end"].max()))
    y, height = named_rows(list(verdicts.values())), ROW * len(verdicts)
    return specification("claim_counts", study, words, {"rows": counts}, x=x, y=y, height=height)


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
    below = pd.DataFrame({"row": [total], "text": [_signed(whole)]})
    return _bars(study, words, {"rows": rows, "sum": below}, partial(axis, title), "+.2f")


def _signed(value: float) -> str:
    return f"{value:+.1f}".replace("-", "−") if abs(value) >= 0.05 else f"{0:.1f}"


def obstacles(study: Study, words: Mapping[str, str]) -> Part:
    """Obstacle degree by indicator in the last year, region in focus; tick: mean of regions."""
    rows = _by_indicator(study, obstacle_rows(study).set_index(["region", "indicator"])["obstacle"])
    rows["text"] = rows["obstacle"].map(partial(share_text, pattern=words["percent"]))
    percent = f"replace('{words['percent']}', '{{}}', format(100 * datum.value, '.0f'))"
    place = partial(axis, words["obstacle"], labelExpr=percent)
    return _bars(study, words, {"rows": rows}, place, ".1%")


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
    study: Study, words: Mapping[str, str], rows: Mapping[str, pd.DataFrame], place: Any,
    pattern: str,
) -> Part:  # fmt: skip
    """A bar for each indicator with its number, and a tick at the mean of the regions.

    place: makes the axis below of its ticks.
    """
    field = str(rows["rows"].columns[1])
    several = [] if study.single else ["mean"]
    seen = rows["rows"][[field, *several]]
    low, high = min(0.0, float(np.min(seen))), max(0.0, float(np.max(seen))) or 1.0
    air = FREE * (high - low)
    low, high = low - air * (low < 0), high + air
    tips = ["row indicator", "of subsystem", f"{field} value {pattern}"]
    return specification(
        "bars", study, words, rows,
        x=spanning(field, low, high, place(values=ticks(low, high, 4))),
        y=named_rows([label for part in rows.values() for label in part["row"]]),
        tips=tips + [f"mean mean {pattern}" for _ in several],
        height=ROW * len(rows["rows"]) + SUM * (len(rows) - 1),
    )  # fmt: skip
