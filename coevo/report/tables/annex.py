"""The tables of the report, each with its caption and columns from the phrases."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from coevo.report.findings.data_quality import weights_finding as weights_in_use
from coevo.report.findings.equilibrium import fits
from coevo.report.findings.factors import ranked
from coevo.report.findings.relation import general_effects
from coevo.report.findings.sign_survival import patterns
from coevo.report.findings.since_release import figures_since
from coevo.report.tables import data_tables, index_tables, model_tables
from coevo.report.tables.report_table import ReportTable, as_markdown
from coevo.report.words import release_words, theory_words
from coevo.report.words.amounts import Rows, Words
from coevo.report.words.markup import Markdown
from coevo.report.words.numbers import NOTHING

RATIO = 3  # place of the first column of ratios to what was observed, among those of equilibria


def _table(
    words: Words, key: str, rows: Rows, kind: str = "", columns: Sequence[Any] | None = None
) -> ReportTable:
    """A table with the caption that the phrases give it under `tables`, and with their columns,
    those left out that hold nothing, unless others are given.
    """
    caption = words.say(f"tables/{key}/caption")
    if columns is None:
        columns, rows = without_empty_columns(words.phrases["tables"][key]["columns"], rows)
    return ReportTable(key, caption, columns, rows, kind)


def without_empty_columns(columns: Sequence[Any], lines: Rows) -> tuple[list[Any], Rows]:
    """Columns and rows without the columns that hold nothing in any row."""
    kept = [i for i in range(len(columns)) if any(row[i] not in ("", NOTHING) for row in lines)]
    return [columns[i] for i in kept], [[row[i] for i in kept] for row in lines]


def printed_tables(words: Words, provenance: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """What the template prints: `printed(key)`, "" for a table that the study lacks, the annex as
    sections, and whether the equilibria are held against what was observed.
    """
    made = {table.key: table for table in main_tables(words)}
    for key, kind in (("files", "long"), ("packages", "")):
        made[key] = _table(words, key, _pairs(provenance[key], code=key == "files"), kind)
    ratio = words.phrases["tables"]["equilibria"]["columns"][RATIO]
    return {
        "printed": lambda key: as_markdown(made[key]) if key in made else "",
        "ratios": "equilibria" in made and ratio in made["equilibria"].columns,
        "annex": [
            {
                "key": table.key,
                "title": words.say(f"tables/{table.key}/title"),
                "table": as_markdown(table),
            }
            for table in annex_tables(words)
        ],
    }


def main_tables(words: Words) -> Iterator[ReportTable]:
    """Tables of the main part; one without rows is left out."""
    study = words.study
    yield _table(words, "audit", data_tables.audit_counts(words))
    if study.pair:
        if rows := model_tables.sign_rows(words):
            yield _table(words, "signs", rows, columns=_sign_columns(words))
        if rows := theory_words.levels(words):
            yield _table(words, "levels", rows)
        yield _table(words, "ecological", theory_words.relations(words))
        yield _table(words, "equilibria", model_tables.equilibria_rows(words), "widest")
    if len(study.subsystems) > 2 and not study.single:
        yield _table(words, "pairs", index_tables.pair_correlations(words))
    if "claims" in study.tables:
        yield _table(words, "claims", data_tables.claim_rows(words), "claims")
    if "changes" in study.tables and len(largest := release_words.largest(words)):
        yield _table(words, "restated", release_words.figure_rows(words, largest), "wide")


def annex_tables(words: Words) -> list[ReportTable]:
    """Tables of the annex in their order; one without rows is left out."""
    made = [*_of_indices(words), *_of_regions(words), *_of_model(words), *_of_audit(words)]
    return [table for table in made if table.rows]


def _of_indices(words: Words) -> Iterator[ReportTable]:
    """The indicators, guards, other choices, obstacles."""
    study = words.study
    weights = data_tables.weight_rows(words, weights_in_use(study)["rows"])
    yield _table(words, "weights", weights, "wide", _weight_columns(words))
    yield _table(words, "descriptive", index_tables.descriptive_rows(words), "long")
    yield _table(words, "variants", index_tables.variants(words), "wide")
    yield _table(words, "guards", index_tables.guard_rows(words), "long")
    if len(ranked(study)):
        yield _table(words, "frequencies", index_tables.obstacle_frequencies(words), "long")
        if not study.single:
            yield _table(words, "top_obstacles", index_tables.top_obstacles(words), "long wide")


def _of_regions(words: Words) -> Iterator[ReportTable]:
    """State, coefficients and equilibria of every region."""
    if words.study.single:
        return
    yield _table(words, "states", data_tables.state_rows(words), "long", _state_columns(words))
    if words.study.pair:
        yield _table(words, "coefficients", model_tables.coefficient_rows(words), "long wide")
        yield _table(words, "regional", model_tables.regional_equilibria(words), "long widest")


def _of_model(words: Words) -> Iterator[ReportTable]:
    """The general model, equilibria within pooled fits, other estimators and specifications."""
    study = words.study
    if study.pair is None:
        return
    if study.pooled:
        rows = model_tables.general_rows(words)
        yield _table(words, "general", rows, "wide", _general_columns(words))
        yield _table(words, "regional_pooled", model_tables.regional_pooled(words), "long wide")
    if len(fits(study)):
        yield _table(words, "estimators", model_tables.estimators(words), "long widest")
    if len(patterns(study)):
        yield _table(words, "specifications", model_tables.specification_lines(words), "long wide")


def _of_audit(words: Words) -> Iterator[ReportTable]:
    """Every finding and remark with its place, and what differs from the release."""
    yield _table(words, "findings", data_tables.audit_rows(words), "long wide")
    yield _table(words, "remarks", data_tables.remark_rows(words), "long wide")
    if "changes" in words.study.tables:
        rows = release_words.figure_rows(words, figures_since(words.study))
        yield _table(words, "restated_all", rows, "long wide")
        yield _table(words, "grades_moved", release_words.grades(words), "long wide")
        yield _table(words, "verdicts_moved", release_words.release_verdicts(words), "long wide")


def _state_columns(words: Words) -> list[Any]:
    """One column per subsystem, however many there are."""
    head, *rest = words.phrases["tables"]["states"]["columns"]
    labels = map(words.study.label, words.study.subsystems)
    indices = [[words.grammar.series(["U", label], "clause"), "r", 10] for label in labels]
    return [head, *indices, *rest]


def _sign_columns(words: Words) -> list[Any]:
    """A column per effects."""
    kind = "effects_pooled" if words.study.pooled else "effects"
    heads = (words.grammar.upper_first(words.word(kind, e)) for e in words.study.effects)
    return [[words.phrases["tables"]["signs"]["case"], "l", 50], *([h, "r", 25] for h in heads)]


def _general_columns(words: Words) -> list[Any]:
    """A column per fit shown."""
    shown = [
        [words.word("estimator", name), words.word("effects", effects)]
        for effects, name in general_effects(words.study)[1]
    ]
    heads = (words.grammar.series(names, "clause") for names in shown)
    return [*words.phrases["tables"]["general"]["columns"], *([h, "r", 22] for h in heads)]


def _weight_columns(words: Words) -> list[Any]:
    """Columns of the indicator system; the share between regions is left out for one region."""
    study, entry = words.study, words.phrases["tables"]["weights"]
    between = entry["between"] if study.single else None
    columns = [column for column in entry["columns"] if column[0] != between]
    years = (study.years[0], study.years[-1])
    return columns + [[words.grammar.dated(study.name(study.focus), y), "r", 9] for y in years]


def _pairs(values: Mapping[str, str], code: bool = False) -> Rows:
    return [
        [name, Markdown(f"`{value}`") if code and value.isalnum() else value]
        for name, value in sorted(values.items())
    ]
