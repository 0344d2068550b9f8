"""Weights of indicators within their subsystem: one registry of methods (docs/methods.md, 2).

A method takes the normalised figures Z (rows, m) of one subsystem, all regions and years pooled,
the figures before normalisation, and perhaps options of the configuration; it returns m weights,
none negative, that sum to 1. A new method is one function and its name in `WEIGHTINGS`.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from coevo.errors import StudyError
from coevo.registry import choose
from coevo.weighting.combined import (
    game_combination,
    geometric_combination,
    linear_combination,
    multiplicative_combination,
)
from coevo.weighting.objective import (
    critic_weights,
    cv_weights,
    entropy_weights,
    equal_weights,
    information_entropy,
    pca_spssau_weights,
    pca_weights,
)
from coevo.weighting.subjective import ahp_weights, given_weights

Array = npt.NDArray[np.float64]
COLUMNS = ["weighting", "subsystem", "indicator", "weight", "entropy"]


def _combined(rule: Callable[..., Array]) -> Callable[..., Array]:
    """Return a method that combines others: `methods` by name, with the options that each needs."""

    def weights(
        Z: npt.ArrayLike,
        raw: npt.ArrayLike | None = None,
        *,
        methods: list[str],
        shares: list[float] | None = None,
        options: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> Array:
        given = options or {}
        parts = [choose(WEIGHTINGS, name)(Z, raw=raw, **given.get(name, {})) for name in methods]
        return rule(parts, shares)

    weights.__doc__ = rule.__doc__
    return weights


WEIGHTINGS: dict[str, Callable[..., Array]] = {
    "entropy": entropy_weights,
    "equal": equal_weights,
    "critic": critic_weights,
    "cv": cv_weights,
    "pca": pca_weights,
    "pca_spssau": pca_spssau_weights,
    "given": given_weights,
    "ahp": ahp_weights,
    "linear": _combined(linear_combination),
    "multiplicative": _combined(multiplicative_combination),
    "geometric": _combined(geometric_combination),
    "game": _combined(game_combination),
}
# method -> the key of the configuration's `weighting` without which it cannot be had
NEEDS = {"given": "given", "ahp": "judgements"}
NEEDS |= dict.fromkeys(("linear", "multiplicative", "geometric", "game"), "combine")

PARTS = [name for name in WEIGHTINGS if NEEDS.get(name) != "combine"]  # what may be combined


def available(settings: Mapping[str, Any]) -> list[str]:
    """Return the methods that the configuration's `weighting` gives what they need."""
    return [name for name in WEIGHTINGS if name not in NEEDS or settings.get(NEEDS[name])]


def method_options(
    settings: Mapping[str, Any], subsystem: str, indicators: list[str]
) -> dict[str, dict[str, Any]]:
    """Return the options of each method for a subsystem, from the configuration's `weighting`.

    `given` is a number per indicator; `judgements` a table of comparisons per subsystem, in the
    order of the indicator table; `combine` the names of methods, and perhaps their shares.
    """
    given, judged = settings.get("given") or {}, settings.get("judgements") or {}
    options: dict[str, dict[str, Any]] = {}
    if given:
        lacking = [indicator for indicator in indicators if indicator not in given]
        if lacking:
            raise StudyError(f"weighting.given: no weight for {', '.join(lacking)}; add it")
        options["given"] = {"weights": [given[indicator] for indicator in indicators]}
    if judged:
        if subsystem not in judged:
            raise StudyError(f"weighting.judgements: no comparisons for {subsystem}; add them")
        options["ahp"] = {"judgements": judged[subsystem]}
    if settings.get("combine"):
        alone = dict(options)
        for name in ("linear", "multiplicative", "geometric", "game"):
            options[name] = {**settings["combine"], "options": alone}
    return options


def weigh(
    normalised: pd.DataFrame,
    panel: pd.DataFrame,
    indicators: pd.DataFrame,
    settings: Mapping[str, Any],
) -> pd.DataFrame:
    """Return the weights of every method (weighting, subsystem, indicator, weight, entropy).

    `settings`: the configuration's `weighting`. A method that these figures do not allow has no
    rows, unless it is the one of the study (or among those it combines): then its reason is raised.
    """
    key = ["region", "year"]
    z = normalised.pivot(index=key, columns="indicator", values="z")
    raw = panel.pivot(index=key, columns="indicator", values="value").loc[z.index]
    used = indicators[indicators["subsystem"] != ""]
    parts = []
    for name in available(settings):
        try:
            parts += _by_subsystem(name, z, raw, used, settings)
        except StudyError as problem:
            if name == settings["method"]:
                raise StudyError(
                    *(f"weighting.method: {name}: {m}" for m in problem.messages)
                ) from None
    return pd.concat(parts, ignore_index=True)[COLUMNS]


def _by_subsystem(
    name: str, z: pd.DataFrame, raw: pd.DataFrame, used: pd.DataFrame, settings: Mapping[str, Any]
) -> list[pd.DataFrame]:
    """Return the weights of one method, a frame per subsystem."""
    parts = []
    for subsystem, rows in used.groupby("subsystem", sort=False):
        members = list(rows["indicator"])
        options = method_options(settings, str(subsystem), members).get(name, {})
        Z = z[members].to_numpy()
        part = pd.DataFrame({"indicator": members})
        part["weight"] = WEIGHTINGS[name](Z, raw=raw[members].to_numpy(), **options)
        part["entropy"] = information_entropy(Z)
        parts.append(part.assign(weighting=name, subsystem=subsystem))
    return parts


__all__ = ["NEEDS", "PARTS", "WEIGHTINGS", "available", "information_entropy", "weigh"]
