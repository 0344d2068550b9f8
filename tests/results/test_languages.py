"""Both reports of the studies that ship: Chinese is Chinese, and the two show the same."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from coevo.files import read_table
from coevo.messages import unpacked
from coevo.observations.units import UNITS, named
from coevo.report.findings.localised import study_in_language
from coevo.report.words.message_words import message_texts
from coevo.study.configuration import complete, read_config, read_schema
from coevo.study_data import StudyData
from tests.sample import words_of
from tests.text_boxes import troubles

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = ("en", "zh")


def settings(name: str) -> dict[str, Any]:
    path = ROOT / f"config/{name}.yaml"
    return complete(read_config(path), read_schema("config", ROOT), path.name)


CONFIGS = {
    config["study"]: config
    for config in map(settings, ("config", "zhejiang"))
    if set(LANGUAGES) <= set(config["report"]["languages"])
}
# Words in Latin letters that a Chinese reader of economics meets as they are.
TERMS = {
    "methods and their authors": "AHP CRITIC KMO SPSSAU TOPSIS wild "
    "ARIMA Anderson Bartlett Bonferroni Conley Dagum Diebold Dirichlet Driscoll Fan Fieller Hansen "
    "Hausman Holm Kraay Lotka Mariano Morgan Nickell Pesaran Rubin Shorrocks Theta Volterra Webb",
    "authors of papers that are checked": "Qian",
    "program, files and folders": "coevo CSV SHA tables",
    "places that the script of the page fills": "sheet region year subsystem best",
}
KNOWN = {word for words in TERMS.values() for word in words.split()}
VOID = {"meta", "link", "br", "hr", "img", "input", "col"}
# What is not prose: scripts and styles, formulas, the configuration, references, packages.
SKIPPED = {"script", "style", "svg", "math", "pre", "code"}
SKIPPED_IDS = {"refs"}
SPOKEN = ("alt", "aria-label", "title", "placeholder")
# English spells a rank out, as far as it has the words; Chinese gives it in digits.
PHRASES = yaml.safe_load((ROOT / "workflow/report/phrases.en.yaml").read_text(encoding="utf-8"))
ORDINALS = PHRASES["grammar"]["ordinals"]
RANK = re.compile(rf"\b(ranks )({'|'.join(ORDINALS)})\b")
# A package and its version, as the section on provenance lists them.
PACKAGE = re.compile(r"\b[a-z][\w-]* \d+(?:\.\w+)+", re.ASCII)
PATH = re.compile(r"[\w./-]+\.(?:xlsx|xls|csv|yaml|html)")


class Page(HTMLParser):
    """The texts of a page with the ids they stand in, its tables, figures and scripts' data."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.texts: list[str] = []
        self.tables: dict[str, list[list[str]]] = {}
        self.figures: list[str] = []
        self.charts: list[str] = []
        self.data: dict[str, str] = {}
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        self.texts += [given[key] for key in SPOKEN if given.get(key)]
        if tag not in VOID:
            self.open.append((tag, given.get("id", "")))
        if given.get("id", "").startswith("fig:"):
            self.figures.append(given["id"])
        if "data-chart" in given:
            self.charts.append(given["data-chart"])
        if tag == "tr" and self.table:
            self.tables.setdefault(self.table, []).append([])
        if tag in ("td", "th") and self.table:
            self.tables[self.table][-1].append("")

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        tags, ids = {tag for tag, _ in self.open}, {name for _, name in self.open}
        if "script" in tags:
            self.data[self.open[-1][1]] = data
        if {"td", "th"} & tags and self.table:
            self.tables[self.table][-1][-1] += data
        if not tags & SKIPPED and not ids & SKIPPED_IDS:
            self.texts.append(data)

    @property
    def table(self) -> str:
        return next((name for _, name in reversed(self.open) if name.startswith("table-")), "")


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


@pytest.fixture(params=sorted(CONFIGS))
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


