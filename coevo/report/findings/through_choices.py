"""What the combinations of choices say of each headline. Read from `headlines`."""

from typing import Any

from coevo.files import rows_of
from coevo.report.findings.study_tables import Study
from coevo.sensitivity.headlines import CENSUS_YEAR, DEPENDS, WITH, WITHOUT

REFUSED, MOSTLY, PARTLY, DIFFERS = "refused", "mostly", "partly", "differs"


def choices_finding(study: Study) -> dict[str, dict[str, Any]]:
    """By headline: `key`, its verdict, of what depends on choices `mostly` where more than half of
    the combinations say it, else `partly`; `refused` where it cannot be asked. `choice`: the one
    that decides, "" where all say the same. Of several pairs of systems `differs` where they do not
    agree, with how many of them `together` of `pairs`. `least`: of `all_rose`, regions that rose
    in every combination. `census`: headlines whose verdict, or the study's own answer, is another
    without the years in which coverage changed.
    """
    table, found = study.tables["headlines"], {}
    for name, rows in table.groupby("headline", sort=False):
        keys = [_key(row) for row in rows.to_dict("records")]
        same = len(set(keys)) == 1
        found[str(name)] = {
            "key": keys[0] if same else DIFFERS,
            "choice": rows["deciding_choice"].iloc[0],
            "pairs": len(rows),
            "together": keys.count("supported"),
        }
    comparable = study.tables["multiverse"].query("comparable")
    if len(comparable) and found["all_rose"]["key"] != REFUSED:
        found["all_rose"]["least"] = int(comparable["rose"].min())
    return found | {"census": {"headlines": hanging_on_census(study)}}


def _key(row: dict[str, Any]) -> str:
    if row["message"]:
        return REFUSED
    if row["verdict"] != DEPENDS:
        return str(row["verdict"])
    return MOSTLY if 2 * row["agree"] > row["combinations"] else PARTLY


def hanging_on_census(study: Study) -> list[str]:
    """Headlines that the years in which coverage changed decide, of the first pair of systems."""
    rows = rows_of(study.tables["headline_variants"], choice=CENSUS_YEAR, pair="")
    wide = rows.pivot(index="headline", columns="variant", values=["verdict", "own"])
    if wide.empty:
        return []
    moved = [wide[part][WITH] != wide[part][WITHOUT] for part in ("verdict", "own")]
    order = study.tables["headlines"]["headline"]
    return [str(name) for name in order.unique() if name in wide.index[moved[0] | moved[1]]]
