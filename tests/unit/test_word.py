"""The Word report: what the page holds, in Word's own terms."""

import io
import re
import zipfile
from typing import Any
from xml.etree import ElementTree

import pytest

from coevo.messages import packed
from coevo.report.documents import word
from coevo.report.documents.pages import document
from coevo.report.documents.source import metadata
from coevo.report.figures import figure_names
from coevo.report.figures.typesetting import pngs
from coevo.report.findings import Study
from coevo.report.findings.chart_needs import charts_that_apply
from coevo.report.words.template_values import worded
from coevo.study_data import StudyData
from tests.sample import (
    config,
    documents,
    in_language,
    indicators,
    places,
    put,
    study,
    tables,
    templates,
    words_of,
)

pytestmark = pytest.mark.whole

SPACES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "dc": "http://purl.org/dc/elements/1.1/",
}
W = f"{{{SPACES['w']}}}"
LABEL, NOTE = "<b>&*|</w:t> jobs", "falls by 50% | from *2* to <b>1</b> $x$"
HEADINGS = words_of("phrases", "en")["headings"]


@pytest.fixture(scope="module")
def given() -> tuple:
    """Arguments of a report whose indicator and audit have texts that mean harm."""
    table = indicators()
    table["label_en"] = table["label_en"].mask(table["indicator"].eq("jobs"), LABEL)
    made = tables(claims=True)
    made = put(made, "audit", {}, message="note", fields=packed({"text": NOTE}))
    settings = config(claims=True) | {"study": "sample-of-two"}
    chosen = in_language(StudyData(settings, table, made, places()))
    return chosen, templates() | images(chosen), "html", "docx"


def images(chosen: Study) -> dict[str, Any]:
    """For each chart an empty specification and an image of its own size."""
    names = figure_names(charts_that_apply(chosen))
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="{}"/>'
    made = pngs({name: svg.format(height) for height, name in enumerate(names, start=9)})
    images = {f"{name}.png": image for name, image in made.items()}
    return images | {f"{name}.json": "{}" for name in names}


@pytest.fixture(scope="module")
def made(given: tuple) -> dict[str, bytes]:
    return documents(*given)


@pytest.fixture(scope="module")
def parts(made: dict[str, bytes]) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(made["report.en.docx"])) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def body(parts: dict[str, bytes]) -> ElementTree.Element:
    return ElementTree.fromstring(parts["word/document.xml"])


@pytest.fixture(scope="module")
def main(made: dict[str, bytes]) -> str:
    """What the page shows between its contents and its scripts."""
    return made["report.en.html"].decode().split("<main>")[1].split("</main>")[0]


def said(element: ElementTree.Element) -> str:
    """Text of an element, formulas left out."""
    return "".join(text.text or "" for text in element.iterfind(".//w:t", SPACES))


def styled(body: ElementTree.Element, style: str) -> list[ElementTree.Element]:
    """Paragraphs in a style."""
    return body.findall(f".//w:pStyle[@w:val='{style}']/../..", SPACES)


def test_parts_are_there_and_well_formed(parts: dict[str, bytes]) -> None:
    named = {"document", "styles", "settings", "numbering", "header1", "footer1", "theme/theme1"}
    assert {"[Content_Types].xml", "_rels/.rels", "docProps/core.xml"} <= set(parts)
    assert {f"word/{name}.xml" for name in named} <= set(parts)
    for name, part in parts.items():
        if name.endswith((".xml", ".rels")):
            ElementTree.fromstring(part)


def test_formulas_are_native(body: ElementTree.Element, main: str) -> None:
    formulas = body.findall(".//m:oMath", SPACES)
    assert len(formulas) == main.count("<math") > 0
    assert not [text for text in body.iterfind(".//m:t", SPACES) if text.text == "&"]


