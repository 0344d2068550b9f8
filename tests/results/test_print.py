"""The PDF reports of the studies that ship: whole, short, page one on its page, none half blank."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from lxml import html

from tests.programs import needs
from tests.projects import ROOT

STUDIES = ("provinces", "provinces-three", "zhejiang", "lynx-hare", "countries")
BODY = (0.065, 0.945)  # of the height of a page, between its head and its foot
GAP = (0.06, 0.072)  # between the head and the text
MOST_PAGES, LIMITS_BY, ANNEX_BY = 19, 9, 9  # limits by 8 without the section on strengths
BLANK = 0.26  # of a page at most: a figure that does not fit leaves a fifth, in Chinese a quarter
INK = 200  # of 255: what is darker is printed
pytestmark = [needs("pdftoppm", "pdftotext"), pytest.mark.whole]


@pytest.fixture
def papers(study: str, built) -> list[Path]:
    """Return the PDF reports of a study."""
    found = sorted((ROOT / "reports" / study).glob("report.*.pdf"))
    assert len(found) == 2
    return found


def said(*words: object) -> bytes:
    return subprocess.run([*map(str, words)], capture_output=True, check=True).stdout


def pictures(paper: Path) -> Iterator[np.ndarray]:
    """Yield the pages, each as rows of grey values from 0 (black) to 255."""
    left = said("pdftoppm", "-r", 30, "-gray", paper)
    while left:
        _, size, _, left = left.split(b"\n", 3)
        width, height = map(int, size.split())
        yield np.frombuffer(left[: width * height], np.uint8).reshape(height, width)
        left = left[width * height :]


def blank(page: np.ndarray) -> float:
    """Return the largest band without ink, as a share of the height between head and foot."""
    first, last = (int(share * len(page)) for share in BODY)
    printed = np.flatnonzero((page[first:last] < INK).any(axis=1))
    ends = np.concatenate([[-1], printed, [last - first]])
    return float((np.diff(ends) - 1).max() / (last - first))


@pytest.mark.parametrize("study", STUDIES)
def test_no_page_is_more_than_a_quarter_blank_but_the_last(papers: list[Path]) -> None:
    for paper in papers:
        shares = [blank(page) for page in pictures(paper)]
        assert len(shares) <= MOST_PAGES
        assert max(shares[:-1]) <= BLANK, (paper.name, shares)
        assert shares[-1] <= 0.9, (paper.name, "a line or two alone on the last page")


@pytest.mark.parametrize("study", STUDIES)
def test_nothing_is_printed_over_the_head_of_a_page(papers: list[Path]) -> None:
    """Page one has none."""
    for paper in papers:
        for number, page in enumerate(list(pictures(paper))[1:], 2):
            first, last = (int(share * len(page)) for share in GAP)
            assert (page[first:last] >= INK).all(), (paper.name, number)


@pytest.mark.parametrize("study", STUDIES)
def test_page_one_fits_its_page_and_the_main_part_eight_more(papers: list[Path]) -> None:
    for paper in papers:
        first, *rest = said("pdftotext", paper, "-").decode().split("\f")
        words = "".join(first.split())  # a line may end inside one
        assert any(word in words for word in ("Source:", "来源：")), paper.name
        for heads, latest in {
            ("Limits", "研究局限"): LIMITS_BY,
            ("Annex A", "附录 A"): ANNEX_BY,
        }.items():
            begins = [
                page
                for page, text in enumerate(rest, 2)
                if any(line.startswith(heads) for line in text.splitlines())
            ]
            assert begins and begins[-1] <= latest, (paper.name, heads, begins)


def captions(page: Path) -> list[str]:
    """Return how the captions of a page (HTML) begin that print has too, without spaces."""
    tree = html.fromstring(page.read_text(encoding="utf-8"))
    for kind in ("screen", "sub"):
        for hidden in tree.find_class(kind):
            hidden.drop_tree()
    found = tree.xpath("//main//figcaption | //main//caption")
    return ["".join(part.text_content().split())[:18] for part in found]


@pytest.mark.parametrize("study", STUDIES)
def test_every_exhibit_of_the_page_is_printed(papers: list[Path]) -> None:
    for paper in papers:
        text = said("pdftotext", "-layout", paper, "-").decode()
        lines = ["".join(line.split()) for line in text.splitlines()]
        shown = captions(paper.with_suffix(".html"))
        assert len(shown) > 3
        for caption in shown:
            assert any(line.startswith(caption) for line in lines), (paper.name, caption)
