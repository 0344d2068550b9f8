"""Theoretical, fitted and observed equilibria of a study (docs/methods.md, 5 and 6)."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import pandas as pd

from coevo.equilibria.fitted import Row, fit_all, regional_lines
from coevo.equilibria.pair import pair_values
from coevo.equilibria.rows import equilibrium_row, parameter_rows, relation_rows
from coevo.equilibria.theory import last_state, theoretical

__all__ = ["Tables", "estimate", "pair_values"]

PARAMETERS = "scope name effects model estimator scaling parameter estimate se df low high".split()
EQUILIBRIA = (
    "source scope name effects model estimator year x1 x1_low x1_high x1_set x2 x2_low x2_high "
    "x2_set kind located p_predator_prey p_reversed p_saddle observed_x1 observed_x2"
).split()
RELATIONS = "scope name effects estimator quantity value low high relation".split()
TEXT = set("source scope name effects model estimator scaling parameter quantity relation".split())
TEXT |= {"x1_set", "x2_set", "kind"}
WHOLE = {"year", "df"}


class Tables(NamedTuple):
    """The tables parameters, equilibria and relations, sorted by scope."""

    parameters: pd.DataFrame
    equilibria: pd.DataFrame
    relations: pd.DataFrame


def estimate(
    panel: pd.DataFrame,
    interaction: Mapping[str, Any],
    seed: int = 1,
    coupling: pd.DataFrame | None = None,
    indicators: pd.DataFrame | None = None,
) -> Tables:
    """Return what the two-population model says of a study.

    panel, coupling: as panel.csv and coupling.csv (needed only where a population is a subsystem);
    interaction: that part of the configuration, completed (upstream, downstream, estimator,
    confidence, calibration); seed: of the sign draws; indicators: the indicator table, for units
    and subsystems. Equilibria are in original units; `observed` is the last year, for a single
    year of the calibration that year. A region that cannot be estimated has no parameters but a
    row `not_estimated` with the reason. `StudyError` for a name or a unit that does not fit.
    """
    pair = pair_values(panel, interaction, coupling, indicators)
    level = interaction.get("confidence", 0.95)
    fits = fit_all(pair)
    equilibria, relations = theoretical(pair, interaction.get("calibration"))
    for label, lines in regional_lines(fits):
        observed = last_state(pair[pair["region"] == label["scope"]])
        equilibria.append(equilibrium_row(lines, label, level, seed) | observed)
    relations += relation_rows(fits, interaction.get("estimator", "trapezoid"), level)

    names = dict(zip(pair["region"], pair["name"], strict=True)) | {"pooled": "pooled"}
    return Tables(
        _frame(parameter_rows(fits, level), PARAMETERS, names),
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
            frame[column] = "classic"
        elif column in TEXT:
            frame[column] = frame[column].fillna("").astype(str)
        else:
            frame[column] = frame[column].astype("Int64" if column in WHOLE else float)
    return frame.sort_values("scope", kind="stable", ignore_index=True)
