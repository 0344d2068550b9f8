"""Rows of the annex tables about the indices: statistics, D by year, other choices, pairs."""

from typing import Any

import pandas as pd

from coevo.coupling.comovement import SCOPES
from coevo.report.findings.comovement import correlation_values, pairs
from coevo.report.findings.study_tables import Study
from coevo.report.words.amounts import Rows, Words
from coevo.report.words.numbers import NOTHING, fixed, graded, missing, with_figures


def descriptive_statistics(study: Study) -> pd.DataFrame:
    """N, mean, standard deviation (n - 1), minimum and maximum of every indicator used: of the
    subsystems, or of the populations where there are none.
    """
    table = study.indicators
    if study.indexed:
        used = table.loc[table["subsystem"].isin(study.subsystems), "indicator"]
    else:
        used = table.loc[table["indicator"].isin(study.populations), "indicator"]
    values = study.tables["panel"].dropna(subset="value").groupby("indicator")["value"]
    table = values.agg(["count", "mean", "std", "min", "max"]).reindex(used)
    return table.assign(count=table["count"].fillna(0).astype(int))


def descriptive_rows(words: Words) -> Rows:
    """The statistics of every indicator used, with its unit."""
    study = words.study
    return [
        [
            words.grammar.measured(study.heading(indicator), study.unit(indicator)),
            count,
            *(with_figures(value, 3) for value in values),
        ]
        for indicator, count, *values in descriptive_statistics(study).itertuples()
    ]


def D_by_year(words: Words) -> Rows:
    """D of every region in every year; below them the mean of the regions, if there are several."""
    study = words.study
    D = study.coupling.pivot(index="region", columns="year", values="D")[study.years]
    rows: Rows = [[study.name(str(r)), *(graded(v) for v in D.loc[r])] for r in study.listing]
    means = [words.say("tables/coordination/mean"), *(fixed(v) for v in D.mean())]
    return rows if study.single else [*rows, means]


def year_columns(words: Words) -> list[Any]:
    """The region, then a column per year."""
    head = words.say("tables/coordination/head")
    return [[head, "l", 14], *([str(y), "r", 7, f"D{y}"] for y in words.study.years)]


def weights_note(words: Words) -> str:
    """Which weights D rests on."""
    method = words.word("weighting", words.study.config["weighting"]["method"])
    return words.say("tables/coordination/note", weighting=method)


def variants(words: Words) -> Rows:
    """D under one other choice at a time; the study's own first."""
    return [
        [
            words.word("choice", row.varied),
            _variant(words, row.varied, row.variant),
            graded(row.D_mean), fixed(row.rank_correlation), f"{row.grades_changed} / {row.n}",
            graded(row.focus_D_last), fixed(row.focus_rank_last, 0), row.focus_grade_last,
        ]
        for row in words.study.tables["robustness"].itertuples()
    ]  # fmt: skip


def _variant(words: Words, varied: str, variant: str) -> str:
    """What a choice was changed to: an indicator system by the name that the study gives it."""
    if varied == "main":
        return ""
    return words.label(variant) if varied == "system" else words.word(varied, variant)


def pair_correlations(words: Words) -> Rows:
    """Correlations of ln U by pair of subsystems, if there are several, each with the range of
    random pairing.
    """
    study = words.study
    if len(study.subsystems) == 2:
        return []
    rows: Rows = []
    for pair in pairs(study):
        frame = correlation_values(study, pair)
        cells = [_placed(frame.loc[scope]) if scope in frame.index else NOTHING for scope in SCOPES]
        rows.append([words.listed(study.label(s) for s in pair), *cells])
    return rows


def _placed(row: pd.Series) -> str:
    """A correlation with the range that random pairing gives, where there is one."""
    text = fixed(row["value"])
    return text if missing(row["low"]) else f"{text} ({fixed(row['low'])}; {fixed(row['high'])})"
