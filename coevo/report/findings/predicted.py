"""Can the two outputs and D be told a year ahead? Read from the tables of the predictions."""

from typing import Any

import pandas as pd

from coevo.arrays import Row
from coevo.files import rows_of
from coevo.prediction.models import DRIFT
from coevo.prediction.origins import INDEX
from coevo.prediction.past_errors import BETTER, SIGNIFICANT, TOO_FEW, best_model
from coevo.report.findings.study_tables import Study, reason

COLUMNS_NEAR = ["series", "model", "ratio", "p", "limit"]


def rivals(study: Study, horizon: int = 1) -> pd.DataFrame:
    """Rows of `prediction_verdicts` of the models that are held against drift."""
    rows = study.rows("prediction_verdicts", horizon=horizon)
    return rows[rows["model"] != DRIFT].reset_index(drop=True)


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


def _nearest(rows: pd.DataFrame) -> list[Row]:
    least = rows[rows["ratio"] < 1].sort_values("ratio", kind="stable").drop_duplicates("series")
    least = least.assign(limit=SIGNIFICANT / least["rivals"]).sort_index()
    return list(least[COLUMNS_NEAR].to_dict("records"))


def _next_year(study: Study, series: list[str]) -> list[Row]:
    """The forecast of the region in focus for the year after the last, with what it rests on.

    `parts` of what is said of it: an `interval` or a `point`, whether such intervals `covered`
    earlier figures, `off_scale` where it leaves that of D, which ends at 1 by the goalposts.
    """
    rows = study.rows("predictions", scope=study.focus)
    rows = rows[rows["observed"].isna() & rows["origin"].eq(rows["origin"].max())]
    verdicts = study.tables["prediction_verdicts"]
    best = pd.DataFrame({"series": series, "model": [best_model(verdicts, s) for s in series]})
    past = verdicts[[*best, "horizon", "coverage", "covered"]]
    rows = best.merge(rows_of(rows, horizon=1)).merge(past, on=[*best, "horizon"])
    years = rows.assign(year=rows["origin"].astype(int) + 1).to_dict("records")
    return [{**row, "parts": _parts(row)} for row in years]


def _parts(row: Row) -> list[str]:
    beyond = row["series"] == INDEX and max(row["forecast"], row["high"]) > 1
    parts = ["interval" if row["low"] == row["low"] else "point"]
    return parts + ["covered"] * bool(row["covered"]) + ["off_scale"] * beyond
