"""The tables of the report, each with its title and columns from the phrases."""

from collections.abc import Mapping, Sequence
from typing import Any

from coevo.report.findings.data_quality import weights_finding as weights_in_use
from coevo.report.findings.equilibrium import fits
from coevo.report.findings.factors import ranked
from coevo.report.findings.relation import general_effects
from coevo.report.findings.sign_survival import patterns
from coevo.report.findings.since_release import figures_since
from coevo.report.findings.study_tables import Study
from coevo.report.tables import data_tables, index_tables, model_tables
from coevo.report.words import release_words, theory_words
from coevo.report.words.amounts import Rows, Words
from coevo.report.words.markup import Markdown, escaped, table
from coevo.report.words.numbers import NOTHING


def _table(
    phrases: Mapping[str, Any], key: str, words: Words, lines: Rows, kind: str = ""
) -> Markdown:
    """A table with the caption and the columns that the phrases give it under `tables`."""
    entry = phrases["tables"][key]
    caption = words.say(f"tables/{key}/caption")
    return table(caption, *without_empty_columns(entry["columns"], lines), kind, key)


def without_empty_columns(columns: Sequence[Any], lines: Rows) -> tuple[list[Any], Rows]:
    """Columns and rows without the columns that hold nothing in any row."""
    kept = [i for i in range(len(columns)) if any(row[i] not in ("", NOTHING) for row in lines)]
    return [columns[i] for i in kept], [[row[i] for i in kept] for row in lines]


def _states(study: Study, phrases: Mapping[str, Any], words: Words) -> Markdown:
    """The table of states: one column per subsystem, however many there are."""
    entry = phrases["tables"]["states"]
    head, *rest = entry["columns"]
    indices = [
        [words.grammar.series(["U", study.label(s)], "clause"), "r", 10] for s in study.subsystems
    ]
    columns = [head, *indices, *rest]
    return table(
        words.say("tables/states/caption"), columns, data_tables.state_rows(words), "long", "states"
    )


def tables(
    study: Study, words: Words, phrases: Mapping[str, Any],
    provenance: Mapping[str, Mapping[str, str]],
) -> dict[str, Any]:  # fmt: skip
    """Tables of the main part by the name the template gives them, and the annex as sections."""
    made: dict[str, Any] = {
        "audit_table": _table(phrases, "audit", words, data_tables.audit_counts(words)),
        "files_table": _table(
            phrases, "files", words, _pairs(provenance["files"], code=True), "long"
        ),
        "packages_table": _table(phrases, "packages", words, _pairs(provenance["packages"])),
        "sources": sources(words),
    }
    if study.pair:
        made["signs_table"] = _signs(study, phrases, words)
        lines = theory_words.levels(words)
        made["levels_table"] = _table(phrases, "levels", words, lines) if lines else ""
        made["ecological_table"] = _table(
            phrases, "ecological", words, theory_words.relations(words)
        )
        lines = model_tables.equilibria_rows(words)
        made["equilibria_table"] = _table(phrases, "equilibria", words, lines, "widest")
        made["ratios"] = any(row[i] not in ("", NOTHING) for row in lines for i in (3, 6))
    if len(study.subsystems) > 2 and not study.single:
        made["pairs_table"] = _table(phrases, "pairs", words, index_tables.pair_correlations(words))
    if "claims" in study.tables:
        made["claims_table"] = _table(
            phrases, "claims", words, data_tables.claim_rows(words), "claims"
        )
    if "changes" in study.tables:
        lines = release_words.figure_rows(words, release_words.largest(words))
        made["changes_table"] = _table(phrases, "restated", words, lines, "wide") if lines else ""
    return made | {"annex": sections(study, words, phrases)}


