"""Regression tables: coefficients with standard errors, stars, and what each fit rests on."""

import math
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import product
from typing import Any, NamedTuple

import pandas as pd
from scipy.special import stdtr

from coevo.equilibria.fitted import POOLED
from coevo.estimation.pooled import FOD_IV
from coevo.files import rows_of
from coevo.inference.slope_errors import BY_REGION_WILD, BY_YEAR
from coevo.report.findings.interaction import carried_slopes, holds
from coevo.report.findings.study_tables import Study
from coevo.report.tables import LAYOUT
from coevo.report.tables.report_table import Body
from coevo.report.words.markup import Markdown, escaped
from coevo.report.words.numbers import fixed, missing
from coevo.report.words.report_text import ReportText
from coevo.sensitivity.specifications import EFFECTS

STARS = {0.01: "***", 0.05: "**", 0.10: "*"}  # p below it -> stars, the smallest first
PLACES = 2  # significant figures of the smallest standard error of a row
CONFIRMS = 0.05  # p of Anderson and Rubin's test below which an estimate by instruments has stars
Key = tuple[str, str]  # effects and estimator


class RegressionFits(NamedTuple):
    """Fits of one table: rows of `parameters`, columns (effects, estimator), names of parameters.

    facts: by name and column, numbers or sets in words; by_year: the slopes that the bootstrap by
    year does not reject, by parameter and column; wild: p of the slopes of the classic form with
    both effects, by the bootstrap by region.
    """

    rows: pd.DataFrame
    columns: list[Key]
    parameters: list[str]
    facts: Mapping[tuple[str, str, str], Any]
    by_year: Mapping[tuple[str, str, str], tuple[float, float]]
    wild: pd.Series


TABLES: dict[str, list[Any]] = LAYOUT["regressions"]


def regression(key: str, words: ReportText) -> Body:
    """A column for each fit: its estimator, coefficients over their errors, what it rests on.

    The note says what the errors allow for, and the cut-offs of the stars.
    """
    fits = _fits(key, words)
    if not fits.columns:
        return Body([])
    names = (words.word("estimator", estimator) for _, estimator in fits.columns)
    rows, places = [["", *map(words.grammar.upper_first, names)]], range(1, len(fits.columns) + 1)
    facts, alone = _facts(words, fits)
    rows += [*_coefficients(fits), *facts]
    heads, ids = ["", *(f"({i})" for i in places)], ["term", *(f"fit_{i}" for i in places)]
    return Body(rows, heads, _note(key, fits, words) + alone, ids=ids)


def _fits(key: str, words: ReportText) -> RegressionFits:
    """Fits of the classic model of one scope and scaling, with the parameters of the table."""
    study, (scope, scaling, parameters, _) = words.study, TABLES[key]
    scope, fit = scope or study.focus, {"model": "classic", "scaling": scaling}
    rows = study.rows("parameters", scope=scope, **fit)
    facts = {
        (row.check, row.effects, row.estimator): row.value
        for row in study.rows("checks", scope=scope, period="").itertuples()
    }
    for row in study.rows("fits", scope=scope, **fit).itertuples():
        of = (row.effects, row.estimator)
        facts |= {("rows", *of): row.n, (f"r_squared_equation_{row.equation}", *of): row.r2}
    for row in rows.dropna(subset="df").itertuples():
        facts["df", row.effects, row.estimator] = row.df
    by_year, resting = {}, carried_slopes(study)
    for row in study.rows("relations", scope=scope, period="").itertuples():
        if not row.quantity.startswith("anderson_rubin"):
            continue
        of, name = (row.effects, row.estimator), row.quantity.rpartition("_")[2]
        slope = rows_of(rows, parameter=name, effects=row.effects, estimator=row.estimator)
        if name not in resting and all(
            holds(row._asdict(), estimate) for estimate in slope["estimate"]
        ):
            facts[row.quantity, *of] = words.slope_set(row._asdict())
        else:  # nor is what its test says of zero to go by
            facts.pop((f"anderson_rubin_p_{name}", *of), None)
    tests = study.rows("slope_tests", scope=scope, errors=BY_YEAR, effects=EFFECTS[0])
    for row in tests.dropna(subset=["low", "high"]).itertuples():
        by_year[row.parameter, row.effects, row.estimator] = (row.low, row.high)
    columns = _columns(study, rows)
    for of in columns if any(effects != "none" for effects, _ in columns) else ():
        facts["region_effects", *of] = words.term("answer", of[0] in EFFECTS)
        facts["year_effects", *of] = words.term("answer", of[0] in EFFECTS[1:])
    wild = study.rows("slope_tests", errors=BY_REGION_WILD, **study.pooled_fit)
    p = wild.set_index("parameter")["p"]
    return RegressionFits(rows, columns, parameters, facts, by_year, p)


def p_of_t(estimate: float, error: float, df: float) -> float:
    """p of a two-sided t test of zero; 1 without an error."""
    if missing(error) or missing(df) or not error:
        return 1.0
    return 2 * float(stdtr(float(df), -abs(estimate / error)))


def stars(p: float) -> str:
    """Stars of a p value; none above the largest limit."""
    return next((sign for limit, sign in STARS.items() if p < limit), "")


