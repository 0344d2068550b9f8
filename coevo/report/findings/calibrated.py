"""Theoretical equilibria: of the accounting calibration, and at parameters that are given."""

from typing import Any

import pandas as pd

from coevo.report.findings.equilibrium import of_source
from coevo.report.findings.fit_tables import reason
from coevo.report.findings.study_tables import Study

FAILS = "fails"
GIVEN = "given"


def calibrations(study: Study) -> pd.DataFrame:
    """All calibrations: single years (`year` filled) and the period (`year` empty)."""
    return of_source(study, "calibration")


def period_points(study: Study) -> pd.Series | None:
    """Calibrated equilibrium of the region in focus over the period, if there is one."""
    rows = of_source(study, "calibration", scope=study.focus).dropna(subset=["x1", "x2"])
    rows = rows[rows["year"].isna() & (rows["kind"] != FAILS)]
    return rows.iloc[0] if len(rows) else None


def given_points(study: Study) -> pd.Series | None:
    """Rest point of the region in focus at the parameters that the configuration gives."""
    rows = of_source(study, GIVEN, scope=study.focus).dropna(subset=["x1", "x2"])
    return rows.iloc[0] if len(rows) else None


def failed(study: Study) -> list[tuple[str, list[int]]]:
    """Regions in which the calibration fails, each by name with the years in which it does."""
    rows = calibrations(study)
    rows = rows[rows["year"].notna() & (rows["kind"] == FAILS)].astype({"year": int})
    groups = rows.groupby(["scope", "name"])["year"]
    return [(name, sorted(years)) for (_, name), years in groups]


def calibration_finding(study: Study) -> dict[str, Any]:
    """Values and verdict of the theoretical equilibrium of the region in focus.

    `verdict` is `period` or `fails` for an accounting calibration, `refused` with a `reason` where
    its figures do not allow one, `given` for parameters that the configuration states, `none` for
    neither. `stated`: the point; `failures`: regions with the years in which it fails, `failed`
    region-years `of` all.
    """
    if study.pair is None:
        return {"verdict": "none"}
    refusals = study.rows("refusals", scope=study.focus, quantity="calibration")
    if why := reason(refusals[refusals["year"].isna()]):
        return {"verdict": "refused", "reason": why}
    table = calibrations(study)
    if table.empty:
        stated = given_points(study)
        return {"verdict": "none" if stated is None else "given", "stated": stated}
    whole, every, failures = period_points(study), table["year"].notna(), failed(study)
    return {
        "verdict": "fails" if whole is None else "period",
        "stated": whole,
        "failed": sum(len(years) for _, years in failures),
        "failures": failures,
        "of": int(every.sum()),
    }
