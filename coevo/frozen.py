"""D of today's figures held against the goalposts and weights of a release (docs/methods.md, 2)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from coevo.coupling import couple
from coevo.derivations import parse
from coevo.normalisation import minmax
from coevo.registry import choose

ROUNDING = 1e-9  # numbers that differ by less, relative to their size, are the same
SYSTEM = ["subsystem", "direction", "unit", "derivation"]
KEY = ["region", "year"]

# What becomes of figures beyond goalposts that were not taken from them: (x, low, high) -> x
BEYOND: dict[str, Callable[..., pd.DataFrame]] = {
    "cap": lambda x, low, high: x.clip(low, high, axis="columns"),
}


@dataclass(frozen=True)
class State:
    """A study as built at one time: its tables, indicator table, configuration after defaults,
    version of coevo, and its name as a release.
    """

    tables: Mapping[str, pd.DataFrame]
    indicators: pd.DataFrame
    config: Mapping[str, Any]
    coevo: str
    name: str = ""


def differ(old: pd.Series, new: pd.Series) -> pd.Series:
    """Whether numbers differ by more than rounding; a missing one differs from one that is not."""
    a, b = old.astype(float), new.astype(float)
    apart = (a - b).abs() > ROUNDING * np.maximum(a.abs(), b.abs())
    return apart | (a.isna() != b.isna())


def system(indicators: pd.DataFrame) -> pd.DataFrame:
    """Return what makes U: the subsystem indicators, and all that they derive from, by id."""
    table = indicators.set_index("indicator")
    wanted = list(table.index[table["subsystem"] != ""])
    for name in wanted:  # grows while it is read: a derivation may rest on another
        if table.at[name, "derivation"] and not table.at[name, "source_name"]:
            wanted += [part for part in parse(table.at[name, "derivation"])[1]]
    return table.loc[sorted(set(wanted)), SYSTEM]


def comparable(old: State, new: State) -> bool:
    """Whether today's figures can be held against the release: both have one indicator system."""
    return system(old.indicators).equals(system(new.indicators))


def frozen(old: State, new: State) -> pd.DataFrame:
    """Return D and its grade of today's figures by the release's goalposts, weights and settings.

    z = lo + (hi - lo) (x - low) / (high - low) with low and high of the release `old`; x beyond
    them is treated as its `normalisation.beyond` says (`cap`: taken for the goalpost). Index
    (region, year) of the region-years of `new`, columns `D`, `grade`; empty where the indicator
    systems differ. Convention: where no figure differs, z is the release's own, to the last digit,
    so that D differs from the release's only where a figure does.
    """
    if not comparable(old, new):
        rows = pd.MultiIndex.from_arrays([np.array([], str), np.array([], int)], names=KEY)
        return pd.DataFrame({"D": [], "grade": []}, rows)
    then, z = _wide(old, "normalised", "z"), _frozen_z(old, new)
    # The rows of the release stay together: the last digit of a product may depend on how many.
    shared = z.reindex(then.index).fillna(then)
    added = z.loc[~z.index.isin(then.index)]
    parts = [_coupled(part, old) for part in (shared, added) if len(part)]
    return pd.concat(parts).reindex(z.index)


def _frozen_z(old: State, new: State) -> pd.DataFrame:
    """Today's figures (complete region-years down) normalised by the release's goalposts."""
    settings, posts = old.config["normalisation"], old.tables["goalposts"].set_index("indicator")
    figures = _wide(new, "panel", "value")[posts.index]
    figures = figures.loc[_wide(new, "normalised", "z").index]
    beyond = choose(BEYOND, settings["beyond"], "way with figures beyond goalposts")
    within = beyond(figures, posts["low"], posts["high"])
    low, high, lo_hi = posts["low"], posts["high"], tuple(settings["range"])
    directions = old.indicators.set_index("indicator")["direction"]
    z = {i: minmax(within[i], directions[i], low[i], high[i], lo_hi) for i in posts.index}
    before = _wide(old, "panel", "value").reindex(figures.index)
    same = pd.DataFrame({i: ~differ(before[i], figures[i]) for i in posts.index})
    then = _wide(old, "normalised", "z").reindex(figures.index)[posts.index]
    return then.where(same & then.notna(), pd.DataFrame(z, figures.index))


def _wide(state: State, table: str, value: str) -> pd.DataFrame:
    """A table with region-years down and indicators across."""
    return state.tables[table].pivot(index=KEY, columns="indicator", values=value)


def _coupled(z: pd.DataFrame, release: State) -> pd.DataFrame:
    """D and grade of normalised figures (region-years down) as the release would have it."""
    long = z.rename_axis(columns="indicator").stack(future_stack=True).rename("z").reset_index()
    config = release.config
    coupling, _ = couple(
        long.assign(name=""),
        release.tables["weights"],
        config["weighting"]["method"],
        **config["coupling"],
        high=config["normalisation"]["range"][1],
    )
    return coupling.set_index(KEY)[["D", "grade"]]
