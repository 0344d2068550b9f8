"""The report's table of the regional pattern."""

from typing import Any

from coevo.regional.regional_panel import ADJUSTED, PLAIN
from coevo.report.findings.level_control import level_finding
from coevo.report.findings.regional_pattern import at_ends, group_means
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
    means = {of: {name: ends for name, *ends in group_means(study, of)} for of in MEASURES}
    for name, *_ in group_means(study):
        cells = [fixed(v) for of in MEASURES for v in means[of].get(name, (None, None))]
        group = words.word("group", name)
        rows.append([words.say("tables/pattern/rows/mean", group=group), *cells])
    rows += [_row(words, name, _three) for name in SPREAD]
    for whole, parts in PARTS.items():
        rows.append(_row(words, whole, _three))
        rows += [_share_row(words, whole, part) for part in parts]
    known = at_ends(study, "moran_level", MEASURES[0]) if level_finding(study)["by"] else []
    for name in ("moran", "moran_level") if any(row is not None for row in known) else ("moran",):
        rows.append(_row(words, name, lambda row: fixed(row["value"])))
        rows.append(_row(words, name, _chance, f"{name}_p"))
    return Body([row for row in rows if any(cell != NOTHING for cell in row[1:])], columns)


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
