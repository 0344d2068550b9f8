"""Tables of regions: the sets that ship, and that of a study."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from coevo.errors import PROGRAM, StudyError, short
from coevo.files import read_table
from coevo.schema import LANGUAGES
from coevo.study.config_text import TextRows, read_rows
from coevo.study.configuration import ASKED

if TYPE_CHECKING:
    import pandas as pd

    from coevo.arrays import Config

CODE = re.compile(r"[\w.-]+")  # as the schema of the config allows it
SETS = ("provinces", "cities", "countries")  # that ship; what has a name of another is remarked
# all sets that a new study may take
PROPOSED = (*SETS, "us-states", "brazilian-states", "indian-states", "japanese-prefectures")
RESERVED = ("all", "pooled")  # what tables of results call all regions together
NAMES = tuple(f"name_{language}" for language in LANGUAGES)
TILE = ("tile_row", "tile_column")


def set_of_regions(name: str) -> Path:
    """Return the table of a set of `PROPOSED`."""
    return PROGRAM / "config" / "regions" / f"{name}.csv"


def shipped_sets(names: Sequence[str]) -> dict[str, pd.DataFrame]:
    """Return the tables of sets of `PROPOSED` by name."""
    return {name: read_table(set_of_regions(name), "regions") for name in names}


def regions_table(config: Config) -> str:
    """Return the path of the table of regions: of the study, else the program's of that name."""
    path, shipped = Path(config["regions_table"]), PROGRAM / config["regions_table"]
    return str(shipped if shipped.is_file() and not path.is_file() else path.as_posix())


def read_regions(path: str) -> TextRows:
    """Return the rows of a table of regions: codes, and a name in one language at least.

    Raises `StudyError` with a line per problem: no file, no column `region`, no column of names, a
    code that stands twice or is none, a region without a name, two regions on one tile.
    """
    if not Path(path).is_file():
        raise StudyError(f"regions_table: there is no file {path}; write the table of regions")
    rows = read_rows(path)
    names = [column for column in NAMES if column in rows[0]]
    if "region" not in rows[0]:
        raise StudyError(f"{path}: column 'region' is missing; add it")
    if not names:
        raise StudyError(f"{path}: has no names; add a column {' or '.join(NAMES)}")
    if problems := [f"{path}: {line}" for line in _region_row_problems(rows, names)]:
        raise StudyError(*problems)
    return rows


def _region_row_problems(rows: TextRows, names: list[str]) -> Iterator[str]:
    taken: dict[tuple[str, ...], str] = {}
    seen = set()
    for row in rows:
        code, tile = row["region"], tuple(row.get(column, "") for column in TILE)
        if not CODE.fullmatch(code) or code in RESERVED:
            yield (
                f"'{short(code)}' cannot be the code of a region; use letters, digits and . - _, "
                f"and not {' or '.join(RESERVED)}"
            )
        if code in seen:
            yield f"{code}: stands in two rows; keep one"
        if not any(row[name] for name in names):
            yield f"{code}: has no name; write one"
        if any(tile) and tile in taken:
            yield f"{code}: has the tile of {taken[tile]}; give it another, or none"
        seen.add(code)
        taken.setdefault(tile, code)
    for name in names:
        unwritten = [row["region"] for row in rows if ASKED in row[name]]
        if unwritten:
            more = f" and {len(unwritten) - 1} more" if len(unwritten) > 1 else ""
            yield (
                f"{name}: still says {ASKED} ({unwritten[0]}{more}); write the names in Latin or "
                "Chinese signs"
            )


def chosen_regions(config: Config, places: Sequence[Mapping[str, str]]) -> list[str]:
    """Return the codes that the config's `regions` leave of a table of regions."""
    chosen, codes = config["regions"], [row["region"] for row in places]
    if isinstance(chosen, Mapping):
        return [code for code in codes if code not in chosen["without"]]
    return codes if chosen == "all" else list(chosen)
