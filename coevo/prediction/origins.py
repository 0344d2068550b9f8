"""What was known at each origin, and what came after it (docs/methods.md, 6)."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from coevo.arrays import Array, Booleans, Strings
from coevo.coupling.formulas import FORMS, IndexPanel, contribution_shares
from coevo.equilibria.fitted import attempted, growth_pool
from coevo.equilibria.output_series import pair_values
from coevo.errors import Refusal, StudyError
from coevo.estimation.growth import Pool, pool
from coevo.files import rows_of
from coevo.normalisation import (
    complete_rows,
    find_goalposts,
    reaches,
    scaled_panel,
    scope_of,
    scores,
)
from coevo.normalisation.goalposts import Goalposts, Scope
from coevo.registry import choose
from coevo.schema import BREAK, FILLED
from coevo.study_data import StudyData
from coevo.weighting import weights_by

# composites that measure distances to the ends of the scale, where later figures have to stop
TO_THE_ENDS = ("topsis",)


class Rulers:
    """The index of a study as each year could have made it.

    study: with panel; config: its keys normalisation, weighting and coupling.
    """

    def __init__(self, study: StudyData) -> None:
        self.indicators, self.config, self.kept = study.indicators, study.config, study.kept
        panel = study.table("panel")
        self.figures = complete_rows(panel, self.indicators)
        self.year = self.figures.index.get_level_values("year").to_numpy()
        flags = panel.pivot(index=["region", "name", "year"], columns="indicator", values="flag")
        self.filled = (flags.loc[self.figures.index, self.figures.columns] == FILLED).to_numpy()

    def at(self, origin: int) -> pd.DataFrame:
        """Return region, name, year, U_<subsystem> ..., D of all years by the ruler of a year.

        Goalposts and weights are those of the years up to the origin, by the study's own methods.
        Later figures are held against them without a cut above, and D may exceed 1 then; below they
        stop at the bottom of the range. `Refusal` for an indicator that is constant up to the
        origin, or a preset, which rescales by all years.
        """
        coupling = self.config["coupling"]
        if coupling["preset"] is not None:
            raise Refusal("preset_looks_ahead", preset=coupling["preset"])
        early = self.year <= origin
        try:
            panel = self._index_panel(self._normalised(early, origin), early)
        except Refusal:
            raise
        except StudyError:
            raise Refusal("no_index_so_far", year=origin) from None
        U, names, form = panel.indices(coupling["composite"]), panel.subsystems, coupling["form"]
        frame = self.figures.index.to_frame(index=False)
        frame[[f"U_{name}" for name in names]] = U
        C = choose(FORMS, form, "coupling form")(U, **FORMS[form].options(coupling))
        shares = contribution_shares(coupling["contributions"], len(names))
        return frame.assign(D=np.sqrt(np.maximum(C, 0) * (U * shares).sum(axis=1)))

    def unknown(self, origin: int) -> Booleans:
        """Return which rows hold a figure that was not known at the origin, or never was.

        That is one filled from a year after the origin, and any filled one of a later year.
        """
        early = (self.year <= origin)[:, None]
        sound = pd.DataFrame((early & ~self.filled).astype(int), self.figures.index)
        # a filled figure is known once the one behind the gap is
        closed = sound[::-1].groupby(level="region").cummax()[::-1].to_numpy(dtype=bool)
        return np.asarray((self.filled & ~closed).any(axis=1))

    def _normalised(self, early: Booleans, origin: int) -> Array:
        x, settings = self.figures.to_numpy(dtype=float), self.config["normalisation"]
        scope = scope_of(self.figures, self.indicators, settings, self.kept)
        posts, span = self._posts(x, early, scope), scaled_panel(settings) or (0.0, 1.0)
        for name, reach in zip(scope.indicators, reaches(posts, scope).T, strict=True):
            if np.any(reach <= 0):
                raise Refusal("constant_so_far", indicator=name, year=origin)
        z = scores(x, posts, scope, span)
        # rounding may leave the range by a last digit, too
        top = np.where(early, span[1], np.inf)[:, None]
        return np.asarray(z.clip(span[0], top))

    def _posts(self, x: Array, early: Booleans, every: Scope) -> Goalposts:
        """Return goalposts of every row from the early ones alone, where their group has any."""
        settings = self.config["normalisation"]
        before = scope_of(self.figures[early], self.indicators, settings, self.kept)
        known = find_goalposts(x[early], before, settings)
        posts = find_goalposts(x, every, settings)
        shared = [(i, known.names.index(n)) for i, n in enumerate(posts.names) if n in known.names]
        low, high = posts.low.copy(), posts.high.copy()
        for i, j in shared:
            low[i], high[i] = known.low[j], known.high[j]
        return posts._replace(low=low, high=high)

    def _index_panel(self, z: Array, early: Booleans) -> IndexPanel:
        """Return normalised figures with the weights that the early rows give."""
        figures, settings = self.figures, self.config["weighting"]
        method, span = settings["method"], scaled_panel(self.config["normalisation"])
        scaled = pd.DataFrame(z, figures.index, figures.columns)
        weights = weights_by(method, scaled[early], figures[early], self.indicators, settings)
        if self.config["coupling"]["composite"] in TO_THE_ENDS:
            ends = span or (z[early].min(axis=0), z[early].max(axis=0))
            scaled = pd.DataFrame(z.clip(*ends), figures.index, figures.columns)
        return IndexPanel.of(scaled, weights, method, span)


FEWEST_YEARS = 5  # of a run of years that a forecast rests on
POPULATIONS = ("x1", "x2")
INDEX = "D"


class PairPast(NamedTuple):
    """What two populations of G regions did up to the origin.

    rows: their growth rows, scaled, G regions; state (G, 2): x1, x2 at the origin in the units of
    `rows`, NaN where one is unknown.
    """

    rows: Pool
    state: Array


class History(NamedTuple):
    """A series of G regions by the ruler of one origin.

    regions (G,): codes; logs (G, years up to the origin): NaN before the run that ends at the
    origin; later (G, years after): NaN where unknown or behind a break between vintages; refusals:
    why other regions have no forecast, by code; place, past: for x1 and x2, the place of the series
    and what both did.
    """

    regions: Strings
    logs: Array
    later: Array
    refusals: dict[str, Refusal]
    place: int = 0
    past: PairPast | None = None


class Origins:
    """The series of a study at every origin.

    study: as in `predict`; years: of the study, each without a gap.
    """

    def __init__(self, study: StudyData) -> None:
        self.study, self.panel = study, study.table("panel")
        pair = study.config["interaction"]
        # no forecast needs the calibration; empty without a pair
        self.interaction: dict[str, Any] = {**pair, "calibration": None} if pair else {}
        used = set(study.indicators["subsystem"]) - {""}
        self.rulers = Rulers(study) if used else None
        self.years = np.arange(self.panel["year"].min(), self.panel["year"].max() + 1)
        self.composite = bool(used & set(study.pair))
        self._pair: pd.DataFrame | None = None

    @property
    def series(self) -> list[str]:
        """Names of the series: x1 and x2 of a pair, D of an index."""
        return [*(POPULATIONS if self.interaction else ()), *([INDEX] if self.rulers else ())]

    def at(self, origin: int) -> Iterator[tuple[str, History | Refusal]]:
        """Yield every series at an origin, or why it has no forecast."""
        index: Any = attempted(partial(self.rulers.at, origin)) if self.rulers else None
        refused = isinstance(index, Refusal)
        if self.interaction and self.composite and refused:
            yield from ((name, index) for name in POPULATIONS)
        elif self.interaction:
            yield from self._populations(origin, None if refused else index)
        if refused:
            yield INDEX, index
        elif self.rulers:
            yield INDEX, self._index(origin, index, self.rulers)

    def _index(self, origin: int, index: pd.DataFrame, rulers: Rulers) -> History:
        D = index.assign(D=index["D"].mask(rulers.unknown(origin)))
        values = D.pivot(index="region", columns="year", values="D")
        members = rulers.figures.columns.tolist()
        breaks = rows_of(self.panel, flag=BREAK, indicator=members)
        crossing = pd.crosstab(breaks["region"], breaks["year"]).reindex(values.index) > 0
        return self._history(origin, values, crossing)

    def _populations(
        self, origin: int, index: pd.DataFrame | None
    ) -> Iterator[tuple[str, History]]:
        pair = self._pair_at(index)
        past = self._past(growth_pool(pair[pair["year"] <= origin]), origin)
        wide = pair.pivot(index="region", columns="year")
        for place, name in enumerate(POPULATIONS):
            history = self._history(origin, wide[name], wide["flag"] == BREAK)
            yield name, history._replace(place=place, past=past)

    def _pair_at(self, index: pd.DataFrame | None) -> pd.DataFrame:
        """Return x1, x2 of all years; composites by the ruler of the origin."""
        if self._pair is None or self.composite:
            tables = {"panel": self.panel} | ({} if index is None else {"coupling": index})
            self._pair = pair_values(replace(self.study, tables=tables), self.interaction)
        return self._pair

    def _past(self, early: pd.DataFrame, origin: int) -> PairPast | None:
        """Return the growth rows up to the origin; None where there is none."""
        try:
            rows = pool(early, POPULATIONS, self.interaction["estimator"], "first")
        except Refusal:
            return None
        last = early[early["year"] == origin].set_index("region")
        state = last.reindex(rows.regions)[list(POPULATIONS)].to_numpy(dtype=float) / rows.units
        return PairPast(rows, state)

    def _history(self, origin: int, values: pd.DataFrame, crossing: pd.DataFrame) -> History:
        """Return the regions of a series whose run up to the origin is long enough."""
        x = values.reindex(columns=self.years).to_numpy(dtype=float)
        broken = crossing.reindex(columns=self.years, fill_value=False).to_numpy()
        count = int(np.searchsorted(self.years, origin)) + 1
        logs = np.log(x, out=np.full_like(x, np.nan), where=x > 0)
        run = running(logs[:, :count], broken[:, :count])
        later = following(logs[:, count:], broken[:, count:])
        zero, years = (x[:, :count] <= 0).any(axis=1), (~np.isnan(run)).sum(axis=1)
        regions, fit = values.index.to_numpy(dtype=str), ~zero & (years >= FEWEST_YEARS)
        refusals = {
            str(regions[i]): Refusal("zero_in_series", year=origin)
            if zero[i]
            else Refusal("too_short_run", years=int(years[i]), least=FEWEST_YEARS)
            for i in np.flatnonzero(~fit)
        }
        return History(regions[fit], run[fit], later[fit], refusals)


def running(logs: Array, breaks: Booleans) -> Array:
    """Return figures (G, n) without those before the unbroken run that ends in the last column.

    breaks (G, n): whether a figure is of another vintage than the one before it.
    """
    linked = ~np.isnan(logs)
    linked[:, :-1] &= ~breaks[:, 1:]
    inside = np.logical_and.accumulate(linked[:, ::-1], axis=1)[:, ::-1]
    return np.where(inside, logs, np.nan)


def following(logs: Array, breaks: Booleans) -> Array:
    """Return the figures (G, n) that come after the origin, without those behind a break."""
    behind = np.logical_or.accumulate(breaks, axis=1)
    return np.where(behind, np.nan, logs)
