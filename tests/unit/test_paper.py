"""The PDF: whole in its fonts, tagged, inside its margins, with the numbers of the tables."""

import re
import subprocess
from html import unescape
from pathlib import Path

import pytest

from coevo.errors import StudyError
from coevo.report.documents.pages import document, pdf, typst
from coevo.report.documents.source import metadata
from coevo.report.figures import typesetting
from coevo.report.words.template_values import worded
from tests.programs import needs
from tests.sample import FOCUS, documents, files, study, words_of

pytestmark = pytest.mark.whole

poppler = needs("pdftotext", "pdffonts", "pdfinfo")
PHRASES = words_of("phrases", "en")
X_MARGIN, Y_MARGIN = 2.3 / 2.54 * 72, 20.0  # of the template, in points; above and below: the sheet
HALF = 5.5  # points: the empty half of a Chinese mark at the end of a line
CHINESE = {
    "language": "zh", "lang": "zh", "word-figure": "图", "word-table": "表", "years": "2015—2023年",
    "citations": "gb7714.csl",
}  # fmt: skip


@pytest.fixture(scope="module")
def given() -> dict:
    """Return templates and charts of the sample."""
    return files(study(claims=True))


@pytest.fixture(scope="module")
def paper(given: dict, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the English report of the sample."""
    made = documents(study(claims=True), given, "pdf")
    path = tmp_path_factory.mktemp("paper") / "report.pdf"
    path.write_bytes(made["report.en.pdf"])
    return path


def short(text: str, given: dict, **changed: str) -> bytes:
    """Return a short text as PDF."""
    meta = metadata(worded(study(), PHRASES)) | changed
    return pdf(document(text, given, meta), given, {}, meta)


def source_of(text: str, given: dict) -> str:
    """Return a text as Typst source."""
    meta = metadata(worded(study(), PHRASES))
    return typst(document(text, given, meta), given, meta)


def run(tool: str, *arguments: object) -> str:
    """Return what a tool of poppler prints."""
    call = [tool, *map(str, arguments)]
    return subprocess.run(call, capture_output=True, text=True, check=True).stdout


def words(path: Path) -> list[tuple[float, float, float, float, str]]:
    """Return the words of a PDF with their boxes (left, top, right, bottom) in points."""
    box = r'xMin="(.+?)" yMin="(.+?)" xMax="(.+?)" yMax="(.+?)">(.*?)</word>'
    found = re.findall(box, run("pdftotext", "-bbox", path, "-"))
    return [(*map(float, place), unescape(word)) for *place, word in found]


@poppler
def test_every_font_is_embedded(paper: Path) -> None:
    rows = run("pdffonts", paper).splitlines()[2:]
    assert len(rows) >= 4
    for row in rows:
        assert re.search(r"(SourceSans3|SourceSerif4|NewCMMath|DejaVu|NotoSansSC)", row), row
        embedded, subset, unicode = row.split()[-5:-2]
        assert (embedded, subset, unicode) == ("yes", "yes", "yes"), row


@poppler
def test_title_language_keywords_and_tags(paper: Path) -> None:
    facts = dict(re.findall(r"^([^:]+): +(.*)$", run("pdfinfo", paper), re.M))
    assert facts["Title"] == "Do shops and plants develop in step?"
    assert facts["Author"] == "coevo" and facts["Keywords"] == "small, 2012–2020"
    assert facts["Tagged"] == "yes" and facts["Page size"].endswith("(A4)")
    assert "CreationDate" not in facts
    meta = run("pdfinfo", "-meta", paper)
    assert "<pdfuaid:part>1</pdfuaid:part>" in meta and "<rdf:li>en</rdf:li>" in meta
    assert paper.stat().st_size < 10_000_000


@poppler
def test_first_page_names_the_study_and_the_last_version_and_inputs(paper: Path) -> None:
    first, every = run("pdftotext", "-l", 1, paper, "-"), run("pdftotext", paper, "-")
    assert "study small" in first and "2012–2020" in first
    assert "The mean of D" not in first  # page one stands alone
    assert "coevo 9.8.7" in every


@poppler
def test_key_numbers_are_those_of_the_tables(paper: Path) -> None:
    table = study().tables["coupling"]
    mine = table[table["region"] == FOCUS].set_index("year")["D"]
    last = table.loc[table["year"] == mine.index.max(), "D"].mean()
    text = " ".join(run("pdftotext", paper, "-").split())
    assert all(f"{value:.2f}" in text for value in (mine.iloc[0], mine.iloc[-1], last))


@poppler
def test_nothing_lies_outside_the_margins(paper: Path) -> None:
    width, height = 595.28, 841.89
    for left, top, right, bottom, word in words(paper):
        assert left >= X_MARGIN - 1 and right <= width - X_MARGIN + 1, word
        assert top >= Y_MARGIN and bottom <= height - Y_MARGIN, word


@poppler
def test_chinese_is_set_in_its_fonts_and_language(given: dict, tmp_path: Path) -> None:
    text = "# 主要结论 {#a}\n\n" + "浙江的*协调度*，由“低”升“高”；置信集无界。" * 20
    chart = given["against_level.svg"].replace("Zhejiang", "浙江省")
    chart = chart.replace('font-style="italic"', "")  # that of *D*: only the text is asked here
    text += (
        "\n\n![各省](figures/against_level.svg){#fig:level}\n\n见[](#fig:level)与[@wang2021]。\n\n"
    )
    text += "::: {#refs}\n:::\n"
    path = tmp_path / "zh.pdf"
    path.write_bytes(short(text, given | {"against_level.svg": chart}, title="题目", **CHINESE))
    names = run("pdffonts", path)
    assert "NotoSansSC" in names and "Italic" not in names
    assert "<rdf:li>zh-CN</rdf:li>" in run("pdfinfo", "-meta", path)
    shown = run("pdftotext", path, "-")
    assert "浙江省" in shown and "[1] 王淑佳, 孔伟, 任亮, 等." in shown
    assert re.search(r"图\s*1\s+各省", shown) and re.search(r"见图\s*1\s*与", shown)
    for left, _, right, _, word in words(path):
        assert left >= X_MARGIN - HALF and right <= 595.28 - X_MARGIN + HALF, word


def test_formulas_have_words(given: dict) -> None:
    source = source_of("A $\\sqrt{C T}$.\n\n$$x = 1$$\n", given)
    assert '#[#set math.equation(alt: "\\\\sqrt{C T}");$sqrt(C T)$]' in source
    assert source.count("#set math.equation(alt:") == 2


def test_character_that_no_font_holds_is_refused_with_its_context(given: dict) -> None:
    with pytest.raises(StudyError, match=r"report: .*U\+1F600.*before .* after"):
        typesetting.check_characters({"report": "before 😀 after"})
    typesetting.check_characters({"report": "1.20×10⁻¹⁸⁰ ⁴⁵⁶⁷⁹²³"})
    typesetting.check_characters({"report": "x₁ ≥ − ’ “ 亿元 浙江 √ →"})
    shown = typesetting.with_stand_ins("서울_2021.csv, 杭州 😀", "title 😀")
    assert shown == "〓〓_2021.csv, 杭州 😀"
    assert b"%PDF" in short("The file 서울.csv\n", given)
    changed = given | {
        "against_level.svg": given["against_level.svg"].replace("Zhejiang", "Zhejiang 😀")
    }
    with pytest.raises(StudyError, match=r"figure against_level: .*U\+1F600.* or leave pdf out"):
        short("![D](figures/against_level.svg)\n", changed)


def pages_of(rows: list[str], kinds: str, given: dict, path: Path) -> list[list[str]]:
    """Return the lines of each page of a table of two columns."""
    lines = "\n".join(["|  | (1) |", "|:--|--:|", *rows])
    note = "::: source\nWhat it rests on.\n:::"
    path.write_bytes(short(f":::: {{{kinds}}}\n{lines}\n\n: Slopes\n\n{note}\n::::", given))
    pages = run("pdftotext", "-layout", path, "-").split("\f")[:-1]
    return [
        [" ".join(line.split()) for line in page.splitlines() if line.strip()] for page in pages
    ]


@poppler
@pytest.mark.parametrize("count", range(59, 63))
def test_a_table_that_goes_on_says_so_and_leaves_no_row_alone(
    count: int, given: dict, tmp_path: Path
) -> None:
    rows = [f"| region {i} | {i} |" for i in range(1, count + 1)]
    first, *others = pages_of(rows, ".table", given, tmp_path / "long.pdf")
    assert "Table 1. Slopes" in first and others
    for page in others:
        assert "Table 1, continued" in page and "(1)" in page
        assert sum(line.startswith("region") for line in page) >= 2
    assert "What it rests on." in others[-1]
