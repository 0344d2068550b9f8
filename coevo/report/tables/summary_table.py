"""The table that opens the workbook: a row per region, heads as the result tables have them."""

from typing import Any

from coevo.report.findings.data_quality import obstacle_rows
from coevo.report.findings.interaction import regional
from coevo.report.findings.study_tables import SUBSYSTEM_PREFIX
from coevo.report.tables.columns import column_heads
from coevo.report.tables.report_table import Body
from coevo.report.words.amounts import Rows, Words, amount
from coevo.report.words.numbers import fixed, graded, with_figures

SLOPES = ("b1", "d")


def summary(words: Words) -> Body:
    """Code and name; of D its ends, rise, rank, grade; indices; largest obstacle; outputs, slopes.

    A head that is dated carries the year; the words are those of `tables.csv`. What a region lacks
    is empty.
    """
    return Body(_rows(words), _columns(words))


def _columns(words: Words) -> list[Any]:
    study, first, last = words.study, words.study.years[0], words.study.years[-1]
    asked: list[tuple[Any, ...]] = [("panel", "region", None), ("panel", "name", None)]
    if study.indexed:
        asked += [("coupling", "D", first, "_first"), ("coupling", "D", last)]
        asked += [
            ("summary", "rise", None),
            ("summary", "rank", first, "_first"),
            ("summary", "rank", last),
        ]
        asked += [("coupling", "grade", last), ("coupling", "lagging", last)]
        asked += [("coupling", name, last) for name in ("C", "T", *_indices(words))]
        asked += [("summary", "obstacle", None)]
    heads = [_head(words, *one) for one in asked]
    if study.pair:
        heads += [
            [words.grammar.dated(study.heading(i), last), "r", 10, f"x{k}"]
            for k, i in enumerate(study.pair, start=1)
        ]
        heads += [_head(words, "summary", name, None) for name in SLOPES]
    return heads


def _indices(words: Words) -> list[str]:
    return [SUBSYSTEM_PREFIX + name for name in words.study.subsystems]


def _head(words: Words, table: str, column: str, year: int | None, end: str = "") -> list[Any]:
    (head,) = column_heads(table, [column], words.study.config["subsystems"])
    text = head.words[words.study.language]
    dated = words.grammar.dated(text, year) if year else text
    return [dated, "l", 12, column + end]


def _rows(words: Words) -> Rows:
    study = words.study
    rows: dict[str, list[Any]] = {code: [code, study.name(code)] for code in study.listing}
    if study.indexed:
        first, last = study.ends()
        ranks = [
            part["D"].rank(ascending=False, method="min").astype(int) for part in (first, last)
        ]
        own = obstacle_rows(study)
        most = own.loc[own.groupby("region")["obstacle"].idxmax()].set_index("region")["indicator"]
        for code, row in rows.items():
            start, end = first.loc[code], last.loc[code]
            row += [graded(start["D"]), graded(end["D"]), fixed(end["D"] - start["D"])]
            row += [
                *(fixed(rank[code], 0) for rank in ranks),
                end["grade"],
                words.side(end["lagging"]),
            ]
            row += [fixed(end[name]) for name in ("C", "T", *_indices(words))]
            row += [study.heading(most[code]) if code in most.index else ""]
    if study.pair:
        slopes = [regional(study, name).set_index("scope")["estimate"] for name in SLOPES]
        outputs = [study.series(i).xs(study.years[-1], level="year") for i in study.pair]
        for code, row in rows.items():
            row += [amount(output.get(code)) for output in outputs]
            row += [with_figures(slope.get(code)) for slope in slopes]
    return list(rows.values())
