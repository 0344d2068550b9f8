"""A new study: its config, its indicator table and a workbook to fill in, made from templates."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

import yaml

from coevo.arrays import Config
from coevo.errors import Problems
from coevo.files import write_bytes
from coevo.study.config_text import read_rows
from coevo.study.configuration import DEFAULT, complete, name_problem, read_config, read_schema
from coevo.study.fill_in import TEMPLATES, blank_workbook, said_marks
from coevo.study.indicator_table import check_indicators
from coevo.study.raw_files import VINTAGE

LONGEST = 40  # characters of a name: it is part of paths
EXAMPLE = "study=my-study first=2018 last=2023 vintage=2026-11"
SPAN = 6  # years of a study that names none, up to the year before the vintage


@dataclass(frozen=True)
class Wish:
    """What is asked for: name of the study, its years, the vintage folder of the workbook.

    source: a folder or a file that the study is begun from; its years are then those of the files,
    where `first` or `last` is 0.
    """

    study: str
    first: int
    last: int
    vintage: str
    source: str = ""

    @property
    def config(self) -> str:
        return f"config/{self.study}.yaml"


def wish(words: Sequence[str], month: str) -> Wish:
    """Return what the words `study=NAME first=2018 last=2023 vintage=2026-11 from=FOLDER` ask for.

    All but the study may be left out or empty: the vintage is then `month` (YYYY-MM), the last year
    the one before it, the first the sixth from there. Raises `StudyError` with every word that is
    not understood.
    """
    said = {"study": "", "first": "", "last": "", "vintage": "", "from": ""}
    problems = Problems()
    for word in words:
        key, mark, value = word.partition("=")
        if not mark or key not in said:
            problems.add(f"coevo: '{word}' is not understood; write it as in {EXAMPLE}")
        else:
            said[key] = value
    problems.check()
    problems.extend(_name_problems(said["study"]))
    vintage = said["vintage"] or month
    if not VINTAGE.fullmatch(vintage):
        problems.add(f"vintage: '{vintage}' is not a year and month; write it as {month}")
    for key in ("first", "last"):
        if said[key] and not re.fullmatch(r"[0-9]{4}", said[key]):
            problems.add(f"{key}: '{said[key]}' is not a year; write it as 2018")
    problems.check()
    if said["from"]:
        first, last = (int(said[key] or 0) for key in ("first", "last"))
        return Wish(said["study"], first, last, vintage, said["from"])
    last = int(said["last"] or int(vintage[:4]) - 1)
    return Wish(said["study"], int(said["first"] or last - SPAN + 1), last, vintage)


def _name_problems(name: str) -> Iterator[str]:
    """Say why a name cannot be that of a study with a file of its own."""
    if not name:
        yield "study: has no name; write one, as in make new study=my-study"
    elif problem := name_problem(name, LONGEST):
        yield problem
    elif Path(DEFAULT).is_file() and name in (Path(DEFAULT).stem, read_config(DEFAULT)["study"]):
        yield f"study: '{name}' is the default study, {DEFAULT}; choose another name"


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
    name = Path(wanted.config).name
    text = template("config.yaml", vars(wanted))
    there = Path(wanted.config).exists()
    config = _checked(read_config(wanted.config) if there else yaml.safe_load(text), name)
    years, table = config["years"], config["indicators"]
    lines = [written(wanted.config, text) + f" (years {years['first']} to {years['last']})"]
    lines.append(written(table, template("indicators.csv", {})))
    regions = config["regions_table"]
    indicators = check_indicators(config, read_schema("indicators"), regions, name)
    folder = f"{config['raw']}/{wanted.vintage}"
    chinese, english = said_marks(config["missing_marks"])
    words = {**vars(wanted), **years, "folder": folder, "marks_zh": chinese, "marks_en": english}
    book = f"{folder}/{wanted.study}.xlsx"
    lines.append(
        written(book, blank_workbook(indicators, read_rows(regions), config, guide(words)))
    )
    return [
        *lines,
        f"1. Edit {wanted.config} (lines marked CHANGE) and {table}.",
        f"2. Fill in {book}. For another table: move it out of data/raw, and repeat this command.",
        f"3. make check study={wanted.study}, then make study={wanted.study}.",
    ]
