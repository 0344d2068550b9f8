"""Made-up tables of the two-population model: relations and specifications of the sample study."""

from itertools import product

import pandas as pd

from coevo.equilibria import FITS
from coevo.sensitivity.specifications import COLUMNS as SPECIFICATIONS

RELATIONS = "scope name effects estimator quantity value low high relation".split()
ESTIMATORS = ("trapezoid", "lag", "logmean")
TWO_WAY = ("pooled", "pooled", "region+year")


def relations(
    names: dict[str, str],
    relation: str = "undetermined",
    A12: tuple[float, float] = (-0.02, 0.01),
    A21: tuple[float, float] = (-1.2, 0.4),
    weak: str = "undecidable",
    strong: str = "undecidable",
    phi: tuple[float, float] | None = None,
    strength: float = 1.6,
) -> pd.DataFrame:
    """Return what fits rest on, and for several regions what they say together.

    names: the regions; relation: as the rule names it, with its direction; A12, A21: by `fod_iv`
    and by `lag`; weak, strong: verdicts on feedback; phi: its set, or None where it cannot be
    located; strength: least first-stage F of the instruments.
    """
    rows = [row for code, name in names.items() for row in _own(code, name)]
    if len(names) > 1:
        rows += [row for effects in ("region", "region+year") for row in _pooled(effects)]
        rows += _judged(relation, A12, A21, strength) + _feedback(weak, strong, phi)
    return pd.DataFrame(rows, columns=RELATIONS)


def fits(names: dict[str, str]) -> pd.DataFrame:
    """Return how well the two equations fit: of each region, and of several with year effects."""
    keys = [(code, name, "none", "classic", "trapezoid", "none") for code, name in names.items()]
    rows = [(*key, i, 5, 0.4, 3, 1, 2.0, 3, 0.25, 1.9, None) for key, i in product(keys, (1, 2))]
    if len(names) > 1:
        key, n = ("pooled", "pooled", "region+year", "classic", "trapezoid", "first"), len(names)
        numbers = (5 * n, 0.1, 4 * n - 5, 1, None, n - 1, None, 1.8, None)
        rows += [(*key, i, *numbers) for i in (1, 2)]
    return pd.DataFrame(rows, columns=FITS)


def _own(code: str, name: str) -> list[tuple]:
    key = (code, name, "none", "trapezoid")
    rows = [(*key, f"region_{x}", 0.975, None, None, "line") for x in ("x1", "x2")]
    rows += [(*key, f"deleted_{x}", 2, -50.0, 400.0, "") for x in ("x1", "x2")]
    rows += [(*key, f"forecast_equation_{i}", 0.5 * i, None, None, "") for i in (1, 3)]
    rows += [(*key, f"power_{p}", 0.0004, None, None, "") for p in ("b1", "d")]
    return [*rows, (*key, "map_modulus", 1.03, None, None, "")]


def _pooled(effects: str) -> list[tuple]:
    key = ("pooled", "pooled", effects, "trapezoid")
    p = 0.004 if effects == "region" else 0.8
    rows = [(*key, f"{what}_{s}", p, None, None, "") for what in ("wild", "homogeneity")
            for s in ("b1", "d")]  # fmt: skip
    rows += [(*key, f"bias_{s}", 0.01, 0.005, 0.015, "") for s in ("b1", "d")]
    rows += [(*key, f"mean_group_{s}", 0.1, -0.2, 0.4, "") for s in ("b1", "d")]
    shares = [("common_year_share_x1", 0.7), ("common_year_share_x2", 0.8)]
    return rows + [(*key, q, v, None, None, "") for q, v in shares if effects == "region"]


def _judged(
    relation: str, A12: tuple[float, float], A21: tuple[float, float], strength: float
) -> list[tuple]:
    key = (*TWO_WAY, "fod_iv")
    rows = [(*key, "relation", None, None, None, relation)]
    for name, values in (("A12", A12), ("A21", A21)):
        for estimator, value in zip(("fod_iv", "lag"), values, strict=True):
            rows.append((*key, f"{name}_{estimator}", value, value - 0.3, value + 0.3, ""))
    quadrants = {"++": 0.15, "+-": 0.13, "-+": 0.05, "--": 0.67}
    rows += [(*key, f"p_{signs}_12", share, None, None, "") for signs, share in quadrants.items()]
    return [
        *rows,
        (*key, "restriction", 0.28, None, None, ""),
        (*key, "first_stage_F", strength, None, None, ""),
    ]


def _feedback(weak: str, strong: str, phi: tuple[float, float] | None) -> list[tuple]:
    key, rows = (*TWO_WAY, "fod_iv"), []
    for ending in ("", "_2015_2018"):
        rows += [
            (*key, f"feedback_weak{ending}", None, None, None, weak),
            (*key, f"feedback_strong{ending}", None, None, None, strong),
            (*key, f"feedback_difference{ending}", 0.03, -0.1, 0.1, ""),
            (*key, f"phi{ending}", 1.5, *(phi or (None, None)),
             "interval" if phi else "cannot be located"),
        ]  # fmt: skip
    return rows


def specifications(
    count: int, pair: str = "employment", supply: tuple[str, ...] = ("region",)
) -> pd.DataFrame:
    """Return b1 and d of the sample by estimator, effects, pair and roles, and E of the focus.

    One region is fitted alone. Both slopes of the main pair lie above zero under the effects
    `supply`, and nowhere else. The other pair's first interval is fifty times as long as others.
    """
    scope = ("pooled", "pooled") if count > 1 else ("330000", "Zhejiang")
    effects = ("region", "region+year") if count > 1 else ("none",)
    rows = []
    made = product((("main", "given"), (pair, "given"), ("main", "swapped")), ESTIMATORS, effects)
    for place, ((other, roles), estimator, e) in enumerate(made):
        shown = other == "main" and roles == "given" and e in supply
        case = (other, "single", "", roles)
        for quantity, value in (("b1", 0.01 * place), ("d", -0.02 * place)):
            half = 5.0 if (other, estimator) == (pair, "lag") and e == effects[0] else 0.1
            value = 0.2 if shown else value
            fit = (*scope, e, "classic", estimator, quantity)
            rows.append((*case, *fit, value, value - half, value + half, ""))
        for quantity in ("x1", "x2"):
            fit = ("330000", "Zhejiang", e, "classic", estimator, quantity)
            rows.append((*case, *fit, 100.0, None, None, "line"))
    return pd.DataFrame(rows, columns=SPECIFICATIONS)
