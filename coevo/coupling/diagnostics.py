"""Guards: what a referee asks of D, each as a row with its value and its limit (methods, 2 and 3).

A guard is a function of `Case` that yields rows; a new one is a function in `GUARDS`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from coevo.coupling import GRADES, SNAP, IndexPanel, grade, lagging
from coevo.coupling.index_panel import wide
from coevo.errors import StudyError
from coevo.normalisation import CAPPED, scaled_panel
from coevo.weighting import WEIGHTINGS, weights_by
from coevo.weighting.principal_components import (
    bartlett_sphericity,
    indicator_correlations,
    kaiser_meyer_olkin,
)
from coevo.weighting.subjective import LARGEST_RATIO, consistency

Labels = npt.NDArray[np.str_]
COLUMNS = [
    "guard",
    "subsystem",
    "indicator",
    "other",
    "region",
    "name",
    "value",
    "limit",
    "flagged",
]
HEAVY = 0.5  # a weight above this decides its subsystem alone
DOUBLED = 0.95  # a correlation above this weighs one thing twice
INFLATED = 10.0  # a variance inflation factor above this: nearly a combination of the others
ADEQUATE = 0.6  # a Kaiser-Meyer-Olkin measure below this: components mean little


@dataclass(frozen=True)
class IndexCase:
    """The tables of a study that guards look at, and its configuration."""

    panel: pd.DataFrame
    indicators: pd.DataFrame
    normalised: pd.DataFrame
    weights: pd.DataFrame
    coupling: pd.DataFrame
    config: Mapping[str, Any]

    @property
    def chosen(self) -> pd.DataFrame:
        """The weights in use: a row per indicator."""
        return self.weights[self.weights["weighting"] == self.config["weighting"]["method"]]

    @cached_property
    def z(self) -> pd.DataFrame:
        """Normalised figures, a column per indicator."""
        return wide(self.normalised, "z")[list(self.chosen["indicator"])]

    def states(self, weights: pd.DataFrame, weighting: str) -> tuple[Labels, Labels]:
        """Return grade and lagging subsystem of each region-year by the weights of a method."""
        span, settings = scaled_panel(self.config["normalisation"]), self.config["coupling"]
        panel = IndexPanel.of(self.z, weights, weighting, span)
        found = panel.degrees(settings)
        return grade(found.D, settings["grades"]), np.array(lagging(found.U, panel.subsystems))


Rows = Iterator[dict[str, Any]]


def identity(case: IndexCase) -> Rows:
    """Largest |D - root of the geometric mean of U|; only the standard form with equal shares."""
    settings = case.config["coupling"]
    if settings["form"] == "standard" and settings["contributions"] == "equal":
        U = case.coupling.filter(regex="^U_").to_numpy()
        root = np.sqrt(np.prod(U, axis=1) ** (1 / U.shape[1]))
        worst = float(np.abs(case.coupling["D"].to_numpy() - root).max())
        yield {"guard": "identity", "value": worst, "limit": 1e-12, "flagged": worst > 1e-12}


def weight_concentration(case: IndexCase) -> Rows:
    """The largest weight of each subsystem; above 1/2 one indicator decides (two or more)."""
    for subsystem, rows in case.chosen.groupby("subsystem", sort=False):
        top = rows.loc[rows["weight"].idxmax()]
        yield {
            "guard": "largest_weight",
            "subsystem": subsystem,
            "indicator": top["indicator"],
            "value": top["weight"],
            "limit": HEAVY,
            "flagged": len(rows) > 1 and top["weight"] > HEAVY,
        }


def correlated_indicators(case: IndexCase) -> Rows:
    """Correlations of pairs within a subsystem and variance inflation factors 1 / (1 - R^2)."""
    for subsystem, rows in case.chosen.groupby("subsystem", sort=False):
        names = list(rows["indicator"])
        if len(names) < 2:
            continue
        r = indicator_correlations(case.z[names])
        for i, j in zip(*np.triu_indices(len(names), 1), strict=True):
            yield {
                "guard": "correlation",
                "subsystem": subsystem,
                "indicator": names[i],
                "other": names[j],
                "value": r[i, j],
                "limit": DOUBLED,
                "flagged": r[i, j] > DOUBLED,
            }
        singular = np.linalg.cond(r) > 1e12
        factors = np.full(len(names), np.inf) if singular else np.diag(np.linalg.inv(r))
        for name, factor in zip(names, factors, strict=True):
            yield {
                "guard": "variance_inflation",
                "subsystem": subsystem,
                "indicator": name,
                "value": factor,
                "limit": INFLATED,
                "flagged": factor > INFLATED,
            }


def component_adequacy(case: IndexCase) -> Rows:
    """KMO and Bartlett's statistic over its degrees of freedom, where components weigh."""
    if not case.config["weighting"]["method"].startswith("pca"):
        return
    for subsystem, rows in case.chosen.groupby("subsystem", sort=False):
        Z = case.z[list(rows["indicator"])]
        kmo, (chi2, df) = kaiser_meyer_olkin(Z), bartlett_sphericity(Z)
        yield {
            "guard": "kmo",
            "subsystem": subsystem,
            "value": kmo,
            "limit": ADEQUATE,
            "flagged": not kmo >= ADEQUATE,
        }
        yield {"guard": "bartlett_chi2", "subsystem": subsystem, "value": chi2, "limit": df}


