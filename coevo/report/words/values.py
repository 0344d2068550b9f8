"""Values that phrases and template speak of by name."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from coevo.coupling import diagnostics
from coevo.coupling.comovement import RUN
from coevo.coupling.grade_scales import MARGIN
from coevo.inference.signs import ignorance
from coevo.messages import unpacked
from coevo.normalisation import scales_of
from coevo.panel.audit import FALL, RISE
from coevo.prediction.origins import INDEX
from coevo.prediction.past_errors import LEVEL
from coevo.regional.neighbourhood import NEAREST
from coevo.regional.regional_panel import DRAWS
from coevo.report.figures import figure_names
from coevo.report.findings import Study, all_findings
from coevo.report.findings.chart_needs import charts_that_apply
from coevo.report.findings.choice_robustness import heaviest_removal, most_filled
from coevo.report.findings.in_step import LOGS
from coevo.report.findings.level_control import level_label
from coevo.report.findings.since_release import SHOWN
from coevo.report.words.amounts import Words, amount
from coevo.report.words.markup import Markdown, escaped
from coevo.report.words.numbers import band, fixed
from coevo.sensitivity.uncertainty import KAPPA

Phrases = Mapping[str, Any]
MOST_NOTES = 3  # on indicators, among the limits
MOST_LIMITS = 5


def values_by_name(study: Study, words: Words) -> dict[str, Any]:
    """Findings and the short names under which phrases and template speak of them."""
    found = all_findings(study)
    step, pair, phrases = found.get("step", {}), study.pair, words.phrases
    bands = {kind: _bands(study, kind) for kind in ("best", "own")}
    found["methods"] = bands | {"preset": study.config["coupling"]["preset"]}
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
        "permutations": DRAWS,
        "run": RUN,
        "nearest": NEAREST,
        "figures_shown": SHOWN,
        "jump": {"rise": RISE, "fall": 1 - FALL},
        "names": lambda series: [series_name(words, one) for one in series],
        "foretold": lambda row, end: (fixed if row["series"] == INDEX else amount)(row[end]),
        "series_unit": lambda one: words.grammar.sentences(
            ["", unit] if (unit := study.unit(_output(study, one))) else []
        ),
        "foretold_level": words.percent(LEVEL),
    }
    values |= _of_choices(study) if study.indexed else {}
    values |= _of_populations(study, words) if pair else {}
    found["under"] = {
        "level": found.get("where", {}).get("level_sd_ln"),
        "quadrants": found["relation"].get("quadrants"),
        "best": bands["best"],
        "unit": values.get("unit"),
        "shorter": found.get("far", {}).get("shorter"),
    }
    return values


def _of_choices(study: Study) -> dict[str, Any]:
    """Which ends D has, by what it is made, and what was removed, filled, drawn and flagged."""
    last = study.ends[1].sort_values("D", ascending=False)
    return {
        "coupling": study.config["coupling"],
        "highest": (last["name"].iloc[0], last["D"].iloc[0]),
        "lowest": (last["name"].iloc[-1], last["D"].iloc[-1]),
        "kappa": {source: fixed(value, 0) for source, value in KAPPA.items()},
        "draws": study.config["robustness"]["draws"],
        "guard_limits": {
            name.lower(): getattr(diagnostics, name) for name in ("HEAVY", "DOUBLED", "INFLATED")
        },
        "margin": MARGIN,
        "removal": heaviest_removal(study),
        "most_filled": most_filled(study),
        "several_pairs": len(study.subsystems) > 2 and not study.single,
    }


def _of_populations(study: Study, words: Words) -> dict[str, Any]:
    """Short names of what the phrases say of the two populations."""
    assert study.pair is not None
    up, down = study.pair
    units = list(dict.fromkeys(u for u in (study.unit(up), study.unit(down)) if u))
    return {
        "populations": [study.label(i) for i in study.populations],
        "levels": study.config.get("levels", {}),
        "first_effects": study.effects[0],
        "last_effects": study.effects[-1],
        "x1": study.label(up),
        "x2": study.label(down),
        "unit": units[0] if len(units) == 1 else "",
        "in_unit": words.grammar.noted("", units[0]) if len(units) == 1 else "",
        "growth_at": words.growth,
        "between": words.between,
        "ignorance": ignorance,
        "ends_of": words.ends,
        "slope_set": words.slope_set,
    }


def _told(words: Words, found: Mapping[str, Any], section: str, *parts: str) -> Markdown:
    """Those sentences of a section, or the clause, of which its finding has something to tell.

    A part is a phrase by the name of a value: without the value it does not stand; of a phrase with
    variants stands the one that the value names. Facts of the study are values of every section.
    """
    study = words.study
    facts = {"alone": study.single, "several": not study.single}
    facts |= {"pooled": study.pooled, "indexed": study.indexed, "modelled": bool(study.pair)}
    values, known = facts | found[section], words.phrases[section]
    keys = (
        f"{section}/{part}" + (f"/{values[part]}" if isinstance(known[part], Mapping) else "")
        for part in parts
        if known[part] and values.get(part)
    )
    return words.grammar.sentences(map(words.say, keys))


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


def series_name(words: Words, series: str) -> Markdown:
    """The label of an output, or the sign of D."""
    output = _output(words.study, series)
    return Markdown(f"*{series}*") if output == series else escaped(words.study.label(output))


def _output(study: Study, series: str) -> str:
    """The id of the output that a series is of; D has none, and is its own."""
    return dict(zip(("x1", "x2"), study.pair or (), strict=False)).get(series, series)
