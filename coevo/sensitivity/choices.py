"""D under a combination of choices, and how far it lies from the study's own (docs/methods.md, 3).

The choices: indicator system, reference, range, weighting, composite, form; and the preset. None of
them is right beyond doubt; what holds under nearly all of them does not hang on one.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from coevo.coupling.comovement import correlation
from coevo.coupling.composites import COMPOSITES, PRESETS
from coevo.coupling.forms import FORMS, Array
from coevo.coupling.grade_scales import GRADES
from coevo.coupling.index_panel import IndexPanel, degrees
from coevo.errors import StudyError
from coevo.normalisation import VECTOR, normalise, scaled_panel, wide
from coevo.weighting import available, weigh

CHOICES = ("system", "reference", "range", "weighting", "composite", "form")
RANGES = ((0.01, 0.99), (0.0, 1.0))
REFERENCES = ("panel", "year")  # of the others, region forbids comparison and two need a file
COMPARABLE = (
    "panel",
    "base",
    "goalposts",
)  # references under which D of one year is that of another
ROBUST = 0.95  # share of the combinations from which what they give is robust
MAIN = "main"
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
        MAIN,
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
    names = {
        "weighting": available(config["weighting"]),
        "range": [own.range, *(map(span_name, RANGES) if free else ())],
        "reference": [own.reference, *(REFERENCES if free else ())],
        "composite": COMPOSITES if free else [own.composite],
        "form": [name for name, form in FORMS.items() if not form.needs or name == own.form],
        "preset": PRESETS,
    }
    return {choice: list(dict.fromkeys(found)) for choice, found in names.items()}


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
            chosen = {"reference": reference, "range": self._spans[span]}
            settings = {**self.config["normalisation"], **chosen}
            normalised, _ = normalise(panel, indicators, settings, self.kept)
            method = self.own.weighting if key == self.own[:3] else ""
            weighting = {**self.config["weighting"], "method": method}
            weights = weigh(normalised, panel, indicators, weighting)
            z, ends = wide(normalised, "z"), scaled_panel(settings)
            names = weights["weighting"].unique()
            self._panels[key] = {name: IndexPanel.of(z, weights, name, ends) for name in names}
        return self._panels[key]

    def degree(self, chosen: Combination) -> pd.Series:
        """Return D by region-year. Raises `StudyError` where the figures do not allow it."""
        panels = self.panels(*chosen[:3])
        if chosen.weighting not in panels:
            raise StudyError(f"weighting: these figures have no weights by {chosen.weighting}")
        panel = panels[chosen.weighting]
        if chosen[:5] not in self._indices:
            self._indices[chosen[:5]] = panel.indices(chosen.composite)
        changed = {"form": chosen.form, "preset": chosen.preset}
        found = degrees(self._indices[chosen[:5]], {**self.config["coupling"], **changed})
        return pd.Series(found.D, panel.z.index)


def compare(D: pd.Series, own: pd.Series, config: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the table `robustness` says of D under other choices, by column.

    D, own: by region-year, own by the study's choices; `n` are in both. The rank of the region in
    focus is that of the last year of all, NaN if it has none; the rest that of its own years.
    """
    scale, focus = GRADES[config["coupling"]["grades"]], config["focus_region"]
    both = D.index.intersection(own.index)
    found, main = D.loc[both], own.loc[both]
    changed = scale.places(found.to_numpy()) != scale.places(main.to_numpy())
    ranks = (part.rank().to_numpy() for part in (found, main))
    regions, years = (D.index.get_level_values(name) for name in ("region", "year"))
    mine, last = D[regions == focus], years == years.max()
    first, end = mine.iloc[[0, -1]] if len(mine) else (np.nan, np.nan)
    seen = (last & (regions == focus)).any()
    return {
        "D_mean": D.mean(),
        "D_min": D.min(),
        "rank_correlation": float(correlation(*ranks)),
        "grades_changed": int(changed.sum()),
        "n": len(both),
        "focus_D_first": first,
        "focus_D_last": end,
        "focus_rank_last": 1.0 + (D[last] > end).sum() if seen else np.nan,
        "focus_grade_last": str(scale.classify([end])[0]) if len(mine) else "",
    }
