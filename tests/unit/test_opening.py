"""From raw files to sheets: kinds of file, hazards of formats, and files that mean harm."""

import csv
import io
import re
import struct
import subprocess
import sys
import zipfile
import zlib
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pytest
import xlsxwriter
import xlwt
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from xlsxwriter.utility import xl_rowcol_to_cell

from coevo.errors import StudyError
from coevo.observations.opening import KINDS, read_sheets
from coevo.observations.sheets import Fault, NumberStyle, Remark, Sheet, number_style
from coevo.observations.text_files import decoded, text_sheets
from coevo.observations.workbooks import ERROR, NO_VALUE
from tests.unit.cases import sections
from tests.unit.readers_agree import assert_readers_agree

ROOT = Path(__file__).resolve().parent.parent.parent
TABLE = [["地区", "2015年", "2016年"], ["浙江省", 1.5, 2.0], ["北京市", 3.0, None]]
TEXT = [["地区", "2015年", "2016年"], ["浙江省", "1.5", "2.0"], ["北京市", "3.0", None]]
CASES = sections("opening")
DAY, PLAIN = xlwt.easyxf(num_format_str="yyyy-mm-dd"), xlwt.easyxf()
REASONS = {"no value": NO_VALUE, "#DIV/0!": ERROR.format("#DIV/0!"), "#N/A": ERROR.format("#N/A")}


@pytest.fixture
def place(tmp_path):
    return tmp_path / "a.bin"


def opened(path: Path, content: bytes | None = None) -> list[Sheet]:
    if content is not None:
        path.write_bytes(content)
    return read_sheets(path, "a")


def refusal(path: Path, content: bytes | None = None) -> str:
    with pytest.raises(StudyError) as problem:
        opened(path, content)
    assert len(problem.value.messages) == 1 and "\n" not in problem.value.messages[0]
    return problem.value.messages[0]


def filled(sheet: Sheet) -> dict[str, object]:
    """Return what the cells say, by place; of a figure that is not to be had the reason."""
    return {
        xl_rowcol_to_cell(*place): value
        for place, value in np.ndenumerate(sheet.values)
        if value is not None
    }


def raw(content: bytes | str) -> bytes:
    """Return the bytes of a case; in a text of tests/unit/tables each character stands for one."""
    return content if isinstance(content, bytes) else content.encode("latin-1")


def saved(book) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def xlsx(rows=TABLE) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    return saved(book)


def xls(rows=TABLE) -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("Sheet")
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if value is not None:
                sheet.write(number, column, value, DAY if type(value) is date else PLAIN)
    return saved(book)


def text(rows=TABLE, mark=",", end="\r\n") -> str:
    return end.join(mark.join("" if v is None else str(v) for v in row) for row in rows)


def html(rows=TABLE, head="") -> str:
    cells = ("".join(f"<td>{'' if v is None else v}</td>" for v in row) for row in rows)
    return f"<html>{head}<table>" + "".join(f"<tr>{row}</tr>" for row in cells) + "</table></html>"


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as read:
        return {name: read.read(name) for name in read.namelist()}


def changed(content: bytes, part: str, old: str, new: str) -> bytes:
    """Return an archive with a piece of one part replaced."""
    parts = parts_of(content)
    assert old.encode() in parts[part], parts[part]
    return archive({**parts, part: parts[part].replace(old.encode(), new.encode())})


