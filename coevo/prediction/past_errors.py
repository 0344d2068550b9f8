"""Errors of forecasts at every origin, what they say of a model, and intervals made of them.

error = ln forecast - ln observed,   ratio = MAE of the model / MAE of drift, same regions
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import stdtr

from coevo.arrays import Array
from coevo.prediction.models import DRIFT, MODELS

COVERED = 0.9  # of the intervals of forecasts
SIGNIFICANT = 0.05  # p of all models of a series together
FEWEST_ORIGINS = 4  # with fewer there is no verdict
BETTER, WORSE, NOT_BETTER, TOO_FEW = "better", "worse", "not_better", "too_few_origins"
OF_MODEL = ["series", "model", "horizon"]


def with_intervals(logs: pd.DataFrame) -> pd.DataFrame:
    """Return forecasts with the ends `low`, `high` of their intervals, in logs.

    logs: series, model, origin, horizon, forecast, observed (logs). The half width is that of which
    a share `COVERED` of the model's own errors up to the origin, all regions, stay within: the
    ceil((n + 1) COVERED)-th smallest of n absolute errors; none where n is too small. Source:
    split conformal prediction, Lei et al. (2018).
    """
    half = np.full(len(logs), np.nan)
    size = (logs["forecast"] - logs["observed"]).abs().to_numpy(dtype=float)
    origins, year = logs["origin"].to_numpy(), (logs["origin"] + logs["horizon"]).to_numpy()
    for rows in logs.groupby(OF_MODEL, sort=False).indices.values():
        for origin in np.unique(origins[rows]):
            past = size[rows[year[rows] <= origin]]
            past = np.sort(past[~np.isnan(past)])
            place = int(np.ceil((len(past) + 1) * COVERED - 1e-9))
            if place <= len(past):
                half[rows[origins[rows] == origin]] = past[place - 1]
    return logs.assign(low=logs["forecast"] - half, high=logs["forecast"] + half)


def error_rows(logs: pd.DataFrame) -> pd.DataFrame:
    """Return series, model, horizon, origin, mae, drift, n, ratio: the mean absolute error of logs
    over n regions, that of drift in the same regions, and the one over the other.
    """
    keys = ["series", "horizon", "origin", "scope"]
    seen = logs.dropna(subset=["forecast", "observed"])
    seen = seen.assign(error=(seen["forecast"] - seen["observed"]).abs())
    base = seen.loc[seen["model"] == DRIFT, [*keys, "error"]]
    both = seen.merge(base.rename(columns={"error": "drift"}), on=keys)
    order = {"series": list(dict.fromkeys(logs["series"])), "model": list(MODELS)}
    both = both.sort_values(
        list(order), key=lambda column: column.map(order[column.name].index), kind="stable"
    )
    group = both.groupby([*OF_MODEL, "origin"], sort=False)
    rows = group.agg(mae=("error", "mean"), drift=("drift", "mean"), n=("error", "size"))
    return rows.assign(ratio=rows["mae"] / rows["drift"].where(rows["drift"] > 0)).reset_index()


def verdict_rows(errors: pd.DataFrame, logs: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield what the errors say of each model of a series at each horizon.

    ratio: mean absolute error of the logs over that of drift, over the origins that both have;
    coverage: share of the observed values inside their intervals, over `covered` origins; one year
    ahead alone p (`diebold_mariano`), rivals, the number of models of the series other than drift,
    and verdict. errors: as `error_rows` returns them; logs: with intervals.
    """
    inside = logs.dropna(subset=["observed", "low"])
    held = inside["observed"].between(inside["low"], inside["high"])
    covered = inside.assign(held=held).groupby(OF_MODEL)
    share, origins = covered["held"].mean(), covered["origin"].nunique()
    parts = {key: part for key, part in errors.groupby(OF_MODEL, sort=False)}
    for key, part in parts.items():
        series, model, horizon = key
        mae, drift = part[["mae", "drift"]].to_numpy(dtype=float).T
        ratio = mae.sum() / drift.sum() if drift.any() else np.nan
        row = dict(zip(OF_MODEL, key, strict=True)) | {"origins": len(part), "ratio": ratio}
        row |= {"coverage": share.get(key, np.nan), "covered": int(origins.get(key, 0))}
        if model != DRIFT and horizon == 1:
            rivals = sum(other[::2] == key[::2] and other[1] != DRIFT for other in parts)
            p = diebold_mariano(mae - drift)
            every = parts[series, DRIFT, horizon].set_index("origin")["n"].loc[part["origin"]]
            whole = bool((part["n"].to_numpy() == every.to_numpy()).all())
            row |= {"p": p, "rivals": rivals, "verdict": _verdict(ratio, p, rivals, whole)}
            row["verdict"] = row["verdict"] if len(part) >= FEWEST_ORIGINS else TOO_FEW
        yield row


def diebold_mariano(difference: Array) -> float:
    """Return the two-sided p of two models whose forecasts of one year ahead err alike.

        t = mean(d) / (s(d) / sqrt(n)),   t(n - 1)

    difference (n,): of their errors at each origin, in consecutive years. One year ahead errors
    have no lags to allow for, and with the small-sample factor of Harvey, Leybourne and Newbold,
    sqrt((n - 1)/n), the test of Diebold and Mariano is this t test. NaN for fewer than
    `FEWEST_ORIGINS`, or models that do not differ. Sources: Diebold and Mariano (1995), Harvey,
    Leybourne and Newbold (1997).
    """
    n = len(difference)
    if n < FEWEST_ORIGINS or not difference.any():
        return np.nan
    with np.errstate(divide="ignore"):
        t = difference.mean() / (difference.std(ddof=1) / np.sqrt(n))
    return 2 * float(stdtr(n - 1, -abs(t)))


def _verdict(ratio: float, p: float, rivals: int, whole: bool) -> str:
    """Return whether a model is better than drift.

    Better (worse): p below `SIGNIFICANT` over the number of rivals (Bonferroni: else the best of
    them beats it by chance); better only where it tells every region that drift tells.
    """
    if p < SIGNIFICANT / rivals:
        return WORSE if ratio > 1 else BETTER if whole else NOT_BETTER
    return NOT_BETTER


def best_model(verdicts: pd.DataFrame, series: str) -> str:
    """Return the model with the least ratio among those better than drift; else drift."""
    rows = verdicts[(verdicts["series"] == series) & (verdicts["verdict"] == BETTER)]
    return DRIFT if rows.empty else str(rows.loc[rows["ratio"].idxmin(), "model"])
