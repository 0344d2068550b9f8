"""Values that phrases and template speak of by name."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from coevo.coupling.comovement import RUN
from coevo.inference.sets import FEWEST_REGIONS
from coevo.messages import unpacked
from coevo.normalisation import scales_of
from coevo.regional.neighbourhood import NEAREST
from coevo.regional.regional_panel import DRAWS
from coevo.report.figures import figure_names
from coevo.report.findings import Study, all_findings
from coevo.report.findings.chart_needs import charts_that_apply
from coevo.report.findings.in_step import LOGS
from coevo.report.findings.level_control import level_label
from coevo.report.words import release_words
from coevo.report.words.amounts import Words, amount
from coevo.report.words.markup import Markdown, escaped
from coevo.report.words.model_words import population_values
from coevo.report.words.numbers import band

Phrases = Mapping[str, Any]
MOST_NOTES = 3  # on indicators, among the limits
MOST_LIMITS = 5


def named_values(study: Study, words: Words) -> dict[str, Any]:
    """Findings and the short names under which phrases and template speak of them."""
    found = all_findings(study)
    step, pair, phrases = found.get("step", {}), study.pair, words.phrases
    level = words.percent(study.config["interaction"]["confidence"]) if pair else ""
    read = set(study.tables["observations"]["indicator"])
    notes = [f"notes/{key}" for key in phrases["notes"] if key in read]
    first = ["limits/doubtful"] if found["data"]["serious"]["count"] else []
    limits = [*notes[:MOST_NOTES], *(f"limits/{key}" for key in found["limits"])]
    values: dict[str, Any] = {
        **found,
        "one": study.single,
        "indexed": study.indexed,
        "absent": phrases["scope"]["absent"],
        "charts": figure_names(charts_that_apply(study)),
        "pooled": study.pooled,
        "pair": pair,
        "focus": study.name(study.focus),
        "first": study.years[0],
        "last": study.years[-1],
        "r": step.get("r", {}).get(LOGS, {}),
        "level": level,
        "span": "[{:g}, {:g}]".format(*study.config["normalisation"]["range"]),
        "reference": study.config["normalisation"]["reference"],
        "best_bands": _bands(study, "best"),
        "own_posts": _bands(study, "own"),
        "subsystem_labels": [study.label(s) for s in study.subsystems],
        "indicators_count": int(study.indicators["subsystem"].isin(study.subsystems).sum()),
        "labels": lambda identifiers: [study.label(i) for i in identifiers],
        "amount": amount,
        "told": partial(_told, words, found),
        "spaced": words.grammar.spaced,
        "spans": words.grammar.spans,
        "set_words": words.set_words,
        "level_label": lambda key: level_label(study, key, phrases["charts"]),
        "claims": study.tables.get("claims"),
        "untested": _untested(study),
        "headlines": study.tables["headline_claims"],
        "dated": words.grammar.dated,
        "sources": sources(words),
        "limits_first": [*first, *limits[:MOST_LIMITS]],
        "further_notes": notes[MOST_NOTES:],
        "side": words.side,
        "why": words.why,
        "held_in": partial(_held_in, words),
        "refusal": words.refusal,
        "fewest_regions": FEWEST_REGIONS,
        "permutations": DRAWS,
        "run": RUN,
        "nearest": NEAREST,
        "figures_shown": release_words.SHOWN,
    }
    return values | (population_values(study, found, words) if pair else {})


def _told(words: Words, found: Mapping[str, Any], section: str, *parts: str) -> Markdown:
    """Those sentences of a section, or the clause, of which its finding has something to tell.

    A part is a phrase by the name of a value: without the value it does not stand; of a phrase with
    variants stands the one that the value names.
    """
    values, known = found[section], words.phrases[section]
    keys = {part: f"{section}/{part}" for part in parts if values.get(part)}
    variants = (
        f"{key}/{values[part]}" if isinstance(known[part], Mapping) else key
        for part, key in keys.items()
    )
    return words.grammar.sentences(map(words.say, variants))


def _held_in(words: Words, headline: str, key: str = "held") -> Markdown:
    """In how many combinations of choices a headline holds, by a phrase of `through`, or the chance
    of its curves; "" where it is not asked.
    """
    rows = words.study.rows("headline_claims", claim=headline, computed="by_choices")
    for row in rows[:1].itertuples():
        fields = unpacked(row.fields)
        if key == "curves" and key not in fields:
            break
        said = words.message("curves" if key == "curves" else "holds_in", fields)
        return words.say(f"through/{key}", claim=words.message(headline, row.stated), said=said)
    return Markdown("")


def _bands(study: Study, kind: str) -> list[tuple[str, str]]:
    """Indicators with a best band, or with goalposts of their own, and what these are."""
    scales = scales_of(study.indicators) if study.indexed else {}
    ends = {name: getattr(scale, kind) for name, scale in scales.items()}
    return [(name, text) for name, pair in ends.items() if pair and (text := band(*pair))]


def _untested(study: Study) -> list[str]:
    """Claims of a paper that no figure of the files can be held against."""
    if (claims := study.tables.get("claims")) is None:
        return []
    return list(claims.loc[claims["verdict"].eq("not_testable"), "claim"])


def sources(words: Words) -> Markdown:
    """Who published the figures, as the study says; else the raw files that it reads, by name."""
    study = words.study
    if study.language in study.config["sources"]:
        return Markdown(escaped(study.config["sources"][study.language]))
    files = sorted({str(path).rsplit("/", 1)[-1] for path in study.tables["observations"]["file"]})
    return words.listed(files)
