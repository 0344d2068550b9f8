"""Guards: what a referee asks of D, each as a row with its value and its limit (methods, 2 and 3).

A guard is a function of `IndexCase` that yields rows; a new one is a function in `GUARDS`.
"""

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from coevo.arrays import Row, Strings
from coevo.coupling import grade
from coevo.coupling.formulas import SNAP, IndexPanel
from coevo.coupling.grade_scales import GRADES, lagging
from coevo.errors import StudyError
from coevo.files import as_table, rows_of
from coevo.normalisation import CAPPED, scaled_panel, wide
from coevo.schema import FILLED
from coevo.study_data import StudyData
from coevo.weighting import WEIGHTINGS, methods, weights_by

HEAVY = 0.5  # a weight above this decides its subsystem alone
DOUBLED = 0.95  # a correlation above this weighs one thing twice
INFLATED = 10.0  # a variance inflation factor above this: nearly a combination of the others
MOSTLY_ZERO = 0.5  # a share of zeros above this: weights by dispersion say who has any
ADEQUATE = 0.6  # a Kaiser-Meyer-Olkin measure below this: components mean little


class IndexCase:
    """A study, and what guards compute of it.

    config: its keys normalisation, weighting and coupling; chosen: the weights in use, a row per
    indicator; z: normalised figures, a column per indicator.
    """

    def __init__(self, study: StudyData) -> None:
        self.study, self.config = study, study.config
        method = self.config["weighting"]["method"]
        self.chosen = rows_of(study.table("weights"), weighting=method)
        self.z = wide(study.table("normalised"), "z")[list(self.chosen["indicator"])]

    def states(self, weights: pd.DataFrame, weighting: str) -> tuple[Strings, Strings]:
        """Return grade and lagging subsystem of each region-year by the weights of a method."""
        span, settings = scaled_panel(self.config["normalisation"]), self.config["coupling"]
        panel = IndexPanel.of(self.z, weights, weighting, span)
        degrees = panel.degrees(settings)
        return grade(degrees.D, settings["grades"]), np.array(lagging(degrees.U, panel.subsystems))


Rows = Iterator[Row]


def _row(
    guard: str, value: float, limit: float = np.nan, flagged: bool = False, **labels: str
) -> Row:
    """Return a row of the table: `flagged` where the value passes its limit."""
    return {"guard": guard, "value": value, "limit": limit, "flagged": flagged} | labels


def weight_concentration(case: IndexCase) -> Rows:
    """The largest weight of each subsystem; above 1/2 one indicator decides (two or more)."""
    for subsystem, rows in case.chosen.groupby("subsystem", sort=False):
        top = rows.loc[rows["weight"].idxmax()]
        heavy = len(rows) > 1 and top["weight"] > HEAVY
        labels = {"subsystem": str(subsystem), "indicator": top["indicator"]}
        yield _row("largest_weight", top["weight"], HEAVY, heavy, **labels)


def correlated_indicators(case: IndexCase) -> Rows:
    """Correlations of pairs within a subsystem and variance inflation factors 1 / (1 - R^2)."""
    for subsystem, rows in case.chosen.groupby("subsystem", sort=False):
        names = list(rows["indicator"])
        if len(names) < 2:
            continue
        r = methods.indicator_correlations(case.z[names])
        for i, j in zip(*np.triu_indices(len(names), 1), strict=True):
            labels = {"subsystem": str(subsystem), "indicator": names[i], "other": names[j]}
            yield _row("correlation", r[i, j], DOUBLED, r[i, j] > DOUBLED, **labels)
        singular = np.linalg.cond(r) > 1e12
        factors = np.full(len(names), np.inf) if singular else np.diag(np.linalg.inv(r))
        for name, f in zip(names, factors, strict=True):
            labels = {"subsystem": str(subsystem), "indicator": name}
            yield _row("variance_inflation", f, INFLATED, f > INFLATED, **labels)


def zeros(case: IndexCase) -> Rows:
    """Share of zeros among an indicator's figures; only indicators that have any."""
    figures = wide(case.study.table("panel"), "value").loc[case.z.index, case.z.columns]
    for indicator, share in (figures == 0).mean().items():
        if share:
            yield _row("zero_share", share, MOSTLY_ZERO, share > MOSTLY_ZERO, indicator=indicator)


def component_adequacy(case: IndexCase) -> Rows:
    """KMO and Bartlett's statistic over its degrees of freedom, where components weigh."""
    if not case.config["weighting"]["method"].startswith("pca"):
        return
    for subsystem, rows in case.chosen.groupby("subsystem", sort=False):
        Z = case.z[list(rows["indicator"])]
        kmo, (chi2, df) = methods.kaiser_meyer_olkin(Z), methods.bartlett_sphericity(Z)
        yield _row("kmo", kmo, ADEQUATE, not kmo >= ADEQUATE, subsystem=str(subsystem))
        yield _row("bartlett_chi2", chi2, df, subsystem=str(subsystem))


