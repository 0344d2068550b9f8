"""A number's way from the cells of the raw files to D, for every region and year, as the page
shows it.

Everything is by position: `years` name the columns of each list, `indicators` the rows of `raw`,
`panel`, `flags`, `z` and `posts`. A value that is not there is None.
"""

from collections.abc import Callable, Iterable
from typing import Any

import pandas as pd

from coevo.coupling.formulas import COMPOSITES, FORMS, contribution_shares
from coevo.files import rows_of
from coevo.normalisation import scaled_panel
from coevo.normalisation.directions import directions_under, scales_of
from coevo.panel.vintages import CELL
from coevo.report.findings.data_quality import standing
from coevo.report.findings.study_tables import SUBSYSTEM_PREFIX, Study
from coevo.report.words.markup import subscript
from coevo.report.words.numbers import band

# Figures (regions x years x indicators) that a page holds; of a larger study it traces one region.
MOST = 30_000
NO_TRACE: dict[str, list[Any]] = {"years": [], "regions": []}  # of a study without D
Values = dict[str, list[Any]]


def trace(study: Study, word: Callable[[str, str], str]) -> dict[str, Any]:
    """What leads from raw figures to D: indicators, places in the files, values of each step."""
    members = study.indicators["subsystem"].isin(study.subsystems)
    used = study.underlying(study.indicators.loc[members, "indicator"])
    every = len(study.regions) * len(study.years) * len(used) <= MOST
    regions = study.regions if every else [study.focus]
    known = ("observations", "panel", "normalised", "coupling")
    tables = {name: study.rows(name, region=regions) for name in known}
    raw, places = _raw(tables["observations"], study, used)
    panel = tables["panel"]
    return {
        "years": study.years,
        "regions": regions,
        "whole": every,
        "formulas": _formulas(study, word),
        "preset": study.config["coupling"]["preset"] is not None,
        "subsystems": [study.label(s) for s in study.subsystems],
        "indicators": _indicators(study, used),
        "posts": _posts(study, used),
        "places": places,
        "raw": raw,
        "panel": _by_year(panel, "value", study, used),
        "flags": _flags([panel, tables["normalised"]], used),
        "z": _by_year(tables["normalised"], "z", study, used),
        "states": _states(tables["coupling"], study, word)[0],
    }


def _formulas(study: Study, word: Callable[[str, str], str]) -> dict[str, str]:
    """The formulas of z, U, C, T and D in symbols, as the configuration chooses them."""
    coupling = study.config["coupling"]
    shares = contribution_shares(coupling["contributions"], len(study.subsystems))
    return {
        "z": _scores(study, word),
        "U": COMPOSITES[coupling["composite"]].symbols,
        "C": FORMS[coupling["form"]].symbols.format(k=coupling["k"]),
        "T": "T = " + " + ".join(f"{a:.4g} U{subscript(i)}" for i, a in enumerate(shares, 1)),
        "D": "D = √(C T)",
    }


def _scores(study: Study, word: Callable[[str, str], str]) -> str:
    """The formula of z of each direction that the study has; said which where not all are +."""
    ends = scaled_panel(study.config["normalisation"])
    start = "" if ends is None else f"{ends[0]:g} + {ends[1] - ends[0]:g} "
    used = {scale.direction for scale in scales_of(study.indicators).values()}
    ways = directions_under(study.config["normalisation"]["reference"])
    formulas = {name: f"z = {start}{way.symbols}" for name, way in ways.items() if name in used}
    if list(formulas) == ["+"]:
        return formulas["+"]
    return "; ".join(f"{text} ({word('better', name)})" for name, text in formulas.items())


