"""Values with their intervals: coefficients, D under every combination of choices."""

from collections.abc import Iterable, Mapping
from functools import partial

import numpy as np
import pandas as pd

from coevo.equilibria.theory_rows import CANNOT_SAY, CONTRADICTED, MEAN
from coevo.report.figures import LOOKS, axes, vega
from coevo.report.figures.bars import share_text
from coevo.report.figures.lines import PICKED, region_of
from coevo.report.figures.vega import Part
from coevo.report.findings.interaction import slope_intervals
from coevo.report.findings.localised import variant_word
from coevo.report.findings.study_tables import Study
from coevo.report.findings.theory_against_fit import growth_rows
from coevo.sensitivity.choices import CHOICES

AIR = 0.06  # of the axis, beyond the outermost interval
STRIP = 17.0  # pixels of a variant's row
ABOVE = 0.4  # of a row, above the name of a choice
EVERYTHING = (-np.inf, np.inf)
Limits = tuple[float, float]
NAME = 26  # letters of a variant's name that stand beside its row; its tip holds all


def _coefficient(study: Study, words: Mapping[str, str], parameter: str) -> Part:
    """Intervals of one coefficient: hollow for region effects, filled for region and year.

    An end that is not there lies at the edge.
    """
    rows = slope_intervals(study, parameter)
    head = (rows["estimator"] == study.estimator) & (rows["effects"] == rows["effects"].iloc[-1])
    hollow = rows["effects"].eq("region")
    rows = rows.assign(
        block=rows["effects"],
        label=rows["estimator"].map(partial(variant_word, words, "estimator")),
        title=rows["effects"].map(lambda effects: words[f"effects_{effects}"]),
        tone=np.where(hollow, "$muted", "$ink"),
        fill=np.where(hollow, "$bg", "$ink"),
        strong=np.where(head, 3, 1.6),
    )
    limits = _limits(rows)
    below = axes.axis(words[f"axis_{parameter}"], axes.ticks(*limits, 4), titleAnchor="end")
    across = {"scale": axes.axis_scale(*limits), "axis": below}
    shown = ("estimate estimate .4f", "low low .4f", "high high .4f")
    tips = vega.tips(words, "label estimator", "title effects", *shown)
    return vega.specification(*_intervals(rows, limits, across, tips))


def _limits(rows: pd.DataFrame) -> Limits:
    """Ends of an axis that holds zero and all finite ends of intervals, with some air."""
    finite = rows[["low", "estimate", "high"]].replace([-np.inf, np.inf], np.nan)
    low, high = min(0.0, finite.min(axis=None)), max(0.0, finite.max(axis=None))
    return low - AIR * (high - low), high + AIR * (high - low)


def _intervals(
    rows: pd.DataFrame, limits: Limits, across: Part, tips: list[Part], tests: Iterable[str] = ()
) -> tuple[list[Part], float]:
    """Layers of intervals inside the limits and of their estimates, in blocks with titles, zero as
    a line; and their height. Looks are in the rows: tone, fill, strong.
    """
    rows = rows.assign(row=rows["block"] + "|" + rows["label"])
    rows[["from", "to"]] = rows[["low", "high"]].clip(*limits)
    rows[["low", "high"]] = rows[["low", "high"]].replace([-np.inf, np.inf], np.nan)
    blocks = rows[["block", "title", "row"]].drop_duplicates()
    heads = blocks.drop_duplicates("block")[["block", "title"]].rename(columns={"block": "row"})
    parts = blocks.groupby("block", sort=False)["row"]
    order = [row for block, part in parts for row in (block, *part)]
    look = LOOKS["interval_names"]
    y = vega.category("row", sort=order, scale={"domain": order}, axis=look)
    at = {"y": y, "color": vega.paint("tone"), "tooltip": tips}
    span = {
        **at, "x": vega.amount("from", **across), "x2": {"field": "to"},
        "strokeWidth": vega.amount("strong", scale=None),
    }  # fmt: skip
    dot = {
        **at, "x": vega.amount("estimate", scale=across["scale"]), "fill": vega.paint("fill"),
        "size": vega.amount("area", scale=None),
    }  # fmt: skip
    title = {"align": "right", "dx": -6, "fontWeight": "bold", "color": "$muted"}
    layers = [
        axes.line_at("x", 0, color="$ink", strokeWidth=1),
        vega.mark("rule", rows, span, tests=tests),
        vega.mark("point", rows, dot, tests=tests, also={"area": "36 * datum.strong"}, opacity=1),
        vega.text("title", heads, {"x": vega.pixels(0), "y": y}, **title),
    ]
    return layers, 27.0 * len(order)


coefficient_b1, coefficient_d = (partial(_coefficient, parameter=name) for name in ("b1", "d"))


