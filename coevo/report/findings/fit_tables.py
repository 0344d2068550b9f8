"""What the tables say of one fit: its effects and checks, its verdicts, and what was refused."""

import pandas as pd

from coevo.report.findings.study_tables import Study

Reason = tuple[str, str]  # the key of a message, and its fields


def facts(study: Study, period: str = "", **fit: str) -> pd.DataFrame:
    """Value, low, high, limit ... of what `relations` and `checks` hold of a fit, by its name.

    period: first and last year of a sub-period, "" for all years.
    """
    effects = study.rows("relations", period=period, **fit).set_index("quantity")
    checks = study.rows("checks", period=period, **fit).set_index("check")
    both = pd.concat([effects, checks])
    return both[~both.index.duplicated()]


def verdicts(study: Study, period: str = "", **fit: str) -> pd.DataFrame:
    """Verdict and direction of a fit by question."""
    return study.rows("verdicts", period=period, **fit).set_index("question")


def reason(rows: pd.DataFrame) -> Reason | None:
    """Why the first of some rows of `refusals` was refused; None where there is none."""
    return None if rows.empty else (rows["message"].iloc[0], rows["fields"].iloc[0])