def _columns(study: Study, rows: pd.DataFrame) -> list[Key]:
    """Effects and estimators that rows have: those of the main estimator first, then the others
    with as many effects as the headline.
    """
    there = set(zip(rows["effects"], rows["estimator"], strict=True))
    every = sorted({effects for effects, _ in there}, key=("none", *EFFECTS).index)
    main = [(effects, study.estimator) for effects in every]
    later = product(every[-1:], rows["estimator"])
    return [key for key in dict.fromkeys([*main, *later]) if key in there]


def _note(key: str, fits: RegressionFits, words: ReportText) -> str:
    """What the table shows, what its errors allow for, and the cut-offs of the stars."""
    study, grammar = words.study, words.grammar
    labels = [escaped(study.label(identifier)) for identifier in study.populations]
    named = {f"x{i}": label for i, label in enumerate(labels, start=1)}
    limits = (Markdown(f"$^{{{sign}}}\\,p<{limit:.2f}$") for limit, sign in reversed(STARS.items()))
    more = ["instruments"] if any(name == FOD_IV for _, name in fits.columns) else []
    more += [TABLES[key][-1]]
    more += ["by_year"] if fits.by_year else []
    more += ["sized"] if TABLES[key][0] == POOLED else []
    parts = [
        words.term("note", key).format(**named),
        *(words.term("note", part) for part in more),
        words.term("note", "stars").format(stars=grammar.series(limits, "clause")),
    ]
    return grammar.joined("".join(parts))


def _coefficients(fits: RegressionFits) -> list[list[Any]]:
    """Two lines for each coefficient: estimates with stars, below them errors in parentheses."""
    table = fits.rows.set_index(["parameter", "effects", "estimator"])
    lines: list[list[Any]] = []
    for name in fits.parameters:
        rows = {key: table.loc[(name, *key)] for key in fits.columns if (name, *key) in table.index}
        power, decimals = _scale(list(rows.values()))
        symbol = f"{name[0]}_{{{name[1:]}}}" if name[1:] else r"\delta"
        title = Markdown(rf"$10^{{{power}}} \times {symbol}$" if power else f"${symbol}$")
        pairs = [
            _estimate(fits, name, key, rows[key], power, decimals) if key in rows else ("", "")
            for key in fits.columns
        ]
        lines += map(list, zip((title, ""), *pairs, strict=True))
    return lines


def _scale(rows: Sequence[pd.Series]) -> tuple[int, int]:
    """Power of a thousand that a row is multiplied by, and its decimals."""
    largest = max((abs(row["estimate"]) for row in rows), default=0.0)
    small = 0 < largest < 1e-3
    power = 3 * math.ceil(-math.log10(largest) / 3) if small else 0
    errors = [row["se"] for row in rows if not missing(row["se"]) and row["se"] > 0]
    finest = min(errors, default=largest) * 10**power
    return power, max(0, PLACES - 1 - math.floor(math.log10(finest))) if finest else PLACES


def _signs(fits: RegressionFits, name: str, key: Key, row: pd.Series) -> str:
    """Stars of an estimate, where the test behind them holds its size and the wild bootstrap by
    region confirms it: the larger p counts. Of pooled fits none without year effects, by
    instruments those of Anderson and Rubin's test below .05.
    """
    own = p_of_t(row["estimate"], row["se"], row["df"])
    if row["scope"] != POOLED:
        return stars(own)
    if key[1] == FOD_IV:
        p = fits.facts.get((f"anderson_rubin_p_{name}", *key), 1.0)
        wild = fits.facts.get((f"restricted_wild_p_{name}", *key), 1.0)
        return stars(max(p, wild)) if p < CONFIRMS else ""
    if key[0] != EFFECTS[1]:
        return ""
    return stars(max(own, fits.wild.get(name, 1.0)))


def _estimate(
    fits: RegressionFits, name: str, key: Key, row: pd.Series, power: int, decimals: int
) -> tuple[Markdown, str]:
    """An estimate with its stars, and its standard error in parentheses, or in brackets the
    interval that stands in its place.
    """

    def shown(value: float) -> str:
        return fixed(value * 10**power, decimals)

    text, sign = escaped(shown(row["estimate"])), _signs(fits, name, key, row)
    above = Markdown(f"{text}$^{{{sign}}}$" if sign else text)
    if missing(row["se"]):
        return above, ""
    ends = fits.by_year.get((name, *key))
    return above, f"[{shown(ends[0])}, {shown(ends[1])}]" if ends else f"({shown(row['se'])})"


def _facts(words: ReportText, fits: RegressionFits) -> tuple[list[list[Any]], str]:
    """Effects, rows, regions, R2 ...: a line for each fact that fits have; what of several one
    alone has, for the note.
    """
    lines: list[list[Any]] = []
    alone: dict[int, list[Markdown]] = {}
    for name in words.phrases["exports"]["fact"]:
        values = [fits.facts.get((name, *key)) for key in fits.columns]
        there = [i for i, value in enumerate(values) if not missing(value)]
        decimals, fact = LAYOUT["decimals"].get(name, 3), Markdown(words.term("fact", name))
        cells = [v if isinstance(v, str) else fixed(v, decimals) for v in values]
        if len(there) == 1 < len(values):
            value = escaped(cells[there[0]])
            alone.setdefault(there[0] + 1, []).append(Markdown(f"{fact} {value}"))
        elif there:
            lines.append([fact, *cells])
    notes = (
        words.term("note", "alone").format(column=i, facts=words.grammar.series(told))
        for i, told in alone.items()
    )
    return lines, words.grammar.joined("".join(notes))


interaction, own = (partial(regression, key) for key in TABLES)
