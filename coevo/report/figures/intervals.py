"""Values with their intervals: coefficients, D under every combination of choices."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from coevo.inference.slope_errors import SLOPES
from coevo.report.figures import axes
from coevo.report.figures.bars import share_text
from coevo.report.figures.vega import Part, specification
from coevo.report.findings.interaction import slope_intervals
from coevo.report.findings.study_tables import Study, variant_word
from coevo.report.findings.theory_against_fit import strength_rows
from coevo.sensitivity.choices import CHOICES

FAR_WIDER = 10  # times the median width, from which an interval is cut
AIR = 0.06  # of the axis, beyond the outermost interval
STRIP = 17.0  # pixels of a variant's row
ABOVE = 0.4  # of a row, above the name of a choice
BANDS = {"none": "$grid", "full": "$line"}  # ranges of simulated panels -> their colour
BAND = {"mean": "D", "min": "low", "25%": "lower", "75%": "upper", "max": "high"}
Limits = tuple[float, float]
NAME = 26  # letters of a variant's name that stand beside its row; its tip holds all


def _coefficient(study: Study, words: Mapping[str, str], parameter: str) -> Part:
    """Intervals of one coefficient: hollow for region effects, filled for region and year.

    An end that is not there lies at the edge, and so do those of intervals far wider than others.
    """
    rows = slope_intervals(study, parameter)
    limits = _limits(rows[~_far_wider(rows)])
    head = (rows["estimator"] == study.estimator) & (rows["effects"] == rows["effects"].iloc[-1])
    hollow = rows["effects"].eq("region")
    rows = rows.assign(
        block=rows["effects"],
        label=rows["estimator"].map(partial(variant_word, words, "estimator")),
        title=("effects_" + rows["effects"]).map(words),
        tone=np.where(hollow, "$muted", "$ink"),
        fill=np.where(hollow, "$bg", "$ink"),
        strong=np.where(head, 3, 1.6),
    )
    below = axes.axis(words[f"axis_{parameter}"], axes.ticks(*limits, 4), titleAnchor="end")
    x = axes.spanning("from", *limits, below)
    return _intervals("intervals", study, words, rows, limits, x=x)


def _far_wider(rows: pd.DataFrame) -> pd.Series:
    width = (rows["high"] - rows["low"]).replace(np.inf, np.nan)
    return width > FAR_WIDER * width.median()


def coefficient_marks(study: Study) -> dict[str, bool]:
    """Whether an interval of a coefficient is `cut` at the edge."""
    return {"cut": any(_far_wider(slope_intervals(study, name)).any() for name in SLOPES)}


def _limits(rows: pd.DataFrame) -> Limits:
    """Ends of an axis that holds zero and all finite ends of intervals, with some air."""
    finite = rows[["low", "estimate", "high"]].replace([-np.inf, np.inf], np.nan)
    low, high = min(0.0, finite.min(axis=None)), max(0.0, finite.max(axis=None))
    return low - AIR * (high - low), high + AIR * (high - low)


def _intervals(
    chart: str, study: Study, words: Mapping[str, str], rows: pd.DataFrame, within: Limits,
    bands: pd.DataFrame | None = None,
    **given: Any,
) -> Part:  # fmt: skip
    """Intervals within limits and their estimates, in blocks with titles, zero as a line. Looks are
    in the rows: tone, fill, strong.
    """
    rows = rows.assign(row=rows["block"] + "|" + rows["label"])
    rows[["from", "to"]] = rows[["low", "high"]].clip(*within)
    rows["estimate"] = rows["estimate"].where(rows["estimate"].between(*within))
    blocks = rows[["block", "title", "row"]].drop_duplicates()
    heads = blocks.drop_duplicates("block")[["block", "title"]].rename(columns={"block": "row"})
    parts = blocks.groupby("block", sort=False)["row"]
    order = [row for block, part in parts for row in (block, *part)]
    drawn = {"rows": rows, "heads": heads} | ({} if bands is None else {"bands": bands})
    return specification(
        chart, study, words, drawn, **given,
        order=order,
        height=27.0 * len(order),
    )  # fmt: skip


coefficient_b1, coefficient_d = (partial(_coefficient, parameter=name) for name in ("b1", "d"))


def strengths(study: Study, words: Mapping[str, str]) -> Part:
    """Strengths of both effects with their intervals, on bands of what panels at full strength and
    without interaction give; 1 is the theory.

    Filled where full strength is excluded, hollow where it is not.
    """
    rows = strength_rows(study)
    limits = _limits(_with_bands(rows[~_far_wider(rows)]))
    shares = [
        words["at_share"].format(share=share_text(share, words["percent"]))
        for share in rows["share"]
    ]
    line = ("line_" + rows["line"]).map(words)
    excluded = rows["full_excluded"].eq(True)
    rows = rows.assign(
        region=rows["scope"],
        block=rows["effect"],
        title=("strength_" + rows["effect"]).map(words),
        label=line.mask(rows["share"].notna(), shares if study.single else line + ", " + shares),
        estimate=rows["strength"],
        verdict=rows["verdict"].map(words),
        tone="$ink",
        fill=np.where(excluded, "$ink", "$bg"),
        strong=np.where(rows["line"] == rows["line"].iloc[0], 3, 1.6),
    )
    ends = {name: rows[[f"{name}_low", f"{name}_high"]].clip(*limits) for name in BANDS}
    parts = [
        rows[["block", "label"]].assign(
            band=words[f"band_{name}"], low=part.iloc[:, 0], high=part.iloc[:, 1], tone=BANDS[name]
        )
        for name, part in ends.items()
    ]
    bands = pd.concat(parts).dropna(subset=["low", "high"])
    bands = bands.assign(row=bands["block"] + "|" + bands["label"])
    given = {"title": words["strength"], "limits": limits, "bands": bands}
    return _intervals("strengths", study, words, rows, limits, **given)


def _with_bands(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows whose estimate, low and high hold the ranges of simulated panels and 1 as well."""
    ends = [f"{name}_{end}" for name in BANDS for end in ("low", "high")]
    low, high = rows[["low", *ends]].min(axis=1), rows[["high", *ends]].max(axis=1)
    return pd.DataFrame({"low": low, "estimate": 1.0, "high": high})


