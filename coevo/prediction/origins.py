"""What was known at each origin, and what came after it (docs/methods.md, 6)."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from coevo.arrays import Array, Booleans, Places, Strings
from coevo.equilibria.output_series import pair_values
from coevo.errors import Refusal
from coevo.estimation.pooled_rows import pool
from coevo.panel.vintages import BREAK
from coevo.prediction.population_models import PairPast
from coevo.prediction.rulers import Rulers

FEWEST_YEARS = 5  # of a run of years that a forecast rests on
POPULATIONS = ("x1", "x2")
INDEX = "D"


class History(NamedTuple):
    """A series of G regions by the ruler of one origin.

    regions (G,): codes; logs (G, years up to the origin): NaN before the run that ends at the
    origin; later (G, years after): NaN where unknown or behind a break between vintages; pair: for
    x1 and x2, the place of the series and what both did, with the place of each region there.
    """

    series: str
    regions: Strings
    logs: Array
    later: Array
    place: int = 0
    past: PairPast | None = None
    rows: Places | None = None


class Missing(NamedTuple):
    """What has no forecast at an origin, and why: a series, or one of its regions."""

    series: str
    origin: int
    refusal: Refusal
    scope: str = ""


class Origins:
    """The series of a study at every origin.

    panel, indicators, config: as in `predict`; years: of the study, each without a gap.
    """

    def __init__(
        self,
        panel: pd.DataFrame,
        indicators: pd.DataFrame,
        config: Mapping[str, Any],
        kept: pd.DataFrame | None = None,
    ) -> None:
        self.panel, self.indicators = panel, indicators
        pair = config.get("interaction")
        # no forecast needs the calibration; empty without a pair
        self.interaction: dict[str, Any] = {**pair, "calibration": None} if pair else {}
        used = set(indicators.loc[indicators["subsystem"] != "", "subsystem"])
        self.rulers = Rulers(panel, indicators, config, kept) if used else None
        self.years = np.arange(panel["year"].min(), panel["year"].max() + 1)
        named = [*(pair["upstream"], pair["downstream"])] if pair else []
        self.composite = bool(used & set(named))
        self._pair: pd.DataFrame | None = None

    @property
    def series(self) -> list[str]:
        """Names of the series: x1 and x2 of a pair, D of an index."""
        return [*(POPULATIONS if self.interaction else ()), *([INDEX] if self.rulers else ())]

    def at(self, origin: int) -> Iterator[History | Missing]:
        """Yield every series at an origin, or why it or one of its regions has no forecast."""
        index, refusal = None, None
        if self.rulers:
            try:
                index = self.rulers.at(origin)
            except Refusal as found:
                refusal = found
        if self.interaction:
            if self.composite and refusal:
                yield from (Missing(name, origin, refusal) for name in POPULATIONS)
            else:
                yield from self._populations(origin, index)
        if self.rulers and refusal:
            yield Missing(INDEX, origin, refusal)
        elif self.rulers and index is not None:
            yield from self._index(origin, index)

    def _index(self, origin: int, index: pd.DataFrame) -> Iterator[History | Missing]:
        assert self.rulers is not None
        D = index.assign(D=index["D"].mask(self.rulers.unknown(origin)))
        values = D.pivot(index="region", columns="year", values="D")
        breaks = self._breaks(self.indicators["subsystem"] != "", values.index)
        yield from self._history(INDEX, origin, values, breaks)

    def _populations(self, origin: int, index: pd.DataFrame | None) -> Iterator[History | Missing]:
        pair = self._pair_at(index)
        early = pair[pair["year"] <= origin]
        x = early[list(POPULATIONS)].to_numpy(dtype=float)
        no_logs = early.loc[((x <= 0) | np.isinf(x)).any(axis=1), "region"]
        past = self._past(early[~early["region"].isin(no_logs)], origin)
        for place, name in enumerate(POPULATIONS):
            values = pair.pivot(index="region", columns="year", values=name)
            breaks = pair.assign(at=pair["flag"] == BREAK)
            crossing = breaks.pivot(index="region", columns="year", values="at")
            for found in self._history(name, origin, values, crossing):
                if isinstance(found, History) and past is not None:
                    codes = {code: i for i, code in enumerate(past.rows.regions)}
                    rows = np.array([codes.get(code, -1) for code in found.regions])
                    found = found._replace(place=place, past=past, rows=rows)
                yield found

    def _pair_at(self, index: pd.DataFrame | None) -> pd.DataFrame:
        """Return x1, x2 of all years; composites by the ruler of the origin."""
        if self._pair is None or self.composite:
            self._pair = pair_values(self.panel, self.interaction, index, self.indicators)
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

    def _breaks(self, members: pd.Series, regions: pd.Index) -> pd.DataFrame:
        """Return where (regions, years) one of some indicators crosses two vintages."""
        inside = self.panel["indicator"].isin(self.indicators.loc[members, "indicator"])
        found = self.panel[inside & (self.panel["flag"] == BREAK)]
        crossing = pd.DataFrame(False, regions, self.years)
        for region, year in zip(found["region"], found["year"], strict=True):
            crossing.loc[region, year] = True
        return crossing

    def _history(
        self, name: str, origin: int, values: pd.DataFrame, crossing: pd.DataFrame
    ) -> Iterator[History | Missing]:
        """Yield the regions of a series whose run up to the origin is long enough, then those
        without."""
        known = values.reindex(columns=self.years)
        broken = crossing.reindex(columns=self.years).fillna(False).to_numpy(dtype=bool)
        x = known.to_numpy(dtype=float)
        here = int(np.searchsorted(self.years, origin))
        zero = np.zeros(len(x), dtype=bool)
        zero |= (x[:, : here + 1] <= 0).any(axis=1)
        logs = np.log(x, out=np.full_like(x, np.nan), where=x > 0)
        run = running(logs[:, : here + 1], broken[:, : here + 1])
        later = following(logs[:, here + 1 :], broken[:, here + 1 :])
        enough = (~np.isnan(run)).sum(axis=1) >= FEWEST_YEARS
        regions = known.index.to_numpy(dtype=str)
        fit = enough & ~zero
        if fit.any():
            yield History(name, regions[fit], run[fit], later[fit])
        for i in np.flatnonzero(~fit):
            years = int((~np.isnan(run[i])).sum())
            why = (
                Refusal("zero_in_series", year=origin)
                if zero[i]
                else Refusal("too_short_run", years=years, least=FEWEST_YEARS)
            )
            yield Missing(name, origin, why, str(regions[i]))


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
