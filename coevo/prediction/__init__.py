"""Can x1, x2 and D be told in advance? Rolling origin against drift (docs/methods.md, 6)."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from coevo.arrays import Array
from coevo.errors import Refusal
from coevo.files import as_table
from coevo.prediction.models import MODELS, OF_SERIES, forecast
from coevo.prediction.origins import FEWEST_YEARS, POPULATIONS, History, Origins
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
    origins, told = Origins(study), _Forecasts()
    count, last = len(origins.years), int(origins.years[-1])
    if count <= FEWEST_YEARS:
        why = Refusal("too_few_years_to_predict", years=count, least=FEWEST_YEARS + 1)
        for series in origins.series:
            told.refuse(series, last, why)
    for origin in map(int, origins.years[FEWEST_YEARS - 1 : -1]):
        for series, history in origins.at(origin):
            names = MODELS if series in POPULATIONS else OF_SERIES
            told.add(series, history, origin, min(horizons, last - origin), names)
    logs = told.table()
    errors = error_rows(logs)
    verdicts = as_table("prediction_verdicts", verdict_rows(errors, with_intervals(logs)))
    for series, history in origins.at(last) if len(logs) else ():
        told.add(series, history, last, 1, [best_model(verdicts, series)])
    names_of = dict(study.table("panel")[["region", "name"]].drop_duplicates().to_numpy())
    names_of[""] = ""
    refusals = [row | {"name": names_of[row["scope"]]} for row in told.refusals]
    return {
        "predictions": _predictions(with_intervals(told.table()), names_of),
        "prediction_errors": as_table("prediction_errors", errors),
        "prediction_verdicts": verdicts,
        "prediction_refusals": as_table("prediction_refusals", refusals),
    }


class _Forecasts:
    """Collects forecasts, and what has none."""

    def __init__(self) -> None:
        self.blocks: list[pd.DataFrame] = []
        self.refusals: list[dict[str, Any]] = []

    def refuse(
        self, series: str, origin: int, refusal: Refusal, scope: str = "", model: str = ""
    ) -> None:
        """Add what has no forecast, by default by no model; a whole series once for each reason."""
        row = {"series": series, "scope": scope, "model": model} | refusal.columns
        if scope or not any(row.items() <= known.items() for known in self.refusals):
            self.refusals.append(row | {"origin": origin})

    def add(
        self, series: str, history: History | Refusal, origin: int, steps: int, names: Iterable[str]
    ) -> None:
        """Add the forecasts of a series at an origin by models of these names, or why none are."""
        if isinstance(history, Refusal):
            self.refuse(series, origin, history)
            return
        for name in names if len(history.regions) else ():
            try:
                self._add_model(series, history, origin, forecast(name, history, steps), name)
            except Refusal as refusal:
                self.refuse(series, origin, refusal, model=name)
        for region, why in history.refusals.items():
            self.refuse(series, origin, why, region)

    def _add_model(
        self, series: str, history: History, origin: int, logs: Array, name: str
    ) -> None:
        """Add a model's forecasts (G, steps), beside what was observed."""
        for region in history.regions[np.isnan(logs[:, 0])]:
            self.refuse(series, origin, Refusal("no_forecast"), str(region), name)
        label = {"series": series, "model": name, "origin": origin, "scope": history.regions}
        # of the year after the last nothing is known
        steps = logs.shape[1]
        observed = np.pad(history.later, ((0, 0), (0, steps)), constant_values=np.nan)
        for step in range(steps):
            both = {"forecast": logs[:, step], "observed": observed[:, step]}
            block = pd.DataFrame(label | {"horizon": step + 1} | both)
            self.blocks.append(block.dropna(subset="forecast"))

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
