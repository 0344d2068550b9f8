"""What phrases and template speak of by name, and the study in every language that has it."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from coevo.coupling import comovement, grade_scales
from coevo.inference import signs, wild_bootstrap
from coevo.messages import unpacked
from coevo.normalisation import VECTOR
from coevo.normalisation.directions import RATIO, scales_of
from coevo.panel.audit import FALL, RISE
from coevo.regional import neighbourhood, regional_panel
from coevo.report.figures import figure_names, phase_planes
from coevo.report.findings import Study, all_findings
from coevo.report.findings.chart_needs import charts_that_apply
from coevo.report.findings.in_step import LOGS
from coevo.report.findings.level_control import level_label
from coevo.report.findings.page_one import kind_of_regions
from coevo.report.findings.study_tables import study_in_language
from coevo.report.tables import LAYOUT
from coevo.report.words.grammar import read_phrases, with_nouns
from coevo.report.words.markup import Markdown, escaped
from coevo.report.words.numbers import band, with_figures
from coevo.report.words.report_text import Phrases, ReportText, amount
from coevo.report.words.text_numbers import keyed
from coevo.sensitivity.claims import BY_ALGEBRA
from coevo.study_data import StudyData

MOST_NOTES = 3  # on indicators, among the limits
MOST_LIMITS = 5


def in_language(data: StudyData, language: str, files: Mapping[str, str]) -> ReportText:
    """The study in a language.

    files: `phrases.<language>.yaml`, and `phrases.yaml`, which all share.
    """
    kind = kind_of_regions(data.tables["observations"]["region"])
    phrases = read_phrases(files[f"phrases.{language}.yaml"], files["phrases.yaml"], kind)
    phrases = with_nouns(phrases, data.config, language, kind)
    return worded(study_in_language(data, language, phrases["words"]), phrases)


def worded(study: Study, phrases: Phrases) -> ReportText:
    """What says a study's findings, made once for all parts of a report and for all tables."""
    words = ReportText(study, phrases)
    values = values_by_name(words)
    words.jinja.globals |= {name: keyed(value, name) for name, value in values.items()}
    return words


def values_by_name(words: ReportText) -> dict[str, Any]:
    """Findings and the short names under which phrases and template speak of them."""
    study, phrases, config = words.study, words.phrases, words.study.config
    findings, claims = all_findings(study), study.tables.get("claims")
    bands = {kind: _bands(study, kind) for kind in ("best", "own")}
    known = phrases["opening"]["case"]
    findings["opening"]["case"] = config["claims"] if config["claims"] in known else "none"
    findings["methods"] = bands | {"preset": config["coupling"]["preset"]}
    findings["methods"]["pairing"] = findings.get("step", {}).get("place")
    findings["methods"]["combinations"] = findings.get("robustness", {}).get("combined", (None,))[0]
    read = set(study.tables["observations"]["indicator"])
    notes = [f"notes/{key}" for key in phrases["notes"] if key in read]
    first = ["limits/doubtful"] if findings["data"]["serious"]["count"] else []
    limits = [*notes[:MOST_NOTES], *(f"limits/{key}" for key in findings["limits"])]
    values: dict[str, Any] = {
        **findings,
        **{name: getattr(study, name) for name in ("indexed", "pooled", "pair", "label")},
        **{name: getattr(words.grammar, name) for name in ("spaced", "spans")},
        "one": study.single,
        "absent": phrases["scope"]["absent"],
        "charts": figure_names(charts_that_apply(study)),
        "focus": study.name(study.focus),
        "first": words.grammar.moment(study.years[0]),
        "last": words.grammar.moment(study.years[-1]),
        "r": findings.get("step", {}).get("r", {}).get(LOGS, {}),
        "span": "[{:g}, {:g}]".format(*config["normalisation"]["range"]),
        "settings": config["normalisation"],
        "reference": config["normalisation"]["reference"],
        "say_method": partial(say_method, words),
        "combined": _combined(words),
        "subsystem_labels": [study.label(s) for s in study.subsystems],
        "indicators_count": int(study.indicators["subsystem"].isin(study.subsystems).sum()),
        "labels": lambda identifiers: [study.label(i) for i in identifiers],
        "amount": amount,
        "also": partial(_also, words),
        "level_label": lambda key: level_label(study, key, phrases["charts"]),
        "claims": claims,
        "untested": list(study.rows("claims", verdict="not_testable")["claim"]),
        "algebraic": int(study.table("claims")["check"].isin(BY_ALGEBRA).sum()),
        "headlines": study.tables["headline_claims"],
        "drivers": _drivers(study),
        "sources": sources(words),
        "limits_first": [*first, *limits[:MOST_LIMITS]],
        "further_notes": notes[MOST_NOTES:],
        "held_in": partial(_held_in, words),
        "permutations": regional_panel.DRAWS,
        "run": comovement.RUN,
        "nearest": neighbourhood.NEAREST,
        "jump": {"rise": RISE, "fall": 1 - FALL},
        "names": lambda series: [series_name(words, one) for one in series],
    }
    values |= _of_choices(words) if study.indexed else {}
    values |= _of_populations(words) if study.pair else {}
    stated = bool(findings["theory_fit"].get("points"))
    drawn = ("strengths" if "strengths" in values["charts"] else "point") if stated else "none"
    marks = phase_planes.marks(study) if "phase" in values["charts"] else {}
    values["marks"] = marks | {"theory": drawn}
    values["under"] = {
        "level": findings.get("measures", {}).get("by"),
        "best": bands["best"],
        "unit": values.get("unit"),
        "grown": stated,
        "shorter": study.indexed and bool(study.uncompared),
        "kept": "kept" in findings.get("coverage", {}),
        "level_out": findings.get("measures", {}).get("by"),
    }
    return values