def archive(parts: dict[str, bytes | str], method=zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as write:
        for name, content in parts.items():
            write.writestr(name, content)
    return file.getvalue()


def sheet_xml(rows: str, after="") -> bytes:
    """Return a workbook whose only worksheet has the given XML of rows."""
    return changed(
        changed(xlsx([]), "xl/workbook.xml", 'name="Sheet"', 'name="表"'),
        "xl/worksheets/sheet1.xml",
        "<sheetData></sheetData>",
        f"<sheetData>{rows}</sheetData>{after}",
    )


def compound(stream: str) -> bytes:
    """Return an Office container whose only stream has the given name."""
    field, name = "Workbook".encode("utf-16-le"), stream.encode("utf-16-le")
    content = xls()
    at = content.index(field.ljust(64, b"\0"))
    entry = name.ljust(64, b"\0") + struct.pack("<H", len(name) + 2)
    return content[:at] + entry + content[at + 66 :]


def hidden_cells(rows=(), columns=()) -> Remark:
    fields = {"rows": [*rows], "columns": [*columns], "more_rows": 0, "more_columns": 0}
    return Remark("hidden", "hidden_cells", fields)


# Kinds


@pytest.mark.parametrize("mark", [",", "\t", ";"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "gb18030"])
def test_text_in_every_encoding_with_every_mark_and_line_end(place, encoding, end, mark):
    content = text(mark=mark, end=end).encode(encoding)
    if encoding == "utf-16-be":
        content = b"\xfe\xff" + content
    (sheet,) = opened(place, content)
    assert sheet.values.tolist() == TEXT
    assert sheet.name == "" and sheet.where(1, 1) == "a › B2"


@pytest.mark.parametrize(("text", "encoding"), CASES["encodings"])
def test_the_encoding_is_told_by_the_characters(text, encoding):
    assert decoded(text.encode(encoding), "a") == text


def test_a_text_that_may_be_in_several_encodings_is_refused():
    with pytest.raises(StudyError, match=r"^a: may be text in GB18030, CP949.*nothing in it shows"):
        decoded("x,y\n馈馈馈馈,1\n".encode("gb18030"), "a")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        *CASES["kinds"],
        (archive({"a.csv": "地区"}), "zip"),
        (archive({}), "zip"),
        (archive({"word/document.xml": ""}), "docx"),
        (archive({"mimetype": "", "content.xml": ""}), "ods"),
        (archive({"xl/workbook.bin": ""}), "xlsb"),
        (compound("EncryptedPackage"), "encrypted"),
        (xls().replace(b"\xe1\x00\x02\x00", b"\x2f\x00\x02\x00", 1), "encrypted"),
        (compound("WordDocument"), "doc"),
        (compound("Slides"), "compound"),
    ],
)
def test_other_kinds_are_refused_with_what_to_do(place, content, kind):
    assert refusal(place, raw(content)) == f"a: {KINDS[kind][1]}"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        *CASES["no_tables"],
        (b"," * 10_000_000, "has cells far beyond any table (as far as UVXWK1, 10,000,001 cells)"),
        (b"1\n" * 200_001, "has cells far beyond any table (as far as A200001, 200,001 cells)"),
        (
            b"1,2\n" * 150_000 + b"," * 15_000 + b"x",
            "has cells far beyond any table (as far as VDY",
        ),
    ],
    ids=lambda part: part[:9],
)
def test_what_is_no_table_of_text_is_refused(place, content, said):
    assert refusal(place, raw(content)).startswith(f"a: {said}")


def test_what_is_no_file_is_refused(tmp_path):
    assert refusal(tmp_path) == "a: is not a file; put the file itself there"
    assert refusal(tmp_path / "none") == "a: is not a file; put the file itself there"


def test_a_file_above_the_limit_is_refused_unread(place):
    with place.open("wb") as file:
        file.truncate(200_000_001)
    assert refusal(place) == (
        "a: has 200,000,001 bytes, above the limit of 200,000,000; split it by indicator"
    )


# Text


@pytest.mark.parametrize(("text", "values"), CASES["texts"])
def test_fields_stay_as_they_are_written(place, text, values):
    (sheet,) = opened(place, text.encode())
    assert sheet.values.tolist() == values


@pytest.mark.parametrize(("mark", "figure"), [(",", '"1,5"'), (";", "1,5"), ("\t", "1,5")])
def test_the_delimiter_is_what_lines_agree_on(place, mark, figure):
    table = [["地区", "a", "b"], *[["浙江", figure, "2"]] * 3]
    lines = ["各地区销售额; 2015, 2016", *map(mark.join, table), "数据来源: 国家统计局; 年鉴"]
    (sheet,) = opened(place, "\n".join(lines).encode())
    assert sheet.values[2].tolist()[:3] == ["浙江", "1,5", "2"]


