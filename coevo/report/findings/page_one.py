"""Which sentences open the report, by verdicts that its sections found."""

from typing import Any

import pandas as pd

from coevo.coupling.level import PER_HEAD, SLOPES
from coevo.equilibria.possible_outputs import model_outputs, proposed_pair
from coevo.report.findings.choice_robustness import robustness_finding
from coevo.report.findings.claims_checked import conclusions
from coevo.report.findings.coverage_years import coverage_finding
from coevo.report.findings.equilibrium import equilibrium_finding
from coevo.report.findings.interaction import interaction_finding
from coevo.report.findings.level_control import level_finding, of_measure
from coevo.report.findings.relation import UNDETERMINED, relation_finding
from coevo.report.findings.rise import rise_finding
from coevo.report.findings.study_tables import Study
from coevo.report.findings.theory_against_fit import theory_finding
from coevo.report.findings.through_choices import choices_finding
from coevo.sensitivity.headlines import SUPPORTED

HALF = 0.5  # share of the variance of ln D from which a level of development says much of it
ON_FIGURES = ("printed", "unit")  # checks of claims on printed figures
UNNAMED = ("none", "not_estimated", UNDETERMINED)
PROXIES = ("secondary_value_added", "hare_pelts")  # indicators that stand for what none measures
SAME = ("located", "not_estimated", "none")  # verdicts on the equilibrium that page one keeps


def opening_finding(study: Study) -> dict[str, Any]:
    """What the sentences of page one differ by, beside the verdicts of the sections.

    `kind`: `claims` where a study of one region asks whether the claims of a paper hold, `indices`
    of any other with indices, `model` without. `richer`: whether regions of a higher level per head
    have a higher D (`richer`), by a level that explains half of it, else `hardly`; `unknown`
    without a level. `least`: see `_least`. `theory`: the sentence on theory against fit. `drive`:
    `named`, `supply` (`supply_named`, where page one speaks of nothing else), `other`, `undecided`
    or `not_estimated`; `driving`: how it is told, `open`, `known` or `alone`; `settle`: `located`,
    `unlocated` or `not_estimated`. `printed`, `stated`: supported claims on printed figures and all
    others, of how many.
    `deciding`: what might change the result: more `years`, other `regions`, a direct measure of
    what a proxy (its indicator) stands for, unchanged `coverage`, other `choices`.
    `model`: `fitted`; not, but `possible` with two `outputs` of the study; or they are `lacking`.
    """
    theory = theory_finding(study)["verdict"]
    found: dict[str, Any] = {"kind": opening_kind(study), "pair": study.pair}
    found["systems"] = "two" if len(study.subsystems) == 2 else "several"
    found["theory"] = f"{'page_one' if theory == 'average' else 'finding'}/{theory}"
    found |= _model(study)
    if study.indexed:
        found |= {"richer": _richer(study), "least": _least(study), "driving": "alone"}
        found["coverage"] = coverage_finding(study)["shown"]
        if found["richer"] == "richer":
            found["built_in"] = level_finding(study)["per_head"]
    if study.pair is not None:
        settle = equilibrium_finding(study)["verdict"]
        found["drive"] = _drive(study)
        found["driving"] = "open" if found["drive"] == "undecided" else "known"
        found |= {"settle": settle if settle in SAME else "unlocated"}
    if found["kind"] == "claims":
        claims = study.tables["claims"]
        printed = claims["check"].isin(ON_FIGURES)
        found |= {"printed": _supported(claims[printed]), "stated": _supported(claims[~printed])}
        found["others"] = found["stated"][1]
        found["most"] = max(reversed(conclusions(claims)), key=lambda counted: counted[1])
    return found | {"deciding": _deciding(study, found)}


def _model(study: Study) -> dict[str, Any]:
    if study.pair is not None:
        return {"model": "fitted"}
    pair = proposed_pair(model_outputs(study.indicators, study.tables["panel"]))
    return {"model": "possible" if pair else "lacking", "outputs": pair}


def _deciding(study: Study, found: dict[str, Any]) -> list[str]:
    """Which observations or choices might change the result, those that would decide first."""
    open_ = found.get("drive") == "undecided" or found.get("settle") == "unlocated"
    read = set(study.tables["observations"]["indicator"])
    index = study.indexed
    covered = coverage_finding(study) if index else {}
    holds = {
        "years": open_,
        "regions": study.single,
        **{proxy: proxy in read for proxy in PROXIES},
        "coverage": bool(covered.get("shown")) or covered.get("verdict") == "hangs",
        "grade" if study.single else "choices": index
        and robustness_finding(study)["verdict"] == "split",
    }
    return [key for key, may in holds.items() if may]


def opening_kind(study: Study) -> str:
    """What page one is about: `claims`, `indices` or `model`; see `opening_finding`."""
    if not study.indexed:
        return "model"
    return "claims" if study.single and "claims" in study.tables else "indices"


def _richer(study: Study) -> str:
    levels = level_finding(study)["levels"]
    if study.single or not levels or not levels[0][0].endswith(PER_HEAD):
        return "unknown"
    slope = of_measure(study, "slope_lnD", "slope", level=levels[0][0]).get(SLOPES[0], 0.0)
    return "richer" if levels[0][1] >= HALF and slope > 0 else "hardly"


def _least(study: Study) -> str:
    """Where all regions rose by the study's own choices: whether they did by `every` combination,
    or at `least` some; else `none`.
    """
    found = choices_finding(study).get("all_rose", {})
    if "least" not in found or rise_finding(study)["verdict"] not in ("both", "all"):
        return "none"
    return "every" if found["key"] == SUPPORTED else "least"


def _drive(study: Study) -> str:
    named = relation_finding(study)["verdict"] not in UNNAMED
    drive = "named" if named else str(interaction_finding(study)["headline"])
    return "supply_named" if drive == "supply" and not study.indexed else drive


def _supported(claims: pd.DataFrame) -> tuple[int, int]:
    return int(claims["conclusion"].eq("supported").sum()), len(claims)
