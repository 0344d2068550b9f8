"""Every value and verdict that a sentence of the report needs, from the tables; no words here."""

from typing import Any

from coevo.panel.derivations import DERIVATIONS, parse
from coevo.report.findings.calibrated import calibration, failed
from coevo.report.findings.chart_needs import shown
from coevo.report.findings.choice_robustness import guards, robustness
from coevo.report.findings.combinations import choices
from coevo.report.findings.comovement import step
from coevo.report.findings.data_quality import data, obstacles, weights
from coevo.report.findings.equilibrium import equilibrium, fits, pooled_fits
from coevo.report.findings.feedback_strength import feedback
from coevo.report.findings.growth_parts import growth
from coevo.report.findings.interaction import interaction
from coevo.report.findings.relation import relation
from coevo.report.findings.rise import far, focus_state
from coevo.report.findings.scope import scope
from coevo.report.findings.sign_survival import survival
from coevo.report.findings.simulations import simulated
from coevo.report.findings.since_release import changes
from coevo.report.findings.size_control import size
from coevo.report.findings.study_tables import Study


def findings(study: Study) -> dict[str, Any]:
    """Findings by section; each section carries a `verdict` where sentences differ by it."""
    return {
        "scope": scope(study),
        "far": far(study),
        "choices": choices(study),
        "step": step(study),
        "size": size(study),
        "growth": growth(study),
        "guards": guards(study),
        "robustness": robustness(study),
        "interaction": interaction(study),
        "survival": survival(study),
        "relation": relation(study),
        "feedback": feedback(study),
        "simulated": simulated(study),
        "equilibrium": equilibrium(study),
        "calibration": calibration(study),
        "data": data(study),
        "weights": weights(study),
        "obstacles": obstacles(study),
        "limits": limits(study),
        "changes": changes(study),
    }


def limits(study: Study) -> list[str]:
    """Keys of the limits that apply to this study."""
    derivations = _derivations(study)
    constant = any(DERIVATIONS[name].chained for name in derivations)
    indicators = set(study.tables["observations"]["indicator"])
    keys = ["association", "states"]
    keys += [] if constant else ["prices"]
    keys += ["quotient"] if "location_quotient" in derivations else []
    if study.pair is not None:
        found = equilibrium(study)
        keys = ["positive", *([] if study.pooled else ["shock"]), *keys]
        keys = (["extrapolation"] if found["beyond"] else []) + keys
        keys = ([] if found["verdict"] == "not_estimated" else ["freedom"]) + keys
        keys += ["centre"] if (fits(study)["kind"] == "centre").any() else []
        keys += ["roles"]
        known = simulated(study)
        keys += ["rule"] if "relation_rule" in known and study.pooled else []
        keys += ["coverage"] if "coverage" in known else []
    return keys + sorted(f"note:{indicator}" for indicator in indicators)


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


__all__ = ["Study", "failed", "findings", "focus_state", "limits", "pooled_fits", "shown"]
