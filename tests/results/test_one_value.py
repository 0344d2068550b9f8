"""The report of the default study says of each quantity what the tables of results hold."""

import yaml

from coevo.files import read_table
from coevo.report.findings.localised import study_in_language
from coevo.schema import study_tables
from coevo.study import configuration
from coevo.study_data import StudyData
from tests.reported import differing, quantities
from tests.sample import ROOT, places, words_of


def test_no_quantity_has_two_values(results) -> None:
    schema = configuration.read_schema("config", ROOT)
    given = yaml.safe_load((ROOT / "config" / "config.yaml").read_text("utf-8"))
    config = configuration.complete(given, schema, "config.yaml")
    tables = {name: results("provinces", name) for name in study_tables(config)}
    simulated = (ROOT / "docs" / "simulation").glob("*.csv")
    tables |= {path.stem: read_table(path) for path in sorted(simulated)}
    indicators = read_table(ROOT / config["indicators"], "indicators")
    words = words_of("phrases", "en")["words"]
    study = study_in_language(StudyData(config, indicators, tables, places()), "en", words)
    found = quantities(study)
    assert not {name: told for name, places in found.items() if (told := list(differing(places)))}
    assert sum(map(len, found.values())) > 40
