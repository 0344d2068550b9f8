"""Theoretical points: equilibria that no growth regression gave (docs/methods.md, 6)."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from coevo.arrays import Array, Booleans, Integers, Row
from coevo.equilibria.result_rows import whole_cycles
from coevo.errors import Refusal, StudyError
from coevo.estimation.growth import breaks
from coevo.lotka_volterra.calibration import calibrate, calibration_failures, period_equilibrium
from coevo.lotka_volterra.classic import equilibrium, kind
from coevo.messages import message_columns
from coevo.observations.units import conversion, unit_of
from coevo.observations.vocabulary import SALES
from coevo.study_data import StudyData

AUTO = "auto"  # calibration: whatever the figures of a study allow
FIGURES = ("x1", "x2", "purchases", "sales")
PARAMETERS = ("a1", "b1", "a2", "b2")
SHARES = (0.3, 0.5, 0.7)  # purchases over sales: scenarios where no series has purchases


class TheorySources(NamedTuple):
    """Which theoretical points a study has, each source by its own means.

    shares: purchases over sales, where these are scenarios; factor: figures of x2 times it are in
    the unit of x1; given: parameters of the configuration; cycles: whether means over whole cycles
    count; refused: why a source is not there.
    """

    purchases: bool = False
    shares: tuple[float, ...] = ()
    factor: float = 1.0
    given: Mapping[str, float] = {}
    cycles: bool = False
    refused: tuple[Refusal, ...] = ()


def theory_sources(study: StudyData) -> TheorySources:
    """Return the sources of a study's theoretical points.

    `calibration` of the configuration's interaction is {purchases, sales}, {share: [...]},
    {a1, b1, a2, b2}, None, or `auto`: shares .3, .5, .7 where both outputs are money and the
    downstream one is sales, and means over whole cycles.
    """
    calibration = study.config["interaction"].get("calibration", AUTO)
    if calibration is None:
        return TheorySources(refused=(Refusal("theory_off"),))
    if calibration != AUTO and "share" not in calibration:
        purchases = "purchases" in calibration
        return TheorySources(purchases, given={} if purchases else calibration)
    sources = TheorySources(cycles=calibration == AUTO)
    shares = SHARES if sources.cycles else tuple(np.atleast_1d(calibration["share"]))
    try:
        factor = _factor(study, by_name=sources.cycles)
    except Refusal as refusal:
        return sources._replace(refused=(refusal,))
    return sources._replace(shares=shares, factor=factor)


def _factor(study: StudyData, by_name: bool) -> float:
    """Return what brings x2 into the unit of x1; by_name: whether its name must tell of sales."""
    pair, known = study.pair, study.indicators.set_index("indicator")
    units = [study.units.get(name, "") for name in pair]
    if not all(unit and unit_of(unit).measures.startswith("money") for unit in units):
        raise Refusal("outputs_not_money")
    try:
        factor = conversion(unit_of(units[1]), unit_of(units[0]))
    except StudyError:
        raise Refusal("outputs_in_two_units", units=units) from None
    names = " ".join(map(str, [pair[1], *known.loc[pair[1]].filter(regex="^label|^source")]))
    if by_name and not any(word in names.lower() for word in SALES):
        raise Refusal("downstream_not_sales", output=pair[1])
    return factor


def theoretical(pair: pd.DataFrame, sources: TheorySources) -> tuple[list[Row], ...]:
    """Return theoretical points, and rows of the tables equilibria and refusals.

    pair: columns region, name, year, x1, x2, flag and, where the study has them, purchases and
    sales. A point has scope, source, share, first_year, last_year, x1, x2 and their range over
    years, theory_b1 and theory_d: the slopes of the theory that has some. A region without any
    point has a refusal with `quantity` theory.
    """
    points: list[Row] = []
    equilibria: list[Row] = []
    refusals: list[Row] = []
    last = last_states(pair)
    for code, part in pair.groupby("region", sort=True):
        label = {"scope": code, "effects": "none", "model": "classic"}
        candidates: list[Row] = []
        reasons = list(sources.refused)
        years, figures = by_year(part)
        gaps = np.isin(years[1:], breaks(part))
        if sources.purchases:
            period, rows, refused = calibrated(years, figures, gaps)
            candidates.append({"source": "purchases"} | period)
            if rows:
                rows[-1] |= last[code]  # that of the period
            equilibria += [label | {"source": "calibration"} | row for row in rows]
            refusals += [label | {"quantity": "calibration"} | row for row in refused]
        for share in sources.shares:
            sales = figures[1]
            scenario = np.stack([*figures[:2], share * sources.factor * sales, sales])
            period, *_ = calibrated(years, scenario, gaps)
            candidates.append({"source": "share", "share": share} | period)
        if sources.given:
            row = given(sources.given)
            equilibria.append(label | row | last[code])
            candidates.append(row)
        if sources.cycles:
            candidates.append({"source": "cycle_mean"} | cycle_mean(years, figures))
        for point in candidates:
            if refusal := point.get("refusal") or _not_positive(point):
                reasons.append(refusal)
            else:
                points.append({"scope": code} | point)
        if len(reasons) - len(sources.refused) == len(candidates):  # no point at all
            refusals += [
                label | {"quantity": "theory"} | why.columns
                for why in {why.key: why for why in reasons}.values()
            ]
    return points, equilibria, refusals


def _not_positive(point: Row) -> Refusal | None:
    E = [float(point[x]) for x in ("x1", "x2")]
    return None if min(E) > 0 else Refusal("theory_not_positive", x1=E[0], x2=E[1])


def last_states(pair: pd.DataFrame) -> dict[str, Row]:
    """Return each region's observed x1, x2 in its last year."""
    last = pair.sort_values("year").groupby("region").tail(1).set_index("region")
    return dict(last[["x1", "x2"]].add_prefix("observed_").to_dict("index"))


