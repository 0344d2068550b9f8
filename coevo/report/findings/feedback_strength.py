"""Is feedback stronger than competition? Read from `relations`."""

from typing import Any

import pandas as pd

from coevo.report.findings.relation import pooled_rows
from coevo.report.findings.study_tables import Study

FORMS = ("weak", "strong")


def feedback_finding(study: Study) -> dict[str, Any]:
    """Verdicts of the weak and the strong form, with what they rest on, and by sub-period.

    `verdict`: `none` (no pair), `not_estimated`, `undecidable` (in both forms), or
    `<weak>_<strong>` with `yes`, `no`, `undecidable` each. `difference`: A12 A21 - A11 A22 with its
    interval; `phi`: its set, or that it cannot be located; `periods`: the same by sub-period;
    `refused`: sub-periods that could not be estimated.
    """
    if study.pair is None:
        return {"verdict": "none"}
    rows = pooled_rows(study, estimator="fod_iv")
    if "feedback_weak" not in rows.index:
        return {"verdict": "not_estimated"}
    endings = {
        str(q).removeprefix("feedback_weak"): str(q)
        for q in rows.index
        if str(q).startswith("feedback_weak_")
    }
    periods = {ending.strip("_").replace("_", "–"): _of(rows, ending) for ending in endings}
    refused = [
        str(q).removeprefix("feedback_").removesuffix("_not_estimated").replace("_", "–")
        for q in rows.index
        if str(q).startswith("feedback_") and str(q).endswith("_not_estimated")
    ]
    return _of(rows, "") | {"periods": periods, "refused": refused}


def _of(rows: pd.DataFrame, ending: str) -> dict[str, Any]:
    forms = {form: str(rows.at[f"feedback_{form}{ending}", "relation"]) for form in FORMS}
    same = set(forms.values()) == {"undecidable"}
    return {
        "verdict": "undecidable" if same else "_".join(forms.values()),
        **forms,
        "difference": rows.loc[f"feedback_difference{ending}"],
        "phi": rows.loc[f"phi{ending}"],
    }
