"""The report's tables of the regional pattern: ends, slopes of growth, neighbours by year."""

from typing import Any

from coevo.regional.regional_panel import ADJUSTED, PLAIN
from coevo.report.findings.regional_pattern import (
    at_ends,
    group_means,
    one_row,
    slope,
    statistics,
)
from coevo.report.findings.study_tables import Study
from coevo.report.tables.report_table import Body
from coevo.report.words.amounts import Rows, Words
from coevo.report.words.numbers import NOTHING, fixed, hundredths

MEASURES = (PLAIN, ADJUSTED)
LEAST = 0.001  # p below which it is not printed
SPREAD = ("sd_ln", "cv", "sd")
PARTS = {"theil": ("between",), "gini": ("within", "between", "transvariation")}


def pattern(words: Words) -> Body:
    """Statistics of D and of D with the level taken out, each in the first and in the last year."""
    study, head = words.study, words.phrases["tables"]["pattern"]["head"]
    years = (study.years[0], study.years[-1])
    heads = [words.say(f"tables/pattern/of/{of}", year=year) for of in MEASURES for year in years]
    columns = [[head, "l", 40], *([h, "r", 15] for h in heads)]
    rows: Rows = []

    def add(key: str, cells: list[Any], **values: Any) -> None:
        """A row without any value is none; nothing is said of it."""
        if any(cell != NOTHING for cell in cells):
            rows.append([words.say(f"tables/pattern/rows/{key}", **values), *cells])

    means = {of: {name: ends for name, *ends in group_means(study, of)} for of in MEASURES}
    for name, *_ in group_means(study):
        cells = [fixed(v) for of in MEASURES for v in means[of].get(name, (None, None))]
        add("mean", cells, group=words.word("group", name))
    for name in SPREAD:
        add(name, _ends(study, name))
    for whole, parts in PARTS.items():
        add(whole, _ends(study, whole))
        for part in parts:
            add(f"{whole}_{part}", _shares(study, whole, part))
    for name in ("moran", "moran_level"):
        add(name, _ends(study, name, 2))
        add(f"{name}_p", _ends(study, name, None))
    return Body(rows, columns)


def _ends(study: Study, statistic: str, decimals: int | None = 3) -> list[Any]:
    """A statistic in the first and the last year; its p where no decimals are given."""
    ends = [row for of in MEASURES for row in at_ends(study, statistic, of)]
    return [_shown(row, decimals) for row in ends]


def _shown(row: Any, decimals: int | None) -> str:
    if row is None:
        return NOTHING
    if decimals is not None:
        return fixed(row["value"], decimals)
    return f"< {LEAST}" if row["p"] < LEAST else fixed(row["p"], 3)


def growth_slopes(words: Words) -> Rows:
    """Slopes of growth with both intervals, p by the larger error, and Moran's I of residuals."""
    rows = []
    for name in ("beta", "beta_check", "beta_given_level"):
        errors = ("", "_conley", "_residual_moran")
        plain, conley, moran = (one_row(words.study, name + error) for error in errors)
        if plain is not None:
            intervals = [NOTHING if row is None else words.ends(row) for row in (plain, conley)]
            p = _shown(slope(words.study, name), None)
            rest = [_shown(moran, 2), _shown(moran, None)]
            title = words.say(f"tables/growth_slopes/rows/{name}")
            rows.append([title, fixed(plain["value"], 3), *intervals, p, *rest])
    return rows


def neighbours_by_year(words: Words) -> Rows:
    """Moran's I of D and of D with the level taken out: I, p, least I with p below 0.05."""
    found = [statistics(words.study, "moran", of).set_index("year") for of in MEASURES]
    ends = [[r.loc[year] if year in r.index else None for r in found] for year in words.study.years]
    return [
        [str(year), *(cell for row in both for cell in _moran_cells(row))]
        for year, both in zip(words.study.years, ends, strict=True)
        if any(row is not None for row in both)
    ]


def _moran_cells(row: Any) -> list[str]:
    least = NOTHING if row is None else fixed(row["critical"])
    return [_shown(row, 2), _shown(row, None), least]


def _shares(study: Study, whole: str, part: str) -> list[Any]:
    """A part of an index in per cent of it."""
    cells = []
    for of in MEASURES:
        ends = [at_ends(study, name, of) for name in (whole, f"{whole}_{part}")]
        for all_, own in zip(*ends, strict=True):
            known = all_ is not None and own is not None and all_["value"] > 0
            cells.append(hundredths(own["value"] / all_["value"]) if known else NOTHING)
    return cells
