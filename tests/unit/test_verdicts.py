"""Verdicts of every section: the change of tables that gives each, and the phrases that it chooses.

What a phrase says of a direction is held in `directions.csv`. A world takes one verdict of each
section; all of them are rendered in every language without a contradiction or a gap.
"""

import re
from collections import defaultdict
from collections.abc import Callable
from functools import cache, reduce
from operator import getitem
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from coevo.coupling.grade_scales import GRADES
from coevo.files import as_table
from coevo.messages import packed
from coevo.report.findings import all_findings
from tests.said import Report, line, reported
from tests.small_study import (
    COUNT,
    FOCUS,
    NAMES,
    Tables,
    config,
    covered,
    put,
    refused,
    stated,
    study,
    tables,
    unestimated,
    unplaced,
    without,
    words_of,
)

LANGUAGES = ("en", "zh")
FIRST, LAST = config()["years"].values()
MOST, LESS, LEAST = (GRADES["ten"].labels[i] for i in (7, 6, 5))

Change = Callable[[Tables], Tables]
Verdict = tuple[Change, str]  # and what findings then are: `finding.key=value ...`


def same(made: Tables) -> Tables:
    return made


def together(*changes: Change) -> Change:
    return lambda made: reduce(lambda tables, change: change(tables), changes, made)


# --- far, step, what D measures -----------------------------------------------------------


def fell(count: int) -> Change:
    """D of `count` regions starts high and so falls, that of the focus region last."""

    def change(made: Tables) -> Tables:
        falling = sorted(NAMES, key=FOCUS.__eq__)[:count]
        first = {"region": falling, "year": FIRST}
        return put(made, "coupling", first, D=0.99, grade=GRADES["ten"].labels[9])

    return change


def ended(D: float) -> Change:
    """D of the focus region is 0.5 in the first year, and in the last one as given."""

    def change(made: Tables) -> Tables:
        made = put(made, "coupling", {"region": FOCUS, "year": FIRST}, D=0.5)
        return put(made, "coupling", {"region": FOCUS, "year": LAST}, D=D)

    return change


def correlated(value: float | None, p: float) -> Change:
    """The correlation within regions and years, 0.05 by chance, has a value or is not there."""

    def change(made: Tables) -> Tables:
        deepest = {"scope": "within_regions_and_years"}
        if value is None:
            return made | {"comovement": without(made["comovement"], **deepest)}
        for measure, number in {
            "correlation_lnU": value,
            "placebo_p": p,
            "placebo_mean": 0.05,
        }.items():
            of = {} if measure == "correlation_lnU" else {"of": "correlation_lnU"}
            made = put(made, "comovement", deepest | of | {"measure": measure}, value=number)
        return made

    return change


def shares(T: float | None) -> Change:
    """T makes a share of the variance of ln D; None: ln D does not vary."""

    def change(made: Tables) -> Tables:
        own = {"measure": "variance_share"}
        if T is None:
            return put(made, "level", own, value=np.nan, message="constant_D")
        made = put(made, "level", own | {"scope": "T"}, value=T)
        return put(made, "level", own | {"scope": "C"}, value=1 - T)

    return change


def split(factor: float | None) -> Change:
    """Contributions to growth times a factor; None: no step of D could be split."""

    def change(made: Tables) -> Tables:
        table = made["growth_split"]
        if factor is None:
            return made | {"growth_split": table.iloc[:0]}
        return made | {"growth_split": table.assign(contribution=factor * table["contribution"])}

    return change


FAR: list[Verdict] = [
    (same, "far.verdict=all"), (fell(1), "far.verdict=most"), (fell(5), "far.verdict=some"),
    (fell(COUNT), "far.verdict=none far.focus.move=fell"), (ended(0.4), "far.focus.move=fell"),
    (ended(0.5), "far.focus.move=stayed"), (ended(0.6), "far.focus.move=rose"),
]  # fmt: skip
STEP: list[Verdict] = [
    (correlated(0.05, 1.0), "step.verdict=none step.body=placed"),
    (correlated(0.4, 0.01), "step.verdict=beyond"),
    (correlated(-0.4, 0.01), "step.verdict=opposite"),
    (lambda made: made | unplaced(), "step.verdict=unplaced step.body=unplaced"),
    (correlated(None, 1.0), "step.verdict=uncomputed step.body=uncomputed"),
]
MEASURES: list[Verdict] = [
    (shares(0.97), "measures.verdict=level"), (shares(0.7), "measures.verdict=mostly_level"),
    (shares(0.05), "measures.verdict=balance"), (shares(None), "measures.verdict=none"),
]  # fmt: skip
GROWTH: list[Verdict] = [
    (split(1.0), "growth.verdict=rose"), (split(-1.0), "growth.verdict=fell"),
    (split(0.0), "growth.verdict=stayed"), (split(None), "growth.verdict=none"),
]  # fmt: skip

