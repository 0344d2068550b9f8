"""What a number format of a workbook shows: decimals and percentages."""

import re

from coevo.observations.sheets import Style

LONGEST = 255  # of a format code, as Excel has it
LITERAL = re.compile(r'"[^"]*"|\\.|[_*].|\[[^\]]*\]')


def style(code: str) -> Style:
    """Return what the format code of a number shows: `#,##0.00_ ` has two decimals.

    The part for positive numbers counts. Decimals of a percentage are those of the stored ratio:
    `0.0%` shows three. General, dates, fractions, powers and scaled figures: as the number has.
    """
    shown = LITERAL.sub("", code[:LONGEST].split(";")[0]).strip()
    percent = "%" in shown
    digits = re.fullmatch(r"[#,?]*0(?:\.([0#?]+))?", shown.replace("%", "").strip())
    if not digits:
        return Style(None, percent)
    return Style((digits[1] or "").count("0") + (2 if percent else 0), percent)
