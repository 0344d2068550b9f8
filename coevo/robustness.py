"""What other choices would have made of D: each variant against the main specification."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from coevo.comovement import correlation
from coevo.coupling import couple
from coevo.errors import StudyError
from coevo.normalisation import normalise
from coevo.weighting import available, weigh

COLUMNS = ["varied", "variant", "D_mean", "D_min", "rank_correlation", "grades_changed", "n"]
COLUMNS += ["focus_D_first", "focus_D_last", "focus_rank_last", "focus_grade_last"]


def _variants(config: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield what is varied, the variant, and the settings it changes; the main one first."""
    yield "main", "main", {}
    for weighting in available(config["weighting"]):
        if weighting != config["weighting"]["method"]:
            yield "weighting", weighting, {"weighting": weighting}
    if list(config["normalisation"]["range"]) != [0, 1]:
        yield "range", "[0, 1]", {"range": (0.0, 1.0)}


def _coupling(
    panel: pd.DataFrame, indicators: pd.DataFrame, config: Mapping[str, Any], changed: dict
) -> pd.DataFrame:
    settings = config["normalisation"]
    span = changed.get("range", tuple(settings["range"]))
    normalised, _ = normalise(panel, indicators, {**settings, "range": span})
    weighting = changed.get("weighting", config["weighting"]["method"])
    weights = weigh(normalised, panel, indicators, {**config["weighting"], "method": weighting})
    return couple(normalised, weights, weighting, config["coupling"], span)[0]


def robustness(
    panel: pd.DataFrame, indicators: pd.DataFrame, config: Mapping[str, Any]
) -> pd.DataFrame:
    """Return one row per variant (every other weighting; the range [0, 1]), the main one first.

    `D_mean`, `D_min` over all region-years; `rank_correlation`: Spearman correlation of D with the
    main specification over all region-years; `grades_changed` of `n` region-years; of the region in
    focus D in the first and the last year, rank and grade in the last. A variant that these figures
    do not allow has no row.
    """
    rows, main = [], None
    for varied, variant, changed in _variants(config):
        try:
            table = _coupling(panel, indicators, config, changed)
        except StudyError:
            if varied == "main":
                raise
            continue  # these figures do not allow the variant
        main = table if main is None else main
        last = table[table["year"] == table["year"].max()]
        focus = table[table["region"] == config["focus_region"]]
        mine = last["region"] == config["focus_region"]
        rank = last["D"].rank(ascending=False, method="min")[mine]
        ranks = [frame["D"].rank().to_numpy() for frame in (table, main)]
        rows.append(
            (
                varied,
                variant,
                table["D"].mean(),
                table["D"].min(),
                float(correlation(*ranks)),
                int((table["grade"].to_numpy() != main["grade"].to_numpy()).sum()),
                len(table),
                focus["D"].iloc[0],
                focus["D"].iloc[-1],
                int(rank.iloc[0]) if mine.any() else np.nan,
                focus["grade"].iloc[-1],
            )
        )
    return pd.DataFrame(rows, columns=COLUMNS)
