"""What chance alone prints in the chapters on driving factors that often follow D.

    OMP_NUM_THREADS=1 python -m benchmarks.chance [--write]

No driver of any draw has to do with the outcome. --write puts the rows into
docs/simulation/chance.csv, at random by seed: `mean` and `high`, its 95 % point, of the statistic
over draws, `share` of the draws in which something is found that is not there.

`detector`: q of one driver in strata of quantiles; found where q is .31 or more. `best`: the
largest q of 15 partitions, three to seven strata by quantiles, by equal steps of the driver or of
its size (lognormal). `interaction`: q of two drivers' strata crossed; found where it is above both.
`pooled`: q of five strata over 31 x 9 rows of autoregressions (.97); found where p is below .05.
`spatial_lag`: rho of y = rho W y + b x + e by maximum likelihood, 31 x 9, where neighbours share
errors (.3) and no y spills over; found where the likelihood ratio exceeds 3.84. `local`: largest
|t| of slopes over 31 regions weighted by distance (bisquare, bandwidth by AICc), neighbours sharing
none, half or more of what moves driver and outcome; found above 1.96. `forest`: R2, in five parts
left out in turn, of 40 randomised trees of five such autoregressions with trends of their own.
`arithmetic`: how far a slope of ln D is from a quarter of the sum of those of ln U1 and ln U2.
"""

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
from scipy.stats import beta

from benchmarks.common import ROOT, SIMULATION, Array, Row, simulation
from coevo.regional.neighbourhood import row_standardised

REGIONS, YEARS, DRAWS, SEEN = 31, 9, 20_000, 0.31
PARTITIONS = [(kind, k) for kind in ("quantiles", "equal", "size") for k in range(3, 8)]
TABLE = SIMULATION / "chance.csv"
Generator = np.random.Generator


def places() -> tuple[Array, Array]:
    """Return weights (31, 31) of bordering provinces and distances (31, 31) on the tile grid."""
    table = pd.read_csv(ROOT / "config/regions/provinces.csv", dtype=str).dropna(
        subset="neighbours"
    )
    table = table[table["nbs_region"].notna()].head(REGIONS)
    beside = {row.region: row.neighbours.split() for row in table.itertuples()}
    at = table[["tile_row", "tile_column"]].astype(float).to_numpy()
    W = row_standardised(beside, list(beside)).toarray()
    return W, np.linalg.norm(at[:, None] - at[None], axis=-1)


def strata(x: Array, kind: str, k: int) -> Array:
    """Return the stratum of each figure of x (..., n), of k by quantiles or by equal steps."""
    if kind == "quantiles":
        return x.argsort(-1).argsort(-1) * k // x.shape[-1]
    x = np.exp(x) if kind == "size" else x
    low, high = x.min(-1, keepdims=True), x.max(-1, keepdims=True)
    return np.minimum((k * (x - low) / (high - low)).astype(int), k - 1)


def q(y: Array, of: Array) -> Array:
    """Return the share of the variance of y (..., n) between strata, whole numbers (..., n)."""
    y = y - y.mean(-1, keepdims=True)
    between = np.zeros(y.shape[:-1])
    for stratum in range(int(of.max()) + 1):
        inside = of == stratum
        between += (y * inside).sum(-1) ** 2 / np.maximum(inside.sum(-1), 1)
    return between / (y**2).sum(-1)


def detector(g: Generator, draws: int) -> Iterator[tuple[str, Array, Array]]:
    y, x, z = g.normal(size=(3, draws, REGIONS))
    for k in (4, 5, 6):
        found = q(y, strata(x, "quantiles", k))
        yield f"detector_{k}", found, found >= SEEN
    best = np.max([q(y, strata(x, *partition)) for partition in PARTITIONS], axis=0)
    yield "detector_best", best, best >= SEEN
    for k in (4, 5):
        of = [strata(driver, "quantiles", k) for driver in (x, z)]
        both, alone = q(y, k * of[0] + of[1]), [q(y, one) for one in of]
        yield f"interaction_{k}", both, both >= np.max(alone, axis=0)


def autoregressions(g: Generator, shape: tuple[int, ...], rho: float = 0.97) -> Array:
    """Return stationary series (..., years) of unit variance."""
    series = g.normal(size=shape)
    for t in range(1, shape[-1]):
        series[..., t] = rho * series[..., t - 1] + np.sqrt(1 - rho**2) * series[..., t]
    return series


