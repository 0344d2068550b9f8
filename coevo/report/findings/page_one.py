"""Which sentences open the report, by verdicts that its sections found."""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from coevo.coupling.level import PER_HEAD, SLOPES
from coevo.equilibria.possible_outputs import model_outputs, proposed_pair
from coevo.report.findings.level_control import of_measure
from coevo.report.findings.relation import UNDETERMINED
from coevo.report.findings.study_tables import Study
from coevo.sensitivity.claims import CONCLUSIONS
from coevo.sensitivity.headlines import SUPPORTED

HALF = 0.5  # share of the variance of ln D from which a level of development says much of it
ON_FIGURES = ("printed", "unit")  # checks of claims on printed figures
UNNAMED = ("none", "not_estimated", UNDETERMINED)
PROXIES = ("secondary_value_added", "hare_pelts")  # indicators that stand for what none measures
SAME = ("located", "not_estimated", "none")  # verdicts on the equilibrium that page one keeps
FEW = 5  # regions left out that a line can name
Findings = Mapping[str, Any]


def opening_finding(study: Study, findings: Findings) -> dict[str, Any]:
    """What the sentences of page one differ by, beside the verdicts of the sections (`findings`).

    `kind`: `claims` where a study of one region asks whether the claims of a paper hold, `indices`
    of any other with indices, `model` without. `richer`: whether regions of a higher level per head
    have a higher D (`richer`), by a level that explains half of it, else `hardly`; `unknown`
    without a level. `least`: see `_least`. `theory`: the sentence on theory against fit. `drive`:
    `named`, `supply` (`supply_named`, where page one speaks of nothing else), `other`, `undecided`
    or `not_estimated`; `driving`: how it is told, `modelled` or `alone`; `settle`: `located`,
    `unlocated` or `not_estimated`. `printed`, `stated`: supported claims on printed figures and all
    others, of how many.
    `deciding`: what might change the result: more `years`, other `regions`, a direct measure of
    what a proxy (its indicator) stands for, unchanged `coverage`, other `choices`.
    `model`: `fitted`; not, but `possible` with two `outputs` of the study; or they are `lacking`.
    """
    theory, settle = (findings[part]["verdict"] for part in ("theory_fit", "equilibrium"))
    opening: dict[str, Any] = {"kind": opening_kind(study), "pair": study.pair, **_model(study)}
    opening["systems"] = "two" if len(study.subsystems) == 2 else "several"
    opening["theory"] = f"{'page_one' if theory == 'average' else 'finding'}/{theory}"
    if study.indexed:
        richer = _richer(study, findings["measures"]["levels"])
        opening |= {"richer": richer, "least": _least(findings), "driving": "alone"}
        opening["coverage"] = findings["coverage"]["shown"]
        opening["built_in"] = richer == "richer" and findings["measures"]["per_head"]
    if study.pair is not None:
        opening |= {"drive": _drive(study, findings), "driving": "modelled"}
        opening["settle"] = settle if settle in SAME else "unlocated"
    if opening["kind"] == "claims":
        claims = study.tables["claims"]
        printed = claims["check"].isin(ON_FIGURES)
        opening |= {"printed": _supported(claims[printed]), "stated": _supported(claims[~printed])}
        opening["others"] = opening["stated"][1]
        opening["most"] = max(reversed(conclusions(claims)), key=lambda counted: counted[1])
    return opening | {"deciding": _deciding(study, opening, findings)}


def _model(study: Study) -> dict[str, Any]:
    if study.pair is not None:
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
        "coverage": coverage.get("shown") or coverage.get("verdict") == "hangs",
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
    """Where all regions rose by the study's own choices: whether they did by `every` combination,
    or at `least` some; else `none`.
    """
    all_rose = findings["through"].get("all_rose", {})
    if "least" not in all_rose or findings["far"]["verdict"] not in ("both", "all"):
        return "none"
    return "every" if all_rose["key"] == SUPPORTED else "least"


def _drive(study: Study, findings: Findings) -> str:
    named = findings["relation"]["verdict"] not in UNNAMED
    drive = "named" if named else str(findings["interaction"]["headline"])
    return "supply_named" if drive == "supply" and not study.indexed else drive


def _supported(claims: pd.DataFrame) -> tuple[int, int]:
    return int(claims["conclusion"].eq("supported").sum()), len(claims)


def conclusions(claims: pd.DataFrame) -> list[tuple[str, int]]:
    """Return the conclusions of claims with their number, those that occur, supported first."""
    counts = claims["conclusion"].value_counts()
    return [(key, int(counts[key])) for key in dict.fromkeys(CONCLUSIONS.values()) if key in counts]


def all_provinces(regions: Iterable[str]) -> bool:
    """Whether all regions are provincial units, by their codes."""
    return all(region.endswith("0000") for region in regions)


def scope_finding(study: Study) -> dict[str, Any]:
    """`covered`: `one` region or `many`, of `units` `provinces` or `regions`; `absent`: codes and
    `names` of known units that the study lacks, empty where they are many or unknown. `model_of`:
    `outputs` of an economy that stand for populations (`levels`), or `species`.
    """
    column = f"name_{study.language}"
    known = {} if study.places is None else study.places.set_index("region")[column].to_dict()
    absent = sorted(set(known) - set(study.regions))
    absent = absent if len(absent) <= FEW and not study.single else []
    return {
        "covered": "one" if study.single else "many",
        "units": "provinces" if all_provinces(study.regions) else "regions",
        "model_of": "outputs" if study.config.get("levels") else "species",
        "absent": " ".join(absent),
        "names": [known[region] for region in absent],
    }