def _of_choices(words: ReportText) -> dict[str, Any]:
    """Which ends D has, by what it is made."""
    study = words.study
    last, coupling = study.ends[1].sort_values("D", ascending=False), study.config["coupling"]
    shares = () if isinstance(coupling["contributions"], str) else coupling["contributions"]
    return {
        "coupling": coupling,
        "contributions": list(zip(study.subsystems, shares, strict=False)),
        "highest": (last["name"].iloc[0], last["D"].iloc[0]),
        "lowest": (last["name"].iloc[-1], last["D"].iloc[-1]),
        "margin": grade_scales.MARGIN,
    }


def _of_populations(words: ReportText) -> dict[str, Any]:
    """Short names of what the phrases say of the two populations."""
    study = words.study
    labels = [study.label(i) for i in study.populations]
    units = {study.unit(i) for i in study.pair} - {""}
    unit = units.pop() if len(units) == 1 else ""
    return {
        "level": words.percent(study.config["interaction"]["confidence"]),
        "populations": labels,
        "x1": labels[0],
        "x2": labels[1],
        "unit": unit,
        "in_unit": words.grammar.noted("", unit) if unit else "",
        "ignorance": signs.ignorance,
        "estimated": words.estimate,
        "wild": {
            "two_points_from": wild_bootstrap.RADEMACHER_FROM,
            "most": wild_bootstrap.MOST,
            "draws": wild_bootstrap.DRAWS,
        },
    }


def of_region(section: str, part: str, text: str) -> Markdown:
    """A text of one region as it may be marked: a reader of the page may pick another region."""
    if part not in LAYOUT["of_region"].get(section, ()):
        return Markdown(text)
    return Markdown(f"[{text}]{{key={section}-{part}}}")


def _also(words: ReportText, section: str, *parts: str) -> Markdown:
    """Those sentences of a section, or the clause, of which its finding has something to tell.

    A part is a phrase by the name of a value: without the value it does not stand; of a phrase with
    variants stands the one that the value names. What the study has is a value of every section.
    """
    found: Any = words.jinja.globals[section]
    values, known = dict.fromkeys(words.study.has, True) | found, words.phrases[section]
    texts = dict.fromkeys(parts, "")
    for part in parts:
        if known[part] and values.get(part):
            variant = f"/{values[part]}" if isinstance(known[part], Mapping) else ""
            texts[part] = words.say(f"{section}/{part}{variant}")
    marked = (of_region(section, *said) for said in texts.items() if any(texts.values()))
    return words.grammar.sentences(filter(None, marked))


