"""Theory against fit: where theory puts the equilibrium, and how strong the interaction is."""

import math
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from coevo.arrays import Row
from coevo.equilibria.against_theory import shares_years
from coevo.newreport.study import Reason, Study, least_and_largest
from coevo.sensitivity.specifications import EFFECTS
from coevo.strengths.strength_rows import PANEL, WEAKER

SIGNIFICANT = 0.05
FEW_NAMES = 5  # regions that a sentence names
OWN = "own"
# Simulated panels of one region at full strength, in the table `strength`.
ONE_REGION = {"design": "strength 1", "scope": "330000"}


@dataclass(frozen=True)
class TheoryFacts:
    """Theoretical points and strengths of interaction.

    verdict: that of both effects where it is the same, `mixed`, `no_slopes` where theory gives an
    equilibrium alone, `no_equilibrium`. points: rows of `theory` of the region in focus; spread:
    least and largest x1 and x2 over these; reasons: why there are none. by: `panel` or `own`, whose
    effects decide; b1, d: their rows of `strengths`; own: rows of the region in focus where the
    panel decides; other: the panel with the other effects; contrary: rows of other estimators with
    another verdict; regions: by effect in how many regions the own interval lies below 1, holds 0,
    and of how many; at_point: growth at the theoretical point beside mean growth, as yearly rates;
    in_sets: whether the sets of the own fit hold both theoretical coordinates, `x1`, `x2` or
    `neither`, "" without a fit; bounded: whether both sets are bounded; failed, of: region-years in
    which the calibration fails; without: names of regions without a point; most_excluded: the
    largest share of simulated panels of one region that exclude a strength of zero.
    """

    verdict: str
    points: list[Row] = field(default_factory=list)
    spread: dict[str, tuple[float, float]] = field(default_factory=dict)
    reasons: list[Reason] = field(default_factory=list)
    by: str = ""
    b1: Row | None = None
    d: Row | None = None
    own: list[Row] = field(default_factory=list)
    other: list[Row] = field(default_factory=list)
    contrary: list[Row] = field(default_factory=list)
    regions: dict[str, tuple[int, int, int]] = field(default_factory=dict)
    at_point: Row = field(default_factory=dict)
    in_sets: str = ""
    bounded: bool = False
    failed: int = 0
    of: int = 0
    without: list[str] = field(default_factory=list)
    most_excluded: float | None = None

    @property
    def measured(self) -> bool:
        """Whether strengths are estimated."""
        return self.b1 is not None

    @property
    def source(self) -> str:
        """What the point rests on: `purchases`, `share`, `given`, `cycle_mean` or ""."""
        return str(self.points[0]["source"]) if self.points else ""

    @property
    def other_agrees(self) -> bool:
        """Whether the panel with the other effects gives the same verdicts."""
        main = {"b1": self.b1, "d": self.d}
        return all(row["verdict"] == (main[row["effect"]] or {})["verdict"] for row in self.other)


@dataclass(frozen=True)
class ControlFacts:
    """An earlier mean as theory, held against the fit of later years.

    kind: `one` region, `many`, or `none`; point, moved: rows of the region in focus, at the point
    and 30 % further; rejected: in how many of `regions` joint p is below .05; by_chance: how many
    chance gives; names: some of these; inside: in how many the point lies within the later years;
    rows: least and largest number of growth rates.
    """

    kind: str
    point: Row = field(default_factory=dict)
    moved: Row = field(default_factory=dict)
    regions: int = 0
    rejected: int = 0
    by_chance: int = 0
    names: list[str] = field(default_factory=list)
    inside: int = 0
    rows: tuple[float, float] = (0, 0)


def theoretical_points(study: Study, **wanted: Any) -> pd.DataFrame:
    """Return rows of `theory` that have a point: by default of every region, beside its own fit."""
    fit = {"effects": "none", "estimator": [study.estimator, ""]}
    rows = study.rows("theory", **fit | wanted)
    return rows[rows["source"] != ""]


def main_effects(study: Study) -> str:
    """Return the effects of the pooled fit that decides: of years too where regions share years."""
    return EFFECTS[-1] if shares_years(study) else EFFECTS[0]


def strengths(study: Study, region: str = "") -> pd.DataFrame:
    """Return the rows of `strengths` of the main estimator for the panel and one region.

    The panel with the effects that decide comes first, then with the other ones, then the region;
    b1 before d, in the order of shares. Column `line`: `panel_region+year`, `panel_region`, `own`.
    """
    scopes = [PANEL, region or study.focus]
    rows = study.rows("strengths", estimator=study.estimator, scope=scopes)
    line = ("panel_" + rows["effects"]).mask(rows["effects"] == "none", OWN)
    order = [f"panel_{main_effects(study)}", *(f"panel_{of}" for of in EFFECTS), OWN]
    rows = rows.assign(line=line, place=line.map(order.index))
    return rows.sort_values(["place", "share", "effect"], kind="stable", ignore_index=True)


def facts(study: Study) -> TheoryFacts:
    """Return where theory puts the equilibrium of the focus, and how strong effects are."""
    points = theoretical_points(study, scope=study.focus)
    every = strengths(study)
    found: dict[str, Any] = _measured(study, every) if len(every) else {}
    found["without"] = list(study.rows("theory", source="")["name"])
    if points.empty:
        reasons = _reasons(study, "theory")
        return TheoryFacts(**{"verdict": "no_equilibrium"} | found | {"reasons": reasons})
    years = study.rows("equilibria", source="calibration").dropna(subset="year")
    main = points.iloc[0]
    found |= {
        "points": points.to_dict("records"),
        "spread": {x: least_and_largest(points[x]) for x in ("x1", "x2")},
        "reasons": _reasons(study, "strength"),
        "at_point": _growth_at_point(study, main, found.get("by", "")),
        "in_sets": _in_sets(main),
        "bounded": _sets_bounded(study),
        "failed": int(years["kind"].eq("fails").sum()),
        "of": len(years),
    }
    return TheoryFacts(**{"verdict": "no_slopes"} | found)


