"""Theory against fit: where theory puts the equilibrium, and how strong the interaction is."""

import math
from typing import Any

import pandas as pd

from coevo.arrays import Row
from coevo.equilibria.against_theory import shares_years
from coevo.report.findings.study_tables import Reason, Study, least_and_largest
from coevo.sensitivity.specifications import EFFECTS
from coevo.strengths.strength_rows import PANEL, SLOPES, WEAKER

FAILS = "fails"
NO_EQUILIBRIUM, NO_SLOPES, MIXED = "no_equilibrium", "no_slopes", "mixed"
SEEN = 0.05  # joint p below which the control counts as rejected
NAMED = 5  # regions that a sentence names
ALONE = {"design": "strength 1", "scope": "330000"}  # simulated panels of one region


def theoretical_points(study: Study, **wanted: object) -> pd.DataFrame:
    """Rows of `theory` by the main estimator that have a point: by default those of every region,
    each once, beside its own fit.
    """
    fit = {"effects": "none", "estimator": [study.estimator, ""]}
    rows = study.rows("theory", **fit | wanted)
    return rows[rows["source"] != ""]


def yearly_rate(growth: float) -> float:
    """Growth a year as a share of the earlier figure, from growth in logarithms."""
    return math.expm1(growth)


def main_effects(study: Study) -> str:
    """The effects of the pooled fit that decides: those of years too where regions share years."""
    return EFFECTS[-1] if shares_years(study) else EFFECTS[0]


def told_strengths(study: Study) -> pd.DataFrame:
    """Rows of `strengths` that the report tells, by the main estimator.

    The panel with the effects that decide, then with the other ones, then the region in focus; b1
    before d, in order of shares. `line`: `panel_region+year`, `panel_region` or `own`; `scenario`:
    `share` where purchases are a share of sales, else `none`.
    """
    rows = study.rows("strengths", estimator=study.estimator, scope=[PANEL, study.focus])
    line = ("panel_" + rows["effects"]).mask(rows["effects"] == "none", "own")
    lines = [f"panel_{main_effects(study)}", *(f"panel_{of}" for of in EFFECTS), "own"]
    scenario = rows["share"].notna().map({True: "share", False: "none"})
    rows = rows.assign(line=line, place=line.map(lines.index), scenario=scenario)
    return rows.sort_values(["place", "share", "effect"], kind="stable", ignore_index=True)


def deciding_strengths(study: Study) -> pd.DataFrame:
    """The rows of both effects that decide: of the panel, or of the region in focus without one.

    Of several shares the first.
    """
    rows = told_strengths(study)
    return rows.iloc[:0] if rows.empty else rows[rows["line"] == rows["line"][0]].head(2)


def theory_fit_finding(study: Study) -> dict[str, Any]:
    """Values and verdicts of theory against fit.

    `verdict`: that of both effects where it is the same, `mixed`, `no_slopes` where theory gives an
    equilibrium alone, or `no_equilibrium`, with `reasons`. `by`: `panel` or `own`, whose effects
    decide; `b1`, `d`: their rows; `own`: rows of the region in focus, where the panel decides;
    `other`: the panel with the other effects, and whether its verdicts are the `same` or one
    `differs` (`apart`); `contrary`: rows of other estimators with another verdict. `points`: rows
    of `theory` by the own fit; `main`: the first; `spread`: least and largest of each coordinate;
    `sources`: the points by source; `at_point`, `sets`, `regions`: see the functions of these
    names; `pointless`: names of regions without a point; `held`: regions that take part; `failed`,
    `of`: years in which the calibration fails. Further keys say which sentences stand.
    """
    points = theoretical_points(study, scope=study.focus)
    deciding, pointless = deciding_strengths(study), study.rows("theory", source="")["name"]
    finding: dict[str, Any] = {"measured": False, "sources": {}, "slopes": "none"}
    finding["pointless"] = list(pointless)
    if len(deciding):
        finding |= _strengths(study, deciding)
    if points.empty:
        verdict = finding.get("verdict", NO_EQUILIBRIUM)
        return finding | {"verdict": verdict, "points": [], "reasons": _reasons(study, "theory")}
    years = study.rows("equilibria", source="calibration").dropna(subset="year")
    return (
        {"verdict": NO_SLOPES}
        | finding
        | {
            "moves": bool(len(deciding)),
            "points": points.to_dict("records"),
            "main": points.iloc[0],
            "spread": {x: least_and_largest(points[x]) for x in ("x1", "x2")},
            "sources": {name: part.to_dict("records") for name, part in points.groupby("source")},
            "at_point": _at_point(study, points.iloc[0], finding.get("by", "")),
            "growth": finding.get("verdict") == WEAKER,
            "sets": _sets(points.iloc[0]),
            "reasons": _reasons(study, "strength"),
            "failed": int(years["kind"].eq(FAILS).sum()),
            "of": len(years),
        }
    )


