"""Whether two builds hold the same numbers, table by table and column by column.

    python benchmarks/same_numbers.py OLD NEW [--tolerance 1e-9] [--map FILE] [--brief]

OLD and NEW are two folders `data/processed`, of which all studies are compared. Every column of
every old table is equal byte by byte, equal within the tolerance (then the largest difference is
named), or different (then cells are named by their key). Two numbers are equal if they differ by
at most `tolerance` times the larger of them, or by at most 1e-15. Rows are matched by key, so
their order does not matter. What was renamed, moved or removed between the two builds, and where
another tolerance holds, stands in the map (`benchmarks/numbers_0_18_0.toml` says how to write it).
What is new in NEW is noted and is no difference, except rows of a table that OLD has too.

The tables are read here as text, without the package, so that a change of it hides nothing.
The exit code is 1 if anything differs, 2 if a folder or the map cannot be used.
"""

import argparse
import sys
import tomllib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

MAP = Path(__file__).with_name("numbers_0_18_0.toml")
SHOWN = 5  # cells or rows named of each column or table that differs
WORDS = {  # what an entry of the map may hold
    "tolerance": {"table", "columns", "where", "relative", "absolute", "reason"},
    "moved": {"old", "new", "where", "key", "set", "rename", "values"},
    "left": {"table", "columns", "where", "reason"},
    "came": {"table", "where", "reason"},
}


@dataclass
class Comparison:
    """The map, the usual tolerances, lines to read, and how many of them tell of a difference."""

    rules: dict[str, Any]
    usual: dict[str, float]
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

    def of(self, kind: str, table: str) -> list[dict[str, Any]]:
        """Return the entries of a kind for a table."""
        of = "old" if kind == "moved" else "table"
        return [entry for entry in self.rules[kind] if entry[of] == table]


def read(path: Path) -> pd.DataFrame:
    """Return a CSV table with every cell as text."""
    return pd.read_csv(path, dtype=str, na_filter=False, encoding="utf-8-sig")


def read_map(path: Path) -> dict[str, Any]:
    """Return the map; an entry with a word that means nothing ends the program."""
    found = {"key": {}} | {kind: [] for kind in WORDS} | tomllib.loads(path.read_text("utf-8"))
    unknown = set(found) - set(WORDS) - {"key"}
    for kind, known in WORDS.items():
        unknown |= set().union(*found[kind]) - known
    if unknown:
        _stop(f"{path.name}: unknown {', '.join(sorted(unknown))}")
    return found


def _stop(line: str) -> None:
    print(line, file=sys.stderr)
    sys.exit(2)


def chosen(frame: pd.DataFrame, where: Mapping[str, str | list[str]]) -> pd.Series:
    """Return which rows hold, in each column named, one of the values; `*` stands for any text."""
    rows = pd.Series(True, index=frame.index)
    for column, patterns in where.items():
        allowed = [patterns] if isinstance(patterns, str) else patterns
        fits = [any(fnmatchcase(cell, one) for one in allowed) for cell in frame.get(column, [])]
        rows &= np.array(fits) if column in frame else False
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
    other = (old != new).to_numpy()
    if not other.any():
        said.note(f"{name}: equal bytes ({len(old)})")
        return
    a, b = numbers(old[other]), numbers(new[other])
    gap, size = (a - b).abs(), np.maximum(a.abs(), b.abs())
    limits = allowed[other]
    limit = np.maximum(limits["absolute"].to_numpy(), limits["relative"].to_numpy() * size)
    bad = ~(gap <= limit)
    if bad.any():
        cells = zip(old[other][bad].items(), new[other][bad], strict=True)
        examples = [f"{named(key)}: {was!r}, now {now!r}" for (key, was), now in cells]
        said.differs(f"{name}: {bad.sum()} of {len(old)} differ", examples)
    if not bad.all():
        kept, ratio = gap[~bad], (gap / size).fillna(0.0)[~bad]
        said.note(
            f"{name}: {len(kept)} of {len(old)} equal within tolerance, at most {kept.max():.1e} "
            f"apart, relative {ratio.max():.1e} ({named(ratio.idxmax())})"
        )


def tolerances(table: str, column: str, rows: pd.DataFrame, said: Comparison) -> pd.DataFrame:
    """Return the relative and absolute tolerance of an old column in each row."""
    found = pd.DataFrame(said.usual, index=rows.index)
    for rule in said.of("tolerance", table):
        if column in rule["columns"]:
            here = chosen(rows, rule.get("where", {}))
            for name in said.usual.keys() & rule.keys():
                found.loc[here, name] = float(rule[name])
    return found


