"""Series and models of prediction in words, and the rows of their table."""

from typing import Any

from coevo.prediction.origins import INDEX
from coevo.prediction.past_errors import LEVEL
from coevo.report.findings.predicted import ratios, rivals
from coevo.report.findings.study_tables import Study
from coevo.report.words.amounts import Rows, Words, amount
from coevo.report.words.markup import Markdown, escaped
from coevo.report.words.numbers import NOTHING, fixed, hundredths

FARTHER = (2, 3)  # years ahead, beside the one that is judged


def prediction_values(study: Study, words: Words) -> dict[str, Any]:
    """`names` of x1, x2 or D, `foretold`, a value of a row as it is printed, and the level."""
    return {
        "names": lambda series: [series_name(words, one) for one in series],
        "foretold": lambda row, end: (fixed if row["series"] == INDEX else amount)(row[end]),
        "series_unit": lambda series: study.unit(_output(study, series)),
        "foretold_level": words.percent(LEVEL),
    }


def series_name(words: Words, series: str) -> Markdown:
    """The label of an output, or the sign of D."""
    output = _output(words.study, series)
    return Markdown(f"*{series}*") if output == series else escaped(words.study.label(output))


def _output(study: Study, series: str) -> str:
    """The id of the output that a series is of; D has none, and is its own."""
    return dict(zip(("x1", "x2"), study.pair or (), strict=False)).get(series, series)


def prediction_rows(words: Words) -> Rows:
    """A row per series and model: ratios by years ahead, p, origins below drift, coverage."""
    study, each = words.study, ratios(words.study)
    farther = {h: rivals(study, h).set_index(["series", "model"])["ratio"] for h in FARTHER}
    rows: Rows = []
    for row in rivals(study).to_dict("records"):
        key = (row["series"], row["model"])
        own = each[(each["series"] == key[0]) & (each["model"] == key[1])]
        rows.append([
            words.grammar.upper_first(series_name(words, key[0])),
            words.word("prediction", key[1]),
            fixed(row["ratio"]),
            fixed(row["p"], 3),
            f"{int((own['ratio'] < 1).sum())} / {len(own)}",
            *(fixed(of.get(key)) if key in of.index else NOTHING for of in farther.values()),
            hundredths(row["coverage"]),
            words.word("prediction_verdict", row["verdict"]),
        ])  # fmt: skip
    return rows
