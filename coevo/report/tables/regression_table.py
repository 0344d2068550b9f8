"""Regression tables: coefficients with standard errors, stars, and what each fit rests on."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd
from scipy.special import stdtr

from coevo.report.findings.interaction import BY_YEAR, FOD_IV, POOLED
from coevo.report.findings.study_tables import Study
from coevo.report.words.amounts import Words
from coevo.report.words.markup import Markdown, escaped
from coevo.report.words.numbers import NOTHING, fixed, missing
from coevo.sensitivity.specifications import EFFECTS

STARS = {0.01: "***", 0.05: "**", 0.10: "*"}  # p below it -> stars, the smallest first
PLACES = 2  # significant figures of the smallest standard error of a row
_DECIMALS = {"rows": 0, "regions": 0, "first_stage_F_b1": 1, "first_stage_F_d": 1}
Key = tuple[str, str]  # effects and estimator


class RegressionFits(NamedTuple):
    """Fits of one table: rows of `parameters`, facts by name and column (effects, estimator).

    parameters: their names in order; by_year: p of a parameter by effects and estimator, for fits
    with region effects alone; ending: of the check `regions`.
    """

    rows: pd.DataFrame
    facts: Mapping[tuple[str, str, str], float]
    columns: list[Key]
    parameters: list[str]
    by_year: Mapping[tuple[str, str, str], float] = {}
    ending: str = ""


def stars(estimate: float, error: float, df: float) -> str:
    """Stars of a two-sided t test of zero; none without an error."""
    if missing(error) or missing(df) or not error:
        return ""
    return _stars_of(2 * float(stdtr(float(df), -abs(estimate / error))))


def _stars_of(p: float) -> str:
    return next((sign for limit, sign in STARS.items() if p < limit), "")


def _fits(study: Study, scope: str, scaling: str, model: str) -> RegressionFits:
    """Fits of one scope, scaling and model, with all their parameters."""
    rows = study.rows("parameters", scope=scope, model=model, scaling=scaling)
    names = list(dict.fromkeys(rows["parameter"]))
    facts = {
        (row.check, row.effects, row.estimator): row.value
        for row in study.rows("checks", scope=scope).itertuples()
    }
    for row in study.rows("fits", scope=scope, scaling=scaling, model=model).itertuples():
        key = (row.effects, row.estimator)
        facts |= {("rows", *key): row.n, (f"r_squared_equation_{row.equation}", *key): row.r2}
    tests = study.rows("slope_tests", scope=scope, errors=BY_YEAR, effects=EFFECTS[0])
    by_year = {(row.parameter, row.effects, row.estimator): row.p for row in tests.itertuples()}
    return RegressionFits(rows, facts, _columns(study, rows), names, by_year)


def _columns(study: Study, rows: pd.DataFrame) -> list[Key]:
    """Effects and estimators that rows have: those of the main estimator first, then the others
    with as many effects as the headline.
    """
    there = set(zip(rows["effects"], rows["estimator"], strict=True))
    every = sorted({effects for effects, _ in there}, key=("none", *EFFECTS).index)
    main = [(effects, study.estimator) for effects in every]
    names = dict.fromkeys(rows["estimator"])
    later = [(effects, name) for name in names for effects in every[-1:]]
    return [key for key in dict.fromkeys([*main, *later]) if key in there]


# table -> scope ("" the region in focus), scaling, model, parameters (all without), what their
# errors allow for; a study has those whose needs it meets
TABLES: dict[str, tuple[str, str, str, list[str], str]] = {
    "interaction": (POOLED, "first", "classic", ["b1", "d"], "clustered"),
    "own": ("", "none", "classic", ["a1", "b1", "a2", "d"], "errors"),
    "general": (POOLED, "first", "general", [], "clustered"),
    "general_own": ("", "none", "general", [], "errors"),
}
NEEDS = {
    "interaction": ["pair", "pooled"],
    "own": ["pair"],
    "general": ["pair", "pooled"],
    "general_own": ["pair", "alone"],
}


def _chosen(key: str, study: Study) -> RegressionFits:
    scope, scaling, model, parameters, _ = TABLES[key]
    fits = _fits(study, scope or study.focus, scaling, model)
    ending = "_general" if model == "general" else ""
    return fits._replace(parameters=parameters or fits.parameters, ending=ending)


def columns(key: str, words: Words) -> list[Any]:
    """A column for each fit."""
    count = len(_chosen(key, words.study).columns)
    return [["", "l", 16, "term"], *([f"({i})", "r", 12, f"fit_{i}"] for i in range(1, count + 1))]


def rows(key: str, words: Words) -> list[list[Any]]:
    """Estimators, coefficients over their errors, and what each fit rests on; none without fits."""
    fits = _chosen(key, words.study)
    if not fits.columns:
        return []
    estimators = (words.word("estimator", estimator) for _, estimator in fits.columns)
    heads = ["", *map(words.grammar.upper_first, estimators)]
    return [heads, *_coefficients(fits), *_facts(words, fits)]


def note(key: str, words: Words) -> str:
    """What the table shows, what its errors allow for, and the cut-offs of the stars."""
    fits, study, grammar = _chosen(key, words.study), words.study, words.grammar
    labels = [escaped(study.label(identifier)) for identifier in study.populations]
    named = {f"x{i}": label for i, label in enumerate(labels, start=1)}
    symbols = (Markdown(f"$x_{i}$ {label}") for i, label in enumerate(labels, start=1))
    limits = (Markdown(f"$^{{{sign}}}\\,p<{limit:.2f}$") for limit, sign in reversed(STARS.items()))
    more = ["instruments"] if any(name == FOD_IV for _, name in fits.columns) else []
    more += [TABLES[key][-1]]
    more += ["by_year"] if any(effects == EFFECTS[0] for effects, _ in fits.columns) else []
    parts = [
        words.term("note", key).format(populations=grammar.series(symbols, "clause"), **named),
        *(words.term("note", part) for part in more),
        words.term("note", "stars").format(stars=grammar.series(limits, "clause")),
    ]
    return grammar.joined("".join(parts))


def _coefficients(fits: RegressionFits) -> list[list[Any]]:
    """Two lines for each coefficient: estimates with stars, below them errors in parentheses."""
    table = fits.rows.set_index(["parameter", "effects", "estimator"])
    lines: list[list[Any]] = []
    for name in fits.parameters:
        found = [
            table.loc[(name, *key)] if (name, *key) in table.index else None for key in fits.columns
        ]
        power, decimals = _scale([row for row in found if row is not None])
        symbol = f"{name[0]}_{{{name[1:]}}}" if name[1:] else r"\delta"
        title = Markdown(rf"$10^{{{power}}} \times {symbol}$" if power else f"${symbol}$")
        signs = [_signs(fits, name, key, row) for key, row in zip(fits.columns, found, strict=True)]
        shown = zip(found, signs, strict=True)
        lines.append([title, *(_estimate(row, sign, power, decimals) for row, sign in shown)])
        lines.append(["", *(_error(row, power, decimals) for row in found)])
    return lines


def _scale(rows: Sequence[pd.Series]) -> tuple[int, int]:
    """Power of a thousand that a row is multiplied by, and its decimals."""
    largest = max((abs(row["estimate"]) for row in rows), default=0.0)
    small = 0 < largest < 1e-3
    power = 3 * math.ceil(-math.log10(largest) / 3) if small else 0
    errors = [row["se"] for row in rows if not missing(row["se"]) and row["se"] > 0]
    finest = min(errors, default=largest) * 10**power
    return power, max(0, PLACES - 1 - math.floor(math.log10(finest))) if finest else PLACES


def _signs(fits: RegressionFits, name: str, key: Key, row: pd.Series | None) -> str:
    """Stars of an estimate; of a fit with region effects alone by its test by year, if any."""
    if row is None:
        return ""
    if key[0] == EFFECTS[0]:
        return _stars_of(fits.by_year.get((name, *key), 1.0))
    return stars(row["estimate"], row["se"], row["df"])


def _estimate(row: pd.Series | None, sign: str, power: int, decimals: int) -> Markdown:
    if row is None:
        return Markdown("")
    text = escaped(fixed(row["estimate"] * 10**power, decimals))
    return Markdown(f"{text}$^{{{sign}}}$" if sign else text)


def _error(row: pd.Series | None, power: int, decimals: int) -> str:
    if row is None or missing(row["se"]):
        return ""
    return f"({fixed(row['se'] * 10**power, decimals)})"


def _facts(words: Words, fits: RegressionFits) -> list[list[Any]]:
    """Effects, rows, regions, R2 ...: a line for each fact that one fit at least has."""
    df = {(r.effects, r.estimator): r.df for r in fits.rows.dropna(subset="df").itertuples()}
    lines: dict[str, list[Any]] = {}
    if set(fits.columns) - {("none", estimator) for _, estimator in fits.columns}:
        for i, name in enumerate(("region_effects", "year_effects")):
            has = [len(effects.split("+")) > i and effects != "none" for effects, _ in fits.columns]
            lines[name] = [words.term("answer", yes) for yes in has]
    for name in words.phrases["exports"]["fact"]:
        ending = fits.ending if name == "regions" else ""
        found = [fits.facts.get((name + ending, *key)) for key in fits.columns]
        lines |= _line(name, found, _DECIMALS.get(name, 3), fits)
    lines |= _line("df", [df.get(key) for key in fits.columns], 0, fits)
    return [[Markdown(words.term("fact", name)), *cells] for name, cells in lines.items()]


def _line(
    name: str, found: Sequence[Any], decimals: int, fits: RegressionFits
) -> Mapping[str, list[Any]]:
    """A line of facts; R2 and first stages belong to b1 and d alone."""
    of_classic = name.startswith(("r_squared", "first_stage", "J_"))
    if all(map(missing, found)) or (of_classic and fits.ending):
        return {}
    return {name: [NOTHING if missing(value) else fixed(value, decimals) for value in found]}
