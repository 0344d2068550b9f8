"""A new study: made from templates, with a workbook to fill in, or begun from downloads.

It is written into this folder. Of downloads it says what was found, what was written, and what a
person must decide.
"""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

import pandas as pd
import yaml

from coevo.arrays import Config
from coevo.equilibria.possible_outputs import proposed_pair
from coevo.errors import Problems, StudyError, short
from coevo.files import write_bytes
from coevo.observations.cells import readings
from coevo.observations.units import sharers
from coevo.study.config_tables import check_indicators
from coevo.study.config_text import read_rows
from coevo.study.configuration import (
    ASKED,
    DEFAULT,
    complete,
    name_problem,
    read_config,
    read_schema,
)
from coevo.study.fill_in import TEMPLATES, blank_workbook, marks_in_words
from coevo.study.found_regions import OWN
from coevo.study.found_tables import Survey, TableFound, in_order, survey
from coevo.study.proposal import UNSTATED, Indicator, Proposal, propose
from coevo.study.raw_files import SOURCES, VINTAGE
from coevo.study.regions import SETS, set_of_regions
from coevo.study.terminal import NEEDED, shown, span, standing, table_lines, wrapped_lines

WIDTH = 100  # columns of the terminal
MOST_TABLES, MOST_LINES = 12, 12
TABLE_HEAD = ("table", "regions", "years", "indicators", "figures")
INDICATOR_HEAD = ("name in the files", "indicator", "unit", "regions", "years", "figures")
LONGEST = 40  # characters of a name: it is part of paths
TABLE, REGIONS, RAW = "config/indicators.csv", "config/regions.csv", "data/raw"
SPAN = 6  # years of a study that names none, up to the year before the vintage


@dataclass(frozen=True)
class Wish:
    """What is asked for: name of the study, its years, the vintage folder of the workbook.

    source: a folder or a file that the study is begun from, as `home` has it, the folder in which
    it was typed; its years are then those of the files, where `first` or `last` is 0, and its set
    of regions the one that fits, unless `regions` names another.
    """

    study: str
    first: int
    last: int
    vintage: str
    source: str = ""
    home: str = ""
    regions: str = ""


def wish(study: str, first: str, last: str, vintage: str, month: str, source: str = "") -> Wish:
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
        return Wish(study, int(first or 0), int(last or 0), vintage, source)
    end = int(last or int(vintage[:4]) - 1)
    return Wish(study, int(first or end - SPAN + 1), end, vintage)


def template(name: str, words: Mapping[str, object]) -> str:
    """Return a template of workflow/new with `$word` filled in."""
    return Template((TEMPLATES / name).read_text(encoding="utf-8")).substitute(words)


def guide(words: Mapping[str, object]) -> list[tuple[str, str]]:
    """Return the lines of the workbook's guide, in Chinese and English."""
    rows = csv.DictReader(io.StringIO(template("guide.csv", words)))
    return [(row["zh"], row["en"]) for row in rows]


def _checked(config: Config, name: str) -> dict[str, Any]:
    """Return the config after defaults; that its folder of raw files is there comes later."""
    return {**complete({**config, "raw": "."}, read_schema("config"), name), "raw": config["raw"]}


def written(path: str, content: str | bytes) -> str:
    """Write a file unless it is there; say which."""
    if Path(path).exists():
        return f"kept     {path}"
    write_bytes(content.encode("utf-8") if isinstance(content, str) else content, path)
    return f"written  {path}"


def begin_study(wanted: Wish) -> list[str]:
    """Write what is not there yet of a study; return a line per file, then what to do next.

    Nothing is overwritten: a config or a table that is there is read, and the workbook is made
    from it. Raises `StudyError` for years, or an existing config or table, that are not right.
    """
    name = Path(DEFAULT).name
    text = template("config.yaml", vars(wanted))
    there = Path(DEFAULT).exists()
    config = _checked(read_config(DEFAULT) if there else yaml.safe_load(text), name)
    years, table, regions = config["years"], config["indicators"], config["regions_table"]
    lines = [written(DEFAULT, text) + f" (years {years['first']} to {years['last']})"]
    lines.append(written(table, template("indicators.csv", {})))
    lines.append(written(regions, set_of_regions(SETS[0]).read_bytes()))
    indicators = check_indicators(config, read_schema("indicators"), regions, name)
    folder = f"{config['raw']}/{wanted.vintage}"
    chinese, english = marks_in_words(config["missing_marks"])
    words = {**vars(wanted), **years, "folder": folder, "marks_zh": chinese, "marks_en": english}
    book = f"{folder}/{config['study']}.xlsx"
    lines.append(
        written(book, blank_workbook(indicators, read_rows(regions), config, guide(words)))
    )
    return [
        *lines,
        "",
        *_steps(
            wanted,
            f"Edit {DEFAULT} (lines marked {ASKED}) and {table}.",
            f"Fill in {book}. For another table: move it out of data/raw, and repeat this command.",
        ),
    ]


