"""The general model of each region alone as rows of the tables."""

from collections.abc import Iterator

import numpy as np

from coevo.arrays import Row
from coevo.errors import StudyError
from coevo.estimation.general import GeneralFit, restriction_test
from coevo.inference.rest_region import rest_point_projections
from coevo.inference.sets import located
from coevo.inference.signs import independent_quadrants
from coevo.lotka_volterra.populations import rest_point, rest_point_kind


def rest_point_row(own: GeneralFit, level: float) -> Row:
    """Return the rest point with its kind and, for two populations, its joint region's shadows."""
    try:
        point = rest_point(own.r, own.A)
    except StudyError:
        return {"source": "fit", "kind": "none"}
    row: Row = {"source": "fit", "kind": str(rest_point_kind(own.r, own.A))}
    row |= {"x1": point[0], "x2": point[1]}
    if len(point) == 2:
        shadows = rest_point_projections(own.r, own.A, own.covariance, own.df, level)
        for name, found in zip(("x1", "x2"), shadows, strict=True):
            ends = [end if np.isfinite(end) else np.nan for end in (found.low, found.high)]
            row |= {f"{name}_set": found.kind, f"{name}_low": ends[0], f"{name}_high": ends[1]}
        row["located"] = bool(located([s.kind for s in shadows], [s.low for s in shadows]))
    return row


def restriction_rows(own: GeneralFit) -> Iterator[Row]:
    """Yield the test of the paper's restriction A_ii = 0, and probabilities of pairs of signs."""
    yield {"quantity": "restriction", "value": restriction_test(own)}
    for i, j in zip(*np.triu_indices(len(own.r), 1), strict=True):
        cross = ([i, j], [j, i])
        shares = independent_quadrants(own.A[cross], own.error[cross], own.df)
        for signs, share in shares.items():
            yield {"quantity": f"p_{signs}_{i + 1}{j + 1}", "value": float(share)}
