"""D under a combination of choices, and how far it lies from the study's own (docs/methods.md, 3).

The choices: indicator system, scale, weighting, composite, form; and the preset. A scale is what
figures are held against, and the range that they are mapped to. None of them is right beyond doubt;
what holds under nearly all of them does not hang on one.
Which choice drives an outcome is said by exact shares of its variance; `robustness` has the study
with one choice changed at a time.
"""

from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from itertools import product
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from coevo.arrays import Array, Config
from coevo.coupling.comovement import correlation
from coevo.coupling.formulas import COMPOSITES, FORMS, PRESETS, Degrees, IndexPanel, degrees
from coevo.coupling.grade_scales import GRADES
from coevo.errors import Refusal, StudyError
from coevo.files import as_table
from coevo.normalisation import VECTOR, by_kept_ruler, complete_rows, normalise, scaled_panel, wide
from coevo.normalisation.directions import RATIO
from coevo.panel import build_panel
from coevo.panel.vintages import POLICIES, of_years, several
from coevo.sensitivity.coverage_breaks import panel_without_breaks
from coevo.sensitivity.held_ratios import panel_with_ratios_held
from coevo.study_data import StudyData
from coevo.weighting import available, weigh

CHOICES = ("system", "scale", "weighting", "composite", "form")
RANGES = ((0.01, 0.99), (0.0, 1.0))
REFERENCES = ("panel", "year")  # of the others, region forbids comparison and two need a file
# references under which D of one year is that of another
COMPARABLE = ("panel", "base", "goalposts", RATIO)
ROBUST = 0.95  # share of the combinations from which what they give is robust
MAIN = "main"
System = tuple[pd.DataFrame, pd.DataFrame]  # panel and indicator table
Panels = dict[str, IndexPanel]  # by weighting


class Combination(NamedTuple):
    """A name for each choice, of the scale that of its `Scaling`."""

    system: str
    scale: str
    weighting: str
    composite: str
    form: str
    preset: str | None


class Scaling(NamedTuple):
    """A reference of normalisation, and the range that figures are mapped to."""

    reference: str
    range: tuple[float, float]

    @property
    def span(self) -> str:
        """The range as the tables write it: [0.01, 0.99]."""
        return "[{:g}, {:g}]".format(*self.range)

    @property
    def name(self) -> str:
        """`panel [0.01, 0.99]`; of a ratio, whose range is fixed, `ratio`."""
        return RATIO if self.reference == RATIO else f"{self.reference} {self.span}"


def scale_word(name: str, references: Mapping[str, str]) -> str:
    """Return what a scale is called, by the words of references."""
    reference, _, span = name.partition(" ")
    return " ".join(filter(None, (references.get(reference, reference), span)))


def scales(config: Config) -> dict[str, Scaling]:
    """Return the scales that are tried, by name, the study's own first.

    The vector normalisation knows neither reference nor range.
    """
    settings = config["normalisation"]
    low, high = settings["range"]
    tried = [Scaling(settings["reference"], (low, high))]
    if settings["method"] != VECTOR:
        tried += [Scaling(*pair) for pair in product(REFERENCES, RANGES)]
        tried.append(Scaling(RATIO, (0.0, 1.0)))
    return {scaling.name: scaling for scaling in tried}


def main_combination(config: Config) -> Combination:
    """Return the choices of the study itself."""
    coupling = (config["coupling"][key] for key in ("composite", "form", "preset"))
    return Combination(MAIN, next(iter(scales(config))), config["weighting"]["method"], *coupling)


def alternatives(config: Config) -> dict[str, list[str]]:
    """Return the names that each choice but the system can have; the study's own among them.

    The vector normalisation knows one scale and one composite. A form that needs a number of the
    configuration is left out unless it is the study's own.
    """
    main = main_combination(config)
    free = config["normalisation"]["method"] != VECTOR
    names = {
        "weighting": available(config["weighting"]),
        "scale": scales(config),
        "composite": COMPOSITES if free else [main.composite],
        "form": [name for name, form in FORMS.items() if not form.needs or name == main.form],
        "preset": PRESETS,
    }
    return {choice: list(dict.fromkeys(known)) for choice, known in names.items()}


