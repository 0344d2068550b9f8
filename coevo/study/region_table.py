"""The table of regions of a study, and the regions that its config names."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from coevo.arrays import Config
from coevo.errors import StudyError, short
from coevo.panel.derivations import DERIVATIONS, parse
from coevo.schema import LANGUAGES
from coevo.study.config_text import TextRows, read_rows
from coevo.study.configuration import ASKED

OWN_GROUPS = "nbs_region"  # a table of regions may do without it: then they have no groups
CODE = re.compile(r"[\w.-]+")  # as the schema of the config allows it
SETS = ("provinces", "cities", "countries")  # tables of regions that ship, for every study
RESERVED = ("all", "pooled")  # what tables of results call all regions together
NAMES = tuple(f"name_{language}" for language in LANGUAGES)
TILE = ("tile_row", "tile_column")


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
    if problems := [f"{path}: {line}" for line in _row_problems(rows, names)]:
        raise StudyError(*problems)
    return rows


def _row_problems(rows: TextRows, names: list[str]) -> Iterator[str]:
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
        asked = [row["region"] for row in rows if ASKED in row[name]]
        if asked:
            more = f" and {len(asked) - 1} more" if len(asked) > 1 else ""
            yield (
                f"{name}: still says {ASKED} ({asked[0]}{more}); write the names in Latin or "
                "Chinese signs"
            )


def chosen_regions(config: Config, places: Sequence[Mapping[str, str]]) -> list[str]:
    """Return the codes that the config's `regions` leave of a table of regions."""
    chosen, codes = config["regions"], [row["region"] for row in places]
    if isinstance(chosen, Mapping):
        return [code for code in codes if code not in chosen["without"]]
    return codes if chosen == "all" else list(chosen)


def regions_read(config: Config, indicators: TextRows, path: str) -> list[str] | None:
    """Return the codes of the regions that are read from the files, or None: all.

    All, too, if a figure of one region derives from those of all. path: of the table of regions.
    """
    derived = (parse(row["derivation"])[0] for row in indicators if row["derivation"])
    every = config["regions"] == "all" or any(DERIVATIONS[name].shared for name in derived)
    return None if every else chosen_regions(config, read_regions(path))


def region_problems(config: Config, places: TextRows, path: str) -> Iterator[str]:
    """Yield the regions and groups in the config that the table of regions has not."""
    codes = {row["region"] for row in places}
    chosen = config["regions"]
    named = chosen["without"] if isinstance(chosen, Mapping) else [] if chosen == "all" else chosen
    groups = config["regional"]["groups"]
    if config["subsystems"] and groups not in (*places[0], OWN_GROUPS):
        known = ", ".join(places[0])
        yield f"regional.groups: '{groups}' is no column of {path}; known: {known}"
    for key, listed in (("regions", named), ("focus_region", [config["focus_region"]])):
        for code in listed:
            if code not in codes:
                yield f"{key}: '{code}' is no region of {path}; correct it"
