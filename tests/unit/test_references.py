"""References: the works that a study uses, in the style of the report's language."""

import re

import pytest
import yaml

from coevo.report.documents.pages import converted, document, html
from coevo.report.documents.source import metadata, text
from coevo.report.words.template_values import worded
from coevo.schema import LANGUAGES
from tests.sample import ROOT, study, templates, unindexed, words_of

FOLDER = ROOT / "workflow" / "report"
SOURCE = (FOLDER / "references.yaml").read_text(encoding="utf-8")
WORKS = {work["id"]: work for work in yaml.safe_load(SOURCE)["references"]}
MANY = "ABCDE"  # family names of a work with five authors


@pytest.fixture(scope="module")
def given() -> dict:
    """Return the templates, with a work of five authors that is not in Chinese."""
    authors = ", ".join(f"{{family: {name}ab, given: Cd}}" for name in MANY)
    work = f"\n  - {{id: five, type: book, author: [{authors}], issued: 2001, title: Fives}}\n"
    return templates() | {"references.yaml": SOURCE + work}


def set_in(text: str, language: str, given: dict) -> str:
    """Return a text as plain text, its references below it."""
    meta = {"lang": language, "language": language, "pagetitle": "x"}
    meta["citations"] = words_of("phrases", language)["page"]["citations"]
    text += "\n\n::: {#refs}\n:::\n"
    return converted(document(text, given, meta), "plain", given, [], meta).decode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_work_is_cited_in_a_sentence_and_every_cited_work_is_there(language: str) -> None:
    assert cited((FOLDER / f"phrases.{language}.yaml").read_text("utf-8")) == set(WORKS)


def cited(text: str) -> set[str]:
    return set(re.findall(r"@([a-z]+\d{4}|qian|spssau|spsspro)\b", text))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["claims", "one region", "no indices"])
def test_every_figure_and_table_is_referred_to(kind: str, language: str) -> None:
    """And so is nothing that is not there; every work that the text cites is known."""
    made = {
        "claims": lambda: study(claims=True, language=language),
        "one region": lambda: study(1, language=language),
        "no indices": lambda: unindexed(language=language),
    }
    said = worded(made[kind](), words_of("phrases", language))
    source = text(said, templates()["report.md"], "1")
    there = set(re.findall(r"\{[^}\n]*?#((?:fig:|table-)[\w-]+)[^}]*\}", source))
    assert there == set(re.findall(r"\[\]\(#((?:fig:|table-)[\w-]+)\)", source))
    assert len(there) > 5 and cited(source) <= set(WORKS)
    methods = source.split("{#methods-text}")[1].split("\n# ")[0]
    paragraphs = [part for part in methods.split("\n\n") if part.strip()]
    assert paragraphs and cited(methods)
    assert ("{#drivers}" in source) == (kind == "claims")


def test_english_names_author_and_year(given: dict) -> None:
    source = set_in("See [@wang2021] and [after @liao1999; @five].", "en", given)
    body = " ".join(source.split())
    assert "See (Wang et al. 2021) and (after Liao 1999; Aab et al. 2001)." in body
    assert (
        "Wang, S., Kong, W., Ren, L., Zhi, D. and Dai, B. (2021). Research on misuses and "
        "modification of coupling coordination degree model in China (in Chinese). Journal of "
        "Natural Resources 36(3), 793–810. https://doi.org/10.31497/zrzyxb.20210319"
    ) in body
    assert not re.search(r"[\u4e00-\u9fff]", body)


def test_chinese_follows_its_standard(given: dict) -> None:
    text = "见[@wang2021; @fieller1954; @five]与[@saaty1980; @spssau]。"
    body = " ".join(set_in(text, "zh", given).split())
    assert (
        "[1] 王淑佳, 孔伟, 任亮, 等. 国内耦合协调度模型的误区及修正[J]. 自然资源学报, 2021, "
        "36(3): 793-810. DOI:10.31497/zrzyxb.20210319."
    ) in body
    assert "[2] Fieller E C. Some problems in interval estimation[J]. Journal of the" in body
    assert "[3] Aab C, Bab C, Cab C, et al. Fives[M]. 2001." in body
    assert "[4] Saaty T L." in body and "[M]. New York: McGraw-Hill, 1980." in body
    assert "[EB/OL]. https://www.spssau.net" in body
    assert "[1–3]" in body


def test_an_at_sign_in_the_data_is_no_citation(given: dict) -> None:
    chosen = study()
    title = "Do @wang2021, *x* and $y$ <b> agree?"
    chosen.config["title"] = {"en": title}
    meta = metadata(worded(chosen, words_of("phrases", "en")))
    source = document(f"# {meta['title']}\n\nText.\n", given, meta)
    page = html(source, given, {}, meta).decode()
    shown = title.replace("<", "&lt;").replace(">", "&gt;")
    assert f"<title>{shown}</title>" in page
    assert page.count(shown) >= 2 and "ref-wang2021" not in page
