"""How fast indices are: min-max, entropy weights, composite, C, T, D on a county panel; draws of D.

    python -m benchmarks.indices

2,800 regions x 20 years x 50 indicators in two subsystems, at random by seed. Beside it pymcdm
(`pip install pymcdm`; left out if it is not there) on the same figures in the same run. Memory is
the peak that numpy held above the input, as a multiple of it.
"""

import importlib.util
import time
import tracemalloc
from collections.abc import Callable

import numpy as np

from coevo.coupling import coordination_degree, coordination_index, coupling_degree
from coevo.coupling.formulas import COMPOSITES
from coevo.normalisation import minmax
from coevo.sensitivity.uncertainty import weight_draws
from coevo.weighting import WEIGHTINGS

REGIONS, YEARS, INDICATORS = 2_800, 20, 50
SPAN = (0.01, 0.99)


def figures(regions: int = REGIONS) -> np.ndarray:
    """Return a random panel (region-years, indicators), log-normal."""
    return np.random.default_rng(1).lognormal(3, 1, (regions * YEARS, INDICATORS))


def degrees(x: np.ndarray) -> np.ndarray:
    """Return D (rows,) of two subsystems, half of the indicators each."""
    z = minmax(x, "+", x.min(axis=0), x.max(axis=0), SPAN)
    half = z.shape[1] // 2
    U = np.empty((len(z), 2))
    for place, own in enumerate((slice(None, half), slice(half, None))):
        w = WEIGHTINGS["entropy"](z[:, own])
        U[:, place] = COMPOSITES["linear"](z[:, own], w, SPAN[0], SPAN[1])
    return coordination_degree(coupling_degree(U), coordination_index(U))


def with_pymcdm(x: np.ndarray) -> np.ndarray:
    """Return the same D with pymcdm's normalisation and weights."""
    from pymcdm.normalizations import minmax_normalization
    from pymcdm.weights import entropy_weights

    z = np.column_stack([SPAN[0] + (SPAN[1] - SPAN[0]) * minmax_normalization(c) for c in x.T])
    half = z.shape[1] // 2
    U = np.column_stack([part @ entropy_weights(part) for part in (z[:, :half], z[:, half:])])
    return np.sqrt(2 * np.sqrt(U.prod(axis=1)) / U.sum(axis=1) * U.mean(axis=1))


def drawn() -> np.ndarray:
    """Return D (draws, rows) of 31 regions x 9 years under 2,000 draws of weights."""
    rng = np.random.default_rng(2)
    Z, member = rng.uniform(*SPAN, (31 * 9, 10)), np.repeat(np.eye(2), 5, axis=0)
    w = weight_draws(np.full(10, 0.2), member, 50, 2_000, 1)
    U = np.einsum("rm,dm,mn->drn", Z, w, member, optimize=True).reshape(-1, 2)
    return coordination_degree(coupling_degree(U), coordination_index(U))


def seconds(work: Callable[[], object], runs: int = 5) -> float:
    """Return the shortest of some runs."""
    best = float("inf")
    for _ in range(runs):
        started = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - started)
    return best


def main() -> None:
    x = figures()
    tracemalloc.start()
    D = degrees(x)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    own = seconds(lambda: degrees(x))
    print(f"coevo    {own:6.3f} s   {peak / x.nbytes:.1f} x the input ({x.nbytes / 1e6:.0f} MB)")
    if importlib.util.find_spec("pymcdm"):
        other = seconds(lambda: with_pymcdm(x))
        same = np.abs(with_pymcdm(x) - D).max()
        print(
            f"pymcdm   {other:6.3f} s   {other / own:.1f} x the time; largest difference {same:.1e}"
        )
    else:
        print("pymcdm   is not installed")
    print(f"draws    {seconds(drawn):6.3f} s   31 regions x 9 years x 2,000 draws of weights")


if __name__ == "__main__":
    main()
