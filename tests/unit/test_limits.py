"""No file may hold the readers up, take the memory, or be told of in more than a few lines."""

import io
import re
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xlsxwriter

from coevo.errors import LONGEST, MOST_PROBLEMS, StudyError, one_line, short
from coevo.observations import observe
from coevo.observations.cells import (
    block_figures,
    date_of,
    head_year,
    is_number,
    known_marks,
    without_marks,
)
from coevo.observations.heads import head_kind, key_parts
from coevo.observations.names import english_beside, find_indicator, name_forms
from coevo.observations.opening import read_sheets
from coevo.observations.periods import period_of
from coevo.observations.recognition import StudyTerms
from coevo.observations.sheets import Sheet, number_style
from coevo.observations.units import is_unit, of_currency, split_unit
from coevo.study.raw_files import raw_paths
from tests.sample import places

LONG = 100_000  # characters
INDICATORS = pd.DataFrame(
    [("sales", "100 million yuan", "销售额", "")],
    columns=["indicator", "unit", "source_name", "derivation"],
)
ABOVE = "指标：销售额\n单位：亿元\n"
TABLE = "地区,2015年,2016年\n北京,1,2\n"


FUNCTIONS = {
    "cell": lambda text: block_figures(
        Sheet("", "", np.array([[text]], dtype=object)), ..., known_marks({})
    ),
    "year": head_year,
    "period": period_of,
    "key": key_parts,
    "marks": without_marks,
    "kind": head_kind,
    "number": is_number,
    "english": english_beside,
    "forms": lambda text: list(name_forms(text)),
    "indicator": lambda text: find_indicator(text, {}),
    "style": number_style,
    "unit": is_unit,
    "split": split_unit,
    "country": lambda text: of_currency(text, "USD"),
    "date": date_of,
}
PIECES = "* ① (1) ( ) [ a a1 中 / 元/ : 地区: . 1,000, - % | 2015- 单位( a(b (亿元)".split()
PIECES += ["中 ", "a ", "注 ", "\u3000", '"', " a"]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_reader_of_words_gets_through_very_long_texts(name):
    """One that looked at each sign for each other one would be at work for minutes."""
    for piece in PIECES:
        run = (piece * LONG)[:LONG]
        for text in (run, f"x{run}1", f"北{run}(亿元)"):
            FUNCTIONS[name](text)


@pytest.fixture
def read(tmp_path):
    """A function that reads the content of one file as a study does."""
    regions = places()

    def reader(content: str | bytes):
        path = tmp_path / "2026-10" / "a"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return observe([str(path)], str(tmp_path), StudyTerms(INDICATORS, regions))

    return reader


def refused(read, content: str | bytes) -> list[str]:
    with pytest.raises(StudyError) as problem:
        read(content)
    assert all(message.isprintable() for message in problem.value.messages)
    assert all(len(message) <= LONGEST + 3 for message in problem.value.messages)
    return problem.value.messages


TOO_MANY = "holds more than 1,000 tables; keep those of the study, or split it into several files"


@pytest.mark.parametrize(
    "content",
    [
        ABOVE + TABLE * 2000,
        ABOVE + ("续表\n" + TABLE) * 2000,
        (ABOVE + TABLE + "注：甲\n") * 2000,
        "<table><tr><td>地区<td>2015年<tr><td>北京<td>1</table>" * 1001,
    ],
)
def test_a_file_of_very_many_tables_is_refused(read, content):
    (message,) = refused(read, content)
    assert message.endswith(TOO_MANY)


def test_a_table_may_be_continued_very_often(read):
    tables = "".join(f"续表\n地区,{y}年\n北京,1\n" for y in range(2000, 2030))
    assert len(read(ABOVE + tables)[0]) == 30
    found, _ = read(ABOVE + ("续表\n" + TABLE) * 900)
    assert found["value"].tolist() == [1, 2]


def sheets(names: list[str], one_part: bool = False) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        for number in range(len(names)):
            sheet = book.add_worksheet(f"s{number}")
            for row, line in enumerate(f"{ABOVE}{TABLE}".splitlines()):
                sheet.write_row(row, 0, [float(w) if w in "12" else w for w in line.split(",")])
    changed = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(changed, "w") as new:
        for part in old.namelist():
            data = old.read(part).decode()
            if part == "xl/workbook.xml":
                for number, name in enumerate(names):
                    data = data.replace(f'"s{number}"', f'"{name}"')
            if part == "xl/_rels/workbook.xml.rels" and one_part:
                data = re.sub(r"sheet\d+\.xml", "sheet1.xml", data)
            new.writestr(part, data)
    return changed.getvalue()


