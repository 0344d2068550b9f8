"""D under every combination of choices, and what headlines say of it (docs/methods.md, 3)."""

from collections.abc import Mapping
from functools import partial
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from coevo.arrays import Array, Booleans
from coevo.coupling.formulas import Degrees
from coevo.coupling.level import level_figures
from coevo.errors import Problems, Refusal, StudyError
from coevo.files import Tasks, as_table, make_all
from coevo.normalisation import ConstantIndicators
from coevo.regional import RegionalPanel
from coevo.sensitivity.choices import CHOICES, COMPARABLE, MAIN, Combinations, System, compare
from coevo.sensitivity.headline_statistics import (
    DRAWS,
    FEW_DRAWS,
    HELD,
    MANY_REGIONS,
    Curve,
    Surroundings,
    end_statistics,
    level_fit,
    statistics,
    unrelated_shares,
)
from coevo.sensitivity.headlines import BY_FORM, Combined, headline_tables
from coevo.study_data import StudyData

COMBINATIONS = "combinations"
LAST = ("focus_D", "focus_rank", "focus_grade")  # of the region in focus in the last year
MARKS = ("mark_1", "mark_2")  # numbers that equal sets of indices share
SAME = 1e-9  # relative difference of two such numbers below which they are one


def indicator_systems(
    panel: pd.DataFrame, indicators: pd.DataFrame, others: Mapping[str, pd.DataFrame]
) -> dict[str, System]:
    """Return the study's own system as `main`, and others by name, all with the study's panel.

    `StudyError` where another system uses an indicator that the panel does not have.
    """
    known = set(panel["indicator"])
    problems = Problems()
    for name, table in others.items():
        used = table.loc[table["subsystem"] != "", "indicator"]
        problems.extend(
            f"robustness.systems.{name}: the study has no indicator '{indicator}'; add it "
            "to its indicator table, without a subsystem"
            for indicator in used[~used.isin(known)]
        )
    problems.check()
    return {name: (panel, table) for name, table in ({MAIN: indicators} | dict(others)).items()}


Varied = tuple[Combined, pd.DataFrame]  # of a system on a scale; ranks in the last year by region


def combined_of(study: StudyData) -> tuple[Combinations, Surroundings]:
    """Return the combinations of a study, and what D is held against in them.

    study: with panel and coupling; config: its keys normalisation, weighting, coupling,
    focus_region, comovement and robustness. Raises `StudyError` where a system needs an indicator
    that the study does not have.
    """
    panel, coupling = study.table("panel"), study.table("coupling")
    systems = indicator_systems(panel, study.indicators, study.systems)
    size, seed = study.config["comovement"]["size"], study.seed
    levels = level_figures(panel, size) if len(size) > 1 else pd.DataFrame()
    try:
        neighbours = RegionalPanel(coupling, panel, study.places, "", size, seed).neighbours
    except Refusal:
        neighbours = {}
    draws = FEW_DRAWS if coupling["region"].nunique() > MANY_REGIONS else DRAWS
    context = Surroundings(levels, neighbours, seed, draws)
    return Combinations(systems, study.config, study.kept), context


def combination_tasks(choices: Combinations, context: Surroundings) -> Tasks:
    """Return what makes the combinations of each system and scale, as `Varied`."""
    ways = product(choices.systems, choices.scales)
    make = partial(_combined, choices, context)
    return {(COMBINATIONS, number): partial(make, *way) for number, way in enumerate(ways)}


def _combined(choices: Combinations, context: Surroundings, system: str, scale: str) -> Varied:
    names, main = choices.names, choices.degree(choices.main)
    composites, forms = names["composite"], names["form"]
    label, nothing = {"system": system, "scale": scale}, pd.DataFrame()
    of_each = len(composites) * len(forms)
    try:
        weighed = choices.weighed(system, scale)
        every = choices.all_degrees(weighed.panels)
    except StudyError as problem:
        count = of_each * len(names["weighting"])
        refused = pd.DataFrame([label | _refusal(problem, count)])
        return Combined(nothing, nothing, refused), nothing
    lacking = [name for name in names["weighting"] if name not in weighed.panels]
    refusals = [
        label | _refusal(Refusal("no_weights", weighting=name), of_each, weighting=name)
        for name in lacking
    ]
    keys = product([system], [scale], weighed.panels, composites, forms)
    rows, scaling = pd.DataFrame(keys, columns=list(CHOICES)), choices.scales[scale]
    rows = rows.assign(
        reference=scaling.reference,
        range=scaling.span,
        comparable=scaling.reference in COMPARABLE,
        main=(rows[list(CHOICES)] == list(choices.main[: len(CHOICES)])).all(axis=1),
    )
    panel, paired_by = next(iter(weighed.panels.values())), _explaining(choices, context, system)

    def tabulated(degrees: Degrees) -> tuple[pd.DataFrame, dict[str, Curve]]:
        index, D = panel.z.index, degrees.D.reshape(len(rows), -1)
        columns, curves = statistics(degrees, panel.subsystems, index, context, paired_by)
        columns |= _marks(degrees.U, len(forms)) | compare(D, index, main, choices.config)
        columns |= {name: columns[f"{name}_last"] for name in LAST}
        columns["grades_changed"] = columns["grades_changed"] / columns["n"]
        table = rows.assign(**columns)
        table.loc[table["focus_rank"].isna(), list(LAST)] = np.nan
        return table, curves

    of_figures, curves = tabulated(every)
    if weighed.held:
        keys = pd.MultiIndex.from_product([weighed.held, composites, forms])
        D = choices.all_degrees(weighed.held).D.reshape(len(keys), -1)
        with np.errstate(divide="ignore", invalid="ignore"):
            ends = end_statistics(D, panel.z.index)
        held = pd.DataFrame({f"held_{name}": ends[name] for name in HELD}, keys)
        of_figures = of_figures.join(held, on=["weighting", "composite", "form"])
    ranks, unbroken = _ranks(every.D.reshape(len(rows), -1), panel.z.index), nothing
    if weighed.unbroken is not None:
        unbroken = tabulated(choices.all_degrees(weighed.panels, weighed.unbroken))[0]
    told = [(system, pair, curve) for pair, curve in curves.items()]
    return Combined(of_figures, unbroken, pd.DataFrame(refusals), told), ranks


