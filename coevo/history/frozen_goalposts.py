"""D of today's figures held against the goalposts and weights of a release (docs/methods.md, 2)."""

import numpy as np
import pandas as pd

from coevo.coupling import grade
from coevo.coupling.formulas import IndexPanel
from coevo.normalisation import by_kept_ruler, scaled_panel, wide
from coevo.panel.derivations import read_series
from coevo.study_data import StudyData

ROUNDING = 1e-9  # numbers that differ by less, relative to their size, are the same
SYSTEM = ["subsystem", "direction", "best", "unit", "derivation"]
KEY = ["region", "year"]


def differ(old: pd.Series, new: pd.Series) -> pd.Series:
    """Whether numbers differ by more than rounding; a missing one differs from one that is not."""
    a, b = old.astype(float), new.astype(float)
    apart = (a - b).abs() > ROUNDING * np.maximum(a.abs(), b.abs())
    return apart | (a.isna() != b.isna())


def system(indicators: pd.DataFrame) -> pd.DataFrame:
    """Return what makes U: the subsystem indicators, and all that they derive from, by id."""
    table = indicators.set_index("indicator")
    read, derived = read_series(indicators, table.index[table["subsystem"] != ""])
    return table.reindex(columns=SYSTEM, fill_value="").loc[sorted([*read, *derived])]


def with_frozen_goalposts(old: StudyData, new: StudyData) -> pd.DataFrame:
    """Return D and its grade of today's figures by the release's goalposts, weights and settings.

    z as `minmax` makes it with low and high of the release `old`; x beyond
    them is taken for the goalpost. Index
    (region, year) of the region-years of `new`, columns `D`, `grade`; empty where the indicator
    systems differ. Convention: where no figure differs, z is the release's own, to the last digit,
    so that D differs from the release's only where a figure does.
    """
    if not system(old.indicators).equals(system(new.indicators)):
        rows = pd.MultiIndex.from_arrays([np.array([], str), np.array([], int)], names=KEY)
        return pd.DataFrame({"D": [], "grade": []}, rows)
    then, z = _wide(old, "normalised", "z"), _frozen_z(old, new)
    # The rows of the release stay together: the last digit of a product may depend on how many.
    shared = z.reindex(then.index).fillna(then)
    added = z.loc[~z.index.isin(then.index)].dropna()
    parts = [_coupled(part, old) for part in (shared, added) if len(part)]
    return pd.concat(parts).reindex(z.index)


def _frozen_z(old: StudyData, new: StudyData) -> pd.DataFrame:
    """Today's figures (complete region-years down) normalised by the release's goalposts."""
    names = list(dict.fromkeys(old.tables["goalposts"]["indicator"]))
    figures = _wide(new, "panel", "value")[names].loc[_wide(new, "normalised", "z").index]
    posts, settings = old.tables["goalposts"], old.config["normalisation"]
    z = by_kept_ruler(figures, old.indicators, posts, settings)
    before = _wide(old, "panel", "value").reindex(figures.index)
    same = pd.DataFrame({i: ~differ(before[i], figures[i]) for i in names})
    then = _wide(old, "normalised", "z").reindex(figures.index)[names]
    return then.where(same & then.notna(), z)


def _wide(state: StudyData, table: str, value: str) -> pd.DataFrame:
    return wide(state.tables[table].drop(columns="name"), value)


def _coupled(z: pd.DataFrame, release: StudyData) -> pd.DataFrame:
    """D and grade of normalised figures (region-years down) as the release would have it."""
    config, span = release.config, scaled_panel(release.config["normalisation"])
    method = config["weighting"]["method"]
    panel = IndexPanel.of(z, release.tables["weights"], method, span)
    D = panel.degrees(config["coupling"]).D
    return pd.DataFrame({"D": D, "grade": grade(D, config["coupling"]["grades"])}, z.index)
