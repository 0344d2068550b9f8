"""The two populations under other choices: what each specification estimates (docs/methods.md, 5).

A case differs from the study in one thing: the pair of outputs, the policy for vintages, or a year
that is left out. Each case is fitted by every estimator, under every set of effects, and in both
roles. Values are in scaled units (first year = 1), so that cases can be compared; E is in the units
of the two outputs.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

import pandas as pd

from coevo.equilibria import general_rows, pair_values
from coevo.equilibria.fitted import (
    HEADLINE_SCALE,
    POOLED,
    REGIONAL,
    Row,
    allows_growth,
    inferable,
    series_of,
)
from coevo.errors import StudyError
from coevo.estimation.fod_iv import FOD_IV
from coevo.estimation.growth import ESTIMATORS
from coevo.estimation.pooled import PooledFit, fit_pooled
from coevo.estimation.pooled_general import GeneralPooled, fit_pooled_general
from coevo.estimation.region import Equations
from coevo.inference.feedback import feedback_verdicts
from coevo.inference.sets import equilibrium_sets, interval, located
from coevo.sensitivity.robustness import panels_of_other_policies

CASE = ["pair", "vintage", "dropped", "roles"]
COLUMNS = [*CASE, *"scope name effects model estimator quantity value low high set located".split()]
NUMBERS = ("value", "low", "high")
MAIN, DEFLATED, GIVEN, SWAPPED = "main", "deflated", "given", "swapped"
EFFECTS = ("region", "region+year")  # of the pooled fits that are shown; the last is the headline


class Specification(NamedTuple):
    """A study's two populations under one choice: what it is called, and the figures."""

    pair: str
    vintage: str
    dropped: str
    figures: pd.DataFrame

    def label(self, roles: str) -> Row:
        """Return the columns that name the case in one of the two roles."""
        return dict(zip(CASE, (*self[:3], roles), strict=True))

    def swapped(self) -> pd.DataFrame:
        """Return the figures with the roles swapped: upstream becomes downstream."""
        return self.figures.rename(columns={"x1": "x2", "x2": "x1"})


