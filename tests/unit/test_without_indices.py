"""A study of two populations alone: nothing of it speaks of indices, all else stands."""

import re

import pandas as pd
import pytest

from coevo.equilibria.result_rows import mean_rows
from coevo.report.documents.source import metadata, page_data, text
from coevo.report.tables.results_workbook import workbook_bytes
from coevo.report.words.template_values import worded
from coevo.schema import LANGUAGES
from coevo.sensitivity.claims import NOT_TESTABLE, most_rapid
from coevo.sensitivity.headline_claims import headline_rows
from coevo.study_data import StudyData
from tests.sample import COUNT, templates, unindexed, words_of

BOTH = pytest.mark.parametrize("count", [1, COUNT])
# what a report may say of indices: D, C and T in italics, U by its subsystem
OF_INDICES = re.compile(r"\*[DCT]\*|U₁|coordination|指数(?!平滑)|协调度")


@BOTH
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_report_speaks_of_the_populations_alone(count, language):
    said = worded(unindexed(count, language), words_of("phrases", language))
    report = text(said, templates()["report.md"], "1")
    own = report.replace(said.study.config["title"][language], "")
    found = OF_INDICES.findall(own)
    assert not found, found
    for section in ("populations", "equilibria", "limits", "methods-text"):
        assert f"{{#{section}}}" in report
    assert ("{#regions}" in report) == (count > 1)
    data = page_data(said)
    assert data["trace"] == {"years": [], "regions": []}
    assert metadata(said)["title"]


def test_the_workbook_traces_nothing(tmp_path):
    from openpyxl import load_workbook

    chosen = unindexed()
    path = tmp_path / "results.xlsx"
    path.write_bytes(workbook_bytes(worded(chosen, words_of("phrases", "en"))))
    names = load_workbook(path).sheetnames
    assert names[:2] == ["contents", "Summary"] and {"regressions", "theory and fit by region"} <= {
        *names
    }
    assert not {"D step by step", "indices", "weights", "headlines"} & {*names}


def test_a_claim_about_the_degree_is_not_testable():
    chosen = unindexed()
    evidence = StudyData(chosen.config, chosen.indicators, chosen.tables)
    assert most_rapid(evidence, "output").verdict == NOT_TESTABLE
    asked = set(headline_rows(evidence)["claim"])
    model = {"feedback_exceeds_competition", "supply_relation", "equilibrium_located"}
    assert asked == model | {"theory_strength", "theory_strength_panel"}


def test_means_have_their_years_and_are_there_only_with_a_cycle():
    seen = pd.DataFrame({"x1": [1, 4, 1, 4, 1, None], "x2": [2, 2, 4, 2, 2, 1]}, range(2001, 2007))
    rows = {row["quantity"]: (row["value"], row["period"]) for row in mean_rows(seen)}
    assert rows["cycle_mean_x1"] == (2.5, "2002-2003") and rows["cycle_mean_x2"][0] == 3
    assert rows["mean_x1"] == (11 / 5, "2001-2005")
    assert list(mean_rows(seen.assign(x1=range(1, 7)))) == []
