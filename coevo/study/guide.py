"""What the guide of a workbook to fill in says, in Chinese and English: marks, uses, lists."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from coevo.observations.cells import known_marks
from coevo.observations.names import aliases
from coevo.observations.units import named
from coevo.observations.vocabulary import MISSING_MARKS, PUBLISHERS_MARKS
from coevo.panel.derivations import parse
from coevo.study.configuration import named_in_calibration

# type of missing figure -> what it means, in Chinese and English
MISSING = {
    "not_available": ("不详", "not available"),
    "not_applicable": ("不适用", "does not apply"),
    "below_half_unit": ("不足本表最小单位", "below half a unit"),
    "suppressed": ("保密", "not published"),
}
ROLES = {
    "upstream": ("种群模型的上游产出", "output of the upstream population"),
    "downstream": ("种群模型的下游产出", "output of the downstream population"),
    "purchases": ("均衡核算：采购", "calibration: purchases"),
    "sales": ("均衡核算：销售", "calibration: sales"),
    "size": ("地区规模", "size of a region"),
}
Row = Mapping[str, str]
Pair = tuple[str, str]  # what is said in Chinese and in English


def marks(own: Mapping[str, str]) -> dict[str, str]:
    """Return the marks for missing figures that can be typed -> their type; `own` of the study."""
    shown = known_marks(own).items()
    return {mark: kind for mark, kind in shown if mark not in ("", *PUBLISHERS_MARKS)}


def said_marks(own: Mapping[str, str]) -> Pair:
    """Return what to write for each type of missing figure: blank, or the first of its marks."""
    first: dict[str, Pair] = {MISSING_MARKS[""]: ("留空", "blank")}
    for mark, kind in marks(own).items():
        first.setdefault(kind, (mark, mark))
    return (
        "；".join(f"{mark[0]} = {MISSING[kind][0]}" for kind, mark in first.items()),
        "; ".join(f"{mark[1]} = {MISSING[kind][1]}" for kind, mark in first.items()),
    )


def source_name(row: Row) -> str:
    """Return the name of an indicator in the files: the first of its aliases."""
    return aliases(row["source_name"])[0]


def unit_name(row: Row) -> str:
    """Return the unit as Chinese files print it; a sign such as % is the same in all languages."""
    return named(row["unit"], "zh")


def both_units(row: Row) -> str:
    """Return the unit in Chinese and English, once if they are the same."""
    return " · ".join(dict.fromkeys((unit_name(row), row["unit"])))


def uses(row: Row, indicators: Sequence[Row], config: Mapping[str, Any]) -> Iterator[Pair]:
    """Yield what an indicator is for, as Chinese and English text."""
    name = row["indicator"]
    if row["subsystem"]:
        labels = config["subsystems"].get(row["subsystem"], {})
        chinese, english = (labels.get(k, row["subsystem"]) for k in ("zh", "en"))
        yield f"子系统：{chinese}", f"subsystem: {english}"
    derived = [
        other
        for other in indicators
        if other["derivation"] and not other["source_name"]
        if name in parse(other["derivation"])[1]
    ]
    if derived:
        chinese, english = ([row[label] for row in derived] for label in ("label_zh", "label_en"))
        yield f"计算：{'、'.join(chinese)}", f"for: {', '.join(english)}"
    pair = config["interaction"] or {}
    roles = {**pair, **named_in_calibration(pair)}
    yield from (ROLES[key] for key in ROLES if roles.get(key) == name)
    if name in config["comovement"]["size"]:
        yield ROLES["size"]
    if row["derivation"]:
        yield "核对", "audit"


def _both_names(region: Row) -> tuple[str, str]:
    """Return the Chinese and the English name of a region; where one is missing, the other."""
    chinese, english = region.get("name_zh", ""), region.get("name_en", "")
    return chinese or english, english or chinese


def guide_blocks(
    indicators: Sequence[Row], regions: Sequence[Row], config: Mapping[str, Any]
) -> dict[str, tuple[tuple[str, ...], list[tuple[str, ...]]]]:
    """Return the tables of the guide: name -> head, rows; `indicators` are those to fill in."""
    rows: list[tuple[str, ...]] = []
    for row in indicators:
        if row["source_name"]:
            used = list(uses(row, indicators, config))
            said = ("；".join(pair[0] for pair in used), "; ".join(pair[1] for pair in used))
            names = (row["label_zh"], row["label_en"], both_units(row), source_name(row))
            rows.append((*names, *said))
    head = (
        "需填内容",
        "To fill in",
        "单位 Unit",
        "文件中的名称 Name in the files",
        "用途",
        "What it is for",
    )
    kinds = marks(config["missing_marks"])
    return {
        "indicators": (head, rows),
        "marks": (
            ("缺数符号 Mark", "含义 Meaning"),
            [(mark, " ".join(MISSING[kind])) for mark, kind in kinds.items()],
        ),
        "regions": (
            ("可选地区", "Regions to choose from"),
            [_both_names(row) for row in regions],
        ),
    }