def _strengths(study: Study, deciding: pd.DataFrame) -> dict[str, Any]:
    by_effect = {row["effect"]: row for row in deciding.to_dict("records")}
    every, first = told_strengths(study), deciding.iloc[0]
    same_share = every["share"].eq(first["share"]) | every["share"].isna() & pd.isna(first["share"])
    rows, of_one = every[same_share], study.rows("strength", **ALONE)["none_excluded"]
    others = rows[rows["line"].ne(first["line"]) & rows["line"].ne("own")]
    own = rows[rows["line"].eq("own") & (first["line"] != "own")]
    verdicts = {row["verdict"] for row in by_effect.values()}
    differ = [
        row["effect"]
        for row in others.to_dict("records")
        if row["verdict"] != by_effect[row["effect"]]["verdict"]
    ]
    return {
        "verdict": verdicts.pop() if len(verdicts) == 1 else MIXED,
        "by": "own" if first["line"] == "own" else PANEL,
        **by_effect,
        "held": int(first["n"]),
        "own": own.to_dict("records"),
        "other": others.to_dict("records"),
        "apart": "differs" if differ else "same",
        "contrary": _contrary(study, every),
        "regions": _regions(study),
        "least": rows["least_seen"].notna().any() and not rows["none_excluded"].eq(True).all(),
        "hardly": max(of_one, default=None) if "own" in set(every["line"]) else None,
        "slopes": "calibrated",
        "estimate": "own" if first["line"] == "own" else PANEL,
        "in_focus": len(own) > 0,
        "beside": len(others) > 0,
        "carried": first["line"] != "own",
        "measured": True,
        "excluded": True,
        "caveats": True,
        "few": True,
    }


def _contrary(study: Study, main: pd.DataFrame) -> list[Row]:
    """Rows of other estimators whose verdict differs from that of the main one."""
    keys = ["scope", "effects", "effect", "share"]
    others = study.rows("strengths", scope=[PANEL, study.focus])
    others = others[others["estimator"] != study.estimator]
    joined = others.merge(
        main[[*keys, "verdict", "line", "scenario"]], on=keys, suffixes=("", "_main")
    )
    return list(joined[joined["verdict"] != joined["verdict_main"]].to_dict("records"))


def _regions(study: Study) -> dict[str, tuple[int, ...]]:
    """By effect, in how many regions the own interval lies below 1, holds 0, and of how many."""
    own = study.rows("strengths", effects="none", estimator=study.estimator)
    own = own[own["share"].isna() | own["share"].eq(own["share"].min())]
    return {
        effect: (
            int((part["high"] < 1).sum()),
            int((part["low"].le(0) & part["high"].ge(0)).sum()),
            len(part),
        )
        for effect, part in own.groupby("effect")
        if len(part) > 1
    }


