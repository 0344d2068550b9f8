"""Can the two outputs and D be told a year ahead? Read from the tables of the predictions."""

from functools import lru_cache
from typing import Any

import pandas as pd

from coevo.prediction.models import DRIFT
from coevo.prediction.origins import INDEX
from coevo.prediction.past_errors import BETTER, SIGNIFICANT, TOO_FEW, best_model
from coevo.report.findings.fit_tables import reason
from coevo.report.findings.study_tables import Study

COLUMNS_NEAR = ["series", "model", "ratio", "p", "limit"]


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
    nothing is told at all. `better`: the best model by series; `near`: of each other series the
    one with the least error, if that is below drift's, with its ratio, p and the `limit` of p;
    `next`: the year after the last, for the region in focus.
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
        "near": _nearest(judged[~judged["series"].isin(best.index)]),
        "origins": sorted(int(year) for year in origins.unique()),
        "next": _next_year(study, series),
    }


def _nearest(rows: pd.DataFrame) -> list[dict[str, Any]]:
    least = rows[rows["ratio"] < 1].sort_values("ratio", kind="stable").drop_duplicates("series")
    least = least.assign(limit=SIGNIFICANT / least["rivals"]).sort_index()
    found: list[dict[str, Any]] = least[COLUMNS_NEAR].to_dict("records")
    return found


def _next_year(study: Study, series: list[str]) -> list[dict[str, Any]]:
    """The forecast of the region in focus for the year after the last, with what it rests on.

    `parts` of what is said of it: an `interval` or a `point`, whether such intervals `covered`
    earlier figures, `off_scale` where it leaves that of D, which ends at 1 by the goalposts.
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
            parts = ["interval" if row["low"] == row["low"] else "point"]
            parts += ["covered"] * bool(past["covered"]) + ["off_scale"] * beyond
            found.append({**row, "year": int(row["origin"]) + 1, "parts": parts, **past})
    return found