# --- what page one says of a headline, through every choice --------------------------------


def held(headline: str, verdict: str, agree: int = 100, message: str = "") -> Change:
    """A headline has a verdict; `agree` of 144 combinations say it; a message refuses it."""

    def change(made: Tables) -> Tables:
        rows = {"headline": headline}
        return put(
            made, "headlines", rows, verdict=verdict, agree=agree, combinations=144, message=message
        )

    return change


def through(headline: str, *keys: str) -> list[Verdict]:
    """What the tables hold of a headline, by each key of its finding."""
    changes = {
        "mostly": ("depends_on_choices", 100), "partly": ("depends_on_choices", 40),
        "refused": ("cannot_be_decided", 0, "no_level"),
    }  # fmt: skip
    return [
        (held(headline, *changes.get(key, (key,))), f"through.{headline}.key={key}") for key in keys
    ]


HELD = ("supported", "mostly", "partly", "cannot_be_decided", "not_supported", "refused")
THROUGH = {
    headline: through(headline, *HELD)
    for headline in (
        "gap_narrowed", "level_over_balance", "follows_product_per_head", "systems_in_step"
    )
}  # fmt: skip

# --- where -----------------------------------------------------------------------------------


def regional(*rows: dict[str, Any]) -> Change:
    """Rows of `regional` in place of those of their statistics; without a year of both ends."""

    def change(made: Tables) -> Tables:
        table, years = made["regional"], made["coupling"]["year"]
        ends = [{"year": years.min()}, {"year": years.max()}]
        new = [
            {"of": "D", "scope": "all", "name": "all"} | end | row
            for row in rows
            for end in (ends if "year" not in row else [{}])
        ]
        frame = as_table("regional", new)
        gone = pd.Series(False, index=table.index)
        for statistic, of in {(row["statistic"], row["of"]) for row in new}:
            gone |= table["statistic"].eq(statistic) & table["of"].eq(of)
        return made | {"regional": pd.concat([table[~gone], frame], ignore_index=True)}

    return change


def ends_of(statistic: str, first: float, last: float) -> list[dict[str, Any]]:
    values = {FIRST: first, LAST: last}
    return [{"statistic": statistic, "year": y, "value": v, "n": COUNT} for y, v in values.items()]


def spread(ratio: float, p: float) -> Change:
    row = {"statistic": "sd_ln_ratio", "year": LAST, "value": ratio, "p": p, "n": COUNT}
    return regional(*ends_of("sd_ln", 0.2, 0.2 * ratio), row)


def grew(own: float, check: float | None) -> Change:
    """Slopes of growth on its start, with intervals of 0.02 on either side; None: refused."""
    known = {"beta": own, "beta_given_level": own} | (
        {} if check is None else {"beta_check": check}
    )
    rows = [
        {"statistic": name + error, "year": LAST, "value": b, "low": b - half, "high": b + half}
        for name, b in known.items()
        for error, half in (("", 0.02), ("_conley", 0.01))
    ]
    lost = [
        {"statistic": f"beta_check{error}", "year": LAST, "message": "one_group"}
        for error in ("", "_conley")
    ]
    return regional(*rows, *(lost if check is None else []))


def independent(value: float | None, p: float = 0.5) -> Change:
    """Moran's I of the residuals of growth and its p; None: refused."""
    found = {"message": "no_neighbours"} if value is None else {"value": value, "p": p}
    where = {"statistic": "beta_residual_moran", "year": LAST, "expected": -0.4, "critical": 0.3}
    return regional(where | found)


def local(*clusters: str) -> Change:
    """Quadrants of the first regions; the others have none."""
    places = [*clusters, *[""] * (len(NAMES) - len(clusters))]
    parts = zip(NAMES.items(), places, strict=True)
    rows = [
        {"statistic": "local_moran", "scope": region, "name": name, "value": 0.5, "cluster": place}
        for (region, name), place in parts
    ]
    return regional(*rows)


def alike(plain: tuple[float, float] | None, level: tuple[float, float] | None) -> Change:
    """Moran's I and its p, of D and of D with the level taken out; None: refused."""
    least = {"expected": -0.125, "critical": 0.35, "n": 9}
    rows = []
    for of, found, why in (("D", plain, "no_neighbours"), ("level_adjusted", level, "no_level")):
        kept = {"message": why} if found is None else dict(zip(("value", "p"), found, strict=True))
        rows.append({"of": of, "statistic": "moran"} | kept | (least if found else {}))
    return regional(*rows)


