"""How sure we are of D: draws of weights, and of figures by the size of revisions (methods, 3).

A sensitivity range and no confidence interval: it says how far D moves with choices and figures
that could as well have been others, not where a true D lies.

Of figures the published series are drawn, and the rest is derived anew: indicators that share
residents or gross product move together, as they do when a census rewrites both. Drawn one by one,
their errors would partly cancel in an index.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial

import numpy as np
import pandas as pd

from coevo.arrays import Array
from coevo.coupling.formulas import IndexPanel
from coevo.coupling.grade_scales import GRADES
from coevo.files import Tasks, as_table, make_all
from coevo.normalisation import find_goalposts, held_against, scaled_panel, scope_of, wide
from coevo.observations.units import unit_of
from coevo.panel.derivations import derived_values, read_series
from coevo.study_data import StudyData

KAPPA = {"weights": 50.0, "weights_loose": 10.0}  # concentration of the Dirichlet draws
SOURCES = (*KAPPA, "figures")
DRAWN = "drawn"
ENDS = (0.05, 0.95)
CHUNK = 2_000_000  # normalised figures held at once
BLOCK = 250_000  # degrees sorted at once: they fit the cache of a core


def weight_draws(weights: Array, member: Array, kappa: float, draws: int, seed: int) -> Array:
    """Return draws (draws, m) of the weights, Dirichlet(kappa w) within each subsystem.

    One draw holds for the whole panel; its mean is w. A weight of 0 stays 0.
    """
    out = np.zeros((draws, len(weights)))
    for number, column in enumerate(member.T):
        rng = np.random.default_rng([seed, number])
        members = np.flatnonzero(column)
        positive = members[weights[members] > 0]
        drawn = rng.standard_gamma(kappa * weights[positive], (draws, len(positive)))
        out[:, positive] = drawn / drawn.sum(axis=1, keepdims=True)
    return out


def monte_carlo(
    study: StudyData, drawn: Mapping[int, tuple[pd.DataFrame, pd.DataFrame]] | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the tables `uncertainty` and `grade_shares`.

    study: panel, normalised, weights, coupling, goalposts, revisions. `source`: weights (kappa 50),
    weights_loose (kappa 10), figures (the published series shifted by the size of a revision and
    the indicators derived from them; goalposts of the panel move with the figures, the weights
    stay). low, high: 5 and 95 % points of D over the draws; rank_low, rank_high the
    same of the rank among the regions of the year (1 is the highest D); grade: the most frequent
    one, and its share of the draws. drawn: what `source_tasks` give, if they were made before.
    """
    by_source = drawn or make_all(source_tasks(study))[DRAWN]
    tables, shares = zip(*by_source.values(), strict=True)
    return as_table("uncertainty", pd.concat(tables)), as_table("grade_shares", pd.concat(shares))


def source_tasks(study: StudyData) -> Tasks:
    """Return what makes the rows of each source of draws: D of one is all that is held at once."""
    config = study.config
    settings, draws = config["coupling"], config["robustness"]["draws"]
    span, seed = scaled_panel(config["normalisation"]), config["robustness"]["seed"]
    z, weights = study.table("normalised"), study.table("weights")
    panel = IndexPanel.of(z, weights, config["weighting"]["method"], span)
    coupling = study.table("coupling").sort_values(["region", "year"], ignore_index=True)

    def degree(source: str) -> Array:
        if source == "figures":
            return _figures(study, panel)
        drawn = weight_draws(panel.weights, panel.member, KAPPA[source], draws, seed)
        return _in_parts(drawn, panel, lambda w: panel.degrees(settings, weights=w).D)

    def summary(source: str) -> tuple[pd.DataFrame, pd.DataFrame]:
        return _summary(source, coupling, degree(source), settings["grades"])

    return {(DRAWN, number): partial(summary, source) for number, source in enumerate(SOURCES)}