def _indicators(study: Study, used: Iterable[str]) -> list[dict[str, Any]]:
    """Label, unit, direction, best band, weight, subsystem and derivation of each indicator.

    `product`: whether the weight times z is what the indicator adds to U.
    """
    table, place = study.indicators.set_index("indicator"), {i: n for n, i in enumerate(used)}
    weights = study.rows("weights", weighting=study.config["weighting"]["method"])
    weight = weights.set_index("indicator")["weight"].to_dict()
    subsystems = {name: n for n, name in enumerate(study.subsystems)}
    rows, scales = [], scales_of(study.indicators)
    for indicator in used:
        name, arguments = study.derivation(indicator)
        rows.append({
            "label": study.heading(indicator),
            "unit": study.unit(indicator),
            "direction": table.at[indicator, "direction"],
            "best": band(*scales[indicator].best) if indicator in scales else "",
            "weight": weight.get(indicator),
            "subsystem": subsystems.get(table.at[indicator, "subsystem"]),
            "product": study.config["coupling"]["composite"] == "linear",
            "of": [name, *(place[a] for a in arguments)] if name else None,
        })  # fmt: skip
    return rows


def _posts(study: Study, used: Iterable[str]) -> list[dict[str, list[float]]]:
    """Minimum and maximum of each indicator by group: a year, a region, or "" for all."""
    table = study.tables["goalposts"]
    return [
        {str(row.group): [row.low, row.high] for row in rows_of(table, indicator=i).itertuples()}
        for i in used
    ]


def _by_year(table: pd.DataFrame, column: str, study: Study, used: Iterable[str]) -> list[Values]:
    """A column of a long table as lists over the years, by region, of each indicator used."""
    lists: dict[str, Values] = {indicator: {} for indicator in used}
    rows = table[table["indicator"].isin(lists) & table["year"].isin(study.years)]
    wide = rows.pivot(index=["indicator", "region"], columns="year", values=column)
    wide = wide.reindex(columns=study.years).astype(object)
    for (indicator, region), values in wide.where(wide.notna(), None).T.items():
        lists[indicator][region] = values.tolist()
    return list(lists.values())


def _raw(
    observations: pd.DataFrame, study: Study, used: list[str]
) -> tuple[list[Values], list[list[str]]]:
    """Raw figures as (value, place, cell) by indicator, region and year; file and sheet of places.

    Of several vintages the one whose figure stands by the study's policy.
    """
    rows = standing(study)[[*CELL, "vintage"]].merge(observations, on=[*CELL, "vintage"])
    codes, places = pd.MultiIndex.from_frame(rows[["file", "sheet", "vintage"]]).factorize()
    values = rows["value"].astype(object).where(rows["value"].notna(), None)
    entries = map(list, zip(values, codes.tolist(), rows["cell"], strict=True))
    table = rows.assign(entry=pd.Series(entries, rows.index))
    return _by_year(table, "entry", study, used), [list(place) for place in places]


def _flags(tables: Iterable[pd.DataFrame], used: list[str]) -> list[dict[str, str]]:
    """Flags of panel and z by indicator: "<region> <year>" -> flags, separated by spaces."""
    rows = pd.concat(table[table["flag"].fillna("").ne("")] for table in tables)
    kinds = rows["flag"].astype(str).str.split(":").str[0]
    cell = rows["region"].astype(str) + " " + rows["year"].astype(str)
    joined = kinds.groupby([rows["indicator"], cell], sort=False).agg(" ".join)
    known = set(joined.index.get_level_values(0))
    return [joined[indicator].to_dict() if indicator in known else {} for indicator in used]


def _states(coupling: pd.DataFrame, study: Study, word: Callable[[str, str], str]) -> list[Values]:
    """U of each subsystem, C, T, D and the grade by region and year."""
    columns = [*(SUBSYSTEM_PREFIX + s for s in study.subsystems), "C", "T", "D"]
    grades = coupling["grade"].map(lambda grade: word("grade", grade))
    states = coupling[columns].astype(object).assign(grade=grades).to_numpy().tolist()
    table = coupling.assign(indicator="D", state=pd.Series(states, coupling.index))
    return _by_year(table, "state", study, ["D"])
