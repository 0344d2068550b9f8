"""A number's way from the cells of the raw files to D, for every region and year, as the page
shows it.
"""

from typing import Any

from coevo.coupling.formulas import COMPOSITES, FORMS, contribution_shares
from coevo.normalisation import scaled_panel
from coevo.normalisation.directions import directions_under, scales_of
from coevo.report.findings.study_tables import SUBSYSTEM_PREFIX
from coevo.report.tables.report_table import in_words
from coevo.report.tables.steps import derivation_text, steps
from coevo.report.words.markup import subscript
from coevo.report.words.numbers import band
from coevo.report.words.report_text import ReportText

# Figures (regions x years x indicators) that a page holds; of a larger study it traces one region.
MOST = 30_000
NO_TRACE: dict[str, list[Any]] = {"years": [], "regions": []}  # of a study without D
SHOWN = ["read_from", "value", "flag", "low", "high", "z"]


def trace(words: ReportText) -> dict[str, Any]:
    """What leads from raw figures to D.

    `steps`: by region and year a row for each of `indicators`, with the columns of `SHOWN`;
    `states`: by region and year U of each subsystem, C, T, D and the grade.
    """
    study = words.study
    indicators = _indicators(words)
    every = len(study.regions) * len(study.years) * len(indicators) <= MOST
    regions = study.regions if every else [study.focus]
    rows = in_words("steps", steps(words, regions), words)
    cells = rows[SHOWN].astype(object).where(rows[SHOWN].notna(), None).to_numpy().tolist()
    each = iter([cells[k : k + len(indicators)] for k in range(0, len(cells), len(indicators))])
    found = {region: {year: next(each) for year in study.years} for region in regions}
    states: dict[str, dict[int, Any]] = {region: {} for region in regions}
    coupling = study.rows("coupling", region=regions)
    columns = [*(SUBSYSTEM_PREFIX + name for name in study.subsystems), *"CTD"]
    for row in coupling.to_dict("records"):
        grade = words.word("grade", row["grade"])
        states[row["region"]][row["year"]] = [*(row[column] for column in columns), grade]
    return {
        "years": study.years,
        "regions": regions,
        "whole": every,
        "formulas": _formulas(words),
        "preset": study.config["coupling"]["preset"] is not None,
        "product": study.config["coupling"]["composite"] == "linear",
        "subsystems": [study.label(name) for name in study.subsystems],
        "indicators": indicators,
        "steps": found,
        "states": states,
    }


def _formulas(words: ReportText) -> dict[str, str]:
    """The formulas of z, U, C, T and D in symbols, as the configuration chooses them."""
    coupling = words.study.config["coupling"]
    shares = contribution_shares(coupling["contributions"], len(words.study.subsystems))
    return {
        "z": _scores(words),
        "U": COMPOSITES[coupling["composite"]].symbols,
        "C": FORMS[coupling["form"]].symbols.format(k=coupling["k"]),
        "T": "T = " + " + ".join(f"{a:.4g} U{subscript(i)}" for i, a in enumerate(shares, 1)),
        "D": "D = √(C T)",
    }


def _scores(words: ReportText) -> str:
    """The formula of z of each direction that the study has; said which where not all are +."""
    settings = words.study.config["normalisation"]
    ends = scaled_panel(settings)
    start = "" if ends is None else f"{ends[0]:g} + {ends[1] - ends[0]:g} "
    used = {scale.direction for scale in scales_of(words.study.indicators).values()}
    ways = directions_under(settings["reference"])
    formulas = {name: f"z = {start}{way.symbols}" for name, way in ways.items() if name in used}
    if list(formulas) == ["+"]:
        return formulas["+"]
    return "; ".join(f"{text} ({words.word('better', name)})" for name, text in formulas.items())


def _indicators(words: ReportText) -> list[dict[str, Any]]:
    """Label, unit, derivation, direction, best band, weight and subsystem of each indicator."""
    study, scales = words.study, scales_of(words.study.indicators)
    weights = study.rows("weights", weighting=study.config["weighting"]["method"])
    weight = weights.set_index("indicator")["weight"].to_dict()
    rows = study.indicators.set_index("indicator").loc[list(scales)]
    return [
        {
            "label": study.heading(name),
            "unit": study.unit(name),
            "derived": derivation_text(words, name),
            "direction": scales[name].direction,
            "best": band(*scales[name].best),
            "weight": weight.get(name),
            "subsystem": list(study.subsystems).index(subsystem),
        }
        for name, subsystem in rows["subsystem"].items()
    ]
