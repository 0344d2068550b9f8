"""The studies that ship, as built once."""

from functools import cache

import pytest

from coevo.files import read_table
from coevo.schema import study_tables
from coevo.study.configuration import complete_config
from coevo.study_data import StudyData
from tests.projects import ROOT, must_run

STUDIES = ("provinces", "provinces-scale", "provinces-three", "zhejiang", "lynx-hare", "countries")
ESTIMATED = "chemostats"  # only what `estimate` makes of it


@pytest.fixture(scope="session")
def built():
    """Build the studies and return a function that reads their tables.

    No test looks at the reports of provinces-scale, a study like the default one with other
    indicators: its workbook needs every table.
    """
    for study in STUDIES:
        few = [f"reports/{study}/latex"] if study == "provinces-scale" else []
        must_run(ROOT, *few, study=study)
    must_run(ROOT, f"data/processed/{ESTIMATED}/effects.csv", study=ESTIMATED)
    read = cache(lambda study, table: read_table(ROOT / f"data/processed/{study}/{table}.csv"))
    return lambda study, table: read(study, table).copy()


@pytest.fixture
def results(built):
    """`results(study, table)`: a table of a study that ships."""
    return built


@pytest.fixture(scope="session")
def shipped(built):
    """`shipped(study)`: a study that ships, with what simulations say of rules of inference."""
    simulated = sorted((ROOT / "docs" / "simulation").glob("*.csv"))

    @cache
    def read(study: str) -> StudyData:
        path = ROOT / "config" / f"{'config' if study == STUDIES[0] else study}.yaml"
        config = complete_config(path)
        tables = {name: built(study, name) for name in study_tables(config)}
        tables |= {path.stem: read_table(path) for path in simulated}
        indicators = read_table(ROOT / config["indicators"], "indicators")
        places = read_table(ROOT / config["regions_table"], "regions")
        return StudyData(config, indicators, tables, places)

    return read
