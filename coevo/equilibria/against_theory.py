"""Theory held against fit: strengths of interaction, shown effects, and controls.

All functions yield rows of the tables strengths, effects, controls, verdicts and refusals.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from coevo.arrays import Row
from coevo.equilibria.earlier_and_later import control_rows
from coevo.equilibria.fitted import (
    HEADLINE_SCALE,
    POOLED,
    AnyFit,
    growth_pool,
    has_regional_lines,
    used_estimators,
)
from coevo.errors import Refusal, tried
from coevo.estimation.growth import ESTIMATORS, pool
from coevo.estimation.pooled import PooledFit
from coevo.estimation.region import FEWEST_ROWS
from coevo.inference.sets import interval
from coevo.strengths.shown_effects import (
    Effect,
    effect_rows,
    effects_of_region,
    effects_of_slopes,
    named_relation,
    worlds,
)
from coevo.strengths.strength_rows import (
    panel_strength_rows,
    region_strength_rows,
    slope_refusals,
    theoretical_slopes,
)
from coevo.study_data import StudyData, StudyTables


def regional_rows(
    pair: pd.DataFrame, points: pd.DataFrame, study: StudyData, estimators: Collection[str] = ()
) -> Iterator[Row]:
    """Yield strengths and controls of regions, and the effects that the region in focus shows.

    pair : rows of some regions; points : theoretical points, of `points_table`; estimators : those
    to use, by default all
    """
    level, names = study.config["interaction"]["confidence"], _main_first(study, estimators)
    usable = growth_pool(pair)
    for code, refusal in slope_refusals(points):
        yield {"scope": code, "effects": "none", "quantity": "strength", **refusal.columns}
    for label, slopes in theoretical_slopes(points, usable["region"]):
        for row in region_strength_rows(usable, slopes, names, level, study.seed):
            yield label | row
    yield from control_rows(pair)
    focus = usable[usable["region"] == study.focus]
    if len(focus):
        label = {"scope": study.focus, "effects": "none", "estimator": names[0]}
        yield from tried(_effects_of_region(focus, study), label, quantity="effects")


def _main_first(study: StudyData, estimators: Collection[str]) -> list[str]:
    """Return the estimators of growth rows that are used, that of the study first."""
    used = [name for name in used_estimators(estimators) if name in ESTIMATORS]
    return sorted(used, key=lambda name: name != study.estimator)


def _effects_of_region(part: pd.DataFrame, study: StudyData) -> Iterator[Row]:
    data = pool(part, ("x1", "x2"), study.estimator, HEADLINE_SCALE)
    if len(data.year) < FEWEST_ROWS:
        raise Refusal("too_few_rows", rows=len(data.year), coefficients=2)
    effects = effects_of_region(data, study.config["interaction"]["confidence"])
    yield from _judged(part, effects, "none", study)


def _judged(
    figures: pd.DataFrame, effects: Sequence[Effect], taken_out: str, study: StudyData
) -> Iterator[Row]:
    """Yield the rows of both effects, and the relation that they show.

    taken_out : the effects of regions and years that the fit takes out
    """
    interaction = study.config["interaction"]
    data = pool(figures, ("x1", "x2"), "trapezoid", HEADLINE_SCALE)
    has_common = len(data.regions) > 1 and shares_years(study)
    found = worlds(
        data, taken_out, study.estimator, has_common, study.seed, interaction["confidence"]
    )
    yield from effect_rows(effects, found)
    name, direction = named_relation(effects, found, interaction.get("equivalence"))
    yield {"question": "relation", "verdict": name, "direction": direction}


def shares_years(study: StudyTables) -> bool:
    """Return whether the years of all regions are the same years, and not days of experiments."""
    return not study.config.get("period")


def pooled_rows(
    pair: pd.DataFrame,
    points: pd.DataFrame,
    fits: Iterable[tuple[Row, AnyFit]],
    slope_tests: Iterable[Row],
    study: StudyData,
    estimators: Collection[str] = (),
) -> Iterator[Row]:
    """Yield the strengths that regions share, and the effects that pooled fits show.

    fits : labelled; slope_tests : rows of that table, by year. Where regions share no years,
    effects of years are not taken out.
    """
    usable = growth_pool(pair)
    level, names = study.config["interaction"]["confidence"], _main_first(study, estimators)
    for label, slopes in theoretical_slopes(points, usable["region"]):
        rows = panel_strength_rows(usable, slopes, names, level, study.seed)
        refused = {"scope": POOLED, "effects": "region", "estimator": names[0]}
        yield from (
            label | row if "strength" in row else row
            for row in tried(rows, refused, quantity="strength")
        )
    tests = {
        (row["effects"], row["parameter"]): row
        for row in slope_tests
        if row["estimator"] == study.estimator
    }
    for _, fit in fits:
        if not has_regional_lines(fit) or fit.estimator != study.estimator:
            continue
        if shares_years(study) or fit.effects == "region":
            effects = effects_of_slopes(pooled_slopes(fit, tests, level))
            where = {"scope": POOLED, "effects": fit.effects, "estimator": fit.estimator}
            judged = _judged(usable, effects, fit.effects, study)
            yield from tried(judged, where, quantity="effects")


def pooled_slopes(
    fit: PooledFit, tests: Mapping[tuple[str, str], Row], level: float
) -> dict[str, tuple[float, float, float, float]]:
    """Return b1 and d with their intervals by year, or by region where years are too few, and the
    errors clustered by region without the correction for coefficients.
    """
    correction = (fit.rows - 1) / (fit.rows - 1 - fit.moments.counted)
    slopes = {}
    for i, name in enumerate(("b1", "d")):
        estimate = float(getattr(fit, name))
        error = float(fit.equations[i].covariance[0, 0]) ** 0.5
        low, high = (float(end) for end in interval(estimate, error, fit.df, level))
        by_year = tests.get((fit.effects, name), {})
        if "p" in by_year:
            low, high = by_year.get("low", -np.inf), by_year.get("high", np.inf)
        slopes[name] = (estimate, low, high, error / correction**0.5)
    return slopes
