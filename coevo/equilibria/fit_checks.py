"""What fits rest on: of one region single rows, of many shared slopes, relation, feedback."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import chdtri, ndtri

from coevo.arrays import Array, Config, Row
from coevo.equilibria.fitted import (
    HEADLINE_SCALE,
    AnyFit,
    growth_pool,
    has_regional_lines,
    inferable,
)
from coevo.equilibria.result_rows import mean_rows
from coevo.errors import Refusal, tried
from coevo.estimation import heterogeneity
from coevo.estimation.effects import EFFECTS
from coevo.estimation.pooled import (
    CARRIES,
    FOD_IV,
    GeneralPooled,
    PooledFit,
    fit_pooled,
    fit_pooled_general,
    joint_test,
    largest_shares,
)
from coevo.estimation.region import Fit
from coevo.files import Tasks
from coevo.inference import instrument_tests, panel_simulation
from coevo.inference.feedback import feedback_verdicts
from coevo.inference.fit_diagnostics import cross_dependence, least_interaction, leave_one_row_out
from coevo.inference.sets import FEWEST_CLUSTERS, interval
from coevo.inference.signs import quadrant_probabilities
from coevo.inference.slope_errors import BY_YEAR, ERRORS, SLOPES, slope_tests
from coevo.lotka_volterra.classic import conserved_drift, euler_modulus, kind

WEAK_F = 10.0  # first-stage F below which instruments are called weak (Stock and Yogo)


def pooled_draws(pair: pd.DataFrame, seed: int) -> Tasks:
    """Return what draws a block of panels for the bias of short panels, by effects of the fit.

    pair: as for `fit_pool`. What figures do not allow is left out: it is refused where it would be
    used.
    """
    pool = growth_pool(pair)
    tasks: dict[tuple[str, Any], Callable[[], Array]] = {}
    for effects in EFFECTS:
        with suppress(Refusal):
            fit = fit_pooled(pool, "x1", "x2", "trapezoid", effects, HEADLINE_SCALE)
            if has_regional_lines(fit):
                refits = panel_simulation.bias_refits(fit, panel_simulation.DRAWS, seed)
                tasks |= {(effects, block): draw for block, draw in refits.items()}
    return tasks


JUDGED = ("x1", "x2")  # whatever other populations the general model has


def sharing_rows(pooled: PooledFit, level: float) -> Iterator[Row]:
    """Yield rows on whether regions share their slopes.

    `homogeneity_b1`, ...: p of equal slopes; `mean_group_b1`, ...: mean of the regions' own slopes;
    `leave_one_out_b1`, ...: least and largest slope without one region, and that region.
    """
    equal, mean = heterogeneity.homogeneity_test(pooled), heterogeneity.mean_group(pooled)
    without = heterogeneity.leave_one_out(pooled)
    for i, name in enumerate(SLOPES):
        yield {"check": f"homogeneity_{name}", "value": equal[i].p}
        group = _estimate(mean.value[i], mean.error[i], mean.df, level)
        yield {"quantity": f"mean_group_{name}"} | group
        ends = {"low": without[:, i].min(), "high": without[:, i].max()}
        farthest = pooled.regions[np.abs(without[:, i] - getattr(pooled, name)).argmax()]
        yield {"quantity": f"leave_one_out_{name}", "without": farthest} | ends


def slope_test_rows(pooled: PooledFit, errors: str, seed: int, level: float) -> Iterator[Row]:
    """Yield the tests of b1 = 0 and d = 0 by one kind of errors; a bootstrap has no error."""
    for test in slope_tests(pooled, errors, seed, level):
        numbers = {name: value for name, value in test._asdict().items() if name != "parameter"}
        known = {name: value for name, value in numbers.items() if np.isfinite(value)}
        yield {"errors": errors, "parameter": test.parameter} | known


def dependence_rows(pooled: PooledFit, level: float) -> Iterator[Row]:
    """Yield Pesaran's CD of the residuals of either equation, beside the bound of a test."""
    limit = float(ndtri((1 + level) / 2))
    for i, residuals in enumerate(pooled.residuals.T, start=1):
        value = cross_dependence(residuals, pooled.data.region, pooled.data.year)
        yield {"check": f"cross_dependence_equation_{i}", "value": value, "limit": limit}


def bias_rows(
    pooled: PooledFit, seed: int, drawn: Mapping[int, Array] | None = None
) -> Iterator[Row]:
    """Yield `bias_b1`, `bias_d` of short panels at the fitted values, -+ two Monte Carlo errors."""
    biases = panel_simulation.short_panel_bias(pooled, seed=seed, drawn=drawn)
    for name, bias, error in zip(SLOPES, biases.bias, biases.error, strict=True):
        ends = {"low": bias - 2 * error, "high": bias + 2 * error}
        yield {"quantity": f"bias_{name}", "value": bias} | ends