GAP: list[Verdict] = [
    (spread(0.7, 0.01), "where.verdict=narrowed"), (spread(1.4, 0.01), "where.verdict=widened"),
    (spread(0.9, 0.2), "where.verdict=unclear"),
    (regional({"statistic": "sd_ln_ratio", "year": LAST, "message": "no_variation"}),
     "where.verdict=none"),
]  # fmt: skip
SPREAD: list[Verdict] = [
    (regional(*ends_of("sd", 0.1, last)), f"where.spread={verdict}")
    for last, verdict in ((0.09, "fell"), (0.1, "none"), (0.11, "rose"))
]
CAUGHT: list[Verdict] = [
    (grew(-0.06, -0.05), "where.growth.verdict=caught_up where.growth.slope=caught_up"),
    (grew(-0.06, -0.01), "where.growth.verdict=regression where.growth.slope=regression"),
    (grew(-0.06, None), "where.growth.verdict=regression where.growth.slope=unchecked"),
    (grew(0.06, 0.05), "where.growth.verdict=fell_behind where.growth.slope=fell_behind"),
    (grew(0.01, 0.01), "where.growth.verdict=unclear where.growth.slope=unclear"),
    (regional({"statistic": "beta", "year": LAST, "message": "zero_D",
               "fields": packed({"cases": 1})}), "where.growth.slope=none"),
]  # fmt: skip
NEIGHBOURS: list[Verdict] = [
    (alike(plain, level), f"where.neighbours.verdict={own} where.level.verdict={taken_out}")
    for plain, level, own, taken_out in (
        ((0.4, 0.01), (0.25, 0.01), "alike", "alike"),
        ((0.4, 0.01), (0.1, 0.3), "alike", "unrelated"),
        ((-0.4, 0.01), (-0.6, 0.01), "unlike", "unlike"),
        ((0.15, 0.3), None, "unrelated", "none"),
    )
] + [(alike(None, None), "where.neighbours.verdict=none")]
RESIDUALS: list[Verdict] = [  # in the order of growth, which the fourth world does not have
    (independent(value, p), f"where.residuals.verdict={verdict}")
    for value, p, verdict in (
        (0.6, 0.01, "alike"), (-0.9, 0.01, "unlike"), (-0.4, 1.0, "unrelated"), (None, 0, "none"),
    )
]  # fmt: skip
LOCAL: list[Verdict] = [
    (local(), "where.local.verdict=nobody"),
    (local("low_high", "low_low"), "where.local.verdict=some"),
]

# --- how sure ------------------------------------------------------------------------------


def graded(*grades: str, main: int = 0) -> Change:
    """The combinations of choices give these grades; the study's own is the one at `main`."""

    def change(made: Tables) -> Tables:
        table = made["multiverse"].head(len(grades))
        own = [i == main for i in range(len(grades))]
        return made | {"multiverse": table.assign(focus_grade=grades, main=own)}

    return change


def ungraded(made: Tables) -> Tables:
    nothing = {"focus_grade": "", "focus_D": np.nan, "focus_rank": np.nan}
    return made | {"multiverse": made["multiverse"].assign(**nothing)}


def driven(*rows: tuple[str, float, float]) -> Change:
    """First-order and total shares of choices in the variance of D of the focus."""

    def change(made: Tables) -> Tables:
        table = pd.DataFrame(rows, columns=["choice", "first_order", "total"])
        return made | {"sensitivity": table.assign(outcome="focus_D")}

    return change


ROBUST: list[Verdict] = [
    (graded(*[MOST] * most, *[LESS] * (100 - most), main=main),
     f"robustness.verdict={verdict} robustness.own={own} robustness.n=100")
    for most, main, verdict, own in (
        (100, 0, "every", "own"), (96, 0, "robust", "own"), (95, 99, "robust", "other"),
        (94, 0, "mostly", "own"), (67, 99, "mostly", "other"), (66, 0, "split", "own"),
    )
] + [(ungraded, "robustness.verdict=none")]  # fmt: skip
DRIVES: list[Verdict] = [
    (driven(("form", 0.5, 0.7), ("range", 0.3, 0.3)), "robustness.drives.verdict=one"),
    (driven(("form", 0.3, 0.4), ("weighting", 0.49, 0.5)), "robustness.drives.verdict=several"),
    (driven(("form", 0.009, 0.9)), "robustness.drives.verdict=together"),
    (driven(), "robustness.drives.verdict=none"),
]

