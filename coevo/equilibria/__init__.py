"""Theoretical, fitted and observed equilibria of a study (docs/methods.md, 5 and 6)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from coevo.arrays import Array, Row
from coevo.equilibria import result_rows
from coevo.equilibria.against_theory import pooled_rows, regional_rows
from coevo.equilibria.fit_checks import pooled_doubts, pooled_draws, region_doubts
from coevo.equilibria.fitted import (
    HEADLINE_SCALE,
    AnyFit,
    fit_pool,
    fit_regions,
    growth_pool,
    regional_lines,
)
from coevo.equilibria.output_series import pair_values
from coevo.equilibria.theory import last_states, theoretical, theory_sources
from coevo.equilibria.theory_rows import (
    growth_by_strengths,
    points_table,
    regions_without_point,
    theory_rows,
)
from coevo.errors import Refusal
from coevo.estimation.effects import means
from coevo.estimation.growth import pool
from coevo.files import Made, Tasks, as_table, make_all, make_part, together
from coevo.inference.slope_errors import BY_YEAR
from coevo.study_data import StudyData

__all__ = ["estimate", "estimate_part", "pair_values"]

REGIONS = "regions"
BLOCK = 64  # regions that are worked on at once

# what a row of a table has, the most special first -> the table
KINDS = {
    "message": "refusals",
    "strength": "strengths",
    "world": "effects",
    "factor": "controls",
    "errors": "slope_tests",
    "question": "verdicts",
    "check": "checks",
    "quantity": "relations",
}


Tables = dict[str, pd.DataFrame]  # by name


def estimate(
    study: StudyData, estimators: Collection[str] = (), parts: Iterable[Made] = ()
) -> Tables:
    """Return what the two-population model says of a study, tables sorted by scope.

    parameters; fits; equilibria; theory: theoretical points beside the fits; strengths: fitted
    slopes as a share of the theory's; effects: whether an effect is shown; controls: earlier means
    against later fits; slope_tests: is a pooled slope zero, by every kind of errors; relations:
    effects and their intervals; verdicts: what they say; refusals: what figures do not allow, and
    why; checks: what a fit rests on, with the limit that a value is held against.

    study: with panel and, where a population is a subsystem, coupling; its indicators: for units
    and subsystems; config: its keys interaction (upstream, downstream, others, estimator,
    confidence, calibration, split, equivalence) and robustness (the seed of every draw);
    estimators: those to use, by default all; parts: all of those that `estimate_part` makes, if
    they were made before. Equilibria are in original units; `observed` is the last year, for a
    single year of the calibration that year. A region that cannot be estimated has no parameters
    but a refusal with the reason. `StudyError` for a name or a unit that does not fit.
    """
    pair = pair_values(study, study.config["interaction"])
    results = together(parts) or make_all(_regional(pair, study, estimators))
    tables = list(results[REGIONS].values())
    names = pair.drop_duplicates("region").set_index("region")["name"]
    if len(names) > 1:
        tables.append(_pooled(pair, study, estimators, results))
    return _stacked(tables, names)


def estimate_part(study: StudyData, part: str) -> Made:
    """Return what a part such as `2-of-8` does of the work of `estimate`: regions, and draws."""
    pair = pair_values(study, study.config["interaction"])
    return make_part({**_regional(pair, study), **pooled_draws(pair, study.seed)}, part)


def _regional(pair: pd.DataFrame, study: StudyData, estimators: Collection[str] = ()) -> Tasks:
    """Return what makes the tables of some regions at a time, each for itself."""
    codes = sorted(pair["region"].unique())
    blocks = [codes[start : start + BLOCK] for start in range(0, len(codes), BLOCK)]
    return {
        (REGIONS, number): partial(_of_regions, pair[pair["region"].isin(block)], study, estimators)
        for number, block in enumerate(blocks)
    }


def _of_regions(pair: pd.DataFrame, study: StudyData, estimators: Collection[str]) -> Tables:
    """Return the tables of regions, each estimated alone."""
    level, main = study.config["interaction"]["confidence"], study.estimator
    fits, refusals = fit_regions(pair, main, estimators)
    found_points, equilibria, rows = theoretical(pair, theory_sources(study))
    points = points_table(found_points, pair)
    theory = theory_rows(points, fits, _mean_growth(pair), level)
    absent = regions_without_point(points, rows, pair["region"])
    without_fit = points[~points["scope"].isin(theory["scope"])].assign(effects="none")
    theory = pd.concat([theory, without_fit, pd.DataFrame(absent)])
    rows += refusals
    rows += result_rows.relation_rows(fits, main, level)
    rows += region_doubts(pair, fits, main, level)
    rows += regional_rows(pair, points, study, estimators)
    return _tables(pair, fits, level, equilibria, theory, rows)


def _mean_growth(pair: pd.DataFrame) -> pd.DataFrame:
    """Return mean growth and mean state of x1 and x2 by region code, without regions that have no
    growth rows.
    """
    columns = ["g1_mean", "g2_mean", "x1_mean", "x2_mean"]
    try:
        data = pool(growth_pool(pair), ("x1", "x2"), "trapezoid", HEADLINE_SCALE)
    except Refusal:
        return pd.DataFrame(columns=columns)
    values = means(data.region, np.hstack([data.growth, data.regressor]))
    values[:, 2:] *= data.units
    return pd.DataFrame(values, index=data.regions, columns=columns)


def _pooled(
    pair: pd.DataFrame,
    study: StudyData,
    estimators: Collection[str],
    drawn: Mapping[str, Mapping[Any, Array]],
) -> Tables:
    """Return the tables of all regions together, and their equilibria; drawn: `pooled_draws`."""
    level, main = study.config["interaction"]["confidence"], study.estimator
    fits, refusals = fit_pool(pair, estimators)
    rows = [*refusals, *result_rows.relation_rows(fits, main, level)]
    rows += pooled_doubts(pair, fits, study.config["interaction"], study.seed, drawn)
    points = points_table(theoretical(pair, theory_sources(study))[0], pair)
    tests = [row for row in rows if row.get("errors") == BY_YEAR]
    rows += pooled_rows(pair, points, fits, tests, study, estimators)
    theory = theory_rows(points, fits, _mean_growth(pair), level)
    theory = growth_by_strengths(theory, [row for row in rows if "strength" in row])
    return _tables(pair, fits, level, [], theory, rows)


def _tables(
    pair: pd.DataFrame,
    fits: Sequence[tuple[Row, AnyFit]],
    level: float,
    calibrated: Sequence[Row],
    theory: pd.DataFrame,
    rows: Iterable[Row],
) -> Tables:
    """Return fits and what is said of them as tables.

    calibrated: equilibria of theory; those of fits stand beside the last observed state of their
    region. rows: those of the tables in `KINDS`.
    """
    last = last_states(pair)
    fitted = [
        *result_rows.equilibrium_rows(list(regional_lines(fits)), level),
        *result_rows.rest_point_rows(fits, level),
    ]
    equilibria = [*calibrated, *(row | last[row["scope"]] for row in fitted)]
    by_table: dict[str, list[Row]] = {table: [] for table in KINDS.values()}
    for row in rows:
        by_table[next(table for kind, table in KINDS.items() if kind in row)].append(row)
    tables = {
        "parameters": result_rows.parameter_rows(fits, level),
        "fits": result_rows.quality_rows(fits),
        "equilibria": ({"located": False} | row for row in equilibria),
        "theory": theory,
    }
    return {name: as_table(name, of) for name, of in (tables | by_table).items()}


def _stacked(parts: Sequence[Tables], names: pd.Series) -> Tables:
    """Return the tables of all parts as one, sorted by scope; names: of regions, by code."""
    tables = {}
    for table in parts[0]:
        whole = pd.concat(part[table] for part in parts).sort_values("scope", kind="stable")
        name = whole["scope"].map(names).fillna(whole["scope"])
        tables[table] = as_table(table, whole.assign(name=name))
    return tables
