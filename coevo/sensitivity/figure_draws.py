"""Figures off by the size of a revision: the published series are drawn, the rest derived anew.

Indicators that share residents or gross product move together, as they do when a census rewrites
both. Drawn one by one instead, their errors would partly cancel in an index.
"""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from coevo.arrays import Array
from coevo.observations.units import unit_of
from coevo.panel.derivations import derived_values, read_series


def revision_sizes(series: list[str], revisions: pd.DataFrame, default: float) -> dict[str, float]:
    """Return the relative size of a revision of each published series, a deviation of logs.

    The root mean square of ln(new / old) over its restated figures; `default` where none was
    restated. revisions: the table of this name.
    """
    sound = revisions[(revisions["old"] > 0) & (revisions["new"] > 0)]
    logs = np.log(sound["new"] / sound["old"]) ** 2
    own = np.sqrt(logs.groupby(sound["indicator"]).mean()).to_dict()
    return {name: float(own.get(name, default)) for name in series}


def revision_draws(regions: int, sizes: Array, draws: int, seed: int, most: int) -> Iterator[Array]:
    """Yield factors exp(size * N(0, 1)) of series, (some draws, regions, series), `most` at once.

    One error per region and series holds for all years: a revision shifts a whole series. How many
    draws come at once changes none of them.
    """
    rng = np.random.default_rng([seed, 10_000])
    for start in range(0, draws, most):
        count = min(most, draws - start)
        yield np.exp(rng.standard_normal((count, regions, len(sizes))) * sizes)


class PublishedFigures:
    """The published series behind the indicators of an index, and what is derived from them.

    panel: the table of this name; indicators: the indicator table; rows: the region-years wanted,
    with levels region and year; columns: the indicators wanted.
    """

    def __init__(
        self,
        panel: pd.DataFrame,
        indicators: pd.DataFrame,
        rows: pd.MultiIndex,
        columns: list[str],
    ) -> None:
        self.columns = columns
        self.series, self._derived = read_series(indicators, columns)
        self._text = dict(indicators[["indicator", "derivation"]].to_numpy())
        self._factor = {
            i: unit_of(u).factor for i, u in indicators[["indicator", "unit"]].to_numpy()
        }
        used = panel[panel["indicator"].isin([*self.series, *self._derived])]
        wide = used.pivot(index="region", columns=["indicator", "year"], values="value")
        self.years = sorted(int(year) for year in used["year"].unique())
        self.regions = list(wide.index)
        self._own = {
            name: wide[name].reindex(columns=self.years).to_numpy(dtype=float) * self._factor[name]
            for name in [*self.series, *self._derived]
        }
        places = (wide.index.get_indexer(rows.get_level_values("region")),
                  np.searchsorted(self.years, rows.get_level_values("year")))  # fmt: skip
        self._rows = places
        self._scale = {name: self._correction(name) for name in self._derived}

    def _correction(self, name: str) -> Array:
        """Return what the panel's figure is of the one that its own figures give (regions, years).

        1 but for what sums over regions that the panel leaves out, or where both are 0.
        """
        again, own = derived_values(self._text[name], self._own, self.years), self._own[name]
        sound = np.isfinite(again) & (again != 0)
        scale: Array = np.divide(own, again, out=np.ones_like(own), where=sound)
        return scale

    def drawn(self, factors: Array) -> Array:
        """Return figures (draws, rows, columns) in the indicators' units.

        factors (draws, regions, series): of the published series; all years of a series move alike.
        """
        held = {
            name: self._own[name] * factors[:, :, k, None] for k, name in enumerate(self.series)
        }
        for name in self._derived:
            held[name] = derived_values(self._text[name], held, self.years) * self._scale[name]
        region, year = self._rows
        parts = [held[name][:, region, year] / self._factor[name] for name in self.columns]
        return np.stack(parts, axis=-1)


def shifted_figures(
    published: PublishedFigures, sizes: Mapping[str, float], draws: int, seed: int, most: int
) -> Iterator[Array]:
    """Yield figures (some draws, rows, columns) with what is published off by its revisions."""
    own = np.array([sizes[name] for name in published.series])
    for factors in revision_draws(len(published.regions), own, draws, seed, most):
        yield published.drawn(factors)
