"""Do the signs of the interaction survive other choices? Read from `specifications`."""

from functools import lru_cache
from typing import Any

import pandas as pd

from coevo.files import rows_of
from coevo.report.findings.interaction import POOLED, holds_zero, slope_signs, years_that_break
from coevo.report.findings.study_tables import Study

CASE = ["pair", "vintage", "dropped", "without_growth", "roles"]
FIT = [*CASE, "effects", "estimator"]
MAIN, DEFLATED, GIVEN, SWAPPED = "main", "deflated", "given", "swapped"


@lru_cache(maxsize=8)
def patterns(study: Study) -> pd.DataFrame:
    """One row per fitted specification: its choices, the `pattern` of the signs of b1 and d, and
    whether the interval of either holds zero.

    `main` marks the study's own: its pair, vintage, roles and estimator, and the last effects.
    """
    scope = POOLED if study.pooled else study.focus
    table = study.rows("specifications", model="classic", scope=scope)
    halves = {name: rows_of(table, quantity=name).set_index(FIT) for name in ("b1", "d")}
    rows = []
    for key in halves["b1"].index.intersection(halves["d"].index):
        b1, d = (halves[name].loc[key] for name in ("b1", "d"))
        zeros = {"b1_zero": holds_zero(b1), "d_zero": holds_zero(d)}
        rows.append(dict(zip(FIT, key, strict=True)) | {"pattern": slope_signs(b1, d)} | zeros)
    found = pd.DataFrame(rows, columns=[*FIT, "pattern", "b1_zero", "d_zero"])
    return found.assign(main=_is_main(found, study))


def _is_main(rows: pd.DataFrame, study: Study) -> pd.Series:
    own = (rows["pair"] == MAIN) & (rows["vintage"] == study.config["vintage_policy"])
    own &= (rows["dropped"] == "") & (rows["without_growth"] == "") & (rows["roles"] == GIVEN)
    return own & (rows["estimator"] == study.estimator) & (rows["effects"] == study.effects[-1])


def sign_survival_finding(study: Study) -> dict[str, Any]:
    """In how many specifications b1 and d lie above zero, as in a supply relation.

    `verdict`: `stands` (in every fit of the study's pair under its last effects, and without the
    growth of any year), `years` (in every fit with region effects, in none with year effects),
    `single_years` (the same, but not without the growth of some year), `never` or `some`. `all`,
    `swapped`, `deflated` (None without one), `without_growth` (likewise) and each of `pairs`: by
    effects, how many of how many fits show it; `broken`: by effects, the years without whose growth
    the main estimator does not.
    """
    if study.pair is None:
        return {"verdict": "none"}
    every = patterns(study)
    rows, cut = (every[every["without_growth"].eq("") == whole] for whole in (True, False))
    given = rows_of(rows, roles=GIVEN)
    broken = years_that_break(study) if study.pooled else {e: [] for e in study.effects}
    own, deflated = (rows_of(given, pair=pair) for pair in (MAIN, DEFLATED))
    others = given[~given["pair"].isin([MAIN, DEFLATED])]
    found: dict[str, Any] = {
        "all": _counts(own, study),
        "without_growth": _counts(cut, study) if len(cut) else None,
        "broken": broken,
        "swapped": _counts(rows_of(rows, roles=SWAPPED, pair=MAIN), study),
        "deflated": _counts(deflated, study) if len(deflated) else None,
        "pairs": {
            str(name): _counts(part, study) for name, part in others.groupby("pair", sort=False)
        },
    }
    verdict = _verdict(list(found["all"].values()), [len(broken[e]) for e in study.effects])
    return {"verdict": verdict, **found, "located": _located(study)}


def _counts(rows: pd.DataFrame, study: Study) -> dict[str, tuple[int, int]]:
    parts = {effects: rows_of(rows, effects=effects) for effects in study.effects}
    return {e: (int(p["pattern"].eq("supply").sum()), len(p)) for e, p in parts.items()}


def _verdict(counts: list[tuple[int, int]], broken: list[int]) -> str:
    """The verdict from counts and from the number of years that break the pattern, by effects."""
    *first, last = counts
    if not any(n for _, n in counts):
        return "not_estimated"
    if last[0] == last[1] and not broken[-1]:
        return "stands"
    if not any(supply for supply, _ in counts):
        return "never"
    if first and first[0][0] == first[0][1] and not last[0]:
        return "single_years" if broken[0] else "years"
    return "some"


def _located(study: Study) -> tuple[int, int]:
    """In how many specifications both sets of E of the region in focus are bounded and positive.

    Swapped roles have the same E and are not counted again.
    """
    table = study.tables["specifications"]
    rows = table[table["quantity"].eq("x1") & (table["roles"] == GIVEN)]
    return int(rows["located"].eq(True).sum()), len(rows)
