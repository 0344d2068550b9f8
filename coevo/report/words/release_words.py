"""What changed since the release, as lists in sentences and as rows of tables."""

from typing import Any

from coevo.report.findings.since_release import figures_since
from coevo.report.words.amounts import Rows, Words
from coevo.report.words.numbers import NOTHING, exact, graded, missing

SHOWN = 8  # figures, those with the largest effect


def _change(words: Words, row: Any) -> str:
    if missing(row["old"]) or missing(row["new"]) or not row["old"]:
        return NOTHING
    share = row["new"] / row["old"] - 1
    return ("+" if share > 0 else "") + words.percent(share, 1)


def largest_rows(words: Words) -> Rows:
    """The figures with the largest effect on D, in the order of the table: what each is of, what
    happened, old, new, change, effect on D.
    """
    rows = figures_since(words.study)
    effects = (rows["D_frozen"] - rows["D_old"]).abs().fillna(0)
    largest = effects.sort_values(ascending=False, kind="stable").index[:SHOWN]
    lines: Rows = []
    for _, row in rows.loc[sorted(largest)].iterrows():
        label, unit = words.study.heading(row["indicator"]), words.study.unit(row["indicator"])
        effect = (
            NOTHING if missing(row["D_frozen"])
            else f"{graded(row['D_old'], 3)} → {graded(row['D_frozen'], 3)}"
        )  # fmt: skip
        lines.append([
            words.grammar.dated(row["name"], row["year"]),
            words.grammar.measured(label, unit),
            words.word("change", row["change"]), exact(row["old"]), exact(row["new"]),
            _change(words, row), effect,
        ])  # fmt: skip
    return lines
