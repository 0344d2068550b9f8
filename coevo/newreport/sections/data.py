"""What was read, of which editions, what the audit found; the indicators and their weights."""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import pandas as pd

from coevo.arrays import Row
from coevo.newreport.blocks import Column, Table
from coevo.newreport.language import Language
from coevo.newreport.numbers import band, missing
from coevo.newreport.study import Study
from coevo.normalisation.directions import scales_of
from coevo.panel.audit import ACCEPTED, FINDING, SERIOUS, is_finding, is_serious
from coevo.panel.derivations import breaks_in_coverage, linked
from coevo.panel.vintages import POLICIES, SERIES, of_years
from coevo.schema import BREAK, FILLED, SPLICED

MISSING = "missing"
MOST_GROUPS = 12  # of figures that a sentence names; beyond, only their number
KEY = ["region", "year", "indicator"]


@dataclass(frozen=True)
class Figures:
    """Some figures: of which indicators, years and regions (`everywhere` if all of the study)."""

    indicators: list[str]
    years: list[int]
    names: list[str]
    everywhere: bool
    vintage: str = ""


@dataclass(frozen=True)
class DataFacts:
    """What was read and what stands in for what is missing.

    figures, indicators: how many were read; doubts: findings of the audit, of which `serious` (with
    the checks that raised them) and `accepted`; filled, missing: groups of figures, and how many
    figures these are; filled_share: of the figures behind D; newer: figures of newer editions that
    are not used, by edition; pinned: the edition that the study is fixed to; breaks, spliced:
    figures where two editions meet or are linked; crossing: growth rates left out because their
    years come from two editions; revisions: figures that differ between editions; copied: findings
    of the check `copy`, equal figures in adjacent years.
    """

    figures: int
    indicators: int
    doubts: int
    serious: int
    serious_checks: list[str]
    accepted: int
    filled: list[Figures]
    filled_count: int
    missing: list[Figures]
    missing_count: int
    filled_share: float
    newer: list[Figures]
    pinned: str
    breaks: list[Figures]
    spliced: list[Figures]
    crossing: int
    revisions: int
    copied: list[Row] = field(default_factory=list)


def facts(study: Study) -> DataFacts:
    """Return what was read, missing, filled and doubted."""
    seen, panel, audit = (study.tables[name] for name in ("observations", "panel", "audit"))
    flags = panel["flag"].fillna("").astype(str)
    # An index on the year before has no use in the first year.
    chained = panel["indicator"].isin(linked(study.derivations.values()))
    unneeded = chained & panel["year"].eq(panel["year"].min())
    filled = panel[flags.eq(FILLED)]
    absent = panel[flags.str.startswith(MISSING) & ~unneeded]
    read = panel[panel["indicator"].isin(seen["indicator"])]
    serious = audit.loc[is_serious(audit), "check"]
    pin = study.config["vintage"]
    inside = study.indicators.loc[study.indicators["subsystem"] != "", "indicator"]
    behind = panel.dropna(subset="value").loc[lambda t: t["indicator"].isin(inside), "flag"]
    return DataFacts(
        figures=int(seen["value"].notna().sum()),
        indicators=seen["indicator"].nunique(),
        doubts=int(is_finding(audit).sum()),
        serious=len(serious),
        serious_checks=list(serious.unique()),
        accepted=int((audit["standing"] == ACCEPTED).sum()),
        filled=_few(study, filled),
        filled_count=len(filled),
        missing=_few(study, absent),
        missing_count=len(absent),
        filled_share=float(behind.eq(FILLED).mean()) if len(behind) else 0.0,
        newer=[
            group
            for vintage, rows in _newer(study).groupby("vintage")
            for group in groups(study, rows, str(vintage))
        ],
        pinned="" if pin == "latest" else str(pin),
        breaks=groups(study, read[read["flag"] == BREAK]),
        spliced=groups(study, read[read["flag"] == SPLICED]),
        crossing=_crossing(study) if study.pair else 0,
        revisions=len(study.tables["revisions"]),
        copied=audit[is_finding(audit) & audit["check"].eq("copy")].to_dict("records"),
    )


def _few(study: Study, rows: pd.DataFrame) -> list[Figures]:
    found = groups(study, rows)
    return found if len(found) <= MOST_GROUPS else []


def groups(study: Study, rows: pd.DataFrame, vintage: str = "") -> list[Figures]:
    """Return figures grouped by their years and regions, indicators in the order of their table."""
    order = pd.CategoricalDtype(study.indicators["indicator"])
    cells = rows.astype({"indicator": order}).sort_values(["indicator", "year", "name"])
    for held, by in (("name", ["indicator", "year"]), ("year", ["indicator", "name"])):
        cells = cells.groupby(by, sort=False, observed=True)[held].agg(tuple).reset_index()
    every = len(study.regions)
    return [
        Figures(list(part), list(years), list(names), 1 < len(names) == every, vintage)
        for (names, years), part in cells.groupby(["name", "year"], sort=False)["indicator"]
    ]


def _newer(study: Study) -> pd.DataFrame:
    """The newest figures that are newer than the series used."""
    newest, used = standing(study, "overlay"), standing(study)
    vintage = used.groupby(SERIES)["vintage"].max().rename("vintage_used")
    newer = newest[newest["value"].notna()].join(vintage, on=SERIES)
    return newer[newer["vintage"] > newer["vintage_used"]]


