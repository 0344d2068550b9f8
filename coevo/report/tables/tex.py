"""Tables as LaTeX source: text that is safe, and the frame of booktabs around it."""

import math
import re
import unicodedata
from collections.abc import Sequence
from typing import Any, NamedTuple

from coevo.characters import WIDE, has_wide, room
from coevo.report.words.numbers import NOTHING, missing

LONG = 40  # printed lines above which a table runs over pages
LINE = 100  # characters of small type on a line; a Chinese one counts twice
MANY = 7  # columns from which type is smaller
_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "&": r"\&", "%": r"\%", "$": r"\$",
    "#": r"\#", "_": r"\_", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}",
    "`": r"\textasciigrave{}", "'": r"\textquotesingle{}",
    # after the end of a row, LaTeX takes these for an argument of it
    "[": "{[}", "]": "{]}", "*": "{*}",
    "−": "$-$", "×": r"$\times$", "÷": r"$\div$", "·": r"$\cdot$", "→": r"$\to$",
    "√": r"$\surd$", "≤": r"$\le$", "≥": r"$\ge$", "≈": r"$\approx$", "≠": r"$\ne$",
    "±": r"$\pm$", "∞": r"$\infty$", "∓": r"$\mp$", "′": r"$'$", "″": r"$''$",
    "←": r"$\leftarrow$", "↔": r"$\leftrightarrow$", "↑": r"$\uparrow$", "↓": r"$\downarrow$",
    "⇒": r"$\Rightarrow$", "≡": r"$\equiv$", "∝": r"$\propto$", "≪": r"$\ll$", "≫": r"$\gg$",
    "∑": r"$\sum$", "∏": r"$\prod$", "∂": r"$\partial$", "∈": r"$\in$", "∅": r"$\emptyset$",
    "∫": r"$\int$", "⋅": r"$\cdot$", "µ": r"$\mu$", "‰": r"\textperthousand{}",
}  # fmt: skip
# Greek letters that look like Latin ones: LaTeX has no commands for them
_AS_LATIN = {
    "Alpha": "A", "Beta": "B", "Epsilon": "E", "Zeta": "Z", "Eta": "H", "Iota": "I", "Kappa": "K",
    "Mu": "M", "Nu": "N", "Omicron": "O", "Rho": "P", "Tau": "T", "Chi": "X", "omicron": "o",
}  # fmt: skip
_LIGATURE = re.compile(r"([-,])(?=\1)")  # two of them would be printed as another sign
_LOWERED, _RAISED = "₀₁₂₃₄₅₆₇₈₉", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
# Chinese, and what LaTeX prints by itself: Latin letters, dashes, quotation marks, dots, the euro
_COMMON = re.compile(rf"[{WIDE}\n -~\u00a0-\u017f\u2010-\u201e\u2020-\u2022\u2026\u20ac]")


class Tex(str):
    """Text that is LaTeX already."""

    __slots__ = ()


class TexTable(NamedTuple):
    """A table: heads and rows of cells, escaped unless they are `Tex`.

    name: of its file; columns: kinds of columns as LaTeX has them; heads: one row or more; parts:
    rows in groups, a rule between them; note: below the table, LaTeX.
    """

    name: str
    caption: str
    columns: Sequence[str]
    heads: Sequence[Sequence[Any]]
    parts: Sequence[Sequence[Sequence[Any]]]
    note: Tex = Tex("")


def tex_escaped(value: Any) -> Tex:
    """`value` as text that LaTeX prints as it stands, on one line; a dash for what is missing."""
    if isinstance(value, Tex):
        return value
    if missing(value):
        return Tex(NOTHING)
    text = _LIGATURE.sub(r"\1\0", _CONTROL.sub(" ", str(value)).strip())
    text = "".join(map(_sign, text)).replace("\0", "{}")
    text = _in_math(_in_math(text, _LOWERED, "_"), _RAISED, "^")
    return Tex(text)


def _sign(character: str) -> str:
    """A character as LaTeX prints it: special ones, Greek letters and digits in circles."""
    if character in _SPECIAL or character < "\x7f":
        return _SPECIAL.get(character, character)
    name = unicodedata.name(character, "")
    if name.startswith("CIRCLED DIGIT "):
        return rf"\textcircled{{{unicodedata.digit(character)}}}"
    return _greek(name) if "Α" <= character <= "ω" and " WITH " not in name else character


