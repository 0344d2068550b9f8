"""English and Chinese: the same phrases, values, figures and citations; each its own grammar."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from coevo.coupling.formulas import COMPOSITES, FORMS
from coevo.coupling.grade_scales import GRADES, STAGES
from coevo.estimation.effects import EFFECTS
from coevo.estimation.growth import ESTIMATORS
from coevo.normalisation import REFERENCES
from coevo.observations.units import UNITS, named
from coevo.report.words.grammar import Grammar, renamed, with_nouns
from coevo.schema import LANGUAGES
from coevo.sensitivity.multiverse import CHOICES
from coevo.weighting import WEIGHTINGS
from tests.sample import FOLDER, words_of

OTHERS = [language for language in LANGUAGES if language != "en"]
GRAMMAR = {language: Grammar(**words_of("phrases", language)["grammar"]) for language in LANGUAGES}
TEMPLATE = (FOLDER / "report.md").read_text(encoding="utf-8")
# Names of the tables that English shows as they are, so that only other languages have words.
BY_NAME = re.compile(r"words/|charts/(?:variant|effects)_")


def leaves(part: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every phrase with its place: far/answer/all."""
    if not isinstance(part, dict):
        yield place, part
        return
    for key, value in part.items():
        yield from leaves(value, f"{place}/{key}" if place else str(key))


@cache
def phrases(language: str) -> dict[str, Any]:
    whole = words_of("phrases", language)
    said = {key: value for key, value in whole.items() if key not in ("grammar", "places")}
    return dict(leaves(said))


def citations(text: Any) -> set[str]:
    return set(re.findall(r"@(\w+)", str(text)))


def fields(text: Any) -> set[str]:
    """Return the fields {name} of a text; braces of Jinja, pandoc and formulas are none."""
    return set(re.findall(r"(?<![<{\\^_}a-z])\{(\w+)\}(?!>)", str(text)))


FORBIDDEN = yaml.safe_load((FOLDER.parents[1] / "tests" / "forbidden.yaml").read_text("utf-8"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_phrase_has_a_word_that_its_readers_would_not_know(language: str) -> None:
    """What stands for it is told in the file."""
    edge = r"\b" if GRAMMAR[language].spaced else ""
    for key, text in phrases(language).items():
        said = re.sub(r"<<.*?>>", "", str(text), flags=re.DOTALL)
        words = [word for word in FORBIDDEN[language] if re.search(edge + word + edge, said, re.I)]
        assert not words, (key, words)


@pytest.mark.parametrize("language", [".en", ".zh", ""])
def test_no_phrase_is_written_twice(language: str) -> None:
    """YAML takes the second of two equal keys without a word."""

    def walk(node: yaml.Node) -> Iterator[str]:
        for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
            yield from (f"{node.start_mark.index}/{key.value}", *walk(value))

    keys = list(walk(yaml.compose((FOLDER / f"phrases{language}.yaml").read_text("utf-8"))))
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_has_the_phrases_of_english(language: str) -> None:
    english, other = phrases("en"), phrases(language)
    assert not set(english) - set(other)
    assert [key for key in set(other) - set(english) if not BY_NAME.match(key)] == []


@pytest.mark.parametrize("language", OTHERS)
def test_phrases_cite_the_same_works_and_have_the_same_fields(language: str) -> None:
    for key, english in phrases("en").items():
        other = phrases(language)[key]
        assert citations(other) == citations(english), key
        if key.startswith(("charts/", "page/script/")):
            assert fields(other) == fields(english), key


REGISTRIES = {
    "words/estimator": {*ESTIMATORS, "fod_iv"},
    "words/effects": set(EFFECTS),
    "words/weighting": set(WEIGHTINGS),
    "words/reference": set(REFERENCES),
    "words/composite": set(COMPOSITES),
    "words/form": set(FORMS),
    "words/choice": {*CHOICES, "main"},
    "words/grade": {grade for scale in GRADES.values() for grade in scale.labels},
    "words/stage": set(STAGES.labels),
}


@pytest.mark.parametrize("kind", REGISTRIES)
def test_every_name_of_the_tables_has_a_chinese_word(kind: str) -> None:
    held = words_of("phrases", "zh")["words"][kind.removeprefix("words/")]
    assert not REGISTRIES[kind] - set(held)


def test_every_unit_has_a_chinese_name_without_letters() -> None:
    for unit in UNITS:
        assert not re.search("[A-Za-z]", named(unit, "zh")), unit
        assert named(unit, "en") == unit


def test_chinese_phrases_have_chinese_punctuation() -> None:
    """Between two Chinese characters stands no space and no half-width mark."""
    for key, text in phrases("zh").items():
        line = GRAMMAR["zh"].joined(" ".join(re.sub("<[<%].*?[%>]>", "<>", str(text)).split()))
        assert not re.search(r"[\u4e00-\u9fff][,;:?!]|[,;:?!][\u4e00-\u9fff]", line), key
        assert not re.search(r"[\u4e00-\u9fff，。；：、] +[\u4e00-\u9fff]", line), key
        assert not re.search(r"[，。；：、]{2}|[（(][）)]", line), key


# --- grammar ------------------------------------------------------------------------------

CASES = yaml.safe_load(Path(__file__).with_name("grammar.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_counts_ranks_shares_lists_notes_and_dates(language: str) -> None:
    for method, given, wanted in CASES[language]:
        assert getattr(GRAMMAR[language], method)(*given) == wanted, (method, given)


@pytest.mark.parametrize(
    ("language", "names", "kind", "said"),
    [
        ("en", {}, "regions", "A region, the region’s share of regions by `region`"),
        ("en", {}, "countries", "An economy, the economy’s share of economies by `region`"),
        ("en", {"en": "city"}, "countries", "A city, the city’s share of cities by `region`"),
        ("zh", {}, "countries", "各经济体"),
        ("zh", {}, "provinces", "各地区"),
    ],
)
def test_regions_are_called_what_the_study_or_all_of_them_say(language, names, kind, said) -> None:
    """Code stands as it is."""
    config = {"period": None, "names": {"region": names} if names else {}}
    nouns = with_nouns(words_of("phrases", language), config, language, kind)["nouns"]
    text = {"en": "A region, the region’s share of regions by `region`", "zh": "各地区"}[language]
    assert renamed(text, nouns) == said
