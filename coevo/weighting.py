"""Weights of indicators within their subsystem (docs/methods.md, 2).

A method takes the normalised figures Z (rows, m) of one subsystem, all regions and years pooled,
and returns m weights that are not negative and sum to 1. A new method is one function and its name
in `WEIGHTINGS`.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd

from coevo.errors import StudyError

Array = npt.NDArray[np.float64]


def information_entropy(Z: npt.ArrayLike) -> Array:
    """Return the entropy e (m,) of each column of Z (rows, m), in [0, 1].

    e_j = -(1 / ln N) sum_i p_ij ln p_ij with p_ij = z_ij / sum_i z_ij, N the number of rows and
    0 ln 0 = 0. N counts all pooled rows: k = 1 / ln(regions) on pooled rows would give e > 1.
    Raises `StudyError` for negative figures, a column of zeros, or fewer than two rows.
    """
    Z = np.asarray(Z, dtype=float)
    sums = Z.sum(axis=0)
    if len(Z) < 2 or np.any(Z < 0) or np.any(sums <= 0):
        raise StudyError("entropy needs at least two rows of figures, none negative, not all zero")
    p = Z / sums
    terms = np.where(p > 0, p * np.log(np.where(p > 0, p, 1.0)), 0.0)
    return np.clip(-terms.sum(axis=0) / np.log(len(Z)), 0.0, 1.0)


def entropy_weights(Z: npt.ArrayLike, raw: npt.ArrayLike | None = None) -> Array:
    """Return w_j = (1 - e_j) / sum_k (1 - e_k), e the information entropy of the columns of Z.

    Z (rows, m) not negative. `StudyError` if no column differs between rows. Source: Shannon
    entropy as in the entropy weight method; tested against Elsayed et al. (2017) and Xu (2004).
    """
    spread = 1.0 - information_entropy(Z)
    if spread.sum() <= 0:
        raise StudyError("entropy weights do not exist: no indicator differs between rows")
    return spread / spread.sum()


def equal_weights(Z: npt.ArrayLike, raw: npt.ArrayLike | None = None) -> Array:
    """Return w_j = 1 / m for the m columns of Z."""
    m = np.asarray(Z).shape[1]
    return np.full(m, 1.0 / m)


WEIGHTINGS: dict[str, Callable[..., Array]] = {
    "entropy": entropy_weights,
    "equal": equal_weights,
}


def weigh(normalised: pd.DataFrame, panel: pd.DataFrame, indicators: pd.DataFrame) -> pd.DataFrame:
    """Return the weights of every method (weighting, subsystem, indicator, weight, entropy)."""
    key = ["region", "year"]
    z = normalised.pivot(index=key, columns="indicator", values="z")
    raw = panel.pivot(index=key, columns="indicator", values="value").loc[z.index]
    used = indicators[indicators["subsystem"] != ""]
    parts = []
    for weighting, method in WEIGHTINGS.items():
        for subsystem, rows in used.groupby("subsystem", sort=False):
            names = list(rows["indicator"])
            Z = z[names].to_numpy()
            part = pd.DataFrame({"indicator": names})
            part["weight"] = method(Z, raw=raw[names].to_numpy())
            part["entropy"] = information_entropy(Z)
            parts.append(part.assign(weighting=weighting, subsystem=subsystem))
    return pd.concat(parts)[["weighting", "subsystem", "indicator", "weight", "entropy"]]
