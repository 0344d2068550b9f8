"""What the rules of a report write: the page, what is printed, and files for other programs."""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from coevo.newreport.blocks import Report
from coevo.newreport.build import report
from coevo.newreport.charts import data_behind
from coevo.newreport.charts.theme import SYMBOLS
from coevo.newreport.documents import documents, images
from coevo.newreport.exports import exports, numbers_of
from coevo.newreport.language import Language
from coevo.newreport.numbers import Number, fixed
from coevo.newreport.steps import page_trace
from coevo.newreport.workbook import workbook

Files = Iterator[tuple[str, str | bytes]]


def in_words(language: Language, templates: Mapping[str, str], version: str) -> Report:
    """Return the report of a study; its text is one of the templates, by file name."""
    return report(language, templates[f"report.{language.study.language}.md"], version)


def page(language: Language, templates: Mapping[str, str], version: str) -> Files:
    """Yield the report as a page: `report.<language>.html`."""
    told = in_words(language, templates, version)
    yield from documents(told, ["html"], specs(told), page_data(language), templates).items()


def printed(language: Language, templates: Mapping[str, str], version: str) -> Files:
    """Yield the report in the formats of print, the workbook, and the figures with their data."""
    study, told = language.study, in_words(language, templates, version)
    code, charts = study.language, specs(told)
    yield f"results.{code}.xlsx", workbook(study, language, told.tables)
    pictures = images(charts)
    for name, picture in pictures.items():
        yield f"figures/{code}/{name.removeprefix('figures/')}", picture
    if code == study.config["report"]["languages"][0]:
        for name, spec in charts.items():
            table = data_behind(spec)
            yield f"figures/{code}/{name}.csv", table.to_csv(index=False, lineterminator="\n")
    formats = [kind for kind in study.config["report"]["formats"] if kind != "html"]
    yield from documents(told, formats, charts, {}, templates, pictures).items()


def for_programs(
    languages: Mapping[str, Language],
    templates: Mapping[str, str],
    version: str,
    results: Mapping[str, pd.DataFrame],
) -> Files:
    """Yield the tables of results as CSV, those of the report for LaTeX and Stata, and numbers."""
    told = {code: in_words(one, templates, version) for code, one in languages.items()}
    tables = {code: one.tables for code, one in told.items()}
    study = next(iter(languages.values())).study
    yield from exports(study, languages, tables, results)
    abstracts = {code: abstract_numbers(one) for code, one in told.items()}
    numbers, latex = numbers_of(str(study.config["study"]), tables, abstracts)
    yield "numbers.json", numbers
    for code, text in latex.items():
        yield f"numbers.{code}.tex", text


def specs(told: Report) -> dict[str, dict[str, Any]]:
    """Return the charts of a report by name."""
    return {name: spec for figure in told.figures for name, spec in figure.panels.items()}


def page_data(language: Language) -> dict[str, Any]:
    """Return what the script of a page needs: regions, words, and the way from cells to D."""
    study = language.study
    return {
        "study": study.config["study"],
        "focus": study.focus,
        "names": {region: study.name(region) for region in study.regions},
        "words": dict(language.terms["script"]),
        "trace": page_trace(study, language) if study.indexed else None,
        "symbols": SYMBOLS.pattern,
    }


def abstract_numbers(told: Report) -> dict[str, Number]:
    """Return the numbers of the abstract by key, as a paper may cite them."""
    rise, coverage, theory, fit = (
        told.facts[name] for name in ("rise", "coverage", "theory", "equilibrium")
    )
    values: dict[str, Any] = {}
    if rise:
        values |= {"D.mean.first": rise.mean[0], "D.mean.last": rise.mean[1]}
        values |= {"D.mean.without": coverage.mean}
    if theory and theory.measured:
        for name, row in (("b1", theory.b1), ("d", theory.d)):
            for part in ("strength", "low", "high"):
                values[f"strength.{name}.{part}"] = row[part]
    if fit and fit.verdict == "located":
        values |= {"E.x1": fit.main["x1"], "E.x2": fit.main["x2"]}
    shown = {key: fixed(value) for key, value in values.items()}
    return {key: text for key, text in shown.items() if isinstance(text, Number)}
