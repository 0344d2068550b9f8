"""Is feedback stronger than competition?"""

from typing import Any

from coevo.report.findings.fit_tables import facts, verdicts
from coevo.report.findings.relation import JUDGED
from coevo.report.findings.study_tables import Study

FORMS = ("weak", "strong")


def feedback_finding(study: Study) -> dict[str, Any]:
    """Verdicts of the weak and the strong form, with what they rest on.

    `verdict`: `none` (no pair), `not_estimated`, `undecidable` (in both forms), or
    `<weak>_<strong>` with `yes`, `no`, `undecidable` each; `headline`: what is said of it.
    `difference`:
    A12 A21 - A11 A22 with its interval.
    """
    if study.pair is None:
        return {"verdict": "none"}
    if "feedback_weak" not in verdicts(study, **JUDGED).index:
        return {"verdict": "not_estimated", "headline": "not_estimated"}
    said, rows = verdicts(study, **JUDGED)["verdict"], facts(study, **JUDGED)
    forms = {form: said[f"feedback_{form}"] for form in FORMS}
    same = set(forms.values()) == {"undecidable"}
    return {
        "verdict": "undecidable" if same else "_".join(forms.values()),
        "headline": "undecidable" if same else "decided",
        **forms,
        "difference": rows.loc["feedback_difference"],
    }
