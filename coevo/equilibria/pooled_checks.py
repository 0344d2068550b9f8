"""What the pooled fits say beyond their coefficients: shared slopes, relation, feedback."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from coevo.equilibria.fitted import HEADLINE_SCALE, Row
from coevo.errors import Refusal
from coevo.estimation.fod_iv import FOD_IV
from coevo.estimation.heterogeneity import homogeneity_test, leave_one_out, mean_group
from coevo.estimation.pooled import PooledFit
from coevo.estimation.pooled_general import GeneralPooled, fit_pooled_general, joint_test
from coevo.inference.feedback import Feedback, feedback_verdicts
from coevo.inference.relation_rule import ESTIMATORS as JUDGES
from coevo.inference.relation_rule import WEAK_F, Cross, relation
from coevo.inference.sets import interval
from coevo.inference.short_panel import short_panel_bias
from coevo.inference.wild_bootstrap import wild_pooled
from coevo.messages import message_columns

SLOPES = ("b1", "d")
JUDGED = ("x1", "x2")  # whatever other populations the general model has


def sharing_rows(pooled: PooledFit, level: float) -> Iterator[Row]:
    """Yield rows on whether regions share their slopes.

    `homogeneity_b1`, ...: p of equal slopes; `mean_group_b1`, ...: mean of the regions' own slopes;
    `leave_one_out_b1`, ...: least and largest slope without one region, and that region.
    """
    equal, mean = homogeneity_test(pooled), mean_group(pooled)
    without = leave_one_out(pooled)
    for i, name in enumerate(SLOPES):
        yield {"check": f"homogeneity_{name}", "value": equal[i].p}
        low, high = interval(mean.mean[i], mean.error[i], mean.regions - 1, level)
        ends = {"low": float(low), "high": float(high), "level": level}
        yield {"quantity": f"mean_group_{name}", "value": mean.mean[i]} | ends
        ends = {"low": without[:, i].min(), "high": without[:, i].max()}
        farthest = pooled.regions[np.abs(without[:, i] - getattr(pooled, name)).argmax()]
        yield {"quantity": f"leave_one_out_{name}", "without": farthest} | ends


def wild_rows(pooled: PooledFit, seed: int) -> Iterator[Row]:
    """Yield `wild_b1`, `wild_d`: p values of the wild cluster bootstrap-t with the null imposed."""
    for name, test in wild_pooled(pooled, seed=seed).items():
        yield {"quantity": f"wild_{name}", "value": test.p}


def bias_rows(pooled: PooledFit, seed: int) -> Iterator[Row]:
    """Yield `bias_b1`, `bias_d` of short panels at the fitted values, -+ two Monte Carlo errors."""
    found = short_panel_bias(pooled, seed=seed)
    for name, bias, error in zip(SLOPES, found.bias, found.error, strict=True):
        ends = {"low": bias - 2 * error, "high": bias + 2 * error}
        yield {"quantity": f"bias_{name}", "value": bias} | ends


def judged_rows(pool: pd.DataFrame, interaction: Mapping[str, Any], seed: int) -> Iterator[Row]:
    """Yield the relation of x1 and x2, the paper's restriction A_ii = 0, and feedback.

    All of the general model of these two populations alone, with region and year effects. pool:
    regions that allow logarithms; interaction: that part of the configuration.
    """
    level, bound = interaction.get("confidence", 0.95), interaction.get("equivalence")
    found, judge = relation(pool, seed=seed, equivalence=bound, level=level), _judge(pool)
    yield {"question": "relation", "verdict": found.name, "direction": found.direction}
    yield {"quantity": "restriction", "value": joint_test(judge).p}
    yield from _effect_rows(found.cross, level)
    for name, value in zip(("A12", "A21"), found.critical, strict=True):
        yield {"check": f"critical_{name}", "value": value}
    for signs, share in found.quadrants.items():
        yield {"quantity": f"p_{signs}_12", "value": share}
    yield _first_stage("", judge.strength)
    yield from _feedback_rows(_feedback(judge, level, seed), level)


def _effect_rows(cross: Cross, level: float) -> Iterator[Row]:
    """Yield A12 and A21 as each of the estimators that judge a relation has them."""
    for k, estimator in enumerate(JUDGES):
        for i, name in enumerate(("A12", "A21")):
            low, high = interval(cross.A[k, i], cross.error[k, i], cross.df[k], level)
            ends = {"low": float(low), "high": float(high), "level": level}
            yield {"quantity": f"{name}_{estimator}", "value": float(cross.A[k, i])} | ends


def period_rows(part: pd.DataFrame, level: float, seed: int) -> Iterator[Row]:
    """Yield feedback of a sub-period; part: its figures."""
    judge = _judge(part)
    yield _first_stage("", judge.strength)
    yield from _feedback_rows(_feedback(judge, level, seed), level)


def instrument_rows(classic: GeneralPooled) -> Iterator[Row]:
    """Yield the first-stage F of the classic form by instruments: of b1, and of d."""
    for name, at in (("b1", (0, 1)), ("d", (1, 0))):
        yield _first_stage(f"_{name}", classic.strength[at])


def _first_stage(ending: str, strength: Any) -> Row:
    """Return the least F of first stages, beside the F below which instruments are weak."""
    return {"check": f"first_stage_F{ending}", "value": float(np.nanmin(strength)), "limit": WEAK_F}


def _judge(pool: pd.DataFrame) -> GeneralPooled:
    return fit_pooled_general(pool, JUDGED, FOD_IV, "region+year", HEADLINE_SCALE)


def _feedback(own: GeneralPooled, level: float, seed: int) -> Feedback:
    return feedback_verdicts(own.A, own.covariance, own.df, level, seed=seed)


def _feedback_rows(found: Feedback, level: float) -> Iterator[Row]:
    for form in ("weak", "strong"):
        yield {"question": f"feedback_{form}", "verdict": str(getattr(found, form))}
    yield {"question": "phi", "verdict": "located" if found.located else "not_located"}
    ends = {"low": found.difference_low, "high": found.difference_high, "level": level}
    yield {"quantity": "feedback_difference", "value": found.difference} | ends
    phi = {"quantity": "phi", "value": float(found.phi.estimate), "set": str(found.phi.kind)}
    if found.located:
        phi |= {"low": float(found.phi.low), "high": float(found.phi.high), "level": level}
    yield phi


def sub_periods(pool: pd.DataFrame, split: int | None) -> dict[str, pd.DataFrame]:
    """Return the figures up to and from the year `split`, by their first and last year.

    A year that is not between the first and the last one splits nothing.
    """
    if split is None or not pool["year"].min() < split < pool["year"].max():
        return {}
    parts = (pool[pool["year"] <= split], pool[pool["year"] >= split])
    return {f"{part['year'].min()}-{part['year'].max()}": part for part in parts}


def tried(rows: Iterator[Row], label: Row, what: str) -> Iterator[Row]:
    """Yield the rows under their label, or the refusal of `what` where figures forbid them."""
    try:
        yield from [label | row for row in rows]
    except Refusal as refusal:
        yield (label | {"quantity": what} | message_columns(refusal.key, refusal.fields))