@lru_cache(maxsize=8)
def standing(study: Study, policy: str = "") -> pd.DataFrame:
    """Return the figures that stand by a policy for editions, by default the study's, for the
    regions, years and indicators of the panel.
    """
    panel, seen = study.tables["panel"], study.tables["observations"]
    for column in ("region", "indicator"):
        seen = seen[seen[column].isin(panel[column])]
    choose = POLICIES[policy or study.config["vintage_policy"]]
    return choose(of_years(seen, panel["year"].unique()))


def _crossing(study: Study) -> int:
    fits = {"estimator": study.estimator, "scope": study.regions}
    return int(study.rows("checks", check="rows_across_vintages", **fits)["value"].sum())


def weights(study: Study) -> pd.DataFrame:
    """Return the weights in use, the heaviest first in each system."""
    rows = study.rows("weights", weighting=study.config["weighting"]["method"])
    rows = rows.assign(place=rows["subsystem"].map(study.subsystems.index))
    return rows.sort_values(["place", "weight"], ascending=[True, False])


def copied_years(study: Study, least_weight: float = 0.1) -> list[str]:
    """Return the indicators with a tenth of the weight or more that have copied years."""
    copied = {row["indicator"] for row in facts(study).copied}
    heavy = study.rows("weights", weighting=study.config["weighting"]["method"])
    heavy = heavy[heavy["weight"] >= least_weight]["indicator"]
    return [name for name in heavy if copied & {name, *study.underlying([name])}]


def tables(study: Study, language: Language) -> list[Table]:
    """Return the indicators with their weights (Table 2) and the doubts of the audit by check."""
    found = [_doubts(study, language)]
    return [_indicators(study, language), *found] if study.indexed else found


def _indicators(study: Study, language: Language) -> Table:
    scales, rows = scales_of(study.indicators), weights(study)
    rows = rows.assign(
        system=rows["subsystem"].map(study.heading).mask(rows["subsystem"].duplicated(), ""),
        label=[language.with_unit(name) for name in rows["indicator"]],
        direction=[_direction(scales[name]) for name in rows["indicator"]],
        notes=[_notes(study, language, name) for name in rows["indicator"]],
    )
    columns = [
        Column("system", ("system",), width=13),
        Column("indicator", ("label",), width=46),
        Column("direction", ("direction",), width=4),
        Column("weight", ("weight",), lambda w: language.fixed(w, 3), 7, True, "0.000"),
        Column("source", ("notes",), width=30),
    ]
    return Table("indicators", "", rows, columns, kind="wide")


def _direction(scale: Any) -> str:
    return band(*scale.best) or scale.direction.replace("-", "−")


def _notes(study: Study, language: Language, indicator: str) -> str:
    """From which raw series an indicator comes, and in which years these changed."""
    parts = [name for name in study.underlying([indicator]) if not study.derivation(name)[0]]
    names = study.indicators.set_index("indicator")["source_name"].reindex(parts).fillna("")
    text = "; ".join(dict.fromkeys(str(name) for name in names if name))
    rows = study.rows("panel", indicator=indicator).dropna(subset="value")
    years = {
        "coverage": [y for y in breaks_in_coverage(study.indicators).get(indicator, [])],
        "break": sorted(rows.loc[rows["flag"].eq(BREAK), "year"].unique()),
        "filled": sorted(rows.loc[rows["flag"].eq(FILLED), "year"].unique()),
    }
    notes = (
        language.term("series", key).format(language.spans(of)) for key, of in years.items() if of
    )
    return "; ".join([text, *notes]) if text else "; ".join(notes)


def _doubts(study: Study, language: Language) -> Table:
    """Findings by check and indicator, the serious first, one of each as an example."""
    audit = study.tables["audit"]
    audit = audit[is_finding(audit)]
    order = audit["standing"].map([SERIOUS, FINDING, ACCEPTED].index).sort_values(kind="stable")
    parts = audit.loc[order.index].groupby(["standing", "check", "indicator"], sort=False)
    rows = []
    for (standing_, check, indicator), part in parts:
        first = part.iloc[0]
        where = first["name"] if not missing(first["name"]) and first["name"] else first["file"]
        where = "" if missing(where) else str(where)
        if not missing(first["year"]):
            where = f"{where} {language.year(first['year'])}".strip()
        name = language.term("check", check)
        if standing_ != FINDING:
            name = language.brackets(name, language.term("standing", standing_))
        sentence = language.message(first["message"], first["fields"])
        rows.append((name, study.heading(str(indicator)), len(part), f"{where}: {sentence}"))
    names = ["check", "indicator", "count", "example"]
    columns = [
        Column("check", ("check",), width=18),
        Column("indicator", ("indicator",), width=24),
        Column("count", ("count",), language.count, 8, True, "0"),
        Column("example", ("example",), width=54),
    ]
    return Table("audit", "", pd.DataFrame(rows, columns=names), columns, kind="wide")


__all__ = ["DataFacts", "Figures", "facts", "standing", "tables", "weights"]