@pytest.mark.parametrize(("before", "after"), [("", "\t"), ("\t", "")])
def test_tabs_beside_commas_are_no_delimiter(place, before, after):
    """As programs write them that keep a spreadsheet from reading a figure."""
    rows = [["地区", "年份", "a"], *[["浙江", str(year), "1.5"] for year in (2019, 2020)]]
    lines = (",".join(f"{before}{cell}{after}" for cell in row) for row in rows)
    (sheet,) = opened(place, "\n".join(lines).encode())
    assert sheet.values.shape == (3, 3) and sheet.words(2, 1).text == "2020"


@given(
    st.lists(st.lists(st.text("ab1.…北,;\"\n '"), min_size=2, max_size=5), min_size=2, max_size=6)
)
def test_what_a_table_of_text_holds_is_what_is_read(rows):
    file = io.StringIO()
    csv.writer(file).writerows([["head", *"xyzuvw"]] * 12 + rows)
    (sheet,) = text_sheets(file.getvalue().encode("utf-8-sig"), "a")
    read = [[value or "" for value in row] for row in sheet.values.tolist()][12:]
    wanted = [row + [""] * (7 - len(row)) for row in rows]
    while wanted and not any(wanted[-1]):
        wanted.pop()
    assert read == wanted


# xlsx


@pytest.mark.parametrize(("code", "style"), CASES["number_formats"])
def test_what_a_number_format_shows(place, code, style):
    assert number_style(code) == NumberStyle(*style)
    new, old = Workbook(), xlwt.Workbook()
    new.active["B1"] = 1
    new.active["B1"].number_format = code
    old.add_sheet("1").write(0, 1, 1.0, xlwt.easyxf(num_format_str=code))
    for book in (new, old):
        (sheet,) = opened(place, saved(book))
        shown = NumberStyle() if sheet.style is None else sheet.styles[sheet.style[0, 1]]
        assert shown == NumberStyle(*style)


def test_a_date_in_a_built_in_format_of_chinese_excel_is_a_date(place):
    book = Workbook()
    for cell, value in (("A1", 42004), ("B1", 42004.25), ("C1", "x")):
        book.active[cell] = value
        book.active[cell].number_format = "0.000"
    content = changed(saved(book), "xl/styles.xml", 'numFmtId="164"', 'numFmtId="57"')
    content = changed(content, "xl/styles.xml", '<numFmt numFmtId="57" formatCode="0.000"/>', "")
    (sheet,) = opened(place, content)
    assert sheet.values.tolist() == [[date(2014, 12, 31), datetime(2014, 12, 31, 6), "x"]]


# openpyxl writes 16 digits
VALUES = st.none() | st.integers(-(10**12), 10**12).map(lambda number: number / 1000)
VALUES |= st.text("ab1.…北 ；'&<", min_size=1).filter(str.strip) | st.booleans()
VALUES |= st.dates(date(1901, 1, 1), date(2100, 1, 1))


@settings(max_examples=40)
@given(
    st.lists(st.lists(VALUES, min_size=1, max_size=4), min_size=1, max_size=5), st.integers(0, 3)
)
def test_what_a_workbook_holds_is_what_is_read(tmp_path_factory, rows, offset):
    rows = [[None] * 4] * offset + [[None] * offset + row for row in rows]
    wanted = {
        xl_rowcol_to_cell(r, c): str(v).upper() if isinstance(v, bool) else v
        for r, row in enumerate(rows)
        for c, v in enumerate(row)
        if v is not None
    }
    path = tmp_path_factory.mktemp("a") / "a"
    for content in (xlsx(rows), xls(rows)):
        found = {k: v for sheet in opened(path, content) for k, v in filled(sheet).items()}
        assert found == wanted
        assert all(type(found[place]) is type(wanted[place]) for place in wanted)
        assert_readers_agree(path)


def test_chart_sheets_are_no_tables(place):
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        chart = book.add_chart({"type": "line"})
        book.add_chartsheet("图").set_chart(chart)
        book.add_worksheet("数据").write_row(1, 1, [1.5, "x"])
        chart.add_series({"values": "=数据!$B$2:$B$2"})
    (sheet,) = opened(place, file.getvalue())
    assert sheet.name == "数据" and sheet.values[1].tolist() == [None, 1.5, "x"]
    assert_readers_agree(place)


