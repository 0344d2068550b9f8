"""Take over raw files that changed: show which figures did, then renew their rows of `sources.csv`.

The figures are compared with those that the last build read.
"""

import datetime
from argparse import Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from coevo.errors import StudyError
from coevo.files import read_table, sha256_of, write_text
from coevo.study.config_text import read_rows
from coevo.study.new_study import as_csv
from coevo.study.raw_files import source_rows, sources_path
from coevo.study.readiness import check_study

MOST = 20  # changed figures of a file that are shown
PLACE = ["region", "year", "indicator"]


def main(chosen: Namespace) -> int:
    """Show what changed, renew the rows, and return the exit code."""
    checked = check_study(chosen.config)
    table, rows = sources_path(checked.config["raw"]), source_rows(checked.config["raw"])
    if not table:
        raise StudyError(f"coevo: there is no sources.csv in {checked.config['raw']} to renew")
    if chosen.file and chosen.file not in rows:
        raise StudyError(f"{table}: has no row for {chosen.file}; say where the file is from")
    files = [chosen.file] if chosen.file else [file for file in checked.files if file in rows]
    changed = [file for file in files if rows[file].get("sha256") != sha256_of(file)]
    if not changed:
        print("coevo: no raw file has changed since sources.csv was written")
        return 0
    read = Path("data", "processed", checked.config["study"], "observations.csv")
    former = read_table(read, "observations") if read.is_file() else None
    for file in changed:
        print(f"{file}:")
        print(*changes(former, checked.observations, file), sep="\n")
    renew(table, changed)
    print(f"coevo: {table} has the new SHA-256 and today's date of {', '.join(changed)}")
    return 0


def changes(former: pd.DataFrame | None, now: pd.DataFrame, file: str) -> Iterator[str]:
    """Yield a line on each figure of a file that is another than in the last build."""
    if former is None:
        yield "  cannot be compared: nothing is built of the study"
        return
    old, new = (part[part["file"] == file].set_index(PLACE) for part in (former, now))
    joined = old[["value"]].add_suffix("_old").join(new[["value", "cell"]], how="outer")
    values = joined[["value_old", "value"]]
    same = values["value_old"].eq(values["value"]) | values.isna().all(axis=1)
    lines = [
        f"  {' '.join(map(str, row.Index))} ({row.cell}): {row.value_old:.15g} -> {row.value:.15g}"
        for row in joined[~same].itertuples()
    ]
    yield from lines[:MOST] or ["  no figure that the study reads has changed"]
    if len(lines) > MOST:
        yield f"  and {len(lines) - MOST} more figures"


def renew(table: str, files: Sequence[str]) -> None:
    """Write the check sums and today's date of files into a table of sources."""
    rows = read_rows(table)
    paths = [Path(table).parent.joinpath(row["file"]).as_posix() for row in rows]
    today = f"{datetime.date.today()}"
    for row, path in zip(rows, paths, strict=True):
        if path in files:
            row |= {"sha256": sha256_of(path), "accessed": today}
    write_text(as_csv(rows, [*dict.fromkeys(name for row in rows for name in row)]), table)
