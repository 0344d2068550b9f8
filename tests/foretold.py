"""Predictions made up for the sample study: every table of the rule, round numbers."""

import numpy as np
import pandas as pd

from coevo.files import as_table

MODELS = {"x1": {"theta": 0.8, "pooled": 1.2}, "x2": {"theta": 1.1, "pooled": 1.5}}
MODELS["D"] = {"theta": 1.25, "grey": 1.5}
ORIGINS = (2016, 2017, 2018, 2019)
VERDICTS = {0.8: "better", 1.1: "not_better"}


def prediction_tables(names: dict[str, str], series: tuple[str, ...]) -> dict[str, pd.DataFrame]:
    """Return the tables of predictions; names: of the regions by code."""
    told, errors, verdicts, checks = [], [], [], []
    for name in series:
        for model, ratio in {"drift": 1.0, **MODELS[name]}.items():
            label = {"series": name, "model": model}
            for horizon in (1, 2):
                own = {**label, "horizon": horizon}
                origins = ORIGINS[: len(ORIGINS) + 1 - horizon]
                errors += [
                    own | {"origin": o, "mae": 0.1 * ratio, "ratio": ratio * 1.02 ** (o % 2),
                           "n": len(names)}
                    for o in origins
                ]  # fmt: skip
                row = own | {"origins": len(origins), "ratio": ratio}
                row |= {"coverage": 0.75, "covered": len(origins) - 1}
                if model != "drift":
                    row["verdict"] = VERDICTS.get(ratio, "worse") if horizon == 1 else ""
                if row.get("verdict"):
                    p = 0.3 if row["verdict"] == "not_better" else 0.004
                    row |= {"p": p, "rivals": len(MODELS[name])}
                verdicts.append(row)
        checks.append({"series": name, "model": "theta", "origin": 2019, "check": "alpha"})
        checks[-1]["value"] = 0.9
        checks.append({"series": name, "model": "grey", "origin": 2019, "check": "level_ratio"})
        checks[-1]["value"] = 0.5
        best = next((m for m, r in MODELS[name].items() if r < 1), "drift")
        level = 0.6 if name == "D" else 2000.0
        for code, place in names.items():
            key = {"scope": code, "name": place, "series": name, "horizon": 1}
            figures = {"forecast": level, "low": 0.9 * level, "high": 1.1 * level}
            told.append({**key, "model": "drift", "origin": 2019, "observed": level, **figures})
            told.append({**key, "model": best, "origin": 2020, "observed": np.nan, **figures})
    made = {"predictions": told, "prediction_errors": errors, "prediction_verdicts": verdicts}
    made |= {"prediction_checks": checks, "prediction_refusals": []}
    return {table: as_table(table, rows) for table, rows in made.items()}


def refused_predictions(series: tuple[str, ...]) -> dict[str, pd.DataFrame]:
    """Return the tables of a study whose years are too few for any forecast."""
    tables = {name: table.iloc[:0] for name, table in prediction_tables({}, ()).items()}
    row = {"model": "", "origin": 2020, "message": "too_few_years_to_predict"}
    row["fields"] = '{"years": 5, "least": 6}'
    rows = [row | {"series": name} for name in series]
    return tables | {"prediction_refusals": as_table("prediction_refusals", rows)}
