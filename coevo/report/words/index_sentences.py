"""Values that phrases and template speak of by name, and sentences that are lists."""

from collections.abc import Mapping
from typing import Any

from coevo.inference.sets import FEWEST_REGIONS
from coevo.report.figures import figure_names
from coevo.report.findings import Study, all_findings
from coevo.report.findings.calibrated import failed
from coevo.report.findings.chart_needs import charts_that_apply
from coevo.report.words import release_words
from coevo.report.words.amounts import Words, amount
from coevo.report.words.markup import Markdown, escaped
from coevo.report.words.model_words import (
    model_sentences,
    population_values,
    relation_sentences,
    survival_sentences,
)
from coevo.report.words.numbers import fixed

Phrases = Mapping[str, Any]


def named_values(study: Study, words: Words) -> dict[str, Any]:
    """Findings and the short names under which phrases and template speak of them."""
    found = all_findings(study)
    step, pair, phrases = found["step"], study.pair, words.phrases
    level = words.percent(study.config["interaction"]["confidence"]) if pair else ""
    values: dict[str, Any] = {
        **found,
        "one": study.single,
        "absent": phrases["scope"]["absent"],
        "charts": figure_names(charts_that_apply(study)),
        "pooled": study.pooled,
        "pair": pair,
        "focus": study.name(study.focus),
        "first": study.years[0],
        "last": study.years[-1],
        "r": step.get("r", {}),
        "level": level,
        "span": "[{:g}, {:g}]".format(*study.config["normalisation"]["range"]),
        "reference": study.config["normalisation"]["reference"],
        "subsystem_labels": [study.label(s) for s in study.subsystems],
        "subsystem_colours": words.listed(
            Markdown(f"[{escaped(study.label(s))}]{{.s{min(i, 3)}}}")
            for i, s in enumerate(study.subsystems, start=1)
        ),
        "indicators_count": int(study.indicators["subsystem"].isin(study.subsystems).sum()),
        "labels": lambda identifiers: [study.label(i) for i in identifiers],
        "amount": amount,
        "spans": words.grammar.spans,
        "set_words": words.set_words,
        "label_of_size": lambda key: size_label(study, key, phrases),
        "claims": study.tables.get("claims"),
        "verdicts_in_words": claim_verdicts(study, words),
        "slope": release_words.slope,
        "why": words.why,
        "fewest_regions": FEWEST_REGIONS,
        "figures_shown": release_words.SHOWN,
        "judged": lambda quantity, verdict: release_words.judged(words, quantity, verdict),
    }
    return values | (population_values(study, found, words) if pair else {})


def size_label(study: Study, key: str, phrases: Phrases) -> str:
    """Label of a measure of size; `<indicator>_per_head` is that indicator per head."""
    base = key.removesuffix("_per_head")
    label = study.label(base)
    return label if base == key else str(phrases["words"]["per_head"]).format(label)


def sentences(study: Study, words: Words, values: Mapping[str, Any]) -> dict[str, Any]:
    """Sentences that are lists: what was missing, which calibrations failed, which weights."""
    say, found, phrases = words.say, values, words.phrases
    ranks = [
        say("step/ranked", name=size_label(study, key, phrases), value=value)
        for key, value in found["step"].get("rank", {}).items()
    ]
    gaps = found["data"]
    lost = failed(study).itertuples() if study.pair else ()
    since = found["changes"]
    changed = since["verdict"] != "none"
    return (
        survival_sentences(found["survival"], words)
        | relation_sentences(found, words)
        | {
            "happenings": release_words.happenings(words, since) if changed else "",
            "causes_in_words": release_words.causes(words, since) if changed else "",
            "settings_in_words": release_words.settings(words, since)
            if since.get("settings")
            else "",
            "heaviest_in_words": words.noted(
                (study.label(i), fixed(w)) for i, w in found["weights"]["heaviest"]
            ),
            "ranks_in_words": words.grammar.clauses(ranks),
            "failed_in_words": words.noted(
                (row.name, words.listed(words.grammar.spans(row.years))) for row in lost
            ),
            **model_sentences(found, words),
            "missing_sentence": say("data/missing", cells=words.cells(gaps["missing"]))
            if len(gaps["missing"])
            else say("data/complete"),
            "filled_sentence": say("data/filled", cells=words.cells(gaps["filled"]))
            if len(gaps["filled"])
            else "",
            "remarks_in_words": words.noted(
                (words.word("check", check), n) for check, n in gaps["remarks"].items()
            ),
            "sources": sources(words),
        }
    )


def far_notes(words: Words) -> list[Markdown]:
    """What the notes say of D and its rise, for the indicators that the study reads."""
    read = set(words.study.tables["observations"]["indicator"])
    keys = (key for key in words.phrases["notes"] if key.partition("@")[2] == "far")
    return [words.say(f"notes/{key}") for key in keys if key.partition("@")[0] in read]


def limit_lines(keys: list[str], words: Words) -> list[Markdown]:
    """Sentences of the limits that apply; a note is printed where the study reads its indicator."""
    lines = []
    for key in keys:
        kind, _, indicator = key.partition(":")
        if kind != "note":
            lines.append(words.say(f"limits/{key}"))
        elif indicator in words.phrases["notes"]:
            lines.append(words.say(f"notes/{indicator}"))
    return lines


def sources(words: Words) -> Markdown:
    """Who published the figures, as the study says; else the raw files that it reads, by name."""
    study = words.study
    if study.language in study.config["sources"]:
        return Markdown(escaped(study.config["sources"][study.language]))
    files = sorted({str(path).rsplit("/", 1)[-1] for path in study.tables["observations"]["file"]})
    return words.listed(files)


def claim_verdicts(study: Study, words: Words) -> Markdown:
    """How many claims have each verdict, the most frequent first."""
    claims = study.tables.get("claims")
    counts = {} if claims is None else claims["verdict"].value_counts()
    return words.grammar.clauses(
        words.say(f"claims/counts/{v}", n=int(n)) for v, n in counts.items()
    )
