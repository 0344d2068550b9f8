"""Which choice drives an outcome over the multiverse: exact shares of its variance (methods, 3)."""

import numpy as np
import pandas as pd

from coevo.arrays import Array
from coevo.files import as_table
from coevo.sensitivity.choices import CHOICES

OUTCOMES = ("focus_D", "focus_rank", "D_mean")


def grid_shares(table: pd.DataFrame, outcome: str) -> dict[str, tuple[float, float]]:
    """Return first order and total share of the variance of an outcome by choice, exactly.

    The combinations are a full factorial, each variant of a choice as often as any other, so that
    the Sobol indices need no sampling. First order: Var(mean by variant) / Var, what the choice
    accounts for alone; total: mean(Var within the combinations of the others) / Var, with its
    interactions. Both in [0, 1], first order <= total; the first orders add up to 1 at most. Empty
    for an outcome that does not vary or is missing somewhere; a choice with one variant has none.
    Combinations that are not there leave out the variant of the choice that lacks them most.
    Source: Saltelli et al. (2008), Global Sensitivity Analysis: The Primer, chapter 4.
    """
    complete, levels = _complete(table)
    varied = [choice for choice in CHOICES if len(levels[choice]) > 1]
    if not varied:
        return {}
    grid = np.empty([len(levels[choice]) for choice in varied])
    places = tuple(complete[choice].map(levels[choice].index).to_numpy() for choice in varied)
    grid[places] = complete[outcome].to_numpy(dtype=float)
    if not np.isfinite(grid).all() or np.ptp(grid) == 0:
        return {}
    return {choice: _shares(grid, axis) for axis, choice in enumerate(varied)}


def _shares(grid: Array, axis: int) -> tuple[float, float]:
    others = tuple(other for other in range(grid.ndim) if other != axis)
    alone, together = grid.mean(axis=others).var(), grid.var(axis=axis).mean()
    return float(alone / grid.var()), float(together / grid.var())


def choice_sensitivity(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table `sensitivity`: choice, outcome, first_order, total over the multiverse.

    Outcomes: D and rank of the region in focus (`focus_D`, `focus_rank`) and `D_mean`.
    """
    rows = [
        (choice, outcome, *shares)
        for outcome in OUTCOMES
        for choice, shares in grid_shares(table, outcome).items()
    ]
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
