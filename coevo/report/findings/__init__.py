"""Every value and verdict that a sentence of the report needs, from the tables; no words here."""

from collections.abc import Callable, Mapping
from typing import Any

from coevo.observations.units import unit_of
from coevo.panel.derivations import DERIVATIONS
from coevo.report.findings import choice_robustness, data_quality, rise, theory_against_fit
from coevo.report.findings.chart_needs import captions_finding
from coevo.report.findings.coverage_years import coverage_finding, coverage_of
from coevo.report.findings.equilibrium import equilibrium_finding, fits
from coevo.report.findings.in_step import comovement_finding
from coevo.report.findings.interaction import interaction_finding
from coevo.report.findings.level_control import level_finding, level_of
from coevo.report.findings.page_one import opening_finding, scope_finding
from coevo.report.findings.predicted import prediction_finding
from coevo.report.findings.regional_pattern import pattern_finding
from coevo.report.findings.related_work import related_finding
from coevo.report.findings.relation import feedback_finding, relation_finding
from coevo.report.findings.since_release import release_finding
from coevo.report.findings.study_tables import Study

# section -> its finding; those of the second kind rest on the model, of the third on the indices
FINDINGS: dict[str, Callable[[Study], Any]] = {
    "scope": scope_finding,
    "prediction": prediction_finding,
    "data": data_quality.data_finding,
    "changes": release_finding,
    "related": related_finding,
}
OF_MODEL: dict[str, Callable[[Study], Any]] = {
    "interaction": interaction_finding,
    "survival": choice_robustness.sign_survival_finding,
    "relation": relation_finding,
    "feedback": feedback_finding,
    "control": theory_against_fit.control_finding,
    "equilibrium": equilibrium_finding,
    "theory_fit": theory_against_fit.theory_finding,
}
OF_INDICES: dict[str, Callable[[Study], Any]] = {
    "captions": captions_finding,
    "through": choice_robustness.choices_finding,
    "measured": data_quality.measured_finding,
    "far": rise.rise_finding,
    "coverage": coverage_finding,
    "where": pattern_finding,
    "step": comovement_finding,
    "measures": level_finding,
    "growth": rise.growth_finding,
    "guards": choice_robustness.guards_finding,
    "robustness": choice_robustness.robustness_finding,
    "weights": data_quality.weights_finding,
    "obstacles": data_quality.obstacles_finding,
}
# section -> what its finding says of one region, the focus or any that a reader picks
OF_REGION: dict[str, Callable[[Study, str], dict[str, Any]]] = {
    "far": rise.rise_of,
    "coverage": coverage_of,
    "measures": level_of,
}


def all_findings(study: Study) -> dict[str, Any]:
    """Findings by section; each section carries a `verdict` where sentences differ by it.

    A study without indices has none of the sections that rest on them; of one without the model
    those that rest on it have the verdict `none`. Page one and the limits go by the others.
    """
    sections = FINDINGS | (OF_INDICES if study.indexed else {}) | (OF_MODEL if study.pair else {})
    findings: dict[str, Any] = {section: {"verdict": "none"} for section in OF_MODEL}
    findings |= {section: finding(study) for section, finding in sections.items()}
    limits = limits_that_apply(study, findings)
    return findings | {"opening": opening_finding(study, findings), "limits": limits}


def limits_that_apply(study: Study, findings: Mapping[str, Any]) -> list[str]:
    """Keys of the limits that apply to any study such as this, the decisive one first."""
    table, modelled = study.indicators.set_index("indicator"), bool(study.pair)
    systems = table.index[table["subsystem"].fillna("") != ""]
    under = study.underlying([*systems, *study.pair])
    units = table["unit"].reindex(under).dropna()
    money = units.map(lambda unit: unit_of(unit).measures.startswith("money")).any()
    ways = {name for name, _ in map(study.derivation, under) if name}
    applies = {
        "years": findings["interaction"].get("headline") == "undecided",
        "shock": modelled and not study.pooled,
        "extrapolation": findings["equilibrium"].get("beyond"),
        "roles": modelled,
        "prices": money and not any(DERIVATIONS[name].chained for name in ways),
        "states": not study.config["period"],  # samples are states
        "centre": modelled and fits(study)["kind"].eq("centre").any(),
    }
    return [key for key, holds in applies.items() if holds]


__all__ = ["Study", "all_findings", "limits_that_apply"]