def theory_growth(study: Study, words: Mapping[str, str]) -> Part:
    """Growth of x1 and of x2 by the fitted equations at the theoretical point, in % a year: of the
    region picked, on axes of its own range, and the means over regions.

    Filled and heavy where the point is contradicted, hollow where nothing can be said.
    """
    rows = growth_rows(study)
    rows = rows[rows["scope"].isin([*study.drawn, MEAN])].rename(columns={"scope": "region"})
    verdict, known = rows["verdict"], rows["share"].notna()
    contradicted = verdict == CONTRADICTED
    shares = [
        words["at_share"].format(share=share_text(share, words["percent"]))
        for share in rows["share"]
    ]
    rows[["estimate", "low", "high"]] *= 100
    rows = rows.assign(
        block=rows["output"],
        title=rows["output"].map({x: words[f"growth_{x}"] for x in ("x1", "x2")}),
        label=("line_" + rows["line"]).map(words).mask(known & study.single, shares),
        verdict=verdict.map(words),
        tone=np.where(contradicted, "$ink", "$muted"),
        fill=np.select([contradicted, verdict == CANNOT_SAY], ["$ink", "$bg"], "$muted"),
        strong=np.where(contradicted, 3, 1.6),
    )
    of = {r: rows[rows["region"].isin([r, MEAN])] for r in study.drawn}
    limits = {region: _limits(part) for region, part in of.items() if len(part)}
    none = {r: words["theory_missing"] for r, part in of.items() if r not in set(part["region"])}
    params = [
        region_of(study),
        {"name": "limits", "value": limits},
        {"name": "none", "value": none},
    ]
    ends = [vega.computed(f"(limits[region] || [0, 1])[{i}]") for i in (0, 1)]
    per_cent = [words["growth_at"], *shares[: int(known.any() and not study.single)]]
    below = {"title": " · ".join(per_cent), "tickCount": 5, "format": "~r", "grid": True}
    across = {"scale": {"domain": ends, "nice": False, "zero": False}, "axis": below}
    shown = ("estimate estimate .1f", "low low .1f", "high high .1f", "p_joint p .3f")
    tips = vega.tips(words, "label estimator", *shown, "verdict verdict")
    picked = (f"{PICKED[0]} || datum.region == '{MEAN}'",)
    layers, height = _intervals(rows, EVERYTHING, across, tips, picked)
    title = {"text": vega.computed("none[region] || ''")}
    return vega.specification(layers, height, params, title=title)


def by_choice(study: Study, words: Mapping[str, str]) -> Part:
    """D of the focus under every combination of choices: a band for each variant of a choice.

    Light: all of its combinations; dark: the middle half; dot: the mean. Vertical line: the study.
    Behind the name of a choice the share of the variance that it accounts for alone.
    """
    table = study.tables["multiverse"].dropna(subset="focus_D")
    shares = study.tables["sensitivity"].query("outcome == 'focus_D'").set_index("choice")
    heads, bands = _choices(table, shares["first_order"], words)
    limits = axes.tenths_around(table["focus_D"])
    title = words["D_of"].format(region=study.name(study.focus), year=study.years[-1])
    scale, depth = axes.axis_scale(*limits), bands["line"].max() + 1
    below = axes.axis(title, axes.grade_ticks(study.grades, limits))
    y = vega.amount("line", scale=axes.axis_scale(-0.5, depth - 0.5, reverse=True), axis=None)
    main_D = table.loc[table["main"].astype(bool), ["focus_D"]].round(4)
    shown = ("name choice", "D mean .3f", "low low .3f", "high high .3f")
    at: Part = {"y": y, "tooltip": vega.tips(words, *shown)}
    mean = {**at, "color": vega.paint(), "x": vega.amount("D", scale=scale, axis=below)}
    spans = [
        vega.mark(
            "rule", bands, {**at, "x": vega.amount(low, scale=scale), "x2": {"field": high}},
            color=colour, strokeWidth=9,
        )
        for low, high, colour in (("low", "high", "$grid"), ("lower", "upper", "$line"))
    ]  # fmt: skip
    beside: Part = {"align": "right", "fontSize": 10.5}
    names: Part = {"y": y, "x": vega.pixels(0)}
    ink, line = {**names, "color": vega.paint()}, {"x": vega.amount("focus_D", scale=scale)}
    layers = [
        vega.mark("rule", main_D, line, color="$focus", strokeWidth=1),
        *spans,
        vega.mark("point", bands, mean, filled=True, size=48, opacity=1),
        vega.text("text", bands, {**mean, "x": vega.pixels("width + 32")}, **beside),
        vega.text("name", heads, names, dx=-8, color="$muted", fontWeight="bold", **beside),
        *(
            vega.text("short", bands, ink, tests=(test,), dx=-8, fontWeight=weight, **beside)
            for test, weight in (("datum.used", "bold"), ("!datum.used", "normal"))
        ),
    ]  # fmt: skip
    return vega.specification(layers, STRIP * depth)


def _choices(
    table: pd.DataFrame, shares: Mapping[str, float], words: Mapping[str, str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Lines of the choices and of their variants, the study's own first, counted from the top with
    a little air above each choice. A choice with one variant has no line.
    """
    main_rows = table[table["main"].astype(bool)]
    heads, bands, line = [], [], 0.0
    for choice in CHOICES:
        parts = table.groupby(choice)["focus_D"]
        if len(parts) < 2:
            continue
        name = words[f"choice_{choice}"]
        if choice in shares:
            share = share_text(shares[choice], words["percent"])
            name = words["choice_share"].format(choice=name, share=share)
        heads.append({"line": line, "name": name})
        for variant in dict.fromkeys([*main_rows[choice], *table[choice]]):
            D, used = parts.get_group(variant), variant in set(main_rows[choice])
            line, label = round(line + 1, 1), variant_word(words, choice, variant)
            ends = D.quantile([0, 0.25, 0.75, 1]).round(4)
            band = {
                "line": line,
                "name": label,
                "short": label if len(label) <= NAME else label[: NAME - 1] + "…",
                "used": used,
                "colour": "$focus" if used else "$ink",
                **dict(zip(("low", "lower", "upper", "high"), ends, strict=True)),
                "D": round(D.mean(), 4),
                "text": f"{D.mean():.2f}",
            }
            bands.append(band)
        line = round(line + 1 + ABOVE, 1)
    return pd.DataFrame(heads), pd.DataFrame(bands)
