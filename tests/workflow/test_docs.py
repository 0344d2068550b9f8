"""Pages for readers: links hold, commands are those of coevo, and the first ones run."""

import re
import shlex

import pytest

from coevo.command import _parser, read_commands
from coevo.coupling.formulas import REFUSED_FORMS
from coevo.panel.audit import SERIOUS_MESSAGES
from tests.projects import ROOT, called

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
