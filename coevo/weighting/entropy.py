"""Weights by information entropy: what differs between rows counts (docs/methods.md, 2)."""

import numpy as np

from coevo.arrays import Array, Values
from coevo.errors import StudyError
from coevo.weighting.method import Columns, Step, Weighting, shares


def information_entropy(Z: Values) -> Array:
    """Return the entropy e (m,) of each column of Z (rows, m), in [0, 1].

    e_j = -(1 / ln N) sum_i p_ij ln p_ij with p_ij = z_ij / sum_i z_ij, N the number of rows and
    0 ln 0 = 0; computed as (ln S - (sum_i z_ij ln z_ij) / S) / ln N with S = sum_i z_ij. N counts
    all pooled rows: k = 1 / ln(regions) on pooled rows would give e > 1. Raises `StudyError` for
    negative figures, a column of zeros, or fewer than two rows.
    """
    Z = np.asarray(Z, dtype=float)
    least, sums = Z.min(initial=np.inf), Z.sum(axis=0)
    if len(Z) < 2 or least < 0 or np.any(sums <= 0):
        raise StudyError("entropy needs at least two rows of figures, none negative, not all zero")
    logs = np.log(Z) if least > 0 else np.log(Z, out=np.zeros_like(Z), where=Z > 0)
    e = (np.log(sums) - np.einsum("ij,ij->j", Z, logs) / sums) / np.log(len(Z))
    bounded: Array = np.clip(e, 0.0, 1.0)
    return bounded


def entropy_weights(Z: Values, raw: Values | None = None) -> Array:
    """Return w_j = (1 - e_j) / sum_k (1 - e_k), e the information entropy of the columns of Z.

    Z (rows, m) not negative. `StudyError` if no column differs between rows. Source: Shannon
    entropy as in the entropy weight method; tested against Elsayed et al. (2017) and Xu (2004).
    """
    return shares(1.0 - information_entropy(Z), "entropy")


# e = (ln S - Q / S) / ln N; in a cell ln 1 stands in for ln 0, since 0 ln 0 counts as 0
COLUMNS = Columns(
    title=(
        "Entropy e of each indicator by formulas, from z of all regions and years (sheet "
        "normalised): e = (ln S − Q / S) / ln N, S the sum of z, Q the sum of z ln z, N the number "
        "of rows",
        "用公式由全部地区与年份的标准化值z（normalised表）计算各指标的信息熵：e=(ln S−Q/S)/ln N，"
        "S为z之和，Q为z·ln z之和，N为行数",
    ),
    lines=(
        Step("N", "rows N", "行数N", "COUNT({z})", lambda n: (n["z"] == n["z"]).sum(0), "whole"),
        Step("S", "sum S of z", "z之和S", "SUM({z})", lambda n: n["z"].sum(0)),
        Step(
            "Q", "sum Q of z ln z", "z·ln z之和Q", "SUMPRODUCT({z},LN({z}+({z}=0)))",
            lambda n: (n["z"] * np.log(n["z"] + (n["z"] == 0))).sum(0),
        ),
        Step("entropy", "entropy e", "信息熵e", "MAX(0,MIN(1,(LN({S})-{Q}/{S})/LN({N})))"),
    ),
)  # fmt: skip
ENTROPY = Weighting(
    entropy_weights,
    steps=(
        Step("entropy", "entropy e (sheet entropy)", "信息熵e（entropy表）", "{column_entropy}"),
        Step("spread", "1 − e", "信息效用值1−e", "1-{entropy}", lambda n: 1 - n["entropy"]),
    ),
    cells="{spread}/SUM({all_spread})",
    columns=COLUMNS,
)
