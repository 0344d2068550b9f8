"""Pages for readers: links hold, commands are those of coevo, and the first ones run."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from coevo.command import COMMANDS, _parser
from coevo.coupling.formulas import REFUSED_FORMS
from coevo.errors import StudyError
from coevo.panel.audit import SERIOUS_MESSAGES
from tests.projects import ROOT, called

LISTED = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True)
PAGES = {ROOT / name: (ROOT / name).read_text("utf-8") for name in LISTED.stdout.split("\n")[:-1]}
FOR_READERS = [page for page in PAGES if page.parent in (ROOT, ROOT / "docs", ROOT / "config")]
TWINS = [page for page in PAGES if page.name.endswith(".zh.md")]


def anchors(text: str) -> set[str]:
    """Return what the headings of a page are called in its address."""
    heads = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", FOR_READERS, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    text = re.sub(r"`[^`\n]*`", "", PAGES[page])
    for target in re.findall(r"\]\(((?!https?:)[^)\s]*)\)", text):
        path, _, anchor = target.partition("#")
        place = (page.parent / path).resolve() if path else page
        assert place.exists(), target
        assert not anchor or anchor in anchors(PAGES[place]), target


def commands(page: Path) -> list[str]:
    """Return the commands `coevo …` of the blocks of a page, without their remarks."""
    lines = re.findall(r"^(?: {4,}|> )?(coevo [a-z].*)$", PAGES[page], re.MULTILINE)
    return [line.partition(" #")[0].strip() for line in lines]


@pytest.mark.parametrize("page", FOR_READERS, ids=lambda page: page.name)
def test_commands_are_those_of_coevo(page):
    for line in commands(page):
        words = shlex.split(line.partition(" -- ")[0])[1:]
        if words[0] in COMMANDS:
            _parser().parse_args(words)
    with pytest.raises(StudyError):
        _parser().parse_args(["build", "--core", "2"])


@pytest.mark.parametrize("page", TWINS, ids=lambda page: page.name)
def test_a_page_and_its_chinese_twin_give_the_same_commands(page):
    other = page.with_name(page.name.replace(".zh.md", ".md"))
    assert commands(page) == commands(other)
    assert PAGES[page].count("\n## ") == PAGES[other].count("\n## ")


@pytest.mark.whole
def test_the_first_five_commands_lead_to_the_report(tmp_path):
    install, example, enter, *further = re.findall(
        r"^    (.+)$", PAGES[ROOT / "docs" / "start.md"], re.MULTILINE
    )
    assert install.startswith("python -m pip install coevo-")
    for folder, line in ((tmp_path, example), *((tmp_path / enter[3:], f) for f in further)):
        done = called(folder, *line.split()[1:], program=ROOT)
        assert done.returncode == 0, done.stdout + done.stderr
    assert "open reports/lynx-hare/report.en.html" in done.stdout


def test_the_page_on_refusals_names_what_is_refused():
    page = PAGES[ROOT / "docs" / "refused.md"]
    named = set(re.findall(r"`(\w+)`", page))
    assert named >= SERIOUS_MESSAGES | REFUSED_FORMS.keys()
