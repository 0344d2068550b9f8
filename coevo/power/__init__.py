"""What the relation rule could see in the panel of a study, and what would decide."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from coevo.arrays import Array, Row
from coevo.equilibria import pair_values
from coevo.equilibria.fitted import HEADLINE_SCALE, growth_pool
from coevo.errors import Refusal, StudyError
from coevo.estimation.growth import breaks, pool
from coevo.estimation.pooled import fit_pooled
from coevo.estimation.region import fit
from coevo.files import as_table
from coevo.inference.null_families import NULLS, Motion, Null
from coevo.inference.relation_rule import judged_steps
from coevo.inference.slope_errors import BY_YEAR
from coevo.power.bounded_years import PATHS, bounded_rows
from coevo.power.relations_seen import ESTIMATES, reported_effects, seen_rows, settings
from coevo.study_data import StudyData

__all__ = ["foreseen", "power_table"]

FEWER = 100  # panels and paths, where a rough share does
EFFECTS = "region"  # whose estimates are the sizes that are looked for


def power_table(study: StudyData) -> pd.DataFrame:
    """Return how often relations of the reported size are named, and equilibria bounded.

    study: with panel, parameters, slope_tests, null_families, nulls and, where a population is a
    subsystem, coupling. Rows of relations where the study's regions allow the rule, of the
    equilibrium where those of the region in focus allow a fit.
    """
    pair = pair_values(study, study.config["interaction"])
    return as_table("power", [*_relations(study, pair), *_equilibrium(study, pair, PATHS)])


def foreseen(study: StudyData) -> pd.DataFrame:
    """Return the same from the panel alone, roughly and within a second: before a study is built.

    Of the relation that the estimates have the signs of, at their size, in the study's own panel
    and in more years; critical values from random walks only, so that the shares are at least those
    of `power_table`, but for Monte Carlo error.
    """
    pair = pair_values(study, study.config["interaction"])
    return as_table("power", [*_foreseen_relation(study, pair), *_equilibrium(study, pair, FEWER)])


def _foreseen_relation(study: StudyData, pair: pd.DataFrame) -> Iterator[Row]:
    try:
        judged_steps(pair)
        found = fit_pooled(growth_pool(pair), "x1", "x2", "trapezoid", EFFECTS, HEADLINE_SCALE)
    except StudyError:
        return
    slopes = _of(found.b1, found.d)
    reported = reported_effects(slopes, np.outer(slopes, [1, 1]))
    effects = [of for of in reported if of.own and of.size == ESTIMATES]
    nulls = {null: (Motion(), Motion()) for null in NULLS if null[:2] == NULLS[0][:2]}
    own, *others = settings(found.data)
    longer = [of for of in others if of == own._replace(years=of.years)]
    yield from seen_rows(found.data, effects, nulls, study.seed, [own, *longer], panels=FEWER)


def _relations(study: StudyData, pair: pd.DataFrame) -> Iterator[Row]:
    families = study.table("null_families").set_index(["population", "family"])
    held = study.table("nulls")
    fit = study.pooled_fit | {"effects": EFFECTS, "scaling": HEADLINE_SCALE, "model": "classic"}
    estimates = study.rows("parameters", **fit).set_index("parameter")["estimate"]
    if held.empty or estimates.empty:
        return
    motion = {name: Motion(*row) for name, row in families[["own", "persistence"]].iterrows()}
    nulls = {
        Null(*names): (motion["x1", names[0]], motion["x2", names[1]])
        for names in held[["family_x1", "family_x2", "shocks"]].itertuples(index=False)
    }
    effects = list(reported_effects(_of(estimates["b1"], estimates["d"]), _ends(study)))
    critical = held[["critical_A12", "critical_A21"]].max().to_numpy()
    rows = pool(growth_pool(pair), ("x1", "x2"), "trapezoid", HEADLINE_SCALE)
    yield from seen_rows(rows, effects, nulls, study.seed, settings(rows), critical)


def _of(b1: float, d: float) -> Array:
    """Return A12 and A21 of the classic form's slopes."""
    return np.array([-b1, d])


def _ends(study: StudyData) -> Array:
    """Return the least and the largest A12, and A21, of the intervals by year, infinite at most.

    To three digits: the bootstrap's ends are no surer, and differ between processors beyond them.
    """
    rows = study.rows("slope_tests", errors=BY_YEAR, estimator=study.estimator)
    by = rows.fillna({"low": -np.inf, "high": np.inf}).groupby("parameter")
    low, high = by["low"].min(), by["high"].max()
    ends = np.stack([_of(high["b1"], low["d"]), _of(low["b1"], high["d"])], axis=1)
    return np.array([[float(f"{end:.3g}") for end in effect] for effect in ends])


def _equilibrium(study: StudyData, pair: pd.DataFrame, paths: int) -> Iterator[Row]:
    own = pair[pair["region"] == study.focus]
    try:
        found = fit(own["year"], own["x1"], own["x2"], "trapezoid", breaks(own))
    except Refusal:
        return
    first = own[["x1", "x2"]].dropna().to_numpy()[0]
    level = study.config["interaction"].get("confidence", 0.95)
    yield from bounded_rows(found, first, study.seed, level, paths)
