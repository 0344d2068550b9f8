"""Values with their intervals: coefficients, D under every combination of choices."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from coevo.equilibria.theory_rows import CANNOT_SAY, CONTRADICTED, MEAN
from coevo.report.figures import axes
from coevo.report.figures.bars import share_text
from coevo.report.figures.vega import Part, amount, specification
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
    tips = ["label estimator", "title effects", *shown]
    return _intervals("intervals", study, words, rows, limits, across, tips, picked="true")


def _limits(rows: pd.DataFrame) -> Limits:
    """Ends of an axis that holds zero and all finite ends of intervals, with some air."""
    finite = rows[["low", "estimate", "high"]].replace([-np.inf, np.inf], np.nan)
    low, high = min(0.0, finite.min(axis=None)), max(0.0, finite.max(axis=None))
    return low - AIR * (high - low), high + AIR * (high - low)


def _intervals(
    chart: str, study: Study, words: Mapping[str, str], rows: pd.DataFrame, within: Limits,
    across: Part, tips: list[str], **given: Any,
) -> Part:  # fmt: skip
    """Intervals within limits and their estimates, in blocks with titles, zero as a line. Looks are
    in the rows: tone, fill, strong.
    """
    rows = rows.assign(row=rows["block"] + "|" + rows["label"])
    rows[["from", "to"]] = rows[["low", "high"]].clip(*within)
    rows[["low", "high"]] = rows[["low", "high"]].replace([-np.inf, np.inf], np.nan)
    blocks = rows[["block", "title", "row"]].drop_duplicates()
    heads = blocks.drop_duplicates("block")[["block", "title"]].rename(columns={"block": "row"})
    parts = blocks.groupby("block", sort=False)["row"]
    order = [row for block, part in parts for row in (block, *part)]
    return specification(
        chart, study, words, {"rows": rows, "heads": heads}, **given,
        x=amount("from", **across),
        scale=across["scale"],
        order=order,
        tips=tips,
        height=27.0 * len(order),
    )  # fmt: skip


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
    ends = [{"expr": f"(limits[region] || [0, 1])[{i}]"} for i in (0, 1)]
    per_cent = [words["growth_at"], *shares[: int(known.any() and not study.single)]]
    below = {"title": " · ".join(per_cent), "tickCount": 5, "format": "~r", "grid": True}
    across = {"scale": axes.axis_scale(*ends), "axis": below}
    shown = ("estimate estimate .1f", "low low .1f", "high high .1f", "p_joint p .3f")
    tips = ["label estimator", *shown, "verdict verdict"]
    picked = f"datum.region == region || datum.region == '{MEAN}'"
    given = {"picked": picked, "limits": limits, "none": none}
    return _intervals("theory_growth", study, words, rows, EVERYTHING, across, tips, **given)


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
    depth = bands["line"].max() + 1
    x = axes.D_across(study.grades, limits, title)
    lines = axes.axis_scale(-0.5, depth - 0.5, reverse=True)
    y, scale = amount("line", scale=lines, axis=None), x["scale"]
    main = table.loc[table["main"].astype(bool), ["focus_D"]].round(4)
    drawn = {"main": main, "bands": bands, "heads": heads}
    height = STRIP * depth
    return specification("by_choice", study, words, drawn, x=x, y=y, scale=scale, height=height)


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
