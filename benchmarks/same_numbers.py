"""Whether two builds hold the same numbers, table by table and column by column.

    python benchmarks/same_numbers.py OLD NEW [--tolerance 1e-9] [--floor 1e-15] [--map FILE]

OLD and NEW are two folders `data/processed`, of which all studies are compared. Every column of
every old table is equal byte by byte, equal within the tolerance (then the largest difference is
named), or different (then cells are named by their key). Two numbers are equal if they differ by
at most `tolerance` times the larger of them, or by at most `floor`. Rows are matched by key, so
their order does not matter. What was renamed, moved or removed between the two builds, and where
another tolerance holds, stands in the map (`benchmarks/numbers_0_8_0.toml` says how to write it).
What is new in NEW is noted and is no difference, except rows of a table that OLD has too.

The tables are read here as text, without the package, so that a change of it hides nothing.
The exit code is 1 if anything differs, 2 if a folder or the map cannot be used.
"""

import argparse
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

MAP = Path(__file__).with_name("numbers_0_8_0.toml")
SHOWN = 5  # cells or rows named of each column or table that differs
WORDS = {  # what an entry of the map may hold
    "tolerance": {"table", "columns", "where", "relative", "absolute", "reason"},
    "moved": {"old", "new", "where", "key", "set", "rename", "values"},
    "left": {"table", "columns", "where", "reason"},
    "came": {"table", "where", "reason"},
}


@dataclass
class Comparison:
    """What was found out: lines to read, and how many of them tell of a difference."""

    lines: list[str] = field(default_factory=list)
    differences: int = 0

    def note(self, line: str) -> None:
        self.lines.append(f"  {line}")

    def differs(self, line: str, examples: list[str]) -> None:
        self.differences += 1
        more = len(examples) - SHOWN
        self.lines.append(f"! {line}")
        self.lines += [f"!     {example}" for example in examples[:SHOWN]]
        self.lines += [f"!     and {more} more"] if more > 0 else []


def read(path: Path) -> pd.DataFrame:
    """Return a CSV table with every cell as text."""
    return pd.read_csv(path, dtype=str, na_filter=False, encoding="utf-8-sig")


def read_map(path: Path) -> dict[str, Any]:
    """Return the map; an entry with a word that means nothing ends the program."""
    found = {"key": {}} | {kind: [] for kind in WORDS} | tomllib.loads(path.read_text("utf-8"))
    for kind, known in WORDS.items():
        for entry in found[kind]:
            if unknown := set(entry) - known:
                _stop(f"{path.name}: {kind}: unknown {', '.join(sorted(unknown))}")
    if unknown := set(found) - set(WORDS) - {"key"}:
        _stop(f"{path.name}: unknown {', '.join(sorted(unknown))}")
    return found


def _stop(line: str) -> None:
    print(line, file=sys.stderr)
    sys.exit(2)


def chosen(frame: pd.DataFrame, where: Mapping[str, str | list[str]]) -> pd.Series:
    """Return which rows hold, in each column named, one of the values; `*` stands for any text."""
    rows = pd.Series(True, index=frame.index)
    for column, patterns in where.items():
        if column not in frame:
            return pd.Series(False, index=frame.index)
        allowed = [patterns] if isinstance(patterns, str) else patterns
        rows &= (
            frame[column]
            .map(
                lambda cell, allowed=allowed: any(fnmatchcase(cell, pattern) for pattern in allowed)
            )
            .astype(bool)
        )
    return rows


def numbers(column: pd.Series) -> pd.Series:
    """Return the cells as finite numbers, NaN for all else."""
    return pd.to_numeric(column, errors="coerce").astype(float).replace([np.inf, -np.inf], np.nan)


def whole_or_text(column: pd.Series) -> bool:
    """Whether no filled cell of a column is a fraction: such a column can be part of a key."""
    values = numbers(column[column != ""])
    return bool((values.isna() | (values % 1 == 0)).all())