def test_captions_are_those_of_the_page_in_order(body: ElementTree.Element, main: str) -> None:
    captions = [said(paragraph) for paragraph in styled(body, "Caption")]
    numbers = [re.match(r"(Figure|Table)\s(\d+)\. \S", text) for text in captions]
    assert all(numbers)
    for kind in ("Figure", "Table"):
        found = [int(match[2]) for match in numbers if match and match[1] == kind]
        shown = [int(n) for n in re.findall(rf"<strong>{kind} (\d+)\.</strong>", main)]
        assert found == shown == list(range(1, len(found) + 1))
        fields = body.findall(f".//w:fldSimple[@w:instr=' SEQ {kind} \\* ARABIC ']", SPACES)
        assert [int(said(field)) for field in fields] == found


def test_charts_are_images_with_words_within_the_margins(
    parts: dict[str, bytes], body: ElementTree.Element, given: tuple
) -> None:
    pictures = body.findall(".//wp:inline", SPACES)
    images = {part for name, part in parts.items() if name.startswith("word/media/")}
    assert len(images) == len(pictures) > 6
    assert images <= {file for name, file in given[1].items() if name.endswith(".png")}
    words = [picture.find("wp:docPr", SPACES).get("descr") for picture in pictures]
    assert min(map(len, words)) > 5 and len(set(words)) == len(words)
    for picture in pictures:
        assert int(picture.find("wp:extent", SPACES).get("cx")) <= word.text_width(body) * 635
    rows = {len(table.findall(".//wp:inline", SPACES)) for table in panels(body)}
    assert rows == {2}


def panels(body: ElementTree.Element) -> list[ElementTree.Element]:
    """Tables that hold figures side by side."""
    return body.findall(".//w:tblStyle[@w:val='Panels']/../..", SPACES)


def test_tables_have_the_rows_of_the_page_and_fill_its_width(
    body: ElementTree.Element, main: str
) -> None:
    numbered = [table for table in body.iterfind(".//w:tbl", SPACES) if table not in panels(body)]
    assert sum(len(table.findall("w:tr", SPACES)) for table in numbered) == main.count("<tr")
    for table in numbered:
        widths = [int(c.get(f"{W}w")) for c in table.iterfind("w:tblGrid/w:gridCol", SPACES)]
        assert word.text_width(body) - len(widths) <= sum(widths) <= word.text_width(body)
        first, *others = table.findall("w:tr", SPACES)
        assert first.find("w:trPr/w:tblHeader", SPACES) is not None
        assert not [row for row in others if row.find("w:trPr/w:tblHeader", SPACES) is not None]


def test_language_title_and_fixed_dates(parts: dict[str, bytes]) -> None:
    styles = ElementTree.fromstring(parts["word/styles.xml"])
    language = styles.find("w:docDefaults/w:rPrDefault/w:rPr/w:lang", SPACES)
    assert language.get(f"{W}val") == "en-GB" and language.get(f"{W}eastAsia") == "zh-CN"
    core = ElementTree.fromstring(parts["docProps/core.xml"])
    assert core.findtext("dc:title", namespaces=SPACES) == config()["title"]["en"]
    assert core.findtext("dc:language", namespaces=SPACES) == "en-GB"
    dates = [
        element.text for element in core if element.tag.startswith("{http://purl.org/dc/terms")
    ]
    assert dates == [word.MADE] * 2
    assert b"words-theme" not in parts["docProps/custom.xml"]


def test_what_needs_a_script_is_on_the_page_alone(body: ElementTree.Element, main: str) -> None:
    assert main.index('id="trace-panel"') < main.index('id="methods-text"')
    heading = HEADINGS["trace"].partition("*")[0]
    assert heading in main and heading not in said(body)


def test_a_label_that_means_harm_is_text(body: ElementTree.Element) -> None:
    assert LABEL in said(body) and NOTE in said(body)


def test_a_chinese_document_says_so_to_word(given: tuple) -> None:
    meta = metadata(worded(study(language="zh"), words_of("phrases", "zh")))
    source = document("# 结论\n\n正文。\n", given[1], meta)
    made = word.docx(source, given[1], {}, meta)
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        core = ElementTree.fromstring(archive.read("docProps/core.xml"))
        assert b"lang-office" not in archive.read("docProps/custom.xml")
    assert core.findtext("dc:language", namespaces=SPACES) == "zh-CN"
    assert core.findtext("dc:title", namespaces=SPACES) == config()["title"]["zh"]
