"""English and Chinese: the same phrases, values, figures and citations; each its own grammar."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, nodes

from coevo.coupling import FORMS, GRADES, PRESETS, STAGES
from coevo.coupling.composites import COMPOSITES
from coevo.equilibria.fitted import REGIONAL
from coevo.estimation.effects import EFFECTS
from coevo.estimation.growth import ESTIMATORS
from coevo.normalisation import REFERENCES
from coevo.observations.units import UNITS, named
from coevo.panel.vintages import POLICIES
from coevo.report.figures import FIGURES
from coevo.report.findings.localised import translator
from coevo.report.words.grammar import Grammar
from coevo.report.words.markup import environment
from coevo.schema import LANGUAGES
from coevo.sensitivity.multiverse import CHOICES
from coevo.weighting import WEIGHTINGS
from tests.sample import FOLDER, ROOT, words_of

OTHERS = [language for language in LANGUAGES if language != "en"]
GRAMMAR = {language: Grammar(**words_of("phrases", language)["grammar"]) for language in LANGUAGES}
MESSAGES = {language: words_of("messages", language) for language in OTHERS}
TEMPLATE = (FOLDER / "report.md").read_text(encoding="utf-8")
# Names of the tables that English shows as they are, so that only other languages have words.
BY_NAME = re.compile(r"words/|charts/variant_")


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
    return dict(leaves({key: value for key, value in whole.items() if key != "grammar"}))


@cache
def jinja(language: str) -> Environment:
    return environment(GRAMMAR[language].filters)


def chain(node: nodes.Node) -> str:
    """Return `far.focus.D` for what it is written as; "" for anything but names and attributes."""
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr) and chain(node.node):
        return f"{chain(node.node)}.{node.attr}"
    return ""


def variables(language: str, text: Any) -> set[str]:
    """Return the values that a phrase reads."""

    def walk(node: nodes.Node) -> Iterator[str]:
        if chain(node):
            yield chain(node)
            return
        for child in node.iter_child_nodes():
            yield from walk(child)

    return set(walk(jinja(language).parse(str(text))))


def citations(text: Any) -> set[str]:
    return set(re.findall(r"@(\w+)", str(text)))


def fields(text: Any) -> set[str]:
    """Return the fields {name} of a text; braces of Jinja, pandoc and formulas are none."""
    return set(re.findall(r"(?<![<{\\^_}a-z])\{(\w+)\}(?!>)", str(text)))


def test_there_are_two_languages() -> None:
    assert LANGUAGES == ("en", "zh")
    assert all(words_of("phrases", language) for language in LANGUAGES)


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_has_the_phrases_of_english(language: str) -> None:
    english, other = phrases("en"), phrases(language)
    assert not set(english) - set(other)
    assert [key for key in set(other) - set(english) if not BY_NAME.match(key)] == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_phrase_reads_no_value_that_english_does_not_read(language: str) -> None:
    free = {"word", "say", "far.focus.move"}  # words of tables; the move is a sentence in English
    for key, english in phrases("en").items():
        more = variables(language, phrases(language)[key]) - variables("en", english) - free
        assert not more, key


@pytest.mark.parametrize("language", OTHERS)
def test_a_phrase_leaves_out_no_value_of_english(language: str) -> None:
    number = {"growth.largest"}  # one or several: a language without plurals need not ask
    for key, english in phrases("en").items():
        less = variables("en", english) - variables(language, phrases(language)[key]) - number
        assert not less, key


@pytest.mark.parametrize("language", OTHERS)
def test_phrases_cite_the_same_works_and_have_the_same_fields(language: str) -> None:
    for key, english in phrases("en").items():
        other = phrases(language)[key]
        assert citations(other) == citations(english), key
        if key.startswith(("charts/", "page/script/")):
            assert fields(other) == fields(english), key


@pytest.mark.parametrize("language", OTHERS)
def test_tables_have_the_same_columns(language: str) -> None:
    for key, english in words_of("phrases", "en")["tables"].items():
        other = words_of("phrases", language)["tables"][key]
        assert list(other) == list(english), key
        for mine, theirs in zip(other.get("columns", ()), english.get("columns", ()), strict=True):
            assert mine[1:] == theirs[1:], key
    weights = words_of("phrases", language)["tables"]["weights"]
    assert weights["between"] in [column[0] for column in weights["columns"]]


def test_the_template_has_structure_and_no_words() -> None:
    structure = r"<<.*?>>|<%.*?%>|\$\$.*?\$\$|\{.*?\}|^(nocite|version|inputs): \|-$"
    left = re.sub(structure, "", TEMPLATE, flags=re.MULTILINE | re.DOTALL)
    assert "::: finding" in left
    assert not re.search(r"[A-Za-z\u4e00-\u9fff]", re.sub(r"^ *:{3,} \w*$", "", left, flags=re.M))


def test_every_chart_of_the_template_has_a_caption_and_words_for_who_cannot_see_it() -> None:
    shown = re.findall(r"image\('(\w+)'((?:, '[^']*')?(?:, )?)(say)?", TEMPLATE)
    assert {name for name, *_ in shown} == set(FIGURES)
    for language in LANGUAGES:
        held = words_of("phrases", language)["figures"]
        assert all(len(held[name]["alt"]) > 3 for name in FIGURES)
        assert all(held[name]["caption"] for name, _, said in shown if not said)


REGISTRIES = {
    "words/estimator": {*ESTIMATORS, *REGIONAL, "fod_iv"},
    "words/effects": set(EFFECTS),
    "words/weighting": set(WEIGHTINGS),
    "words/reference": set(REFERENCES),
    "words/composite": set(COMPOSITES),
    "words/form": set(FORMS),
    "words/preset": set(PRESETS),
    "words/vintage": set(POLICIES),
    "words/choice": {*CHOICES, "main"},
    "words/grade": {grade for scale in GRADES.values() for grade in scale.labels},
    "words/stage": set(STAGES.labels),
}


@pytest.mark.parametrize("kind", REGISTRIES)
def test_every_name_of_the_tables_has_a_chinese_word(kind: str) -> None:
    held = words_of("phrases", "zh")["words"][kind.removeprefix("words/")]
    assert not REGISTRIES[kind] - set(held)


def test_every_variant_of_a_chart_has_a_chinese_word() -> None:
    held = words_of("phrases", "zh")["charts"]
    shown = ("estimator", "weighting", "reference", "composite", "form", "vintage")
    names = {f"variant_{kind}_{name}" for kind in shown for name in REGISTRIES[f"words/{kind}"]}
    assert not names - set(held)


def test_every_unit_has_a_chinese_name_without_letters() -> None:
    for unit in UNITS:
        assert not re.search("[A-Za-z]", named(unit, "zh")), unit
        assert named(unit, "en") == unit


def test_chinese_words_differ_in_kind() -> None:
    """Two names with one word would not be told apart by a reader."""
    for kind in ("grade", "stage", "estimator", "effects", "weighting", "form", "kind", "relation"):
        held = list(words_of("phrases", "zh")["words"][kind].values())
        assert len(set(held)) == len(held), kind


def test_chinese_phrases_have_chinese_punctuation() -> None:
    """Between two Chinese characters stands no space and no half-width mark."""
    for key, text in phrases("zh").items():
        line = GRAMMAR["zh"].joined(" ".join(re.sub("<[<%].*?[%>]>", "<>", str(text)).split()))
        assert not re.search(r"[\u4e00-\u9fff][,;:?!]|[,;:?!][\u4e00-\u9fff]", line), key
        assert not re.search(r"[\u4e00-\u9fff，。；：、] +[\u4e00-\u9fff]", line), key
        assert not re.search(r"[，。；：、]{2}|[（(][）)]", line), key


# --- messages of the code -----------------------------------------------------------------


def filled(message: str, number: int) -> str:
    """Return a message whose fields hold values that differ."""
    units = ["100 million yuan", "10 thousand persons", "%"]
    return re.sub(
        r"\{(\w+)\}",
        lambda m: {"unit": units[number % 3], "year": f"20{number:02}"}.get(
            m[1], f"{m[1][0]}{len(m[1])}{number}"
        ),
        message,
    )


@pytest.mark.parametrize("language", OTHERS)
def test_messages_keep_their_fields(language: str) -> None:
    for english, other in MESSAGES[language].items():
        assert fields(english) == fields(other), english
        assert "; " not in english, english


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("number", [1, 2, 3])
def test_no_message_is_taken_for_another(language: str, number: int) -> None:
    told = translator(MESSAGES[language], lambda kind, value: value)
    for english, other in MESSAGES[language].items():
        assert told(filled(english, number)) == filled(other, number), english


def test_a_message_of_several_parts_is_told_part_by_part() -> None:
    told = translator(MESSAGES["zh"], lambda kind, value: f"<{value}>")
    assert told("as printed; they count once") == "与公布值一致；只计一次"
    assert told("no entry says this; as printed") == "no entry says this；与公布值一致"
    assert told("'Tibet' is read as Xizang") == "“<Tibet>”按“<Xizang>”读取"


def spoken(path: Path) -> Iterator[str]:
    """Yield the text between the values of every string of a module, docstrings left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docs = {
        node.body[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in docs:
            yield node.value.replace("_", " ").replace("\n", " ")


def halves(piece: str) -> Iterator[tuple[str, str]]:
    """Yield a piece cut in two wherever no word is cut."""
    for i in range(1, len(piece)):
        if not (piece[i - 1].isalnum() and piece[i].isalnum()):
            yield piece[:i], piece[i:]


def made_of(piece: str, whole: str) -> bool:
    """Whether a piece stands in one string of the code, or ends one, fills some and begins one.

    `whole` has one string on a line.
    """
    if piece in whole:
        return True
    rests = {rest for part, rest in halves(piece) if f"{part}\n" in whole}
    seen: set[str] = set()
    while rests - seen:
        rest = (rests - seen).pop()
        seen.add(rest)
        if f"\n{rest}" in whole:
            return True
        rests |= {later for part, later in halves(rest) if f"\n{part}\n" in whole}
    return False


# Messages whose parts stand in two modules: the kind of gap, the name of a fit, a verdict.
COMPOSED = (
    "{vintage} has no figure (", "the path fit ", "weak form (", "strong form (",
    "without {region}: ",
)  # fmt: skip


def test_every_message_of_the_catalogue_is_one_that_the_code_writes() -> None:
    """A message reworded in the code would be left in English: its old words are in no module."""
    texts = [sorted(set(spoken(path))) for path in sorted((ROOT / "coevo").rglob("*.py"))]
    modules = ["\n".join(["", *lines, ""]) for lines in texts]
    assert not any(made_of("no module has these words", module) for module in modules)
    for english in MESSAGES["zh"]:
        held = ["".join(modules)] if english.startswith(COMPOSED) else modules
        pieces = [p for p in re.split(r"\{\w+\}(?:: )?|, ", english) if re.search("[a-z]{2}", p)]
        assert any(all(made_of(piece, module) for piece in pieces) for module in held), english


# Refusals that no table of a study holds: they end a run, or belong to the published checks.
ENDS_A_RUN = (
    "unknown indicator or subsystem", "interaction.calibration", "power: ", "confidence: ",
    "the region of the rest point is drawn", "no wild bootstrap with instruments",
    "there is nothing to test",
)  # fmt: skip
# Values that are themselves words: what was fitted, and where figures had to come from.
FILLED = {"self.what": "path fit", "what": "path fit", "within": " within one vintage"}


def message(node: ast.expr) -> str:
    """Return a message of the code with its values filled in."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.FormattedValue):
        return FILLED.get(ast.unparse(node.value), "7")
    if isinstance(node, ast.JoinedStr):
        return "".join(message(part) for part in node.values)
    if isinstance(node, ast.BinOp):
        return message(node.left) + message(node.right)
    return ""


def refusals() -> Iterator[str]:
    """Yield what the estimation can refuse with."""
    parts = ("estimation", "equilibria", "inference")
    files = [path for part in parts for path in (ROOT / "coevo" / part).glob("*.py")]
    files.append(ROOT / "coevo" / "lotka_volterra" / "populations.py")
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = isinstance(node, ast.Call) and ast.unparse(node.func) == "StudyError"
            if called and (text := message(node.args[0])):
                yield text


def test_every_refusal_of_an_estimate_is_told_in_chinese() -> None:
    told = translator(MESSAGES["zh"], lambda kind, value: value)
    found = [text for text in refusals() if not any(end in text for end in ENDS_A_RUN)]
    composed = ("without 7: ", "the path from 7")  # with a refusal of their own inside
    assert len(found) > 30
    for text in found:
        if not text.startswith(composed):
            assert not re.search("[A-Za-z]{3}", told(text)), text


# --- grammar ------------------------------------------------------------------------------

CASES = {
    "en": {
        "spelled": {0: "none", 1: "one", 12: "twelve", 13: "13", 1234: "1,234"},
        "ordinal": {1: "first", 2: "second", 10: "tenth", 11: "11th", 12: "12th", 13: "13th",
                    21: "21st", 22: "22nd", 23: "23rd", 31: "31st", 111: "111th", 122: "122nd"},
        "percent": {0.123: "12 %", 0.0: "0 %", -0.05: "−5 %", None: "—", float("nan"): "—"},
        "proportion": {0: "0 %", 0.0004: "under 0.1 %", 0.5: "50.0 %", 0.9999: "over 99.9 %",
                       1: "100 %"},
        "listed": {(): "", ("a",): "a", ("a", "b"): "a and b", ("a", "b", "c"): "a, b and c"},
        "spans": {(2015, 2016, 2017, 2020): ["2015–2017", "2020"], (2016, 2015): ["2015–2016"]},
        "upper_first": {"two": "Two"},
        "joined": {"a b": "a b", "x, y": "x, y"},
    },
    "zh": {
        "spelled": {0: "0", 1: "1", 12: "12", 13: "13", 1234: "1,234"},
        "ordinal": {1: "第1", 2: "第2", 11: "第11", 13: "第13", 22: "第22", 31: "第31"},
        "percent": {0.123: "12%", 0.0: "0%", -0.05: "−5%", None: "—", float("nan"): "—"},
        "proportion": {0: "0%", 0.0004: "不足0.1%", 0.5: "50.0%", 0.9999: "超过99.9%",
                       1: "100%"},
        "listed": {(): "", ("甲",): "甲", ("甲", "乙"): "甲和乙", ("甲", "乙", "丙"): "甲、乙和丙"},
        "spans": {(2015, 2016, 2017, 2020): ["2015—2017", "2020"], (2016, 2015): ["2015—2016"]},
        "upper_first": {"x": "x", "甲": "甲"},
        "joined": {"甲 乙": "甲乙", "**甲。** 乙": "**甲。**乙",
                   "甲。 *D*": "甲。*D*", "*D* ，乙": "*D*，乙",
                   "甲， 乙": "甲，乙", "（ 甲 ）": "（甲）", "r = 0.5": "r = 0.5",
                   "ln *D* 升": "ln *D* 升"},
    },
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("method", CASES["en"])
def test_counts_ranks_shares_and_lists(language: str, method: str) -> None:
    for value, wanted in CASES[language][method].items():
        assert getattr(GRAMMAR[language], method)(value) == wanted, value


@pytest.mark.parametrize(
    ("language", "noted", "dated", "series", "either"),
    [
        ("en", r"a\_b (2)", "a 2015", "a; b", "a, b or c"),
        ("zh", r"a\_b（2）", "a2015年", "a；b", "a、b或c"),
    ],
)
def test_notes_dates_and_parts(
    language: str, noted: str, dated: str, series: str, either: str
) -> None:
    grammar = GRAMMAR[language]
    assert grammar.noted("a_b", 2) == noted
    assert grammar.dated("a", 2015) == dated
    assert grammar.series(["a", "b"]) == series
    assert grammar.listed(["a", "b", "c"], "or") == either


@pytest.mark.parametrize("language", OTHERS)
def test_notes_and_messages_are_plain_texts(language: str) -> None:
    for held in (words_of("phrases", language)["notes"], MESSAGES[language]):
        assert all(isinstance(text, str) and text.strip() for text in held.values())
