"""Every value and verdict that a sentence of the report needs, from the tables; no words here."""

from collections.abc import Callable, Mapping
from typing import Any

from coevo.observations.units import unit_of
from coevo.panel.derivations import DERIVATIONS
from coevo.report.findings import (
    chart_needs,
    choice_robustness,
    coverage_years,
    data_quality,
    equilibrium,
    in_step,
    interaction,
    level_control,
    page_one,
    predicted,
    regional_pattern,
    rise,
    since_release,
    theory_against_fit,
)
from coevo.report.findings.study_tables import Study

_MODULES = (
    chart_needs, choice_robustness, coverage_years, data_quality, equilibrium, in_step, interaction,
    level_control, page_one, predicted, regional_pattern, rise, since_release,
    theory_against_fit,
)  # fmt: skip


def _named(sections: str, ending: str = "finding") -> dict[str, Callable[..., Any]]:
    """Functions by section, `<section>_<ending>` in one of the modules."""
    names = {section: f"{section}_{ending}" for section in sections.split()}
    return {
        section: next(getattr(module, name) for module in _MODULES if hasattr(module, name))
        for section, name in names.items()
    }


# section -> its finding; those of the second kind rest on the model, of the third on the indices
FINDINGS = _named("scope prediction data changes")
OF_MODEL = _named("interaction survival relation feedback control equilibrium theory_fit")
OF_INDICES = _named(
    "captions through measured far coverage where step measures growth robustness weights"
)
# section -> what its finding says of one region, the focus or any that a reader picks
OF_REGION = _named("far coverage measures", "of")


def all_findings(study: Study) -> dict[str, Any]:
    """Findings by section; each section carries a `verdict` where sentences differ by it.

    A study without indices has none of the sections that rest on them; of one without the model
    those that rest on it have the verdict `none`. Page one and the limits go by the others.
    """
    sections = FINDINGS | (OF_INDICES if study.indexed else {}) | (OF_MODEL if study.pair else {})
    findings: dict[str, Any] = {section: {"verdict": "none"} for section in OF_MODEL}
    findings |= {section: finding(study) for section, finding in sections.items()}
    limits = limits_that_apply(study, findings)
    return findings | {"opening": page_one.opening_finding(study, findings), "limits": limits}


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
        "centre": modelled and equilibrium.fits(study)["kind"].eq("centre").any(),
    }
    return [key for key, holds in applies.items() if holds]


__all__ = ["Study", "all_findings", "limits_that_apply"]
