"""Both reports of the studies that ship: Chinese is Chinese, and the two show the same."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from html import unescape
from typing import Any

import lxml.html
import pandas as pd
import pytest

from coevo.messages import unpacked
from coevo.report.findings.study_tables import study_in_language
from coevo.report.words.message_words import message_texts
from tests.projects import ROOT
from tests.sample import words_of
from tests.text_boxes import troubles

LANGUAGES = ("en", "zh")
pytestmark = pytest.mark.whole
# Words in Latin letters that a Chinese reader of economics meets as they are.
TERMS = {
    "methods and their authors": "AHP CRITIC KMO SPSSAU TOPSIS wild "
    "ARIMA Anderson Bartlett Bonferroni Conley Dagum Diebold Dirichlet Driscoll Fan Fieller Hansen "
    "Holm Kraay Lotka Mariano Morgan Nickell Pesaran Rubin Shorrocks Tobit Volterra "
    "Webb",
    "authors of papers that are checked": "Qian",
    "program, files and folders": "coevo CSV SHA tables",
    "the study of the control": "lynx hare",
    "places that the script of the page fills": "sheet region year subsystem best rule",
}
KNOWN = {word for words in TERMS.values() for word in words.split()}
# What is not prose: scripts and styles, formulas, the configuration, references, packages, and
# sources as the study states them.
SKIPPED = tuple("script style svg math pre code *[@id='refs'] *[@class='quoted']".split())
SPOKEN = ("alt", "aria-label", "title", "placeholder")
# A package and its version, as the section on provenance lists them.
PACKAGE = re.compile(r"\b[a-z][\w-]* \d+(?:\.\w+)+", re.ASCII)
PATH = re.compile(r"[\w./-]+\.(?:xlsx|xls|csv|yaml|html)")


class Page:
    """The texts of a page, cells of its tables by id, figures, charts and data of scripts."""

    def __init__(self, source: str) -> None:
        tree = lxml.html.fromstring(source)
        self.texts = [text for name in SPOKEN for text in tree.xpath(f"//@{name}")]
        self.tables = {
            part.get("id"): [
                [cell.text_content() for cell in row.xpath("td|th")] for row in part.iter("tr")
            ]
            for part in tree.xpath("//*[starts-with(@id, 'table-')]")
        }
        self.figures = tree.xpath("//*[starts-with(@id, 'fig:')]/@id")
        self.charts = tree.xpath("//@data-chart")
        self.data = {part.get("id"): part.text for part in tree.iter("script")}
        skipped = " or ".join(f"ancestor::{name}" for name in SKIPPED)
        self.texts += tree.xpath(f"//text()[not({skipped})]")


def folder(study: str):
    return ROOT / "reports" / study


@cache
def page(study: str, language: str) -> Page:
    return Page((folder(study) / f"report.{language}.html").read_text(encoding="utf-8"))


def foreign(texts: list[str], study: str) -> Counter[str]:
    """Count the words of three Latin letters and more that are no names, files or terms."""
    found: Counter[str] = Counter()
    for text in texts:
        plain = PATH.sub("", text).replace(f"研究 {study}", "").replace(f"研究{study}", "")
        plain = PACKAGE.sub("", plain)
        found.update(
            word
            for word in re.findall(r"[A-Za-z]{3,}", plain)
            if word not in KNOWN and word != study
        )
    return found


def line(text: str) -> str:
    return " ".join(text.split())


def strings(part: Any) -> Iterator[str]:
    """Yield the texts of what a script holds."""
    if isinstance(part, dict):
        for value in part.values():
            yield from strings(value)
    elif isinstance(part, list):
        for value in part:
            yield from strings(value)
    elif isinstance(part, str):
        yield part


@pytest.fixture(params=["provinces", "zhejiang"])
def study(request: pytest.FixtureRequest, built) -> str:
    """Name each study that ships in both languages, once it is built."""
    return request.param


def test_the_chinese_page_has_no_english_word(study: str, results) -> None:
    """Notes under the tables of the files are quoted as they stand."""
    audit = results(study, "audit")
    notes = audit.loc[audit["message"] == "note", "fields"]
    quoted = {line(unpacked(fields)["text"]) for fields in notes}
    texts = [text for text in page(study, "zh").texts if line(text) not in quoted]
    assert len("".join(texts)) > 5_000
    assert foreign(texts, study) == {}


def test_words_that_the_script_shows_are_chinese(study: str) -> None:
    held = json.loads(page(study, "zh").data["data-page"])
    shown = [*strings(held["words"]), *strings(held["facts"]), *strings(held["names"])]
    assert foreign(shown, study) == {}
    labels = [text for indicator in held["trace"]["indicators"] for text in strings(indicator)]
    assert any(re.search(r"[\u4e00-\u9fff]", text) for text in labels)


def test_charts_are_written_in_chinese(study: str) -> None:
    charts = sorted((folder(study) / "figures" / "zh").glob("*.svg"))
    assert charts
    for path in charts:
        texts = re.findall(r"<text[^>]*>(.*?)</text>", path.read_text(encoding="utf-8"), re.DOTALL)
        shown = [unescape(re.sub("<[^>]*>", "", text)) for text in texts]
        assert foreign(shown, study) == {}, path.name


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_words_of_a_chart_collide_or_are_cut(study: str, language: str) -> None:
    charts = sorted((folder(study) / "figures" / language).glob("*.svg"))
    found = {path.name: troubles(path.read_text(encoding="utf-8")) for path in charts}
    assert charts and not any(found.values()), found


@pytest.mark.parametrize(
    "name", ["provinces", "provinces-scale", "provinces-three", "zhejiang", "countries"]
)
def test_every_message_of_a_study_is_told_in_chinese(name: str, shipped) -> None:
    """Findings, remarks and refusals, also those that the report does not show."""
    phrases = words_of("phrases", "zh")
    chosen = study_in_language(shipped(name), "zh", phrases["words"])
    text = message_texts(phrases, chosen.label, chosen.name)
    audit, refused = (chosen.tables[kind] for kind in ("audit", "refusals"))
    rows = pd.concat([audit[audit["message"] != "note"], refused])
    said = [text(*row) for row in rows[["message", "fields"]].to_numpy()]
    assert len(said) and foreign(said, "") == {}


def test_the_english_page_has_chinese_only_where_files_do(study: str) -> None:
    """Sheets and notes of the files are quoted; no label, unit or name is left in Chinese."""
    quoted = {"table-files", "table-audit", "table-claims"}
    english = page(study, "en").tables
    for key in set(english) - quoted:
        for row in english[key]:
            assert not re.search(r"[\u4e00-\u9fff]", " ".join(row)), (key, row)


def test_both_pages_have_the_same_tables(study: str) -> None:
    pages = {language: page(study, language) for language in LANGUAGES}
    assert list(pages["en"].tables) == list(pages["zh"].tables)
    shapes = [
        {key: [len(row) for row in rows] for key, rows in pages[language].tables.items()}
        for language in LANGUAGES
    ]
    assert shapes[0] == shapes[1]


def test_both_pages_have_the_same_figures(study: str) -> None:
    english, chinese = (page(study, language) for language in LANGUAGES)
    assert english.figures and english.charts
    assert chinese.figures == english.figures
    assert chinese.charts == english.charts
    images = [
        {path.name for path in (folder(study) / "figures" / language).glob("*.[ps][nv]g")}
        for language in LANGUAGES
    ]
    assert images[0] == images[1]
    data = {path.stem for path in (folder(study) / "figures").glob("*/*.csv")}
    assert data == {name.partition(".")[0] for name in images[0]}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_table_and_work_is_referred_to(study: str, language: str) -> None:
    source = (ROOT / "reports" / study / f"report.{language}.html").read_text(encoding="utf-8")
    there = set(re.findall(r'id="((?:fig:|table-|ref-)[\w-]+)"', source))
    assert len(there) > 15 and there <= set(re.findall(r'href="#([\w:-]+)"', source))
