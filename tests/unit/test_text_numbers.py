"""numbers.json and numbers.<language>.tex: every number of the text, by key."""

import json
import re

import lxml.html
import pytest

from coevo.report.documents import documents
from coevo.report.documents.source import text
from coevo.report.words.template_values import worded
from coevo.report.words.text_numbers import NUMBER, numbers_by_key, numbers_for_latex
from tests.sample import FOCUS, page_files, study, templates, words_of

# beside the text: exhibits, code, formulas, works, numbers of exhibits, the trace
APART = (
    "//table|//*[starts-with(@id, 'table-')]|//figure|//pre|//code|//script|//style|//a|//nav"
    "|//*[contains(@class, 'math')]|//*[contains(@class, 'citation')]|//header"
    "|//*[@id='refs']"
)


def words(language: str = "en"):
    return worded(study(claims=True, language=language), words_of("phrases", language))


def said(chosen) -> str:
    return text(chosen, templates()["report.md"], "1")


def files(*languages: str) -> dict[str, str]:
    chosen = {one: words(one) for one in languages}
    told = {one: known.numbers.all_of(said(known)) for one, known in chosen.items()}
    made = {f"numbers.{one}.tex": numbers_for_latex("a study", told[one]) for one in languages}
    return made | {"numbers.json": numbers_by_key("a study", told)}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_number_of_the_text_of_the_page_is_there(language: str) -> None:
    chosen = words(language)
    made = documents(chosen, page_files(chosen.study), said(chosen))
    page = lxml.html.fromstring(made[f"report.{language}.html"])
    for part in page.xpath(APART):
        part.drop_tree()
    seen = set()
    for part in page.xpath("//p|//li[not(.//p)]"):
        seen |= set(NUMBER.findall(part.text_content()))
    told = json.loads(files(language)["numbers.json"])["numbers"]
    prints = {text for one in told.values() for text in NUMBER.findall(one["printed"][language])}
    assert len(seen) > 60 and seen - prints == set()
    assert sum(".text." not in key for key in told) > len(told) / 2


def test_a_number_has_its_value_its_unit_and_its_print_in_each_language() -> None:
    made = files("en", "zh")
    told = json.loads(made["numbers.json"])["numbers"]
    D = study().coupling.set_index(["region", "year"])["D"].loc[FOCUS].iloc[-1]
    focus = told["far.focus.D.1"]
    assert focus["value"] == pytest.approx(D, abs=1e-15) and focus["unit"] == ""
    for language in ("en", "zh"):
        assert f"{D:.2f}" in focus["printed"][language]
        lines = made[f"numbers.{language}.tex"].splitlines()
        known = dict(
            re.fullmatch(r"\\coevodef\{(.+?)\}\{(.*)\}", one).groups() for one in lines[4:]
        )
        assert known.keys() == {key for key, one in told.items() if language in one["printed"]}
        assert not [text for text in known.values() if re.search(r"(?<!\\)[%#&$_]|−", text)]
    share = next(one for one in told.values() if one["unit"] == "%")
    number = NUMBER.findall(share["printed"]["en"])[0].replace("−", "-")
    assert float(number) == pytest.approx(share["value"], abs=0.5)
    assert files("en", "zh") == made
