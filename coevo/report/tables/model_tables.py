"""Rows of the report's tables of the two-population model, from tables of the study."""

from typing import Any

from coevo.inference.signs import QUADRANTS
from coevo.report.findings import equilibrium
from coevo.report.findings.calibrated import given_points, period_points
from coevo.report.findings.relation import relation_finding
from coevo.report.findings.sign_survival import sign_survival_finding
from coevo.report.tables.report_table import Body
from coevo.report.words.amounts import Rows, Words, amount
from coevo.report.words.markup import Markdown
from coevo.report.words.numbers import NOTHING, fixed, missing

BOUNDED = (equilibrium.BOUNDED, "range", "")  # sets: of a fit, of calibrated years, none


def _point(words: Words, row: Any, title: str, signs: str, chip: str) -> list[Any]:
    """A row of an equilibrium; a coordinate whose set is unbounded is printed in grey."""
    cells: list[Any] = [title]
    for coordinate in ("x1", "x2"):
        value = amount(row[coordinate])
        grey = value != NOTHING and row[f"{coordinate}_set"] not in BOUNDED
        cells += [
            Markdown(f"[{value}]{{.grey}}") if grey else value,
            words.set_words(row, coordinate),
            _outside(words, row, coordinate),
        ]
    return [*cells, signs, chip]


def _outside(words: Words, row: Any, coordinate: str) -> str:
    """How far a coordinate lies above the observed range, or below it; a word inside."""
    if missing(row[coordinate]):
        return NOTHING
    distance = equilibrium.outside(words.study, coordinate, row[coordinate])
    shown = f"+{amount(distance)}" if distance > 0 else amount(distance)
    return shown if distance else words.say("equilibrium/inside")


def equilibria_rows(words: Words) -> Rows:
    """Observed, calibrated or stated, and fitted equilibria of the region in focus."""
    study, say, last = words.study, words.say, equilibrium.last_observed(words.study)
    seen = [(say("titles/observed", year=last["year"]), last)]
    for mean in equilibrium.observed_means(study):
        title = f"titles/{'cycles' if mean['whole'] else 'mean'}"
        seen.append((say(title, period=mean["period"]), mean))
    rows: Rows = [
        [title, amount(at["x1"]), "", "", amount(at["x2"]), "", "", "", ""] for title, at in seen
    ]
    for key, row in (("calibrated", period_points(study)), ("given", given_points(study))):
        if row is not None:
            kind = words.word("kind", row["kind"])
            signs = say("titles/by_assumption") if key == "calibrated" else kind
            rows.append(_point(words, row, say(f"titles/{key}"), signs, say(f"chips/{key}")))
    for title, fits in (
        ("own", equilibrium.fits(study).head(1)),
        ("general", equilibrium.general_fit(study)),
        ("pooled", equilibrium.pooled_fits(study)),
    ):
        for _, row in fits.iterrows():
            named = {kind: words.word(kind, row[kind]) for kind in ("estimator", "effects")}
            chip = say(f"chips/{equilibrium.located_verdict(row)}")
            rows.append(_point(words, row, say(f"titles/{title}", **named), words.signs(row), chip))
    return rows


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
        [name, *(words.say("survival/share", counts=by[effects]) for effects in study.effects)]
        for name, by in cases.items()
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
