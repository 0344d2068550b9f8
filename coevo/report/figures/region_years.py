"""What every chart of D shows of a region: its grade, its group, its tips."""

from collections.abc import Mapping

import pandas as pd

from coevo.report.figures.vega import Part, tips
from coevo.report.findings.grade_scale import colours, grade_marks
from coevo.report.findings.study_tables import Study


def states(study: Study) -> pd.DataFrame:
    """Rows (region, name, year, D, grade) with D as it is printed (text) and its colour (g)."""
    return with_grades(study, study.coupling[["region", "name", "year", "D", "grade"]])


def with_grades(study: Study, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of D and grade with D as it is printed (text) and its colour (g)."""
    text = [grade_marks(D, scale=study.grades) for D in rows["D"]]
    return rows.assign(text=text, g=rows["grade"].map(colours(study.grades)))


def groups_of(study: Study) -> pd.Series:
    """The group of each region in the words of the report, as far as regions have groups."""
    column = study.config["regional"]["groups"]
    if study.places is None or column not in study.places:
        return pd.Series(dtype=object)
    held = study.places[study.places["region"].isin(study.regions)].set_index("region")[column]
    held = held.dropna().loc[lambda groups: groups.ne("")]
    return held.replace(dict(study.words.get("group", {})))


def state_tips(words: Mapping[str, str], shown: str = ".3f") -> list[Part]:
    """What a reader sees at a D: region, year, D and grade."""
    return tips(words, "name region", "year year", f"D D {shown}", "grade grade")
