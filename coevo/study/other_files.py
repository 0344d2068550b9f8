"""Files that a config names beside its raw files and indicator table: what they must hold."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from coevo.errors import StudyError
from coevo.normalisation import scale_of
from coevo.study.configuration import messages
from coevo.study.plain_rows import read_rows
from coevo.study.raw_files import date_problem

CLAIM_COLUMNS = ("claim", "paper", "check", "indicators", "source")


def other_file_problems(
    config: Mapping[str, Any], needed: list[str], validator: Any
) -> Iterator[str]:
    """Yield a line for each problem of other indicator systems, kept goalposts and claims.

    needed: the columns that an indicator table must have; validator: of its rows.
    """
    paths = {f"robustness.systems.{n}": p for n, p in config["robustness"]["systems"].items()}
    for key, path in paths.items():
        yield from _read(key, path, needed, lambda row: _row_problems(row, validator))
    if config["normalisation"]["goalposts"]:
        path = config["normalisation"]["goalposts"]
        yield from _read("normalisation.goalposts", path, ["indicator", "low", "high"], _posts)
    if config["claims"]:
        path = f"config/claims/{config['claims']}.csv"
        yield from _read("claims", path, CLAIM_COLUMNS, lambda row: ())


def _read(key: str, path: str, needed: Any, look: Any) -> Iterator[str]:
    """Yield the problems of a table: of the file, its columns, or each row as `look` finds them."""
    if problem := date_problem(path):
        yield problem
    try:
        rows = read_rows(path)
    except StudyError as problems:
        yield from (f"{key}: {message}" for message in problems.messages)
        return
    absent = [column for column in needed if column not in rows[0]]
    if absent:
        yield f"{key}: {path}: has no column {', '.join(absent)}; name another file, or add it"
        return
    for row in rows:
        yield from (f"{key}: {path}: {line}" for line in look(row))


def _row_problems(row: dict[str, str], validator: Any) -> Iterator[str]:
    for error in validator.iter_errors(row):
        yield from (f"{row.get('indicator') or 'a row'}: {line}" for line in messages(error))
    yield from (f"{row.get('indicator') or 'a row'}: {line}" for line in scale_problems(row))


def scale_problems(row: Mapping[str, str]) -> list[str]:
    """Return what is wrong with direction, best band and goalposts of an indicator's row."""
    if not row["subsystem"]:
        given = [column for column in ("best", "low", "high") if row.get(column)]
        text = f"{', '.join(given)}: say how an index is made; leave empty without a subsystem"
        return [text] if given else []
    try:
        scale_of(row)
    except StudyError as problem:
        return problem.messages
    return []


def _posts(row: dict[str, str]) -> Iterator[str]:
    """Yield what is wrong with kept goalposts: they are two finite numbers, the lower first."""
    try:
        low, high = float(row["low"]), float(row["high"])
    except ValueError:
        yield f"{row['indicator']}: low and high must be numbers; correct them"
        return
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        yield f"{row['indicator']}: low must be below high, and both finite; correct them"
