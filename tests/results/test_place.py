"""Where figures and tables stand in print: in their section, a page at most from their mention."""

import re
import subprocess
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest
from lxml import html

from tests.programs import needs
from tests.projects import ROOT

STUDIES = ("provinces", "provinces-three", "zhejiang", "lynx-hare")
NUMBERED = re.compile(r"^(Figure|Table|图|表)\s*\d+")
pytestmark = [needs("pdftotext", "soffice"), pytest.mark.whole]


class Exhibit(NamedTuple):
    """A figure or table of the page: its number in words, its caption, its section's heading."""

    number: str
    caption: str
    section: str
    after: str  # heading of the section behind it


def bare(text: str) -> str:
    """Text without spaces: where a line ends is not the same in two formats."""
    return "".join(text.split())


def exhibits(page: Path) -> Iterator[Exhibit]:
    """Yield what print has too of the figures and tables of a page (HTML)."""
    tree = html.fromstring(page.read_text(encoding="utf-8"))
    for hidden in tree.xpath("//*[contains(concat(' ', @class, ' '), ' screen ')]"):
        hidden.drop_tree()
    for small in tree.xpath("//figcaption//*[@class='sub']"):
        small.drop_tree()
    found = tree.xpath("//main//h2 | //figcaption | //caption")
    headings = [bare(part.text_content()) for part in found if part.tag == "h2"]
    section = 0
    for part in found:
        if part.tag == "h2":
            section += 1
            continue
        caption = bare(part.text_content())
        number = NUMBERED.match(part.text_content().strip())
        assert number, caption
        yield Exhibit(bare(number[0]), caption, *(["", *headings, ""][section : section + 2]))


def printed(paper: Path) -> list[tuple[int, str]]:
    """Return the lines of a PDF from top to bottom with their pages, without spaces."""
    text = subprocess.run(["pdftotext", "-layout", paper, "-"], capture_output=True, check=True)
    pages = text.stdout.decode().split("\f")
    return [(n, bare(line)) for n, page in enumerate(pages, 1) for line in page.splitlines()]


def as_pdf(document: Path, folder: Path) -> Path:
    """Return a Word file as LibreOffice sets it."""
    subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            folder,
            document,
        ],
        capture_output=True,
        check=True,
        timeout=120,
    )
    return folder / f"{document.stem}.pdf"


def misplaced(paper: Path, page: Path) -> list[str]:
    """Return which exhibits of a PDF stand outside their section or far from every mention."""
    lines = printed(paper)
    wrong = []
    for exhibit in exhibits(page):
        start = exhibit.caption[:18]
        here = next((row for row, (_, line) in enumerate(lines) if line.startswith(start)), None)
        if here is None:
            wrong.append(f"{exhibit.number} is not printed")
            continue
        rows = {line: row for row, (_, line) in enumerate(lines)}  # the last: behind the contents
        first = rows[exhibit.section] if exhibit.section else 0
        last = rows[exhibit.after] if exhibit.after else len(lines)
        if not exhibit.section:  # page one
            last = next(row for row, (n, _) in enumerate(lines) if n == 2)
        if not first <= here < last:
            wrong.append(f"{exhibit.number} is not in {exhibit.section or 'page one'}")
        named = re.compile(rf"{exhibit.number}(?!\d)")
        # LibreOffice ends lines between the word and its number too: a line counts with the next.
        said = [
            n
            for (n, line), (_, below) in pairwise([*lines, (0, "")])
            if named.search(line + below)
            and not line.startswith(start)
            and not (below.startswith(start) and not named.search(line))
        ]
        in_annex = exhibit.section.startswith(("Annex", "附录"))
        if not in_annex and not any(abs(n - lines[here][0]) <= 1 for n in said) and exhibit.section:
            wrong.append(f"{exhibit.number} is on page {lines[here][0]}, named on {said}")
    return wrong


@pytest.mark.parametrize("study", STUDIES)
def test_exhibits_stand_in_their_section(study: str, built, tmp_path: Path) -> None:
    """Those of the main part also within a page of their mention; page one stands for itself."""
    folder = ROOT / "reports" / study
    for page in sorted(folder.glob("report.*.html")):
        for paper in (page.with_suffix(".pdf"), as_pdf(page.with_suffix(".docx"), tmp_path)):
            assert misplaced(paper, page) == [], paper.name