# --- two populations ----------------------------------------------------------------------

INTERVALS = {  # of b1 and d
    "supply": ((0.1, 0.3), (0.1, 0.3)),
    "neither": ((-0.1, 0.3), (-0.2, 0.2)),
    "one": ((0.1, 0.3), (-0.2, 0.2)),
    "other": ((0.1, 0.3), (-0.3, -0.1)),
}


def slopes(effects: str, pattern: str) -> Change:
    def change(made: Tables) -> Tables:
        for parameter, (low, high) in zip(("b1", "d"), INTERVALS[pattern], strict=True):
            rows = {"effects": effects, "parameter": parameter}
            made = put(made, "parameters", rows, low=low, high=high)
        return made

    return change


def judged(
    relation: str, weak: str, strong: str, strength: float = 20.0, **effects: float
) -> Change:
    """What the rule and feedback say; the least first-stage F; effects by estimator."""

    def change(made: Tables) -> Tables:
        verdicts = {"relation": relation, "feedback_weak": weak, "feedback_strong": strong}
        for question, verdict in verdicts.items():
            rows = {"question": question, "period": ""}
            made = put(made, "verdicts", rows, verdict=verdict)
        made = put(made, "checks", {"check": "first_stage_F"}, value=strength, limit=10.0)
        for quantity, value in effects.items():
            made = put(made, "relations", {"quantity": quantity, "period": ""}, value=value)
        return made

    return change


def counted(agree: int, *uncounted: str) -> Change:
    """So many fits of the study's own pair show the pattern; counts of these pairs have no p."""

    def change(made: Tables) -> Tables:
        own = {"count": "supply", "pair": "main"}
        made = put(made, "specification_counts", own, agree=agree, p=0.03)
        why = {"message": "too_few_years_to_permute", "fields": packed({"years": 3, "least": 4})}
        return put(made, "specification_counts", {"pair": list(uncounted)}, p=np.nan, **why)

    return change


AT_FIRST: list[Verdict] = [(slopes("region", pattern), "") for pattern in INTERVALS]
THEN: list[Verdict] = [
    (slopes("region+year", pattern), f"interaction.headline={headline}")
    for pattern, headline in (
        ("neither", "undecided"), ("supply", "supply"), ("one", "undecided"), ("other", "other")
    )
]  # fmt: skip
SAME_SIGNS = {"A12_fod_iv": 0.01, "A12_lag": 0.02, "A21_fod_iv": 0.3, "A21_lag": 0.4}
OPPOSITE_SIGNS = SAME_SIGNS | {"A12_fod_iv": -0.01}
RELATION: list[Verdict] = [
    (judged("undetermined", "yes", "no", strength=1.6),
     "relation.headline=undetermined relation.why=weak feedback.verdict=decided"),
    (judged("undetermined", "no", "undecidable", **OPPOSITE_SIGNS),
     "relation.headline=undetermined relation.why=signs feedback.verdict=decided"),
    (judged("undetermined", "undecidable", "undecidable", **SAME_SIGNS),
     "relation.headline=undetermined relation.why=size feedback.verdict=undecidable"),
    (judged("competition", "yes", "yes"),
     "relation.verdict=competition relation.headline=named feedback.strong=yes"),
    (judged("predator_prey", "no", "no"),
     "relation.verdict=predator_prey feedback.weak=no feedback.strong=no"),
]  # fmt: skip
SURVIVAL: list[Verdict] = [
    (counted(3), "survival.all.region.agree=3 survival.chance=told"),
    (counted(2, "wages"), "survival.all.region.agree=2 survival.chance=some"),
    (counted(3, "main", "wages", ""), "survival.chance=refused survival.all.region.chance=refused"),
]

# --- equilibria ---------------------------------------------------------------------------


def sets(x1: str, x2: str, low: float = 100.0, located: bool = False) -> Change:
    """The focus region's own fit has sets of these kinds, from `low` to 987 where bounded."""

    def change(made: Tables) -> Tables:
        own = {"source": "fit", "effects": "none", "scope": FOCUS}
        ends = {f"{x}_{end}": v for x in ("x1", "x2") for end, v in (("low", low), ("high", 987.0))}
        kinds = {"x1_set": x1, "x2_set": x2}
        return put(made, "equilibria", own, **kinds, **ends, x1=654.0, located=located)

    return change


def unfitted(made: Tables) -> Tables:
    """The focus region has no fit of its own."""
    return made | unestimated(FOCUS, made["coupling"]["region"].nunique())