def _measured(study: Study, every: pd.DataFrame) -> dict[str, Any]:
    deciding = every[every["line"] == every["line"][0]].head(2)
    first = deciding.iloc[0]
    same_share = every["share"].eq(first["share"]) | every["share"].isna() & pd.isna(first["share"])
    rows = every[same_share]
    apart, own = rows["line"].ne(first["line"]), rows["line"].eq(OWN)
    verdicts = set(deciding["verdict"])
    of_one = study.rows("strength", **ONE_REGION)["none_excluded"]
    return {
        "verdict": verdicts.pop() if len(verdicts) == 1 else "mixed",
        "by": OWN if first["line"] == OWN else PANEL,
        **{row["effect"]: row for row in deciding.to_dict("records")},
        "own": rows[apart & own].to_dict("records"),
        "other": rows[apart & ~own].to_dict("records"),
        "contrary": _contrary(study, every),
        "regions": _by_region(study),
        "most_excluded": max(of_one, default=None) if own.any() else None,
    }


def _contrary(study: Study, main: pd.DataFrame) -> list[Row]:
    """Rows of other estimators whose verdict differs from that of the main one."""
    keys = ["scope", "effects", "effect", "share"]
    others = study.rows("strengths", scope=[PANEL, study.focus])
    others = others[others["estimator"] != study.estimator]
    joined = others.merge(main[[*keys, "verdict", "line"]], on=keys, suffixes=("", "_main"))
    rows: list[Row] = joined[joined["verdict"] != joined["verdict_main"]].to_dict("records")
    return rows


def _by_region(study: Study) -> dict[str, tuple[int, int, int]]:
    own = study.rows("strengths", effects="none", estimator=study.estimator)
    own = own[own["share"].isna() | own["share"].eq(own["share"].min())]
    counts = {}
    for effect, part in own.groupby("effect"):
        below, zero = part["high"] < 1, part["low"].le(0) & part["high"].ge(0)
        counts[str(effect)] = (int(below.sum()), int(zero.sum()), len(part))
    return {effect: found for effect, found in counts.items() if found[2] > 1}


def _growth_at_point(study: Study, main: pd.Series, by: str) -> Row:
    """Mean growth and growth at the theoretical points, as yearly rates, by the fit that decides.

    Of the panel means over the regions that take part; of one region its own; empty without a fit.
    """
    effects = main_effects(study) if by == PANEL else "none"
    rows = study.rows("theory", source=main["source"], estimator=study.estimator, effects=effects)
    rows = rows[rows["share"].eq(main["share"]) | rows["share"].isna() & pd.isna(main["share"])]
    if by == PANEL:
        taking_part = study.rows("strengths", effects="none", estimator=study.estimator)["scope"]
        rows = rows[rows["scope"].isin(taking_part)]
    else:
        rows = rows[rows["scope"] == study.focus]
    means = rows[["G1", "G2", "g1_mean", "g2_mean"]].mean().dropna()
    return {str(name): math.expm1(value) for name, value in means.items()}


def _in_sets(main: pd.Series) -> str:
    if not (main["effects"] and pd.notna(main["G1"])):
        return ""
    held = [x for x, column in (("x1", "in_set1"), ("x2", "in_set2")) if bool(main[column])]
    return "both" if len(held) == 2 else held[0] if held else "neither"


def _sets_bounded(study: Study) -> bool:
    rows = study.rows("equilibria", source="fit", model="classic", **study.focus_fit)
    return len(rows) > 0 and bool(rows[["x1_set", "x2_set"]].eq("interval").all(axis=None))


def _reasons(study: Study, quantity: str) -> list[Reason]:
    rows = study.rows("refusals", scope=study.focus, quantity=quantity, effects="none")
    return list(zip(rows["message"], rows["fields"], strict=True))


def growth_matters(theory: TheoryFacts) -> bool:
    """Return whether growth at the theoretical point is printed, as what the strengths mean."""
    return theory.verdict == WEAKER and bool(theory.at_point)


def control(study: Study) -> ControlFacts:
    """Return what an earlier mean, taken as theory, says of the later years."""
    rows = study.table("controls")
    if rows.empty:
        return ControlFacts("none")
    decisive = rows.groupby(["scope", "factor"], sort=False).tail(1)
    own = decisive[decisive["scope"] == study.focus].set_index("factor").to_dict("index")
    if study.single:
        return ControlFacts("one", own[1.0], own[1.3]) if own else ControlFacts("none")
    at_point = decisive[decisive["factor"] == 1]
    rejected = at_point[at_point["p_joint"] < SIGNIFICANT]
    return ControlFacts(
        kind="many",
        point=own.get(1.0, {}),
        moved=own.get(1.3, {}),
        regions=len(at_point),
        rejected=len(rejected),
        by_chance=max(1, round(SIGNIFICANT * len(at_point))),
        names=list(rejected["name"])[:FEW_NAMES],
        inside=int((at_point["inside1"].eq(True) & at_point["inside2"].eq(True)).sum()),
        rows=least_and_largest(at_point["n"]),
    )