class Weighed(NamedTuple):
    """Figures normalised one way: weights of every method by its name; the same figures as if
    coverage had not changed (rows, m), None where it did not, or cannot be thought away; panels
    of figures with all ratios between regions held, empty where these cannot be made.
    """

    panels: Panels
    unbroken: Array | None
    held: Panels


class Combinations:
    """D of a study under any combination of choices; what several share is computed once.

    systems: panel and indicator table by name, the study's own as `main`; config: its keys
    normalisation, weighting, coupling; kept: goalposts of the reference of that name; names: those
    that each choice but the system can have.
    """

    def __init__(
        self, systems: Mapping[str, System], config: Config, kept: pd.DataFrame | None = None
    ) -> None:
        self.systems, self.config, self.kept = systems, config, kept
        self.main = main_combination(config)
        self.scales, self.names = scales(config), alternatives(config)
        self.weighed, self.unbroken = cache(self._weighed), cache(self._unbroken)
        self.panel_held, self.degree = cache(self._panel_held), cache(self._degree)

    def _weighed(self, system: str, scale: str) -> Weighed:
        """Return the figures of a system on a scale, weighed by every method.

        Raises `StudyError` where the figures do not allow it.
        """
        panel, indicators = self.systems[system]
        reference, span = self.scales[scale]
        settings = {**self.config["normalisation"], "reference": reference, "range": list(span)}
        method = self.main.weighting if (system, scale) == self.main[:2] else ""
        panels, posts = self._panels((panel, indicators), settings, method)
        held: Panels = {}
        with suppress(StudyError):  # made-up figures may not allow it where real ones do
            if reference in COMPARABLE:
                held, _ = self._panels((self.panel_held(system), indicators), settings, "")
        changed = self.unbroken(system)
        if changed is None:
            return Weighed(panels, None, held)
        z = by_kept_ruler(changed, indicators, posts, settings)
        return Weighed(panels, z[list(next(iter(panels.values())).z)].to_numpy(), held)

    def _panels(self, system: System, settings: Config, method: str) -> tuple[Panels, pd.DataFrame]:
        """Return figures normalised and weighed, by weighting, and their goalposts."""
        panel, indicators = system
        normalised, posts = normalise(panel, indicators, settings, self.kept)
        weighting = {**self.config["weighting"], "method": method}
        weights = weigh(normalised, panel, indicators, weighting)
        z, ends = wide(normalised, "z"), scaled_panel(settings)
        names = weights["weighting"].unique()
        return {name: IndexPanel.of(z, weights, name, ends) for name in names}, posts

    def _panel_held(self, system: str) -> pd.DataFrame:
        """Return the figures of a system as if every ratio between regions stayed what it was."""
        return panel_with_ratios_held(*self.systems[system])

    def _unbroken(self, system: str) -> pd.DataFrame | None:
        """Return the figures of a system as if coverage had not changed; None where nothing did."""
        panel, indicators = self.systems[system]
        try:
            changed = panel_without_breaks(panel, indicators)
        except Refusal:
            return None
        same = changed["value"].equals(panel["value"])
        return None if same else complete_rows(changed, indicators)

    def _degree(self, chosen: Combination) -> pd.Series:
        """Return D by region-year. Raises `StudyError` where the figures do not allow it."""
        panels = self.weighed(chosen.system, chosen.scale).panels
        if chosen.weighting not in panels:
            raise StudyError(f"weighting: these figures have no weights by {chosen.weighting}")
        panel, (*_, composite, form, preset) = panels[chosen.weighting], chosen
        changed = {"composite": composite, "form": form, "preset": preset}
        return pd.Series(panel.degrees({**self.config["coupling"], **changed}).D, panel.z.index)

    def all_degrees(self, panels: Mapping[str, IndexPanel], z: Array | None = None) -> Degrees:
        """Return U (weightings, composites, rows, n) and C, T, D (weightings, composites, forms,
        rows) of every weighting; z (rows, m): other figures than those normalised.
        """
        composites, forms = self.names["composite"], self.names["form"]
        coupling = self.config["coupling"]
        indices = [[panel.indices(name, z) for name in composites] for panel in panels.values()]
        U = np.array(indices)
        by_form = [degrees(U, {**coupling, "form": form}) for form in forms]
        C, T, D = (np.stack([getattr(d, key) for d in by_form], axis=2) for key in "CTD")
        return Degrees(by_form[0].U, C, T, D)


