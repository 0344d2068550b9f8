"""Grades of D as positions and as printed numbers that do not contradict them."""

from coevo.coupling.formulas import SNAP
from coevo.coupling.grade_scales import GRADES, GradeScale

TEN = GRADES["ten"]
MIDPOINT = 0.5
MARK = "†"  # of a value whose grade was decided before rounding
LARGE, SMALL = 1e15, 1e-6  # outside, numbers are printed as powers of ten
_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def spans(scale: GradeScale) -> list[tuple[str, float, float]]:
    """Label, lower and upper end of every grade of a table, ascending."""
    return list(zip(scale.labels, (0.0, *scale.cuts), (*scale.cuts, 1.0), strict=True))


def colours(scale: GradeScale) -> dict[str, int]:
    """Colour of every grade: the place of its middle among the ten of the ramp, 0 for the lowest.

    So a colour stands for about the same D whatever the table, and the hue turns at the midpoint.
    """
    return {label: int(round(5 * (low + high), 9)) for label, low, high in spans(scale)}


def grade_marks(value: float, decimals: int = 2, scale: GradeScale = TEN) -> str:
    """`value` rounded, with a mark where the grade of the rounded one is another, or it is 1.

    A grade is decided before rounding: 0.49995 printed as 0.50 alone would contradict it.
    """
    text = f"{value:.{decimals}f}"
    full = float(text) == 1 and value < 1 - SNAP
    same = scale.classify(float(text)) == scale.classify(value)
    return text if same and not full else text + MARK


def power(number: float, decimals: int) -> str:
    """A number as a power of ten: 1.20×10¹⁸."""
    mantissa, _, exponent = f"{number:.{decimals}e}".partition("e")
    return f"{mantissa}×10{str(int(exponent)).translate(_RAISED)}".replace("-", "−")