def test_a_workbook_of_very_many_sheets_is_refused(read):
    (message,) = refused(read, sheets([f"t{number}" for number in range(501)]))
    assert message.endswith("holds more than 500 sheets; keep those of the study, or split it into "
                            "several files")  # fmt: skip


def test_sheets_that_share_their_cells_are_refused(read):
    (message,) = refused(read, sheets(["甲", "乙"], one_part=True))
    assert "its sheets '甲' and '乙' are one and the same" in message


def test_the_name_of_a_sheet_stays_in_one_line(read):
    found, _ = read(sheets(["甲&#10;乙&#9;"]))
    assert found["sheet"].unique().tolist() == ["甲 乙 "]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (ABOVE + TABLE + "x" * 40_000, "A5: holds a text of 40,000 characters"),
        (f"<table><tr><td>{'&amp;' * 40_000}", "A1: holds a text of 40,000 characters"),
        ("<html><table><tr><td>" + "<a " * 20_000, "has a tag of more than 5,000 attributes"),
        (f"<table><td {'/'.join(f'a{n}' for n in range(6000))}>", "more than 5,000 attributes"),
        (ABOVE + ("地区," + "2015年," * 6000 + "\n") * 20, "a head of 20 rows begins here"),
        (ABOVE + TABLE.replace(",1,", ",9e307,"), "is not a number or a known mark"),
        (ABOVE + TABLE.replace(",1,", ",9e60,"), '"9e60" is beyond any figure (1e-50 to 1e+50)'),
        (ABOVE + TABLE.replace(",1,", ",-1e-60,"), '"-1e-60" is beyond any figure'),
        (
            ABOVE + TABLE.replace("北京", "北" * 5000),
            f'"{"北" * 80}…" is not in the table of regions',
        ),
        (ABOVE + TABLE.replace(",1,", f",{'七' * 5000},"), f'"{"七" * 80}…" is not a number'),
    ],
)
def test_what_no_table_holds_is_refused_in_one_line(read, content, said):
    (message,) = refused(read, content)
    assert said in message


def test_an_image_in_a_page_is_no_attribute(read):
    image = f"<img src='data:image/png;base64,{'ab/+=' * 10_000}'>"
    cells = "<tr><td>" + TABLE.strip().replace(",", "<td>").replace("\n", "<tr><td>")
    head = "<p>x</p><table><tr><td>指标：销售额<tr><td>单位：亿元"
    found, _ = read(f"<html>{image}{head}{cells}</table>")
    assert len(found) == 2


def test_very_many_problems_are_told_in_some_lines(read):
    table = "地区,2015年\n天津,1\n" + "".join(f"北京,甲{n}\n" for n in range(30))
    messages = refused(read, (ABOVE + table) * 100)
    assert len(messages) == MOST_PROBLEMS + 1
    assert messages[-1] == "coevo: 1,501 more problems; correct these first"


def test_names_of_very_many_rows_are_listed_shortly(read):
    names = "".join(f"{'销售' * 100}{n},1\n" for n in range(6000))
    (message,) = refused(read, "单位：亿元\n地区：北京\n指标,2015年\n" + names)
    assert "no file gives sales" in message and message.endswith("and 5970 more")


def test_a_message_is_one_line_of_a_terminal():
    assert one_line("a\nb\x1b[31m\u202ec") == "a b [31m c"
    assert len(one_line("x" * 10**6)) == LONGEST + 3 and one_line("a" * 3000).endswith(
        "… " + "a" * 400
    )
    assert short("x" * 100, 3) == "xxx…" and short(12) == "12"
    with pytest.raises(StudyError) as problem:
        raise StudyError("a\r\nb")
    assert problem.value.messages == ["a  b"]


def test_a_file_with_a_line_break_in_its_name_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = Path("raw/2026-10")
    folder.mkdir(parents=True)
    (folder / "a\nb.csv").write_text(TABLE)
    with pytest.raises(StudyError, match="has a line break or one of"):
        raw_paths("raw", "latest")


def test_memory_that_does_not_suffice_for_a_file_is_said(tmp_path, monkeypatch):
    (tmp_path / "a").write_text(TABLE)

    def full(data, shown):
        raise MemoryError

    monkeypatch.setattr("coevo.observations.opening.part_names", full)
    (tmp_path / "a").write_bytes(b"PK\x03\x04")
    with pytest.raises(StudyError, match="a: needs more memory than there is; close other"):
        read_sheets(tmp_path / "a", "a")
