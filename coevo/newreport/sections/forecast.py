"""Whether a model predicts the outputs and D one year ahead better than drift."""

from dataclasses import dataclass, field

from coevo.newreport.study import Reason, Study, reason
from coevo.prediction.models import DRIFT
from coevo.prediction.past_errors import BETTER, TOO_FEW


@dataclass(frozen=True)
class ForecastFacts:
    """Forecasts one year ahead, held against drift, the mean growth so far.

    verdict: `some` where a model of a series is better, `nothing` where none is, `too_few` where
    there are too few origins to tell, `refused` (`reason`). better: models by series, the best
    first; others: series without one.
    """

    verdict: str
    reason: Reason | None = None
    better: dict[str, list[str]] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)


def facts(study: Study) -> ForecastFacts:
    """Return whether any model predicts better than drift one year ahead."""
    rows = study.rows("prediction_verdicts", horizon=1)
    rows = rows[rows["model"] != DRIFT]
    if rows.empty:
        return ForecastFacts(
            "refused", reason(study.rows("prediction_refusals", scope="", model=""))
        )
    judged = rows[rows["verdict"] != TOO_FEW]
    won = rows[rows["verdict"] == BETTER].sort_values("ratio", kind="stable")
    better = {str(name): list(part["model"]) for name, part in won.groupby("series", sort=False)}
    return ForecastFacts(
        "too_few" if judged.empty else "some" if len(won) else "nothing",
        better=better,
        others=[str(name) for name in dict.fromkeys(rows["series"]) if name not in better],
    )
