"""Can x1, x2 and D be told in advance? Rolling origin against drift (docs/methods.md, 6)."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from coevo.errors import Refusal
from coevo.files import as_table
from coevo.prediction.models import MODELS, OF_SERIES, forecast
from coevo.prediction.origins import FEWEST_YEARS, POPULATIONS, History, Missing, Origins
from coevo.prediction.past_errors import best_model, error_rows, verdict_rows, with_intervals
from coevo.study_data import StudyData

__all__ = ["MODELS", "predict"]

HORIZONS = 3  # years ahead, at most
COLUMNS = ["series", "model", "origin", "horizon", "scope", "forecast", "observed"]


def predict(study: StudyData, horizons: int = HORIZONS) -> dict[str, pd.DataFrame]:
    """Return forecasts of x1, x2 and D at every origin, and what their errors say.

    study: with panel; config: its keys interaction, normalisation, weighting and coupling;
    horizons: years ahead, at most. A study without an interaction has no x1 and x2, one without
    subsystems no D. Origins are the fifth to the last year but one; forecasts of the year after the
    last come from the best model that beat drift, else from drift. `StudyError` for a name that
    does not fit.
    """
    origins, forecasts = Origins(study), _Forecasts()
    count, last = len(origins.years), int(origins.years[-1])
    if count <= FEWEST_YEARS:
        why = Refusal("too_few_years_to_predict", years=count, least=FEWEST_YEARS + 1)
        for series in origins.series:
            forecasts.refuse(Missing(series, last, why))
    for origin in map(int, origins.years[FEWEST_YEARS - 1 : -1]):
        for history in origins.at(origin):
            if isinstance(history, Missing):
                forecasts.refuse(history)
                continue
            for name in MODELS if history.series in POPULATIONS else OF_SERIES:
                forecasts.tell(history, name, origin, min(horizons, last - origin))
    logs = forecasts.table()
    errors = error_rows(logs)
    verdicts = as_table("prediction_verdicts", verdict_rows(errors, with_intervals(logs)))
    for history in origins.at(last) if len(logs) else ():
        if isinstance(history, Missing):
            forecasts.refuse(history)
        else:
            forecasts.tell(history, best_model(verdicts, history.series), last, 1)
    names = dict(study.table("panel")[["region", "name"]].drop_duplicates().to_numpy()) | {"": ""}
    refusals = [row | {"name": names[row["scope"]]} for row in forecasts.refusals]
    return {
        "predictions": _predictions(with_intervals(forecasts.table()), names),
        "prediction_errors": as_table("prediction_errors", errors),
        "prediction_verdicts": verdicts,
        "prediction_refusals": as_table("prediction_refusals", refusals),
    }


class _Forecasts:
    """Collects forecasts, and what has none."""

    def __init__(self) -> None:
        self.blocks: list[pd.DataFrame] = []
        self.refusals: list[dict[str, Any]] = []

    def refuse(self, missing: Missing, model: str = "") -> None:
        """Add what has no forecast, by default by no model; a whole series once for each reason."""
        row = {"series": missing.series, "scope": missing.scope, "model": model}
        row |= missing.refusal.columns
        if missing.scope or not any(row.items() <= known.items() for known in self.refusals):
            self.refusals.append(row | {"origin": missing.origin})

    def tell(self, history: History, name: str, origin: int, steps: int) -> None:
        """Add a model's forecasts of a series at an origin, beside what was observed."""
        label = {"series": history.series, "model": name, "origin": origin}
        try:
            logs = forecast(name, history, steps)
        except Refusal as refusal:
            self.refuse(Missing(history.series, origin, refusal), name)
            return
        for region in history.regions[np.isnan(logs[:, 0])]:
            missing = Missing(history.series, origin, Refusal("no_forecast"), str(region))
            self.refuse(missing, name)
        # of the year after the last nothing is known
        observed = np.pad(history.later, ((0, 0), (0, steps)), constant_values=np.nan)
        for step in range(steps):
            place = {"scope": history.regions, "horizon": step + 1}
            both = {"forecast": logs[:, step], "observed": observed[:, step]}
            self.blocks.append(pd.DataFrame(label | place | both).dropna(subset="forecast"))

    def table(self) -> pd.DataFrame:
        """Return the forecasts so far, in logs."""
        if not self.blocks:
            return pd.DataFrame(columns=COLUMNS).astype({"forecast": float, "observed": float})
        return pd.concat(self.blocks, ignore_index=True)[COLUMNS]


def _predictions(logs: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """Return the table, in the units of the series, sorted by region, series and model."""
    levels = {column: np.exp(logs[column]) for column in ("forecast", "observed", "low", "high")}
    order = {key: pd.Categorical(logs[key], logs[key].unique()) for key in ("series", "model")}
    table = logs.assign(**levels, **order, name=logs["scope"].map(names))
    keys = ["scope", "series", "model", "origin", "horizon"]
    return as_table("predictions", table.sort_values(keys, kind="stable"))