@pytest.mark.parametrize("name", ["config", "provinces-scale", "provinces-three", "zhejiang"])
def test_every_message_of_a_study_is_told_in_chinese(name: str, results) -> None:
    """Findings, remarks and refusals, also those that the report does not show."""
    config = settings(name)
    phrases = words_of("phrases", "zh")
    table = read_table(ROOT / config["indicators"], "indicators")
    places = read_table(ROOT / config["regions_table"], "regions")
    coupling = {"coupling": results(config["study"], "coupling")}
    chosen = study_in_language(StudyData(config, table, coupling, places), "zh", phrases["words"])
    text = message_texts(phrases, chosen.label, chosen.name)
    audit, refused = (results(config["study"], kind) for kind in ("audit", "refusals"))
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


def words(study: str, language: str) -> list[str]:
    """Return labels and units that hold digits of their own, the longest first."""
    config = CONFIGS[study]
    paths = [config["indicators"], *config.get("robustness", {}).get("systems", {}).values()]
    labels = pd.concat([read_table(ROOT / path, "indicators") for path in paths])[
        f"label_{language}"
    ]
    texts = {str(label) for label in labels.dropna()} | {named(unit, language) for unit in UNITS}
    texts |= {text[:1].upper() + text[1:] for text in texts}
    return sorted((text for text in texts if text), key=len, reverse=True)


def numbers(text: str, without: re.Pattern[str]) -> tuple[str, ...]:
    """Return the numbers of a cell, in order of their digits: languages turn sentences round."""
    plain = without.sub(" ", text).replace(",", "").replace("at least six", "at least 6")
    plain = plain.replace("five nearest", "5 nearest")
    plain = RANK.sub(lambda found: f"{found[1]}{1 + ORDINALS.index(found[2])}", plain)
    return tuple(sorted(re.findall(r"\d+(?:\.\d+)?", plain)))


def test_both_pages_have_the_same_tables(study: str) -> None:
    pages = {language: page(study, language) for language in LANGUAGES}
    assert list(pages["en"].tables) == list(pages["zh"].tables)
    shapes = [
        {key: [len(row) for row in rows] for key, rows in pages[language].tables.items()}
        for language in LANGUAGES
    ]
    assert shapes[0] == shapes[1]


def test_the_cells_of_both_hold_the_same_numbers(study: str) -> None:
    """Rows of regions are listed by name in one and by code in the other: compared as a set."""
    held = {}
    for language in LANGUAGES:
        gone = re.compile("|".join(map(re.escape, words(study, language))))
        held[language] = {
            key: Counter(tuple(numbers(cell, gone) for cell in row) for row in rows)
            for key, rows in page(study, language).tables.items()
        }
    for key, rows in held["en"].items():
        assert held["zh"][key] == rows, key
    assert sum(len(cell) for rows in held["en"].values() for row in rows for cell in row) > 100


def test_both_pages_have_the_same_figures(study: str) -> None:
    english, chinese = (page(study, language) for language in LANGUAGES)
    assert english.figures and english.charts
    assert chinese.figures == english.figures
    assert chinese.charts == english.charts
    names = [
        sorted(path.name for path in (folder(study) / "figures" / language).iterdir())
        for language in LANGUAGES
    ]
    assert names[0] == names[1]


def test_the_data_of_a_chart_are_the_same_in_both(study: str) -> None:
    for path in sorted((folder(study) / "figures" / "en").glob("*.csv")):
        pair = [pd.read_csv(path.parents[1] / language / path.name) for language in LANGUAGES]
        assert pair[0].shape == pair[1].shape, path.name
        figures = [
            sorted(frame.select_dtypes("number").to_numpy().ravel().tolist(), key=repr)
            for frame in pair
        ]
        assert figures[0] == pytest.approx(figures[1], nan_ok=True), path.name


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_table_and_work_is_referred_to(study: str, language: str) -> None:
    source = (ROOT / "reports" / study / f"report.{language}.html").read_text(encoding="utf-8")
    there = set(re.findall(r'id="((?:fig:|table-|ref-)[\w-]+)"', source))
    assert len(there) > 20 and there <= set(re.findall(r'href="#([\w:-]+)"', source))
