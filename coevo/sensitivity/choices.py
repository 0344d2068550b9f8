"""D under a combination of choices, and how far it lies from the study's own (docs/methods.md, 3).

The choices: indicator system, reference, range, weighting, composite, form; and the preset. None of
them is right beyond doubt; what holds under nearly all of them does not hang on one.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from coevo.coupling import FORMS, GRADES, PRESETS, IndexPanel
from coevo.coupling.comovement import correlation
from coevo.coupling.composites import COMPOSITES
from coevo.coupling.forms import Array
from coevo.coupling.index_panel import degrees
from coevo.errors import StudyError
from coevo.normalisation import VECTOR, normalise, scaled_panel
from coevo.weighting import available, weigh

CHOICES = ("system", "reference", "range", "weighting", "composite", "form")
RANGES = ((0.01, 0.99), (0.0, 1.0))
REFERENCES = ("panel", "year")  # of the others, region forbids comparison and two need a file
System = tuple[pd.DataFrame, pd.DataFrame]  # panel and indicator table


class Combination(NamedTuple):
    """A name for each choice; the range as the tables write it: [0.01, 0.99]."""

    system: str
    reference: str
    range: str
    weighting: str
    composite: str
    form: str
    preset: str | None


def span_name(span: Sequence[float]) -> str:
    """Return a range as the tables write it: [0.01, 0.99]."""
    return "[{:g}, {:g}]".format(*span)


def own_combination(config: Mapping[str, Any]) -> Combination:
    """Return the choices of the study itself."""
    normalisation, coupling = config["normalisation"], config["coupling"]
    return Combination(
        "main",
        normalisation["reference"],
        span_name(normalisation["range"]),
        config["weighting"]["method"],
        *(coupling[key] for key in ("composite", "form", "preset")),
    )


def alternatives(config: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the names that each choice but the system can have; the study's own among them.

    The vector normalisation knows neither reference nor range, and one composite. A form that
    needs a number of the configuration is left out unless it is the study's own.
    """
    own = own_combination(config)
    free = config["normalisation"]["method"] != VECTOR
    return {
        "weighting": available(config["weighting"]),
        "range": _with(own.range, map(span_name, RANGES) if free else ()),
        "reference": _with(own.reference, REFERENCES if free else ()),
        "composite": list(COMPOSITES) if free else [own.composite],
        "form": [name for name, form in FORMS.items() if not form.needs or name == own.form],
        "preset": list(PRESETS),
    }


def _with(first: str, others: Any) -> list[str]:
    return list(dict.fromkeys([first, *others]))


class Combinations:
    """D of a study under any combination of choices; what several share is computed once.

    systems: panel and indicator table by name, the study's own as `main`; config: its keys
    normalisation, weighting, coupling; kept: goalposts of the reference of that name.
    """

    def __init__(
        self,
        systems: Mapping[str, System],
        config: Mapping[str, Any],
        kept: pd.DataFrame | None = None,
    ) -> None:
        self.systems, self.config, self.kept = systems, config, kept
        self.own = own_combination(config)
        spans = (config["normalisation"]["range"], *RANGES)
        self._spans = {span_name(span): list(span) for span in spans}
        self._panels: dict[tuple[str, str, str], dict[str, IndexPanel]] = {}
        self._indices: dict[tuple[str | None, ...], Array] = {}

    def panels(self, system: str, reference: str, span: str) -> dict[str, IndexPanel]:
        """Return the figures normalised one way with the weights of every method, by its name.

        Raises `StudyError` where the figures do not allow it.
        """
        key = (system, reference, span)
        if key not in self._panels:
            panel, indicators = self.systems[system]
            settings = {
                **self.config["normalisation"],
                "reference": reference,
                "range": self._spans[span],
            }
            normalised, _ = normalise(panel, indicators, settings, self.kept)
            method = self.own.weighting if key == self.own[:3] else ""
            weighting = {**self.config["weighting"], "method": method}
            weights = weigh(normalised, panel, indicators, weighting)
            z = normalised.pivot(index=["region", "year"], columns="indicator", values="z")
            self._panels[key] = {
                name: IndexPanel.of(z, weights, name, scaled_panel(settings))
                for name in weights["weighting"].unique()
            }
        return self._panels[key]

    def degree(self, chosen: Combination) -> pd.Series:
        """Return D by region and year. Raises `StudyError` where the figures do not allow it."""
        panels = self.panels(*chosen[:3])
        if chosen.weighting not in panels:
            raise StudyError(f"weighting: these figures have no weights by {chosen.weighting}")
        panel = panels[chosen.weighting]
        if chosen[:5] not in self._indices:
            self._indices[chosen[:5]] = panel.indices(chosen.composite)
        changed = {"form": chosen.form, "preset": chosen.preset}
        found = degrees(self._indices[chosen[:5]], {**self.config["coupling"], **changed})
        return pd.Series(found.D, panel.z.index)


class Comparison(NamedTuple):
    """D under other choices against the study's own: over the `n` region-years of both.

    mean, lowest: of D; rank_correlation: Spearman; changed: how many grades differ. Of the region
    in focus D in its first and last year, and the grade there; its rank in the last year of all,
    NaN if it has none.
    """

    mean: float
    lowest: float
    rank_correlation: float
    changed: int
    n: int
    focus_first: float
    focus_last: float
    focus_rank: float
    focus_grade: str


def compare(D: pd.Series, own: pd.Series, config: Mapping[str, Any]) -> Comparison:
    """Return what the tables say of D; D, own: by region and year."""
    scale, focus = GRADES[config["coupling"]["grades"]], config["focus_region"]
    both = D.index.intersection(own.index)
    found, main = D.loc[both], own.loc[both]
    changed = scale.places(found.to_numpy()) != scale.places(main.to_numpy())
    ranks = (part.rank().to_numpy() for part in (found, main))
    regions, years = (D.index.get_level_values(name) for name in ("region", "year"))
    mine, last, rank = D[regions == focus], years == years.max(), np.nan
    if (last & (regions == focus)).any():
        rank = 1.0 + (D[last] > mine.iloc[-1]).sum()
    return Comparison(
        D.mean(),
        D.min(),
        float(correlation(*ranks)),
        int(changed.sum()),
        len(both),
        mine.iloc[0] if len(mine) else np.nan,
        mine.iloc[-1] if len(mine) else np.nan,
        rank,
        scale.classify(mine.iloc[-1:])[0] if len(mine) else "",
    )
