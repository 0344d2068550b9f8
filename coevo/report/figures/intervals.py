"""Values with their intervals: coefficients, D under every combination of choices."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from coevo.equilibria.theory_rows import CANNOT_SAY, CONTRADICTED, MEAN
from coevo.inference.slope_errors import SLOPES
from coevo.report.figures import axes
from coevo.report.figures.bars import share_text
from coevo.report.figures.vega import Part, specification
from coevo.report.findings.interaction import slope_intervals
from coevo.report.findings.study_tables import Study, variant_word
from coevo.report.findings.theory_against_fit import growth_rows
from coevo.sensitivity.choices import CHOICES

FAR_WIDER = 10  # times the median width, from which an interval is cut
AIR = 0.06  # of the axis, beyond the outermost interval
STRIP = 17.0  # pixels of a variant's row
ABOVE = 0.4  # of a row, above the name of a choice
EVERYTHING = (-np.inf, np.inf)
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
    return specification(
        chart, study, words, {"rows": rows, "heads": heads}, **given,
        order=order,
        height=27.0 * len(order),
    )  # fmt: skip


coefficient_b1, coefficient_d = (partial(_coefficient, parameter=name) for name in ("b1", "d"))


def theory_growth(study: Study, words: Mapping[str, str]) -> Part:
    """Growth of x1 and of x2 by the fitted equations at the theoretical point, in % a year: of the
    region in focus, and the means over regions.

    Filled and heavy where the point is contradicted, hollow where nothing can be said.
    """
    rows = _of_focus(study)
    verdict, known = rows["verdict"], rows["share"].notna()
    contradicted = verdict == CONTRADICTED
    shares = [
        words["at_share"].format(share=share_text(share, words["percent"]))
        for share in rows["share"]
    ]
    ends = ["estimate", "low", "high"]
    rows[ends] = 100 * np.expm1(rows[ends])
    rows = rows.assign(
        block=rows["output"],
        title=("growth_" + rows["output"]).map(words),
        label=("line_" + rows["line"]).map(words).mask(known & study.single, shares),
        verdict=verdict.map(words),
        tone=np.where(contradicted, "$ink", "$muted"),
        fill=np.select([contradicted, verdict == CANNOT_SAY], ["$ink", "$bg"], "$muted"),
        strong=np.where(contradicted, 3, 1.6),
    )
    none = "" if study.focus in set(rows["region"]) else words["theory_missing"]
    per_cent = [words["growth_at"], *shares[: int(known.any() and not study.single)]]
    given = {"title": " · ".join(per_cent), "limits": _limits(rows), "none": none}
    return _intervals("theory_growth", study, words, rows, EVERYTHING, **given)


def _of_focus(study: Study) -> pd.DataFrame:
    rows = growth_rows(study).rename(columns={"scope": "region"})
    return rows[rows["region"].isin([study.focus, MEAN])]


def growth_marks(study: Study) -> dict[str, Any]:
    """Whether points of growth are `hollow`; `lines`: whether means over regions stand beside the
    `own` rows.
    """
    rows = _of_focus(study)
    lines = "means" if rows["region"].eq(MEAN).any() else "own"
    return {"hollow": rows["verdict"].eq(CANNOT_SAY).any(), "lines": lines}


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