def compare_rows(
    table: str, rows: pd.DataFrame, new: pd.DataFrame, entry: Mapping, said: Comparison
) -> pd.Index:
    """Compare rows of an old table with a new one; return the places of the new rows matched."""
    rows = rows.assign(**entry.get("set", {}))
    for column, words in entry.get("values", {}).items():
        rows[column] = rows[column].replace(words)
    lost = {
        column: left["reason"]
        for left in said.of("left", table)
        if chosen(rows, left.get("where", {})).all()
        for column in left.get("columns", [])
    }
    for column, reason in lost.items():
        said.note(f"{column}: left: {reason}")
    renamed = {column: entry.get("rename", {}).get(column, column) for column in rows}
    gone = [old for old, name in renamed.items() if name not in new and old not in lost]
    if gone:
        said.differs(f"columns that are not in the new table: {', '.join(gone)}", [])
    shared = {old: name for old, name in renamed.items() if name in new and old not in lost}
    usual = said.rules["key"].get(table) or [one for one in rows if whole_or_text(rows[one])]
    wanted = entry.get("key") or [renamed.get(one, one) for one in usual]
    key = [column for column in wanted if column in shared.values()]
    places = pd.RangeIndex(len(rows)).astype(str)
    before = rows.rename(columns=renamed)[[*shared.values()]].assign(_row=places)
    old = keyed(before, key)
    after = keyed(new[[*shared.values()]].assign(_row=new.index.astype(str)), key)
    if len(away := old.index.difference(after.index)):
        said.differs(f"{len(away)} of {len(old)} rows are gone", [named(row) for row in away])
    both = old.index.intersection(after.index)
    old, after = old.loc[both], after.loc[both]
    for column, name in shared.items():
        if name not in key:
            label = name if name == column else f"{column} -> {name}"
            allowed = tolerances(table, column, rows, said).iloc[old["_row"].astype(int)]
            compare_column(label, old[name], after[name], allowed, said)
    return pd.Index(after["_row"].astype(int))


def compare_study(old: Path, new: Path, said: Comparison) -> None:
    """Compare the tables of one study; a row goes with the first entry of the map that fits."""
    tables = {path.stem: read(path) for path in sorted(new.glob("*.csv"))}
    matched: dict[str, set[int]] = defaultdict(set)
    for path in sorted(old.glob("*.csv")):
        name, rest = path.stem, read(path)
        empty = rest.empty
        for entry in said.of("left", name):
            empty &= bool(entry.keys() & {"columns", "where"})  # else all of it left
            if "columns" not in entry:
                rest = _explained(f"{old.name}/{name}", rest, entry, "left", said)
        moved = said.of("moved", name)
        for entry in [*moved, {"new": name}]:
            rows, target = chosen(rest, entry.get("where", {})), entry["new"]
            where = f"{old.name}/{name}" + ("" if target == name else f" -> {target}")
            if not rows.any() and not (empty and not moved):
                continue
            if target not in tables:
                said.differs(f"{where}: there is no such table", [])
            else:
                said.lines.append(f"{where}: {rows.sum()} rows")
                found = compare_rows(name, rest[rows], tables[target], entry, said)
                matched[target].update(found)
            rest = rest[~rows]
    for name, table in tables.items():
        where = f"{old.name}/{name}"
        if name not in matched:
            said.lines.append(f"{where}: a new table ({len(table)} rows)")
            continue
        more = table[~table.index.isin(matched[name])]
        for entry in said.of("came", name):
            more = _explained(where, more, entry, "came", said)
        if len(more):
            examples = [", ".join(row) for row in more.itertuples(index=False)]
            said.differs(f"{where}: {len(more)} rows that were not there", examples)


def _explained(
    where: str, rows: pd.DataFrame, entry: Mapping, word: str, said: Comparison
) -> pd.DataFrame:
    """Return the rows that an entry of the map does not explain."""
    fits = chosen(rows, entry.get("where", {}))
    if fits.any():
        said.lines.append(f"{where}: {fits.sum()} rows {word}: {entry['reason']}")
    return rows[~fits]


def compare(old: Path, new: Path, rules: dict, tolerance: float = 1e-9) -> Comparison:
    """Compare all studies of two folders of processed tables."""
    said = Comparison(rules, {"relative": tolerance, "absolute": 1e-15})
    for study in sorted(path for path in old.iterdir() if path.is_dir()):
        if (new / study.name).is_dir():
            compare_study(study, new / study.name, said)
        else:
            said.differs(f"{study.name}: there is no such study", [])
    return said


def main() -> int:
    parser = argparse.ArgumentParser(description="Do two builds hold the same numbers?")
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path)
    parser.add_argument("--tolerance", type=float, default=1e-9, help="relative")
    parser.add_argument("--map", type=Path, default=MAP)
    parser.add_argument("--brief", action="store_true", help="leave out what is equal")
    given = parser.parse_args()
    for folder in (given.old, given.new):
        if not folder.is_dir() or not any(folder.glob("*/*.csv")):
            _stop(f"{folder}: is no folder of studies with tables; build them first")
    said = compare(given.old, given.new, read_map(given.map), given.tolerance)
    equal = ": equal bytes ("
    print(*(line for line in said.lines if not (given.brief and equal in line)), sep="\n")
    print(f"{said.differences} differences" if said.differences else "the same numbers")
    return 1 if said.differences else 0


if __name__ == "__main__":
    sys.exit(main())
