"""Theoretical, fitted and observed equilibria of a study (docs/methods.md, 5 and 6)."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

import pandas as pd

from coevo.equilibria.estimate_rows import parameter_rows, quality_rows
from coevo.equilibria.fitted import POOLED, Row, fit_all, labelled_fits, regional_lines
from coevo.equilibria.general_rows import rest_point_row, restriction_rows
from coevo.equilibria.output_series import pair_values
from coevo.equilibria.region_checks import own_doubts, pooled_doubts
from coevo.equilibria.result_rows import equilibrium_rows, relation_rows
from coevo.equilibria.theory import last_states, theoretical
from coevo.estimation.general import GeneralFit
from coevo.estimation.pooled import PooledFit
from coevo.estimation.pooled_general import GeneralPooled
from coevo.files import as_table

__all__ = ["Tables", "estimate", "pair_values"]

# what a row of a table has, the most special first -> the table
KINDS = {
    "message": "refusals",
    "errors": "slope_tests",
    "question": "verdicts",
    "check": "checks",
    "quantity": "relations",
}


class Tables(NamedTuple):
    """The tables of these names, sorted by scope.

    slope_tests: is a pooled slope zero, by every kind of errors; relations: effects and their
    intervals; verdicts: what they say; refusals: what figures do not
    allow, and why; checks: what a fit rests on, with the limit that a value is held against.
    """

    parameters: pd.DataFrame
    fits: pd.DataFrame
    equilibria: pd.DataFrame
    slope_tests: pd.DataFrame
    relations: pd.DataFrame
    verdicts: pd.DataFrame
    refusals: pd.DataFrame
    checks: pd.DataFrame


def estimate(
    panel: pd.DataFrame,
    interaction: Mapping[str, Any],
    seed: int = 1,
    coupling: pd.DataFrame | None = None,
    indicators: pd.DataFrame | None = None,
    estimators: Collection[str] = (),
) -> Tables:
    """Return what the two-population model says of a study.

    panel, coupling: as panel.csv and coupling.csv (needed only where a population is a subsystem);
    interaction: that part of the configuration, completed (upstream, downstream, others, estimator,
    confidence, calibration, split, equivalence); seed: of every draw; indicators: the indicator
    table, for units and subsystems; estimators: those to use, by default all. Equilibria are in
    original units; `observed` is the last year, for a single year of the calibration that year. A
    region that cannot be estimated has no parameters but a refusal with the reason.
    `StudyError` for a name or a unit that does not fit.
    """
    pair = pair_values(panel, interaction, coupling, indicators)
    level, main = interaction.get("confidence", 0.95), interaction.get("estimator", "trapezoid")
    found = fit_all(pair, main, estimators)
    fits = list(labelled_fits(found, main))
    equilibria, rows = theoretical(pair, interaction.get("calibration"))
    last = last_states(pair)
    for row in equilibrium_rows(list(regional_lines(fits)), level):
        equilibria.append(row | last[row["scope"]])
    for label, own in fits:
        if isinstance(own, GeneralFit):
            equilibria.append(label | rest_point_row(own, level) | last[label["scope"]])
            rows += [label | row for row in restriction_rows(own)]
    for label, own in fits:
        if isinstance(own, GeneralPooled) and not isinstance(own, PooledFit):
            ending = "" if own.form == "classic" else "_general"
            rows.append(label | {"check": f"regions{ending}", "value": own.df + 1})
    rows += found.refused
    rows += relation_rows(fits, main, level)
    rows += own_doubts(pair, fits, main, level)
    rows += pooled_doubts(pair, fits, interaction, seed)

    names = dict(zip(pair["region"], pair["name"], strict=True)) | {POOLED: POOLED}
    return Tables(
        parameters=_frame("parameters", parameter_rows(fits, level), names),
        fits=_frame("fits", quality_rows(fits), names),
        equilibria=_frame("equilibria", equilibria, names),
        **{
            table: _frame(table, [row for row in rows if _kind(row) == kind], names)
            for kind, table in KINDS.items()
        },
    )


def _kind(row: Row) -> str:
    """Return which of the tables in `KINDS` a row belongs to."""
    return next(kind for kind in KINDS if kind in row)


def _frame(table: str, rows: Iterable[Row], names: Mapping[str, str]) -> pd.DataFrame:
    """Return rows as a table, sorted by scope; a row that does not say so is not located."""
    given = ({"located": False} | row | {"name": names[row["scope"]]} for row in rows)
    frame = as_table(table, given)
    return frame.sort_values("scope", kind="stable", ignore_index=True)