def _steps(wanted: Wish, *edits: str) -> Iterator[str]:
    """Yield what is to be done with a study that was begun, a line each."""
    steps = (f"cd {wanted.study}", *edits, "coevo check, then coevo build.")
    yield from (f"{n}. {step}" for n, step in enumerate(steps, start=1))


def begin_from_files(wanted: Wish) -> list[str]:
    """Write a study from the files of a folder; return what was found and what comes next.

    The files are copied into the vintage folder of the study. Raises `StudyError` where they
    suggest no study.
    """
    source = Path(wanted.home, wanted.source)
    if not source.exists():
        raise StudyError(f"from: there is no {wanted.source}; name a folder or a file")
    downloads = survey(source)
    proposal = propose(downloads, (wanted.first, wanted.last), wanted.regions)
    regions = proposal.regions
    config = template("found.yaml", _template_words(proposal, wanted, downloads))
    table = as_csv(regions.rows) if regions.rows else set_of_regions(regions.known).read_bytes()
    lines = list(_summary(downloads, proposal))
    lines += _copied(downloads, source, wanted)
    lines.append(written(REGIONS, table))
    lines.append(written(TABLE, as_csv(proposal.rows)))
    lines.append(written(DEFAULT, config))
    edits = [
        f"Edit {DEFAULT}, the lines marked {ASKED}: title, names, outputs of the model.",
        f"Edit {TABLE}: the subsystem of each indicator; direction - where less is better.",
    ]
    if any(row.get("frequency") for row in proposal.rows):
        edits.append(
            f"Edit {TABLE}: frequency, how a year is made of its parts: sum, mean or last."
        )
    if any(ASKED in text for row in regions.rows for text in row.values()):
        edits.append(f"Edit {REGIONS}: the names marked {ASKED}.")
    edits.append(f"Edit {RAW}/{SOURCES}: where each file is from, and whether it may be passed on.")
    return [*lines, "", *_steps(wanted, *edits)]


def _template_words(proposal: Proposal, wanted: Wish, downloads: Survey) -> dict[str, Any]:
    """Return the words of the template."""
    questions = {
        "en": f"{ASKED}: do the one and the other develop in step?",
        "zh": f"{ASKED}：二者是否协同发展？",
    }
    languages = proposal.languages
    silent = [f"other: {text}" for text in UNSTATED.values()]
    unstated = {r["source_name"]: r["unit"] for r in proposal.rows if r["unit"] in silent}
    systems = in_order([row["subsystem"] for row in proposal.rows if row["subsystem"]])
    named = [
        f"  {name}: {{{', '.join(f'{language}: {ASKED} {name}' for language in languages)}}}"
        for name in systems
    ]
    used = {one.name for one in proposal.indicators}
    read = {table.place for table in downloads.tables if used & {*table.figures["name"]}}
    aside = [*downloads.aside, *(t.place for t in downloads.tables if t.place not in read)]
    aside = in_order(aside)
    pair, could = proposed_pair(proposal.outputs), standing(proposal.outputs)
    could = could if pair else f"{NEEDED}; {could}"
    return {
        "study": wanted.study,
        "source": wanted.source,
        "title": "{" + ", ".join(f'{k}: "{questions[k]}"' for k in languages) + "}",
        "decimal_mark": "".join(map(_asked_mark, downloads.doubtful[:1])),
        "aside": f"aside: {{sheets: {_quoted(aside)}}}  # not read\n" if aside else "",
        "units": _quoted(unstated),
        "subsystems": "\n".join(named),
        "focus": proposal.focus,
        "regions": _quoted(proposal.whole) if proposal.whole else "all",
        "interaction": _quoted(pair or None),
        "outputs": "\n#   ".join(wrapped_lines(could, WIDTH - 4)),
        "first": proposal.years[0],
        "last": proposal.years[1],
        "size": ", ".join(proposal.size),
        "groups": proposal.regions.groups or "nbs_region",
        "languages": ", ".join(languages),
    }


def _asked_mark(number: str) -> str:
    """Return the line of the config that asks what a number is that may be read in two ways."""
    point, comma = readings(number)
    choice = f'"." if {number} in the files is {point}, "," if it is {comma}'
    return f"decimal_mark: {ASKED}  # {choice}\n"


def _quoted(value: object) -> str:
    """Return texts, a list or a mapping of them as YAML and JSON write them."""
    return json.dumps(value, ensure_ascii=False)


def as_csv(rows: Sequence[dict[str, str]], columns: Sequence[str] | None = None) -> str:
    """Return rows as CSV, as the tables of the configuration are."""
    return str(pd.DataFrame(rows, columns=columns).to_csv(index=False, lineterminator="\n"))