def sections(study: Study, words: Words, phrases: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Annex tables with key and title; a table without rows is left out."""
    found = _indices(study, words, phrases)
    if not study.single:
        found.append(("states", _states(study, phrases, words)))
    if study.pair and not study.single:
        lines = model_tables.coefficient_rows(words)
        found.append(("coefficients", _table(phrases, "coefficients", words, lines, "long wide")))
        lines = model_tables.regional_equilibria(words)
        found.append(("regional", _table(phrases, "regional", words, lines, "long widest")))
    if study.pair and study.pooled:
        found += _general(study, phrases, words)
        lines = model_tables.regional_pooled(words)
        made = _table(phrases, "regional_pooled", words, lines, "long wide")
        found.append(("regional_pooled", made))
    if study.pair and len(fits(study)):
        lines = model_tables.estimators(words)
        found.append(("estimators", _table(phrases, "estimators", words, lines, "long widest")))
    if study.pair and len(patterns(study)):
        lines = model_tables.specification_lines(words)
        made = _table(phrases, "specifications", words, lines, "long wide")
        found.append(("specifications", made))
    for key, lines in (
        ("findings", data_tables.audit_rows(words)),
        ("remarks", data_tables.remark_rows(words)),
    ):
        if lines:
            found.append((key, _table(phrases, key, words, lines, "long wide")))
    if "changes" in study.tables:
        for key, lines in (
            ("restated_all", release_words.figure_rows(words, figures_since(study))),
            ("grades_moved", release_words.grades(words)),
            ("verdicts_moved", release_words.release_verdicts(words)),
        ):
            if lines:
                found.append((key, _table(phrases, key, words, lines, "long wide")))
    return [
        {"key": key, "title": words.say(f"tables/{key}/title"), "table": made}
        for key, made in found
    ]


def _signs(study: Study, phrases: Mapping[str, Any], words: Words) -> Markdown:
    """The table of fits that show the supply pattern: a column per effects."""
    lines = model_tables.sign_rows(words)
    kind = "effects_pooled" if study.pooled else "effects"
    columns = [
        [phrases["tables"]["signs"]["case"], "l", 50],
        *([words.grammar.upper_first(words.word(kind, e)), "r", 25] for e in study.effects),
    ]
    caption = words.say("tables/signs/caption")
    return table(caption, columns, lines, "", "signs") if lines else Markdown("")


def _general(study: Study, phrases: Mapping[str, Any], words: Words) -> list[tuple[str, Markdown]]:
    """The table of effects of the general model, if it is estimated: a column per fit shown."""
    lines = model_tables.general_rows(words)
    columns = [
        [
            words.grammar.series(
                [words.word("estimator", name), words.word("effects", effects)], "clause"
            ),
            "r",
            22,
        ]
        for effects, name in general_effects(study)[1]
    ]
    columns = [*phrases["tables"]["general"]["columns"], *columns]
    caption = words.say("tables/general/caption")
    return [("general", table(caption, columns, lines, "wide", "general"))] if lines else []


def _indices(study: Study, words: Words, phrases: Mapping[str, Any]) -> list[tuple[str, Markdown]]:
    """Annex tables about the indices: the indicators, guards, other choices, obstacles."""

    def made(key: str, lines: Rows, kind: str = "long") -> tuple[str, Markdown]:
        return key, _table(phrases, key, words, lines, kind)

    found = [
        ("weights", study_weights(study, words, phrases)),
        made("descriptive", index_tables.descriptive_rows(words)),
        made("variants", index_tables.variants(words), "wide"),
        made("guards", index_tables.guard_rows(words)),
    ]
    if len(ranked(study)):
        found.append(made("frequencies", index_tables.obstacle_frequencies(words)))
        if not study.single:
            found.append(made("top_obstacles", index_tables.top_obstacles(words), "long wide"))
    return found


def study_weights(study: Study, words: Words, phrases: Mapping[str, Any]) -> Markdown:
    """The indicator system; the share between regions is left out for one region."""
    columns = list(phrases["tables"]["weights"]["columns"])
    if study.single:
        columns = [
            column for column in columns if column[0] != phrases["tables"]["weights"]["between"]
        ]
    years = (study.years[0], study.years[-1])
    columns += [[words.grammar.dated(study.name(study.focus), year), "r", 9] for year in years]
    lines = data_tables.weight_rows(words, weights_in_use(study)["rows"])
    return table(words.say("tables/weights/caption"), columns, lines, "wide", "weights")


def _pairs(values: Mapping[str, str], code: bool = False) -> list[list[Any]]:
    return [
        [name, Markdown(f"`{value}`") if code and value.isalnum() else value]
        for name, value in sorted(values.items())
    ]


def sources(words: Words) -> Markdown:
    """Who published the figures, as the study says; else the raw files that it reads, by name."""
    study = words.study
    if study.language in study.config["sources"]:
        return Markdown(escaped(study.config["sources"][study.language]))
    files = sorted({str(path).rsplit("/", 1)[-1] for path in study.tables["observations"]["file"]})
    return words.listed(files)
