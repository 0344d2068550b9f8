"""Texts of two scripts in images of charts: every sign is set, or refused by name."""

from itertools import product
from string import ascii_letters

from coevo.report.figures import SANS
from coevo.report.figures.drawing import MEASURED
from coevo.report.figures.typesetting import typeset

FAMILY = f"'{MEASURED}',{SANS}"
PAGE = '#set document(title: "x")\n#image("%s.svg", alt: "x")\n'


def chart(*texts: str) -> str:
    lines = (
        f'<text x="5" y="{20 * place}" font-family="{FAMILY}">{text}</text>'
        for place, text in enumerate(texts, start=1)
    )
    size = f'width="900" height="{20 * len(texts) + 20}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{"".join(lines)}</svg>'


def checked(*texts: str) -> bytes:
    """Set texts as PDF/UA, which refuses a sign without a glyph."""
    image = {"a.svg": chart(*texts)}
    return typeset({"a": PAGE % "a"}, image, format="pdf", pdf_standards="ua-1", timestamp=0)["a"]


def test_no_pair_of_letters_in_a_chinese_label_takes_the_glyphs_from_what_stands_beside() -> None:
    letters = "".join(sorted(set(ascii_letters)))
    pairs = [f"{a}{b}" for a, b in product("fFtTilcs", letters)]
    texts = [f"{pair} 销售 x₁ {pair}₂" for pair in (*pairs, "ffi", "ffl", "fft", "office")]
    checked(*texts)
