"""What the web page tells of each indicator, in a fold: terms, places, gaps, doubts."""

import lxml.html
import pytest

from coevo.report.documents import documents
from coevo.report.documents.source import text
from coevo.report.findings.data_quality import audited
from coevo.report.findings.indicator_pages import pages_by_indicator
from coevo.report.words.template_values import worded
from tests.sample import page_files, study, templates, words_of


@pytest.fixture(scope="module")
def pages():
    return dict(pages_by_indicator(study()))


def test_each_indicator_and_output_leads_to_what_was_read(pages):
    small = study()
    members = small.indicators["subsystem"].isin(small.subsystems)
    assert pages.keys() == {*small.indicators.loc[members, "indicator"], *small.pair}
    observations, doubts = small.tables["observations"], audited(small)
    for indicator, page in pages.items():
        under = small.underlying([indicator])
        read = observations[observations["indicator"].isin(under)].dropna(subset="value")
        assert sum(place["n"] for place in page["cells"]) == len(read) > 0
        cells = {(row.file, row.sheet, row.cell) for row in read.itertuples()}
        for place in page["cells"]:
            ends = {(place["file"], place["sheet"], place[e]) for e in ("first_cell", "last_cell")}
            assert ends <= cells and place["use"] in ("used", "unused")
        counted = sum(line.get("n", 0) for line in page["audit"])
        assert counted == doubts["indicator"].isin(under).sum()
        filled = small.rows("panel", indicator=indicator, flag="filled")
        told = [
            g for line in page["done"] for g in line.get("groups", ()) if line["flag"] == "filled"
        ]
        assert {year for g in told for year in g["years"]} == {*filled["year"]}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_alone_tells_of_each_file_its_terms_or_that_none_are_stated(pages, language):
    small = study(language=language)
    said = worded(small, words_of("phrases", language))
    first, *others = sorted({place["file"] for page in pages.values() for place in page["cells"]})
    row = {"source": "*Office* <b>", "licence": "CC0", "pass_on": "yes", "accessed": "2026-11-30"}
    provenance = {"files": {}, "packages": {}, "sources": {first: row}}
    made = documents(said, page_files(small), text(said, templates()["report.md"], provenance))
    folds = lxml.html.fromstring(made[f"report.{language}.html"]).xpath("//details/details")
    assert len(folds) == len(pages)
    whole = " ".join(fold.text_content() for fold in folds)
    assert (
        "*Office* <b>" in whole
        and "2026-11-30" in whole
        and said.word("pass_on", "yes") in whole.lower()
    )
    assert ("sources.csv" in whole) == bool(others)