def by_choice(study: Study, words: Mapping[str, str]) -> Part:
    """D of the focus under every combination of choices: a band for each variant of a choice.

    Light: all of its combinations; dark: the middle half; dot: the mean. Vertical line: the study.
    Behind the name of a choice the share of the variance that it accounts for alone.
    """
    table = study.tables["multiverse"].dropna(subset="focus_D").astype({"main": bool})
    shares = study.tables["sensitivity"].query("outcome == 'focus_D'").set_index("choice")
    heads, bands = _choices(table, shares["first_order"], words)
    limits = axes.tenths_around(table["focus_D"])
    title = words["D_of"].format(region=study.name(study.focus), year=study.years[-1])
    depth = bands["line"].max() + 1
    x = axes.D_across(study.grades, limits, title)
    y = axes.spanning("line", -0.5, depth - 0.5, reverse=True)
    main = table.loc[table["main"], ["focus_D"]].round(4)
    drawn = {"main": main, "bands": bands, "heads": heads}
    return specification("by_choice", study, words, drawn, x=x, y=y, height=STRIP * depth)


def _choices(
    table: pd.DataFrame, shares: Mapping[str, float], words: Mapping[str, str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Lines of the choices and of their variants, the study's own first, counted from the top with
    a little air above each choice. A choice with one variant has no line.
    """
    table = table.sort_values("main", ascending=False, kind="stable")
    tried = [choice for choice in CHOICES if table[choice].nunique() > 1]
    parts = [table.groupby(choice, sort=False)["focus_D"].describe() for choice in tried]
    bands = pd.concat(parts, keys=tried, names=["choice", "variant"])
    bands = bands.rename(columns=BAND).reset_index()
    block = bands.groupby("choice", sort=False).ngroup()
    pairs = list(zip(bands["choice"], bands["variant"], strict=True))
    used = pd.Series([table["main"][table[choice] == variant].any() for choice, variant in pairs])
    names = pd.Series([variant_word(words, *pair) for pair in pairs])
    bands = bands[[*BAND.values()]].round(4).assign(
        line=(bands.index + 1 + (1 + ABOVE) * block).round(1),
        name=names,
        short=names.where(names.str.len() <= NAME, names.str[: NAME - 1] + "…"),
        used=used,
        colour=np.where(used, "$focus", "$ink"),
        text=bands["D"].map("{:.2f}".format),
    )  # fmt: skip
    heads = bands.groupby(block)["line"].min().sub(1).round(1).to_frame()
    return heads.assign(name=[_choice_head(choice, shares, words) for choice in tried]), bands


def _choice_head(choice: str, shares: Mapping[str, float], words: Mapping[str, str]) -> str:
    """What a choice is called, with the share of the variance that it accounts for if known."""
    name = words[f"choice_{choice}"]
    if choice not in shares:
        return name
    share = share_text(shares[choice], words["percent"])
    return words["choice_share"].format(choice=name, share=share)
