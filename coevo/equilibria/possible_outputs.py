"""Which indicators of a study can be an output of the two-population model, and why others not."""

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from coevo.estimation.region import FEWEST_ROWS
from coevo.observations.units import OTHER, is_relative, unit_of
from coevo.panel.derivations import parse
from coevo.schema import FILLED

NO_AMOUNTS = ("index", "years")  # what units measure that is no amount, beside shares and rates
NAMES = ("source_name", "label_en", "label_zh")  # of an indicator, each of which may say that


class Output(NamedTuple):
    """An indicator with figures, and why it can be no output of the model.

    subsystem: its own, or that of the first share or rate of which it is the numerator, or "";
    reason: `relative` (a share, rate or index), `unit` (not known), `not_positive` (a figure of
    zero or below), `years` (no region with `FEWEST_ROWS` pairs of consecutive years), "" for none.
    """

    indicator: str
    subsystem: str
    reason: str


def model_outputs(indicators: pd.DataFrame, figures: pd.DataFrame) -> list[Output]:
    """Return the indicators that have figures, in the order of their table.

    indicators: the indicator table; figures: indicator, region, year, value, flag as in panel.csv,
    in any unit. A filled figure counts for nothing, as in the fits.
    """
    seen = figures[figures["flag"].ne(FILLED) & figures["value"].notna()]
    lowest = seen.groupby("indicator")["value"].min()
    places = seen[["indicator", "region", "year"]].drop_duplicates()
    pairs = places.merge(places.assign(year=places["year"] - 1))
    rows = pairs.groupby(["indicator", "region"]).size().groupby("indicator").max()
    table = indicators.reindex(columns=["indicator", "subsystem", "unit", "derivation", *NAMES])
    table = table.astype(object).fillna("").to_numpy()
    of = {parse(how)[1][0]: system for _, system, _, how, *_ in table[::-1] if system and how}
    return [
        Output(
            name, system or of.get(name, ""), _reason(unit, names, lowest[name], rows.get(name, 0))
        )
        for name, system, unit, _, *names in table
        if name in lowest
    ]


def _reason(unit: str, names: Sequence[str], lowest: float, rows: int) -> str:
    measures = unit_of(unit).measures
    if is_relative(unit, names) or measures in NO_AMOUNTS:
        return "relative"
    if OTHER.fullmatch(measures):
        return "unit"
    return "not_positive" if lowest <= 0 else "years" if rows < FEWEST_ROWS else ""


def candidates(outputs: Sequence[Output]) -> list[str]:
    """Return the indicators that can be an output of the model."""
    return [one.indicator for one in outputs if not one.reason]


def proposed_pair(outputs: Sequence[Output]) -> dict[str, str]:
    """Return `upstream` and `downstream`: the first candidates of the first two subsystems with
    one. Empty where fewer than two have one.
    """
    first: dict[str, str] = {}
    for one in outputs:
        if one.subsystem and not one.reason:
            first.setdefault(one.subsystem, one.indicator)
    pair = dict(zip(("upstream", "downstream"), first.values(), strict=False))
    return pair if len(pair) == 2 else {}
