"""The regression table: a column for each fit, estimates over their errors, what each rests on."""

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd
from scipy.special import stdtr

from coevo.equilibria.fitted import POOLED
from coevo.estimation.pooled import FOD_IV
from coevo.inference.slope_errors import BY_REGION_WILD, BY_YEAR
from coevo.newreport.blocks import Column, Table
from coevo.newreport.language import Language
from coevo.newreport.markup import Markdown
from coevo.newreport.messages import FOLDER, read_yaml, with_study_nouns
from coevo.newreport.numbers import NOTHING, fixed, missing
from coevo.newreport.sections.interaction import carried_slopes, slope_set_holds
from coevo.newreport.study import Study
from coevo.sensitivity.specifications import EFFECTS

Fit = dict[str, Any]
SYMBOLS = {"a1": "$a_1$", "b1": "$b_1$", "a2": "$a_2$", "d": r"$\delta$"}
SLOPES = ("b1", "d")
WILD = {"region": BY_YEAR, "both": BY_REGION_WILD}  # the bootstrap that decides, by column


def table_words(language: Language, kind: str) -> dict[str, str]:
    """Return the words of a kind for tables, with the nouns of the study in their place."""
    words = read_yaml(FOLDER / f"tables.{language.study.language}.yaml")[kind]
    return {key: with_study_nouns(text, language.nouns) for key, text in words.items()}


def fits(study: Study) -> dict[str, Fit]:
    """Return the fits of the table by column: `own`, `region`, `both`, `instruments`."""
    main = {"estimator": study.estimator}
    pooled = {"scope": POOLED, "scaling": "first"}
    wanted = {
        "own": {"scope": study.focus, "scaling": "none", "effects": "none", **main},
        "region": {**pooled, "effects": EFFECTS[0], **main},
        "both": {**pooled, "effects": EFFECTS[1], **main},
        "instruments": {**pooled, "effects": EFFECTS[1], "estimator": FOD_IV},
    }
    return {name: fit for name, fit in wanted.items() if len(coefficients(study, fit))}


def coefficients(study: Study, fit: Fit) -> pd.DataFrame:
    """Return the coefficients of a fit of the classic model, by name."""
    return study.rows("parameters", model="classic", **fit).set_index("parameter")


def tables(study: Study, language: Language) -> list[Table]:
    """Return the regression table; none for a study without fits.

    The fit of the region in focus is in original units; the pooled fits have outputs in units of
    the first year. Below an estimate stands its standard error in parentheses; with region effects
    the set that the wild bootstrap by year does not reject stands there in brackets. p is that of
    the t test for the region in focus, else that of the wild bootstrap that decides.
    """
    columns = fits(study)
    if not columns:
        return []
    words = table_words(language, "regression")
    lines: list[dict[str, str]] = []
    if "own" in columns:
        for name, symbol in SYMBOLS.items():
            lines += _lines(study, language, name, symbol, {"own": columns["own"]})
    panel = {column: fit for column, fit in columns.items() if column != "own"}
    for name in SLOPES if panel else ():
        symbol = Markdown(words["scaled"].format(SYMBOLS[name]))
        lines += _lines(study, language, name, symbol, panel)
    facts = {column: _facts(study, language, column, fit) for column, fit in columns.items()}
    for fact, label in _labels(words).items():
        if any(fact in known for known in facts.values()):
            cells = {column: known.get(fact, NOTHING) for column, known in facts.items()}
            lines.append({"id": fact, "term": label, **cells})
    looks = [Column("term", ("term",), width=26)]
    looks += [Column(column, (column,), width=16, right=True) for column in columns]
    rows = pd.DataFrame(lines, columns=["id", "term", *columns], dtype=object).fillna("")
    return [Table("regressions", "", rows, looks, kind="regression")]


def _labels(words: Mapping[str, str]) -> dict[str, Markdown]:
    """What the lines below the coefficients are called, in their order."""
    labels = {f"p_{name}": words["p"].format(SYMBOLS[name]) for name in SLOPES}
    labels |= {fact: words[fact] for fact in ("n", "regions", "df")}
    labels |= {f"r2_{i}": words["r2"].format(f"x_{i}") for i in (1, 2)}
    for fact in ("effective_F", "anderson_rubin"):
        labels |= {f"{fact}_{name}": words[fact].format(SYMBOLS[name]) for name in SLOPES}
    return {fact: Markdown(label) for fact, label in labels.items()}


