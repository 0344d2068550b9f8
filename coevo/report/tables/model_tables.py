"""Rows of the report's tables of the two-population model, from tables of the study."""

from typing import Any

import pandas as pd

from coevo.inference.signs import QUADRANTS
from coevo.report.findings import equilibrium
from coevo.report.findings.calibrated import given_points, period_points
from coevo.report.findings.relation import relation_finding
from coevo.report.findings.sign_survival import sign_survival_finding
from coevo.report.tables.report_table import Body
from coevo.report.words.amounts import Rows, Words, amount
from coevo.report.words.markup import Markdown
from coevo.report.words.numbers import NOTHING, fixed, missing


def _fit(words: Words, row: Any, title: str) -> list[Any]:
    """A row of a fitted equilibrium; a coordinate whose set is unbounded is printed in grey."""
    cells: list[Any] = [title]
    for coordinate in ("x1", "x2"):
        bounded = row[f"{coordinate}_set"] == equilibrium.BOUNDED
        value = amount(row[coordinate])
        cells += [
            value if bounded or value == NOTHING else Markdown(f"[{value}]{{.grey}}"),
            words.set_words(row, coordinate),
            _outside(words, row, coordinate),
        ]
    chip = words.say(f"chips/{equilibrium.located_verdict(row)}")
    return [*cells, words.signs(row), chip]


def _outside(words: Words, row: Any, coordinate: str) -> str:
    """How far a coordinate lies above the observed range, or below it; a word inside."""
    if missing(row[coordinate]):
        return NOTHING
    distance = equilibrium.outside(words.study, coordinate, row[coordinate])
    shown = f"+{amount(distance)}" if distance > 0 else amount(distance)
    return shown if distance else words.say("equilibrium/inside")


def _stated(words: Words, row: Any, key: str) -> list[Any]:
    """A row of an equilibrium that is calibrated or follows from given parameters."""
    cells: list[Any] = [words.say(f"titles/{key}")]
    for c in ("x1", "x2"):
        cells += [amount(row[c]), words.set_words(row, c), _outside(words, row, c)]
    signs = words.word("kind", row["kind"])
    signs = words.say("titles/by_assumption") if key == "calibrated" else signs
    return [*cells, signs, words.say(f"chips/{key}")]


def equilibria_rows(words: Words) -> Rows:
    """Observed, calibrated or stated, and fitted equilibria of the region in focus."""
    study, last = words.study, equilibrium.last_observed(words.study)
    title = words.say("titles/observed", year=last["year"])
    rows: Rows = [[title, amount(last["x1"]), "", "", amount(last["x2"]), "", "", "", ""]]
    for seen in equilibrium.observed_means(study):
        title = words.say(f"titles/{'cycles' if seen['whole'] else 'mean'}", period=seen["period"])
        rows.append([title, amount(seen["x1"]), "", "", amount(seen["x2"]), "", "", "", ""])
    for key, found in (("calibrated", period_points(study)), ("given", given_points(study))):
        if found is not None:
            rows.append(_stated(words, found, key))
    return (
        rows
        + _fitted(words, equilibrium.fits(study).head(1), "own")
        + _fitted(words, equilibrium.pooled_fits(study), "pooled")
    )


def _fitted(words: Words, rows: pd.DataFrame, title: str) -> Rows:
    """A row for each fit, named by its effects and estimator."""
    made: Rows = []
    for _, row in rows.iterrows():
        named = {kind: words.word(kind, row[kind]) for kind in ("estimator", "effects")}
        made.append(_fit(words, row, words.say(f"titles/{title}", **named)))
    return made


def sign_counts(words: Words) -> Body:
    """In how many fits of each case the supply pattern shows, by effects."""
    found, study = sign_survival_finding(words.study), words.study
    if "all" not in found:
        return Body([])
    kind = "effects_pooled" if study.pooled else "effects"
    heads = (words.grammar.upper_first(words.word(kind, e)) for e in study.effects)
    columns = [[words.say("tables/signs/case"), "l", 50], *([h, "r", 25] for h in heads)]
    cases = {words.say(f"survival/cases/{key}"): found[key]
             for key in ("all", "without_growth", "deflated", "swapped") if found[key]}  # fmt: skip
    cases |= {
        words.say("survival/cases/pair", name=study.pair_label(name)): counts
        for name, counts in found["pairs"].items()
    }
    rows = [
        [name, *(words.say("survival/share", n=n, of=of) for n, of in counts.values())]
        for name, counts in cases.items()
    ]
    return Body(rows, columns)


def relation_rows(words: Words) -> Rows:
    """Relation by the signs of A12 and A21, those of b1 and d, and the probability of these."""
    found = relation_finding(words.study).get("quadrants", {})
    return [
        [
            words.say(f"theory/relation/{signs}"),
            words.say(f"theory/coefficients/{signs}"),
            fixed(found.get(signs)),
        ]
        for signs in QUADRANTS
    ]