def general_rows(pool: pd.DataFrame, interaction: Config, seed: int) -> Iterator[Row]:
    """Yield effects of the general model, the paper's restriction A_ii = 0, and feedback.

    All of the general model of x1 and x2 alone, with region and year effects. pool: regions that
    allow logarithms; interaction: that part of the configuration. `Refusal` for fewer than six
    regions with two growth rows: instruments lose one.
    """
    level, by_instruments = interaction["confidence"], _judge(pool)
    if (regions := by_instruments.df + 1) < FEWEST_CLUSTERS:
        raise Refusal("too_few_regions_for_relation", regions=regions, least=FEWEST_CLUSTERS)
    yield {"quantity": "restriction", "value": joint_test(by_instruments).p}
    lagged = fit_pooled_general(pool, JUDGED, "lag", "region+year", HEADLINE_SCALE)
    for fit in (by_instruments, lagged):
        for name, at in (("A12", (0, 1)), ("A21", (1, 0))):
            value, error = float(fit.A[at]), float(fit.error[at])
            yield {"quantity": f"{name}_{fit.estimator}"} | _estimate(value, error, fit.df, level)
            yield {"check": f"t_{name}_{fit.estimator}", "value": value / error}
    # of (A12, A21), whose posterior under a flat prior is a bivariate t
    effects, covariance = by_instruments.A[[0, 1], [1, 0]], by_instruments.covariance[1:3, 1:3]
    shares = quadrant_probabilities(effects, covariance, by_instruments.df)
    for signs, share in shares.items():
        yield {"quantity": f"p_{signs}_12", "value": share}
    yield from feedback_rows(pool, level, seed)


def _estimate(value: float, error: float, df: int, level: float) -> Row:
    """Return a value with the ends of its t interval."""
    low, high = interval(value, error, df, level)
    return {"value": float(value), "low": float(low), "high": float(high), "level": level}


def instrument_rows(classic: GeneralPooled, level: float, seed: int) -> Iterator[Row]:
    """Yield what the instruments of the classic form say, of b1 and of d.

    `first_stage_F_b1`, `effective_F_b1`: their strength; `J_b1`, `J_df_b1`, `J_p_b1`: whether they
    agree; `anderson_rubin_b1`: the slopes that they allow, whatever their strength;
    `anderson_rubin_p_b1`, `restricted_wild_p_b1`: p of a slope of zero.
    """
    for name, at, sign in (("b1", (0, 1), -1), ("d", (1, 0), 1)):
        yield _first_stage(f"_{name}", classic.strength[at])
        moments = classic.moments
        agreement = instrument_tests.overidentification(moments, *at)
        limit = {"limit": float(chdtri(agreement.df, 1 - level))}
        for check, value in {
            "effective_F": instrument_tests.effective_F(moments, at[1]),
            "anderson_rubin_p": instrument_tests.anderson_rubin_p(moments, *at),
            "restricted_wild_p": instrument_tests.restricted_wild(moments, *at, seed=seed),
            "J": agreement.J,
            "J_df": agreement.df,
            "J_p": agreement.p,
        }.items():
            yield {"check": f"{check}_{name}", "value": value} | (limit if check == "J" else {})
        allowed = instrument_tests.anderson_rubin_set(moments, *at, level)
        ends = sorted([sign * allowed.low, sign * allowed.high])
        row = {"quantity": f"anderson_rubin_{name}", "level": level, "set": allowed.kind}
        known = zip(("low", "high"), ends, strict=True)
        yield row | {end: value for end, value in known if np.isfinite(value)}


def _first_stage(ending: str, strength: Any) -> Row:
    """Return the least F of first stages, beside the F below which instruments are weak."""
    return {"check": f"first_stage_F{ending}", "value": float(np.nanmin(strength)), "limit": WEAK_F}


def _judge(pool: pd.DataFrame) -> GeneralPooled:
    return fit_pooled_general(pool, JUDGED, FOD_IV, "region+year", HEADLINE_SCALE)


def feedback_rows(pool: pd.DataFrame, level: float, seed: int) -> Iterator[Row]:
    """Yield feedback of x1 and x2; pool: as for `general_rows`, or its figures of a sub-period."""
    of = _judge(pool)
    carried = largest_shares(of.moments) > CARRIES
    feedback = feedback_verdicts(of.A, of.covariance, of.df, level, seed=seed, carried=carried)
    yield _first_stage("", of.strength)
    for form in ("weak", "strong"):
        yield {"question": f"feedback_{form}", "verdict": str(getattr(feedback, form))}
    yield {"question": "phi", "verdict": "located" if feedback.located else "not_located"}
    ends = {"low": feedback.difference_low, "high": feedback.difference_high, "level": level}
    yield {"quantity": "feedback_difference", "value": feedback.difference} | ends
    phi = {"quantity": "phi", "value": float(feedback.phi.estimate), "set": str(feedback.phi.kind)}
    if feedback.located:
        phi |= {"low": float(feedback.phi.low), "high": float(feedback.phi.high), "level": level}
    yield phi


