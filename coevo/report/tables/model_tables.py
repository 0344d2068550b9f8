"""Rows of the report's tables of the two-population model, from tables of the study."""

from collections.abc import Mapping
from typing import Any

from coevo.inference.signs import QUADRANTS
from coevo.report.findings import equilibrium
from coevo.report.findings.relation import relation_finding
from coevo.report.findings.sign_survival import sign_survival_finding
from coevo.report.findings.theory_against_fit import theory_finding
from coevo.report.tables.report_table import Body
from coevo.report.words.amounts import Rows, Words, amount
from coevo.report.words.markup import Markdown
from coevo.report.words.numbers import NOTHING, fixed, missing

BOUNDED = (equilibrium.BOUNDED, "range", "")  # sets: of a fit, of single years, none


def _at(words: Words, row: Any) -> list[Any]:
    """Both coordinates, in grey where the set is unbounded, each with its set or range."""
    cells: list[Any] = []
    for x in ("x1", "x2"):
        value, bounded = amount(row[x]), row[f"{x}_set"] in BOUNDED
        grey = value != NOTHING and not bounded
        cells += [Markdown(f"[{value}]{{.grey}}") if grey else value, words.set_words(row, x)]
    return cells


def _theory_rows(words: Words, found: Mapping[str, Any]) -> Rows:
    """Theoretical points, each with growth there by the region's own fit; by pooled fits the first
    of them, and the mean over regions.
    """
    say, rows = words.say, []
    for point in found.get("points", ()):
        years = "range" if not missing(point["x1_low"]) else ""
        point = point | {"x1_set": years, "x2_set": years}
        title = say(f"theory_fit/titles/{point['source']}", point=point)
        rows.append([title, *_at(words, point), *_grown(words, point)])
    for scope in ("pooled", "means"):
        for effects, row in found.get(scope, {}).items():
            named = {"effects": say(f"theory_fit/effects/{effects}"), "n": row["n"]}
            title = say(f"theory_fit/titles/{scope}", **named)
            rows.append([title, "", "", "", "", *_grown(words, row)])
    return rows


def _grown(words: Words, row: Any) -> list[Any]:
    """Growth of both outputs with intervals, joint p, and the verdict."""
    grown = [words.growth(row, i) for i in (1, 2)]
    known = not missing(row["p_joint"])
    joint = words.say("theory_fit/joint", p=row["p_joint"]) if known else NOTHING
    return [*grown, joint, words.say(f"chips/{row['verdict']}")]


def equilibria_rows(words: Words) -> Rows:
    """Observed states, theoretical points with growth there, and fitted equilibria of the focus."""
    study, say, last = words.study, words.say, equilibrium.last_observed(words.study)
    found = theory_finding(study)
    seen = [(say("titles/observed", year=last["year"]), last)]
    for mean in equilibrium.observed_means(study):
        if not mean["whole"]:
            seen.append((say("titles/mean", period=mean["period"]), mean))
    rows: Rows = [
        [title, amount(at["x1"]), "", amount(at["x2"]), "", "", "", "", ""] for title, at in seen
    ]
    rows += _theory_rows(words, found)
    for title, fits in (
        ("own", equilibrium.fits(study).head(1)),
        ("general", equilibrium.general_fit(study)),
        ("pooled", equilibrium.pooled_fits(study)),
    ):
        for _, row in fits.iterrows():
            named = {kind: words.word(kind, row[kind]) for kind in ("estimator", "effects")}
            chip = say(f"chips/{equilibrium.located_verdict(row)}")
            title_said = say(f"titles/{title}", **named)
            rows.append([title_said, *_at(words, row), "", "", words.signs(row), chip])
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
