"""Remarks: each key has its sentence, from fields that JSON can hold."""

import json

import pytest

from coevo.observations.hidden import hidden_remarks
from coevo.observations.remark_texts import SENTENCES, remark_text

EXAMPLES = [
    (
        "column_not_read",
        {"name": "增速", "figures": 3},
        "column '增速' is not read: 3 figures",
    ),
    (
        "computed_elsewhere",
        {"cell": "B1", "others": 0},
        "computed from another workbook: B1; read as stored here",
    ),
    (
        "computed_elsewhere",
        {"cell": "B1", "others": 3},
        "computed from another workbook: B1 and 3 more; read as stored here",
    ),
    (
        "equal_elsewhere",
        {"figures": 2, "place": "b.csv › 表1"},
        "2 figures stand in b.csv › 表1 too and are equal; they count once",
    ),
    (
        "equal_in_table",
        {"figures": 2},
        "2 figures stand in the same table too and are equal; they count once",
    ),
    (
        "hidden_cells",
        {"rows": ["2-4", "8"], "columns": ["B"], "more_rows": 1, "more_columns": 0},
        "hidden in the file and read like the others: rows 2-4, 8 and more and columns B",
    ),
    (
        "hidden_sheets",
        {"sheets": ["列表", "草稿"]},
        "the workbook has hidden sheets, which are not read: 列表, 草稿",
    ),
    (
        "no_single_region",
        {"name": "合计", "figures": 9},
        "'合计' is no single region and is not read: 9 figures",
    ),
    ("no_table", {}, "the sheet holds no table of figures and is not read"),
    ("note", {"text": "注：{初步}数"}, "注：{初步}数"),
    (
        "note_marks",
        {"figures": 4, "cell": "C7"},
        "4 figures carry a note mark; the first stands in C7",
    ),
    (
        "variant_name",
        {"name": "两浙", "region": "330000", "read_as": "浙江"},
        "'两浙' is read as 浙江",
    ),
]


@pytest.mark.parametrize(("message", "fields", "said"), EXAMPLES)
def test_a_remark_is_put_into_words(message, fields, said):
    assert remark_text(message, json.loads(json.dumps(fields))) == said


def test_every_key_has_an_example():
    assert {message for message, _, _ in EXAMPLES} == set(SENTENCES)


def test_hidden_rows_are_told_as_runs_and_no_more_than_twenty_of_them():
    (remark,) = hidden_remarks([*range(0, 50, 2), 1], [26])
    assert remark.fields["rows"][:2] == ["1-3", "5"] and len(remark.fields["rows"]) == 20
    assert (remark.fields["more_rows"], remark.fields["columns"]) == (4, ["AA"])
    assert hidden_remarks([], []) == []