def _lines(
    study: Study, language: Language, name: str, symbol: str, columns: Mapping[str, Fit]
) -> list[dict[str, str]]:
    """The estimates of a coefficient, and below them their errors."""
    known = {column: coefficients(study, fit) for column, fit in columns.items()}
    rows = {column: part.loc[name] for column, part in known.items() if name in part.index}
    scale = next(iter(columns.values()))
    every = study.rows("parameters", model="classic", parameter=name, scope=scale["scope"])
    power, decimals = _digits(every[every["scaling"] == scale["scaling"]])

    def shown(value: float) -> str:
        return fixed(value * 10**power, decimals)

    def error(column: str, row: pd.Series) -> str:
        by_year = _tests(study, columns[column], name, BY_YEAR) if column == "region" else None
        if by_year is not None and not missing(by_year["low"]):
            return language.interval_of(shown(by_year["low"]), shown(by_year["high"]))
        return "" if missing(row["se"]) else f"({shown(row['se'])})"

    title = Markdown(f"$10^{{{power}}}$ × {symbol}" if power else symbol)
    estimates = {column: shown(row["estimate"]) for column, row in rows.items()}
    errors = {column: error(column, row) for column, row in rows.items()}
    return [{"id": name, "term": title, **estimates}, {"id": name, "term": "", **errors}]


def _digits(rows: pd.DataFrame) -> tuple[int, int]:
    """The power of a thousand that makes a coefficient readable, and the decimals that give its
    smallest standard error two significant figures.
    """
    largest, errors = rows["estimate"].abs().max(), rows.loc[rows["se"] > 0, "se"]
    power = 3 * math.ceil(-math.log10(largest) / 3) if 0 < largest < 1e-3 else 0
    finest = (errors.min() if len(errors) else largest) * 10**power
    return power, max(0, 1 - math.floor(math.log10(finest))) if finest else 2


def _tests(study: Study, fit: Fit, name: str, errors: str) -> pd.Series | None:
    of = {key: fit[key] for key in ("scope", "effects", "estimator")}
    rows = study.rows("slope_tests", errors=errors, parameter=name, **of)
    return None if rows.empty else rows.iloc[0]


def _facts(study: Study, language: Language, column: str, fit: Fit) -> dict[str, str]:
    """What a fit rests on, by the names of `_labels`; what it lacks is left out."""
    of = {key: fit[key] for key in ("scope", "effects", "estimator")}
    checks = study.rows("checks", period="", **of).set_index("check")["value"]
    equations = study.rows("fits", model="classic", **fit).set_index("equation")
    rows, facts = coefficients(study, fit), {"n": fixed(equations["n"].max(), 0)}
    facts["regions"] = fixed(checks.get("regions"), 0)
    facts["df"] = fixed(rows["df"].max(), 0)
    facts |= {f"r2_{i}": fixed(r2, 3) for i, r2 in equations["r2"].items()}
    for name in SLOPES:
        facts[f"p_{name}"] = language.p(_p(study, column, fit, name, checks))
        facts[f"effective_F_{name}"] = fixed(checks.get(f"effective_F_{name}"), 1)
        sets = study.rows("relations", quantity=f"anderson_rubin_{name}", period="", **of)
        for slopes in sets.to_dict("records") if name not in carried_slopes(study) else ():
            if slope_set_holds(slopes, rows.at[name, "estimate"]):
                facts[f"anderson_rubin_{name}"] = _set(language, slopes)
    return {fact: text for fact, text in facts.items() if text != NOTHING}


def _p(study: Study, column: str, fit: Fit, name: str, checks: pd.Series) -> Any:
    if column == "instruments":
        return checks.get(f"restricted_wild_p_{name}")
    if column in WILD:
        test = _tests(study, fit, name, WILD[column])
        return None if test is None else test["p"]
    row = coefficients(study, fit).loc[name]
    if missing(row["df"]) or not row["se"] > 0:
        return None
    return 2 * float(stdtr(float(row["df"]), -abs(row["estimate"] / row["se"])))


def _set(language: Language, slopes: Mapping[Any, Any]) -> str:
    ends = slopes["low"], slopes["high"]
    if slopes["set"] == "interval":
        return language.interval(ends)
    return language.set_of(*ends, slopes["set"])