def _ranks(D: Array, rows: pd.MultiIndex) -> pd.DataFrame:
    """Rank of D (k, rows) in the last year, a row per combination and a column per region."""
    last = rows.get_level_values("year") == rows.get_level_values("year").max()
    regions = rows[last].droplevel("year")
    return pd.DataFrame(D[:, last], columns=regions).rank(axis=1, ascending=False, method="min")


def _explaining(choices: Combinations, context: Surroundings, system: str) -> str:
    """The level that says most of D of a system under the study's other choices: regions that are
    alike in it are paired at random.
    """
    try:
        D = choices.degree(choices.main._replace(system=system))
    except StudyError:
        return next(iter(context.levels), "")
    fits = level_fit(D.to_numpy()[None], D.index, context.levels)
    known = {name: fit[0] for name, fit in fits.items() if np.isfinite(fit[0])}
    return max(known, key=known.__getitem__, default="")


def _refusal(problem: StudyError, combinations: int, **more: Any) -> dict[str, Any]:
    why = problem if isinstance(problem, Refusal) else Refusal("not_computed")
    if isinstance(problem, ConstantIndicators):
        why = Refusal("constant_on_scale", indicators=problem.indicators)
    return {**more, "combinations": combinations, **why.columns}


def _marks(U: Array, forms: int) -> dict[str, Array]:
    """Two numbers of each set of indices U (weightings, composites, rows, n), once a form."""
    sets = U.reshape(U.shape[0] * U.shape[1], -1)
    along = np.random.default_rng(sets.shape[1]).normal(size=(sets.shape[1], 2))
    return dict(zip(MARKS, np.repeat(sets @ along, forms, axis=0).T, strict=True))


def varied(
    choices: Combinations, context: Surroundings, results: Mapping[int, Varied] | None = None
) -> dict[str, pd.DataFrame]:
    """Return the tables `multiverse`, the study's own combination first, `rank_ranges`,
    `headlines`, `headline_variants` and `varied_refusals` (columns: docs/tables.md).

    results: what `combination_tasks` give, if they were made before. A
    combination that the figures do not allow has no row in the first table; the last says how many
    these are, and why.
    """
    made = results or make_all(combination_tasks(choices, context))[COMBINATIONS]
    cases = [Combined(*case) for case, _ in made.values()]  # of parts they come as lists
    ranks = [ranks_of_case for _, ranks_of_case in made.values()]
    rows, unbroken, refused = (
        pd.concat([getattr(case, part) for case in cases], ignore_index=True)
        for part in ("rows", "unbroken", "refusals")
    )
    refusals = as_table("varied_refusals", refused)
    curves = [(name, pair, Curve(*curve)) for case in cases for name, pair, curve in case.curves]
    if len(rows):
        rows = rows.sort_values("main", ascending=False, kind="stable", ignore_index=True)
        rows["repeated"] = _repeated(rows)
        unbroken = unbroken.assign(repeated=_repeated(unbroken)) if len(unbroken) else rows[:0]
    headlines, variants = headline_tables(Combined(rows, unbroken, refusals, curves))
    chance = variants["headline"].eq(BY_FORM) & variants["choice"].eq("form")
    systems = len(set(choices.systems[MAIN][1]["subsystem"]) - {""})
    for form, at in variants[chance].groupby("variant").groups.items():
        settings, size = {**choices.config["coupling"], "form": form}, (rows["n"].iloc[0], systems)
        shares = unrelated_shares(settings, size, context.seed)
        variants.loc[at, list(shares)] = list(shares.values())
    pairs = rows.filter(regex=r"^r_\w+_\S+~")
    return {
        "multiverse": as_table("multiverse", rows).assign(**pairs),
        "rank_ranges": _rank_ranges([of_case for of_case in ranks if len(of_case)]),
        "headlines": headlines,
        "headline_variants": variants,
        "varied_refusals": refusals,
    }


def _rank_ranges(ranks: list[pd.DataFrame]) -> pd.DataFrame:
    """Least, median and largest rank of every region, and in how many combinations it has one."""
    every = pd.concat(ranks) if ranks else pd.DataFrame()
    ends = every.agg(["min", "median", "max", "count"]).T
    return as_table("rank_ranges", ([*region, *row] for region, *row in ends.itertuples()))


def _repeated(rows: pd.DataFrame) -> Booleans:
    """Whether indices equal those of an earlier set of the same system."""
    marks, again = rows[list(MARKS)].to_numpy(), np.zeros(len(rows), dtype=bool)
    for at in rows.groupby(["system", "form"], sort=False).indices.values():
        group = marks[at]
        near = np.abs(group[:, None] - group) <= SAME * np.abs(group).max(axis=0)
        again[at] = np.tril(near.all(axis=2), -1).any(axis=1)
    return again
