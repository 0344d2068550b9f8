"""Theoretical, fitted and observed equilibria of a study (docs/methods.md, 5 and 6)."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

import pandas as pd

from coevo.equilibria import general_rows
from coevo.equilibria.fit_rows import fit_rows
from coevo.equilibria.fitted import Row, fit_all, inferable, regional_lines
from coevo.equilibria.output_series import pair_values
from coevo.equilibria.region_checks import own_doubts, pooled_doubts
from coevo.equilibria.result_rows import equilibrium_rows, parameter_rows, relation_rows
from coevo.equilibria.theory import last_states, theoretical

__all__ = ["Tables", "estimate", "pair_values"]

PARAMETERS = "scope name effects model estimator scaling parameter estimate se df low high".split()
FITS = (
    "scope name effects model estimator scaling equation n r2 residual_df slopes F F_df F_p "
    "durbin_watson jarque_bera_p"
).split()
EQUILIBRIA = (
    "source scope name effects model estimator year x1 x1_low x1_high x1_set x2 x2_low x2_high "
    "x2_set kind located p_predator_prey p_reversed p_saddle observed_x1 observed_x2"
).split()
FIT = "scope name effects estimator".split()
RELATIONS = [*FIT, *"quantity value low high level set without period".split()]
VERDICTS = [*FIT, *"question verdict direction period".split()]
REFUSALS = [*FIT, *"quantity period year message fields".split()]
CHECKS = [*FIT, *"check value limit year period".split()]
TEXT = set("source scope name effects model estimator scaling parameter quantity set".split())
TEXT |= set("x1_set x2_set kind without period question verdict direction check".split())
TEXT |= {"message", "fields"}
WHOLE = {"year", "df", "equation", "n", "residual_df", "slopes", "F_df"}
# what a row of a table has, the most special first -> the table and its columns
KINDS = {
    "message": ("refusals", REFUSALS),
    "question": ("verdicts", VERDICTS),
    "check": ("checks", CHECKS),
    "quantity": ("relations", RELATIONS),
}


class Tables(NamedTuple):
    """The tables of these names, sorted by scope.

    relations: effects and their intervals; verdicts: what they say; refusals: what figures do not
    allow, and why; checks: what a fit rests on, with the limit that a value is held against.
    """

    parameters: pd.DataFrame
    fits: pd.DataFrame
    equilibria: pd.DataFrame
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
    fits = fit_all(pair, main, estimators)
    equilibria, found = theoretical(pair, interaction.get("calibration"))
    parameters = list(parameter_rows(fits, level))
    last = last_states(pair)
    for row in equilibrium_rows(list(regional_lines(fits)), level):
        equilibria.append(row | last[row["scope"]])
    for label, own in general_rows.own_fits(fits, main):
        parameters += [label | row for row in general_rows.parameter_rows(own, level)]
        row = general_rows.equilibrium_row(own, level)
        equilibria.append(label | row | last[label["scope"]])
        found += [label | row for row in general_rows.relation_rows(own)]
    for label, shared in general_rows.shared_fits(fits):
        rows = general_rows.shared_rows(shared, level, inferable(shared))
        parameters += [label | row for row in rows]
        found += [label | row for row in general_rows.shared_relation_rows(shared)]
    found += relation_rows(fits, main, level)
    found += own_doubts(pair, fits, main, level)
    found += pooled_doubts(pair, fits, interaction, seed)

    names = dict(zip(pair["region"], pair["name"], strict=True)) | {"pooled": "pooled"}
    return Tables(
        parameters=_frame(parameters, PARAMETERS, names),
        fits=_frame(fit_rows(fits, main), FITS, names),
        equilibria=_frame(equilibria, EQUILIBRIA, names),
        **{
            table: _frame([row for row in found if _kind(row) == kind], columns, names)
            for kind, (table, columns) in KINDS.items()
        },
    )


def _kind(row: Row) -> str:
    """Return which of the tables in `KINDS` a row belongs to."""
    return next(kind for kind in KINDS if kind in row)


def _frame(rows: Iterable[Row], columns: list[str], names: Mapping[str, str]) -> pd.DataFrame:
    """Return rows as a table: sorted by scope, empty text as "", the same types when empty."""
    frame = pd.DataFrame(list(rows), columns=columns)
    frame["name"] = frame["scope"].map(names)
    for column in columns:
        if column == "located":
            frame[column] = frame[column].eq(True)
        elif column == "model":
            frame[column] = frame[column].astype(object).fillna("classic").astype(str)
        elif column in TEXT:
            frame[column] = frame[column].astype(object).fillna("").astype(str)
        else:
            frame[column] = frame[column].astype("Int64" if column in WHOLE else float)
    return frame.sort_values("scope", kind="stable", ignore_index=True)