def pointless(made: Tables) -> Tables:
    """Theory gives the focus region no point, nor the mean over regions."""
    rows = without(made["theory"], scope=[FOCUS, "mean"])
    why = {"quantity": "theory", "message": "calibration_never_holds"}
    return made | {"theory": rows, "refusals": refused(FOCUS, "", **why)}


def given(made: Tables) -> Tables:
    return made | {"theory": stated(50.0, 200.0)["theory"]}


def told(own: str, mean: str = "not_contradicted", **changed: float) -> Change:
    """Theory against fit with the verdict of the region in focus, and of the mean."""

    def change(made: Tables) -> Tables:
        made = put(made, "theory", {"scope": FOCUS}, verdict=own, **changed)
        return put(made, "theory", {"scope": "mean"}, verdict=mean)

    return change


LOCATED = sets("interval", "interval", located=True)
EQUILIBRIUM: list[Verdict] = [
    *((sets(*kinds), "equilibrium.verdict=unlocated opening.settle=unlocated")
      for kinds in (("complement", "line"), ("line", "interval"), ("interval", "line"))),
    (sets("interval", "interval", low=-50.0), "equilibrium.verdict=not_positive"),
    (LOCATED, "equilibrium.verdict=located opening.settle=located"),
    (unfitted, "equilibrium.verdict=not_estimated opening.settle=not_estimated"),
]  # fmt: skip
THEORY: list[Verdict] = [
    (same, "theory_fit.verdict=average"),
    (given, "theory_fit.verdict=average"),
    (pointless, "theory_fit.verdict=no_equilibrium"),
    (told("contradicted"), "theory_fit.verdict=contradicted theory_fit.own_moves=grow"),
    (told("cannot_say", "cannot_say"), "theory_fit.verdict=cannot_say"),
    (told("not_contradicted"), "theory_fit.verdict=not_contradicted"),
    (told("contradicted", G1=-0.05, G2=-0.1), "theory_fit.own_moves=shrink"),
]  # fmt: skip

# Relations come first, since others add rows to them.
SECTIONS: dict[str, list[Verdict]] = {
    "gap": GAP, "spread": SPREAD, "caught": CAUGHT, "neighbours": NEIGHBOURS,
    "residuals": RESIDUALS, "local": LOCAL, **THROUGH, "relation": RELATION, "far": FAR,
    "step": STEP, "measures": MEASURES, "growth": GROWTH, "robustness": ROBUST, "drives": DRIVES,
    "at first": AT_FIRST, "then": THEN, "survival": SURVIVAL, "theory": THEORY,
    "equilibrium": EQUILIBRIUM,
}  # fmt: skip

# --- page one, beside the verdicts of the sections ------------------------------------------


def by_chance(p: float) -> Change:
    """Random pairings give counts like those of systems in step, as often as p says."""

    def change(made: Tables) -> Tables:
        for name in ("headline_variants", "headlines"):
            made = put(made, name, made[name]["p"].notna(), p=p)
        return made

    return together(held("systems_in_step", "depends_on_choices", 40), change)


def unlevelled(made: Tables) -> Tables:
    """No level of development is known, by size or per head."""
    level = made["level"]
    parts = level[~level["measure"].str.contains("D$|lnD|R2") | level["scope"].eq("T")]
    why = as_table("level", [{"measure": "R2", "message": "no_size", "n": 0}])
    regional = made["regional"]
    by_level = regional["statistic"].str.startswith("beta_given_level")
    made = (
        made
        | unplaced()
        | {
            "level": pd.concat([parts, why], ignore_index=True),
            "regional": regional[~(by_level | regional["of"].eq("level_adjusted"))],
        }
    )
    return held("follows_product_per_head", "cannot_be_decided", message="no_level")(made)


SETTLED = together(slopes("region+year", "supply"), LOCATED, graded(*[MOST] * 96, *[LESS] * 4))
OPENING: list[Verdict] = [
    (slopes("region+year", "neither"), "opening.drive=undecided"),
    (slopes("region+year", "supply"), "opening.drive=supply"),
    (slopes("region+year", "other"), "opening.drive=other"),
    (judged("competition", "yes", "yes"), "opening.drive=named"),
    (by_chance(0.3), "through.systems_in_step.chance=told"),
    (by_chance(0.01), "through.systems_in_step.chance=none"),
    (together(LOCATED, told("not_contradicted", p_joint_lower=0.01, p_joint_higher=0.01)),
     "theory_fit.verdict=confirmed"),
    (unlevelled, "opening.richer=unknown through.follows_product_per_head.key=refused"),
]  # fmt: skip

