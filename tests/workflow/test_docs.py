"""Pages for readers: links hold, commands, settings and examples do what is said of them."""

import re
import shlex
from textwrap import dedent

import openpyxl
import pytest
import yaml

from coevo.command import _parser, read_commands
from coevo.coupling.formulas import REFUSED_FORMS
from coevo.package.wheel import wheel_name
from coevo.panel.audit import SERIOUS_MESSAGES
from coevo.study.config_model import StudyConfig
from coevo.study.configuration import DEFAULT, complete, read_config
from tests.projects import ROOT, RULES, called

FOLDERS = (ROOT, ROOT / "docs", ROOT / "config")
PAGES = {page: page.read_text("utf-8") for folder in FOLDERS for page in folder.glob("*.md")}
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def anchors(text):
    heads = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@each_page
def test_links_lead_somewhere(page):
    text = re.sub(r"`[^`\n]*`", "", PAGES[page])
    for target in re.findall(r"\]\(((?!https?:)[^)\s]*)\)", text):
        path, _, anchor = target.partition("#")
        place = (page.parent / path).resolve() if path else page
        assert place.exists(), target
        assert not anchor or anchor in anchors(PAGES[place]), target


def commands(page):
    lines = re.findall(r"^ *(coevo [a-z].*)$", PAGES[page], re.MULTILINE)
    words = [shlex.split(line, comments=True)[1:] for line in lines]
    return [given for given in words if given[0] in read_commands()]


@each_page
def test_commands_are_those_of_coevo_and_of_the_twin_in_chinese(page):
    for words in commands(page):
        _parser().parse_args(words)
    twin = page.with_suffix(".zh.md")
    assert twin not in PAGES or commands(twin) == commands(page)


def test_the_wheel_is_that_of_this_version():
    named = set(re.findall(r"coevo-[\d.]+-py3-none-any\.whl", "".join(PAGES.values())))
    assert named == {wheel_name()}


CONFIG = read_config(ROOT / DEFAULT)
BLOCK = re.compile(r"^ *```(\w+)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
PAST = {"CHANGELOG.md"}


def settings(text):
    """Keys of the config as a page writes them: in a line, or as a block."""
    written = re.findall(r"`([a-z_]+: [^`\n]+)`", text)
    written += [block for kind, block in BLOCK.findall(text) if kind == "yaml"]
    return [
        found for one in written if {*(found := yaml.safe_load(one))} <= {*StudyConfig.model_fields}
    ]


@each_page
def test_settings_are_keys_of_the_config(page):
    for found in settings(PAGES[page]) if page.name not in PAST else ():
        found.pop("claims", None)  # of a paper whose table the reader writes
        focus = {"focus_region": r[0]} if isinstance(r := found.get("regions"), list) else {}
        complete(CONFIG | focus | found, "config.yaml")


CITIES = "杭州市 宁波市 温州市 嘉兴市 湖州市 绍兴市 金华市 衢州市 舟山市 台州市 丽水市".split()
HEADS = (
    "地区 年份 地区生产总值(亿元) 年末常住人口(万人) 快递业务量(万件) 互联网宽带接入用户(万户) "
    "规模以上工业企业数(个) 专利授权量(件)"
).split()
OWN = [ROOT / "docs" / f"own-study{ending}.md" for ending in ("", ".zh")]


def example(page, beginning):
    """The lines of the block of a page that begins so, without those that stand for others."""
    (block,) = (dedent(text) for _, text in BLOCK.findall(PAGES[page]) if beginning in text)
    return [line for line in block.splitlines() if line != "…"]


@pytest.fixture(scope="module")
def cities(tmp_path_factory):
    """A folder with the study that the pages begin from a workbook of cities; what was said."""
    place = tmp_path_factory.mktemp("own")
    (place / "downloads").mkdir()
    book = openpyxl.Workbook()
    book.active.title = "面板"
    book.active.append(HEADS)
    for i, city in enumerate(CITIES):
        for t in range(6):
            figures = [
                (100 + i * (37 * i + 13)) * k + (7 * k + i) * t + i * k * t % 5 for k in range(2, 8)
            ]
            book.active.append([city, 2016 + t, *figures])
    book.save(place / "downloads" / "zhejiang cities.xlsx")
    (place / "downloads" / "notes.txt").write_text("Downloaded by hand.\n", encoding="utf-8")
    words = ("new", "mine", "--from", "downloads", "--vintage", "2026-11")
    begun = called(place, *words, program=ROOT)
    for path in (place / "mine" / "config").glob("*.*"):
        path.write_text(path.read_text("utf-8").replace("CHANGE", "x"), encoding="utf-8")
    checked = called(place / "mine", "check", program=ROOT)
    assert (begun.returncode, checked.returncode) == (0, 0), begun.stderr + checked.stderr
    return place / "mine", (begun.stdout + checked.stdout).splitlines()


@pytest.mark.parametrize("page", OWN, ids=lambda page: page.name)
def test_a_study_of_ones_own_is_begun_and_checked_with_these_lines(page, cities):
    lines = [*example(page, "Tables read"), *example(page, "Region-years")]
    assert [line for line in lines if line not in cities[1]] == []
    rules = (ROOT / "workflow" / "rules").glob("*.smk")
    steps = re.findall(r'"""(.+?)\.\n?', "".join(path.read_text("utf-8") for path in rules))
    told = [
        re.fullmatch(r" *\d+ of (\d+) +\d+ s  (.+)", line) for line in example(page, " 1 of ")[:-1]
    ]
    assert {int(line[1]) for line in told} == {len(RULES)} and {line[2] for line in told} <= {
        *steps
    }


@pytest.mark.parametrize("page", OWN, ids=lambda page: page.name)
def test_claims_of_a_paper_as_the_page_writes_them_are_taken(page, cities):
    mine, _ = cities
    (mine / "config" / "claims").mkdir(exist_ok=True)
    claims, table = mine / "config" / "claims" / "paper.csv", mine / "config" / "indicators.csv"
    claims.write_text("\n".join([*example(page, "not_testable"), ""]), encoding="utf-8")
    printed = "地区,年份,快递业务量增速(%)\n杭州市,2017,7.5\n"
    (mine / "data" / "raw" / "2026-11" / "growth.csv").write_text(printed, encoding="utf-8")
    row = "x1_growth,,,,%,growth,增速,快递业务量增速,growth(x1)\n"
    for path, more in ((table, row), (mine / DEFAULT, "claims: paper\n")):
        text = path.read_text("utf-8")
        path.write_text(text if more in text else text + more, encoding="utf-8")
    checked = called(mine, "check", program=ROOT)
    assert checked.returncode == 0, checked.stderr


@pytest.mark.whole
def test_the_first_five_commands_lead_to_the_report(tmp_path):
    lines = re.findall(r"^    (.+)$", PAGES[ROOT / "docs" / "start.md"], re.MULTILINE)
    assert (lines[0][:28], lines[2]) == ("python -m pip install coevo-", "cd lynx-hare")
    for folder, line in zip((".", "lynx-hare", "lynx-hare"), (lines[1], *lines[3:]), strict=True):
        done = called(tmp_path / folder, *line.split()[1:], program=ROOT)
        assert done.returncode == 0, done.stdout + done.stderr
    assert "open reports/lynx-hare/report.en.html" in done.stdout


def test_the_page_on_refusals_names_what_is_refused():
    named = set(re.findall(r"`(\w+)`", PAGES[ROOT / "docs" / "refused.md"]))
    assert named >= SERIOUS_MESSAGES | REFUSED_FORMS.keys()
