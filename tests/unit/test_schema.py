"""What tables.csv says is whole, holds for the tables that code makes, and is what docs show."""

import csv
import importlib.util

import pytest

from coevo import schema
from coevo.report.tables.report_table import NUMBER_FORMATS
from tests.sample import ROOT

with schema.FILE.open(encoding="utf-8", newline="") as file:
    LINES = list(csv.DictReader(file))
TYPES = schema.TEXTS | {"whole", "number", "flag"}
KINDS = (*schema.CONFIGURED, "release", "internal", "input", "sheet", "words")
TABLES = schema.table_names(*schema.BUILT, "internal", "input")
COLUMNS = [row for name in TABLES for row in schema.column_rows(name).values()]
COUPLING = ["region", "name", "year", "U_shops", "U_plants", "C", "T", "D", "grade", "stage"]
COUPLING += ["relative_development", "lagging"]


def test_a_row_stands_once_and_says_what_no_other_says() -> None:
    names = [(line["table"], line["column"]) for line in LINES]
    assert len(set(names)) == len(names)
    assert {line["kind"] for line in LINES} == {"", *KINDS}
    shared = {line["column"]: line for line in LINES if line["table"] == schema.SHARED}
    for line in LINES:
        said = [key for key in ("type", "unit", "note", *schema.LANGUAGES) if line[key]]
        if line["column"] in shared and line["table"] in TABLES:
            repeated = [key for key in said if line[key] == shared[line["column"]][key]]
            assert not repeated, (line["table"], line["column"])


def test_every_column_has_a_type_a_known_unit_and_words_in_every_language() -> None:
    units = {*schema.column_rows("unit"), *NUMBER_FORMATS}
    for row in COLUMNS:
        assert row.type in TYPES and row.unit in units, row
        assert row.type not in schema.TEXTS or not row.unit, row
    for row in [*COLUMNS, *map(schema.table_row, TABLES)]:
        assert all(row.words.values()), row
        assert row.words["en"].isascii() or set("−~%") & set(row.words["en"]), row
        assert any("\u4e00" <= sign <= "\u9fff" for sign in row.words["zh"]), row
    assert {row.unit for row in COLUMNS} >= set(schema.column_rows("unit"))
    assert set(schema.column_rows("language")) == set(schema.LANGUAGES)


def test_the_tables_of_a_study_follow_its_configuration() -> None:
    whole = {"subsystems": {"a": {}}, "interaction": {"upstream": "a"}, "claims": "qian"}
    every = schema.study_tables(whole)
    assert [*every, "changes"] == schema.table_names(*schema.BUILT)
    model = {"parameters", "fits", "equilibria", "theory", "relations", "specifications"}
    model |= {"specification_counts"}
    model |= {"slope_tests", "verdicts", "refusals", "checks", "strengths", "effects", "controls"}
    assert set(every) - set(schema.study_tables(whole | {"interaction": None})) == model
    assert set(every) - set(schema.study_tables(whole | {"claims": None})) == {"claims"}
    left = set(schema.study_tables(whole | {"subsystems": {}}))
    predicted = {name for name in every if name.startswith("prediction")}
    assert left == model | predicted | {"observations", "audit", "revisions", "panel", "claims"} | {
        "headline_claims"
    }


def test_columns_are_held_against_the_file() -> None:
    schema.check_columns("coupling", COUPLING)
    with pytest.raises(ValueError, match=r"coupling: .*'more'\], but tables.csv has \['region'"):
        schema.check_columns("coupling", [*COUPLING, "more"])
    for wrong in (COUPLING[1:], COUPLING[::-1], [*COUPLING, "flags"]):
        with pytest.raises(ValueError, match="coupling"):
            schema.check_columns("coupling", wrong)
    wanted = (
        "claim check paper printed_message printed_fields computed fields verdict conclusion source"
    )
    schema.check_columns("claims", wanted.split())
    with pytest.raises(KeyError):
        schema.check_columns("made_up", [])


def test_the_pages_on_tables_and_keys_are_those_of_file_and_registries() -> None:
    path = ROOT / "workflow" / "describe.py"
    spec = importlib.util.spec_from_file_location("describe", path)
    assert spec and spec.loader
    describe = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(describe)
    page = describe.PAGE.read_text(encoding="utf-8")
    assert page == describe.described(), "python workflow/describe.py writes it anew"
    keys = describe.KEYS.read_text(encoding="utf-8")
    assert keys == describe.explained(keys), "likewise"
    assert describe.NAMES.read_text(encoding="utf-8") == describe.registries(), "likewise"
    for path, of in describe.SCHEMAS.items():
        assert path.read_text(encoding="utf-8") == describe.schema(*of), "likewise"
    environment = describe.CONDA.read_text(encoding="utf-8")
    assert environment == describe.installed(environment), "likewise"
    published = describe.PUBLISHED.read_text(encoding="utf-8")
    assert published == describe.reproduced(published), "likewise"
    for language, path in describe.OTHERS.items():
        others = path.read_text(encoding="utf-8")
        assert others == describe.compared(others, language), "likewise"
