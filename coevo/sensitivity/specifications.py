"""The two populations under other choices: what each specification estimates (docs/methods.md, 5).

A case differs from the study in one thing: the pair of outputs, the policy for vintages, or a year
that is left out. Each case is fitted by every estimator, under every set of effects, and in both
roles. Many fits of the same rows are no evidence by their number: the study itself is also fitted
without the growth of each year, by its main estimator. Values are in scaled units (first year = 1),
so that cases can be compared; E is in the units of the two outputs.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import product

import pandas as pd

from coevo.arrays import Row
from coevo.equilibria import pair_values
from coevo.equilibria.fitted import (
    HEADLINE_SCALE,
    POOLED,
    attempted,
    fit_region,
    growth_pool,
    inferable,
)
from coevo.equilibria.result_rows import estimates
from coevo.errors import Refusal, StudyError
from coevo.estimation.growth import ESTIMATORS
from coevo.estimation.pooled import FOD_IV, GeneralPooled, PooledFit, fit_pooled, fit_pooled_general
from coevo.estimation.region import Equations
from coevo.files import as_table
from coevo.inference.feedback import feedback_verdicts
from coevo.inference.sets import equilibrium_sets, interval, located
from coevo.schema import BREAK
from coevo.sensitivity.choices import MAIN, panels_of_other_policies
from coevo.sensitivity.sign_counts import specification_counts
from coevo.study_data import StudyData

DEFLATED, GIVEN, SWAPPED = "deflated", "given", "swapped"
SLOPES = ("b1", "d", "A12", "A21")  # of the classic and of the general form
EFFECTS = ("region", "region+year")  # of the pooled fits that are shown; the last is the headline


def specification_tables(study: StudyData) -> dict[str, pd.DataFrame]:
    """Return `specifications` and, what chance gives beside their number, `specification_counts`.

    b1, d and, for the region in focus, E of every specification; A12, A21 and feedback.

    study: with panel, observations and coupling, if it has it; config: its keys interaction,
    robustness (pairs, deflated, drop), regions, focus_region, years, panel and vintage_policy.
    Pooled fits of the regions with region effects and with region and year effects; where there are
    too few regions for that, the fits of the region in focus, whose slopes are per unit of
    first-year output. The general model of the pooled regions, with region and year effects, gives
    A12, A21 and `feedback_difference` = A12 A21 - A11 A22. Pooled slopes of the study without the
    growth of a year come from the main estimator. `set` is the kind of the set of a coordinate of
    E, `located` whether both sets locate E. What the figures of a case do not allow has no row.
    """
    config, panel = study.config, study.table("panel")
    focus, level = study.focus, config["interaction"]["confidence"]
    seed = config["robustness"]["seed"]
    names = dict(panel[["region", "name"]].to_numpy()) | {POOLED: POOLED}
    rows: list[Row] = []
    cases = [*_cases(study)]
    for case, as_given in cases:
        swapped = as_given.rename(columns={"x1": "x2", "x2": "x1"})
        for roles, figures in ((GIVEN, as_given), (SWAPPED, swapped)):
            estimated = [*_estimates(figures, focus, level), *_effects(figures, level, seed)]
            label = case | {"roles": roles}
            rows += [label | row | {"name": names[row["scope"]]} for row in estimated]
    case, main = cases[0]
    label = case | {"roles": GIVEN, "name": POOLED}
    estimator = config["interaction"].get("estimator", "trapezoid")
    rows += [label | row for row in _without_growth(main, estimator, level)]
    table = as_table("specifications", rows)
    counts = specification_counts(table, cases, config)
    return {"specifications": table, "specification_counts": counts}


def _cases(study: StudyData) -> Iterator[tuple[Row, pd.DataFrame]]:
    """Yield the study, then every case that differs from it in one thing: its label and figures.

    Other vintages need indicators: the index of a subsystem is that of the study's own vintage.
    """
    config, panel = study.config, study.table("panel")
    pair = {side: config["interaction"][side] for side in ("upstream", "downstream")}
    case = {"pair": MAIN, "vintage": config["vintage_policy"], "dropped": "", "without_growth": ""}
    main = pair_values(study, pair)
    yield case, main
    deflated = config["robustness"]["deflated"]
    others = ({DEFLATED: deflated} if deflated else {}) | dict(config["robustness"]["pairs"])
    for name, other in others.items():
        yield case | {"pair": name}, pair_values(study, other)
    if set(pair.values()) <= set(panel["indicator"]):
        for policy, overlay in panels_of_other_policies(study).items():
            with suppress(StudyError):
                other = replace(study, tables={"panel": overlay})
                yield case | {"vintage": policy}, pair_values(other, pair)
    for year in config["robustness"]["drop"]:
        without = main.copy()
        without.loc[without["year"] == year, ["x1", "x2"]] = float("nan")
        yield case | {"dropped": str(year)}, without


def _pooled_rows(
    makes: Iterable[Callable[[], GeneralPooled]], level: float, focus: str = "", seed: int = 0
) -> Iterator[Row]:
    """Yield what the pooled fits say that can be made and have regions enough: slopes, E of the
    region in focus where they give one, and feedback of the general model.
    """
    for make in makes:
        fit = attempted(make)
        if isinstance(fit, Refusal) or not inferable(fit):
            continue
        label = {"model": fit.form, "effects": fit.effects, "estimator": fit.estimator}
        yield from (label | row for row in _slopes(fit, level, POOLED))
        if isinstance(fit, PooledFit) and focus in fit.regions:
            yield from (label | row for row in _sets(fit.at(focus), level, focus))
        if fit.form == "general":
            with suppress(Refusal):
                yield label | {"scope": POOLED} | _feedback(fit, level, seed)


def _estimates(figures: pd.DataFrame, focus: str, level: float) -> Iterator[Row]:
    """Yield the rows of one case in one of its roles."""
    pool = growth_pool(figures)
    makes = (
        partial(fit_pooled, pool, "x1", "x2", estimator, effects, HEADLINE_SCALE)
        for estimator, effects in product(ESTIMATORS, EFFECTS)
    )
    pooled = [*_pooled_rows(makes, level, focus)]
    yield from pooled
    for estimator in () if pooled else ESTIMATORS:
        label = {"model": "classic", "effects": "none", "estimator": estimator}
        with suppress(Refusal):
            fit_rows = _own(figures[figures["region"] == focus], estimator, level, focus)
            yield from (label | row for row in fit_rows)


def _without_growth(figures: pd.DataFrame, estimator: str, level: float) -> Iterator[Row]:
    """Yield the pooled slopes of the study without the growth rows that end in a year, for each.

    A break before the year takes its rows out and leaves the figures of both years in the others.
    """
    pool = growth_pool(figures)
    for year in sorted(pool["year"].unique())[1:]:
        cut = pool.assign(flag=pool["flag"].where(pool["year"] != year, BREAK))
        fit = partial(fit_pooled, cut, "x1", "x2", estimator, scale=HEADLINE_SCALE)
        rows = _pooled_rows((partial(fit, effects=effects) for effects in EFFECTS), level)
        yield from (row | {"without_growth": str(year)} for row in rows)


def _effects(figures: pd.DataFrame, level: float, seed: int) -> Iterator[Row]:
    """Yield what the pooled regions say with instruments, and of the general model."""
    pool = growth_pool(figures)
    fit = partial(fit_pooled_general, pool, ("x1", "x2"), effects=EFFECTS[-1], scale=HEADLINE_SCALE)
    ways = ((FOD_IV, "classic"), (FOD_IV, "general"), ("lag", "general"))
    makes = (partial(fit, estimator, form=form) for estimator, form in ways)
    yield from _pooled_rows(makes, level, seed=seed)


def _feedback(shared: GeneralPooled, level: float, seed: int) -> Row:
    feedback = feedback_verdicts(shared.A, shared.covariance, shared.df, level, seed=seed)
    ends = {"low": feedback.difference_low, "high": feedback.difference_high}
    return {"quantity": "feedback_difference", "value": feedback.difference} | ends


def _own(part: pd.DataFrame, estimator: str, level: float, focus: str) -> Iterator[Row]:
    """Yield the rows of a fit of the region in focus alone, per unit of first-year output."""
    fit = fit_region(part, estimator)
    first = part.sort_values("year")[["x2", "x1"]].bfill().iloc[0]
    yield from _slopes(fit, level, focus, dict(zip(("b1", "d"), first, strict=True)))
    yield from _sets(fit, level, focus)


def _slopes(
    fit: Equations | GeneralPooled, level: float, scope: str, units: Mapping[str, float] = {}
) -> Iterator[Row]:
    """Yield b1 and d, or A12 and A21, times their units, with their intervals."""
    for name, (value, error) in estimates(fit).items():
        if name in SLOPES:
            value, error = value * units.get(name, 1.0), error * units.get(name, 1.0)
            low, high = interval(value, error, fit.df, level)
            row = {"scope": scope, "quantity": name, "value": value}
            yield row | {"low": float(low), "high": float(high)}


def _sets(lines: Equations, level: float, focus: str) -> Iterator[Row]:
    """Yield the two coordinates of E of the region in focus with their sets."""
    sets = equilibrium_sets(lines, level)
    both = bool(located([ratio.kind for ratio in sets], [ratio.low for ratio in sets]))
    for name, ratio in zip(("x1", "x2"), sets, strict=True):
        row = {"scope": focus, "quantity": name, "set": str(ratio.kind), "located": both}
        yield row | {"value": ratio.estimate, "low": ratio.low, "high": ratio.high}
