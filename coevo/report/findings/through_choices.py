"""What the combinations of choices say of each headline. Read from `headlines`."""

from typing import Any

import pandas as pd

from coevo.files import rows_of
from coevo.report.findings.study_tables import Study
from coevo.sensitivity.choices import MAIN
from coevo.sensitivity.headlines import DEPENDS, LEVEL, SUPPORTED

REFUSED, MOSTLY, PARTLY, DIFFERS = "refused", "mostly", "partly", "differs"


def choices_finding(study: Study) -> dict[str, Any]:
    """By headline: `key`, its verdict, of what depends on choices `mostly` where more than half of
    the combinations say it, else `partly`; `refused` where it cannot be asked. `choice`: the one
    that decides, "" where all say the same. Of several pairs of systems that do not agree `differs`
    where some of them, `together` of `pairs`, are supported, else `partly`. `least`: of `all_rose`,
    regions that rose in every combination. `chance`: `told` where random pairings give such counts
    in every system, else `none`. `forms`: see `shares_by_form`;
    `not_allowed`: message and fields of why figures do not allow combinations, and how many.
    """
    table, found = study.tables["headlines"], {}
    for name, rows in table.groupby("headline", sort=False):
        keys = [_key(row) for row in rows.to_dict("records")]
        together = keys.count(SUPPORTED)
        several = DIFFERS if together else PARTLY
        found[str(name)] = {
            "key": keys[0] if len(set(keys)) == 1 else several,
            "choice": rows["deciding_choice"].iloc[0],
            "pairs": len(rows),
            "together": together,
            "chance": _by_chance(study, str(name)),
        }
    comparable = study.tables["multiverse"].query("comparable")
    if len(comparable) and found["all_rose"]["key"] != REFUSED:
        found["all_rose"]["least"] = int(comparable["rose"].min())
    refused = study.tables["varied_refusals"].groupby(["message", "fields"], sort=False)
    counts = [(*why, int(n)) for why, n in refused["combinations"].sum().items()]
    return found | {"forms": shares_by_form(study), "not_allowed": counts}


def shares_by_form(study: Study) -> list[tuple[str, float, float]]:
    """By form of C the least and the largest share of T in the variance of ln D, over the study's
    own indicator system; the study's own form first.
    """
    table = rows_of(study.tables["multiverse"], system=MAIN).dropna(subset="share_T")
    ends = table.groupby("form", sort=False)["share_T"].agg(["min", "max"])
    return [(str(form), float(low), float(high)) for form, low, high in ends.itertuples()]


def _by_chance(study: Study, headline: str) -> str:
    parts = [study.tables[name] for name in ("headlines", "headline_variants")]
    p = pd.concat([rows_of(part, headline=headline, pair="")["p"] for part in parts]).dropna()
    return "told" if len(p) and (p >= LEVEL).all() else "none"


def _key(row: dict[str, Any]) -> str:
    if row["message"]:
        return REFUSED
    if row["verdict"] != DEPENDS:
        return str(row["verdict"])
    return MOSTLY if 2 * row["agree"] > row["combinations"] else PARTLY
