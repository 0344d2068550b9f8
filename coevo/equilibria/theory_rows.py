"""Theoretical equilibria beside the fits: rows of the table `theory` (docs/methods.md, 6)."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from coevo.arrays import Array, Booleans, Row
from coevo.equilibria.fitted import AnyFit, regional_lines
from coevo.estimation.region import stacked
from coevo.inference.growth_at_point import growth_at
from coevo.inference.sets import RatioSet, fieller

COORDINATES = ("x1", "x2")
PARAMETERS = ("a1", "b1", "a2", "d")
KNOWN = ["source", "share", "first_year", "last_year", *COORDINATES]
KNOWN += [f"{x}_{end}" for x in COORDINATES for end in ("low", "high")]


def points_table(points: Sequence[Row], pair: pd.DataFrame) -> pd.DataFrame:
    """Return theoretical points with inside1, inside2: whether they lie in the observed range.

    points : rows of `theoretical`; held, years : in how many years the calibration holds, of how
    many; pair : columns region, x1, x2
    """
    table = pd.DataFrame(list(points), columns=["scope", *KNOWN, *PARAMETERS, "held", "years"])
    seen = pair.groupby("region")[list(COORDINATES)].agg(["min", "max"])
    for i, x in enumerate(COORDINATES, start=1):
        low, high = (table["scope"].map(seen[x, end]) for end in ("min", "max"))
        table[f"inside{i}"] = (table[x] >= low) & (table[x] <= high)
    return table


def theory_rows(
    points: pd.DataFrame,
    fits: Iterable[tuple[Row, AnyFit]],
    mean_growth: pd.DataFrame,
    level: float,
) -> pd.DataFrame:
    """Return each point beside each pair of fitted lines of its region.

    G1, G2 is growth at the point by the lines, g1_mean, g2_mean mean observed growth, and in_set1,
    in_set2 whether the set of the fitted coordinate holds the theoretical one.

    Parameters
    ----------
    points : of `points_table`
    fits : labelled; a region's own, and pooled fits that give it lines
    mean_growth : columns g1_mean, g2_mean, x1_mean and x2_mean by region code
    """
    lines = list(regional_lines(fits))
    labels = pd.DataFrame([label for label, _ in lines], columns=["scope", "effects", "estimator"])
    rows = points.merge(labels.reset_index(), on="scope").join(mean_growth, on="scope")
    if rows.empty:
        return rows
    place, E = rows["index"].to_numpy(), rows[list(COORDINATES)].to_numpy(dtype=float)
    c, V, df = (part[place] for part in stacked([equations for _, equations in lines]))
    growth = growth_at(c, V, df, E).growth
    sets = fieller(c[..., 0], c[..., 1], V, df[:, None], level)
    for i in range(2):
        rows[f"G{i + 1}"] = growth[:, i]
        rows[f"in_set{i + 1}"] = _holds(sets.of(1 - i), E[:, i])
    return rows


def growth_by_strengths(theory: pd.DataFrame, strengths: Sequence[Row]) -> pd.DataFrame:
    """Return rows of pooled fits with growth at the point as the shared strengths give it.

        G1 = g1_mean - s b1 (x2* - mean x2),   G2 = g2_mean + s d (x1* - mean x1)

    Rows for whose source and fit no strength is known stay as they are.
    """
    if theory.empty:
        return theory
    keys = ["source", "share", "effects", "estimator"]
    known = pd.DataFrame(list(strengths), columns=[*keys, "effect", "strength"])
    grown = theory.copy()
    for i, (effect, other, sign) in enumerate((("b1", "x2", -1), ("d", "x1", 1)), start=1):
        of_effect = known.loc[known["effect"] == effect, [*keys, "strength"]]
        s = theory[keys].merge(of_effect, how="left", on=keys)["strength"].to_numpy(float)
        ahead = theory[other] - theory[f"{other}_mean"]
        by_strength = theory[f"g{i}_mean"] + sign * s * theory[effect] * ahead
        grown[f"G{i}"] = by_strength.where(by_strength.notna(), theory[f"G{i}"])
    return grown


def _holds(found: RatioSet, value: Array) -> Booleans:
    """Return whether sets (n,) hold values (n,)."""
    between = (found.low <= value) & (value <= found.high)
    outside = (value <= found.low) | (value >= found.high)
    kinds = [found.kind == "interval", found.kind == "complement"]
    return np.select(kinds, [between, outside], default=True)


def regions_without_point(
    points: pd.DataFrame, reasons: Iterable[Row], codes: pd.Series
) -> list[Row]:
    """Return rows of regions that have no theoretical point, with the keys of the reasons."""
    keys = pd.DataFrame(list(reasons), columns=["scope", "quantity", "message"])
    keys = keys[keys["quantity"] == "theory"].groupby("scope")["message"].agg(" ".join)
    absent = sorted(set(codes) - set(points["scope"]))
    return [{"scope": code, "effects": "none", "reason": keys.get(code, "")} for code in absent]