def test_days_counted_from_1904(place):
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"date_1904": True}) as book:
        shown = book.add_format({"num_format": "yyyy-mm-dd"})
        book.add_worksheet().write_datetime("A1", datetime(2015, 12, 31), shown)
    (sheet,) = opened(place, file.getvalue())
    assert sheet.values.tolist() == [[date(2015, 12, 31)]]
    assert_readers_agree(place)


def test_a_time_is_text_that_no_figure_can_be_taken_from(place):
    book = Workbook()
    book.active["A1"], book.active["A1"].number_format = 0.5, "hh:mm"
    book.active["A2"], book.active["A2"].number_format = 1.25, "[hh]:mm"
    (sheet,) = opened(place, saved(book))
    assert sheet.values.tolist() == [["12:00:00"], ["1 day, 6:00:00"]]


@pytest.mark.parametrize("case", CASES["worksheets"], ids=lambda case: case["what"])
def test_the_xml_of_a_worksheet(place, case):
    (sheet,) = opened(place, sheet_xml(case["rows"], case.get("after", "")))
    read = {cell: v.reason if isinstance(v, Fault) else v for cell, v in filled(sheet).items()}
    assert read == {cell: REASONS.get(value, value) for cell, value in case["cells"].items()}
    assert sheet.remarks == tuple(Remark(*remark) for remark in case.get("remarks", ()))
    assert_readers_agree(place)


def test_hidden_rows_and_columns_are_read_and_remarked(place):
    book = Workbook()
    for number in range(9):
        book.active.append([float(number)] * 4)
    for row in (2, 3, 4, 8, 400):
        book.active.row_dimensions[row].hidden = True
    book.active.column_dimensions["B"].hidden = True
    book.active.column_dimensions.group("Y", "XFD", hidden=True)
    book.active.merge_cells("A1:B2")
    book.active.merge_cells("C9:F12")
    book.active.merge_cells("K1:L2")
    (sheet,) = opened(place, saved(book))
    assert sheet.values.shape == (9, 4) and sheet.values[3].tolist() == [3.0] * 4
    assert sheet.remarks == (hidden_cells(rows=["2-4", "8"], columns=["B"]),)
    assert sheet.merged == ((0, 0, 1, 1), (8, 2, 11, 5))


def test_hidden_sheets_are_not_read_and_remarked(place):
    book = Workbook()
    for name, state in (("列表", "hidden"), ("数据", "visible"), ("草稿", "veryHidden")):
        book.create_sheet(name)["A1"] = name
        book[name].sheet_state = state
    (sheet,) = opened(place, saved(book))
    remark = Remark("hidden", "hidden_sheets", {"sheets": ["列表", "草稿"]})
    assert sheet.name == "数据" and sheet.remarks == (remark,)
    assert_readers_agree(place)
    book["数据"]["A1"] = None
    assert refusal(place, saved(book)) == (
        "a: everything in it is on hidden sheets (列表, 草稿), which are not read; unhide the "
        "sheet that holds the figures"
    )


def test_line_ends_that_excel_writes_as_codes_are_line_ends(place):
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        book.add_worksheet().write_string(0, 0, "x")
    said = "<t>地区_x000D_\nRegion_x0041_</t>"
    content = changed(file.getvalue(), "xl/sharedStrings.xml", "<t>x</t>", said)
    (sheet,) = opened(place, content)
    assert sheet.values.tolist() == [["地区\r\nRegion_x0041_"]]


def test_a_workbook_with_prefixes_is_a_workbook(place):
    content = xlsx([["a", 1.5], ["b", "=1+1"]])
    parts = parts_of(content)
    for name in ("xl/worksheets/sheet1.xml", "xl/workbook.xml"):
        prefixed = re.sub(rb"<(/?)(?=\w)", rb"<\1x:", parts[name])
        parts[name] = prefixed.replace(b"xmlns=", b"xmlns:x=")
    (sheet,) = opened(place, archive(parts))
    assert sheet.values.tolist() == [["a", 1.5], ["b", Fault(NO_VALUE)]]


