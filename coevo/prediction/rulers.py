"""Composites and D of all years by what was known at an origin: its goalposts and its weights."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from coevo.arrays import Array, Booleans
from coevo.coupling.composites import COMPOSITES
from coevo.coupling.forms import FORMS, contribution_shares
from coevo.errors import Refusal, StudyError
from coevo.normalisation import (
    complete_rows,
    find_goalposts,
    reaches,
    scaled_panel,
    scales_of,
    scope_of,
    scores,
)
from coevo.normalisation.goalposts import Goalposts
from coevo.panel import FILLED
from coevo.registry import choose
from coevo.weighting import weights_by

# composites that measure distances to the ends of the scale, where later figures have to stop
TO_THE_ENDS = ("topsis",)


class Rulers:
    """The index of a study as each year could have made it.

    panel, indicators: the tables of these names; config: its keys normalisation, weighting and
    coupling; kept: goalposts of the reference of that name.
    """

    def __init__(
        self,
        panel: pd.DataFrame,
        indicators: pd.DataFrame,
        config: Mapping[str, Any],
        kept: pd.DataFrame | None = None,
    ) -> None:
        self.figures = complete_rows(panel, indicators)
        self.indicators, self.config, self.kept = indicators, config, kept
        self.subsystem = _subsystems(indicators).loc[self.figures.columns].to_numpy(dtype=str)
        self.year = self.figures.index.get_level_values("year").to_numpy()
        self.filled = _filled(panel, self.figures)

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
            z = self._normalised(early, origin)
            U = self._indices(z, self._weights(z, early), early)
        except Refusal:
            raise
        except StudyError:
            raise Refusal("no_index_so_far", year=origin) from None
        names = list(dict.fromkeys(self.subsystem))
        frame = self.figures.index.to_frame(index=False)
        frame[[f"U_{name}" for name in names]] = U
        form = coupling["form"]
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
        posts = self._posts(x, early, settings)
        span, names = scaled_panel(settings) or (0.0, 1.0), list(self.figures.columns)
        scales = scales_of(self.indicators, settings["reference"])
        for name, reach in zip(names, reaches(posts, names, scales).T, strict=True):
            if np.any(reach <= 0):
                raise Refusal("constant_so_far", indicator=name, year=origin)
        z = scores(x, posts, names, scales, span)
        # rounding may leave the range by a last digit, too
        top = np.where(early, span[1], np.inf)[:, None]
        return np.asarray(z.clip(span[0], top))

    def _posts(self, x: Array, early: Booleans, settings: Mapping[str, Any]) -> Goalposts:
        """Return goalposts of every row from the early ones alone, where their group has any."""
        before = scope_of(self.figures[early], self.indicators, settings, self.kept)
        known = find_goalposts(x[early], before, settings)
        every = scope_of(self.figures, self.indicators, settings, self.kept)
        posts = find_goalposts(x, every, settings)
        own = [(i, known.names.index(n)) for i, n in enumerate(posts.names) if n in known.names]
        low, high = posts.low.copy(), posts.high.copy()
        for i, j in own:
            low[i], high[i] = known.low[j], known.high[j]
        return posts._replace(low=low, high=high)

    def _weights(self, z: Array, early: Booleans) -> Array:
        """Return the weights (m,) of the study's method by the early rows."""
        raw, settings = self.figures[early], self.config["weighting"]
        scaled = pd.DataFrame(z[early], raw.index, raw.columns)
        found = weights_by(settings["method"], scaled, raw, self.indicators, settings)
        weight = found.set_index("indicator")["weight"].loc[raw.columns]
        return np.asarray(weight, dtype=float)

    def _indices(self, z: Array, weights: Array, early: Booleans) -> Array:
        """Return U (rows, n) by the study's composite."""
        name = self.config["coupling"]["composite"]
        span = scaled_panel(self.config["normalisation"])
        low, high = z[early].min(axis=0), z[early].max(axis=0)
        if span is not None:
            low, high = (np.full_like(low, end) for end in span)
        z = z.clip(low, high) if name in TO_THE_ENDS else z
        composite, parts = choose(COMPOSITES, name, "composite"), []
        for subsystem in dict.fromkeys(self.subsystem):
            own = self.subsystem == subsystem
            parts.append(composite(z[:, own], weights[own], low[own], high[own]))
        return np.column_stack(parts)


def _subsystems(indicators: pd.DataFrame) -> pd.Series:
    return indicators[indicators["subsystem"] != ""].set_index("indicator")["subsystem"]


def _filled(panel: pd.DataFrame, figures: pd.DataFrame) -> Booleans:
    """Return which of the figures (rows, m) are filled."""
    flags = panel.pivot(index=["region", "name", "year"], columns="indicator", values="flag")
    return np.asarray(flags.loc[figures.index, figures.columns] == FILLED)
