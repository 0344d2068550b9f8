"""The general model of each region alone as rows of the tables."""

from collections.abc import Iterator

import numpy as np

from coevo.equilibria.fitted import POOLED, Fits, Row
from coevo.errors import StudyError
from coevo.estimation.general import GeneralFit, restriction_test
from coevo.estimation.pooled_general import GeneralPooled
from coevo.inference.rest_region import rest_point_projections
from coevo.inference.sets import interval, located
from coevo.inference.signs import independent_quadrants
from coevo.lotka_volterra.populations import rest_point, rest_point_kind


def own_fits(fits: Fits, estimator: str) -> Iterator[tuple[Row, GeneralFit]]:
    """Yield the general model of each region, labelled."""
    for code, own in fits.general.items():
        label = {"source": "fit", "scope": code, "effects": "none", "model": "general"}
        yield label | {"estimator": estimator, "scaling": "none"}, own


def shared_fits(fits: Fits) -> Iterator[tuple[Row, GeneralPooled]]:
    """Yield the models of many regions, labelled."""
    for shared in fits.shared:
        label = {"scope": POOLED, "effects": shared.effects, "estimator": shared.estimator}
        yield label | {"scaling": shared.scale, "model": shared.form}, shared


def effect_names(n: int) -> list[str]:
    """Return A11, A12, ... of n populations, row by row."""
    return [f"A{i}{j}" for i in range(1, n + 1) for j in range(1, n + 1)]


def parameter_rows(own: GeneralFit, level: float) -> Iterator[Row]:
    """Yield r_i and A_ij in original units with their t intervals."""
    errors = np.sqrt(np.diagonal(own.covariance, axis1=1, axis2=2))
    n = len(own.r)
    names = [f"r{i}" for i in range(1, n + 1)] + effect_names(n)
    values = np.concatenate([own.r, own.A.ravel()])
    every = np.concatenate([errors[:, 0], errors[:, 1:].ravel()])
    for name, value, error in zip(names, values, every, strict=True):
        low, high = interval(value, error, own.df, level)
        ends = {"low": float(low), "high": float(high)}
        yield {"parameter": name, "estimate": value, "se": error, "df": own.df} | ends


def shared_rows(own: GeneralPooled, level: float, with_errors: bool) -> Iterator[Row]:
    """Yield A_ij of many regions in scaled units; of the classic form b1 = -A12 and d = A21."""
    A, errors = own.A, own.error
    names = dict(zip(effect_names(len(A)), np.ndindex(A.shape), strict=True))
    wanted = [(name, 1.0, at) for name, at in names.items()]
    if own.form == "classic":
        wanted = [("b1", -1.0, (0, 1)), ("d", 1.0, (1, 0))]
    for name, sign, at in wanted:
        value = float(sign * A[at])
        row: Row = {"parameter": name, "estimate": value}
        if with_errors:
            low, high = interval(value, errors[at], own.df, level)
            row |= {"se": errors[at], "df": own.df, "low": float(low), "high": float(high)}
        yield row


def shared_relation_rows(own: GeneralPooled) -> Iterator[Row]:
    """Yield how many regions a model of many regions rests on."""
    ending = "" if own.form == "classic" else "_general"
    yield {"check": f"regions{ending}", "value": own.df + 1}


def equilibrium_row(own: GeneralFit, level: float) -> Row:
    """Return the rest point with its kind and, for two populations, its joint region's shadows."""
    try:
        point = rest_point(own.r, own.A)
    except StudyError:
        return {"kind": "none", "located": False}
    row: Row = {"kind": str(rest_point_kind(own.r, own.A)), "located": False}
    row |= {"x1": point[0], "x2": point[1]}
    if len(point) == 2:
        shadows = rest_point_projections(own.r, own.A, own.covariance, own.df, level)
        for name, found in zip(("x1", "x2"), shadows, strict=True):
            ends = [end if np.isfinite(end) else np.nan for end in (found.low, found.high)]
            row |= {f"{name}_set": found.kind, f"{name}_low": ends[0], f"{name}_high": ends[1]}
        row["located"] = bool(located([s.kind for s in shadows], [s.low for s in shadows]))
    return row


def relation_rows(own: GeneralFit) -> Iterator[Row]:
    """Yield the test of the paper's restriction A_ii = 0, and probabilities of pairs of signs."""
    yield {"quantity": "restriction", "value": restriction_test(own)}
    errors = np.sqrt(np.diagonal(own.covariance, axis1=1, axis2=2))[:, 1:]
    for i, j in zip(*np.triu_indices(len(own.r), 1), strict=True):
        cross = ([i, j], [j, i])
        shares = independent_quadrants(own.A[cross], errors[cross], own.df)
        for signs, share in shares.items():
            yield {"quantity": f"p_{signs}_{i + 1}{j + 1}", "value": float(share)}