@pytest.mark.parametrize(("row", "said"), CASES["no_worksheets"])
def test_xml_that_is_no_worksheet(place, row, said):
    assert refusal(place, sheet_xml(row)).startswith(f"a: cannot be read {said}")


# xls


def test_an_old_workbook_reads_like_a_new_one(place):
    old, new = xlwt.Workbook(encoding="utf-8"), Workbook()
    sheet = old.add_sheet("数据")
    new.active.title = "数据"
    looks = ["General", "0.00", "0.0%", "yyyy-mm-dd", "yyyy-mm-dd hh:mm", "General", "General"]
    values = [2015, 1.5, 0.123, date(2015, 12, 31), datetime(2015, 12, 31, 6), True, "1,5 "]
    for column, (value, code) in enumerate(zip(values, looks, strict=True)):
        sheet.write(2, column + 1, value, xlwt.easyxf(num_format_str=code))
        cell = new.active.cell(3, column + 2, value)
        cell.number_format = code
    sheet.write_merge(3, 4, 1, 2, "北京")
    new.active["B4"] = "北京"
    new.active.merge_cells("B4:C5")
    sheet.row(3).hidden = True
    new.active.row_dimensions[4].hidden = True
    sheet.col(2).hidden = True
    new.active.column_dimensions["C"].hidden = True
    old.add_sheet("列表").visibility = 1
    new.create_sheet("列表").sheet_state = "hidden"
    (first,) = opened(place, saved(old))
    assert_readers_agree(place)
    (second,) = opened(place, saved(new))
    assert_readers_agree(place)
    rows = first.values.shape[0]
    assert first.values[2, 1:].tolist() == [*values[:5], "TRUE", "1,5 "]
    assert first.values.tolist() == second.values.tolist()[:rows]
    kinds = [type(None), float, float, float, date, datetime, str, str]
    assert [*map(type, first.values[2])] == [*map(type, second.values[2])] == kinds
    assert [first.styles[k] for k in first.style[2]] == [second.styles[k] for k in second.style[2]]
    assert first.styles[first.style[2, 3]] == NumberStyle(3, True)
    assert first.remarks == second.remarks and len(first.remarks) == 2
    assert first.merged == second.merged == ((3, 1, 4, 2),)
    assert first.where(2, 2) == second.where(2, 2) == "a › 数据 › C3"


def test_errors_of_an_old_workbook(place):
    book = xlwt.Workbook()
    sheet = book.add_sheet("1")
    sheet.row(0).set_cell_error(1, "#DIV/0!")
    sheet.write(1, 1, 5.0)
    (read,) = opened(place, saved(book))
    fault = Fault("holds the error #DIV/0!; correct it in the workbook, or type the figure")
    assert read.values.tolist() == [[None, fault], [None, 5.0]]
    assert_readers_agree(place)


def test_a_damaged_old_workbook_is_one_line_and_nothing_on_the_terminal(place, capfd):
    for damage in ((b"\x09\x08\x10\x00", b"\x09\x08\x00\x00"), (b"\xfc\x00", b"\xfc\xff")):
        message = refusal(place, xls().replace(*damage))
        assert message.startswith("a: cannot be read (") and message.endswith("save it as xlsx")
    assert capfd.readouterr() == ("", "")


# HTML


def test_tables_of_a_web_page_under_the_name_of_a_workbook(tmp_path):
    page = """
    <html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312">
    <style>td {mso-number-format: "0.0"}</style></head><body><p>2015年
    <table><tr><th rowspan=2>地区<th colspan="2">销售额&nbsp;<br>（亿元）</tr>
    <tr><td>2015年</td><td>2016年</td></tr>
    <tr style="display: none"><td>浙  江</td><td>1,234.5<td> 2 &amp; 3 </tr></table>
    <table><tr><td> </td></tr></table>
    <table><tr><td>外<table><tr><td>内</td></tr></table>后</td></tr></table></body></html>
    """
    first, outer, inner = opened(tmp_path / "a.xls", page.encode("gb18030"))
    assert [first.name, outer.name, inner.name] == ["表1", "表2", "表3"]
    assert first.values.tolist() == [
        ["地区", "销售额\xa0\n（亿元）", None],
        [None, "2015年", "2016年"],
        ["浙 江", "1,234.5", "2 & 3"],
    ]
    assert first.merged == ((0, 0, 1, 0), (0, 1, 0, 2))
    assert first.remarks == (hidden_cells(rows=["3"]),)
    assert outer.values.tolist() == [["外后"]] and inner.values.tolist() == [["内"]]


