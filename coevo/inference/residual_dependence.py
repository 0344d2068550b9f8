"""Do the residuals of different regions move together? Pesaran’s test (docs/methods.md, 5)."""

from itertools import combinations_with_replacement

import numpy as np

from coevo.arrays import Array, Integers
from coevo.errors import Refusal

FEWEST_COMMON_YEARS = 3  # of two regions: two points always correlate by one


def cross_dependence(residuals: Array, region: Integers, year: Integers) -> float:
    """Return Pesaran's CD of residuals (rows,), standard normal if regions are independent.

        CD = sqrt(1/P) sum_{r<q} sqrt(T_rq) rho_rq

    region (rows,): index; rho_rq: correlation over the T_rq years that both regions have, of the P
    pairs that have three; a region that does not vary in them enters no pair. Of residuals without
    year effects: with them the mean under the null is not zero. Regions with the same years are
    summed before they are multiplied, so no pair of regions is formed. `Refusal` without a pair.
    Source: Pesaran (2021).
    """
    wide = np.full((int(region.max()) + 1, int(np.ptp(year)) + 1), np.nan)
    wide[region, year - year.min()] = residuals
    patterns, member = np.unique(~np.isnan(wide), axis=0, return_inverse=True)
    groups = [wide[member.ravel() == i] for i in range(len(patterns))]
    total, pairs = 0.0, 0
    for i, j in combinations_with_replacement(range(len(patterns)), 2):
        common = patterns[i] & patterns[j]
        if common.sum() < FEWEST_COMMON_YEARS:
            continue
        first, second = (_standardised(groups[k][:, common]) for k in (i, j))
        if i == j:
            n = len(first)
            part, count = ((first.sum(axis=0) ** 2).sum() - n) / 2, n * (n - 1) // 2
        else:
            part, count = first.sum(axis=0) @ second.sum(axis=0), len(first) * len(second)
        total, pairs = total + np.sqrt(common.sum()) * part, pairs + count
    if not pairs:
        raise Refusal("no_common_years", least=FEWEST_COMMON_YEARS)
    return float(total / np.sqrt(pairs))


def _standardised(rows: Array) -> Array:
    """Return rows (n, T) of mean zero and length one, without those that do not vary."""
    left = rows - rows.mean(axis=1, keepdims=True)
    length = np.linalg.norm(left, axis=1)
    varies = length > rows.shape[1] * np.finfo(float).eps * np.linalg.norm(rows, axis=1)
    return np.asarray(left[varies] / length[varies, None])
