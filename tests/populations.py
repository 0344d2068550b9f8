"""Made-up tables of the two-population model of the sample study."""

from itertools import product

import pandas as pd

from coevo.files import as_table
from coevo.sensitivity.sign_counts import counted_fits, tally

ESTIMATORS = ("trapezoid", "lag", "logmean")
TWO_WAY = ("pooled", "pooled", "region+year", "fod_iv")
FIT = "scope name effects estimator".split()
ERRORS = {"region": 0.01, "region_wild": None, "year_wild": None, "two_way": 0.02}
BY_YEAR = {"region": {"low": 0.03, "high": 0.2}, "region+year": {"low": -0.4, "high": 0.5}}
TABLES = ("slope_tests", "relations", "verdicts", "refusals", "checks")
PERIOD = "2015-2018"


def fit_tables(
    names: dict[str, str],
    relation: str = "undetermined",
    direction: str = "",
    A12: tuple[float, float] = (-0.02, 0.01),
    A21: tuple[float, float] = (-1.2, 0.4),
    weak: str = "undecidable",
    strong: str = "undecidable",
    phi: tuple[float, float] | None = None,
    strength: float = 1.6,
) -> dict[str, pd.DataFrame]:
    """Return slope tests, relations, verdicts, refusals and checks of the sample.

    names: the regions; relation, direction: as the rule names it; A12, A21: by `fod_iv` and by
    `lag`; weak, strong: verdicts on feedback; phi: its set, or None where it cannot be located;
    strength: least first-stage F of the instruments.
    """
    rows = [row for code, name in names.items() for row in _own(code, name)]
    if len(names) > 1:
        rows += [row for effects in ("region", "region+year") for row in _pooled(effects)]
        late = {"errors": "year_wild", "clusters": 5, "p": 0.004} | BY_YEAR["region"]
        for estimator in ESTIMATORS[1:]:
            fit = ("pooled", "pooled", "region", estimator)
            rows += _labelled(fit, [late | {"parameter": s} for s in ("b1", "d")])
        rows += _judged(relation, direction, A12, A21, strength) + _feedback(weak, strong, phi)
    kinds = {"verdicts": "question", "checks": "check", "relations": "quantity"}
    kinds |= {"slope_tests": "errors"}
    return {
        table: as_table(table, [row for row in rows if kinds.get(table, "message") in row])
        for table in TABLES
    }


def fits(names: dict[str, str]) -> pd.DataFrame:
    """Return how well the two equations fit: of each region, and of several with year effects."""
    keys = [(code, name, "none", "classic", "trapezoid", "none") for code, name in names.items()]
    rows = [(*key, i, 5, 0.4, 3, 1, 2.0, 3, 0.25, 1.9) for key, i in product(keys, (1, 2))]
    if len(names) > 1:
        key, n = ("pooled", "pooled", "region+year", "classic", "trapezoid", "first"), len(names)
        numbers = (5 * n, 0.1, 4 * n - 5, 1, None, n - 1, None, 1.8)
        rows += [(*key, i, *numbers) for i in (1, 2)]
    told = "scope name effects model estimator scaling equation n r2 residual_df slopes F F_df F_p"
    return as_table("fits", pd.DataFrame(rows, columns=[*told.split(), "durbin_watson"]))


def refused(scope: str, estimator: str, effects: str = "none", **given: object) -> pd.DataFrame:
    """Return a table of one refusal; given: its quantity, period, message and fields."""
    fit = {"scope": scope, "name": scope, "effects": effects, "estimator": estimator}
    return as_table("refusals", [fit | {"quantity": "fit"} | given])


def _labelled(key: tuple[str, ...], rows: list[dict]) -> list[dict]:
    return [dict(zip(FIT, key, strict=True)) | row for row in rows]


def _own(code: str, name: str) -> list[dict]:
    rows = [{"quantity": f"region_{x}", "level": 0.975, "set": "line"} for x in ("x1", "x2")]
    rows += [{"quantity": f"deleted_{x}", "low": -50.0, "high": 400.0} for x in ("x1", "x2")]
    rows += [{"check": "deleted_turns", "value": 2}]
    rows += [{"check": f"power_{p}", "value": 0.0004} for p in ("b1", "d")]
    rows += [{"check": "map_modulus", "value": 1.03}]
    return _labelled((code, name, "none", "trapezoid"), rows)


def _pooled(effects: str) -> list[dict]:
    p = 0.004 if effects == "region" else 0.8
    rows = [
        {"errors": errors, "parameter": s, "clusters": 5, "p": p}
        | ({"se": se, "df": 4} if se else {})
        | (BY_YEAR[effects] if errors == "year_wild" else {})
        for errors, se in ERRORS.items()
        for s in ("b1", "d")
    ]
    rows += [{"check": f"homogeneity_{s}", "value": p} for s in ("b1", "d")]
    bias, mean = ({"value": 0.01, "low": 0.005, "high": 0.015},
                  {"value": 0.1, "low": -0.2, "high": 0.4})  # fmt: skip
    rows += [{"quantity": f"bias_{s}"} | bias for s in ("b1", "d")]
    rows += [{"quantity": f"mean_group_{s}"} | mean for s in ("b1", "d")]
    shares = [("x1", 0.7), ("x2", 0.8)] if effects == "region" else []
    rows += [{"check": f"common_year_share_{x}", "value": v} for x, v in shares]
    crossed = {"value": 12.0, "limit": 1.96}
    rows += [{"check": f"cross_dependence_equation_{i}"} | crossed for i in (1, 2) if shares]
    if effects == "region+year":
        contrast = {"value": -0.1, "low": -0.3, "high": 0.1}
        rows += [{"quantity": f"hausman_{s}"} | contrast for s in ("b1", "d")]
        kinds = product(("mean_group_p", "hausman_p"), ("b1", "d"))
        rows += [{"check": f"{kind}_{s}", "value": 0.4} for kind, s in kinds]
    return _labelled(("pooled", "pooled", effects, "trapezoid"), rows)