def compare(
    D: Array, rows: pd.MultiIndex, study_D: pd.Series, config: Config
) -> dict[str, np.ndarray[Any, Any]]:
    """Return what tables say of D (k, rows) under k other choices, an array (k,) by column.

    rows: region, name, year; study_D: D by the study's choices; `n` region-years are in both. The
    rank of the region in focus is that of the last year of all, NaN if it has none; the rest that
    of its own years.
    """
    scale, focus = GRADES[config["coupling"]["grades"]], config["focus_region"]
    place = study_D.index.get_indexer(rows)
    both = place >= 0
    common, main = D[:, both], study_D.to_numpy()[place[both]]
    changed = scale.places(common) != scale.places(main)
    regions, years = (rows.get_level_values(name) for name in ("region", "year"))
    focal, last = np.flatnonzero(regions == focus), np.asarray(years == years.max())
    nothing = np.full(len(D), np.nan)
    first, end = (D[:, focal[0]], D[:, focal[-1]]) if len(focal) else (nothing, nothing)
    seen = bool((last & (regions == focus)).any())
    ranked = (frame.rank(axis=1).to_numpy() for frame in map(pd.DataFrame, (common, main[None])))
    ranks = 1.0 + (D[:, last] > end[:, None]).sum(axis=1)
    return {
        "D_mean": D.mean(axis=1),
        "D_min": D.min(axis=1),
        "rank_correlation": correlation(*ranked),
        "grades_changed": changed.sum(axis=1),
        "n": np.full(len(D), both.sum()),
        "focus_D_first": first,
        "focus_D_last": end,
        "focus_rank_last": ranks if seen else nothing,
        "focus_grade_last": scale.classify(end) if len(focal) else np.full(len(D), ""),
    }


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


def panels_of_other_policies(study: StudyData) -> dict[str, pd.DataFrame]:
    """Return the panel of every other policy for vintages, if there is a choice of vintages.

    A policy whose figures do not cover the study's years has none.
    """
    observations, config = study.table("observations"), study.config
    known = study.table("panel")["indicator"]  # of the model alone, where it reads a part
    indicators = study.indicators[study.indicators["indicator"].isin(known)]
    years = config["years"]
    inside = of_years(observations, range(years["first"], years["last"] + 1))
    panels: dict[str, pd.DataFrame] = {}
    for policy in POLICIES if len(several(inside)) else ():
        if policy != config["vintage_policy"]:
            with suppress(StudyError):
                panels[policy] = build_panel(
                    observations, indicators, {**config, "vintage_policy": policy}
                )
    return panels


def robustness_rows(study: StudyData) -> pd.DataFrame:
    """Return one row per variant, the main one first.

    Varied are the weighting, scale of normalisation, composite, form, preset, the indicator system
    and, where a series has figures of more than one vintage, the policy for vintages. study: with
    panel, observations; config: its keys normalisation, weighting, coupling, focus_region, regions,
    years, panel and vintage_policy.

    `D_mean`, `D_min` over all region-years; `rank_correlation`: Spearman correlation of D with the
    main specification over all region-years; `grades_changed` of `n` region-years; of the region in
    focus D in the first and the last year, rank and grade in the last. A variant that these figures
    do not allow has no row.
    """
    panel, indicators, config = study.table("panel"), study.indicators, study.config
    others = {("system", name): (panel, table) for name, table in study.systems.items()}
    policies = panels_of_other_policies(study)
    others |= {("vintage", name): (other, indicators) for name, other in policies.items()}
    figures = {MAIN: (panel, indicators)} | {
        "/".join(key): system for key, system in others.items()
    }
    choices = Combinations(figures, config, study.kept)
    main = choices.degree(choices.main)
    variants = {(MAIN, MAIN): choices.main} | {
        (choice, name): choices.main._replace(**{choice: name})
        for choice, names in choices.names.items()
        for name in names
        if name != getattr(choices.main, choice)
    }
    variants |= {key: choices.main._replace(system="/".join(key)) for key in others}
    rows = []
    for (varied, variant), chosen in variants.items():
        with suppress(StudyError):  # these figures do not allow the variant
            D = choices.degree(chosen)
            columns = compare(D.to_numpy()[None], D.index, main, config)
            row = {column: values[0] for column, values in columns.items()}
            rows.append(row | {"varied": varied, "variant": variant})
    return as_table("robustness", rows)
