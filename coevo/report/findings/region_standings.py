"""Where every region stands: D and its rank, by the study's own choices and by others."""

import pandas as pd

from coevo.coupling.level import LEVEL_OUT
from coevo.report.findings.level_control import of_measure
from coevo.report.findings.study_tables import Study, first_and_last
from coevo.sensitivity.coverage_breaks import KEPT


def standings(study: Study) -> pd.DataFrame:
    """By region: `group`; D of its first and last year and its `rise`, `D_without` the years of
    changed coverage; rank in the first and the last year of the study, `rank_low` to `rank_high`
    over all combinations of choices, `rank_adjusted` with the level of development taken out. NaN
    for what is not known.
    """
    first, last = study.ends
    choices = study.tables["rank_ranges"].set_index("region")
    without = first_and_last(study.rows("coverage_breaks", variant=KEPT).dropna(subset="D"))[1]
    columns = {
        "group": groups_of(study),
        "D_first": first["D"],
        "D": last["D"],
        "rise": last["D"] - first["D"],
        "D_without": without["D"],
        "rank_first": first["rank"].where(first["year"] == study.years[0]),
        "rank": last["rank"].where(last["year"] == study.years[-1]),
        "rank_low": choices["rank_low"],
        "rank_high": choices["rank_high"],
        "rank_adjusted": of_measure(study, "rank_adjusted_D", slope=LEVEL_OUT),
    }
    return pd.DataFrame(columns, index=pd.Index(study.listing, name="region"))


def groups_of(study: Study) -> pd.Series:
    """The group of each region in the words of the report, as far as regions have groups."""
    column = study.config["regional"]["groups"]
    if study.places is None or column not in study.places:
        return pd.Series(dtype=object)
    held = study.places[study.places["region"].isin(study.regions)].set_index("region")[column]
    held = held.dropna().loc[lambda groups: groups.ne("")]
    return held.replace(dict(study.words.get("group", {})))
