"""Do the signs of the interaction survive other choices? Read from `specifications`."""

from functools import lru_cache
from typing import Any

import pandas as pd

from coevo.files import rows_of
from coevo.report.findings.interaction import POOLED, slope_patterns
from coevo.report.findings.study_tables import Study

FIT = ["pair", "vintage", "dropped", "without_growth", "roles", "effects", "estimator"]
MAIN, DEFLATED, GIVEN, SWAPPED = "main", "deflated", "given", "swapped"


@lru_cache(maxsize=8)
def sign_survival_finding(study: Study) -> dict[str, Any]:
    """In how many specifications b1 and d lie above zero, as in a supply relation.

    `all` of the study's pair, `swapped`, `deflated` (None without one; `deflated_all`: with any
    effects), `without_growth` (likewise)
    and each of `pairs`: by effects, how many of how many fits show it. `located`: in how many both
    sets of E of the region in focus are bounded and positive.
    """
    if study.pair is None:
        return {}
    scope = POOLED if study.pooled else study.focus
    table = study.rows("specifications", model="classic", scope=scope)
    every = slope_patterns(table, FIT).rename("pattern").reset_index()
    whole = every["without_growth"].eq("")
    rows, cut = every[whole], every[~whole]
    given = rows_of(rows, roles=GIVEN)
    own, deflated = (rows_of(given, pair=pair) for pair in (MAIN, DEFLATED))
    others = given[~given["pair"].isin([MAIN, DEFLATED])]
    return {
        "all": _counts(own, study),
        "without_growth": _counts(cut, study) if len(cut) else None,
        "swapped": _counts(rows_of(rows, roles=SWAPPED, pair=MAIN), study),
        "deflated": _counts(deflated, study) if len(deflated) else None,
        "deflated_all": (int(deflated["pattern"].eq("supply").sum()), len(deflated)),
        "pairs": {
            str(name): _counts(part, study) for name, part in others.groupby("pair", sort=False)
        },
        "located": _located(study),
    }


def _counts(rows: pd.DataFrame, study: Study) -> dict[str, tuple[int, int]]:
    parts = {effects: rows_of(rows, effects=effects) for effects in study.effects}
    return {e: (int(p["pattern"].eq("supply").sum()), len(p)) for e, p in parts.items()}


def _located(study: Study) -> tuple[int, int]:
    """Swapped roles have the same E and are not counted again."""
    rows = study.rows("specifications", quantity="x1", roles=GIVEN)
    return int(rows["located"].eq(True).sum()), len(rows)
