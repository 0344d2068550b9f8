"""A new study: made from templates, with a CSV to fill in, or begun from downloads.

It is written into this folder. Of downloads it says what was found, what was written, and what a
person must decide.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from coevo.arrays import Config, Row
from coevo.equilibria.possible_outputs import proposed_pair
from coevo.errors import PROGRAM, Problems, StudyError, short
from coevo.files import write_bytes
from coevo.observations.cells import readings
from coevo.observations.names import aliases
from coevo.observations.units import named, sharers
from coevo.study.config_tables import check_indicators
from coevo.study.config_text import read_rows
from coevo.study.configuration import ASKED, DEFAULT, complete, name_problem, read_config
from coevo.study.found_tables import Survey, TableFound, in_order, survey
from coevo.study.proposal import Indicator, Proposal, propose
from coevo.study.raw_files import VINTAGE
from coevo.study.regions import NAMES, SETS, chosen_regions, set_of_regions
from coevo.study.templates import filled
from coevo.study.terminal import NEEDED, WIDTH, said, span, standing, wrapped_lines

LONGEST = 40  # characters of a name: it is part of paths
TABLE, REGIONS, RAW = "config/indicators.csv", "config/regions.csv", "data/raw"
SPAN = 6  # years of a study that names none, up to the year before the vintage


@dataclass(frozen=True)
class Wish:
    """What is asked for: name of the study, its years, the vintage folder of its raw files.

    source: a folder or a file that the study is begun from, as it was typed; its years are then
    those of the files, where `first` or `last` is 0, and its set of regions the one that fits,
    unless `regions` names another.
    """

    study: str
    first: int
    last: int
    vintage: str
    source: str = ""
    regions: str = ""


def wish(
    study: str, first: str, last: str, vintage: str, month: str, source: str = "", regions: str = ""
) -> Wish:
    """Return what is asked for, in words of which all but the study may be empty.

    The vintage is then `month` (YYYY-MM), the last year the one before it, the first the sixth from
    there. Raises `StudyError` with every word that is not understood.
    """
    problems, vintage = Problems(), vintage or month
    problems.extend(filter(None, [name_problem(study, LONGEST)]))
    if not VINTAGE.fullmatch(vintage):
        problems.add(f"vintage: '{vintage}' is not a year and month; write it as {month}")
    for key, year in (("first", first), ("last", last)):
        if year and not re.fullmatch(r"[0-9]{4}", year):
            problems.add(f"{key}: '{year}' is not a year; write it as 2018")
    problems.check()
    if source:
        return Wish(study, int(first or 0), int(last or 0), vintage, source, regions)
    end = int(last or int(vintage[:4]) - 1)
    return Wish(study, int(first or end - SPAN + 1), end, vintage)


def _checked(config: Config, name: str) -> dict[str, Any]:
    """Return the config after defaults; that its folder of raw files is there comes later."""
    return {**complete({**config, "raw": "."}, name), "raw": config["raw"]}


def written(path: str, content: str | bytes) -> str:
    """Write a file unless it is there; say which."""
    if Path(path).exists():
        return f"kept     {path}"
    write_bytes(content.encode("utf-8") if isinstance(content, str) else content, path)
    return f"written  {path}"


def begin_study(wanted: Wish) -> list[str]:
    """Write what is not there yet of a study; return a line per file, then what to do next.

    Nothing is overwritten: a config or a table that is there is read, and the CSV to fill in is
    made from it. Raises `StudyError` for years, or an existing config or table, that are not right.
    """
    name = Path(DEFAULT).name
    text = filled("new/config.yaml", **vars(wanted))
    there = Path(DEFAULT).exists()
    config = _checked(read_config(DEFAULT) if there else yaml.safe_load(text), name)
    years, table, regions = config["years"], config["indicators"], config["regions_table"]
    lines = [written(DEFAULT, text) + f" (years {years['first']} to {years['last']})"]
    lines.append(written(table, (PROGRAM / "workflow/new/indicators.csv").read_bytes()))
    lines.append(written(regions, set_of_regions(SETS[0]).read_bytes()))
    indicators = check_indicators(config, regions, name)
    path = f"{config['raw']}/{wanted.vintage}/{config['study']}.csv"
    lines.append(written(path, blank_table(indicators, read_rows(regions), config)))
    return [*lines, *said("fill_in.txt", study=wanted.study, table=table, path=path)]


def blank_table(indicators: Sequence[Row], regions: Sequence[Row], config: Config) -> bytes:
    """Return the CSV to fill in: a row per region and year, a column per published indicator.

    A head names the indicator as the files do, with its unit in brackets. The file begins with a
    byte-order mark, by which Excel knows its encoding.
    """
    sources = [row for row in indicators if row["source_name"]]
    heads = [f"{aliases(row['source_name'])[0]}({named(row['unit'], 'zh')})" for row in sources]
    chosen, years = chosen_regions(config, regions), config["years"]
    names = [row.get("name_zh") or row["name_en"] for row in regions if row["region"] in chosen]
    places = product(names, range(years["first"], years["last"] + 1))
    rows = [{"地区 Region": region, "年份 Year": year} for region, year in places]
    return as_csv(rows, [*rows[0], *heads]).encode("utf-8-sig")


def begin_from_files(wanted: Wish, home: str | Path = "") -> list[str]:
    """Write a study from the files of a folder; return what was found and what comes next.

    home: the folder in which its path was typed. The files are copied into the vintage folder of
    the study. Raises `StudyError` where they suggest no study.
    """
    source = Path(home, wanted.source)
    if not source.exists():
        raise StudyError(f"from: there is no {wanted.source}; name a folder or a file")
    downloads = survey(source)
    proposal = propose(downloads, (wanted.first, wanted.last), wanted.regions)
    regions = proposal.regions
    config = _config_text(proposal, wanted, downloads)
    table = as_csv(regions.rows) if regions.rows else set_of_regions(regions.known).read_bytes()
    lines = _summary(downloads, proposal)
    folder = source if source.is_dir() else source.parent
    for path in downloads.files:
        place = f"{RAW}/{wanted.vintage}/{path.relative_to(folder).as_posix()}"
        lines.append(written(place, path.read_bytes()))
    lines.append(written(REGIONS, table))
    lines.append(written(TABLE, as_csv(proposal.rows)))
    lines.append(written(DEFAULT, config))
    of_parts = any(row.get("frequency") for row in proposal.rows)
    unnamed = any(ASKED in text for row in regions.rows for text in row.values())
    steps = said("decide.txt", study=wanted.study, of_parts=of_parts, unnamed=unnamed)
    return [*lines, *steps]


def _config_text(proposal: Proposal, wanted: Wish, downloads: Survey) -> str:
    """Return the config of the study that the files suggest."""
    used = {one.name for one in proposal.indicators}
    unread = [t.place for t in downloads.tables if not used & {*t.figures["name"]}]
    pair, could = proposed_pair(proposal.outputs), standing(proposal.outputs)
    values = {
        "unstated": {
            one.row["source_name"]: one.row["unit"] for one in proposal.indicators if one.is_silent
        },
        "doubtful": [(number, *readings(number)) for number in downloads.doubtful[:1]],
        "aside": in_order([*downloads.aside, *unread]),
        "subsystems": in_order([row["subsystem"] for row in proposal.rows if row["subsystem"]]),
        "pair": pair,
        "could_be": wrapped_lines(could if pair else f"{NEEDED}; {could}", WIDTH - 4),
    }
    return filled("new/found.yaml", **vars(wanted) | vars(proposal) | values)


def as_csv(
    rows: Sequence[Sequence[Any] | Mapping[str, Any]], columns: Sequence[str] | None = None
) -> str:
    """Return rows as CSV, as the tables of the configuration are; columns of no row are empty."""
    return str(pd.DataFrame(rows, columns=columns).to_csv(index=False, lineterminator="\n"))


def _summary(downloads: Survey, proposal: Proposal) -> list[str]:
    """Return what was found: tables, indicators, regions, and what was not understood."""
    regions, indicators = proposal.regions, proposal.indicators
    names = [row.get("name_en") or row["name_zh"] for row in regions.rows]
    listed = ", ".join(name.removeprefix(f"{ASKED} ") for name in names)
    values = vars(proposal) | {
        "shared": {one.printed: one.row["unit"] for one in indicators if sharers(one.printed)},
        "unnamed": any(ASKED in row.values() for row in regions.rows),
        "unprinted": {
            column: [row["codes"] for row in regions.rows if f"{ASKED} " in row.get(column, "")]
            for column in NAMES
        },
        "coded": [one.row["source_name"] for one in indicators if ASKED in one.row["label_en"]],
        "levels": [(codes, set(codes) >= set(proposal.whole)) for codes in proposal.levels],
    }
    undecided = [line for line in said("undecided.txt", **values) if line]
    values |= {
        "tables": [_table_row(table) for table in downloads.tables],
        "indicators": [_indicator_row(one) for one in indicators],
        "fits": " and ".join(f"{name} has {count}" for name, count in regions.fits),
        "names": listed and short(listed, 3 * WIDTH),
        "pair": proposed_pair(proposal.outputs),
        "needed": NEEDED,
        "unclear": [*undecided, *regions.also, *downloads.unclear],
    }
    return said("found.txt", **values)


def _table_row(table: TableFound) -> tuple[str, ...]:
    rows = table.figures
    counts = (str(rows["name"].nunique()), str(len(rows)))
    years = span(rows["year"].astype(int))
    return f"{table.place}: {table.layout}", str(rows["region"].nunique()), years, *counts


def _indicator_row(one: Indicator) -> tuple[str, ...]:
    row = one.row
    counts = (str(one.regions), span(one.years), str(one.figures))
    return (row["source_name"], row["indicator"], row["unit"], *counts)