def specification_rows(
    panel: pd.DataFrame,
    observations: pd.DataFrame,
    indicators: pd.DataFrame,
    config: Mapping[str, Any],
    coupling: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return b1, d and, for the region in focus, E of every specification; A12, A21 and feedback.

    panel, observations, coupling: as the tables of these names; config: its keys interaction,
    robustness (pairs, deflated, drop), regions, focus_region, years, panel and vintage_policy.
    Pooled fits of the regions with region effects and with region and year effects; where there are
    too few regions for that, the fits of the region in focus, whose slopes are per unit of
    first-year output. The general model of the pooled regions, with region and year effects, gives
    A12, A21 and `feedback_difference` = A12 A21 - A11 A22. `set` is the kind of the set of a
    coordinate of E, `located` whether both sets locate E. What the figures of a case do not allow
    has no row.
    """
    focus, level = config["focus_region"], config["interaction"]["confidence"]
    rows: list[Row] = []
    for case in _cases(panel, observations, indicators, config, coupling):
        for roles, figures in ((GIVEN, case.figures), (SWAPPED, case.swapped())):
            label = case.label(roles)
            rows += [label | row for row in _estimates(figures, focus, level)]
            rows += [label | row for row in _effects(figures, level, config["robustness"]["seed"])]
    frame = pd.DataFrame(rows, columns=COLUMNS)
    names = panel.drop_duplicates("region").set_index("region")["name"].to_dict()
    frame["name"] = frame["scope"].map(names | {POOLED: POOLED})
    frame["set"] = frame["set"].astype(object).fillna("")
    types = dict.fromkeys(COLUMNS, "str") | dict.fromkeys(NUMBERS, "float")
    return frame.astype(types | {"located": "boolean"})


def _cases(
    panel: pd.DataFrame,
    observations: pd.DataFrame,
    indicators: pd.DataFrame,
    config: Mapping[str, Any],
    coupling: pd.DataFrame | None,
) -> Iterator[Specification]:
    """Yield the study, then every case that differs from it in one thing.

    Other vintages need indicators: the index of a subsystem is that of the study's own vintage.
    """
    pair, policy = config["interaction"], config["vintage_policy"]
    main = pair_values(panel, _only(pair), coupling, indicators)
    yield Specification(MAIN, policy, "", main)
    others = dict(config["robustness"]["pairs"])
    if config["robustness"]["deflated"]:
        others = {DEFLATED: config["robustness"]["deflated"], **others}
    for name, other in others.items():
        yield Specification(name, policy, "", pair_values(panel, other, coupling, indicators))
    if {pair["upstream"], pair["downstream"]} <= set(panel["indicator"]):
        for other, figures in panels_of_other_policies(observations, indicators, config).items():
            with suppress(StudyError):
                yield Specification(
                    MAIN, other, "", pair_values(figures, _only(pair), None, indicators)
                )
    for year in config["robustness"]["drop"]:
        without = main.copy()
        without.loc[without["year"] == year, ["x1", "x2"]] = float("nan")
        yield Specification(MAIN, policy, str(year), without)


def _only(pair: Mapping[str, Any]) -> dict[str, Any]:
    return {side: pair[side] for side in ("upstream", "downstream")}


def _estimates(figures: pd.DataFrame, focus: str, level: float) -> Iterator[Row]:
    """Yield the rows of one case in one of its roles."""
    pool = figures.groupby("region").filter(allows_growth)
    fits = [pooled for estimator in ESTIMATORS for pooled in _pooled(pool, estimator)]
    for pooled in fits:
        label = {"model": "classic", "effects": pooled.effects, "estimator": pooled.estimator}
        slopes = {"b1": pooled.b1, "d": pooled.d}
        yield from _slopes(slopes, pooled.lines.errors(), pooled.df, level, label, POOLED)
        if focus in pooled.regions:
            yield from _sets(pooled.at(focus), level, label, focus)
    for estimator in () if fits else REGIONAL:
        with suppress(StudyError):
            yield from _own(figures[figures["region"] == focus], estimator, level, focus)


def _effects(figures: pd.DataFrame, level: float, seed: int) -> Iterator[Row]:
    """Yield what the pooled regions say with instruments, and of the general model."""
    pool = figures.groupby("region").filter(allows_growth)
    for estimator, form in ((FOD_IV, "classic"), (FOD_IV, "general"), ("lag", "general")):
        with suppress(StudyError):
            names, effects = ("x1", "x2"), EFFECTS[-1]
            shared = fit_pooled_general(pool, names, estimator, effects, HEADLINE_SCALE, form)
            if inferable(shared):
                label = {"scope": POOLED, "model": form, "effects": effects}
                rows = _shared(shared, level, seed)
                yield from (label | {"estimator": estimator} | row for row in rows)


def _shared(shared: GeneralPooled, level: float, seed: int) -> Iterator[Row]:
    wanted = {"b1", "d", "A12", "A21"}
    for row in general_rows.shared_rows(shared, level, with_errors=True):
        if row["parameter"] in wanted:
            ends = {"low": row["low"], "high": row["high"]}
            yield {"quantity": row["parameter"], "value": row["estimate"]} | ends
    if shared.form == "general":
        found = feedback_verdicts(shared.A, shared.covariance, shared.df, level, seed=seed)
        ends = {"low": found.difference_low, "high": found.difference_high}
        yield {"quantity": "feedback_difference", "value": found.difference} | ends


def _pooled(pool: pd.DataFrame, estimator: str) -> Iterator[PooledFit]:
    for effects in EFFECTS:
        with suppress(StudyError):
            pooled = fit_pooled(pool, "x1", "x2", estimator, effects, HEADLINE_SCALE)
            if inferable(pooled):
                yield pooled


def _own(part: pd.DataFrame, estimator: str, level: float, focus: str) -> Iterator[Row]:
    """Yield the rows of a fit of the region in focus alone, per unit of first-year output."""
    (own,) = REGIONAL[estimator]([series_of(part)])
    if isinstance(own, StudyError):
        raise own
    first = part.sort_values("year")[["x2", "x1"]].bfill().iloc[0]
    scale = dict(zip(("b1", "d"), first, strict=True))
    slopes = {name: getattr(own, name) * unit for name, unit in scale.items()}
    errors = {name: own.errors()[name] * unit for name, unit in scale.items()}
    label = {"model": "classic", "effects": "none", "estimator": estimator}
    yield from _slopes(slopes, errors, own.df, level, label, focus)
    yield from _sets(own, level, label, focus)


def _slopes(
    slopes: Mapping[str, float],
    errors: Mapping[str, float],
    df: int,
    level: float,
    label: Row,
    scope: str,
) -> Iterator[Row]:
    for name, value in slopes.items():
        low, high = interval(value, errors[name], df, level)
        ends = {"value": value, "low": float(low), "high": float(high)}
        yield label | {"scope": scope, "quantity": name} | ends


def _sets(lines: Equations, level: float, label: Row, focus: str) -> Iterator[Row]:
    """Yield the two coordinates of E of the region in focus with their sets."""
    sets = equilibrium_sets(lines, level)
    both = bool(located([found.kind for found in sets], [found.low for found in sets]))
    for name, found in zip(("x1", "x2"), sets, strict=True):
        row = {"scope": focus, "quantity": name, "set": str(found.kind), "located": both}
        yield label | row | {"value": found.estimate, "low": found.low, "high": found.high}