@pytest.mark.parametrize(("encoding", "named"), CASES["pages"])
def test_a_web_page_in_every_encoding_and_one_that_names_a_wrong_one(place, encoding, named):
    head = f'<meta charset="{named}">' if named else ""
    rows = [["地區", "2015年"], ["浙江", "1.5"]]
    (sheet,) = opened(place, html(rows, head).encode(encoding))
    assert sheet.values.tolist() == rows


def test_a_web_page_that_means_harm(place):
    wide = "<table><tr>" + "<td colspan=1000 rowspan=60000>1" * 100 + "</table>"
    assert "far beyond any table" in refusal(place, wide.encode())
    tall = "<table><tr><td colspan=899><td>1" + "<tr>" * 1000 + "<td>1</table>"
    assert "as far as AHP1001, 10,810,800 cells" in refusal(place, (tall * 12).encode())
    deep = "<html>" + "<b>" * 3000 + "<table><tr><td>1"
    assert "a: cannot be read (Excessive depth in document" in refusal(place, deep.encode())


# Archives that mean harm, or that are damaged


def lying() -> bytes:
    """An archive whose part says it is 1,000 long, with the checksum of so much."""
    name, content = "xl/worksheets/sheet1.xml", bytes(300_000_000)
    data = bytearray(archive({"xl/workbook.xml": "<workbook/>", name: content}))
    local, central = data.index(name.encode()) - 30, data.rindex(name.encode()) - 46
    for at in (local + 14, central + 16):
        struct.pack_into("<I", data, at, zlib.crc32(content[:1000]))
        struct.pack_into("<I", data, at + 8, 1000)
    return bytes(data)


def zeros() -> bytes:
    return archive(
        {"xl/workbook.xml": "<workbook/>", "xl/worksheets/sheet1.xml": bytes(300_000_000)}
    )


def echo() -> bytes:
    """A text of 30,000 signs, stored once, in 100,000 cells: 3 GB."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet("表")
        for row in range(100_000):
            sheet.write_string(row, 0, "x")
    return changed(file.getvalue(), "xl/sharedStrings.xml", "<t>x</t>", f"<t>{'x' * 30_000}</t>")


def blocks() -> bytes:
    """Twelve sheets, each with a cell in A1 and one in ALL900, hence of 900,000 cells."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        for number in range(12):
            sheet = book.add_worksheet(f"表{number + 1}")
            sheet.write("A1", 1)
            sheet.write("ALL900", 1)
    return file.getvalue()


def blanks() -> bytes:
    """Eighteen kilobytes of four million cells without a word."""
    return sheet_xml(f'<row r="1">{"<c/>" * 4_000_000}</row>')


def crowd() -> bytes:
    parts = {f"xl/{number}.xml": "" for number in range(100_000)}
    return archive({"xl/workbook.xml": "<workbook/>"} | parts, zipfile.ZIP_STORED)


MEASURED = """
import sys
from pathlib import Path
from coevo.errors import StudyError
from coevo.observations.opening import read_sheets
def peak():
    return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) / 1024
before = peak()
try:
    read_sheets(Path(sys.argv[1]), "a")
except StudyError as problem:
    print(problem)
print(peak() - before)
"""


