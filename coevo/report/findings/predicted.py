"""Can the two outputs and D be told a year ahead? Read from the tables of the predictions."""

from typing import Any

import pandas as pd

from coevo.prediction.models import DRIFT
from coevo.prediction.past_errors import BETTER, TOO_FEW
from coevo.report.findings.study_tables import Study, reason


def rivals(study: Study, horizon: int = 1) -> pd.DataFrame:
    """Rows of `prediction_verdicts` of the models that are held against drift."""
    rows = study.rows("prediction_verdicts", horizon=horizon)
    return rows[rows["model"] != DRIFT].reset_index(drop=True)


def prediction_finding(study: Study) -> dict[str, Any]:
    """Values and verdict of the section on prediction.

    `verdict`: `some` where a model of a series is better than drift one year ahead, `nothing` where
    none is, `too_few` where there are too few origins to tell, `refused` with a `reason` where
    nothing is told at all. `better`: by series the models that are, the best first.
    """
    rows = rivals(study)
    if rows.empty:
        refusals = study.rows("prediction_refusals", scope="", model="")
        return {"verdict": "refused", "reason": reason(refusals)}
    series = list(dict.fromkeys(rows["series"]))
    judged = rows[rows["verdict"] != TOO_FEW]
    won = rows[rows["verdict"] == BETTER].sort_values("ratio", kind="stable")
    better = {name: list(won.loc[won["series"] == name, "model"]) for name in series}
    return {
        "verdict": "too_few" if judged.empty else "some" if len(won) else "nothing",
        "series": series,
        "better": {name: models for name, models in better.items() if models},
        "others": [name for name in series if not better[name]],
    }