def comparisons_consistency(case: IndexCase) -> Rows:
    """The consistency ratio of pairwise comparisons, where the study has them."""
    for subsystem, table in (case.config["weighting"].get("judgements") or {}).items():
        ratio = consistency(table)[2]
        yield {
            "guard": "consistency_ratio",
            "subsystem": subsystem,
            "value": ratio,
            "limit": LARGEST_RATIO,
            "flagged": ratio >= LARGEST_RATIO,
        }


def between_share(case: IndexCase) -> Rows:
    """Share of each indicator's variance that lies between regions: what entropy mostly weighs."""
    z = case.z
    for indicator in z.columns if z.index.get_level_values("region").nunique() > 1 else []:
        means = z[indicator].groupby(level="region").transform("mean")
        yield {
            "guard": "between_share",
            "indicator": indicator,
            "value": float(means.var(ddof=0) / z[indicator].var(ddof=0)),
        }


def removal(case: IndexCase) -> Rows:
    """Share of grades that change when an indicator is left out and the others weighed anew."""
    members, settings = case.chosen["subsystem"].value_counts(), case.config["weighting"]
    if WEIGHTINGS[settings["method"]].needs in ("judgements", "combine"):
        return  # comparisons are of all indicators; without one they would be other ones
    raw = wide(case.panel, "value").loc[case.z.index]
    for row in case.chosen.to_dict("records"):
        if members[row["subsystem"]] == 1:
            continue  # its subsystem would be empty
        left = case.indicators[case.indicators["indicator"] != row["indicator"]]
        try:
            weights = weights_by(settings["method"], case.z, raw, left, settings)
        except StudyError:
            continue  # the others alone have no such weights
        grades, _ = case.states(weights, settings["method"])
        changed = float((grades != case.coupling["grade"].to_numpy()).mean())
        yield {
            "guard": "grades_without",
            "subsystem": row["subsystem"],
            "indicator": row["indicator"],
            "value": changed,
        }


def combined_types(case: IndexCase) -> Rows:
    """Under how many other weightings a region's type (grade, and what lags) differs.

    In the region's last year. Its limit is the number of other weightings.
    """
    used = case.config["weighting"]["method"]
    others = [name for name in dict.fromkeys(case.weights["weighting"]) if name != used]
    last = case.coupling.sort_values("year", kind="stable").groupby("region").tail(1)
    changed = np.zeros(len(last), dtype=int)
    for name in others:
        grades, lags = (part[last.index] for part in case.states(case.weights, name))
        changed += ((grades != last["grade"]) | (lags != last["lagging"])).to_numpy()
    for row, count in zip(last.to_dict("records"), changed, strict=True) if others else ():
        yield {
            "guard": "type_changes",
            "region": row["region"],
            "name": row["name"],
            "value": int(count),
            "limit": len(others),
        }


def imputed_share(case: IndexCase) -> Rows:
    """Share of a region's subsystem figures that are filled; only regions that have any."""
    used = case.panel[case.panel["indicator"].isin(case.chosen["indicator"])]
    filled = (used["flag"] == "filled").groupby([used["region"], used["name"]]).mean()
    for (region, name), share in filled[filled > 0].items():
        yield {"guard": "imputed_share", "region": region, "name": name, "value": share}


def on_a_cut(case: IndexCase) -> Rows:
    """How many D lie on a cut of the grade table (within 1e-9)."""
    cuts = np.array(GRADES[case.config["coupling"]["grades"]].cuts)
    D = case.coupling["D"].to_numpy()
    count = int((np.abs(D[:, None] - cuts) < SNAP).any(axis=1).sum())
    yield {"guard": "on_a_cut", "value": count, "limit": 0, "flagged": count > 0}


def zero_composites(case: IndexCase) -> Rows:
    """How many region-years have an index of 0, which forces D = 0; and with all indices 0."""
    U = case.coupling.filter(regex="^U_").to_numpy()
    for guard, zero in (("zero_index", (U == 0).any(axis=1)), ("all_zero", (U == 0).all(axis=1))):
        yield {"guard": guard, "value": int(zero.sum()), "limit": 0, "flagged": bool(zero.any())}


def capped_figures(case: IndexCase) -> Rows:
    """How many figures lie beyond kept goalposts and were moved to them."""
    count = int((case.normalised["flag"] == CAPPED).sum())
    yield {"guard": "capped", "value": count, "limit": 0, "flagged": count > 0}


GUARDS: tuple[Callable[[IndexCase], Rows], ...] = (
    identity,
    weight_concentration,
    correlated_indicators,
    component_adequacy,
    comparisons_consistency,
    between_share,
    removal,
    combined_types,
    imputed_share,
    on_a_cut,
    zero_composites,
    capped_figures,
)


def diagnostic_rows(case: IndexCase) -> pd.DataFrame:
    """Return one row per guard and what it looks at; `flagged` where the value passes its limit.

    Columns: guard, subsystem, indicator, other (of a pair), region, name, value, limit, flagged.
    """
    rows = [row for guard in GUARDS for row in guard(case)]
    table = pd.DataFrame(rows, columns=COLUMNS)
    words = ["subsystem", "indicator", "other", "region", "name"]
    table[words] = table[words].astype(object).fillna("").astype(str)
    table["flagged"] = table["flagged"].fillna(False).astype(bool)
    return table
