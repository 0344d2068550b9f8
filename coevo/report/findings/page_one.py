"""Which sentences open the report, by verdicts that its sections found."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from coevo.coupling.level import PER_HEAD, SLOPES
from coevo.equilibria.possible_outputs import model_outputs, proposed_pair
from coevo.observations.units import is_relative
from coevo.report.findings.interaction import NOT_ESTIMATED, SUPPLY, UNDETERMINED
from coevo.report.findings.level_control import near_level, of_measure
from coevo.report.findings.study_tables import Study, least_and_largest
from coevo.schema import FILLED
from coevo.sensitivity.choices import CHOICES, MAIN, ROBUST
from coevo.sensitivity.claims import CONCLUSIONS, NOT_TESTABLE
from coevo.sensitivity.headline_statistics import R2
from coevo.sensitivity.headlines import ROBUST_TO_CHOICES

HALF = 0.5  # share from which something is most: of the variance of ln D, of combinations
# share of the combinations -> the word for it; below the last it is none
UNDER = {"all": 1.0, "nearly": ROBUST, "most": HALF + 1e-9}
UNDECIDED = "undecided"  # how a gap moved, where no side has most of the combinations
NOT_TESTED = "not_tested"  # a claim that nothing was held against
WORDS_OF_VERDICTS = (*dict.fromkeys(CONCLUSIONS.values()), NOT_TESTED)
ON_FIGURES = ("printed", "unit")  # checks of claims on printed figures
PROXIES = ("secondary_value_added", "hare_pelts")  # indicators that stand for what none measures
SAME = ("located", "not_estimated", "none")  # verdicts on the equilibrium that page one keeps
FEW = 5  # regions left out that a line can name
REJECTED = 0.05  # joint p below which the control contradicts theory
MUCH = 0.1  # share of filled figures from which page one tells it
Findings = Mapping[str, Any]


def opening_finding(study: Study, findings: Findings) -> dict[str, Any]:
    """What the sentences of page one differ by, beside the verdicts of the sections (`findings`).

    `kind`: `claims` where a study of one region asks whether the claims of a paper hold, `indices`
    of any other with indices, `model` without. `richer`: whether regions of a higher level per head
    have a higher D (`richer`), by a level that explains half of it, else `hardly`; `unknown`
    without a level. `least`: see `_least`. `follows`: what D does, `robust` where T is almost
    all of it, `more` where it is most under every choice, else the key of that headline. `gaps`,
    `itself` (that of D, not relative): see `_gaps`; `goes`: see `_goes`; `near`: see `_near`;
    `rests`, `control`: see `_of_theory`.
    `coverage`: years of changed coverage that show. `answer`: whether the second sentence
    tells of systems in step; `filled`: share of filled figures, where it is large; `third`: what
    the last sentence is about, the model (`driven` without a theoretical point) or else `alone`.
    `drive`: the relation that is `named`, `supply` where x2 preys on x1 (`supply_named`, where page
    one speaks of nothing else), `half` (`half_named`) where one of its two effects rests on one
    region, `undecided`, or `not_estimated`; `settle`: `located`, `unlocated`
    or `not_estimated`.
    `printed`, `stated`: supported claims on printed figures and all others, of how many.
    `deciding`: what might change the result: more `years`, other `regions`, a direct measure of
    what a proxy (its indicator) stands for, unchanged `coverage`, other `choices`.
    `model`: `fitted`; not, but `possible` with two `outputs` of the study; or they are `lacking`.
    """
    theory, settle = findings["theory_fit"], findings["equilibrium"]["verdict"]
    opening: dict[str, Any] = {"kind": opening_kind(study), "pair": study.pair, **_model(study)}
    opening["systems"] = "two" if len(study.subsystems) == 2 else "several"
    modelled = "driven" if theory["verdict"] == "no_equilibrium" else "modelled"
    opening["third"] = modelled if study.pair else "alone"
    if study.indexed:
        opening |= _of_indices(study, findings)
    if study.pair:
        opening |= {"drive": _drive(study, findings)}
        opening["settle"] = settle if settle in SAME else "unlocated"
        opening |= _of_theory(theory, findings["control"])
        opening["located"] = opening["settle"] == "located"
        counted = findings["survival"]["all"][""]
        opening["counted"] = counted if counted["specifications"] else None
        opening["resting"] = opening["drive"].startswith("half")
    if opening["kind"] == "claims":
        claims = study.tables["claims"]
        printed = claims["check"].isin(ON_FIGURES)
        opening |= {"printed": _supported(claims[printed]), "stated": _supported(claims[~printed])}
        opening |= {"on_figures": opening["printed"][1], "others": opening["stated"][1]}
        opening["most"] = max(reversed(conclusions(claims)), key=lambda counted: counted[1])
    return opening | {"deciding": _deciding(study, opening, findings)}


def _of_theory(theory: Findings, control: Findings) -> dict[str, str]:
    """Which sentence tells of theory (`rests`): of strengths in the `panel` or the region's `own`
    fit, or of the `control`; and what that says where theory has no slopes: `agrees`,
    `contradicts`, `many` where it is told of several regions, or `none`.
    """
    said = control["told"]
    if said == "one":
        said = "contradicts" if control["point"]["p_joint"] < REJECTED else "agrees"
    if "b1" in theory:
        return {"rests": theory["by"], "control": said}
    return {"rests": "control" if control["told"] == "one" else "", "control": said}


def _of_indices(study: Study, findings: Findings) -> dict[str, Any]:
    coverage, measures = findings["coverage"], findings["measures"]
    through, single = findings["through"], study.single
    gaps = _gaps(study, "gap_narrowed")
    goes = _goes(study, measures["levels"]) if measures["levels"] and not single else []
    richer = _richer(study, measures["levels"])
    follows = through["level_over_balance"]["key"]
    if follows == ROBUST_TO_CHOICES and measures["verdict"] != "level":
        follows = "more"
    answer = bool(study.pair) and not single
    return {
        "start": single,
        "mean": "" if single else findings["far"]["mean_move"],
        "richer": richer,
        "built_in": richer == "richer" and measures["per_head"],
        "least": _least(findings),
        "follows": follows,
        "gaps": gaps,
        "itself": _gaps(study, "gap_in_D_narrowed"),
        "goes": goes,
        **_near(study, goes),
        "answer": answer,
        "filled": share if (share := filled_share(study)) > MUCH else None,
        "coverage": coverage["shown"] if "kept" in coverage and not single else [],
    }


def filled_share(study: Study) -> float:
    """Return the share of the figures of subsystems that were filled."""
    inside = study.indicators.loc[study.indicators["subsystem"] != "", "indicator"]
    panel = study.tables["panel"].dropna(subset="value")
    return float(panel.loc[panel["indicator"].isin(inside), "flag"].eq(FILLED).mean())


def _gaps(study: Study, headline: str) -> list[tuple[str, ...]]:
    """How a gap moved by each system of indicators: whether that is the study's own (`main`) or an
    `other`, its name, `narrowed` or `widened` by what most combinations say, else `undecided`, and
    under how many: `all`, `nearly`, `most` or else "".
    """
    rows = study.rows("headlines", headline=headline).dropna(subset="combinations")
    rows = rows[rows["system"] != ""] if (rows["system"] != "").any() else rows
    share = rows[["agree", "contrary"]].max(axis=1) / rows["combinations"]
    under = [next((name for name, least in UNDER.items() if of >= least), "") for of in share]
    moved = np.where(rows["agree"] >= rows["contrary"], "narrowed", "widened")
    moved = np.where(np.array(under, dtype=object) == "", UNDECIDED, moved)
    systems = rows["system"].replace("", MAIN)
    return [*zip(_kinds(systems), systems, moved, under, strict=True)]


def _near(study: Study, goes: list[tuple[Any, ...]]) -> dict[str, Any]:
    """Indicators that nearly are the level that D goes with (`alike`: which, the level `of` them,
    the least r), and whether there is `one`, `several`, or none.
    """
    found = near_level(study, goes[0][2]) if goes else {}
    if not found:
        return {"near": ""}
    alike = {"indicators": list(found), "of": goes[0][2], "r": min(found.values())}
    return {"near": "one" if len(found) == 1 else "several", "alike": alike}


def _kinds(systems: Iterable[str]) -> list[str]:
    return [MAIN if system == MAIN else "other" for system in systems]


def _goes(study: Study, levels: list[tuple[str, float]]) -> list[tuple[Any, ...]]:
    """What explains most of ln D by each system of indicators, other choices as in the study:
    the system as in `_gaps`, which of the levels, and the least and largest R2 of all choices.
    """
    rows = study.tables["multiverse"].reset_index(drop=True)
    rest = [choice for choice in CHOICES if choice != "system"]
    own = rows.loc[rows["main"], rest].iloc[0]
    names = dict(zip(R2, (name for name, _ in levels), strict=False))
    every = rows.set_index("system").reindex(columns=list(names)).rename(columns=names)
    fits = every[(rows[rest] == own).all(axis=1).to_numpy()].dropna(how="all")
    best = fits[~fits.index.duplicated()].idxmax(axis=1)
    shares = [least_and_largest(every.loc[[system], level]) for system, level in best.items()]
    return [*zip(_kinds(best.index), best.index, best, shares, strict=True)]


def _model(study: Study) -> dict[str, Any]:
    if study.pair:
        return {"model": "fitted"}
    pair = proposed_pair(model_outputs(study.indicators, study.tables["panel"]))
    return {"model": "possible" if pair else "lacking", "outputs": pair}


def _deciding(study: Study, opening: Findings, findings: Findings) -> list[str]:
    """Which observations or choices might change the result, those that would decide first."""
    read = set(study.tables["observations"]["indicator"])
    coverage, robustness = (findings.get(part, {}) for part in ("coverage", "robustness"))
    may = {
        "years": opening.get("drive") == "undecided" or opening.get("settle") == "unlocated",
        "regions": study.single,
        **{proxy: proxy in read for proxy in PROXIES},
        "coverage": coverage.get("shown") or coverage.get("hangs"),
        "grade" if study.single else "choices": robustness.get("verdict") == "split",
    }
    return [key for key, decides in may.items() if decides]


def opening_kind(study: Study) -> str:
    """What page one is about: `claims`, `indices` or `model`; see `opening_finding`."""
    if not study.indexed:
        return "model"
    return "claims" if study.single and "claims" in study.tables else "indices"


def _richer(study: Study, levels: list[tuple[str, float]]) -> str:
    if study.single or not levels or not levels[0][0].endswith(PER_HEAD):
        return "unknown"
    slope = of_measure(study, "slope_lnD", "slope", level=levels[0][0]).get(SLOPES[0], 0.0)
    return "richer" if levels[0][1] >= HALF and slope > 0 else "hardly"


def _least(findings: Findings) -> str:
    """Whether all regions rose by `every` combination, or at `least` some; `none` where that is
    not asked.
    """
    all_rose = findings["through"].get("all_rose", {})
    if pd.isna(all_rose.get("least")):
        return "none"
    return "every" if all_rose["key"] == ROBUST_TO_CHOICES else "least"


def _drive(study: Study, findings: Findings) -> str:
    relation = findings["relation"]
    if relation["verdict"] == NOT_ESTIMATED:
        return NOT_ESTIMATED
    if relation["verdict"] == UNDETERMINED:
        return "undecided"
    if findings["interaction"]["carried"]:
        shown = bool(findings["interaction"]["points"])
        return ("half" if study.indexed else "half_named") if shown else "undecided"
    supply = relation["direction"] == SUPPLY
    return "supply_named" if supply and not study.indexed else "supply" if supply else "named"


def concluded(claims: pd.DataFrame) -> pd.Series:
    """Return the conclusions on claims; of those that nothing was held against `not_tested`."""
    return claims["conclusion"].mask(claims["verdict"] == NOT_TESTABLE, NOT_TESTED)


def _supported(claims: pd.DataFrame) -> tuple[int, int]:
    return int(claims["conclusion"].eq("supported").sum()), len(claims)


def conclusions(claims: pd.DataFrame) -> list[tuple[str, int]]:
    """Return the conclusions of claims with their number, those that occur, supported first."""
    counts = concluded(claims).value_counts()
    return [(key, int(counts[key])) for key in WORDS_OF_VERDICTS if key in counts]


def kind_of_regions(regions: Iterable[str]) -> str:
    """What all regions are by their codes: `provinces`, `countries`, or just `regions`."""
    codes = list(regions)
    if all(code.endswith("0000") for code in codes):
        return "provinces"
    countries = all(re.fullmatch("[A-Z]{3}", code) for code in codes)
    return "countries" if countries else "regions"


def scope_finding(study: Study) -> dict[str, Any]:
    """`covered`: `one` region or `many`, of `units` (`kind_of_regions`); `absent`: codes and
    `names` of known units that the study lacks, empty where they are many or unknown. `measured`:
    all indicators of the systems `relative` (per head or shares), `absolute`, or `mixed`; `shares`:
    how many are relative.
    """
    column = f"name_{study.language}"
    known = {} if study.places is None else study.places.set_index("region")[column].to_dict()
    absent = sorted(set(known) - set(study.regions))
    absent = absent if len(absent) <= FEW and not study.single else []
    used = study.indicators[study.indicators["subsystem"].isin(study.subsystems)]
    names = used.reindex(columns=["label_en", "label_zh", "source_name"]).fillna("").to_numpy()
    relative = [is_relative(unit, said) for unit, said in zip(used["unit"], names, strict=True)]
    return {
        "covered": "one" if study.single else "many",
        "units": kind_of_regions(study.regions),
        "measured": "relative" if all(relative) else "mixed" if any(relative) else "absolute",
        "shares": sum(relative),
        "absent": " ".join(absent),
        "names": [known[region] for region in absent],
    }
