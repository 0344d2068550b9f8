"""The two populations of a study as one frame: x1, x2 and what the calibration needs."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from coevo.errors import StudyError
from coevo.files import rows_of
from coevo.observations.units import conversion, unit_of
from coevo.schema import BREAK, FILLED
from coevo.study_data import StudyData

KEY = ["region", "name", "year"]


def pair_values(study: StudyData, outputs: Mapping[str, Any]) -> pd.DataFrame:
    """Return region, name, year, x1, x2, x3 ..., flag; for a calibration purchases and sales.

    study: with panel and, where a population is a subsystem, coupling; outputs: upstream,
    downstream, others and calibration as in that part of the configuration. Upstream x1,
    downstream x2 and `others` are indicators of the panel in their own units, or subsystems, then
    their composite index in [0, 1]. Purchases come in the unit of x1, sales (by default downstream
    itself) in that of x2. A filled figure, or a composite that contains one, is missing here: it
    never enters a growth row. `flag` is "break" in a year in which a population, or an indicator
    inside its composite, is of another vintage than the year before, else "". `StudyError` for an
    unknown name or units that do not fit.
    """
    x1, x2, others = outputs["upstream"], outputs["downstream"], outputs.get("others") or ()
    populations = {f"x{i}": name for i, name in enumerate((x1, x2, *others), start=1)}
    calibration = outputs.get("calibration") or {}
    columns = dict(populations)
    if "purchases" in calibration:
        columns |= {"purchases": calibration["purchases"], "sales": calibration.get("sales", x2)}
    pair = study.table("panel")[KEY].drop_duplicates()
    pair = pair.sort_values(["region", "year"], ignore_index=True)
    for column, name in columns.items():
        values = _series(study, name).rename(column)
        pair = pair.merge(values, how="left", left_on=["region", "year"], right_index=True)
    cells = pd.MultiIndex.from_frame(pair[["region", "year"]])
    crossing = [cells.isin(_flagged(study, BREAK, name)) for name in populations.values()]
    pair["flag"] = np.where(np.any(crossing, axis=0), BREAK, "")
    if "purchases" in columns:
        pair["purchases"] *= _unit_factor(study, columns["purchases"], x1)
        pair["sales"] *= _unit_factor(study, columns["sales"], x2)
    return pair


def _series(study: StudyData, name: str) -> pd.Series:
    """Return an indicator or a composite by (region, year), without what was filled."""
    panel, coupling = study.table("panel"), study.table("coupling")
    if name in set(panel["indicator"]):
        rows = rows_of(panel, indicator=name).set_index(["region", "year"])
        return rows["value"].where(rows["flag"] != FILLED)
    if f"U_{name}" not in coupling:
        known = ", ".join(sorted(set(panel["indicator"])))
        raise StudyError(f"interaction: unknown indicator or subsystem '{name}'; known: {known}")
    composite = coupling.set_index(["region", "year"])[f"U_{name}"]
    return composite.mask(composite.index.isin(_flagged(study, FILLED, name)))


def _flagged(study: StudyData, flag: str, name: str) -> pd.MultiIndex:
    """Return region and year where an indicator, or a member of a subsystem, has the flag."""
    panel, members = study.table("panel"), [name]
    if name not in set(panel["indicator"]):
        members = rows_of(study.indicators, subsystem=name)["indicator"].tolist()
    rows = rows_of(panel, flag=flag, indicator=members)
    return pd.MultiIndex.from_frame(rows[["region", "year"]])


def _unit_factor(study: StudyData, name: str, target: str) -> float:
    """Return the factor that brings figures of `name` into the unit of `target`."""
    if target not in study.units:
        raise StudyError(
            f"interaction.calibration: '{target}' is a composite index without a unit; "
            "a calibration needs indicators as upstream and downstream, or null"
        )
    try:
        return conversion(unit_of(study.units[name]), unit_of(study.units[target]))
    except StudyError as error:
        raise StudyError(f"interaction.calibration: {name} against {target}: {error}") from None
