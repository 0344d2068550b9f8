"""Damaged, hostile and random raw files through the whole reading: a table or a typed error.

File `n` of a seed is always the same. Each is read in a process of its own, so that a reader that
takes the process down, takes long or takes memory is seen, with the number of the file.
"""

import io
import random
import re
import zipfile
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal, NamedTuple

import pandas as pd
import yaml

from benchmarks.common import ROOT, apart
from coevo.errors import StudyError
from coevo.files import read_table
from coevo.observations import observe
from coevo.observations.recognition import StudyTerms

SECONDS, MEGABYTES = (
    5.0,
    400.0,
)  # of a file; what Python holds comes to them
DATA = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
REGIONS = read_table(ROOT / "config" / "regions" / "provinces.csv", "regions")
SALES = pd.DataFrame(
    [("sales", "100 million yuan", "销售额", "", "")],
    columns=["indicator", "unit", "source_name", "derivation", "subsystem"],
)

YEARS = [f"{year}年" for year in range(2015, 2021)]
TITLE = [["分省年度数据"], ["指标：销售额(亿元)"], ["单位：亿元"], ["地区", *YEARS]]
FIGURES = [
    [name, *(round(12.5 * (place + 1) * 1.1**year, 2) for year in range(6))]
    for place, name in enumerate("北京市 天津市 河北省 浙江省 甘肃省 新疆维吾尔自治区".split())
]
NOTES = [["注：2020年为初步核算数。"], ["数据来源：国家统计局"]]
TABLE = TITLE + FIGURES + NOTES
LONG = [["地区", "年份", "指标", "单位", "数值"]] + [
    [row[0], year, "销售额", "亿元", value]
    for row in FIGURES
    for year, value in zip(YEARS, row[1:], strict=True)
]

SHEETS = {"表1": TABLE, "表2": LONG}
Change = Callable[[random.Random, bytes], bytes]


class Outcome(NamedTuple):
    """What became of a file: `table`, `error` or what went wrong; CPU seconds; most MB."""

    number: int
    kind: str
    outcome: str
    seconds: float
    megabytes: float


# Valid files of every kind


def _xlsx(engine: Literal["openpyxl", "xlsxwriter"]) -> bytes:
    file = io.BytesIO()
    with pd.ExcelWriter(file, engine=engine) as book:
        for name, rows in SHEETS.items():
            table = pd.DataFrame([*zip_longest(*rows)]).T
            table.to_excel(book, sheet_name=name, header=False, index=False)
        sheet = book.sheets["表1"]
        if engine == "xlsxwriter":
            sheet.write_formula("G5", "=[1]年鉴!A1", None, FIGURES[0][6])
        else:
            sheet.merge_cells("A1:G1")
            for cell in sheet["C"][4:]:
                cell.number_format = "#,##0.00_ "
            sheet["H5"], sheet["H6"] = "=SUM(B5:G5)", "#DIV/0!"
            sheet.row_dimensions[7].hidden = True
            book.sheets["表2"].sheet_state = "hidden"
    return file.getvalue()


def _xls() -> bytes:
    import xlwt

    book = xlwt.Workbook(encoding="utf-8")
    for name, rows in SHEETS.items():
        sheet = book.add_sheet(name)
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                style = xlwt.easyxf(num_format_str="0.00" if column == 2 else "General")
                sheet.write(number + 1, column, value, style)
    sheet.write_merge(0, 0, 0, 4, "各地区销售额")
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _text(rows: list[list], mark: str = ",") -> str:
    return "\r\n".join(mark.join(str(value) for value in row) for row in rows) + "\r\n"


def _html() -> str:
    rows = "".join(
        "<tr>" + "".join(f"<td rowspan='1'>{value}&nbsp;</td>" for value in row) + "</tr>\n"
        for row in TABLE
    )
    head = '<meta http-equiv="Content-Type" content="text/html; charset=gb2312">'
    return f"<html><head>{head}</head><body><table border=1>{rows}</table></body></html>"


