"""Numbers as the report prints them: true minus sign, thousands separated, never "nan"."""

import math
from typing import Any

from coevo.findings.grades import LARGE, SMALL, power, printed

NOTHING = "—"
_WORDS = "none one two three four five six seven eight nine ten eleven twelve".split()


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
        return power(float(value), 2)
    text = f"{float(value):,.{decimals}f}"
    negative_zero = text.startswith("-") and not float(text.replace(",", ""))
    return (text[1:] if negative_zero else text).replace("-", "−")


def figures(value: Any, digits: int = 3) -> str:
    """A number to `digits` significant figures; whole where it has that many digits before the
    decimal point, as a power of ten from 1e15 on and below 1e-6.
    """
    if missing(value):
        return NOTHING
    number = float(value)
    if number and not SMALL <= abs(number) < LARGE:
        return power(number, digits - 1)
    size = math.floor(math.log10(abs(number))) if number else 0
    return fixed(number, max(0, digits - 1 - size))


def graded(value: Any, decimals: int = 2) -> str:
    """D with as many decimals as its grade needs, at least those asked for."""
    return NOTHING if missing(value) else printed(float(value), decimals)


def percent(value: Any, decimals: int = 0) -> str:
    """A share as per cent."""
    return NOTHING if missing(value) else f"{fixed(float(value) * 100, decimals)} %"


def proportion(value: float) -> str:
    """A share of draws as per cent with one decimal; neither 0 nor 100 unless it is."""
    if 0 < value < 0.001:
        return "under 0.1 %"
    if 0.999 < value < 1:
        return "over 99.9 %"
    return percent(value, 0 if value in (0, 1) else 1)


def spelled(count: int) -> str:
    """A count in words up to twelve, in digits above, thousands separated."""
    return _WORDS[count] if 0 <= count < len(_WORDS) else fixed(count, 0)


def ordinal(rank: int) -> str:
    """A rank in words up to tenth, as 11th, 22nd, ... above."""
    words = "first second third fourth fifth sixth seventh eighth ninth tenth".split()
    if 1 <= rank <= len(words):
        return words[rank - 1]
    ending = (
        {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th") if rank % 100 not in (11, 12, 13) else "th"
    )
    return f"{rank}{ending}"