def _in_parts(drawn: Array, panel: IndexPanel, degree: Callable[[Array], Array]) -> Array:
    """Return D (draws, rows) of draws, taken some at a time so that their figures fit memory."""
    parts = np.array_split(drawn, -(-len(drawn) * panel.z.size // CHUNK))
    return _filled((degree(part) for part in parts), len(drawn), len(panel.z))


def _filled(parts: Iterable[Array], draws: int, rows: int) -> Array:
    """Return D (draws, rows), put there part by part: nothing is held twice."""
    D, start = np.empty((draws, rows)), 0
    for part in parts:
        D[start : start + len(part)] = part
        start += len(part)
    return D


def _figures(study: StudyData, panel: IndexPanel) -> Array:
    """Return D (draws, rows) of figures that are off by the size of a revision."""
    config, indicators = study.config, study.indicators
    settings, robustness = config["normalisation"], config["robustness"]
    values = wide(study.table("panel"), "value").loc[panel.z.index, panel.z.columns]
    goalposts = study.table("goalposts").drop(columns="sha256", errors="ignore")
    scope = scope_of(values, indicators, settings, goalposts)
    published = PublishedFigures(study, values.index, scope.indicators)
    sizes = revision_sizes(published.series, study.table("revisions"), robustness["revision"])
    most = max(1, CHUNK // panel.z.size)

    def degree(figures: Array) -> Array:
        posts = find_goalposts(figures, scope, settings)
        z, _ = held_against(figures, posts, scope, settings)
        return panel.degrees(config["coupling"], z=z).D

    draws = shifted_figures(published, sizes, robustness["draws"], robustness["seed"], most)
    return _filled((degree(figures) for figures in draws), robustness["draws"], len(panel.z))


def _blocks(length: int, width: int) -> list[slice]:
    """Return the blocks of a length that hold `BLOCK` figures, of rows or columns `width` long."""
    step = max(1, BLOCK // width)
    return [slice(start, start + step) for start in range(0, length, step)]


def _summary(
    source: str, coupling: pd.DataFrame, D: Array, grades: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return ranges, ranks and shares of grades of D (draws, rows) by region-year."""
    scale, (draws, rows) = GRADES[grades], D.shape
    share = np.empty((rows, len(scale.labels)))
    span, ends = np.empty((2, rows)), np.empty((2, rows), dtype=int)
    table = coupling[["region", "name", "year", "D"]].assign(source=source)
    ranks = table.groupby("year")["D"].rank(ascending=False, method="min")
    table["rank"] = ranks.astype(int)
    for some in _blocks(rows, draws):
        drawn = D[:, some]
        place = scale.places(drawn)
        share[some] = np.stack([(place == k).mean(axis=0) for k in range(share.shape[1])], axis=1)
        span[:, some] = np.quantile(drawn, ENDS, axis=0)
    for year in coupling["year"].unique():
        at = np.flatnonzero((coupling["year"] == year).to_numpy())
        blocks = _blocks(draws, len(at))
        drawn_at = (pd.DataFrame(D[some][:, at]) for some in blocks)
        rank = np.concatenate([d.rank(axis=1, ascending=False, method="min") for d in drawn_at])
        for some in _blocks(len(at), draws):
            ends[:, at[some]] = np.quantile(rank[:, some], ENDS, axis=0, method="nearest")
    table["low"], table["high"] = span
    table["rank_low"], table["rank_high"] = ends
    table["grade"] = np.array(scale.labels)[share.argmax(axis=1)]
    table["grade_share"] = share.max(axis=1)
    keys = ["region", "name", "year", "source"]
    long = table[keys].join(pd.DataFrame(share, columns=scale.labels))
    long = long.melt(keys, var_name="grade", value_name="share")
    return table, long[long["share"] > 0]


def revision_sizes(series: list[str], revisions: pd.DataFrame, default: float) -> dict[str, float]:
    """Return the relative size of a revision of each published series, a deviation of logs.

    The root mean square of ln(new / old) over its restated figures; `default` where none was
    restated. revisions: the table of this name.
    """
    sound = revisions[(revisions["old"] > 0) & (revisions["new"] > 0)]
    logs = np.log(sound["new"] / sound["old"]) ** 2
    by_indicator = np.sqrt(logs.groupby(sound["indicator"]).mean()).to_dict()
    return {name: float(by_indicator.get(name, default)) for name in series}


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

    study: with panel; rows: the region-years wanted, with levels region and year; columns: the
    indicators wanted.
    """

    def __init__(self, study: StudyData, rows: pd.MultiIndex, columns: list[str]) -> None:
        panel, indicators = study.table("panel"), study.indicators
        self.columns = columns
        self.series, self._derived = read_series(indicators, columns)
        self._text = dict(indicators[["indicator", "derivation"]].to_numpy())
        self._factor = {name: unit_of(unit).factor for name, unit in study.units.items()}
        used = panel[panel["indicator"].isin([*self.series, *self._derived])]
        wide = used.pivot(index="region", columns=["indicator", "year"], values="value")
        self.years = sorted(int(year) for year in used["year"].unique())
        self.regions = list(wide.index)
        self._own = {
            name: wide[name].reindex(columns=self.years).to_numpy(dtype=float) * self._factor[name]
            for name in [*self.series, *self._derived]
        }
        self._rows = (wide.index.get_indexer(rows.get_level_values("region")),
                      np.searchsorted(self.years, rows.get_level_values("year")))  # fmt: skip
        self._scale = {name: self._correction(name) for name in self._derived}

    def _correction(self, name: str) -> Array:
        """Return what the panel's figure is of the one that its own figures give (regions, years).

        1 but for what sums over regions that the panel leaves out, or where both are 0.
        """
        again, printed = derived_values(self._text[name], self._own, self.years), self._own[name]
        sound = np.isfinite(again) & (again != 0)
        scale: Array = np.divide(printed, again, out=np.ones_like(printed), where=sound)
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
    of_series = np.array([sizes[name] for name in published.series])
    for factors in revision_draws(len(published.regions), of_series, draws, seed, most):
        yield published.drawn(factors)
