"""Can x1, x2 and D be told in advance? Rolling origin against drift (docs/methods.md, 6)."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from coevo.errors import Refusal
from coevo.files import as_table
from coevo.messages import message_columns
from coevo.prediction.models import MODELS
from coevo.prediction.origins import FEWEST_YEARS, POPULATIONS, History, Missing, Origins
from coevo.prediction.past_errors import best_model, error_rows, verdict_rows, with_intervals

__all__ = ["MODELS", "PredictionTables", "predict"]

HORIZONS = 3  # years ahead, at most
COLUMNS = ["series", "model", "origin", "horizon", "scope", "forecast", "observed"]


class PredictionTables(NamedTuple):
    """The tables of these names (columns: docs/tables.md)."""

    predictions: pd.DataFrame
    prediction_errors: pd.DataFrame
    prediction_verdicts: pd.DataFrame
    prediction_checks: pd.DataFrame
    prediction_refusals: pd.DataFrame


def predict(
    panel: pd.DataFrame,
    indicators: pd.DataFrame,
    config: Mapping[str, Any],
    kept: pd.DataFrame | None = None,
) -> PredictionTables:
    """Return forecasts of x1, x2 and D at every origin, and what their errors say.

    panel: as panel.csv; indicators: the indicator table; config: its keys interaction,
    normalisation, weighting and coupling; kept: goalposts of the reference of that name. A study
    without an interaction has no x1 and x2, one without subsystems no D. Origins are the fifth to
    the last year but one; forecasts of the year after the last come from the best model that beat
    drift, else from drift. `StudyError` for a name that does not fit.
    """
    origins = Origins(panel, indicators, config, kept)
    blocks: list[pd.DataFrame] = []
    rows: list[dict[str, Any]] = []  # of the tables of checks and refusals
    last = int(origins.years[-1])
    if len(origins.years) <= FEWEST_YEARS:
        refusal = Refusal(
            "too_few_years_to_predict", years=len(origins.years), least=FEWEST_YEARS + 1
        )
        rows += [_refused(Missing(name, last, refusal)) for name in origins.series]
    else:
        for origin in map(int, origins.years[FEWEST_YEARS - 1 : -1]):
            for found in origins.at(origin):
                for name, model in MODELS.items():
                    if isinstance(found, History) and (
                        not model.populations or found.series in POPULATIONS
                    ):
                        _tell(found, name, origin, min(HORIZONS, last - origin), blocks, rows)
                if isinstance(found, Missing):
                    rows.append(_refused(found))
    told = _joined(blocks)
    errors = error_rows(told)
    verdicts = as_table("prediction_verdicts", verdict_rows(errors, with_intervals(told)))
    if len(told):
        for found in origins.at(last):
            if isinstance(found, History):
                _tell(found, best_model(verdicts, found.series), last, 1, blocks, rows)
            else:
                rows.append(_refused(found))
    names = dict(panel[["region", "name"]].drop_duplicates().to_numpy()) | {"": ""}
    return PredictionTables(
        _predictions(with_intervals(_joined(blocks)), names),
        as_table("prediction_errors", errors),
        verdicts,
        as_table("prediction_checks", [row for row in rows if "check" in row]),
        as_table(
            "prediction_refusals",
            [row | {"name": names[row["scope"]]} for row in rows if "message" in row],
        ),
    )


def _tell(
    history: History,
    name: str,
    origin: int,
    steps: int,
    blocks: list[pd.DataFrame],
    rows: list[dict[str, Any]],
) -> None:
    """Add a model's forecasts of a series at an origin, and what it rests on or why it has none."""
    label = {"series": history.series, "model": name, "origin": origin}
    try:
        told = MODELS[name].tell(history, steps)
    except Refusal as refusal:
        rows.append(_refused(Missing(history.series, origin, refusal), name))
        return
    rows += [label | {"check": check, "value": v} for check, v in told.constants.items()]
    for region in history.regions[np.isnan(told.logs[:, 0])]:
        missing = Missing(history.series, origin, Refusal("no_forecast"), str(region))
        rows.append(_refused(missing, name))
    later = history.later[:, :steps]
    observed = np.full(told.logs.shape, np.nan)
    observed[:, : later.shape[1]] = later
    for step in range(steps):
        figures = {"forecast": told.logs[:, step], "observed": observed[:, step]}
        block = {"scope": history.regions, "horizon": step + 1}
        blocks.append(pd.DataFrame(label | block | figures).dropna(subset="forecast"))


def _joined(blocks: list[pd.DataFrame]) -> pd.DataFrame:
    if not blocks:
        return pd.DataFrame(columns=COLUMNS).astype({"forecast": float, "observed": float})
    return pd.concat(blocks, ignore_index=True)[COLUMNS]


def _refused(missing: Missing, model: str = "") -> dict[str, Any]:
    message = message_columns(missing.refusal.key, missing.refusal.fields)
    place = {"series": missing.series, "origin": missing.origin, "scope": missing.scope}
    return place | {"model": model} | message


def _predictions(told: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """Return the table, in the units of the series, sorted by region, series and model."""
    levels = {column: np.exp(told[column]) for column in ("forecast", "observed", "low", "high")}
    table = told.assign(**levels, name=told["scope"].map(names))
    for column in ("series", "model"):
        order = {name: i for i, name in enumerate(dict.fromkeys(told[column]))}
        table[f"{column}_place"] = told[column].map(order)
    keys = ["scope", "series_place", "model_place", "origin", "horizon"]
    return as_table("predictions", table.sort_values(keys, kind="stable"))

