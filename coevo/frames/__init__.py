"""From a DataFrame with regions and years to weights, U, C, T and D, and to a fitted model.

Names go in and names come out; every number is the one that a study of the same figures has.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from coevo.coupling.formulas import IndexPanel
from coevo.errors import Problems
from coevo.files import as_table
from coevo.frames.frame_figures import Keys, checked_figures
from coevo.frames.systems import GIVEN, NORMALISED, indicator_table, normalised_before
from coevo.normalisation import normalise, wide
from coevo.registry import choose
from coevo.weighting import weights_by

if TYPE_CHECKING:
    from coevo.estimation.pooled import PooledFit
    from coevo.estimation.region import Fit

KEYS: Keys = ("region", "year")
# what a study has that says nothing else
SCALE = {"method": "minmax", "reference": "panel", "range": (0.01, 0.99), "beyond": "cap"}
COUPLING = {"composite": "linear", "preset": None, "form": "standard", "contributions": "equal"}


@dataclass(frozen=True)
class Coordination:
    """What a DataFrame gives: `table` with U_<system>, C, T, D, indexed as it is, behind region and
    year where these are columns; `weights` with system, direction, weight within the system and
    entropy of each column.
    """

    table: pd.DataFrame
    weights: pd.DataFrame


def coordination(
    frame: pd.DataFrame,
    systems: Mapping[str, Sequence[str]],
    *,
    figures: Literal["raw", "normalised"],
    directions: Mapping[str, str] | None = None,
    weighting: str | Mapping[str, float] = "entropy",
    keys: Keys = KEYS,
) -> Coordination:
    """Return weights, indices U, coupling degree C, mean index T and degree D of region-years.

    frame: a row a region and year, which are columns or levels of its index, called as in `keys`;
    systems: the columns of each of two systems or more; figures: "raw", which are mapped to [0.01,
    0.99] by their minima and maxima over all rows, or "normalised" to a part of [0, 1], better
    upwards; directions: of raw columns that are not "+", "-" or "moderate" with the best value or
    band ("moderate 40 60"); weighting: a method, or a weight for each column. Weights hold within
    a system; C of another form is `coupling_degree` of the columns U. Formulas: docs/methods.md, 2
    and 3.

    Raises `StudyError` with a line for each problem: as `checked_figures`, of unknown names, and
    of figures that are not what they are said to be.
    """
    directions, problems = directions or {}, Problems()
    indicators = indicator_table(systems, directions, weighting, figures, problems)
    least, most = (0, 1) if figures == NORMALISED else (-np.inf, np.inf)
    limits = (least, most, "not within 0 to 1, so not normalised; write figures='raw'")
    values = checked_figures(frame, list(indicators["indicator"]), keys, limits, problems)
    problems.extend(normalised_before(values, figures))
    problems.check()

    long = values.rename_axis(columns="indicator").stack().rename("value").reset_index()
    z = raw = wide(long, "value")
    if figures != NORMALISED:
        z = wide(normalise(long, indicators, SCALE)[0], "z")
    method, given = (weighting, None) if isinstance(weighting, str) else (GIVEN, weighting)
    weights = weights_by(method, z, raw, indicators, {GIVEN: given})
    index = IndexPanel.of(z, weights, method, (0, 1))
    U, C, T, D = index.degrees(COUPLING)
    degrees = {f"U_{name}": u for name, u in zip(index.subsystems, U.T, strict=True)}
    table = pd.DataFrame(degrees | {"C": C, "T": T, "D": D}, z.index).reindex(values.index)
    weights.insert(3, "direction", [directions.get(name, "+") for name in weights["indicator"]])
    weights = weights.set_index("indicator").rename(columns={"subsystem": "system"})
    for place, key in enumerate(key for key in keys if key in frame):
        table.insert(place, key, frame[key].to_numpy())
    return Coordination(table.set_axis(frame.index), weights.drop(columns="weighting"))


@dataclass(frozen=True)
class PopulationFit:
    """The two-population model: `parameters` a1, b1, a2, d, b2 with errors and intervals, pooled
    in scaled units; `equilibrium`: E with Fieller's sets by region, in the units of the columns;
    `lines`: the fit itself, for `inference` and `lotka_volterra`. Of fewer than six regions pooled
    there are no errors, and so no sets of E."""

    parameters: pd.DataFrame
    equilibrium: pd.DataFrame
    lines: "Fit | PooledFit"


def fit(
    frame: pd.DataFrame,
    upstream: str,
    downstream: str,
    *,
    region: Hashable = None,
    estimator: str = "trapezoid",
    level: float = 0.95,
    keys: Keys = KEYS,
) -> PopulationFit:
    """Return the two-population model fitted to two columns, x1 `upstream` and x2 `downstream`.

    frame, keys: as for `coordination`; region: fitted alone; without one all are pooled, with
    effects of regions and years, scaled by the first year. Years between which one is left out
    make no growth row. level: of intervals and sets. Formulas: docs/methods.md, 5.

    Raises `StudyError` as `checked_figures`, of figures not above zero, of an unknown region or
    estimator, and of what `estimation.fit` and `fit_pooled` refuse.
    """
    from coevo import estimation
    from coevo.equilibria.fitted import POOLED, regional_lines
    from coevo.equilibria.result_rows import equilibrium_rows, parameter_rows

    names, problems = {"x1": upstream, "x2": downstream}, Problems()
    if not (isinstance(level, Real) and 0 < level < 1):
        problems.add(f"level: is {level!r}; give a number between 0 and 1, such as 0.95")
    limits = (np.nextafter(0, 1), np.inf, "not above zero, so that it has no growth in logs")
    values = checked_figures(frame, list(names.values()), keys, limits, problems)
    pair = values.set_axis(list(names), axis="columns").reset_index()
    scope = POOLED if region is None else str(region)
    lines: Fit | PooledFit
    if region is None:
        lines = estimation.fit_pooled(pair, "x1", "x2", estimator)
    else:
        one = choose(dict(iter(pair.groupby("region"))), scope, "region")
        lines = estimation.fit(one["year"], one["x1"], one["x2"], estimator)
    fits = [({"scope": scope}, lines)]
    parameters = as_table("parameters", parameter_rows(fits, level)).set_index("parameter")
    parameters = parameters.loc[:, "estimate":"high"]
    E = as_table("equilibria", equilibrium_rows(list(regional_lines(fits)), level))
    ends = {
        f"{x}{end}": name + end
        for x, name in names.items()
        for end in ("", "_low", "_high", "_set")
    }
    E = E.set_index("scope").rename_axis("region")[[*ends, "kind", "located"]]
    return PopulationFit(parameters, E.rename(columns=ends), lines)
