"""D under every allowed combination of choices, and which choice drives it (docs/methods.md, 3)."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from itertools import chain, product
from typing import Any

import numpy as np
import pandas as pd

from coevo.chunks import Tasks, make_all
from coevo.errors import Problems, StudyError
from coevo.files import as_table
from coevo.sensitivity.choices import (
    CHOICES,
    MAIN,
    Combination,
    Combinations,
    System,
    alternatives,
    compare,
)

COMBINATIONS = "combinations"
OUTCOMES = ("focus_D", "focus_rank", "D_mean")
LAST = ["focus_D", "focus_rank", "focus_grade"]  # of the region in focus in the last year


def indicator_systems(
    panel: pd.DataFrame, indicators: pd.DataFrame, others: Mapping[str, pd.DataFrame]
) -> dict[str, System]:
    """Return the study's own system as `main`, and others by name, all with the study's panel.

    `StudyError` where another system uses an indicator that the panel does not have.
    """
    known = set(panel["indicator"])
    problems = Problems()
    for name, table in others.items():
        for indicator in table.loc[table["subsystem"] != "", "indicator"]:
            if indicator not in known:
                problems.add(
                    f"robustness.systems.{name}: the study has no indicator '{indicator}'; add it "
                    "to its indicator table, without a subsystem"
                )
    problems.check()
    return {name: (panel, table) for name, table in ({MAIN: indicators} | dict(others)).items()}


def multiverse_rows(
    systems: Mapping[str, System],
    config: Mapping[str, Any],
    kept: pd.DataFrame | None = None,
    rows: Mapping[int, list[dict[str, Any]]] | None = None,
) -> pd.DataFrame:
    """Return the table `multiverse`: a row per combination, the study's own first.

    `systems`: panel and indicator table by name, the study's own as `main`; `kept`: goalposts of
    the reference of that name; rows: those of `combination_tasks`, if they were made before. D_mean
    over all region-years; rank_correlation: Spearman with the main one; grades_changed: share of
    the `n` region-years in both; of the region in focus D, rank and grade in the last year, and D
    in its first. A method that figures do not allow under some combination is left out there.
    """
    found = rows or make_all(combination_tasks(systems, config, kept))[COMBINATIONS]
    every = sorted(chain.from_iterable(found.values()), key=lambda row: not row["main"])
    if not every:
        return as_table("multiverse", [])
    table = pd.DataFrame(every).rename(columns={f"{name}_last": name for name in LAST})
    table["grades_changed"] /= table["n"]
    table.loc[table["focus_rank"].isna(), LAST] = np.nan
    return as_table("multiverse", table)


def combination_tasks(
    systems: Mapping[str, System],
    config: Mapping[str, Any],
    kept: pd.DataFrame | None = None,
) -> Tasks:
    """Return what makes the rows of all combinations of one system, reference and range."""
    made, names = Combinations(systems, config, kept), alternatives(config)
    ways = product(systems, names["reference"], names["range"])
    make = partial(_combined, made, list(product(names["composite"], names["form"])))
    return {(COMBINATIONS, number): partial(make, way) for number, way in enumerate(ways)}


def _combined(
    made: Combinations, rest: Sequence[tuple[str, str]], way: tuple[str, str, str]
) -> list[dict[str, Any]]:
    """Return what differs from the study, by each combination that figures allow in this way."""
    rows = []
    with suppress(StudyError):  # constant within a year, say
        own = made.degree(made.own)
        for weighting, (composite, form) in product(made.panels(*way), rest):
            chosen = Combination(*way, weighting, composite, form, made.own.preset)
            row = compare(made.degree(chosen), own, made.config)
            rows.append(chosen._asdict() | {"main": chosen == made.own} | row)
    return rows


def choice_sensitivity(table: pd.DataFrame) -> pd.DataFrame:
    """Return choice, outcome, first_order, total: exact shares of the variance over the multiverse.

    The combinations are a full factorial, each variant of a choice as often as any other, so that
    the Sobol indices need no sampling. first_order = Var(mean by variant) / Var: what the choice
    accounts for alone; total = mean(Var within the combinations of the others) / Var: with its
    interactions. Both in [0, 1], first_order <= total; the first orders add up to 1 at most.
    Outcomes: D and rank of the region in focus (`focus_D`, `focus_rank`) and `D_mean`. A choice
    with one variant, and an outcome that does not vary, have no row. Combinations that are not
    there leave out the variant of the choice that lacks them most. Source: Saltelli et al. (2008),
    Global Sensitivity Analysis: The Primer, chapter 4.
    """
    complete, levels = _complete(table)
    varied = [choice for choice in CHOICES if len(levels[choice]) > 1]
    places = [complete[choice].map(levels[choice].index).to_numpy() for choice in varied]
    rows: list[tuple[str, str, float, float]] = []
    for outcome in OUTCOMES if varied else ():
        grid = np.empty([len(levels[choice]) for choice in varied])
        grid[tuple(places)] = complete[outcome].to_numpy()
        if not np.isfinite(grid).all() or np.ptp(grid) == 0:
            continue
        axes = range(grid.ndim)
        for axis, choice in enumerate(varied):
            alone = grid.mean(axis=tuple(other for other in axes if other != axis)).var()
            together = grid.var(axis=axis).mean()
            rows.append((choice, outcome, float(alone / grid.var()), float(together / grid.var())))
    return as_table("sensitivity", rows)


def _complete(table: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, list[str]]]:
    """Return the largest full grid: variants that lack combinations are left out one by one."""
    while True:
        levels = {choice: list(dict.fromkeys(table[choice])) for choice in CHOICES}
        size = int(np.prod([len(level) for level in levels.values()]))
        if len(table) == size:
            return table, levels
        lacking = [
            ((table[choice] == variant).sum() * len(variants), choice, variant)
            for choice, variants in levels.items()
            for variant in variants
            if len(variants) > 1
        ]
        _, choice, variant = min(lacking)
        table = table[table[choice] != variant]
