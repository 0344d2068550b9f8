"""What changed since the release, as lists in sentences and as rows of tables."""

from typing import Any

import pandas as pd

from coevo.inference.relation_rule import RELATIONS
from coevo.report.findings.interaction import POOLED
from coevo.report.findings.since_release import figures_since, of, states_since
from coevo.report.words.amounts import Rows, Words
from coevo.report.words.numbers import NOTHING, exact, graded, missing

# direction of a relation -> the relation
KIND_OF = {direction: kind for kind, direction in RELATIONS.values() if direction}
SHOWN = 8  # figures in the main part, those with the largest effect; the annex has all


def _change(words: Words, row: Any) -> str:
    if missing(row["old"]) or missing(row["new"]) or not row["old"]:
        return NOTHING
    share = row["new"] / row["old"] - 1
    return ("+" if share > 0 else "") + words.percent(share, 1)


def figure_rows(words: Words, rows: pd.DataFrame | None = None) -> Rows:
    """One row per figure: what it is of, what happened, old, new, change, effect on D."""
    rows = figures_since(words.study) if rows is None else rows
    lines: Rows = []
    for _, row in rows.iterrows():
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


def largest_rows(words: Words) -> Rows:
    """The figures that the main part shows: those with the largest effect on D, as they stand."""
    rows = figures_since(words.study)
    effect = (rows["D_frozen"] - rows["D_old"]).abs().fillna(0)
    largest = effect.sort_values(ascending=False, kind="stable").index[:SHOWN]
    return figure_rows(words, rows.loc[sorted(largest)])


def grades(words: Words) -> Rows:
    """Every region-year whose grade moved: D then, at the release's goalposts, now; the reason."""
    rows = states_since(words.study)
    return [
        [
            words.grammar.dated(row["name"], row["year"]),
            *(graded(row[side], 3) for side in ("old", "frozen", "new")),
            row["old_words"], row["new_words"],
            words.say(f"changes/reason/{row['reason']}"),
        ]
        for _, row in rows[rows["reason"] != ""].iterrows()
    ]  # fmt: skip


def release_verdicts(words: Words) -> Rows:
    """Verdicts that differ; the kind of an equilibrium only where it is calibrated or stated."""
    rows = of(words.study, "verdict", "claim")
    return [
        [
            *_subject(words, row), _fit(words, row),
            *(judged(words, row["quantity"], row[side]) for side in ("old_words", "new_words")),
        ]
        for _, row in rows[rows["quantity"].ne("fit_kind")].iterrows()
    ]  # fmt: skip


def _subject(words: Words, row: Any) -> list[str]:
    """Whom a verdict is about and what it judges; a claim is both."""
    if row["change"] == "claim":
        return [row["quantity"], ""]
    name = row["name"] if pd.isna(row["year"]) else words.grammar.dated(row["name"], row["year"])
    years = words.grammar.dash.join(row["period"].split("-"))
    said = words.word("quantity", row["quantity"])
    return [name, words.grammar.clause.join(filter(None, (said, years)))]


def judged(words: Words, quantity: str, verdict: str) -> str:
    """A verdict in words: of an interval, an equilibrium, the relation, or feedback."""
    if quantity == "relation":
        kind = KIND_OF.get(verdict)
        said = words.word("relation", kind or verdict)
        return words.grammar.noted(said, words.word("direction", verdict)) if kind else said
    if quantity.startswith("feedback_"):
        return words.say(f"feedback/verdict/{verdict}")
    return words.word("kind", verdict)


def _fit(words: Words, row: Any) -> str:
    """Effects, estimator and scaling of the fit that a verdict rests on."""
    effects = "effects_pooled" if row["scope"] == POOLED else "effects"
    parts = [
        words.word(kind, row[name])
        for kind, name in ((effects, "effects"), ("estimator", "estimator"), ("scaling", "scaling"))
        if row["estimator"]
    ]
    return words.grammar.series((part for part in parts if part), "clause")
