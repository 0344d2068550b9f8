"""Is feedback stronger than competition?"""

from typing import Any

from coevo.report.findings.fit_tables import facts, verdicts
from coevo.report.findings.relation import JUDGED
from coevo.report.findings.study_tables import Study

FORMS = ("weak", "strong")


def feedback_finding(study: Study) -> dict[str, Any]:
    """Verdicts of the weak and the strong form, with what they rest on, and by sub-period.

    `verdict`: `none` (no pair), `not_estimated`, `undecidable` (in both forms), or
    `<weak>_<strong>` with `yes`, `no`, `undecidable` each. `difference`: A12 A21 - A11 A22 with its
    interval; `phi`: its set, and whether it can be `located`; `periods`: the same by sub-period,
    2015-2019; `refused`: sub-periods that could not be estimated.
    """
    if study.pair is None:
        return {"verdict": "none"}
    if "feedback_weak" not in verdicts(study, **JUDGED).index:
        return {"verdict": "not_estimated"}
    asked = study.rows("verdicts", question="feedback_weak", **JUDGED)["period"]
    refused = study.rows("refusals", quantity="feedback", **JUDGED)["period"]
    periods = {period: _of(study, period) for period in asked if period}
    return _of(study, "") | {"periods": periods, "refused": list(refused)}


def _of(study: Study, period: str) -> dict[str, Any]:
    said, rows = verdicts(study, period, **JUDGED)["verdict"], facts(study, period, **JUDGED)
    forms = {form: said[f"feedback_{form}"] for form in FORMS}
    same = set(forms.values()) == {"undecidable"}
    return {
        "verdict": "undecidable" if same else "_".join(forms.values()),
        **forms,
        "difference": rows.loc["feedback_difference"],
        "phi": rows.loc["phi"].to_dict() | {"located": said["phi"] == "located"},
    }
