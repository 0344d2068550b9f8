"""Tasks of regions in space: Moran's I, Markov chains."""

import warnings
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from benchmarks.common import Array
from benchmarks.corrupted_files import REGIONS
from benchmarks.peers.task import DRAWS, Answer, Side, Task, quiet
from coevo.regional.mobility import (
    first_passage,
    probabilities,
    steady_state,
    transition_counts,
)
from coevo.regional.neighbourhood import (
    likeness,
    row_standardised,
)

ARRAYS = "it begins with arrays; coevo looks up the table's regions, years and neighbours first"


class Field(NamedTuple):
    """D (regions, years) of regions of China, neighbours by code."""

    D: Array
    regions: list[str]
    neighbours: dict[str, list[str]]


def field(small: bool) -> Field:
    """Return made-up D of the provinces that have neighbours, alike among neighbours."""
    listed = REGIONS[["region", "neighbours"]].to_numpy().tolist()
    found = {region: neighbours.split() for region, neighbours in listed if neighbours}
    codes, rng = list(found), np.random.default_rng(5)
    W = row_standardised(found, codes)
    e = rng.standard_normal((len(codes), 3 if small else 9)).cumsum(axis=1)
    D = np.linalg.solve(np.eye(len(codes)) - 0.6 * W.toarray(), e)
    return Field(1 / (1 + np.exp(-D / 2)), codes, found)


def own_moran(data: Field) -> Answer:
    W = row_standardised(data.neighbours, data.regions)
    found = likeness(data.D, W, DRAWS, np.random.default_rng(1))
    return Answer(found.I, found.p)


def _weights(data: Field) -> Any:
    from libpysal.weights import W

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = W(data.neighbours, id_order=data.regions, silence_warnings=True)
    found.transform = "r"
    return found


def esda_moran(data: Field) -> Answer:
    from esda import Moran

    np.random.seed(1)
    found = [Moran(y, _weights(data), permutations=DRAWS) for y in data.D.T]
    p = []
    for one in found:
        far = abs(one.I - one.EI) - 1e-12
        p.append((1 + (np.abs(one.sim - one.EI) >= far).sum()) / (DRAWS + 1))
    return Answer(np.array([one.I for one in found]), np.array(p))


def states(small: bool) -> npt.NDArray[np.int64]:
    """Return classes (regions, years), 0 to 3, of 2,800 regions that drift."""
    rng = np.random.default_rng(6)
    values = rng.standard_normal((100 if small else 2_800, 20)).cumsum(axis=1)
    cuts = np.quantile(values, [0.25, 0.5, 0.75])
    return np.searchsorted(cuts, values).astype(np.int64)


def own_markov(data: npt.NDArray[np.int64]) -> Answer:
    counts = transition_counts(data)
    P = probabilities(counts)
    return Answer(np.vstack([counts, P, steady_state(P), first_passage(P)]))


def giddy_markov(data: npt.NDArray[np.int64]) -> Answer:
    from giddy.markov import Markov

    with quiet():
        found = Markov(data, summary=False)
        parts = [found.transitions, found.p, found.steady_state, found.mfpt]
    return Answer(np.vstack(parts))


ESDA = Side("esda", "esda", esda_moran)
GIDDY = Side("giddy", "giddy", giddy_markov, ARRAYS)
TASKS = (
    Task("Moran's I of 9 years, 9,999 draws", field, own_moran, (ESDA,), 10, repeats=3),
    Task("Markov chain of 2,800 regions × 20 years", states, own_markov, (GIDDY,), 9),
)
