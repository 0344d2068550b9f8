"""Is feedback stronger than competition?"""

from typing import Any

from coevo.report.findings.fit_tables import facts, verdicts
from coevo.report.findings.relation import JUDGED
from coevo.report.findings.study_tables import Study

FORMS = ("weak", "strong")


def feedback_finding(study: Study) -> dict[str, Any]:
    """Verdicts of the weak and the strong form, with what they rest on.

    `verdict`: `none` (no pair), `not_estimated`, `undecidable` (in both forms), or `decided`;
    `weak`, `strong`: `yes`, `no`, `undecidable`; `difference`: A12 A21 - A11 A22 with its interval.
    """
    if study.pair is None:
        return {"verdict": "none"}
    found = verdicts(study, **JUDGED)["verdict"]
    if "feedback_weak" not in found:
        return {"verdict": "not_estimated"}
    forms = {form: found[f"feedback_{form}"] for form in FORMS}
    return forms | {
        "verdict": "undecidable" if set(forms.values()) == {"undecidable"} else "decided",
        "difference": facts(study, **JUDGED).loc["feedback_difference"],
    }