def _copied(downloads: Survey, source: Path, wanted: Wish) -> Iterator[str]:
    """Copy the files that hold tables into the vintage folder; yield a line for each."""
    for path in downloads.files:
        place = path.relative_to(source) if path != source else Path(path.name)
        yield written(f"{RAW}/{wanted.vintage}/{place.as_posix()}", path.read_bytes())


def _summary(downloads: Survey, proposal: Proposal) -> Iterator[str]:
    """Yield what was found: tables, indicators, regions, and what was not understood."""
    yield f"Tables read: {len(downloads.tables)}"
    yield from table_lines(
        TABLE_HEAD, [_table_row(table) for table in downloads.tables[:MOST_TABLES]], WIDTH
    )
    yield from _more(len(downloads.tables), MOST_TABLES)
    yield ""
    yield "Indicators, as the table of indicators has them"
    yield from table_lines(
        INDICATOR_HEAD, [_indicator_row(one) for one in proposal.indicators], WIDTH
    )
    yield ""
    regions = proposal.regions
    state = f"known as {regions.known}" if regions.known else f"written in {REGIONS}"
    first, last = proposal.years
    fits = " and ".join(f"{name} has {count}" for name, count in regions.fits)
    named = f"; of {len(regions.codes) + len(regions.strangers)} names {fits}" if fits else ""
    other = f"; for another set add --regions NAME or {OWN}" if fits else ""
    text = f"Regions: {len(set(regions.codes.values()))}, {state}{named}{other}"
    yield from wrapped_lines(text, WIDTH, "  ")
    if regions.rows:
        names = [row.get("name_en") or row["name_zh"] for row in regions.rows]
        listed = ", ".join(name.removeprefix(f"{ASKED} ") for name in names)
        yield from wrapped_lines(f"  {short(listed, 3 * WIDTH)}", WIDTH, "  ")
    yield f"Years: {first} to {last}"
    pair = ", ".join(proposed_pair(proposal.outputs).values())
    yield f"Model of two populations: {pair or f'off; {NEEDED}'}"
    unclear = [
        f"{one.row['source_name']}: only {one.regions} regions in {span(one.years)}; left out"
        for one in proposal.left_out
    ]
    shared = {one.printed: one.row["unit"] for one in proposal.indicators if sharers(one.printed)}
    unclear += [
        f'"{printed}" is money of several countries, kept as {unit}; write in the table whose it '
        f"is: million USD, CAD …"
        if unit.startswith("other:")
        else f'"{printed}" is read as {unit}, the money of the country that the files have as a '
        "total"
        for printed, unit in shared.items()
    ]
    coded = [one.row["source_name"] for one in proposal.indicators if ASKED in one.row["label_en"]]
    if any(ASKED in row.values() for row in regions.rows):
        unclear.append(f"no file names a region: write that of the one in {REGIONS}")
    for column in sorted({k for row in regions.rows for k in row if f"{ASKED} " in row[k]}):
        names = [row["codes"] for row in regions.rows if f"{ASKED} " in row[column]]
        unclear.append(
            f"{len(names)} names are in signs that no font of the reports has; write them in "
            f"Latin or Chinese signs in the column {column} of {REGIONS}: {shown(names)}"
        )
    if coded:
        unclear.append(
            f"{shown(coded)}: no name that reports can print stands in the files; write the "
            f"labels in the table, where they say {ASKED}"
        )
    lists: dict[str, Sequence[str]] = {
        "{} regions lack an indicator altogether and are left out": proposal.lacking,
        "the whole of the regions, and none of them": regions.totals,
        f"{{}} names are no regions of {REGIONS} and set aside": regions.strangers,
    }
    for text, group in lists.items():
        unclear += [f"{text.format(len(group))}: {shown(group)}"] if group else []
    unclear += [
        f"{len(codes)} of the regions are of one level, {'taken' if taken else 'left out'}: "
        f"{shown(codes)}{'' if taken else f'; to take them, regions: {_quoted(codes)}'}"
        for codes in proposal.levels
        for taken in [set(codes) >= set(proposal.whole)]
    ]
    unclear += [*regions.also, *downloads.unclear]
    if unclear:
        yield ""
        yield f"Not understood, or to be decided: {len(unclear)}"
        for line in unclear[:MOST_LINES]:
            yield from ("  " + part for part in wrapped_lines(line, WIDTH - 2, "  "))
        yield from _more(len(unclear), MOST_LINES)
    yield ""


def _more(have: int, shown: int) -> Iterator[str]:
    if have > shown:
        yield f"… and {have - shown} more"


def _table_row(table: TableFound) -> tuple[str, ...]:
    rows = table.figures
    counts = (str(rows["name"].nunique()), str(len(rows)))
    years = span(rows["year"].astype(int))
    return f"{table.place}: {table.layout}", str(rows["region"].nunique()), years, *counts


def _indicator_row(one: Indicator) -> tuple[str, ...]:
    row = one.row
    counts = (str(one.regions), span(one.years), str(one.figures))
    return (row["source_name"], row["indicator"], row["unit"], *counts)
