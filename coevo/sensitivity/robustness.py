"""What other choices would have made of D: each variant against the main specification."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from coevo.coupling import FORMS, PRESETS, couple
from coevo.coupling.comovement import correlation
from coevo.coupling.composites import COMPOSITES
from coevo.errors import StudyError
from coevo.normalisation import normalise, scaled_panel
from coevo.panel import build_panel
from coevo.panel.vintages import POLICIES, of_years, several
from coevo.sensitivity.multiverse import RANGES, REFERENCES, span_name
from coevo.weighting import available, weigh

COLUMNS = ["varied", "variant", "D_mean", "D_min", "rank_correlation", "grades_changed", "n"]
COLUMNS += ["focus_D_first", "focus_D_last", "focus_rank_last", "focus_grade_last"]


@dataclass(frozen=True)
class Variant:
    """A study that differs from the main one in a single choice."""

    varied: str
    variant: str
    panel: pd.DataFrame
    indicators: pd.DataFrame
    config: Mapping[str, Any]

    def by(self, varied: str, variant: str, **changes: Any) -> "Variant":
        """Return the same study with another name and other tables or configuration."""
        return replace(self, varied=varied, variant=variant, **changes)

    def setting(self, section: str, key: str, value: Any, variant: str) -> "Variant":
        """Return the same study with one key of a section of the configuration changed."""
        changed = {**self.config, section: {**self.config[section], key: value}}
        return self.by("weighting" if key == "method" else key, variant, config=changed)


def _variants(main: Variant) -> Iterator[Variant]:
    """Yield the main specification, then every one that differs from it by one setting."""
    yield main
    normalisation, coupling = main.config["normalisation"], main.config["coupling"]
    for name in available(main.config["weighting"]):
        if name != main.config["weighting"]["method"]:
            yield main.setting("weighting", "method", name, name)
    for span in RANGES:
        if tuple(normalisation["range"]) != span and normalisation["method"] == "minmax":
            yield main.setting("normalisation", "range", list(span), span_name(span))
    for name in REFERENCES:
        if name != normalisation["reference"] and normalisation["method"] == "minmax":
            yield main.setting("normalisation", "reference", name, name)
    for name in COMPOSITES:
        if name != coupling["composite"] and normalisation["method"] == "minmax":
            yield main.setting("coupling", "composite", name, name)
    for name in FORMS:
        if name != coupling["form"] and name != "k":  # k has an exponent of the study's own
            yield main.setting("coupling", "form", name, name)
    for name in PRESETS:
        if name != coupling["preset"]:
            yield main.setting("coupling", "preset", name, name)


def panels_of_other_policies(
    observations: pd.DataFrame, indicators: pd.DataFrame, config: Mapping[str, Any]
) -> dict[str, pd.DataFrame]:
    """Return the panel of every other policy for vintages, if there is a choice of vintages.

    A policy whose figures do not cover the study's years has none.
    """
    years = config["years"]
    inside = of_years(observations, range(years["first"], years["last"] + 1))
    panels: dict[str, pd.DataFrame] = {}
    for policy in POLICIES if len(several(inside)) else ():
        if policy != config["vintage_policy"]:
            choices = {**years, **config["panel"], "vintage_policy": policy}
            with suppress(StudyError):
                panels[policy] = build_panel(
                    observations, indicators, config["regions"], config["focus_region"], **choices
                )
    return panels


def _coupling(study: Variant, kept: pd.DataFrame | None) -> pd.DataFrame:
    config, method = study.config, study.config["weighting"]["method"]
    normalised, _ = normalise(study.panel, study.indicators, config["normalisation"], kept)
    weights = weigh(normalised, study.panel, study.indicators, config["weighting"])
    span = scaled_panel(config["normalisation"])
    return couple(normalised, weights, method, config["coupling"], span)[0]


def robustness_rows(
    panel: pd.DataFrame,
    observations: pd.DataFrame,
    indicators: pd.DataFrame,
    config: Mapping[str, Any],
    systems: Mapping[str, pd.DataFrame] | None = None,
    kept: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return one row per variant, the main one first.

    Varied are the weighting, range and reference of normalisation, composite, form, preset, the
    indicator system (`systems`: indicator tables by name) and, where a series has figures of more
    than one vintage, the policy for vintages. panel, observations: as the tables of these names;
    config: its keys normalisation, weighting, coupling, focus_region, regions, years, panel and
    vintage_policy; kept: goalposts of the reference of that name.

    `D_mean`, `D_min` over all region-years; `rank_correlation`: Spearman correlation of D with the
    main specification over all region-years; `grades_changed` of `n` region-years; of the region in
    focus D in the first and the last year, rank and grade in the last. A variant that these figures
    do not allow has no row.
    """
    study = Variant("main", "main", panel, indicators, config)
    variants = [
        *_variants(study),
        *(study.by("system", name, indicators=table) for name, table in (systems or {}).items()),
        *(
            study.by("vintage", policy, panel=other)
            for policy, other in panels_of_other_policies(observations, indicators, config).items()
        ),
    ]
    rows, main = [], None
    for variant in variants:
        try:
            table = _coupling(variant, kept)
        except StudyError:
            if main is None:
                raise
            continue  # these figures do not allow the variant
        main = table if main is None else main
        found = (*_against(table, main), *_of_focus(table, config))
        rows.append((variant.varied, variant.variant, *found))
    return pd.DataFrame(rows, columns=COLUMNS)


def _against(table: pd.DataFrame, main: pd.DataFrame) -> tuple[float, float, float, int, int]:
    """Return mean and minimum of D, and its rank correlation, changed grades and n against `main`.

    Compared are the region-years that both have: other figures may leave other ones missing.
    """
    both = table.merge(main, on=["region", "year"], suffixes=("", "_main"))
    ranks = [both[column].rank().to_numpy() for column in ("D", "D_main")]
    changed = int((both["grade"] != both["grade_main"]).sum())
    return table["D"].mean(), table["D"].min(), float(correlation(*ranks)), changed, len(both)


def _of_focus(table: pd.DataFrame, config: Mapping[str, Any]) -> tuple[Any, Any, Any, Any]:
    """Return D of the region in focus in its first and last year; rank and grade in the last."""
    last = table[table["year"] == table["year"].max()]
    focus = table[table["region"] == config["focus_region"]]
    mine = last["region"] == config["focus_region"]
    rank = last["D"].rank(ascending=False, method="min")[mine]
    if focus.empty:
        return np.nan, np.nan, np.nan, ""
    place = int(rank.iloc[0]) if mine.any() else np.nan
    return focus["D"].iloc[0], focus["D"].iloc[-1], place, focus["grade"].iloc[-1]