# A verdict, and the places of the phrases of which it chooses one.
PLACES = {
    "far.verdict": "opening/rose far/finding",
    "far.title": "figures/coordination/title",
    "step.verdict": "step/finding step/caption",
    "step.body": "step/body",
    "measures.verdict": "measures/finding",
    "growth.verdict": "growth figures/growth_split/title",
    "through.gap_narrowed.key": "opening/gap",
    "through.level_over_balance.key": "opening/score",
    "through.follows_product_per_head.key": "opening/size",
    "through.systems_in_step.key": "opening/step",
    "through.systems_in_step.chance": "opening/chance",
    "where.verdict": "where/finding",
    "where.spread": "where/spread",
    "where.growth.verdict": "where/caption",
    "where.growth.slope": "where/slope",
    "where.neighbours.verdict": "where/near",
    "where.level.verdict": "where/near",
    "where.residuals.verdict": "where/near",
    "where.local.verdict": "where/local",
    "robustness.verdict": "robustness/finding",
    "robustness.own": "robustness/whose",
    "robustness.drives.verdict": "robustness/drives",
    "interaction.headline": "interaction/finding",
    "relation.headline": "relation/main",
    "relation.why": "relation/why",
    "feedback.verdict": "feedback/main",
    "survival.chance": "interaction/chance",
    "theory_fit.verdict": "theory_fit/finding",
    "equilibrium.verdict": "equilibrium/finding equilibrium/answer figures/phase/title",
    "opening.drive": "opening/drive",
    "opening.settle": "opening/apart",
}
# Phrases at these places that are no verdicts, and verdicts that no world has.
BESIDE = {"by", "part", "against", "gaps", "care"}
NOWHERE = {
    "opening/rose": {"both"},  # of two regions
    "far/finding": {"both"},
    "growth": {"not_split"},
    "opening/step": {"differs"},  # of several pairs of systems
    "opening/drive": {"supply_named", "not_estimated"},  # without indices, of one region
    "theory_fit/finding": {"differs", "none"},
    "interaction/chance": {"none"},
    "interaction/finding": {"not_estimated"},  # of one region without a fit
    "figures/phase/title": {"not_estimated"},
}


def at(path: str, found: Any) -> Any:
    """Return a value of findings by its path, None where they have none."""
    for key in path.split("."):
        found = found.get(key) if isinstance(found, dict) else None
    return found


def phrases(place: str, language: str) -> Any:
    return reduce(getitem, place.split("/"), words_of("phrases", language))


@pytest.mark.parametrize("section", SECTIONS | {"opening": OPENING})
def test_tables_give_their_verdicts(section: str) -> None:
    for place, (change, verdicts) in enumerate((SECTIONS | {"opening": OPENING})[section]):
        found = all_findings(study(**change(tables())))
        for path, wanted in (verdict.split("=") for verdict in verdicts.split()):
            assert str(at(path, found)) == wanted, (place, path)


@pytest.mark.parametrize(
    ("change", "some", "count"),
    [
        (sets("line", "line"), {"years"}, COUNT),
        (graded(*[MOST] * 50, *[LESS] * 50), {"choices"}, COUNT),
        (same, {"regions"}, 1),
        (SETTLED, set(), COUNT),
    ],
)
def test_page_one_names_what_might_change_the_result(
    change: Change, some: set[str], count: int
) -> None:
    deciding = set(all_findings(study(count, **change(tables(count))))["opening"]["deciding"])
    assert deciding >= some
    assert some or not deciding & {"years", "choices", "coverage", "regions"}


# --- worlds, in every language -------------------------------------------------------------


def alone(first: float | None) -> Change:
    """D of the only region starts at `first`, else where it ends."""

    def change(made: Tables) -> Tables:
        table = made["coupling"]
        D = table["D"].mask(table["year"].eq(FIRST), first or table["D"].iloc[-1])
        return made | {"coupling": table.assign(D=D)}

    return change


def mixed(number: int) -> Change:
    """Of each section the verdict of that number."""
    return together(*(verdicts[number % len(verdicts)][0] for verdicts in SECTIONS.values()))


FEW = [
    (alone(0.6), 1),
    (alone(0.95), 1),
    (alone(None), 1),
]
WORLDS: list[tuple[Change, int]] = [  # changes, and the number of regions
    *((mixed(number), COUNT) for number in range(max(map(len, SECTIONS.values())))),
    *((change, COUNT) for change, _ in OPENING),
    *FEW,
]
EVERY = pytest.mark.parametrize("number", range(len(WORLDS)))
EACH = pytest.mark.parametrize("language", LANGUAGES)


