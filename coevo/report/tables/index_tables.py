"""Rows of the annex tables about the indices: guards, statistics, obstacles, other choices."""

from typing import Any

import pandas as pd

from coevo.coupling.comovement import SCOPES
from coevo.report.findings.comovement import correlation_values, pairs
from coevo.report.findings.coverage_years import coverage_finding
from coevo.report.findings.factors import TOP, frequencies, last_ranked, ranked
from coevo.report.findings.study_tables import Study
from coevo.report.words.amounts import Rows, Words
from coevo.report.words.numbers import NOTHING, fixed, graded, hundredths, missing, with_figures
from coevo.sensitivity.coverage_breaks import VARIANTS


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


def guard_rows(words: Words) -> Rows:
    """Every guard; regions with one value share a row; types stand in the table of states."""
    table = words.study.tables["diagnostics"]
    table = table[table["guard"] != "type_changes"]
    order = {guard: i for i, guard in enumerate(dict.fromkeys(table["guard"]))}
    table = table.sort_values("guard", key=lambda names: names.map(order), kind="stable")
    key = ["guard", "subsystem", "indicator", "other", "value", "limit", "flagged"]
    grouped = table.groupby(key, sort=False, dropna=False)
    rows: Rows = []
    for values, part in grouped:
        row = dict(zip(key, values, strict=True))
        flagged = str(row["flagged"]).lower() == "true"
        rows.append([
            words.word("guard", row["guard"]), _subject(words, row, part), _value(row["value"]),
            _value(row["limit"]), words.say("tables/guards/flagged") if flagged else "",
        ])  # fmt: skip
    return rows


def _subject(words: Words, row: dict[str, Any], part: pd.DataFrame) -> str:
    """What a guard looks at: the indicators, the regions, or else the subsystem."""
    indicators = [words.study.label(i) for i in (row["indicator"], row["other"]) if not _no(i)]
    if indicators:
        return words.listed(indicators)
    names = [name for name in part["name"] if not _no(name)]
    if len(names) > 1 and len(names) == len(words.study.regions):
        return words.say("titles/every_region")
    return (
        words.listed(names)
        if names
        else ""
        if _no(row["subsystem"])
        else words.label(row["subsystem"])
    )


def _no(text: Any) -> bool:
    return missing(text) or text == ""


def _value(value: Any) -> str:
    """A value of a guard: a count as it is, any other number with three figures."""
    return (
        NOTHING
        if missing(value)
        else f"{value:.0f}"
        if value == int(value)
        else with_figures(value)
    )


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


def top_obstacles(words: Words) -> Rows:
    """The largest obstacles of every region in its last year, with their degree."""
    study, table = words.study, last_ranked(words.study)
    rows: Rows = []
    parts = dict(list(table.groupby("region")))
    for region in (region for region in study.listing if region in parts):
        cells = [
            f"{study.heading(i)} {hundredths(o)}"
            for i, o in parts[region][["indicator", "obstacle"]].to_numpy()
        ]
        rows.append([study.name(region), *cells, *[NOTHING] * (TOP - len(cells))])
    return rows


def obstacle_frequencies(words: Words) -> Rows:
    """How often each indicator is among the largest obstacles, if not all of them are."""
    heading = words.study.heading
    if ranked(words.study).empty:
        return []
    return [
        [heading(row.indicator), f"{row.last} / {row.regions}", f"{row.all} / {row.cases}"]
        for row in frequencies(words.study).itertuples()
    ]


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


def coverage_variants(words: Words) -> Rows:
    """D of the focus with and without the years in which coverage changed."""
    found, one = coverage_finding(words.study), words.study.single
    made = [(name, found[name]) for name in VARIANTS if found.get(name)]
    return [
        [
            words.say(f"tables/coverage/{name}"), graded(row["D"][0]), graded(row["D"][1]),
            row["grade"][1], fixed(row["rise"], 3), "" if one else row["rank"],
            "" if one else row["above"],
        ]
        for name, row in made
    ]  # fmt: skip