def _at_point(study: Study, main: pd.Series, by: str) -> Row:
    """Mean growth and growth at the theoretical points by the fit that decides, as yearly rates.

    Of the panel means over the regions that take part; of one region its own; empty without a fit.
    """
    effects = main_effects(study) if by == PANEL else "none"
    fit = {"source": main["source"], "estimator": study.estimator, "effects": effects}
    rows = study.rows("theory", **fit)
    rows = rows[rows["share"].eq(main["share"]) | rows["share"].isna() & pd.isna(main["share"])]
    if by == PANEL:
        taking_part = study.rows("strengths", effects="none", estimator=study.estimator)["scope"]
        rows = rows[rows["scope"].isin(taking_part)]
    else:
        rows = rows[rows["scope"] == study.focus]
    columns = ["G1", "G2", "g1_mean", "g2_mean"]
    return {name: yearly_rate(value) for name, value in rows[columns].mean().dropna().items()}


def _sets(main: pd.Series) -> str:
    """Whether the sets of the own fit hold the theoretical coordinates: `both`, `x1`, `x2`,
    `neither`, or "" without a fit.
    """
    if not (main["effects"] and pd.notna(main["G1"])):
        return ""
    held = [x for x, column in (("x1", "in_set1"), ("x2", "in_set2")) if bool(main[column])]
    return "both" if len(held) == 2 else held[0] if held else "neither"


def _reasons(study: Study, quantity: str) -> list[Reason]:
    rows = study.rows("refusals", scope=study.focus, quantity=quantity, effects="none")
    return list(zip(rows["message"], rows["fields"], strict=True))


def control_finding(study: Study) -> dict[str, Any]:
    """What the control says: an earlier mean as theory, held against the fit of later years.

    `told`: `one` region, `many`, or `none`; `point`, `moved`: rows of the point and of one that is
    30 % higher, of the region in focus; `source`: `cycle_mean` or `first_half`; of many regions
    `rejected`: in how many joint p is below .05 by the errors that decide, of how many (`n`), and
    in how many `by_chance`; `names` of up to five of these beside the region in focus, `named`
    whether that is one of them (`focus`) or there are `others` alone, `whole` whether these are
    `all`, and `inside`: in how many the point lies within the later years.
    """
    rows = study.table("controls")
    if rows.empty:
        return {"told": "none"}
    decisive = rows.groupby(["scope", "factor"], sort=False).tail(1)
    own = decisive[decisive["scope"] == study.focus].set_index("factor").to_dict("index")
    at_point = decisive[decisive["factor"] == 1]
    rejected = at_point[at_point["p_joint"] < SEEN]
    is_focus = rejected["scope"] == study.focus
    rising = "rejected" if len(rejected) > 2 * SEEN * len(at_point) else "rising"
    is_inside = at_point["inside1"].eq(True) & at_point["inside2"].eq(True)
    finding = {
        "told": "one" if study.single else "many",
        "n": len(at_point),
        "rejected": len(rejected),
        "by_chance": max(1, round(SEEN * len(at_point))),
        "names": list(rejected.loc[~is_focus, "name"])[: NAMED - is_focus.any()],
        "named": "focus" if is_focus.any() else "others" if len(rejected) else "",
        "whole": "all" if len(rejected) <= NAMED else "some",
        "inside": int(is_inside.sum()),
        "placed": not study.single,
        "rows": least_and_largest(at_point["n"]),
        "errors": str(at_point["errors"].iloc[0]),
        "trend": "cycling" if 2 * len(at_point[is_inside]) > len(at_point) else rising,
    }
    if own:
        is_excluded = own[1.3]["p_joint"] < SEEN
        finding |= {"point": own[1.0], "moved": own[1.3], "source": own[1.0]["source"]}
        finding |= {"power": "excluded" if is_excluded else "hardly", "further": study.single}
    elif study.single:
        finding["told"] = "none"
    return finding


def strength_rows(study: Study) -> pd.DataFrame:
    """Strengths that a chart shows: both effects with interval, and the ranges at 1 and 0."""
    rows = told_strengths(study)
    effect = rows["effect"].map({name: i for i, name in enumerate(SLOPES)})
    return rows.assign(order=effect).sort_values(["order", "place", "share"], kind="stable")