@cache
def seeds() -> dict[str, tuple[bytes, ...]]:
    """Return valid files by kind."""
    text = _text(TABLE)
    return {
        "xlsx": (_xlsx("openpyxl"), _xlsx("xlsxwriter")),
        "xls": (_xls(),),
        "html": (_html().encode("gb18030"), _html().encode("utf-8")),
        "csv": (
            text.encode("gb18030"),
            text.encode("utf-8"),
            text.encode("utf-8-sig"),
            text.encode("utf-16"),
            _text(LONG, ";").encode("gb18030"),
            _text(LONG, "\t").encode("utf-8"),
        ),
    }


# What may happen to them


def _flip(rng: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.choice([1, 1, 3, 10, 100])):
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def _truncate(rng: random.Random, data: bytes) -> bytes:
    return data[: rng.randrange(len(data))]


def _splice(rng: random.Random, data: bytes) -> bytes:
    other = rng.choice(rng.choice(list(seeds().values())))
    first, second = sorted(rng.choices(range(len(other)), k=2))
    at = rng.randrange(len(data))
    return data[:at] + other[first:second] + data[at + rng.choice([0, second - first]) :]


def _drop(rng: random.Random, data: bytes) -> bytes:
    first = rng.randrange(len(data))
    return data[:first] + data[first + rng.choice([1, 2, 4, 64, 1000]) :]


EXTREME = [word.encode() for word in DATA["extreme"]]
TOKEN = re.compile(rb'(?<=")[^"<>]{0,20}(?=")|(?<=>)[^<>]{1,20}(?=<)|[0-9]+')


def _token(rng: random.Random, data: bytes) -> bytes:
    """Replace numbers, attributes or short texts by extreme ones."""
    for _ in range(rng.choice([1, 2, 5])):
        places = list(TOKEN.finditer(data))
        if places:
            place = rng.choice(places)
            data = data[: place.start()] + rng.choice(EXTREME) + data[place.end() :]
    return data


def _repeat(rng: random.Random, data: bytes) -> bytes:
    """Write one piece of it many times."""
    first = rng.randrange(len(data))
    piece = data[first : first + rng.choice([1, 10, 200])]
    return data[:first] + piece * rng.choice([2, 100, 5000]) + data[first:]


CHANGES: list[Change] = [_flip, _truncate, _splice, _drop, _token, _repeat]


def _packed(parts: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as write:
        for name, content in parts.items():
            write.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)  # no date of today
    return file.getvalue()


