"""Documents of a report: what each format shows of the same blocks, and that bytes repeat."""

import io
import re
import zipfile
from dataclasses import replace

import pandas as pd
import pytest

from coevo.errors import StudyError
from coevo.newreport.blocks import Column, Figure, Prose, Report, Table
from coevo.newreport.charts.parts import chart, layer, mark, number
from coevo.newreport.documents import documents
from tests.sample import ROOT

FOLDERS = [ROOT / "workflow" / "newreport", ROOT / "workflow" / "report"]
FILES = {
    path.name: path.read_text(encoding="utf-8")
    for folder in reversed(FOLDERS)
    for path in folder.iterdir()
    if path.is_file()
}
SPEC = chart(
    {"rows": pd.DataFrame({"x": [1, 2], "y": [2, 1]})},
    [layer("rows", mark("point"), {"x": number("x"), "y": number("y")})],
    height=100, paper=(300, 80.0),
)  # fmt: skip
ROWS = pd.DataFrame({"name": ["Ahe <b>", "Bel"], "D": [0.4, 0.5]})
COLUMNS = [Column("Region", ("name",)), Column("D", ("D",), right=True)]
BLOCKS = [
    Prose("::: {#opening}\n::: abstract\nHow D rose, $a^2$.\n:::"),
    Figure("one", "D by year", {"left": SPEC, "right": SPEC}, "Two panels."),
    Table("claims", "What holds", ROWS, COLUMNS, "A note.", "claims"),
    Prose("::: limits\nFew years.\n:::\n:::\n\n# Data\n\nSee [](#fig-one) and [](#tab-claims)."),
    Prose("## Part\n\n::: screen\nOn screen.\n:::\n\n::: paper\nOn paper.\n:::"),
    Prose("# More {.annex}\n\n# References {.unnumbered}\n\n::: {#refs}\n:::"),
    Prose('::: {#of-regions}\n::: {.region-text region="A"}\nOf A.\n:::\n:::'),
]
META = {
    "title": "A title of *D*", "pagetitle": "A title", "lang": "en-GB", "lang-office": "en-GB",
    "kicker": "coevo", "years": "2001–2002", "generator-name": "coevo", "study": "sample",
    "citations": "author-date.csl", "words-contents": "Contents", "words-theme": "Theme",
    "words-skip": "Skip", "version": "1", "language": "en",
}  # fmt: skip
REPORT = Report("en", BLOCKS, {"fig": "Figure {}", "tab": "Table {}"}, META)
PAGE = {"study": "sample", "focus": "A", "names": {"A": "</script>"}, "words": {}, "trace": None}


def made(*formats: str, report: Report = REPORT) -> dict[str, bytes]:
    return documents(report, formats, {"left": SPEC, "right": SPEC}, PAGE, FILES)


@pytest.fixture(scope="module")
def all_made() -> dict[str, bytes]:
    return made("html", "pdf", "docx")


def test_a_page_holds_charts_labels_numbers_and_texts_of_regions(all_made):
    page = re.sub(r"<script.*?</script>", "", all_made["report.en.html"].decode(), flags=re.S)
    assert 'data-chart="left" role="img" aria-label="Figure 1. D by year. Two panels."' in page
    assert '<a href="#fig-one">Figure 1</a> and <a href="#tab-claims">Table 1</a>' in page
    assert "<caption><strong>Table 1.</strong> What holds</caption>" in page
    assert [re.sub("<.*?>", "", h) for h in re.findall(r"<h[123].*?</h[123]>", page)] == [
        "A title of D", "1\u2002Data", "1.1\u2002Part", "A\u2002More", "References",
    ]  # fmt: skip
    assert "How <em>D</em> rose" in page and "Ahe &lt;b&gt;" in page
    assert "On screen." in page and "On paper." not in page
    assert re.search(r'<template id="of-regions">.*data-region="A".*</template>', page, re.S)


def test_data_cannot_end_the_script(all_made):
    page = all_made["report.en.html"].decode()
    assert '"names":{"A":"\\u003c/script>"}' in page


def test_a_pdf_is_tagged_and_page_one_stands_alone(all_made):
    pdf = all_made["report.en.pdf"]
    assert b"/MarkInfo" in pdf and b"/Count 2" in pdf


def test_a_word_document_keeps_claims_whole_and_has_what_is_for_paper(all_made):
    with zipfile.ZipFile(io.BytesIO(all_made["report.en.docx"])) as archive:
        body = archive.read("word/document.xml").decode()
    assert body.count("<w:cantSplit/>") == 3 and 'w:val="TableKept"' in body
    assert body.count('w:val="Caption"') == 1 and body.count("<wp:inline ") == 2
    assert "On paper." in body and "On screen." not in body and "Of A." not in body


def test_the_same_report_has_the_same_bytes(all_made):
    assert made("html", "pdf", "docx") == all_made


def test_a_character_without_a_glyph_is_refused():
    strange = replace(REPORT, meta={**META, "title": "A title with \U00013000"})
    with pytest.raises(StudyError, match=r"no font holds .*U\+13000.* or leave pdf out"):
        made("pdf", report=strange)