def _held_in(words: ReportText, headline: str, key: str) -> Markdown:
    """What combinations of choices say of a headline, by a phrase of `through`: in how many of each
    indicator system it holds (`brief`), the chance of its `curves`, or that of unrelated indices
    (`chance`); "" where it is not asked.
    """
    rows = words.study.rows("headline_claims", claim=headline, computed="by_choices")
    claims = [(unpacked(row.fields), unpacked(row.stated)) for row in rows.itertuples()]
    claims = [one for one in claims if one[1]["systems"] == claims[0][1]["systems"]]
    if key in ("curves", "chance"):  # once for all indicator systems
        known = [part for fields, _ in claims for part in fields.get(key, ())]
        claims = [({key: {of["variant"]: of for of in known}.values()}, {})] if known else []
    sentences = []
    for fields, stated in claims:
        parts = fields.get("systems", ()) if key == "brief" else ()
        for part in parts or ({"variant": stated.get("system")},):
            told = fields | dict(part) | {"headline": headline}
            message = {"curves": "curves", "brief": "counted"}.get(key)
            counted = words.message(message, told) if message else ""
            if key == "brief":
                of = told["variant"] and words.message("named_system", {"system": told["variant"]})
                counted = words.grammar.noted(counted, of) if of else counted
            sentences.append(words.say(f"through/{key}", said=counted, **told))
    return words.grammar.sentences(sentences)


def _bands(study: Study, kind: str) -> list[tuple[str, str]]:
    """Indicators with a best band, or with goalposts of their own, and what these are."""
    scales = scales_of(study.indicators) if study.indexed else {}
    ends = {name: getattr(scale, kind) for name, scale in scales.items()}
    return [(name, text) for name, pair in ends.items() if pair and (text := band(*pair))]


def sources(words: ReportText) -> Markdown:
    """Who published the figures, as the study says; else the raw files that it reads, by name."""
    study = words.study
    if study.language in study.config["sources"]:
        return Markdown(escaped(study.config["sources"][study.language]))
    files = sorted({str(path).rsplit("/", 1)[-1] for path in study.tables["observations"]["file"]})
    return words.listed(files)


def series_name(words: ReportText, series: str) -> Markdown:
    """The label of an output, or the sign of D."""
    output = words.study.outputs.get(series)
    return escaped(words.study.label(output)) if output else Markdown(f"*{series}*")


def _drivers(study: Study) -> str:
    """Which phrase says why D of several regions is not explained: `uncensored` where none is 0
    or 1, else `censored`.
    """
    if study.single or not study.indexed:
        return ""
    D = study.coupling["D"].dropna()
    return "uncensored" if ((D > 0) & (D < 1)).all() else "censored"


def say_method(words: ReportText, kind: str) -> Markdown:
    """The method of a kind in words; one without a phrase is named as its registry names it."""
    config, settings = words.study.config, words.study.config["normalisation"]
    ratio = settings["method"] != VECTOR and settings["reference"] == RATIO
    names = config["coupling"] | {
        "normalisation": RATIO if ratio else settings["method"],
        "reference": settings["reference"],
        "weighting": config["weighting"]["method"],
    }
    name = names[kind] if isinstance(names[kind], str) else "given"  # contributions
    if name in words.phrases["methods"][kind]:
        return words.say(f"methods/{kind}/{name}")
    return words.say("methods/unnamed", kind=kind, name=name)


def _combined(words: ReportText) -> Markdown:
    """Methods that a combined weighting combines, with their shares where they are given."""
    combine = words.study.config["weighting"].get("combine") or {}
    names = [words.word("weighting", name) for name in combine.get("methods", ())]
    shares = combine.get("shares") or [None] * len(names)
    return words.listed(
        name if share is None else words.grammar.noted(name, with_figures(share, 2))
        for name, share in zip(names, shares, strict=False)
    )
