"""What D measures: the mean of the indices or their balance, and the level of development."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from coevo.coupling import splits
from coevo.coupling.formulas import FORMS
from coevo.coupling.level import PER_HEAD
from coevo.newreport.study import Reason, Study, least_and_largest, reason
from coevo.observations.units import unit_of
from coevo.sensitivity.choices import CHOICES, MAIN
from coevo.sensitivity.headline_statistics import R2

USUAL = "standard"  # form of C
NEARLY_EQUAL = 0.95  # correlation from which an indicator nearly is a level of development
ALMOST_ALL = 0.9  # share of the variance of ln D
PER_PERSON = "10 thousand yuan per person"
PER_RESIDENT = r"\bper [\d, ]*persons?$"  # units


@dataclass(frozen=True)
class LevelShare:
    """Which level of development explains most of ln D, by one system of indicators.

    system: `main` or the name of another; level: `<indicator>` or `<indicator>_per_head`; low,
    high: its R2 over all methods.
    """

    system: str
    level: str
    low: float
    high: float


@dataclass(frozen=True)
class Adjusted:
    """The rank of a region with the level of development taken out, beside its rank by D."""

    rank: int
    low: int
    high: int
    regions: int


@dataclass(frozen=True)
class MeaningFacts:
    """What D is made of.

    verdict: `level` where T makes 90 % of the variance of ln D or more, `mostly_level` where it
    makes as much as C or more, else `balance`; `none` where that is not computed (`reason`), or
    `one_region`. share_T, share_C: of the variance. levels: the R2 of each level of development, in
    the study's own setting; follows: what explains most by each indicator system; per_head: number
    of indicators that are divided by residents; alike: indicators that nearly are the first level,
    with r; twice: C of two indices of which one is twice the other (usual form); rise: change of ln
    D of the focus and of its parts C and T; largest: the indicators that contributed most to it.
    """

    verdict: str
    share_T: float | None  # noqa: N815
    share_C: float | None  # noqa: N815
    reason: Reason | None
    levels: list[tuple[str, float]]
    level_reason: Reason | None
    follows: list[LevelShare]
    per_head: int
    alike: dict[str, float]
    twice: float | None
    adjusted: Adjusted | None
    rise: dict[str, float]
    largest: list[tuple[str, float]]

    @property
    def by(self) -> str:
        """The level of development that D is held against; "" without one."""
        return self.levels[0][0] if self.levels else ""


def facts(study: Study) -> MeaningFacts:
    """Return what D measures, from the tables `level`, `multiverse` and `growth_split`."""
    shares = of_measure(study, "variance_share").to_dict()
    levels = [(str(k), float(v)) for k, v in of_measure(study, "R2", "level").items() if k]
    verdict = _verdict(study, shares)
    usual = study.config["coupling"]["form"] == USUAL and verdict == "level"
    twice = np.array([[2.0, *[1.0] * (len(study.subsystems) - 1)]])
    follows = _follows(study, levels) if levels and not study.single else []
    used = study.indicators[study.indicators["subsystem"].isin(study.subsystems)]
    return MeaningFacts(
        verdict=verdict,
        share_T=shares.get("T"),
        share_C=shares.get("C"),
        reason=reason(study.rows("level", measure="variance_share")),
        levels=levels,
        level_reason=None if levels else reason(study.rows("level", measure="R2")),
        follows=follows,
        per_head=int(used["unit"].str.contains(PER_RESIDENT).sum()),
        alike=near_level(study, follows[0].level) if follows else {},
        twice=float(FORMS[USUAL](twice)[0]) if usual else None,
        adjusted=adjusted_rank(study, study.focus),
        rise=_rise(study, study.focus),
        largest=_largest_contributions(study),
    )


def _verdict(study: Study, shares: dict[str, float]) -> str:
    if study.single:
        return "one_region"
    if not shares:
        return "none"
    if shares["T"] >= ALMOST_ALL:
        return "level"
    return "mostly_level" if shares["T"] >= shares["C"] else "balance"


def of_measure(study: Study, measure: str, column: str = "scope", **wanted: Any) -> pd.Series:
    """Return the values of one measure of the table `level`, by a column."""
    rows = study.rows("level", measure=measure, **wanted).dropna(subset="value")
    return rows.set_index(column)["value"]


def adjusted_rank(study: Study, region: str) -> Adjusted | None:
    """Return the ranks of a region with the level taken out, by three slopes; None without them."""
    by_D = of_measure(study, "rank_D")
    by_slope = of_measure(study, "rank_adjusted_D", "slope", scope=region)
    if region not in by_D.index or by_slope.empty:
        return None
    return Adjusted(int(by_D[region]), int(by_slope.min()), int(by_slope.max()), len(by_D))


def _rise(study: Study, region: str) -> dict[str, float]:
    """Change of ln D of a region and of its parts; empty where it cannot be split."""
    values = {part: of_measure(study, f"rise_{part}").get(region) for part in ("lnD", "C", "T")}
    return (
        {} if values["lnD"] is None else {k: float(v) for k, v in values.items() if v is not None}
    )


def _largest_contributions(study: Study, count: int = 2) -> list[tuple[str, float]]:
    """The indicators that go furthest along with the change of ln D of the region in focus."""
    if not splits(study.config["coupling"]):
        return []
    parts = (
        study.rows("growth_split", region=study.focus).groupby("indicator")["contribution"].sum()
    )
    along = (parts if parts.sum() >= 0 else -parts).sort_values(ascending=False)
    return [(str(name), float(parts[name])) for name in along.index[:count] if along[name] > 0]


def _follows(study: Study, levels: list[tuple[str, float]]) -> list[LevelShare]:
    """The level that explains most of ln D, by indicator system, other choices as in the study."""
    rows = study.tables["multiverse"].reset_index(drop=True)
    rest = [choice for choice in CHOICES if choice != "system"]
    own = rows.loc[rows["main"], rest].iloc[0]
    names = dict(zip(R2, (name for name, _ in levels), strict=False))
    every = rows.set_index("system").reindex(columns=list(names)).rename(columns=names)
    fits = every[(rows[rest] == own).all(axis=1).to_numpy()].dropna(how="all")
    best = fits[~fits.index.duplicated()].idxmax(axis=1)
    return [
        LevelShare(str(system), str(level), *least_and_largest(every.loc[[system], level]))
        for system, level in best.items()
    ]


def near_level(study: Study, level: str) -> dict[str, float]:
    """Return the indicators of D that nearly are a level of development, with r in logarithms."""
    of_D = study.indicators.loc[study.indicators["subsystem"].isin(study.subsystems), "indicator"]
    figures = study.rows("panel", indicator=list(of_D)).set_index(["region", "year"])
    against, found = level_values(study, level)[0], {}
    for indicator, value in figures.groupby("indicator", sort=False)["value"]:
        both = pd.concat([value, against], axis=1).dropna()
        logs = np.log(both[(both > 0).all(axis=1)])
        found[str(indicator)] = float(logs.iloc[:, 0].corr(logs.iloc[:, 1]))
    return {indicator: r for indicator, r in found.items() if r >= NEARLY_EQUAL}


def level_values(study: Study, level: str) -> tuple[pd.Series, str]:
    """Return a level of development by (region, year), and its unit in the language.

    Size per head is in 10,000 yuan per person, or thousands of another money, where it is money per
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


def is_main(system: str) -> bool:
    """Return whether an indicator system is the study's own."""
    return system in ("", MAIN)
