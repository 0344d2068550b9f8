"""Normalised figures and their weights as arrays: what indices, degrees and draws are made of."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from coevo.arrays import Array, Booleans, Config, Strings, Values
from coevo.coupling.formulas import (
    FORMS,
    PRESETS,
    composite_indices,
    coordination_degree,
    coordination_index,
    coupling_degree,
)
from coevo.normalisation import wide
from coevo.registry import choose


class Degrees(NamedTuple):
    """Indices (..., rows, n) after the preset, and C, T, D (..., rows)."""

    U: Array
    C: Array
    T: Array
    D: Array


def degrees(U: Values, settings: Config) -> Degrees:
    """Return C, T and D of indices U (..., rows, n) as the configuration's `coupling` says.

    `settings`: preset, form, k, contributions. Leading axes are draws; each is a panel of its own.
    """
    U, form, contributions = np.asarray(U, dtype=float), settings["form"], settings["contributions"]
    if settings["preset"] is not None:
        U = choose(PRESETS, settings["preset"], "preset")(U)
    options = FORMS[form].options(settings) if form in FORMS else {}
    flat = U.reshape(-1, U.shape[-1])
    C = coupling_degree(flat, form, **options)
    T = coordination_index(flat, contributions)
    D = coordination_degree(C, T)
    return Degrees(U, *(values.reshape(U.shape[:-1]) for values in (C, T, D)))


@dataclass(frozen=True)
class IndexPanel:
    """Normalised figures of region-years with the weights in use.

    z: a row per region-year, a column per indicator, subsystem by subsystem; weights (m,) within
    subsystems; subsystem (m,): of each indicator; span: the range of z, None where each indicator
    has ends of its own.
    """

    z: pd.DataFrame
    weights: Array
    subsystem: Strings
    span: tuple[float, float] | None

    @classmethod
    def of(
        cls,
        z: pd.DataFrame,
        weights: pd.DataFrame,
        weighting: str,
        span: tuple[float, float] | None,
    ) -> "IndexPanel":
        """Return the panel of a method in the table `weights`.

        z: the table `normalised`, or its figures with indicators across.
        """
        if z.index.nlevels == 1:
            z = wide(z, "z")
        chosen = weights[weights["weighting"] == weighting]
        subsystem = chosen["subsystem"].to_numpy(dtype=str)
        weight = chosen["weight"].to_numpy(dtype=float)
        return cls(z[list(chosen["indicator"])], weight, subsystem, span)

    @property
    def subsystems(self) -> list[str]:
        """Ids of the subsystems, in the order of their indices."""
        return [str(name) for name in dict.fromkeys(self.subsystem)]

    @property
    def member(self) -> Array:
        """Which indicator (m, n) belongs to which subsystem, as 0 and 1."""
        belongs: Booleans = self.subsystem[:, None] == np.array(self.subsystems)
        return belongs.astype(float)

    def indices(
        self, composite: str, z: Array | None = None, weights: Array | None = None
    ) -> Array:
        """Return U (..., rows, n); z (..., rows, m), weights (..., m): draws instead of its own."""
        Z = self.z.to_numpy() if z is None else z
        w = self.weights if weights is None else weights
        return composite_indices(Z, w, self.member, composite, self.span)

    def degrees(
        self, settings: Config, z: Array | None = None, weights: Array | None = None
    ) -> Degrees:
        """Return U, C, T, D as the configuration's `coupling` says; z, weights as in `indices`."""
        return degrees(self.indices(settings["composite"], z, weights), settings)

    def long(self, values: Array, name: str, rows: Any = slice(None)) -> pd.DataFrame:
        """Return values (rows, m) of all or some rows as a table: keys, indicator, value."""
        table = pd.DataFrame(values, self.z.index[rows], self.z.columns)
        return table.stack(future_stack=True).rename(name).reset_index()
