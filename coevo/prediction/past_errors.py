"""Errors of forecasts at every origin, what they say of a model, and intervals made of them.

error = ln forecast - ln observed,   ratio = MAE of the model / MAE of drift, same regions
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from coevo.inference.sets import interval
from coevo.prediction.models import DRIFT, MODELS
from coevo.prediction.univariate import Array

LEVEL = 0.9  # of the intervals of forecasts
CONFIDENCE = 0.95  # of the t intervals of the mean log ratios of all models of a series together
FEWEST_ORIGINS = 4  # with fewer there is no verdict
LONGEST = 100.0  # log ratio at which an interval ends, whose end would be no number
BETTER, WORSE, NOT_BETTER, TOO_FEW = "better", "worse", "not_better", "too_few_origins"
OF_MODEL = ["series", "model", "horizon"]


def with_intervals(told: pd.DataFrame) -> pd.DataFrame:
    """Return forecasts with the ends `low`, `high` of their intervals, in logs.

    told: series, model, origin, horizon, forecast, observed (logs). The half width is that of which
    a share `LEVEL` of the model's own errors up to the origin, all regions, stay within: the
    ceil((n + 1) LEVEL)-th smallest of n absolute errors; none where n is too small for it. Source:
    split conformal prediction, Lei et al. (2018).
    """
    half = np.full(len(told), np.nan)
    size = (told["forecast"] - told["observed"]).abs().to_numpy(dtype=float)
    made, year = told["origin"].to_numpy(), (told["origin"] + told["horizon"]).to_numpy()
    for rows in told.groupby(OF_MODEL, sort=False).indices.values():
        for origin in np.unique(made[rows]):
            past = size[rows[year[rows] <= origin]]
            past = np.sort(past[~np.isnan(past)])
            place = int(np.ceil((len(past) + 1) * LEVEL - 1e-9))
            if place <= len(past):
                half[rows[made[rows] == origin]] = past[place - 1]
    return told.assign(low=told["forecast"] - half, high=told["forecast"] + half)


def error_rows(told: pd.DataFrame) -> pd.DataFrame:
    """Return series, model, horizon, origin, mae, ratio, n: the mean absolute error of logs over n
    regions, and over that of drift in the same regions.
    """
    keys = ["series", "horizon", "origin", "scope"]
    seen = told.dropna(subset=["forecast", "observed"])
    seen = seen.assign(error=(seen["forecast"] - seen["observed"]).abs())
    base = seen.loc[seen["model"] == DRIFT, [*keys, "error"]]
    both = seen.merge(base.rename(columns={"error": "drift"}), on=keys)
    order = {"series": list(dict.fromkeys(told["series"])), "model": list(MODELS)}
    both = both.sort_values(
        list(order), key=lambda column: column.map(order[column.name].index), kind="stable"
    )
    group = both.groupby([*OF_MODEL, "origin"], sort=False)
    found = group.agg(mae=("error", "mean"), drift=("drift", "mean"), n=("error", "size"))
    ratio = np.divide(
        found["mae"], found["drift"], out=np.full(len(found), np.nan), where=found["drift"] > 0
    )
    return found.assign(ratio=ratio).reset_index()


def verdict_rows(errors: pd.DataFrame, told: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield what the errors say of each model of a series at each horizon.

    ratio, low, high: geometric mean of the ratios of all origins with its t interval, at 1 - .05/m
    where m models are held against drift (Bonferroni: else the best of them beats it by chance);
    coverage: share of the observed values inside their intervals, over `covered` origins; verdict:
    one year ahead alone. errors: as `error_rows` returns them; told: with intervals.
    """
    inside = told.dropna(subset=["observed", "low"])
    held = inside["observed"].between(inside["low"], inside["high"])
    covered = inside.assign(held=held).groupby(OF_MODEL)
    share, origins = covered["held"].mean(), covered["origin"].nunique()
    parts = {key: part for key, part in errors.groupby(OF_MODEL, sort=False)}
    for key, part in parts.items():
        series, model, horizon = key
        ratio = part["ratio"].to_numpy(dtype=float)
        rivals = sum(other[::2] == key[::2] and other[1] != DRIFT for other in parts)
        mean, low, high = _mean(ratio, 1 - (1 - CONFIDENCE) / max(rivals, 1))
        row = dict(zip(OF_MODEL, key, strict=True)) | {"origins": len(part)}
        row |= {"ratio": mean, "coverage": share.get(key, np.nan)}
        row["covered"] = int(origins.get(key, 0))
        if model != DRIFT:
            row |= {"low": low, "high": high}
        if model != DRIFT and horizon == 1:
            whole = _regions(part) == _regions(parts[series, DRIFT, horizon])
            row["verdict"] = _verdict(ratio, low, high, whole)
        yield row


def _regions(rows: pd.DataFrame) -> dict[int, int]:
    """Return the number of regions told, by origin."""
    return dict(zip(rows["origin"], rows["n"], strict=True))


def _mean(ratio: Array, level: float) -> tuple[float, float, float]:
    """Return the geometric mean with its t interval; NaN ends for too few origins, or a nil."""
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(ratio)
        mean = float(np.exp(logs.mean()))
    if len(logs) < FEWEST_ORIGINS or not np.isfinite(logs).all():
        return mean, np.nan, np.nan
    error = logs.std(ddof=1) / np.sqrt(len(logs))
    low, high = interval(logs.mean(), error, len(logs) - 1, level)
    return mean, float(np.exp(low)), float(np.exp(np.minimum(high, LONGEST)))


def _verdict(ratio: Array, low: float, high: float, whole: bool) -> str:
    """Return whether a model is better than drift.

    `better` (`worse`): at every origin, and the interval of the mean excludes 1; better only where
    it tells every region that drift tells.
    """
    if len(ratio) < FEWEST_ORIGINS:
        return TOO_FEW
    if whole and (ratio < 1).all() and high < 1:
        return BETTER
    if (ratio > 1).all() and low > 1:
        return WORSE
    return NOT_BETTER


def best_model(verdicts: pd.DataFrame, series: str) -> str:
    """Return the model with the least mean ratio among those better than drift; else drift."""
    rows = verdicts[(verdicts["series"] == series) & (verdicts["verdict"] == BETTER)]
    return DRIFT if rows.empty else str(rows.loc[rows["ratio"].idxmin(), "model"])
