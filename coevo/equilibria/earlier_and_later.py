"""A control that can fail: a theoretical point from earlier years, held against later years.

Volterra's averages put the equilibrium at the mean over whole cycles. Least squares passes through
the means of its own years, so a mean is no independent theory for them; hence the point is that of
an earlier part, and the equations are fitted to a later part (docs/methods.md, 6).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coevo.arrays import Array, Row
from coevo.equilibria.result_rows import whole_cycles
from coevo.errors import Refusal, tried
from coevo.estimation.growth import breaks
from coevo.estimation.region import Fit, fit
from coevo.inference.growth_at_point import growth_at

FACTORS = (1.0, 1.3)  # the point itself, and one that is 30 % higher in both coordinates
LEAST_LATER = 1 / 3  # of the years, that have to follow whole cycles
CYCLE, HALF = "cycle_mean", "first_half"
AUTOCORRELATED_FROM = 20  # growth rows from which errors allow for autocorrelation
OWN, NEWEY_WEST = "own", "newey_west"


@dataclass(frozen=True)
class Split:
    """Two parts of the years of a region.

    Parameters
    ----------
    source : `cycle_mean` or `first_half`: what the earlier part is
    earlier, later : rows of the region
    """

    source: str
    earlier: pd.DataFrame
    later: pd.DataFrame


def split_years(part: pd.DataFrame) -> Split:
    """Return the earlier and the later part of the years in which both populations are known.

    The earlier part is the whole cycles of x1 if a third of the years follow them, and the later
    part begins with their last year; otherwise both are halves of the time observed.
    """
    known = part.dropna(subset=["x1", "x2"]).sort_values("year")
    cycles = whole_cycles(known["year"], known["x1"])
    if cycles is not None:
        earlier = known[known["year"].between(*cycles)]
        later = known[known["year"] >= cycles[1]]
        if len(later) > LEAST_LATER * len(known):
            return Split(CYCLE, earlier, later)
    is_early = known["year"] < known["year"].agg(["min", "max"]).mean()
    return Split(HALF, known[is_early], known[~is_early])


def control_rows(pair: pd.DataFrame) -> Iterator[Row]:
    """Yield growth at the earlier point by the later fit of each region; or why there is none."""
    for code, part in pair.groupby("region", sort=True):
        label = {"scope": code, "effects": "none"}
        yield from tried(_rows(part), label, quantity="control")


def _rows(part: pd.DataFrame) -> Iterator[Row]:
    split = split_years(part)
    if split.earlier.empty:
        raise Refusal("too_few_rows", rows=0, coefficients=2)
    later = fit(
        split.later["year"], split.later["x1"], split.later["x2"], breaks=breaks(split.later)
    )
    point = split.earlier[["x1", "x2"]].mean().to_numpy(dtype=float)
    label: Row = {
        "source": split.source,
        "first_year": split.earlier["year"].iloc[0],
        "last_year": split.earlier["year"].iloc[-1],
        "x1": point[0],
        "x2": point[1],
        "fit_first": split.later["year"].iloc[0],
        "fit_last": split.later["year"].iloc[-1],
        "n": len(later.data.year),
    }
    for i, x in enumerate(("x1", "x2")):
        values = split.later[x]
        label[f"inside{i + 1}"] = bool(values.min() <= point[i] <= values.max())
    covariances = {OWN: later.covariance}
    if len(later.data.year) >= AUTOCORRELATED_FROM:
        covariances[NEWEY_WEST] = newey_west(later)
    for errors, covariance in covariances.items():
        slope_errors = np.sqrt(covariance[:, 1, 1])
        t = np.abs(later.coefficients[:, 1]) / slope_errors
        fitted = {"fit_x1": later.a2 / later.d, "fit_x2": later.a1 / later.b1}
        fitted |= {"t_b1": float(t[0]), "t_d": float(t[1])}
        for factor in FACTORS:
            found = growth_at(later.coefficients, covariance, np.array(later.df), factor * point)
            row = label | fitted | {"errors": errors, "factor": factor, "df": later.df}
            for i in range(2):
                row |= {f"G{i + 1}": found.growth[i], f"G{i + 1}_se": found.error[i]}
                row |= {f"G{i + 1}_p": found.p[i]}
            yield row | {"p_joint": float(found.joint_p)}


def newey_west(of: Fit) -> Array:
    """Return the covariance (2, 2, 2) of both lines, robust to autocorrelation of their residuals.

    Bartlett's kernel with 4 (n/100)^(2/9) lags, corrected for two coefficients. Source: Newey and
    West (1987).
    """
    from statsmodels.regression.linear_model import OLS

    lags = int(4 * (len(of.data.year) / 100) ** (2 / 9))
    columns = zip(of.data.growth.T, of.data.regressor[:, ::-1].T, strict=True)
    return np.stack(
        [
            OLS(g, np.column_stack([np.ones(len(R)), R]))
            .fit(cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": True}, use_t=True)
            .cov_params()
            for g, R in columns
        ]
    )
