"""The two populations of a study as one frame: x1, x2 and what the calibration needs."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from coevo.errors import StudyError
from coevo.observations.units import conversion, unit_of
from coevo.panel import FILLED
from coevo.panel.vintages import BREAK

KEY = ["region", "name", "year"]


def pair_values(
    panel: pd.DataFrame,
    interaction: Mapping[str, Any],
    coupling: pd.DataFrame | None = None,
    indicators: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return region, name, year, x1, x2, x3 ..., flag; for a calibration purchases and sales.

    panel: as panel.csv; interaction: that part of the configuration. Upstream x1, downstream x2
    and `others` are indicators of the panel in their own units, or subsystems, then their composite
    index in [0, 1] from `coupling`. Purchases come in the unit of x1, sales (by default downstream
    itself) in that of x2. A filled figure, or a composite that contains one, is missing here: it
    never enters a growth row. `flag` is "break" in a year in which a population, or an indicator
    inside its composite, is of another vintage than the year before, else "". `StudyError` for an
    unknown name or units that do not fit.
    """
    x1, x2 = interaction["upstream"], interaction["downstream"]
    wanted = {"x1": x1, "x2": x2}
    wanted |= {f"x{i}": name for i, name in enumerate(interaction.get("others") or (), start=3)}
    calibration = interaction.get("calibration") or {}
    if "purchases" in calibration:
        wanted |= {"purchases": calibration["purchases"], "sales": calibration.get("sales", x2)}
    pair = panel[KEY].drop_duplicates().sort_values(["region", "year"], ignore_index=True)
    for column, name in wanted.items():
        values = _series(name, panel, coupling, indicators).rename(column)
        pair = pair.merge(values, how="left", left_on=["region", "year"], right_index=True)
    cells = pd.MultiIndex.from_frame(pair[["region", "year"]])
    crossing = np.zeros(len(pair), dtype=bool)
    for name in (x1, x2, *(interaction.get("others") or ())):
        crossing |= cells.isin(_flagged(BREAK, name, panel, indicators))
    pair["flag"] = np.where(crossing, BREAK, "")
    if "purchases" in wanted and indicators is not None:
        pair["purchases"] *= _unit_factor(wanted["purchases"], x1, indicators)
        pair["sales"] *= _unit_factor(wanted["sales"], x2, indicators)
    return pair


def _series(
    name: str,
    panel: pd.DataFrame,
    coupling: pd.DataFrame | None,
    indicators: pd.DataFrame | None,
) -> pd.Series:
    """Return an indicator or a composite by (region, year), without what was filled."""
    if name in set(panel["indicator"]):
        own = panel[panel["indicator"] == name].set_index(["region", "year"])
        return own["value"].where(own["flag"] != FILLED)
    if coupling is None or indicators is None or f"U_{name}" not in coupling:
        known = ", ".join(sorted(set(panel["indicator"])))
        raise StudyError(f"interaction: unknown indicator or subsystem '{name}'; known: {known}")
    composite = coupling.set_index(["region", "year"])[f"U_{name}"]
    return composite.mask(composite.index.isin(_flagged(FILLED, name, panel, indicators)))


def _flagged(
    flag: str, name: str, panel: pd.DataFrame, indicators: pd.DataFrame | None
) -> pd.MultiIndex:
    """Return region and year where an indicator, or a member of a subsystem, has the flag."""
    members = [name]
    if indicators is not None and name not in set(panel["indicator"]):
        members = indicators.loc[indicators["subsystem"] == name, "indicator"].tolist()
    touched = panel[(panel["flag"] == flag) & panel["indicator"].isin(members)]
    return pd.MultiIndex.from_frame(touched[["region", "year"]])


def _unit_factor(name: str, target: str, indicators: pd.DataFrame) -> float:
    """Return the factor that brings figures of `name` into the unit of `target`."""
    units = dict(zip(indicators["indicator"], indicators["unit"], strict=True))
    if target not in units:
        raise StudyError(
            f"interaction.calibration: '{target}' is a composite index without a unit; "
            "a calibration needs indicators as upstream and downstream, or null"
        )
    try:
        return conversion(unit_of(units[name]), unit_of(units[target]))
    except StudyError as error:
        raise StudyError(f"interaction.calibration: {name} against {target}: {error}") from None
