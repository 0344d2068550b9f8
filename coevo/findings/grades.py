"""Grades of D as positions and as printed numbers that do not contradict them."""

import math

# English names in ascending order (after Liao 1999); intervals of 0.1, closed below.
GRADES = (
    "extreme imbalance",
    "severe imbalance",
    "moderate imbalance",
    "mild imbalance",
    "verge of imbalance",
    "barely coordinated",
    "primary coordination",
    "intermediate coordination",
    "good coordination",
    "high-quality coordination",
)
MIDPOINT = 0.5


def position(grade: str) -> int:
    """Position of a grade, 0 for the lowest."""
    return GRADES.index(grade)


def printed(value: float, decimals: int = 2, cuts: int = 10, limit: int = 9) -> str:
    """`value` with as many decimals as it needs not to be read as a grade it does not have.

    A grade is decided before rounding; 0.49995 printed as 0.50 would contradict it. `cuts` is the
    number of equal grades on [0, 1]; a value within 1e-9 of a cut counts as on it.
    """
    grade = math.floor(round(value * cuts, 8))
    for places in range(decimals, limit):
        text = f"{value:.{places}f}"
        if math.floor(round(float(text) * cuts, 8)) == grade:
            return text
    return f"{value:.{limit}f}"