@cache
def world(number: int, language: str) -> tuple[Report, dict[str, Any]]:
    """Return the report of a world, and its findings."""
    change, count = WORLDS[number]
    chosen = study(count, language=language, **change(tables(count)))
    return reported(chosen), all_findings(chosen)


@EACH
@EVERY
def test_a_verdict_has_its_phrase_and_no_other(number: int, language: str) -> None:
    report, found = world(number, language)
    chosen: dict[str, set[str]] = defaultdict(set)
    for path, places in PLACES.items():
        for place in places.split():
            chosen[place].add(at(path, found))
    for place, verdicts in chosen.items():
        known = phrases(place, language)
        verdicts &= set(known)
        leads = {key for key in known for one in verdicts if f"('{place}/{key}')" in known[one]}
        said = report.variants(place) - BESIDE
        assert said in (verdicts | leads, set()), place  # nothing where the section is not there
    count = WORLDS[number][1]
    assert ("where" in report.sections) == (count > 1) == ("regions" in report.sections)


@EACH
def test_every_verdict_has_a_world(language: str) -> None:
    for place in " ".join(PLACES.values()).split():
        said = (world(number, language)[0].variants(place) for number in range(len(WORLDS)))
        every = set(phrases(place, language)) - BESIDE - NOWHERE.get(place, set())
        assert set().union(*said) >= every, place


# --- both signs ----------------------------------------------------------------------------

DIRECTIONS = pd.read_csv(Path(__file__).with_name("directions.csv"))


def opposed(part: Any, place: str = "") -> set[str]:
    """Return the places of phrases that hold two opposite keys."""
    if not isinstance(part, dict):
        return set()
    pairs = DIRECTIONS[["key", "opposite"]].to_numpy().tolist()
    here = {place} if any(set(pair) <= set(part) for pair in pairs) else set()
    return here.union(*(opposed(part[key], f"{place}/{key}".strip("/")) for key in part))


@EACH
def test_a_phrase_says_the_direction_of_its_verdict(language: str) -> None:
    for row in DIRECTIONS.to_dict("records"):
        known = phrases(row["place"], language)
        assert re.search(row[language], known[row["key"]]), row
        assert not re.search(row[language], known[row["opposite"]]), row


@EACH
def test_every_phrase_with_a_direction_is_held_to_it(language: str) -> None:
    words = words_of("phrases", language)
    every = opposed({key: words[key] for key in set(words) - {"charts", "words", "messages"}})
    same_number = {"equilibrium/answer", "where/slope", "growth"}  # one phrase, whatever the sign
    assert every - same_number - {"grammar"} <= set(DIRECTIONS["place"])


# --- nothing is printed whose number is missing -------------------------------------------

BROKEN = re.compile(
    r"\b(?:nan|NaN|None|NaT|undefined|Undefined)\b|\(\s*\)|（\s*）|[，。；：、]{2}|[,;:]\s*[,;:.)]"
    r"|\.\.|[，。；：、（]\s*[,.;）]|,\s+,|<<|>>|<%|%>|\( | \)|  \."
)
DASH = re.compile(r"(?<![\d区食])—(?![\d年被])")  # years, region-years and predator-prey have one


def prose(part: str) -> str:
    """Return the sentences of a section: no tables, addresses, facts, images; formulas as F."""
    skipped = re.compile(r"\s*(?:\||:::|\$\$|!\[|- \[|#)")
    lines = [text.lstrip(": ") for text in part.split("\n") if not skipped.match(text)]
    whole = re.sub(r"\$[^$]*\$|`[^`]*`|(?<=\])\([^)]*\)", "F", "\n".join(lines))
    return line(re.sub(r"\{[.#][^{}]*\}", "", whole))


@EACH
@EVERY
def test_no_sentence_lacks_its_number(number: int, language: str) -> None:
    report = world(number, language)[0].sections
    assert len(report) > 10
    for name, part in report.items():
        if name in ("provenance", "references"):
            continue
        found = BROKEN.search(prose(part)) or DASH.search(prose(part))
        assert not found, (name, prose(part)[max(0, found.start() - 60) : found.end() + 20])


@EVERY
def test_all_languages_print_the_same_decimals(number: int) -> None:
    """A sentence may turn the order of its numbers round, but neither drops nor changes one."""
    every = [world(number, language)[0].sections for language in LANGUAGES]
    for report in every[1:]:
        assert list(report) == list(every[0])
        for name in report:
            said = [
                sorted(re.findall(r"−?\d[\d,]*\.\d+", prose(one[name])))
                for one in (every[0], report)
            ]
            assert said[0] == said[1], name