def by_year(part: pd.DataFrame) -> tuple[Integers, Array]:
    """Return every year from a region's first to its last, and x1, x2, purchases and sales there.

    Purchases and sales only where the study has them; NaN in a year without a row.
    """
    figures = part.set_index("year")[[name for name in FIGURES if name in part]]
    years = np.arange(figures.index.min(), figures.index.max() + 1)
    return years, figures.reindex(years).to_numpy(dtype=float).T


def calibrated(years: Integers, figures: Array, gaps: Booleans) -> tuple[Row, list[Row], list[Row]]:
    """Return one region's point of the period, its calibrated equilibria, and what was refused.

    figures (4, years): x1, x2, purchases, sales in every year; gaps (years - 1,): whether a year
    and the next are of two vintages. One row per year that has a next one, beside that year's
    observed state, `fails` and empty where the calibration makes no sense; and one for the period,
    over the years in which it holds, with their range as low and high. A region without such a
    year, or with a figure that is not positive, has none, and one refusal without a year. The point
    is a refusal where no year holds.
    """
    try:
        parameters = np.array(calibrate(*figures))
        there = np.isfinite(parameters).all(axis=0) & ~gaps
        if not there.any():
            raise Refusal("no_calibrated_years")
    except Refusal as refusal:
        return {"refusal": refusal}, [], [refusal.columns]
    failures = calibration_failures(*figures)
    holds = there & ~np.any(list(failures.values()), axis=0)
    rows: list[Row] = []
    refused: list[Row] = []
    for i in np.flatnonzero(there).tolist():
        row: Row = {"year": years[i], "observed_x1": figures[0, i], "observed_x2": figures[1, i]}
        if holds[i]:
            x1, x2 = equilibrium(*parameters[:, i])
            rows.append(row | {"kind": "centre", "x1": x1, "x2": x2})
        else:
            rows.append(row | {"kind": "fails"})
            reasons = {"reasons": [name for name, at in failures.items() if at[i]]}
            refused.append({"year": row["year"]} | message_columns("calibration_fails", reasons))
    if not holds.any():
        return {"refusal": Refusal("calibration_never_holds")}, [*rows, {"kind": "fails"}], refused
    period = _period(*parameters[:, holds])
    rows.append({"kind": "centre", "x1_set": "range", "x2_set": "range"} | period)
    used = years[np.append(holds, False) | np.append(False, holds)]
    counts = {"held": int(holds.sum()), "years": int(there.sum())}
    return period | counts | {"first_year": used[0], "last_year": used[-1]}, rows, refused


def _period(a1: Array, b1: Array, a2: Array, b2: Array) -> Row:
    """Return the equilibrium and the mean parameters of the period from those of its years."""
    d = b1 * b2
    row: Row = {"a1": a1.mean(), "b1": b1.mean(), "a2": a2.mean(), "d": d.mean()}
    each = period_equilibrium(a1, b1, a2, b2), equilibrium(a1, b1, a2, b2)
    for name, period, yearly in zip(("x1", "x2"), *each, strict=True):
        row |= {name: period, f"{name}_low": yearly.min(), f"{name}_high": yearly.max()}
    return row


def given(values: Mapping[str, Any]) -> Row:
    """Return the equilibrium at the four parameters that the configuration gives."""
    a1, b1, a2, b2 = (float(values[name]) for name in PARAMETERS)
    x1, x2 = equilibrium(a1, b1, a2, b2)
    row = {"source": "given", "x1": x1, "x2": x2, "kind": kind(a1, b1, a2, b1 * b2)}
    return row | {"a1": a1, "b1": b1, "a2": a2, "d": b1 * b2}


def cycle_mean(years: Integers, figures: Array) -> Row:
    """Return the means of one region over its whole cycles: in theory E (Volterra's averages)."""
    cycles = whole_cycles(years, figures[0])
    if cycles is None or np.isnan(figures[:2]).any():
        return {"refusal": Refusal("no_whole_cycle")}
    within = (years >= cycles[0]) & (years <= cycles[1])
    x1, x2 = figures[:2, within].mean(axis=1).tolist()
    return {"first_year": cycles[0], "last_year": cycles[1], "x1": x1, "x2": x2}
