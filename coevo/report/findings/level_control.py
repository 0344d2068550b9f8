"""What D measures: balance or level, and where regions stand with the level taken out."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from coevo.coupling.formulas import FORMS
from coevo.coupling.level import PER_HEAD
from coevo.observations.units import unit_of
from coevo.report.findings.study_tables import Study, reason

USUAL = "standard"  # form of C
NEAR = 0.95  # correlation from which an indicator nearly is a level
ALMOST = 0.9  # share of the variance of ln D from which T makes almost all of it
PER_PERSON = "10 thousand yuan per person"
PER_RESIDENT = r"\bper [\d, ]*persons?$"  # units


def measures_finding(study: Study) -> dict[str, Any]:
    """Values and verdict of 'what D measures'. Read from `level`.

    `verdict`: `level` where T makes 90 % of the variance of ln D or more, `mostly_level` where it
    makes as much as C or more, else `balance`; `none` where that was not computed (`why_parts`),
    `one_region`. `levels`: what explains ln D, with R2, size per head first, or `why` there is
    none. `focus`: rank of the focus among `n`, and with the first level, `by`, taken out its
    `ranks` by slope, `one` or `several`, from `low` to `high`. `rise`: of its ln D and of the
    parts C and T; `moved`: by `level` or `balance`, or `unsplit`. `per_head`: indicators that are.
    `twice`: of `level` by the usual form, C of indices of which one is twice the others.
    """
    shares = of_measure(study, "variance_share").to_dict()
    explained = of_measure(study, "R2", "level")
    levels = [(str(name), float(value)) for name, value in explained.items() if name]
    verdict, usual = _verdict(study, shares), study.config["coupling"]["form"] == USUAL
    twice = np.array([[2.0, *[1.0] * (len(study.subsystems) - 1)]])
    return {
        "verdict": verdict,
        "shares": shares,
        "levels": levels,
        "by": levels[0][0] if levels else None,
        "why": None if levels else reason(study.rows("level", measure="R2")),
        "why_parts": reason(study.rows("level", measure="variance_share")),
        "twice": FORMS[USUAL](twice)[0] if usual and verdict == "level" else None,
        "per_head": per_resident(study),
        **measures_of(study, study.focus),
    }


def per_resident(study: Study) -> int:
    """How many indicators of the subsystems are per resident."""
    used = study.indicators[study.indicators["subsystem"].isin(study.subsystems)]
    return int(used["unit"].str.contains(PER_RESIDENT).sum())


def near_level(study: Study, level: str) -> dict[str, float]:
    """Indicators of D that nearly are a level that it is held against, with r in logarithms: what
    they explain of D they are part of.
    """
    of_D = study.indicators.loc[study.indicators["subsystem"].isin(study.subsystems), "indicator"]
    figures = study.rows("panel", indicator=list(of_D)).set_index(["region", "year"])
    against, found = level_values(study, level)[0], {}
    for indicator, value in figures.groupby("indicator", sort=False)["value"]:
        both = pd.concat([value, against], axis=1).dropna()
        logs = np.log(both[(both > 0).all(axis=1)])
        found[str(indicator)] = float(logs.iloc[:, 0].corr(logs.iloc[:, 1]))
    return {indicator: r for indicator, r in found.items() if r >= NEAR}


def measures_of(study: Study, region: str) -> dict[str, Any]:
    """What `measures_finding` says of one region."""
    parts = ("lnD", "C", "T")
    rise = {part: of_measure(study, f"rise_{part}").get(region) for part in parts}
    by_level = rise["lnD"] is not None and abs(rise["T"]) > abs(rise["C"])
    moved = "unsplit" if rise["lnD"] is None else "level" if by_level else "balance"
    return {"focus": _ranks(study, region), "rise": rise, "moved": moved}


def _verdict(study: Study, shares: dict[str, float]) -> str:
    if study.single:
        return "one_region"
    if not shares:
        return "none"
    if shares["T"] >= ALMOST:
        return "level"
    return "mostly_level" if shares["T"] >= shares["C"] else "balance"


def of_measure(study: Study, measure: str, column: str = "scope", **wanted: str) -> pd.Series:
    """Values of one measure of `level` by a column."""
    rows = study.rows("level", measure=measure, **wanted).dropna(subset="value")
    return rows.set_index(column)["value"]


def _ranks(study: Study, region: str) -> dict[str, Any] | None:
    """Rank of a region, and its ranks with the level taken out."""
    by_D = of_measure(study, "rank_D")
    by_slope = of_measure(study, "rank_adjusted_D", "slope", scope=region)
    if region not in by_D.index or by_slope.empty:
        return None
    low, high = int(by_slope.min()), int(by_slope.max())
    spread = {"low": low, "high": high, "ranks": "one" if low == high else "several"}
    rank = int(by_D[region])
    place = "same" if {low, high} == {rank} else "moved"
    return {"rank": rank, "n": len(by_D), "place": place} | spread


def level_label(study: Study, level: str, words: Mapping[str, str]) -> str:
    """Label of a level of development; words: how a language says per head."""
    label = study.label(level.removesuffix(PER_HEAD))
    return words["per_head"].format(label) if level.endswith(PER_HEAD) else label


def level_values(study: Study, level: str) -> tuple[pd.Series, str]:
    """Values of a level of development by (region, year), and their unit in the language.

    Size per head in 10,000 yuan per person, or thousands of another money, where it is money per
    person, else in the units of its two figures.
    """
    if not level.endswith(PER_HEAD):
        return study.series(level), study.unit(level)
    size = study.config["comovement"]["size"][:2]
    ratio = study.series(size[0]) / study.series(size[1])
    money, persons = (unit_of(study.units[name]) for name in size)
    if money.measures.startswith("money") and persons.measures == "persons":
        currency = money.measures.removeprefix("money").strip()
        unit = f"thousand {currency} per person" if currency else PER_PERSON
        ratio = ratio * money.factor / persons.factor / unit_of(unit).factor
        return ratio, study.unit_name(unit)
    return ratio, " / ".join(study.unit(name) for name in size)
