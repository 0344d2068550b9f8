"""Weights of indicators within their subsystem: one registry of methods (docs/methods.md, 2).

A method takes the normalised figures Z (rows, m) of one subsystem, all regions and years pooled,
the figures before normalisation, and perhaps options of the configuration; it returns m weights,
none negative, that sum to 1. A new method is one function and its entry in the registry of its
module (`OBJECTIVE`, `SUBJECTIVE` or the rules of `combined`).
"""

from typing import Any

import pandas as pd

from coevo.arrays import Config
from coevo.errors import StudyError
from coevo.files import as_table
from coevo.normalisation import wide
from coevo.registry import Method, choose
from coevo.weighting.combined import combinations
from coevo.weighting.methods import OBJECTIVE, SUBJECTIVE, information_entropy

PARTS: dict[str, Method] = {**OBJECTIVE, **SUBJECTIVE}  # what may be combined
WEIGHTINGS: dict[str, Method] = {**PARTS, **combinations(PARTS)}


def available(settings: Config) -> list[str]:
    """Return the methods that the configuration's `weighting` gives what they need."""
    return [n for n, method in WEIGHTINGS.items() if not method.needs or settings.get(method.needs)]


def _options(needs: str, settings: Config, subsystem: str, indicators: list[str]) -> dict[str, Any]:
    """Return the options of a method for a subsystem, from the configuration's `weighting`.

    `given` is a number per indicator; `judgements` a table of comparisons per subsystem, in the
    order of the indicator table; `combine` the names of methods, and perhaps their shares.
    """
    if needs == "given":
        lacking = [indicator for indicator in indicators if indicator not in settings["given"]]
        if lacking:
            raise StudyError(f"weighting.given: no weight for {', '.join(lacking)}; add it")
        return {"weights": [settings["given"][indicator] for indicator in indicators]}
    if needs == "judgements":
        if subsystem not in settings["judgements"]:
            raise StudyError(f"weighting.judgements: no comparisons for {subsystem}; add them")
        return {"judgements": settings["judgements"][subsystem]}
    if needs == "combine":
        parts = {name: choose(PARTS, name).needs for name in settings["combine"]["methods"]}
        options = {n: _options(need, settings, subsystem, indicators) for n, need in parts.items()}
        return {**settings["combine"], "options": options}
    return {}


def weigh(
    normalised: pd.DataFrame, panel: pd.DataFrame, indicators: pd.DataFrame, settings: Config
) -> pd.DataFrame:
    """Return the weights of every method (weighting, subsystem, indicator, weight, entropy).

    `settings`: the configuration's `weighting`. A method that these figures do not allow has no
    rows, unless it is the one of the study (or among those it combines): then its reason is raised.
    """
    z = wide(normalised, "z")
    raw = wide(panel, "value").loc[z.index]
    parts = []
    for name in available(settings):
        try:
            parts.append(weights_by(name, z, raw, indicators, settings))
        except StudyError as problem:
            if name == settings["method"]:
                why = (f"weighting.method: {name}: {message}" for message in problem.messages)
                raise StudyError(*why) from None
    return as_table("weights", pd.concat(parts, ignore_index=True))


def not_allowed(
    weights: pd.DataFrame,
    normalised: pd.DataFrame,
    panel: pd.DataFrame,
    indicators: pd.DataFrame,
    settings: Config,
) -> dict[str, str]:
    """Return the methods that have no rows among `weights` (as `weigh` made them), and why."""
    z = wide(normalised, "z")
    raw, reasons = wide(panel, "value").loc[z.index], {}
    for name in set(available(settings)) - set(weights["weighting"]):
        try:
            weights_by(name, z, raw, indicators, settings)
        except StudyError as problem:
            reasons[name] = "; ".join(problem.messages)
    return dict(sorted(reasons.items()))


def weights_by(
    name: str, z: pd.DataFrame, raw: pd.DataFrame, indicators: pd.DataFrame, settings: Config
) -> pd.DataFrame:
    """Return the weights of one method, as `weigh` does.

    z, raw: figures after and before normalisation, a row per region-year, a column per indicator.
    """
    parts, method = [], choose(WEIGHTINGS, name)
    used = indicators[indicators["subsystem"] != ""]
    for subsystem, rows in used.groupby("subsystem", sort=False):
        members = list(rows["indicator"])
        options = _options(method.needs, settings, str(subsystem), members)
        Z = z[members].to_numpy()
        columns = {"weighting": name, "subsystem": subsystem, "indicator": members}
        columns["weight"] = method(Z, raw=raw[members].to_numpy(), **options)
        parts.append(pd.DataFrame({**columns, "entropy": information_entropy(Z)}))
    return pd.concat(parts)