def _greek(name: str) -> str:
    """A Greek letter by its name in Unicode."""
    letter = name.split(" LETTER ")[1].lower().replace("lamda", "lambda")
    letter = letter.replace("final sigma", "varsigma")
    letter = letter.capitalize() if "CAPITAL" in name else letter
    latin = _AS_LATIN.get(letter)
    return rf"$\mathrm{{{latin}}}$" if latin else rf"$\{letter}$"


def _in_math(text: str, characters: str, sign: str) -> str:
    """Runs of lowered or raised digits as LaTeX sets them."""
    plain = str.maketrans(characters, "0123456789-"[: len(characters)])
    return re.sub(f"[{characters}]+", lambda m: f"${sign}{{{m[0].translate(plain)}}}$", text)


def document(table: TexTable, study: str, language: str) -> str:
    """The file of a table: what it is and needs, as comments, then the table."""
    long = sum(_lines(table.columns, cells) for part in table.parts for cells in part) > LONG
    key = f"{study}-{table.name}-{language}"
    body = _long(table, key) if long else _floating(table, key)
    packages = ["booktabs", "array", *(["longtable"] if long else [])]
    used = "".join(rf"\usepackage{{{name}}}" for name in packages)
    lines = [
        f"% {_comment(table.caption)}",
        f"% Study {_comment(study)}; made by coevo from data/processed/{_comment(study)}.",
        f"% Needs {used}",
        r"% Put in by \input{<this file>}",
    ]
    if has_wide(body):
        lines.insert(3, r"% and for Chinese \usepackage{xeCJK} or a class of ctex, with XeLaTeX")
    if rare := sorted(set(_COMMON.sub("", body))):
        lines.insert(3, f"% and XeLaTeX with a font that has {' '.join(rare)}")
    return "\n".join([*lines, body, ""])


def _lines(columns: Sequence[str], cells: Sequence[Any]) -> int:
    """How many lines a row takes, about: only columns of running text are broken."""
    shares = [re.search(r"p\{([\d.]+)\\linewidth\}", kind) for kind in columns]
    widths = [room(str(cell)) for cell in cells]
    return max(
        math.ceil(width / (float(share[1]) * LINE)) if share and width else 1
        for share, width in zip(shares, widths, strict=True)
    )


def _comment(text: str) -> str:
    return _CONTROL.sub(" ", text)


def _head(table: TexTable, key: str) -> tuple[list[str], list[str]]:
    """Caption and label, then the rows of the head."""
    label = re.sub(r"[^A-Za-z0-9-]+", "-", key)
    title = rf"\caption{{{tex_escaped(table.caption)}}}\label{{tab:{label}}}"
    return [title], [_row(cells) for cells in table.heads]


def _row(cells: Sequence[Any]) -> str:
    return " & ".join(map(tex_escaped, cells)) + r" \\"


def _body(table: TexTable) -> list[str]:
    parts = [[_row(cells) for cells in part] for part in table.parts if len(part)]
    return [line for i, part in enumerate(parts) for line in ([r"\midrule"] * (i > 0) + part)]


def _size(table: TexTable) -> str:
    small = r"\footnotesize" if len(table.columns) > MANY else r"\small"
    return small + r"\setlength{\tabcolsep}{4pt}"


def _floating(table: TexTable, key: str) -> str:
    title, head = _head(table, key)
    note = r"\par\smallskip\begin{minipage}{0.95\linewidth}\footnotesize "
    below = [f"{note}{table.note}" + r"\end{minipage}"] if table.note else []
    return "\n".join([
        r"\begin{table}[htbp]", r"\centering", *title, _size(table),
        rf"\begin{{tabular}}{{{''.join(table.columns)}}}", r"\toprule", *head, r"\midrule",
        *_body(table), r"\bottomrule", r"\end{tabular}", *below, r"\end{table}",
    ])  # fmt: skip


def _long(table: TexTable, key: str) -> str:
    title, head = _head(table, key)
    count = len(table.columns)
    note = [rf"\multicolumn{{{count}}}{{p{{0.9\linewidth}}}}{{\footnotesize {table.note}}} \\"]
    return "\n".join([
        "{" + _size(table), rf"\begin{{longtable}}{{{''.join(table.columns)}}}",
        title[0] + r" \\", r"\toprule", *head, r"\midrule", r"\endfirsthead",
        r"\toprule", *head, r"\midrule", r"\endhead", r"\midrule", r"\endfoot",
        r"\bottomrule", *(note if table.note else []), r"\endlastfoot",
        *_body(table), r"\end{longtable}}",
    ])  # fmt: skip
