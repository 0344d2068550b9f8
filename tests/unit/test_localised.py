"""A study in the language of its reader: names, labels and grades, and nothing else."""

import numpy as np
import pandas as pd
import pytest

from coevo.report.findings.study_tables import NAMED, study_in_language
from coevo.study_data import StudyData
from tests.sample import NAMES, config, indicators, places, tables, words_of

CHINESE = places().set_index("region")["name_zh"].loc[list(NAMES)]
WORDS = words_of("phrases", "zh")["words"]


def chinese(made: dict[str, pd.DataFrame], known: pd.DataFrame | None = None):
    return study_in_language(StudyData(config(), indicators(), made, known), "zh", WORDS)


def test_every_table_names_its_regions_in_chinese() -> None:
    for name, frame in chinese(tables(), places()).tables.items():
        key = next((column for column in ("region", "scope") if column in frame), None)
        if key and "name" in frame:
            known = frame[frame[key].isin(NAMES)]
            assert (known["name"] == known[key].map(CHINESE)).all(), name
            assert not set(frame["name"].dropna()) & set(NAMES.values()), name


def test_a_region_that_is_not_known_keeps_its_name() -> None:
    made = tables()
    some = made["coupling"].assign(region="990000", name="Atlantis")
    told = chinese({"coupling": pd.concat([made["coupling"], some])}, places()).tables["coupling"]
    assert set(told["name"]) == {*CHINESE, "Atlantis"}
    without = chinese(tables()).tables["coupling"]
    assert set(without["name"]) == set(NAMES.values())


def test_a_twin_column_is_taken_where_it_is_filled() -> None:
    table = indicators()
    table.loc[table["indicator"] == "jobs", ["label_zh", "dimension_zh"]] = ["", np.nan]
    told = study_in_language(StudyData(config(), table, tables(), places()), "zh", WORDS)
    assert told.label("sales") == "销售额" and told.label("shops") == "商店"
    assert told.label("jobs") == "jobs"
    assert list(told.indicators["dimension"])[:5] == ["规模", "规模", "规模", "volume", ""]
    claims = tables(claims=True)["claims"].assign(claim_zh="论断", source_zh="")
    made = {"coupling": tables()["coupling"], "claims": claims}
    claim = chinese(made, places()).tables["claims"].iloc[0]
    assert (claim["claim"], claim["source"]) == ("论断", claims["source"].iloc[0])


@pytest.mark.parametrize("column", NAMED)
def test_grades_and_stages_have_chinese_words_in_every_column(column: str) -> None:
    names = WORDS[NAMED[column]]
    frame = pd.DataFrame({column: [*names, "", None]})
    told = chinese({"coupling": tables()["coupling"], "any": frame}, places()).tables["any"][column]
    assert list(told[:-1]) == [*names.values(), ""] and pd.isna(told.iloc[-1])
