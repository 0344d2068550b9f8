"""Strengths of interaction with their intervals, on what simulated panels give."""

import json

import numpy as np
import pandas as pd

from coevo.newreport.charts import parts
from coevo.newreport.charts.parts import Part, expression, layer, mark
from coevo.newreport.language import Language
from coevo.newreport.sections.theory import strengths as strength_rows
from coevo.newreport.study import Study
from coevo.strengths.strength_rows import PANEL, SLOPES

FAR_WIDER = 10  # times the median width, from which an interval does not widen the axis
AIR = 0.06  # of the axis, beyond the outermost interval
BANDS = {"none": "$grid", "full": "$line"}  # ranges of simulated panels -> their colour
BAND_ENDS = [f"{band}_{end}" for band in BANDS for end in ("low", "high")]
TIPS = "label fit, estimate strength .2f, low low .2f, high high .2f, verdict verdict"
HERE = {"filter": "!datum.region || datum.region == region"}  # the panel, and the region picked


def strengths(study: Study, language: Language) -> Part:
    """Return the strengths of both effects with their intervals: of the panel, and of the region
    that is picked; on bands of what panels at full strength and without interaction give.

    1 is the theory. A point is filled where full strength is excluded, and hollow where it is not.
    """
    by_region = {region: strength_rows(study, region) for region in study.drawn}
    ends = {region: _limits(rows) for region, rows in by_region.items()}
    rows = pd.concat(by_region.values()).drop_duplicates(["scope", "line", "share", "effect"])
    rows = _worded(study, language, rows)
    labels, order = dict(zip(rows["row"], rows["label"], strict=True)), []
    for effect in SLOPES:
        labels[effect] = language.term("charts", f"strength_{effect}")
        order += [effect, *dict.fromkeys(rows.loc[rows["effect"] == effect, "row"])]
    return parts.chart(
        {"rows": rows}, _layers(language, order), height=27.0 * len(order),
        paper=(parts.HALF, 180.0),
        params={"region": study.focus, "ends": ends, "labels": labels},
    )  # fmt: skip


def _limits(rows: pd.DataFrame) -> list[float]:
    """Return the ends of an axis that holds 0, 1, the bands and the intervals, but for those that
    are far wider than others.
    """
    width = rows["high"] - rows["low"]
    held = rows.loc[~(width > FAR_WIDER * width.median()), ["low", "high", *BAND_ENDS]]
    low, high = min(0.0, held.min(axis=None)), max(1.0, held.max(axis=None))
    air = AIR * (high - low)
    return [low - air, high + air]


def _worded(study: Study, language: Language, rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows with their place (row), label, verdict in words, and looks."""
    word = language.terms["charts"]
    shares = ["" if pd.isna(share) else language.percent(share) for share in rows["share"]]
    labels = []
    for line, share in zip(rows["line"], shares, strict=True):
        told = [word[f"line_{line}"]] if not (share and study.single) else []
        labels.append(", ".join(told + ([word["at_share"].format(share=share)] if share else [])))
    rows = rows.assign(
        region=rows["scope"].mask(rows["scope"] == PANEL, ""),
        row=rows["effect"] + "/" + rows["line"] + "/" + shares,
        label=labels,
        estimate=rows["strength"],
        verdict=rows["verdict"].map(word),
        fill=np.where(rows["full_excluded"].eq(True), "$ink", "$bg"),
        strong=np.where(rows["line"] == rows["line"].iloc[0], 3, 1.6),
    ).sort_values(["place", "share"], kind="stable")
    columns = "region name row label share effect estimate low high verdict fill strong".split()
    return rows[[*columns, *BAND_ENDS]]


def _layers(language: Language, order: list[str]) -> list[Part]:
    low_end, high_end = (expression(f"ends[region][{end}]") for end in (0, 1))
    title = language.term("charts", "strength")
    axis = {"title": title, "tickCount": 5, "format": "~r", "grid": True}
    is_head = "indexof(datum.value, '/') < 0"
    looks = {"labelLimit": 180, "minExtent": 90, "labelExpr": "labels[datum.value]"}
    for look, head, other in (("FontWeight", "bold", "normal"), ("Color", "$muted", "$ink")):
        condition = {"test": is_head, "value": head}
        looks[f"label{look}"] = {"condition": condition, "value": other}
    y = parts.text("row", sort=order, scale={"domain": order}, axis={"title": None, **looks})

    def across(low: str, high: str) -> Part:
        return {"x": parts.spanning(low, low_end, high_end, axis), "x2": {"field": high}, "y": y}

    tip = {"tooltip": parts.tips(language, TIPS)}
    width, size = (parts.number(field, scale=None) for field in ("strong", "area"))
    point = {"x": parts.spanning("estimate", low_end, high_end, axis), "y": y, "size": size, **tip}
    point["fill"] = parts.itself("fill")
    rule = mark("rule", color="$ink", strokeWidth=1)
    dot = mark("point", opacity=1, color="$ink", clip=True)
    bands = []
    for name, tone in BANDS.items():
        lines = f"band band, {name}_low low .2f, {name}_high high .2f"
        band = across(f"{name}_low", f"{name}_high") | {"tooltip": parts.tips(language, lines)}
        word = json.dumps(language.term("charts", f"band_{name}"))
        stroke = mark("rule", strokeWidth=11, color=tone, clip=True)
        bands.append(layer("rows", stroke, band, HERE, parts.calculated("band", word)))
    interval = across("low", "high") | {"strokeWidth": width, **tip}
    return [
        *bands,
        layer("", rule, {"x": {"datum": 0}}),
        layer("", rule | {"strokeDash": [4, 3]}, {"x": {"datum": 1}}),
        layer("rows", mark("rule", color="$ink", clip=True), interval, HERE),
        layer("rows", dot, point, HERE, parts.calculated("area", "36 * datum.strong")),
    ]
