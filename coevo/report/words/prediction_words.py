"""Series and models of prediction in words, and the rows of their table."""

from typing import Any

from coevo.prediction.past_errors import LEVEL
from coevo.report.findings.study_tables import Study
from coevo.report.words.amounts import Words, amount
from coevo.report.words.markup import Markdown, escaped
from coevo.report.words.numbers import fixed

INDEX = "D"
FARTHER = (2, 3)  # years ahead, beside the one that is judged


def prediction_values(study: Study, words: Words) -> dict[str, Any]:
    """`series_name` of x1, x2 or D, `foretold`, a value of one as it is printed, and the level."""
    return {
        "series_name": lambda series: series_name(words, series),
        "foretold": lambda series, value: fixed(value) if series == INDEX else amount(value),
        "series_unit": lambda series: _unit(study, series),
        "foretold_level": words.percent(LEVEL),
    }


def series_name(words: Words, series: str) -> Markdown:
    """The label of an output, or the sign of D."""
    if series == INDEX or words.study.pair is None:
        return Markdown(f"*{series}*")
    return escaped(words.study.label(words.study.pair[("x1", "x2").index(series)]))


def _unit(study: Study, series: str) -> str:
    if series == INDEX or study.pair is None:
        return ""
    return study.unit(study.pair[("x1", "x2").index(series)])
