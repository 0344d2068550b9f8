"""Every value and verdict that a sentence of the report needs, from the tables; no words here."""

from typing import Any

from coevo.panel.derivations import DERIVATIONS, parse
from coevo.report.findings.calibrated import calibration_finding
from coevo.report.findings.choice_robustness import guards_finding, robustness_finding
from coevo.report.findings.combinations import combinations_finding
from coevo.report.findings.comovement import comovement_finding
from coevo.report.findings.data_quality import data_finding, obstacles_finding, weights_finding
from coevo.report.findings.equilibrium import equilibrium_finding, fits, pooled_fits
from coevo.report.findings.feedback_strength import feedback_finding
from coevo.report.findings.growth_parts import growth_finding
from coevo.report.findings.interaction import interaction_finding
from coevo.report.findings.predicted import prediction_finding
from coevo.report.findings.relation import relation_finding
from coevo.report.findings.rise import focus_state, rise_finding
from coevo.report.findings.scope import scope_finding
from coevo.report.findings.sign_survival import sign_survival_finding
from coevo.report.findings.simulations import simulation_finding
from coevo.report.findings.since_release import release_finding
from coevo.report.findings.size_control import size_control_finding
from coevo.report.findings.study_tables import Study


def all_findings(study: Study) -> dict[str, Any]:
    """Findings by section; each section carries a `verdict` where sentences differ by it."""
    return {
        "scope": scope_finding(study),
        "far": rise_finding(study),
        "choices": combinations_finding(study),
        "step": comovement_finding(study),
        "size": size_control_finding(study),
        "growth": growth_finding(study),
        "guards": guards_finding(study),
        "robustness": robustness_finding(study),
        "interaction": interaction_finding(study),
        "survival": sign_survival_finding(study),
        "relation": relation_finding(study),
        "feedback": feedback_finding(study),
        "simulated": simulation_finding(study),
        "equilibrium": equilibrium_finding(study),
        "calibration": calibration_finding(study),
        "prediction": prediction_finding(study),
        "data": data_finding(study),
        "weights": weights_finding(study),
        "obstacles": obstacles_finding(study),
        "limits": limits_that_apply(study),
        "changes": release_finding(study),
    }


def limits_that_apply(study: Study) -> list[str]:
    """Keys of the limits that apply to this study."""
    derivations = _derivations(study)
    constant = any(DERIVATIONS[name].chained for name in derivations)
    keys = ["association", "states"]
    keys += [] if constant else ["prices"]
    keys += ["quotient"] if "location_quotient" in derivations else []
    if study.pair is not None:
        found = equilibrium_finding(study)
        keys = ["positive", *([] if study.pooled else ["shock"]), *keys]
        keys = (["extrapolation"] if found["beyond"] else []) + keys
        keys = ([] if found["verdict"] == "not_estimated" else ["freedom"]) + keys
        keys += ["centre"] if (fits(study)["kind"] == "centre").any() else []
        keys += ["roles"]
        known = simulation_finding(study)
        keys += ["rule"] if "relation_rule" in known and study.pooled else []
        keys += ["coverage"] if "coverage" in known else []
    return keys


def _derivations(study: Study) -> set[str]:
    """Names of the derivations that the subsystems and the pair rest on, however far down."""
    table = study.indicators.fillna("").set_index("indicator")
    texts = table.loc[table["source_name"] == "", "derivation"]
    wanted = [*table.index[table["subsystem"] != ""], *(study.pair or ())]
    names = set()
    for indicator in wanted:  # grows while it is read
        if texts.get(indicator):
            name, arguments = parse(texts[indicator])
            names.add(name)
            wanted += [argument for argument in arguments if argument not in wanted]
    return names


__all__ = ["Study", "all_findings", "focus_state", "limits_that_apply", "pooled_fits"]
