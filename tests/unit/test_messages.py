"""Messages: every key of the code has its words in every language, and no words lack a key."""

import ast
from collections.abc import Iterator
from functools import cache
from string import Formatter

import numpy as np
import pytest

from coevo.errors import Refusal, StudyError, refusal_lines
from coevo.messages import message_columns, packed, unpacked
from coevo.report.words.message_words import message_texts
from coevo.schema import LANGUAGES
from tests.sample import ROOT, study, words_of
from tests.unit.cases import sections

TEXTS = {
    language: message_texts(words_of("phrases", language), chosen.label, chosen.name)
    for language in LANGUAGES
    for chosen in [study(language=language)]
}


@cache
def trees() -> list[ast.AST]:
    paths = sorted((ROOT / "coevo").rglob("*.py"))
    return [ast.parse(path.read_text(encoding="utf-8")) for path in paths]


def calls(*names: str) -> Iterator[ast.Call]:
    for tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in names:
                yield node


def refusals() -> dict[str, set[str]]:
    """Return the keys that the code refuses with, and the fields of each."""
    found: dict[str, set[str]] = {}
    for call in calls("Refusal", "refusal.concerning"):
        of_one = ast.unparse(call.func) == "refusal.concerning"
        fields = {"region", "reason", "fields"} if of_one else {w.arg or "" for w in call.keywords}
        if not isinstance(call.args[0], ast.Constant):  # in `concerning` itself
            continue
        key = str(call.args[0].value)
        assert found.setdefault(key, fields) == fields, key
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_of_a_refusal_read_only_its_fields(language: str) -> None:
    nested = {"reason": "no_growth_rows", "fields": {}}
    values = {
        "region": "330000",
        "regions": 3,
        "effects": "region",
        "estimator": "lag",
        "year": 2016,
    }
    for key, fields in refusals().items():
        given = {name: values.get(name, 2) for name in fields} | {
            name: nested[name] for name in fields & set(nested)
        }
        given |= {"regions": ["330000"]} if key == "no_own_slopes" else {}
        assert TEXTS[language](key, given), key


CASES = sections("messages")["messages"]


@pytest.mark.parametrize(("key", "fields", "told"), CASES, ids=lambda v: str(v)[:20])
def test_a_message_holds_its_fields_in_each_language(key: str, fields: dict, told: str) -> None:
    for place, text in zip((0, -1), TEXTS.values(), strict=True):
        said = text(key, fields)
        assert said == text(key, packed(fields))
        parts = told.split("; ") if "；" not in told else [told]
        assert [part for part in parts if part.split("|")[place] not in said] == [], said


def test_without_a_study_ids_stand_for_names() -> None:
    text = message_texts(words_of("phrases", "en"))
    assert text("no_base_year", {"indicator": "sales"}).endswith(
        "figure of sales for the base year"
    )
    assert text("year_twice", {"year": 2016}) == "the year 2016 is there twice"


def test_fields_keep_their_types() -> None:
    given = {"n": np.int64(3), "x": np.float64(0.1), "none": float("nan"), "each": [np.int64(1)]}
    row = message_columns("key", given)
    assert row["message"] == "key"
    assert unpacked(row["fields"]) == {"n": 3, "x": 0.1, "none": None, "each": [1]}
    assert message_columns("key", {})["fields"] == "" and unpacked("") == {}


def test_a_refusal_is_a_line_for_the_terminal_and_a_message_for_a_table() -> None:
    refusal = Refusal("too_few_rows", rows=2, coefficients=3)
    said = ["2 rows cannot determine 3 coefficients and their errors"]
    assert isinstance(refusal, StudyError) and refusal.messages == said
    assert (refusal.key, refusal.fields) == ("too_few_rows", {"rows": 2, "coefficients": 3})


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_refusal_has_a_line_that_reads_only_its_fields(language: str) -> None:
    lines, found = refusal_lines(language), refusals()
    assert len(found) > 30 and sorted(lines) == sorted(found)
    for key, line in lines.items():
        read = {name for _, name, _, _ in Formatter().parse(line) if name}
        assert line and read <= found[key] | {"detail"}, key
        if language != "en":
            english = {n for _, n, _, _ in Formatter().parse(refusal_lines("en")[key]) if n}
            assert read == english, key
