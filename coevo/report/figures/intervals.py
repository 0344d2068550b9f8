"""Strengths of interaction with their intervals, on what simulated panels give."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from coevo.report.figures.vega import Part, specification
from coevo.report.findings.study_tables import Study
from coevo.report.findings.theory_against_fit import strength_rows

FAR_WIDER = 10  # times the median width, from which an interval is cut
AIR = 0.06  # of the axis, beyond the outermost interval
BANDS = {"none": "$grid", "full": "$line"}  # ranges of simulated panels -> their colour
Limits = tuple[float, float]


def share_text(share: float, pattern: str = "{} %") -> str:
    """A share as per cent, never as all or nothing where it is not."""
    text = f"{share * 100:.0f}"
    if share < 1 and text == "100":
        return "> " + pattern.format(99)
    return "< " + pattern.format(1) if share > 0 and text == "0" else pattern.format(text)


def _far_wider(rows: pd.DataFrame) -> pd.Series:
    width = (rows["high"] - rows["low"]).replace(np.inf, np.nan)
    return width > FAR_WIDER * width.median()


def _limits(rows: pd.DataFrame) -> Limits:
    """Ends of an axis that holds zero and all finite ends of intervals, with some air."""
    finite = rows[["low", "estimate", "high"]].replace([-np.inf, np.inf], np.nan)
    low, high = min(0.0, finite.min(axis=None)), max(0.0, finite.max(axis=None))
    return low - AIR * (high - low), high + AIR * (high - low)


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
    ranges = [
        rows[["block", "label"]].assign(
            band=words[f"band_{name}"], low=part.iloc[:, 0], high=part.iloc[:, 1], tone=BANDS[name]
        )
        for name, part in ends.items()
    ]
    bands = pd.concat(ranges).dropna(subset=["low", "high"])
    bands = bands.assign(row=bands["block"] + "|" + bands["label"])
    rows = rows.assign(row=rows["block"] + "|" + rows["label"])
    rows[["from", "to"]] = rows[["low", "high"]].clip(*limits)
    rows["estimate"] = rows["estimate"].where(rows["estimate"].between(*limits))
    blocks = rows[["block", "title", "row"]].drop_duplicates()
    heads = blocks.drop_duplicates("block")[["block", "title"]].rename(columns={"block": "row"})
    parts = blocks.groupby("block", sort=False)["row"]
    order = [row for block, part in parts for row in (block, *part)]
    return specification(
        "strengths", study, words, {"rows": rows, "heads": heads, "bands": bands},
        title=words["strength"],
        limits=limits,
        order=order,
        height=27.0 * len(order),
    )  # fmt: skip


def _with_bands(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows whose estimate, low and high hold the ranges of simulated panels and 1 as well."""
    ends = [f"{name}_{end}" for name in BANDS for end in ("low", "high")]
    low, high = rows[["low", *ends]].min(axis=1), rows[["high", *ends]].max(axis=1)
    return pd.DataFrame({"low": low, "estimate": 1.0, "high": high})