# --- how long ------------------------------------------------------------------------------

MAIN = ("far", "where", "measures", "step", "populations", "equilibria", "robustness", "limits")
SENTENCE = re.compile(r"(?<=\.)\s+(?=\S)|(?<=。)")
LENGTHS = {"en": (25, 60), "zh": (50, 150)}  # of a finding and of a paragraph
NUMBER = re.compile(r"(?<![A-Za-z0-9_.])−?\d[\d,\u202f]*(?:\.\d+)?")


def numbers(sentence: str) -> list[str]:
    """Return the numbers of a sentence, without years."""
    return [n for n in NUMBER.findall(sentence) if not re.fullmatch(r"(?:19|20)\d\d", n)]


def length(part: str, language: str) -> int:
    """Return the words of an English text, the characters of a Chinese one, without citations."""
    text = re.sub(r"\[@[^\]]*\]", "", part)
    return len(text.split()) if language == "en" else len(re.sub(r"\s", "", text))


def paragraphs_of(report: Report, section: str) -> list[str]:
    """Return the paragraphs of a section, each of whose sentences has three numbers at most.

    Counts by chance are told of every system of indicators in one sentence.
    """
    parts = [part for part in map(prose, report.sections[section].split("\n\n")) if len(part) > 3]
    for one in (one for part in parts for one in SENTENCE.split(part)):
        counts = any(one in text for text in report.said.get("through/curves", ()))
        assert counts or len(numbers(one)) <= 3, one
    return parts


@EACH
@EVERY
def test_the_main_part_can_be_read_in_ten_minutes(number: int, language: str) -> None:
    """A section opens with 25 words, a paragraph has 60, a sentence three numbers at most."""
    report, (short, long) = world(number, language)[0], LENGTHS[language]
    for name in [name for name in MAIN if name in report.sections]:
        first, *others = paragraphs_of(report, name)
        if name != "limits":
            assert length(first, language) <= short, (name, first)
            assert all(length(part, language) <= long for part in others), (name, others)


@EACH
@EVERY
def test_page_one_can_be_read_in_a_minute(number: int, language: str) -> None:
    """Four paragraphs of at most 60 words, sentences of 40, no symbols; 330 words, 30 numerals."""
    opening = world(number, language)[0].sections["opening"]
    kept = [text for text in opening.split("\n") if not text.startswith(("|", ":::", ":"))]
    text = re.sub(r"\(figures/[^)]*\)\{[^}]*\}|\{[^}]*\}|[*!\[\]]", " ", "\n".join(kept))
    assert len(re.findall(r"\w+", text)) <= 330 and len(line(text)) <= 2500
    assert len(re.findall(r"\d[\d.,]*", text)) <= 30
    said = opening.partition("::: finding\n")[2].partition("\n:::")[0]
    assert not re.search(r"\*[A-Z]\*|[₁₂=<>√]|\bE\b", said), said
    if language == "en":
        parts = [line(part) for part in said.split("\n\n") if part.strip()]
        assert len(parts) == 4
        assert all(len(part.split()) <= 60 for part in parts), parts
        assert all(len(one.split()) <= 40 for part in parts for one in part.split(". "))


# --- a year of changed coverage --------------------------------------------------------------


@EACH
@pytest.mark.parametrize("seen", ["shown", "not_shown"])
def test_only_a_break_that_shows_is_called_one(seen: str, language: str) -> None:
    verdicts = {2014: "not_shown", 2016: "jump", 2017: "shown"}
    if seen == "not_shown":
        verdicts = {2014: seen, 2017: seen}
    report = reported(covered(0.1, verdicts, language=language))
    assert report.variants("coverage/seen") == report.variants("coverage/lead") == {seen}
    shown = {"coverage/hidden", "coverage/jumps", "opening/coverage"}
    assert shown & set(report.said) == (shown if seen == "shown" else set())
    assert ("2017" in report.sections["opening"]) == (seen == "shown")
    for part in paragraphs_of(report, "far"):
        assert length(part, language) <= LENGTHS[language][1], part


@EACH
def test_constant_prices_are_told_where_they_are_computed(language: str) -> None:
    counts, plain = tables()["specification_counts"], study(language=language)
    other = counts[counts["pair"] == "wages"].assign(pair="deflated")
    counts = pd.concat([counts, other], ignore_index=True)
    chosen = study(language=language, specification_counts=counts)
    chosen.config["robustness"]["deflated"] = {"upstream": "output", "downstream": "sales"}
    assert "survival/deflated" in reported(chosen).said
    assert "survival/deflated" not in reported(plain).said