def sub_periods(pool: pd.DataFrame, split: int | None) -> dict[str, pd.DataFrame]:
    """Return the figures up to and from the year `split`, by their first and last year.

    A year that is not between the first and the last one splits nothing.
    """
    if split is None or not pool["year"].min() < split < pool["year"].max():
        return {}
    parts = (pool[pool["year"] <= split], pool[pool["year"] >= split])
    return {f"{part['year'].min()}-{part['year'].max()}": part for part in parts}


def region_doubts(
    pair: pd.DataFrame, fits: Iterable[tuple[Row, AnyFit]], estimator: str, level: float
) -> Iterator[Row]:
    """Yield the doubts about the labelled fit of each region by the main estimator."""
    paths = {code: part.set_index("year") for code, part in pair.groupby("region")}
    for label, fit in fits:
        if isinstance(fit, Fit) and label["estimator"] == estimator:
            path = paths[label["scope"]][["x1", "x2"]].astype(float)
            yield from tried(deletion_rows(fit), label, quantity="deletion")
            yield from tried(doubt_rows(fit, path, level), label, quantity="doubts")
            yield from (label | row for row in mean_rows(path))


def pooled_doubts(
    pair: pd.DataFrame,
    fits: Sequence[tuple[Row, AnyFit]],
    interaction: Config,
    seed: int,
    drawn: Mapping[str, Mapping[Any, Array]] | None = None,
) -> Iterator[Row]:
    """Yield what the pooled fits in the headline's scaling share, and what they rest on.

    drawn: the draws of `pooled_draws`, if they were made before.
    """
    drawn = drawn or {}
    level, main = interaction["confidence"], interaction["estimator"]
    for label, fit in fits:
        if not has_regional_lines(fit):
            continue
        # what is said of region effects alone rests on years, by whatever estimator
        for errors in ERRORS if fit.estimator == main else (BY_YEAR,) * (fit.effects == "region"):
            yield from tried(slope_test_rows(fit, errors, seed, level), label, quantity=errors)
        if fit.estimator == main:
            yield from tried(sharing_rows(fit, level), label, quantity="sharing")
            if fit.effects == "region":
                yield from tried(dependence_rows(fit, level), label, quantity="cross_dependence")
        if fit.estimator == "trapezoid":
            yield from tried(bias_rows(fit, seed, drawn.get(fit.effects)), label, quantity="bias")
    for label, fit in fits:
        named = (label["model"], label["estimator"]) == ("classic", FOD_IV)
        if not named or not inferable(fit):
            continue
        yield from tried(instrument_rows(fit, level, seed), label, quantity="instruments")
        pool = growth_pool(pair)
        yield from tried(general_rows(pool, interaction, seed), label, quantity="relation")
        for name, part in sub_periods(pool, interaction.get("split")).items():
            rows = feedback_rows(part, level, seed)
            yield from tried(rows, label | {"period": name}, quantity="feedback")


def deletion_rows(fit: Fit) -> Iterator[Row]:
    """Yield `deleted_x1`, `deleted_x2`: least and largest E without one growth row; and
    `deleted_turns`: in how many cases a coefficient turns its sign.
    """
    E, turned = leave_one_row_out(fit)
    for name, x in zip(JUDGED, E.T, strict=True):
        yield {"quantity": f"deleted_{name}", "low": float(x.min()), "high": float(x.max())}
    yield {"check": "deleted_turns", "value": int(turned.any(axis=1).sum())}


def doubt_rows(fit: Fit, path: pd.DataFrame, level: float) -> Iterator[Row]:
    """Yield what always can be said of the main estimator's fit; path: observed x1, x2 by year.

    `power_b1`, `power_d`: the least slope found with probability .8; at a centre `map_modulus`: of
    the eigenvalues of the regression iterated as explicit Euler; `conserved_drift`: of V along the
    observed path.
    """
    for name, least in least_interaction(fit, level).items():
        yield {"check": f"power_{name}", "value": least}
    if kind(fit.a1, fit.b1, fit.a2, fit.d) == "centre":
        yield {"check": "map_modulus", "value": float(euler_modulus(fit.a1, fit.a2))}
        drift = conserved_drift(path["x1"], path["x2"], fit.a1, fit.b1, fit.a2, fit.b2)
        yield {"check": "conserved_drift", "value": drift}
