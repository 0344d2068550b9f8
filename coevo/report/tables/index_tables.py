"""Rows of the report's tables about the indices."""

from itertools import product

import pandas as pd

from coevo.coupling.comovement import SCALES, SCOPES
from coevo.report.findings.in_step import correlation_values, pairs
from coevo.report.findings.study_tables import Study
from coevo.report.tables.report_table import Body
from coevo.report.words.amounts import Rows, Words
from coevo.report.words.numbers import NOTHING, fixed, graded, missing, with_figures


def descriptive_statistics(study: Study) -> pd.DataFrame:
    """N, mean, standard deviation (n - 1), minimum and maximum of every indicator used: of the
    subsystems, or of the populations where there are none.
    """
    column, wanted = "indicator", study.populations
    if study.indexed:
        column, wanted = "subsystem", study.subsystems
    used = study.indicators.loc[study.indicators[column].isin(wanted), "indicator"]
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


def D_by_year(words: Words) -> Body:
    """D of every region in every year; below them the mean of the regions, if there are several.

    The note says which weights D rests on.
    """
    study = words.study
    D = study.coupling.pivot(index="region", columns="year", values="D")[study.years]
    rows: Rows = [[study.name(r), *map(graded, D.loc[r])] for r in study.listing]
    if not study.single:
        rows.append([words.say("tables/coordination/mean"), *map(fixed, D.mean())])
    head = words.say("tables/coordination/head")
    columns = [[head, "l", 14], *([str(y), "r", 7, f"D{y}"] for y in study.years)]
    method = words.word("weighting", study.config["weighting"]["method"])
    return Body(rows, columns, words.say("tables/coordination/note", weighting=method))


def coverage_growth_rows(words: Words) -> Body:
    """Growth of the indicators whose coverage changed, a column each: a row per year, with z and
    whether the year stands out.
    """
    table = words.study.tables["coverage_growth"]
    names, head = table["indicator"].unique(), words.phrases["tables"]["coverage_growth"]["columns"]
    cells = {
        (row.year, row.indicator): words.grammar.noted(
            fixed(row.growth),
            words.grammar.series([fixed(row.z, 1), words.word("coverage_verdict", row.verdict)]),
        )
        for row in table.itertuples()
    }
    years = sorted(table["year"].unique())
    rows = [[year, *(cells.get((year, name), NOTHING) for name in names)] for year in years]
    return Body(rows, [*head, *([words.study.label(name), "l", 30] for name in names)])


def pair_correlations(words: Words) -> Rows:
    """Correlations by pair of subsystems, if there are several, and what is correlated; of those
    within regions and years what random pairing gives, with p.
    """
    study = words.study
    if len(study.subsystems) == 2:
        return []
    rows: Rows = []
    for pair, scale in product(pairs(study), SCALES):
        frame = correlation_values(study, pair, scale=scale).reindex(SCOPES)
        last, told = frame.iloc[-1], words.listed(study.label(s) for s in pair)
        ends = NOTHING if missing(last["low"]) else f"{fixed(last['low'])}; {fixed(last['high'])}"
        cells = [*map(fixed, frame["value"]), fixed(last["mean"]), ends, fixed(last["p"], 3)]
        rows.append([told, words.say(f"tables/pairs/{scale}"), *cells])
    return rows