@pytest.mark.whole
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads memory as Linux tells it")
@pytest.mark.parametrize(
    ("make", "said"),
    [
        (zeros, "300,000,011 bytes, which no table does (limit 200,000,000 bytes, or 100 times"),
        (lying, "a: cannot be read (\"There is no item named '[Content_Types].xml' in the archive"),
        (echo, "a › 表: repeats long texts to more than 200,000,000 characters; keep only the"),
        (blocks, "a › 表12: has cells far beyond any table (as far as ALL900, 10,800,000 cells)"),
        (blanks, "cells and looks, which no table does; copy the tables into a new workbook"),
        (crowd, "a: holds more than 10,000 parts; copy the tables into a new workbook"),
    ],
)
def test_a_bomb_is_refused_within_500_mb(place, make, said):
    place.write_bytes(make())
    run = [sys.executable, "-c", MEASURED, str(place)]
    result = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, encoding="utf-8")
    assert result.returncode == 0, result.stderr
    message, megabytes = result.stdout.splitlines()
    assert said in message
    assert float(megabytes) < 500


def test_a_rectangle_with_hardly_a_cell_filled_is_no_table(place):
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="600"><c r="XFD600"><v>1</v></c></row>'
    assert "as far as XFD600, 9,830,400 cells" in refusal(place, sheet_xml(rows))
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="900"><c r="ALL900"><v>1</v></c></row>'
    (sheet,) = opened(place, sheet_xml(rows))
    assert sheet.values.shape == (900, 1000)


def test_parts_that_declare_entities_are_refused(place):
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;">]><worksheet'
    for part, old in (("xl/worksheets/sheet1.xml", "<worksheet"), ("xl/styles.xml", "<styleSheet")):
        content = changed(xlsx(), part, old, bomb.replace("<worksheet", old))
        assert refusal(place, content) == (
            f"a: its part {part} declares entities, which no workbook needs; open it in Excel or "
            "LibreOffice and save it as xlsx"
        )
    parts, part = parts_of(xlsx()), "xl/worksheets/sheet1.xml"
    declared = '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x []>' + parts[part].decode()
    wide = archive({**parts, part: declared.encode("utf-16")})
    assert f"its part {part} declares entities" in refusal(place, wide)


def test_what_openpyxl_would_pass_over_is_refused(place):
    content = xlsx()
    for part in ("xl/workbook.xml", "xl/worksheets/sheet1.xml"):
        old = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        strict = changed(content, part, old, "http://purl.oclc.org/ooxml/spreadsheetml/main")
        assert refusal(place, strict) == (
            "a: is a workbook in 'Strict Open XML', which is not read; open it in Excel or "
            "LibreOffice and save it as xlsx"
        )


def test_ornaments_that_are_damaged_do_not_keep_a_workbook_from_being_read(place):
    content = changed(xlsx(), "docProps/core.xml", "dcterms:W3CDTF", "other")
    content = changed(content, "docProps/core.xml", "20", "of the year 20")
    assert opened(place, content)[0].values.tolist() == TABLE


def doubled() -> bytes:
    """An archive with a part twice, of which readers of archives warn."""
    content = archive({"xl/workbook.xml": "1", "xl/workbook.xmm": "2"})
    return content.replace(b"workbook.xmm", b"workbook.xml")


def commented() -> bytes:
    with zipfile.ZipFile(file := io.BytesIO(xlsx()), "a") as write:
        write.comment = b"PK"
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (xlsx()[:2000], "cannot be read (File is not a zip file); download it again, or open it"),
        (
            archive(
                {"xl/workbook.xml": "<workbook/>", "xl/a.xml": "<a/>"}, zipfile.ZIP_STORED
            ).replace(b"<a/>", b"<b/>"),
            "cannot be read (Bad CRC-32 for file 'xl/a.xml'",
        ),
        (
            archive({"xl/workbook.xml": "<workbook/>"}, zipfile.ZIP_LZMA),
            "its part xl/workbook.xml is packed in a way that Excel does not know",
        ),
        (doubled(), "its part xl/workbook.xml is there twice"),
        (commented(), "a comment follows its parts"),
        (
            archive(
                {name: part for name, part in parts_of(xlsx()).items() if "sheets/" not in name}
            ),
            "its sheet 'Sheet' is missing or there twice",
        ),
        (
            changed(xlsx(), "[Content_Types].xml", "sheet.main+xml", "other+xml"),
            "cannot be read (File contains no valid workbook",
        ),
    ],
    ids=range(7),
)
def test_damaged_archives(place, content, said):
    assert said in refusal(place, content)