def comparisons_consistency(case: IndexCase) -> Rows:
    """The consistency ratio of pairwise comparisons, where the study has them."""
    for subsystem, table in (case.config["weighting"].get("judgements") or {}).items():
        ratio, limit = methods.consistency(table)[2], methods.LARGEST_RATIO
        yield _row("consistency_ratio", ratio, limit, ratio >= limit, subsystem=subsystem)


def between_share(case: IndexCase) -> Rows:
    """Share of each indicator's variance that lies between regions: what entropy mostly weighs."""
    z = case.z
    for indicator in z.columns if z.index.get_level_values("region").nunique() > 1 else []:
        means = z[indicator].groupby(level="region").transform("mean")
        share = float(means.var(ddof=0) / z[indicator].var(ddof=0))
        yield _row("between_share", share, indicator=indicator)


def removal(case: IndexCase) -> Rows:
    """Share of grades that change when an indicator is left out and the others weighed anew."""
    members, settings = case.chosen["subsystem"].value_counts(), case.config["weighting"]
    if WEIGHTINGS[settings["method"]].needs in ("judgements", "combine"):
        return  # comparisons are of all indicators; without one they would be other ones
    raw = wide(case.study.table("panel"), "value").loc[case.z.index]
    for subsystem, indicator in case.chosen[["subsystem", "indicator"]].to_numpy():
        if members[subsystem] == 1:
            continue  # its subsystem would be empty
        others = case.study.indicators[case.study.indicators["indicator"] != indicator]
        try:
            weights = weights_by(settings["method"], case.z, raw, others, settings)
        except StudyError:
            continue  # the others alone have no such weights
        grades, _ = case.states(weights, settings["method"])
        changed = float((grades != case.study.table("coupling")["grade"].to_numpy()).mean())
        yield _row("grades_without", changed, subsystem=subsystem, indicator=indicator)


def combined_types(case: IndexCase) -> Rows:
    """Under how many other weightings a region's type (grade, and what lags) differs.

    In the region's last year. Its limit is the number of other weightings.
    """
    used = case.config["weighting"]["method"]
    others = [name for name in case.study.table("weights")["weighting"].unique() if name != used]
    coupling = case.study.table("coupling")
    last = coupling.sort_values("year", kind="stable").groupby("region").tail(1)
    changed = np.zeros(len(last), dtype=int)
    for name in others:
        grades, lags = (part[last.index] for part in case.states(case.study.table("weights"), name))
        changed += ((grades != last["grade"]) | (lags != last["lagging"])).to_numpy()
    for region, name, count in zip(last["region"], last["name"], changed, strict=True):
        if others:
            yield _row("type_changes", int(count), len(others), region=region, name=name)


def imputed_share(case: IndexCase) -> Rows:
    """Share of a region's subsystem figures that are filled; only regions that have any."""
    panel = case.study.table("panel")
    used = panel[panel["indicator"].isin(case.chosen["indicator"])]
    filled = (used["flag"] == FILLED).groupby([used["region"], used["name"]]).mean()
    for (region, name), share in filled[filled > 0].items():
        yield _row("imputed_share", share, region=region, name=name)


def counts(case: IndexCase) -> Rows:
    """How many region-years or figures are special, none of which is expected.

    D on a cut of the grade table (within 1e-9); an index of 0, which forces D = 0; all indices 0;
    figures beyond kept goalposts that were moved to them.
    """
    cuts = np.array(GRADES[case.config["coupling"]["grades"]].cuts)
    on_cut = np.abs(case.study.table("coupling")["D"].to_numpy()[:, None] - cuts) < SNAP
    zero = case.study.table("coupling").filter(regex="^U_").to_numpy() == 0
    for guard, cases in (
        ("on_a_cut", on_cut.any(axis=1)),
        ("zero_index", zero.any(axis=1)),
        ("all_zero", zero.all(axis=1)),
        ("capped", case.study.table("normalised")["flag"] == CAPPED),
    ):
        yield _row(guard, int(cases.sum()), 0, bool(cases.any()))


GUARDS: tuple[Callable[[IndexCase], Rows], ...] = (
    weight_concentration,
    correlated_indicators,
    zeros,
    component_adequacy,
    comparisons_consistency,
    between_share,
    removal,
    combined_types,
    imputed_share,
    counts,
)


def diagnostic_rows(study: StudyData) -> pd.DataFrame:
    """Return the table `diagnostics`: one row per guard and what it looks at."""
    case = IndexCase(study)
    return as_table("diagnostics", [row for guard in GUARDS for row in guard(case)])