def _judged(
    relation: str,
    direction: str,
    A12: tuple[float, float],
    A21: tuple[float, float],
    strength: float,
) -> list[dict]:
    rows: list[dict] = [{"question": "relation", "verdict": relation, "direction": direction}]
    for name, values in (("A12", A12), ("A21", A21)):
        for estimator, value in zip(("fod_iv", "lag"), values, strict=True):
            ends = {"low": value - 0.3, "high": value + 0.3}
            rows.append({"quantity": f"{name}_{estimator}", "value": value} | ends)
    quadrants = {"++": 0.15, "+-": 0.13, "-+": 0.05, "--": 0.67}
    rows += [{"quantity": f"p_{signs}_12", "value": share} for signs, share in quadrants.items()]
    rows += [{"quantity": "restriction", "value": 0.28}]
    rows += [{"check": "first_stage_F", "value": strength, "limit": 10.0}]
    rows += [{"check": f"first_stage_F_{s}", "value": strength, "limit": 10.0} for s in ("b1", "d")]
    rows += [{"check": f"J_{s}", "value": 0.4, "limit": 3.84} for s in ("b1", "d")]
    checks = {"J_df": 1, "J_p": 0.5, "effective_F": 5.0, "anderson_rubin_p": 0.3}
    checks |= {"restricted_wild_p": 0.2}
    rows += [{"check": f"{k}_{s}", "value": v} for k, v in checks.items() for s in ("b1", "d")]
    ends = {"low": -0.4, "high": 0.8, "level": 0.95, "set": "interval"}
    rows += [{"quantity": f"anderson_rubin_{s}"} | ends for s in ("b1", "d")]
    return _labelled(TWO_WAY, rows)


def _feedback(weak: str, strong: str, phi: tuple[float, float] | None) -> list[dict]:
    rows = []
    for period in ({}, {"period": PERIOD}):
        ends = dict(zip(("low", "high"), phi, strict=True)) if phi else {}
        rows += [
            {"question": "feedback_weak", "verdict": weak} | period,
            {"question": "feedback_strong", "verdict": strong} | period,
            {"question": "phi", "verdict": "located" if phi else "not_located"} | period,
            {"quantity": "feedback_difference", "value": 0.03, "low": -0.1, "high": 0.1} | period,
            {"quantity": "phi", "value": 1.5, "set": "interval"} | ends | period,
        ]
    return _labelled(TWO_WAY, rows)


def specifications(
    count: int,
    pair: str = "employment",
    supply: tuple[str, ...] = ("region",),
    broken: tuple[str, ...] = (),
) -> pd.DataFrame:
    """Return b1 and d of the sample by estimator, effects, pair and roles, and E of the focus.

    One region is fitted alone. Both slopes of the main pair lie above zero under the effects
    `supply`, and nowhere else. broken: years without whose growth the first estimator's do not, of
    2016 to 2018; without them there are no fits without a year. The other pair's first interval is
    fifty times as long as others.
    """
    scope = ("pooled", "pooled") if count > 1 else ("330000", "Zhejiang")
    effects = ("region", "region+year") if count > 1 else ("none",)
    rows = []
    made = product((("main", "given"), (pair, "given"), ("main", "swapped")), ESTIMATORS, effects)
    for place, ((other, roles), estimator, e) in enumerate(made):
        shown = other == "main" and roles == "given" and e in supply
        case = (other, "single", "", "", roles)
        for quantity, value in (("b1", 0.01 * place), ("d", -0.02 * place)):
            half = 5.0 if (other, estimator) == (pair, "lag") and e == effects[0] else 0.1
            value = 0.2 if shown else value
            fit = (*scope, e, "classic", estimator, quantity)
            rows.append((*case, *fit, value, value - half, value + half, "", None))
        for quantity in ("x1", "x2"):
            fit = ("330000", "Zhejiang", e, "classic", estimator, quantity)
            rows.append((*case, *fit, 100.0, None, None, "line", False))
    for year, e in product(("2016", "2017", "2018") if broken else (), effects):
        value = 0.2 if e in supply and year not in broken else 0.0
        for quantity in ("b1", "d"):
            fit = (*scope, e, "classic", ESTIMATORS[0], quantity)
            case = ("main", "single", "", year, "given")
            rows.append((*case, *fit, value, value - 0.1, value + 0.1, "", None))
    return as_table("specifications", rows)


def specification_counts(table: pd.DataFrame, p: float | None = 0.03) -> pd.DataFrame:
    """Return the counts of a table `specifications`, each with p by chance, or none of them."""
    counts = tally(counted_fits(table), {"vintage_policy": "single"})
    refused = ("too_few_years_to_permute", '{"years": 3, "least": 4}')
    chance = (None, None, *refused) if p is None else (p, 999, "", "")
    rows = [(*key, int(k[0]), n, *chance) for key, (k, n) in sorted(counts.items())]
    return as_table("specification_counts", rows)