def _unpacked(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as read:
        return {name: read.read(name) for name in read.namelist()}


def _parts(rng: random.Random, data: bytes) -> bytes:
    """Change a part of a workbook and pack it again, so that the archive itself is sound."""
    parts = _unpacked(data)
    hurt = set(rng.choices([n for n in parts if n.startswith("xl/")], k=rng.choice([1, 2])))
    for name in [name for name in parts if name in hurt]:
        if rng.random() < 0.05:
            del parts[name]
        else:
            parts[name] = rng.choice([*CHANGES, _token, _token])(rng, parts[name])
    return _packed(parts)


SWELLING = [(kind, piece.encode(), place.encode()) for kind, piece, place in DATA["swelling"]]
MOST_SWOLLEN = {"xlsx": 19_000_000, "html": 6_000_000, "csv": 6_000_000}  # bytes


def _swollen(rng: random.Random) -> bytes:
    """Write one piece into a file as often as it holds: a bomb, or a page of nothing."""
    kind, piece, place = rng.choice(SWELLING)
    many = piece * int(MOST_SWOLLEN[kind] / len(piece) * rng.random())
    data = seeds()[kind][0 if kind == "xlsx" else 1]
    if kind != "xlsx":
        return data.replace(place, many + place, 1)
    parts, sheet = _unpacked(data), "xl/worksheets/sheet1.xml"
    return _packed(parts | {sheet: parts[sheet].replace(place, many + place, 1)})


def _random_bytes(rng: random.Random) -> bytes:
    heads = [b"", b"PK\x03\x04", bytes.fromhex("d0cf11e0a1b11ae1"), b"\x09\x08\x10\x00", b"%PDF"]
    heads += [b"\xff\xfe", b"\xef\xbb\xbf", b"<?xml ", b"<table>", b"<html><tr><td>"]
    return rng.choice(heads) + rng.randbytes(rng.choice([0, 1, 10, 1000, 100_000]))


PIECES = [*DATA["pieces"], "x" * 300]


def _random_table(rng: random.Random) -> bytes:
    rows = [
        [rng.choice(PIECES) for _ in range(rng.choice([1, 3, 6, 20]))]
        for _ in range(rng.choice([0, 1, 3, 10, 200]))
    ]
    if rng.random() < 0.5:  # keep the head of a table, so that the reading goes further
        rows = TITLE + [[row[0], *rng.choices(PIECES, k=6)] for row in FIGURES] + rows
    encoding = rng.choice(["utf-8", "gb18030", "utf-16"])
    if rng.random() < 0.3:
        cells = ("".join(f"<td colspan={rng.choice([1, 2, 9])}>{v}" for v in row) for row in rows)
        return ("<table>" + "<tr>".join(["", *cells])).encode(encoding)
    return _text(rows, rng.choice(",;\t")).encode(encoding)


def corrupted(seed: int, number: int) -> tuple[str, bytes]:
    """Return the kind and content of one file: always the same for a seed and a number."""
    rng = random.Random(f"{seed}-{number}")
    others = ["xlsx part", "xlsx part", "random bytes", "random table", "swollen"]
    kind = rng.choice([*seeds(), *others])
    whole = {"swollen": _swollen, "random bytes": _random_bytes, "random table": _random_table}
    if kind in whole:
        return kind, whole[kind](rng)
    if kind == "xlsx part":
        return kind, _parts(rng, rng.choice(seeds()["xlsx"]))
    data = rng.choice(seeds()[kind])
    for _ in range(rng.choice([0, 1, 1, 1, 2, 3])):
        data = rng.choice(CHANGES)(rng, data) if data else data
    return kind, data


# Reading them


def _outcome(content: bytes) -> str:
    """Write a file, read it as a study does, and say what came out."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "2026-10" / "a.bin"
        path.parent.mkdir()
        path.write_bytes(content)
        try:
            found, _ = observe([str(path)], folder, StudyTerms(SALES, REGIONS))
        except StudyError as problem:
            said = all(m.startswith(folder) and "\n" not in m for m in problem.messages)
            return "error" if said and problem.messages else f"unclear: {problem.messages[:1]}"
        except BaseException as problem:
            return f"crash: {type(problem).__name__}: {str(problem)[:200]}"
    return "table" if len(found) else "empty table"


def read_file(make: Callable[[int], tuple[str, bytes]], number: int) -> Outcome:
    """Read one of the files that a function makes."""
    kind, content = make(number)
    run = apart(partial(_outcome, content), 2 * SECONDS)
    outcome = run.result or f"died: code {run.code}"
    if run.said.strip():
        outcome = f"noise: {run.said.strip().splitlines()[-1][:200]}"
    return Outcome(number, kind, outcome, run.seconds, run.megabytes)


def read_all(make: Callable[[int], tuple[str, bytes]], numbers: Iterable[int]) -> list[Outcome]:
    """Read such files two at a time: `partial(corrupted, seed)` of any number."""
    with ProcessPoolExecutor(2) as pool:
        return list(pool.map(partial(read_file, make), numbers, chunksize=5))


def offenders(outcomes: list[Outcome]) -> list[Outcome]:
    """Return files with neither table nor typed error, or above a limit of time or memory."""
    fine = [
        o.outcome in ("table", "error") and o.seconds <= SECONDS and o.megabytes <= MEGABYTES
        for o in outcomes
    ]
    return [outcome for outcome, well in zip(outcomes, fine, strict=True) if not well]
