"""Rows of the report's tables of the regional pattern: statistics, clusters, moves."""

from typing import Any

from coevo.regional.neighbourhood import QUADRANTS
from coevo.regional.regional_panel import ADJUSTED, PLAIN
from coevo.report.findings.regional_pattern import LIKELY, at_ends, clusters, group_means
from coevo.report.words.amounts import Rows, Words
from coevo.report.words.markup import Markdown, escaped
from coevo.report.words.numbers import NOTHING, fixed, hundredths

MEASURES = (PLAIN, ADJUSTED)
LEAST = 0.001  # p below which it is not printed
SPREAD = ("sd_ln", "cv", "sd")
PARTS = {"theil": ("between",), "gini": ("within", "between", "transvariation")}


def pattern_rows(words: Words) -> Rows:
    """Statistics of D and of D with the level taken out, in the first and in the last year."""
    study = words.study
    rows: Rows = []
    means = {of: {name: ends for name, *ends in group_means(study, of)} for of in MEASURES}
    for name, *_ in group_means(study):
        cells = [fixed(v) for of in MEASURES for v in means[of].get(name, (None, None))]
        group = words.word("group", name)
        rows.append([words.say("tables/pattern/rows/mean", group=group), *cells])
    rows += [_row(words, name, _three) for name in SPREAD]
    for whole, parts in PARTS.items():
        rows.append(_row(words, whole, _three))
        rows += [_share_row(words, whole, part) for part in parts]
    for name in ("moran", "moran_level"):
        rows.append(_row(words, name, lambda row: fixed(row["value"])))
        rows.append(_row(words, name, _chance, f"{name}_p"))
    return [row for row in rows if any(cell != NOTHING for cell in row[1:])]


def _row(words: Words, statistic: str, shown: Any, key: str = "") -> list[Any]:
    ends = [row for of in MEASURES for row in at_ends(words.study, statistic, of)]
    cells = [NOTHING if row is None else shown(row) for row in ends]
    return [words.say(f"tables/pattern/rows/{key or statistic}"), *cells]


def _three(row: Any) -> str:
    return fixed(row["value"], 3)


def _chance(row: Any) -> str:
    """The p of a statistic."""
    return f"< {LEAST}" if row["p"] < LEAST else fixed(row["p"], 3)


def _share_row(words: Words, whole: str, part: str) -> list[Any]:
    """A part of an index in per cent of it."""
    cells = []
    for of in MEASURES:
        ends = [at_ends(words.study, name, of) for name in (whole, f"{whole}_{part}")]
        for all_, own in zip(*ends, strict=True):
            known = all_ is not None and own is not None and all_["value"] > 0
            cells.append(hundredths(own["value"] / all_["value"]) if known else NOTHING)
    return [words.say(f"tables/pattern/rows/{whole}_{part}"), *cells]


def pattern_columns(words: Words) -> list[Any]:
    """The statistic, then D and D with the level taken out, each in the first and last year."""
    head, years = (
        words.phrases["tables"]["pattern"]["head"],
        (words.study.years[0], words.study.years[-1]),
    )
    heads = [words.say(f"tables/pattern/of/{of}", year=year) for of in MEASURES for year in years]
    return [[head, "l", 40], *([h, "r", 15] for h in heads)]


def cluster_rows(words: Words) -> Rows:
    """Regions by their place among their neighbours; strong where false discovery leaves them."""
    study = words.study
    years = dict.fromkeys((study.years[0], study.years[-1]))
    found = [clusters(study, of, year) for of in MEASURES for year in years]
    if all(part.empty for part in found):
        return []
    rows = []
    for place in QUADRANTS:
        parts = [part[part["cluster"] == place] for part in found]
        rows.append([words.word("cluster", place), *(_named(words, part) for part in parts)])
    return rows


def _named(words: Words, part: Any) -> Markdown | str:
    names = [
        Markdown(f"**{escaped(name)}**") if p < LIKELY else escaped(name)
        for name, p in part[["name", "p_adjusted"]].itertuples(index=False)
    ]
    return words.listed(names) if names else NOTHING


def cluster_columns(words: Words) -> list[Any]:
    """The place, then the columns of `pattern_columns`."""
    head = words.phrases["tables"]["clusters"]["head"]
    return [[head, "l", 20], *([name, "l", 20] for name, *_ in pattern_columns(words)[1:])]
