"""What a number format of a workbook shows: decimals and percentages."""

import re

from coevo.observations.sheets import NumberStyle

LONGEST = 255  # of a format code, as Excel has it
LITERAL = re.compile(r'"[^"]*"|\\.|[_*].|\[[^\]]*\]')


def number_style(code: str) -> NumberStyle:
    """Return what the format code of a number shows: `#,##0.00_ ` has two decimals.

    The part for positive numbers counts. Decimals of a percentage are those of the stored ratio:
    `0.0%` shows three. General, dates, fractions, powers and scaled figures: as the number has.
    """
    shown = LITERAL.sub("", code[:LONGEST].split(";")[0]).strip()
    percent = "%" in shown
    digits = re.fullmatch(r"[#,?]*0(?:\.([0#?]+))?", shown.replace("%", "").strip())
    if not digits:
        return NumberStyle(None, percent)
    return NumberStyle((digits[1] or "").count("0") + (2 if percent else 0), percent)
