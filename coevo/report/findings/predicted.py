"""Can the two outputs and D be told a year ahead? Read from the tables of the predictions."""

from functools import lru_cache
from typing import Any

import pandas as pd

from coevo.prediction.models import DRIFT
from coevo.prediction.origins import INDEX
from coevo.prediction.past_errors import BETTER, TOO_FEW, best_model
from coevo.report.findings.fit_tables import reason
from coevo.report.findings.study_tables import Study


def rivals(study: Study, horizon: int = 1) -> pd.DataFrame:
    """Rows of `prediction_verdicts` of the models that are held against drift."""
    rows = study.rows("prediction_verdicts", horizon=horizon)
    return rows[rows["model"] != DRIFT].reset_index(drop=True)


def ratios(study: Study) -> pd.DataFrame:
    """Ratios of every model one year ahead, from each origin."""
    rows = study.rows("prediction_errors", horizon=1)
    return rows[(rows["model"] != DRIFT) & rows["ratio"].gt(0)].reset_index(drop=True)


@lru_cache(maxsize=8)
def prediction_finding(study: Study) -> dict[str, Any]:
    """Values and verdict of the section on prediction.

    `verdict`: `some` where a model of a series is better than drift one year ahead, `nothing` where
    none is, `too_few` where there are too few origins to tell, `refused` with a `reason` where
    nothing is told at all. `better`: the best model by series; `next`: the year after the
    last, for the region in focus.
    """
    rows = rivals(study)
    if rows.empty:
        refusals = study.rows("prediction_refusals", scope="", model="")
        return {"verdict": "refused", "reason": reason(refusals)}
    series = list(dict.fromkeys(rows["series"]))
    judged = rows[rows["verdict"] != TOO_FEW]
    won = rows[rows["verdict"] == BETTER].sort_values("ratio", kind="stable")
    best = won.drop_duplicates("series").set_index("series")["model"]
    origins = study.rows("prediction_errors", horizon=1)["origin"]
    return {
        "verdict": "too_few" if judged.empty else "some" if len(won) else "nothing",
        "series": series,
        "better": best.to_dict(),
        "others": [name for name in series if name not in best],
        "origins": sorted(int(year) for year in origins.unique()),
        "next": _next_year(study, series),
    }


def _next_year(study: Study, series: list[str]) -> list[dict[str, Any]]:
    """The forecast of the region in focus for the year after the last, with what it rests on.

    `beyond`: whether it, or its interval, leaves the scale of D, which ends at 1 by the goalposts
    of the origin.
    """
    told = study.rows("predictions", scope=study.focus)
    told = told[told["observed"].isna() & (told["origin"] == told["origin"].max())]
    verdicts, found = study.tables["prediction_verdicts"], []
    for name in series:
        model = best_model(verdicts, name)
        own = told[(told["series"] == name) & (told["model"] == model) & (told["horizon"] == 1)]
        held = study.rows("prediction_verdicts", series=name, model=model, horizon=1)
        for row in own.to_dict("records"):
            past = held.iloc[0][["coverage", "covered"]].to_dict()
            beyond = name == INDEX and max(row["forecast"], row["high"]) > 1
            found.append({**row, "year": int(row["origin"]) + 1, "beyond": beyond, **past})
    return found