def keyed(frame: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """Return the rows under their key; rows that share one are told apart by their figures' order.

    Whole numbers are the same with and without a decimal point.
    """
    others = [column for column in frame if column not in key]
    values = frame[others].apply(lambda column: numbers(column).fillna(-np.inf))
    order = np.lexsort(values.to_numpy().T) if others else np.arange(len(frame))
    frame = frame.iloc[order]
    index = frame[key].apply(lambda column: column.str.replace(r"^(-?\d+)\.0$", r"\1", regex=True))
    index["again"] = index.groupby(key, dropna=False).cumcount() if key else range(len(frame))
    return frame.set_index(pd.MultiIndex.from_frame(index))


def named(place: tuple) -> str:
    """Return a row's key in words."""
    *key, again = place
    return ", ".join(part or "(empty)" for part in key) + (f" ({again + 1})" if again else "")


def compare_column(
    name: str, old: pd.Series, new: pd.Series, allowed: pd.DataFrame, said: Comparison
) -> None:
    """Say how a column of matched rows agrees; `allowed` has its tolerances per row."""
    other = old != new
    if not other.any():
        said.note(f"{name}: equal bytes ({len(old)})")
        return
    a, b = numbers(old[other]), numbers(new[other])
    gap, size = (a - b).abs(), np.maximum(a.abs(), b.abs())
    limit = np.maximum(allowed.loc[other, "absolute"], allowed.loc[other, "relative"] * size)
    bad = ~(gap <= limit)
    if bad.any():
        cells = zip(old[other][bad].items(), new[other][bad], strict=True)
        examples = [f"{named(key)}: {was!r}, now {now!r}" for (key, was), now in cells]
        said.differs(f"{name}: {bad.sum()} of {len(old)} differ", examples)
    if not bad.all():
        kept, ratio = gap[~bad], (gap / size).fillna(0.0)[~bad]
        said.note(
            f"{name}: {len(kept)} of {len(old)} equal within tolerance, at most {kept.max():.1e} "
            f"apart ({named(kept.idxmax())}), relative {ratio.max():.1e} ({named(ratio.idxmax())})"
        )


@dataclass
class Move:
    """Rows of an old table and where they stand in the new one."""

    table: str
    old: pd.DataFrame
    new: pd.DataFrame
    rename: Mapping[str, str]
    key: list[str]
    lost: Mapping[str, str]  # old columns that left -> reason


def tolerances(move: Move, rules: dict[str, Any], tolerance: float, floor: float) -> dict:
    """Return for each old column its relative and absolute tolerance in each row."""
    plain = {"relative": tolerance, "absolute": floor}
    found = {
        column: pd.DataFrame({name: value for name, value in plain.items()}, index=move.old.index)
        for column in move.old
    }
    for rule in rules["tolerance"]:
        if rule["table"] == move.table:
            rows = chosen(move.old, rule.get("where", {}))
            for column in found.keys() & set(rule["columns"]):
                for name in plain.keys() & rule.keys():
                    found[column].loc[rows, name] = float(rule[name])
    return found


def compare_rows(move: Move, allowed: dict, said: Comparison) -> pd.Index:
    """Compare rows of an old table with a new one; return the places of the new rows matched."""
    renamed = {column: move.rename.get(column, column) for column in move.old}
    before = move.old.rename(columns=renamed)
    gone = [old for old, new in renamed.items() if new not in move.new and old not in move.lost]
    if gone:
        said.differs(f"columns that are not in the new table: {', '.join(gone)}", [])
    shared = {old: new for old, new in renamed.items() if new in move.new and old not in move.lost}
    key = [column for column in move.key if column in before and column in move.new]
    if missing := [column for column in move.key if column not in key]:
        said.differs(f"key columns that are not in both tables: {', '.join(missing)}", [])
    columns = list(shared.values())
    old = keyed(before[columns].assign(_row=move.old.index.astype(str)), key)
    new = keyed(move.new[columns].assign(_row=move.new.index.astype(str)), key)
    lost = old.index.difference(new.index)
    if len(lost):
        said.differs(f"{len(lost)} of {len(old)} rows are gone", [named(row) for row in lost])
    both = old.index.intersection(new.index)
    old, new = old.loc[both], new.loc[both]
    rows = old["_row"].astype(int)
    for column, name in shared.items():
        if name not in key:
            label = name if name == column else f"{column} -> {name}"
            limits = allowed[column].loc[rows].set_axis(both)
            compare_column(label, old[name], new[name], limits, said)
    return pd.Index(new["_row"].astype(int))


def moves(
    name: str, table: pd.DataFrame, tables: Mapping[str, pd.DataFrame], rules: dict
) -> Iterator[tuple[str, Move | str]]:
    """Yield where the rows of an old table went, or why they left; the first entry that fits."""
    rest = table
    for entry in rules["left"]:
        if entry["table"] == name and "columns" not in entry:
            rows = chosen(rest, entry.get("where", {}))
            if rows.any():
                yield f"{rows.sum()} rows", entry["reason"]
            rest = rest[~rows]
    entries = [entry for entry in rules["moved"] if entry["old"] == name]
    for entry in [*entries, {"old": name, "new": name}]:
        rows = chosen(rest, entry.get("where", {}))
        # The last entry is the table itself, for what no other entry took.
        if rows.any() or (not entries and len(table) == 0):
            target = entry["new"]
            yield target, _move(name, rest[rows], tables.get(target), entry, rules)
        rest = rest[~rows]


def _move(
    name: str, rows: pd.DataFrame, new: pd.DataFrame | None, entry: Mapping, rules: dict
) -> Move | str:
    if new is None:
        return ""
    rows = rows.assign(**entry.get("set", {}))
    for column, words in entry.get("values", {}).items():
        rows[column] = rows[column].replace(words)
    rename = entry.get("rename", {})
    lost = {
        column: left["reason"]
        for left in rules["left"]
        if left["table"] == name and chosen(rows, left.get("where", {})).all()
        for column in left.get("columns", [])
    }
    default = rules["key"].get(name) or [column for column in rows if whole_or_text(rows[column])]
    key = entry.get("key") or [rename.get(column, column) for column in default]
    return Move(name, rows, new, rename, [column for column in key if column not in lost], lost)


def compare_study(
    old: Path, new: Path, rules: dict, tolerance: float, floor: float, said: Comparison
) -> None:
    """Compare the tables of one study."""
    tables = {path.stem: read(path) for path in sorted(new.glob("*.csv"))}
    matched: dict[str, set[int]] = {}
    for path in sorted(old.glob("*.csv")):
        name = path.stem
        for target, move in moves(name, read(path), tables, rules):
            where = f"{old.name}/{name}" + ("" if target == name else f" -> {target}")
            if isinstance(move, str):
                if move:
                    said.lines.append(f"{where}: left: {move}")
                else:
                    said.differs(f"{where}: there is no such table", [])
                continue
            said.lines.append(f"{where}: {len(move.old)} rows by {', '.join(move.key)}")
            for column, reason in move.lost.items():
                said.note(f"{column}: left: {reason}")
            found = compare_rows(move, tolerances(move, rules, tolerance, floor), said)
            matched.setdefault(target, set()).update(found)
    for name, table in tables.items():
        _look_for_more(f"{old.name}/{name}", name, table, matched, rules, said)


def _look_for_more(
    where: str, name: str, table: pd.DataFrame, matched: dict, rules: dict, said: Comparison
) -> None:
    """Say which rows of a new table have no counterpart among the old ones."""
    if name not in matched:
        said.lines.append(f"{where}: a new table ({len(table)} rows)")
        return
    more = table[~table.index.isin(matched[name])]
    for entry in rules["came"]:
        if entry["table"] == name:
            rows = chosen(more, entry.get("where", {}))
            if rows.any():
                said.lines.append(f"{where}: {rows.sum()} rows came: {entry['reason']}")
            more = more[~rows]
    if len(more):
        examples = [", ".join(row) for row in more.itertuples(index=False)]
        said.differs(f"{where}: {len(more)} rows that were not there", examples)


def compare(
    old: Path, new: Path, rules: dict, tolerance: float = 1e-9, floor: float = 1e-15
) -> Comparison:
    """Compare all studies of two folders of processed tables."""
    said = Comparison()
    for study in sorted(path for path in old.iterdir() if path.is_dir()):
        if (new / study.name).is_dir():
            compare_study(study, new / study.name, rules, tolerance, floor, said)
        else:
            said.differs(f"{study.name}: there is no such study", [])
    return said


def main() -> int:
    parser = argparse.ArgumentParser(description="Do two builds hold the same numbers?")
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path)
    parser.add_argument("--tolerance", type=float, default=1e-9, help="relative")
    parser.add_argument("--floor", type=float, default=1e-15, help="absolute")
    parser.add_argument("--map", type=Path, default=MAP)
    parser.add_argument("--brief", action="store_true", help="leave out what is equal")
    given = parser.parse_args()
    for folder in (given.old, given.new):
        if not folder.is_dir() or not any(folder.glob("*/*.csv")):
            _stop(f"{folder}: is no folder of studies with tables; build them first")
    said = compare(given.old, given.new, read_map(given.map), given.tolerance, given.floor)
    equal = ": equal bytes ("
    print(*(line for line in said.lines if not (given.brief and equal in line)), sep="\n")
    print(f"{said.differences} differences" if said.differences else "the same numbers")
    return 1 if said.differences else 0


if __name__ == "__main__":
    sys.exit(main())
