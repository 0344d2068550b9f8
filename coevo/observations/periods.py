"""Years and parts of years as heads and cells write them: `2015年`, `2019Q4`, `2018.1-3`."""

import re
from functools import lru_cache
from typing import NamedTuple

from coevo.errors import StudyError, short
from coevo.observations.cells import date_of, head_year, without_marks
from coevo.observations.sheets import CellWords

YEAR = r"((?:19|20)[0-9]{2})"
MONTH = r"(1[0-2]|0?[1-9])"
MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
# what a part of a year is called -> its first and last month
PARTS = {"上半年": (1, 6), "下半年": (7, 12), "前三季度": (1, 9), "全年": (1, 12)}
PARTS |= {f"{mark}{half}": (6 * half - 5, 6 * half) for mark in "sh" for half in (1, 2)}
PARTS |= {
    name: (3 * quarter - 2, 3 * quarter)
    for quarter, chinese in enumerate("一二三四", start=1)
    for name in (f"q{quarter}", f"{chinese}季度", f"{quarter}季度")
}
NAMED = re.compile(rf"{YEAR}\s?[-:/年]?\s?第?({'|'.join(PARTS)})", re.IGNORECASE)
TURNED = re.compile(rf"(q[1-4]|(?:{'|'.join(MONTHS)})[a-z]{{0,6}})\s?[-/ ]\s?{YEAR}", re.IGNORECASE)
IN_MONTHS = re.compile(
    rf"{YEAR}\s?(?:[-/.年]|M)\s?{MONTH}\s?(?:[-—–~至]\s?{MONTH})?\s?月?", re.IGNORECASE
)
# 2012-13, 2012/13, 2012-2013: a year that ends in the next
FISCAL = re.compile(rf"{YEAR}\s?[-–—/]\s?((?:19|20)?[0-9]{{2}})(?:年度?)?")
WHOLE = 112  # of a period as number: from the first to the last month


class Period(NamedTuple):
    """A year, or the months of it that a figure is of."""

    year: int
    first: int = 1
    last: int = 12

    @property
    def text(self) -> str:
        """What `period_of` reads again: `2019`, `2019.10-12`."""
        whole = (self.first, self.last) == (1, 12)
        return str(self.year) if whole else f"{self.year}.{self.first}-{self.last}"


@lru_cache(maxsize=10_000)
def period_of(text: str) -> Period | None:
    """Return the year or part of a year that a text is, or None; a date is its year."""
    if (year := head_year(text)) is not None:
        return Period(year)
    bare = without_marks(text)
    if named := NAMED.fullmatch(bare):
        return Period(int(named[1]), *PARTS[named[2].casefold()])
    if turned := TURNED.fullmatch(bare):
        part = turned[1].casefold()
        month = 0 if part in PARTS else MONTHS.index(part[:3]) + 1
        return Period(int(turned[2]), *PARTS.get(part, (month, month)))
    months = IN_MONTHS.fullmatch(bare)
    if not months and (year := fiscal_year(bare)):
        return Period(year)
    if months:
        first, last = int(months[2]), int(months[3] or months[2])
        # 2019.10 is a number as well, and 2019.1 may be October
        return (
            Period(int(months[1]), first, last)
            if first <= last and not bare.replace(".", "", 1).isdigit()
            else None
        )
    return None


def fiscal_year(text: str) -> int:
    """Return the year in which a fiscal year begins (`2011-12`, which may be a month), or 0."""
    found = FISCAL.fullmatch(without_marks(text))
    first = int(found[1]) if found else 0
    return first if found and found[2] in (str(first + 1), f"{(first + 1) % 100:02d}") else 0


def plain_periods(words: list[CellWords]) -> list[CellWords]:
    """Return the words with dates as what they stand for: years, if all fall in one month.

    Of `2011-12` that is the month, unless other words are fiscal years and none is anything else.
    """
    fiscal = {w.text: fiscal_year(w.text) for w in words if w.text}
    if len(fiscal) > 1 and all(fiscal.values()):
        return [words_._replace(text=str(fiscal.get(words_.text, ""))) for words_ in words]
    moments = ((words_.text, date_of(without_marks(words_.text))) for words_ in words)
    dates = {text: moment[1] for text, moment in moments if moment and moment[1]}
    if not dates:
        return words
    yearly = len(set(dates.values())) == 1
    plain = {
        text: Period(head_year(text) or 0, *(() if yearly else (month, month))).text
        for text, month in dates.items()
    }
    return [words_._replace(text=plain.get(words_.text, words_.text)) for words_ in words]


def period_code(text: str) -> int:
    """Return year and months of a text as a number: 2019Q1 as 20190103.

    `StudyError` for what is no period.
    """
    period = period_of(text)
    if period is None:
        raise StudyError(f'"{short(text)}" is not understood as a year; write it as 2015')
    return period.year * 10_000 + period.first * 100 + period.last