def pooled(g: Generator, draws: int) -> Iterator[tuple[str, Array, Array]]:
    shape = (-(-draws // 10), REGIONS, YEARS)
    y, x = (autoregressions(g, shape).reshape(-1, REGIONS * YEARS) for _ in "yx")
    found = q(y, strata(x, "quantiles", 5))
    yield "detector_pooled", found, beta.sf(found, 2, (REGIONS * YEARS - 5) / 2) < 0.05


def residuals(y: Array, x: Array) -> Array:
    """Return what a line in x leaves of y, along the last axis."""
    y, x = (part - part.mean(-1, keepdims=True) for part in (y, x))
    return y - x * ((x * y).sum(-1) / (x**2).sum(-1))[..., None]


def shared_by_neighbours(W: Array, share: float) -> Array:
    """Return what turns independent errors into those of e = share W e + u."""
    return np.linalg.inv(np.eye(len(W)) - share * W)


def spatial_lag(g: Generator, draws: int) -> Iterator[tuple[str, Array, Array]]:
    W, _ = places()
    x, e = g.normal(size=(2, -(-draws // 10), YEARS, REGIONS))
    y = e @ shared_by_neighbours(W, 0.3).T
    flat = [part.reshape(len(part), -1) for part in (y, y @ W.T, x)]
    own, beside = (residuals(part, flat[2]) for part in flat[:2])
    rho = np.linspace(-0.95, 0.95, 191)
    sums = [(a * b).sum(-1)[:, None] for a, b in ((own, own), (own, beside), (beside, beside))]
    squares = sums[0] - 2 * rho * sums[1] + rho**2 * sums[2]
    logdet = np.log(1 - np.outer(rho, np.linalg.eigvals(W).real)).sum(-1)
    likelihood = YEARS * logdet - REGIONS * YEARS / 2 * np.log(squares)
    ratio = 2 * (likelihood.max(-1) - likelihood[:, 95])
    yield "spatial_lag", rho[likelihood.argmax(-1)], ratio > 3.84


def local(g: Generator, draws: int) -> Iterator[tuple[str, Array, Array]]:
    W, distance = places()
    for share in (0.0, 0.5, 0.7):
        spread = shared_by_neighbours(W, share)
        found = np.concatenate(
            [
                largest_t(*np.split(spread @ g.normal(size=(REGIONS, 21)), [20], axis=1), distance)
                for _ in range(-(-draws // 200))
            ]
        )
        yield f"local_{100 * share:.0f}", found, found > 1.96


def largest_t(y: Array, x: Array, distance: Array) -> Array:
    """Return the largest |t| (draws,) of local slopes of y (31, draws) on x (31, 1), with as many
    regions within reach as have the least AICc.
    """
    X, near = np.column_stack([np.ones(REGIONS), x]), np.sort(distance, axis=1)
    best, t = np.full(y.shape[1], np.inf), np.zeros(y.shape[1])
    for k in range(10, REGIONS):
        u = distance / (near[:, [k]] + 1e-9)
        w = np.where(u < 1, (1 - u**2) ** 2, 0)
        XW = X.T * w[:, None]  # (31, 2, 31)
        C = np.linalg.solve(XW @ X, XW)
        S = np.einsum("ij,ijk->ik", X, C)
        left, trace = ((y - S @ y) ** 2).sum(0), np.trace(S)
        aicc = REGIONS * np.log(left) + REGIONS * (REGIONS + trace) / (REGIONS - 2 - trace)
        variance = left / (REGIONS - 2 * trace + (S**2).sum())
        slope, error = C[:, 1] @ y, np.sqrt((C[:, 1] ** 2).sum(-1)[:, None] * variance)
        better = aicc < best
        best = np.where(better, aicc, best)
        t = np.where(better, np.abs(slope / error).max(0), t)
    return t


def tree(X: Array, y: Array, g: Generator, least: int = 4) -> Callable[[Array], Array]:
    """Return the prediction of a tree that cuts at the best of random cuts, one per column."""
    if len(y) < 2 * least:
        return lambda at: np.full(len(at), y.mean())
    cuts = g.uniform(X.min(0), X.max(0))
    right = cuts <= X
    n = right.sum(0)
    sums = (y[:, None] * right).sum(0)
    gain = np.where(
        (n > 0) & (n < len(y)), (sums - n * y.mean()) ** 2 / (n * (len(y) - n) + 1e-9), -1
    )
    j = int(gain.argmax())
    if gain[j] < 0:
        return lambda at: np.full(len(at), y.mean())
    low, high = (tree(X[side], y[side], g, least) for side in (~right[:, j], right[:, j]))
    return lambda at: np.where(at[:, j] < cuts[j], low(at), high(at))


def forest(g: Generator, draws: int) -> Iterator[tuple[str, Array, Array]]:
    region = np.repeat(np.arange(REGIONS), YEARS)
    scores: dict[str, list[float]] = {"rows": [], "regions": []}
    for _ in range(-(-draws // 500)):
        trend = 0.1 + 0.1 * g.normal(size=(6, REGIONS, 1))
        series = trend * np.arange(YEARS) + autoregressions(g, (6, REGIONS, YEARS))
        y, *drivers = series.reshape(6, -1)
        X = np.column_stack(drivers)
        for of, order in (
            ("rows", g.permutation(y.size)),
            ("regions", g.permutation(REGIONS)[region]),
        ):
            left = np.zeros(y.size)
            for part in range(5):
                out = order % 5 == part
                trees = [tree(X[~out], y[~out], g)(X[out]) for _ in range(40)]
                left[out] = y[out] - np.mean(trees, axis=0)
            scores[of].append(1 - (left**2).sum() / ((y - y.mean()) ** 2).sum())
    for of, found in scores.items():
        yield f"forest_{of}", np.array(found), np.array(found) > 0


def arithmetic(g: Generator, draws: int) -> Iterator[tuple[str, Array, Array]]:
    U1, U2 = np.exp(0.5 * g.normal(size=(2, -(-draws // 10), REGIONS)) - 2)
    x = g.normal(size=U1.shape)
    C, T = 2 * np.sqrt(U1 * U2) / (U1 + U2), (U1 + U2) / 2
    slope = [
        ((x - x.mean(-1, keepdims=True)) * np.log(y)).sum(-1) for y in (np.sqrt(C * T), U1, U2)
    ]
    apart = np.abs(slope[0] - (slope[1] + slope[2]) / 4)
    yield "arithmetic", apart, apart > 1e-9


def made(most: int) -> list[Row]:
    """Return the rows; most: draws of a detector, from which the numbers of the others follow."""
    rows = []
    for seed, part in enumerate(
        (detector, pooled, spatial_lag, local, forest, arithmetic), start=1
    ):
        for case, found, seen in part(np.random.default_rng(seed), min(DRAWS, most)):
            numbers = {"mean": found.mean(), "high": np.quantile(found, 0.95), "share": seen.mean()}
            rows.append({"case": case, "draws": len(found)} | numbers)
    return rows


if __name__ == "__main__":
    simulation(__doc__, TABLE, made)
