"""The models of prediction by name: a new one is a function and its entry here."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from coevo.arrays import Array
from coevo.errors import Refusal
from coevo.prediction.origins import History
from coevo.prediction.population_models import PairPast, own, pooled
from coevo.prediction.univariate import Told, damped_trend, drift, grey, random_walk, theta


@dataclass(frozen=True)
class PredictionModel:
    """How a model tells the years after an origin.

    tell: History and number of years -> `Told`; `Refusal` where its figures do not allow it.
    populations: whether it needs two populations, and so tells x1 and x2 alone.
    """

    tell: Callable[[History, int], Told]
    populations: bool = False


def _of_series(compute: Callable[[Array, int], Told]) -> PredictionModel:
    return PredictionModel(lambda history, steps: compute(history.logs, steps))


def _of_populations(compute: Callable[[PairPast, int], Array]) -> PredictionModel:
    def tell(history: History, steps: int) -> Told:
        if history.past is None or history.rows is None:
            raise Refusal("no_growth_rows")
        ahead = compute(history.past, steps)[history.rows, :, history.place]
        known = history.rows[:, None] >= 0
        return Told(history.logs[:, -1:] + np.where(known, ahead, np.nan), {})

    return PredictionModel(tell, populations=True)


DRIFT = "drift"  # what every other model is held against
MODELS: dict[str, PredictionModel] = {
    DRIFT: _of_series(drift),
    "random_walk": _of_series(random_walk),
    "damped_trend": _of_series(damped_trend),
    "theta": _of_series(theta),
    "grey": _of_series(grey),
    "own": _of_populations(own),
    "pooled": _of_populations(pooled),
}
