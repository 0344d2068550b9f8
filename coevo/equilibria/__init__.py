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
RELATIONS = "scope name effects estimator quantity value low high relation".split()
TEXT = set("source scope name effects model estimator scaling parameter quantity relation".split())
TEXT |= {"x1_set", "x2_set", "kind"}
WHOLE = {"year", "df", "equation", "n", "residual_df", "slopes", "F_df"}


class Tables(NamedTuple):
    """The tables parameters, fits, equilibria and relations, sorted by scope."""

    parameters: pd.DataFrame
    fits: pd.DataFrame
    equilibria: pd.DataFrame
    relations: pd.DataFrame


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
    region that cannot be estimated has no parameters but a row `not_estimated` with the reason.
    `StudyError` for a name or a unit that does not fit.
    """
    pair = pair_values(panel, interaction, coupling, indicators)
    level, main = interaction.get("confidence", 0.95), interaction.get("estimator", "trapezoid")
    fits = fit_all(pair, main, estimators)
    equilibria, relations = theoretical(pair, interaction.get("calibration"))
    parameters = list(parameter_rows(fits, level))
    last = last_states(pair)
    for row in equilibrium_rows(list(regional_lines(fits)), level):
        equilibria.append(row | last[row["scope"]])
    for label, own in general_rows.own_fits(fits, main):
        parameters += [label | row for row in general_rows.parameter_rows(own, level)]
        row = general_rows.equilibrium_row(own, level)
        equilibria.append(label | row | last[label["scope"]])
        relations += [label | row for row in general_rows.relation_rows(own)]
    for label, shared in general_rows.shared_fits(fits):
        rows = general_rows.shared_rows(shared, level, inferable(shared))
        parameters += [label | row for row in rows]
        relations += [label | row for row in general_rows.shared_relation_rows(shared)]
    relations += relation_rows(fits, main, level)
    relations += own_doubts(pair, fits, main, level)
    relations += pooled_doubts(pair, fits, interaction, seed)

    names = dict(zip(pair["region"], pair["name"], strict=True)) | {"pooled": "pooled"}
    return Tables(
        _frame(parameters, PARAMETERS, names),
        _frame(fit_rows(fits, main), FITS, names),
        _frame(equilibria, EQUILIBRIA, names),
        _frame(relations, RELATIONS, names),
    )


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
