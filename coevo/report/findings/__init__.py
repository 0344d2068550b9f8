"""Every value and verdict that a sentence of the report needs, from the tables; no words here."""

from collections.abc import Callable
from typing import Any

from coevo.observations.units import unit_of
from coevo.panel.derivations import DERIVATIONS
from coevo.report.findings.chart_needs import captions_finding
from coevo.report.findings.choice_robustness import guards_finding, robustness_finding
from coevo.report.findings.coverage_years import coverage_finding
from coevo.report.findings.data_quality import data_finding, obstacles_finding, weights_finding
from coevo.report.findings.equilibrium import equilibrium_finding, fits
from coevo.report.findings.feedback_strength import feedback_finding
from coevo.report.findings.growth_parts import growth_finding
from coevo.report.findings.in_step import comovement_finding
from coevo.report.findings.interaction import interaction_finding
from coevo.report.findings.level_control import level_finding
from coevo.report.findings.page_one import opening_finding
from coevo.report.findings.predicted import prediction_finding
from coevo.report.findings.regional_pattern import pattern_finding
from coevo.report.findings.relation import relation_finding
from coevo.report.findings.rise import rise_finding
from coevo.report.findings.scope import scope_finding
from coevo.report.findings.sign_survival import sign_survival_finding
from coevo.report.findings.simulations import control_finding
from coevo.report.findings.since_release import release_finding
from coevo.report.findings.study_tables import Study
from coevo.report.findings.theory_against_fit import theory_finding
from coevo.report.findings.through_choices import choices_finding


def all_findings(study: Study) -> dict[str, Any]:
    """Findings by section; each section carries a `verdict` where sentences differ by it.

    A study without indices has none of the sections that rest on them.
    """
    asked = FINDINGS | (OF_INDICES if study.indexed else {})
    return {section: finding(study) for section, finding in asked.items()}


def limits_that_apply(study: Study) -> list[str]:
    """Keys of the limits that apply to any study such as this, the decisive one first."""
    table = study.indicators.set_index("indicator")
    systems = table.index[table["subsystem"].fillna("") != ""]
    under = study.underlying([*systems, *(study.pair or ())])
    units = table["unit"].reindex(under).dropna()
    money = units.map(lambda unit: unit_of(unit).measures.startswith("money")).any()
    ways = {name for name, _ in map(study.derivation, under) if name}
    constant = any(DERIVATIONS[name].chained for name in ways)
    found = equilibrium_finding(study)
    centre = study.pair is not None and (fits(study)["kind"] == "centre").any()
    applies = {
        "years": study.pair is not None and interaction_finding(study)["headline"] == "undecided",
        "shock": study.pair is not None and not study.pooled,
        "extrapolation": study.pair is not None and found["beyond"],
        "roles": study.pair is not None,
        "prices": money and not constant,
        "states": True,
        "centre": centre,
    }
    return [key for key, holds in applies.items() if holds]


# section -> its finding; those of the second kind rest on the indices
FINDINGS: dict[str, Callable[[Study], Any]] = {
    "opening": opening_finding,
    "scope": scope_finding,
    "interaction": interaction_finding,
    "survival": sign_survival_finding,
    "relation": relation_finding,
    "feedback": feedback_finding,
    "control": control_finding,
    "equilibrium": equilibrium_finding,
    "theory_fit": theory_finding,
    "prediction": prediction_finding,
    "data": data_finding,
    "limits": limits_that_apply,
    "changes": release_finding,
}
OF_INDICES: dict[str, Callable[[Study], Any]] = {
    "captions": captions_finding,
    "through": choices_finding,
    "far": rise_finding,
    "coverage": coverage_finding,
    "where": pattern_finding,
    "step": comovement_finding,
    "measures": level_finding,
    "growth": growth_finding,
    "guards": guards_finding,
    "robustness": robustness_finding,
    "weights": weights_finding,
    "obstacles": obstacles_finding,
}


__all__ = ["Study", "all_findings", "limits_that_apply"]
