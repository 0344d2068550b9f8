"""Numbers as the report prints them: true minus sign, thousands apart, never "nan"."""

import math
from typing import Any

from coevo.coupling.grade_scales import GradeScale
from coevo.messages import THIN
from coevo.newreport.grades import LARGE, SMALL, TEN, grade_marks, power

NOTHING = "—"


class Number(str):
    """A number as it is printed; `value`: the number itself, which programs get."""

    value: float

    def __new__(cls, text: str, value: Any) -> "Number":
        number = super().__new__(cls, text)
        number.value = value
        return number


def parted(text: str) -> str:
    """A number with a true minus and a space between thousands: a comma would part the ends of a
    set.
    """
    return text.replace(",", THIN).replace("-", "−")


def missing(value: Any) -> bool:
    """Whether there is no number to print."""
    return value is None or value != value or (isinstance(value, float) and math.isinf(value))


def fixed(value: Any, decimals: int = 2) -> str:
    """A number with a given number of decimals; the dash where there is none.

    From 1e15 on a power of ten, with two decimals.
    """
    if missing(value):
        return NOTHING
    if abs(float(value)) >= LARGE:
        return Number(power(float(value), 2), value)
    return Number(parted(f"{float(value):z,.{decimals}f}"), value)


def with_figures(value: Any, digits: int = 3) -> str:
    """A number to `digits` significant figures; whole where it has that many digits before the
    decimal point, as a power of ten from 1e15 on and below 1e-6.
    """
    if missing(value):
        return NOTHING
    number = float(value)
    if number and not SMALL <= abs(number) < LARGE:
        return Number(power(number, digits - 1), value)
    size = math.floor(math.log10(abs(number))) if number else 0
    return fixed(value, max(0, digits - 1 - size))


def _above_least(p: float) -> str:
    return fixed(p, 3) if p >= 0.1 else with_figures(p, 2)


def chance(p: float) -> str:
    """A p value with three decimals, below .1 two figures, or that it is below .001."""
    return "<\u00a00.001" if p < 0.001 else f"=\u00a0{_above_least(p)}"


def small(p: Any) -> str:
    """A p value of a table, with the figures of `chance`."""
    if missing(p):
        return NOTHING
    return Number("< 0.001", p) if p < 0.001 else _above_least(p)


def exact(value: Any, digits: int = 10) -> str:
    """A number with the digits that it has, up to `digits` significant ones."""
    if missing(value):
        return NOTHING
    return Number(parted(f"{float(value):,.{digits}g}"), value)


def band(low: float, high: float) -> str:
    """A band of figures, or the one figure that it is; nothing where there is none."""
    if missing(low):
        return ""
    ends = [exact(end).replace(THIN, "") for end in (low, high)]
    return ends[0] if low == high else f"[{ends[0]}, {ends[1]}]"


def graded(value: Any, decimals: int = 2, scale: GradeScale = TEN) -> str:
    """D with a mark where its grade was decided before it was rounded."""
    return NOTHING if missing(value) else Number(grade_marks(float(value), decimals, scale), value)


def hundredths(value: Any) -> str:
    """A share in per cent, without the sign, for a column that names it."""
    return NOTHING if missing(value) else fixed(float(value) * 100, 0)
