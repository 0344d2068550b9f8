"""How often the relation rule names a relation that is there, and signs an effect that is not.

    OMP_NUM_THREADS=1 python -m benchmarks.relation_rule [--most N] [--cores N] [--write]

Panels by seed of 31 or 10 regions, 9 to 200 years; with --write each design that
docs/simulation/relation_rule.csv lacks is put there as soon as it is done, so that a run that was
ended goes on. Panels follow the differential equation, not the map of any estimator:

    d ln x_i/dt = r_ir + tau_it + e_irt + A_i1 x1 + A_i2 x2,    x(0) = 1

family: `random_walk` has A = 0, drifts and noise as estimated in the study `provinces`; in
`persistent_shocks` e is besides AR(1), phi = .5; in `own_limits` both populations limit themselves,
A11 = A22 = -.2 (in `mutualism` .1 beyond the strength, so that paths stay bounded), each region has
its own rest point around 2; `both` has limits and persistent shocks. strength: size of A12 and A21,
in scaled units; in `predator_prey` 2 preys on 1, in `A12` or `A21` that effect alone is there.

The rule chooses its nulls panel by panel. Of 31 regions and nine years without interaction each
panel has its own critical values, 400 panels per null; elsewhere those of a null are shared, their
mean over those of the first 20 panels of the design that allow it.

Columns beside the design: shares of panels in which each relation is named, and in which the rule
refuses because no null is left; signed: in which A12 or A21 has a sign; size: in which a relation
is named where there is none, or an effect has a sign that alone is absent, with Wilson's interval;
kept: populations that keep a family; S: median.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from benchmarks.common import SIMULATION, Array, Row, wilson
from benchmarks.noisy_paths import runge_kutta
from coevo.estimation.pooled_batches import Steps, years_of
from coevo.inference.null_families import FAMILIES, nulls_of
from coevo.inference.relation_rule import (
    cross,
    cross_signs,
    families_of,
    largest,
    name_relation,
    sizes_under,
)

SIZES = ((31, 9), (31, 30), (10, 60), (10, 200))
SAMPLES, DRAWS, SHARED = 400, 400, 20
REGIONS, YEARS = SIZES[0]
DRIFT, DRIFT_SD = (0.064, 0.168), (0.026, 0.065)
YEAR_SD, YEAR_CORRELATION, ERROR_CORRELATION = (0.05, 0.08), 0.4, 0.1
ERROR_SD, PHI = (0.05, 0.25), 0.5
SELF, BEYOND, REST, REST_SD = 0.2, 0.1, 2.0, 0.5
PARTS = 8  # Runge-Kutta steps within a year
# relation -> the signs of A12 and A21
SIGNS = {
    "none": (0, 0), "predator_prey": (-1, 1), "competition": (-1, -1), "mutualism": (1, 1),
    "A12": (-1, 0), "A21": (0, 1),
}  # fmt: skip
COUNTED = ("competition", "mutualism", "predator_prey", "undetermined", "refused")
UNNAMED = COUNTED[-2:]
TABLE = SIMULATION / "relation_rule.csv"
KEYS = ["regions", "years", "family", "relation", "strength"]
LIMITED, PERSISTENT = ("own_limits", "both"), ("persistent_shocks", "both")


class Design(NamedTuple):
    """What panels are drawn: how many regions and years, which family, which interaction."""

    regions: int
    years: int
    family: str
    relation: str
    strength: float


def designs() -> list[Design]:
    """Return the designs; where populations act on each other both limit themselves."""
    acting = [
        ("predator_prey", 0.1), ("predator_prey", 0.3), ("competition", 0.3), ("mutualism", 0.2),
        ("A12", 0.3), ("A21", 0.3),
    ]  # fmt: skip
    return [
        Design(*size, *rest)
        for size in SIZES
        for rest in [
            *((family, "none", 0.0) for family in (*FAMILIES, "both")),
            *((family, *effect) for family in LIMITED for effect in acting),
        ]
    ]


def sample(
    design: Design, samples: int, seed: int, error_sd: tuple[float, float] = ERROR_SD
) -> Steps:
    """Return panels of a design: every growth row of every region, samples on the last axis."""
    generator = np.random.default_rng(seed)
    shape = (design.regions, 2, samples)
    first, second = SIGNS[design.relation]
    own = design.strength + BEYOND if design.relation == "mutualism" else SELF
    if design.family in LIMITED:
        A = np.array([[-own, first * design.strength], [second * design.strength, -own]])
        r = -A @ (REST * np.exp(REST_SD * generator.normal(size=shape)))
    else:
        A = np.zeros((2, 2))
        r = np.array(DRIFT)[:, None] + np.array(DRIFT_SD)[:, None] * generator.normal(size=shape)
    phi = PHI if design.family in PERSISTENT else 0.0
    return steps_of(paths(generator, r, A, design.years, YEAR_SD, error_sd, phi))


def steps_of(x: Array) -> Steps:
    """Return the growth rows of every region of paths (regions, years, 2, samples)."""
    regions, years, *rest = x.shape
    start, end = (part.reshape(-1, *rest) for part in (x[:, :-1], x[:, 1:]))
    region, year = (part.ravel() for part in np.indices((regions, years - 1)))
    return Steps(region, year, start, end)


def correlated(generator: np.random.Generator, shape, correlation: float, axis: int) -> Array:
    """Return normal draws of two populations, along an axis, correlated with each other."""
    z = generator.normal(size=shape)
    first, second = np.moveaxis(z, axis, 0)
    second[:] = correlation * first + np.sqrt(1 - correlation**2) * second
    return z


def paths(
    generator: np.random.Generator, r: Array, A: Array, years: int,
    year_sd: npt.ArrayLike, error_sd: npt.ArrayLike, phi: float = 0.0,
) -> Array:  # fmt: skip
    """Return paths (regions, years, 2, samples) from 1, with rates r (regions, 2, samples)."""
    tau_sd, e_sd = (np.array(sd)[:, None] for sd in (year_sd, error_sd))
    logs, error = [np.zeros(r.shape)], np.empty(r.shape)
    for year in range(years - 1):
        tau = tau_sd * correlated(generator, (1, *r.shape[1:]), YEAR_CORRELATION, 1)
        fresh = correlated(generator, r.shape, ERROR_CORRELATION, 1)
        error = phi * error + np.sqrt(1 - phi**2) * fresh if year else fresh
        rate, u = r + tau + e_sd * error, logs[-1]
        for _ in range(PARTS):
            u = runge_kutta(lambda y, rate=rate: rate + A @ np.exp(y), u, 1 / PARTS)
        logs.append(u)
    return np.exp(np.stack(logs, axis=1))


def judged(panels: Steps, own: bool) -> Iterator[Row]:
    """Yield of each panel its relation, whether A12 and A21 are signed, S and the families kept.

    own: whether each panel has its own critical values.
    """
    years, shared = years_of(panels), defaultdict(list)
    effects = cross(panels, years)
    for i in range(panels.start.shape[-1]):
        one = panels._replace(start=panels.start[..., i], end=panels.end[..., i])
        S, families = families_of(one, seed=i)
        kept = {f"kept_{name}": np.mean([of[name].allowed for of in families]) for name in FAMILIES}
        found = {"S_x1": S[0], "S_x2": S[1], "signed_A12": False, "signed_A21": False} | kept
        allowed = nulls_of(families)
        if not allowed:
            yield found | {"name": "refused"}
            continue
        critical = {}
        for null in allowed:
            if own or len(shared[null]) < SHARED:
                generator = np.random.default_rng(i)
                sizes = sizes_under(null, one, years, families, DRAWS, generator)
                shared[null].append(np.quantile(sizes, 0.975, axis=-1))
            critical[null] = shared[null][-1] if own else np.mean(shared[null], axis=0)
        signs = cross_signs(
            effects._replace(A=effects.A[..., i], error=effects.error[..., i]), largest(critical)
        )
        first, second = np.isfinite(signs)
        yield found | {
            "name": name_relation(signs)[0],
            "signed_A12": first,
            "signed_A21": second,
        }


def row(design: Design, seed: int, samples: int = SAMPLES) -> Row:
    """Return a row of the table."""
    own = design.relation == "none" and (design.regions, design.years) == SIZES[0]
    found = pd.DataFrame(judged(sample(design, samples, seed), own))
    absent = [a for a, sign in zip(("A12", "A21"), SIGNS[design.relation], strict=True) if not sign]
    wrong = found[f"signed_{absent[0]}"] if len(absent) == 1 else ~found["name"].isin(UNNAMED)
    size = wilson(wrong.sum(), len(found)) if absent else (np.nan,) * 3
    shares = {name: (found["name"] == name).mean() for name in COUNTED}
    told = found.drop(columns=["name", "S_x1", "S_x2"]).mean().to_dict()
    S = found[["S_x1", "S_x2"]].median().to_dict()
    return {
        **design._asdict(), "samples": len(found), "seed": seed, **shares,
        **dict(zip(("size", "size_low", "size_high"), size, strict=True)), **told, **S,
    }  # fmt: skip


def missing(done: pd.DataFrame) -> Iterator[tuple[Design, int]]:
    """Yield the designs that a table lacks, with their seeds."""
    have = {tuple(values) for values in done.reindex(columns=KEYS).itertuples(index=False)}
    for seed, design in enumerate(designs(), start=1):
        if tuple(design) not in have:
            yield design, seed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--most", type=int, default=SAMPLES, help="panels of a design")
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--designs", type=int, default=sys.maxsize, help="designs of this run")
    parser.add_argument("--write", action="store_true", help=f"write {TABLE.name}")
    asked = parser.parse_args()
    done = pd.read_csv(TABLE) if asked.write and TABLE.exists() else pd.DataFrame()
    with ProcessPoolExecutor(asked.cores) as pool:
        left = list(missing(done))[: asked.designs]
        jobs = [pool.submit(row, design, seed, asked.most) for design, seed in left]
        for job in as_completed(jobs):
            if job.exception():
                pool.shutdown(cancel_futures=True)
            print(job.result(), flush=True)
            done = pd.concat([done, pd.DataFrame([job.result()])], ignore_index=True)
            if asked.write:
                done = done.sort_values("seed", ignore_index=True)
                done.to_csv(TABLE, index=False, float_format="%.4g", lineterminator="\n")


if __name__ == "__main__":
    main()
