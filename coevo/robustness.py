"""What other choices would have made of D: each variant against the main specification."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

import numpy as np
import pandas as pd

from coevo.comovement import correlation
from coevo.coupling import couple
from coevo.errors import StudyError
from coevo.normalisation import normalise
from coevo.panel import build_panel
from coevo.vintages import POLICIES, several, within
from coevo.weighting import WEIGHTINGS, weigh

COLUMNS = ["varied", "variant", "D_mean", "D_min", "rank_correlation", "grades_changed", "n"]
COLUMNS += ["focus_D_first", "focus_D_last", "focus_rank_last", "focus_grade_last"]


def _variants(
    config: Mapping[str, Any], panels: Mapping[str, pd.DataFrame]
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield what is varied, the variant, and what it changes; the main one first."""
    yield "main", "main", {}
    for weighting in WEIGHTINGS:
        if weighting != config["weighting"]["method"]:
            yield "weighting", weighting, {"weighting": weighting}
    if list(config["normalisation"]["range"]) != [0, 1]:
        yield "range", "[0, 1]", {"range": (0.0, 1.0)}
    for policy, panel in panels.items():
        yield "vintage", policy, {"panel": panel}


def _panels(
    observations: pd.DataFrame, indicators: pd.DataFrame, config: Mapping[str, Any]
) -> dict[str, pd.DataFrame]:
    """Return the panel of every other policy for vintages, if there is a choice of vintages.

    A policy whose figures do not cover the study's years has none.
    """
    years = config["years"]
    inside = within(observations, range(years["first"], years["last"] + 1))
    panels: dict[str, pd.DataFrame] = {}
    for policy in POLICIES if len(several(inside)) else ():
        if policy != config["vintage_policy"]:
            choices = {**years, **config["panel"], "vintage_policy": policy}
            with suppress(StudyError):
                panels[policy] = build_panel(
                    observations, indicators, config["regions"], config["focus_region"], **choices
                )
    return panels


def _coupling(
    panel: pd.DataFrame, indicators: pd.DataFrame, config: Mapping[str, Any], changed: dict
) -> pd.DataFrame:
    panel, settings = changed.get("panel", panel), config["normalisation"]
    span = changed.get("range", tuple(settings["range"]))
    normalised, _ = normalise(panel, indicators, settings["reference"], span)
    weights = weigh(normalised, panel, indicators)
    weighting = changed.get("weighting", config["weighting"]["method"])
    return couple(normalised, weights, weighting, **config["coupling"], high=span[1])[0]


def robustness(
    panel: pd.DataFrame,
    observations: pd.DataFrame,
    indicators: pd.DataFrame,
    config: Mapping[str, Any],
) -> pd.DataFrame:
    """Return one row per variant, the main one first.

    Varied are the weighting, the range of normalisation ([0, 1]) and, where a series has figures of
    more than one vintage, the policy for vintages. panel, observations: as the tables of these
    names; config: its keys normalisation, weighting, coupling, focus_region, regions, years, panel
    and vintage_policy.

    `D_mean`, `D_min` over all region-years; `rank_correlation`: Spearman correlation of D with the
    main specification over all region-years; `grades_changed` of `n` region-years; of the region in
    focus D in the first and the last year, rank and grade in the last.
    """
    rows, main = [], None
    panels = _panels(observations, indicators, config)
    for varied, variant, changed in _variants(config, panels):
        table = _coupling(panel, indicators, config, changed)
        main = table if main is None else main
        rows.append((varied, variant, *_against(table, main), *_of_focus(table, config)))
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
