"""A table of weights as a paper prints it, read, and what is said of it on the terminal."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pandas as pd

from coevo.errors import Problems, StudyError, short
from coevo.files import read_optional
from coevo.observations.cells import cell_figure
from coevo.observations.names import aliases, compared, nearest_names
from coevo.printed_weights.weight_diagnosis import (
    TOGETHER,
    attempts,
    figures_of,
    verdict,
    weights_made,
)
from coevo.study.check import WIDTH, Checked
from coevo.study.config_text import read_rows
from coevo.study.terminal import table_lines, wrapped_lines

HEAD = ("variant", "largest difference", "agree")
SHOWN = 15  # variants in the table
WEIGHT_HEAD = re.compile(r"weight|权重|权数|^w", re.IGNORECASE)
PERCENT = 1.5  # a sum above this many times the number of subsystems is of per cent


def _cell(text: str) -> tuple[float, float] | None:
    """Return a number, per cent as share, and half a unit of its last digit; else None."""
    try:
        value, _, decimals, form, _ = cell_figure(text, {})
    except StudyError:
        return None
    scale = {"%": 100, "‰": 1000}.get(form, 1)
    return value / scale, 0.5 * 10.0**-decimals / scale


def _known(indicators: pd.DataFrame) -> dict[str, str]:
    """Return the indicators of subsystems by all their names: id, labels, names in the files."""
    found: dict[str, str] = {}
    labels = [column for column in indicators if str(column).startswith("label_")]
    for row in indicators[indicators["subsystem"] != ""].to_dict("records"):
        names = [row["indicator"], *(row[label] for label in labels)]
        for name in [*names, *aliases(row["source_name"])]:
            found.setdefault(compared(str(name)), str(row["indicator"]))
    return found


def _columns(
    table: Sequence[Sequence[str]], known: Mapping[str, str], path: str
) -> tuple[int, int]:
    """Return the columns of names and of weights: the one with most names, the one of numbers."""
    width = range(len(table[0]))
    named = [sum(compared(row[k]) in known for row in table) for k in width]
    names = max(width, key=lambda k: named[k])
    if not named[names]:
        raise StudyError(
            f"{path}: no cell is the name of an indicator; give id, label or source_name"
        )
    rows = [row for row in table if compared(row[names]) in known]
    numeric = [k for k in width if k != names and all(_cell(row[k]) for row in rows)]
    said = [k for k in numeric if WEIGHT_HEAD.search(table[0][k])]
    if len(said or numeric) != 1:
        heads = ", ".join(short(table[0][k]) for k in said or numeric) or "none"
        raise StudyError(
            f"{path}: one column must hold the weights, a number for each indicator; found: "
            f"{heads}; keep that one, and call it weight"
        )
    return names, (said or numeric)[0]


def read_weights(path: str, indicators: pd.DataFrame) -> pd.DataFrame:
    """Return the weights of a CSV table: subsystem, indicator, weight (a share), half.

    Names are ids, labels or names in the files of the indicators; a head may be there or not. The
    subsystem is `TOGETHER` where the weights sum to 1 over all indicators, and not within each
    subsystem. half: half a unit of the last digit given. Raises `StudyError` for names that are
    unknown or lacking in a subsystem, and weights that sum to neither.
    """
    rows, known = read_rows(path), _known(indicators)
    table = [list(rows[0]), *(list(row.values()) for row in rows)]
    names, place = _columns(table, known, path)
    found: dict[str, tuple[float, float]] = {}
    problems = Problems()
    for row in table:
        cell, name = _cell(row[place]), compared(row[names])
        if name in known and cell:
            if known[name] in found:
                problems.add(f"{path}: {short(row[names])} stands twice; keep one")
            found[known[name]] = cell
        elif cell:
            near = nearest_names(row[names], known)
            said = f"; {near[0]}, perhaps" if near else ""
            problems.add(f"{path}: '{short(row[names])}' is no indicator of the study{said}")
    used = indicators[indicators["subsystem"] != ""].set_index("indicator")["subsystem"]
    whole = used[used.isin(used[list(found)])]
    for name in whole.index.difference(list(found)):
        problems.add(f"{path}: {name} of {used[name]} has no weight; add it, 0 if it has none")
    problems.check()
    numbers = pd.DataFrame([found[name] for name in whole.index], columns=["weight", "half"])
    table = whole.rename_axis("indicator").reset_index(name="subsystem").join(numbers)
    return _scoped(table, path)


def _scoped(made: pd.DataFrame, path: str) -> pd.DataFrame:
    """Return weights as shares of what they sum to 1 over."""
    if made["weight"].sum() > PERCENT * made["subsystem"].nunique():
        made[["weight", "half"]] /= 100
    sums = made.groupby("subsystem", sort=False)[["weight", "half"]].sum()
    if ((sums["weight"] - 1).abs() <= sums["half"] + 1e-9).all():
        return made
    if abs(made["weight"].sum() - 1) <= made["half"].sum() + 1e-9:
        return made.assign(subsystem=TOGETHER)
    listed = ", ".join(f"{name} {value:.4g}" for name, value in sums["weight"].items())
    raise StudyError(
        f"{path}: weights sum to {listed}; they must sum to 1 (or 100 %) in each subsystem or over "
        "all; is one missing or misprinted?"
    )


def weight_lines(checked: Checked, path: str) -> Iterator[str]:
    """Yield what `make weights` prints: the variants nearest to a file's weights, a verdict."""
    if checked.panel is None or not checked.config["subsystems"]:
        raise StudyError(*checked.problems or ("subsystems: the study has none, and no weights",))
    given = read_weights(path, checked.indicators)
    kept = read_optional(checked.config["normalisation"]["goalposts"], "goalposts")
    figures = figures_of(checked.panel, checked.indicators, checked.config, kept, given)
    made = weights_made(figures)
    found = attempts(made, given)
    own, together = next(iter(figures.values())), set(given["subsystem"]) == {TOGETHER}
    within = "over all of them" if together else "within each subsystem"
    size = ", ".join(
        f"{count} {word}{'s' if count > 1 else ''}"
        for count, word in (
            (own.count("region"), "region"), (own.count("year"), "year"),
            (len(own.values), "region-year"),
        )
    )  # fmt: skip
    text = (
        f"{Path(path).name}: weights of {len(given)} indicators, which sum to 1 {within}. Study "
        f"{checked.config['study']}: {size} with every indicator."
    )
    yield from wrapped_lines(text, WIDTH)
    yield ""
    rows = [
        (a.variant.name, f"{a.difference:.5f}", f"{a.agreeing} of {len(given)}")
        for a in found[:SHOWN]
    ]
    yield from table_lines(HEAD, rows, WIDTH)
    rest = len(found) - len(rows)
    yield f"… and {rest} that lie further away"
    for variant, _, reason in (one for one in made if one.reason and one.variant.sound):
        text = f"Not possible: {variant.name}: {reason}"
        yield from wrapped_lines(text, WIDTH, "  ")
    yield ""
    yield from wrapped_lines(verdict(found, figures, given), WIDTH)
