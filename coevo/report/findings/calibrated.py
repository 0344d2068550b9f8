"""Theoretical equilibria: of the accounting calibration, and at parameters that are given."""

from typing import Any

import pandas as pd

from coevo.report.findings.equilibrium import of_source
from coevo.report.findings.fit_tables import Reason, reason
from coevo.report.findings.study_tables import Study

FAILS = "fails"
GIVEN = "given"


def calibrations(study: Study) -> pd.DataFrame:
    """All calibrations: single years (`year` filled) and the period (`year` empty)."""
    return of_source(study, "calibration")


def yearly(study: Study) -> pd.DataFrame:
    """Calibrated equilibria of the region in focus by single year, without the failed ones."""
    rows = of_source(study, "calibration", scope=study.focus)
    rows = rows[rows["year"].notna() & (rows["kind"] != FAILS)]
    return (
        rows[["year", "x1", "x2", "observed_x1", "observed_x2"]]
        .dropna(subset=["x1", "x2"])
        .astype({"year": int})
        .reset_index(drop=True)
    )


def period_points(study: Study) -> pd.Series | None:
    """Calibrated equilibrium of the region in focus over the period, if there is one."""
    rows = of_source(study, "calibration", scope=study.focus).dropna(subset=["x1", "x2"])
    rows = rows[rows["year"].isna() & (rows["kind"] != FAILS)]
    return rows.iloc[0] if len(rows) else None


def given_points(study: Study) -> pd.Series | None:
    """Rest point of the region in focus at the parameters that the configuration gives."""
    rows = of_source(study, GIVEN, scope=study.focus).dropna(subset=["x1", "x2"])
    return rows.iloc[0] if len(rows) else None


def theoretical_points(study: Study) -> pd.DataFrame:
    """Per region the calibrated equilibrium of the period, or that of the given parameters."""
    whole = calibrations(study)
    return pd.concat([whole[whole["year"].isna()], of_source(study, GIVEN)]).set_index("scope")


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
    neither.
    """
    if study.pair is None:
        return {"verdict": "none"}
    table = calibrations(study)
    if why := _refused(study):
        return {"verdict": "refused", "reason": why}
    if table.empty:
        stated = given_points(study)
        verdict = "none" if stated is None else "given"
        return {"verdict": verdict, "given": stated}
    whole, every = period_points(study), table[table["year"].notna()]
    return {
        "verdict": "fails" if whole is None else "period",
        "period": whole,
        "failed": int((every["kind"] == FAILS).sum()),
        "failures": failed(study),
        "of": len(every),
    }


def _refused(study: Study) -> Reason | None:
    """Why the region in focus has no calibration; None if it has one or none is asked for."""
    rows = study.rows("refusals", scope=study.focus, quantity="calibration")
    return reason(rows[rows["year"].isna()])
