"""A study's report: what a language says of it, filled into the text of that language."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import ModuleType
from typing import Any

from coevo.inference.signs import ignorance
from coevo.newreport import regression
from coevo.newreport.blocks import Figure, Report, Table, pipe_table, split
from coevo.newreport.charts import CHARTS, charts_of
from coevo.newreport.language import Language
from coevo.newreport.markup import Markdown, escaped, plain_text
from coevo.newreport.messages import FOLDER, message_texts, read_yaml, study_nouns, with_study_nouns
from coevo.newreport.sections import (
    changes,
    choices,
    claims,
    coverage,
    data,
    equilibrium,
    forecast,
    gap,
    interaction,
    limits,
    meaning,
    methods,
    opening,
    rise,
    theory,
    together,
)
from coevo.newreport.study import Study, study_in_language
from coevo.study_data import StudyData

OF_ANY = (opening, data, limits, changes, forecast)
OF_INDICES = (rise, coverage, meaning, together, choices, methods)
OF_REGIONS = (gap,)  # several, with indices
OF_MODEL = (theory, equilibrium, interaction)
PANELS = {
    "opening": ("degrees", "phase"),
    "map": ("tiles", "dots"),
    "level": ("level",),
    "scatter": ("scatter_levels", "scatter_within"),
    "theory": ("strengths", "phase"),
    "headlines": ("headline_variants",),
}
# The tables of results that an exhibit is read from.
READ_FROM = {
    "fig-opening": ("coupling", "equilibria"),
    "fig-map": ("coupling",),
    "fig-level": ("level", "coupling"),
    "fig-scatter": ("coupling", "comovement"),
    "fig-theory": ("strengths", "theory", "equilibria"),
    "fig-headlines": ("headline_variants",),
    "tab-claims": ("headline_claims", "headlines"),
    "tab-indicators": ("weights", "panel"),
    "tab-regions": ("coupling", "rank_ranges", "level"),
    "tab-theory": ("theory", "equilibria", "parameters"),
    "tab-audit": ("audit",),
    "tab-paper_claims": ("claims",),
    "tab-by_region": ("theory", "equilibria", "strengths"),
    "tab-regressions": ("parameters", "slope_tests", "checks", "fits"),
}


def maker(exhibit: str) -> Callable[..., Any]:
    """Return the function that makes an exhibit: of a figure what draws its first panel."""
    kind, _, key = exhibit.partition("-")
    if kind == "fig":
        return CHARTS[PANELS[key][0]].draw
    modules: dict[str, ModuleType] = {
        "indicators": data, "audit": data, "regions": gap, "theory": equilibrium,
        "by_region": equilibrium, "regressions": regression,
    }  # fmt: skip
    found: Callable[..., Any] = modules.get(key, claims).tables
    return found


def kind_of_regions(regions: Iterable[str]) -> str:
    """Return what all regions are by their codes: `provinces`, `countries`, or just `regions`."""
    codes = list(regions)
    if all(code.endswith("0000") for code in codes):
        return "provinces"
    countries = all(re.fullmatch("[A-Z]{3}", code) for code in codes)
    return "countries" if countries else "regions"


def in_language(study_data: StudyData, code: str) -> Language:
    """Return what writes a study in a language, `en` or `zh`."""
    terms = read_yaml(FOLDER / f"terms.{code}.yaml")
    kind = kind_of_regions(study_data.tables["observations"]["region"].unique())
    nouns = study_nouns(terms, study_data.config, code, kind)
    terms = _with_nouns(terms, nouns)
    study = study_in_language(study_data, code, terms)
    words = {"group": study.words.get("group", {})}
    message = message_texts(code, study.label, study.name, nouns, words)
    return Language(study, terms, message, nouns)


def _with_nouns(terms: Any, nouns: dict[str, str]) -> Any:
    """Put the nouns of a study into all words but the signs of the language."""
    if isinstance(terms, str):
        return with_study_nouns(terms, nouns)
    if isinstance(terms, list):
        return [_with_nouns(one, nouns) for one in terms]
    if isinstance(terms, dict):
        return {k: v if k == "grammar" else _with_nouns(v, nouns) for k, v in terms.items()}
    return terms


@dataclass(frozen=True)
class Exhibits:
    """The figures and tables that a study has, and those that its text has called for."""

    language: Language
    known: Mapping[str, Figure | Table]
    used: dict[str, Figure | Table] = field(default_factory=dict)

    def figure(self, key: str, title: str, note: str = "") -> Markdown:
        """Return the mark that stands for a figure, titled; nothing if the study lacks it."""
        return self._call(f"fig-{key}", title=title, note=note)

    def table(self, key: str, title: str, heads: Mapping[str, str], note: str = "") -> Markdown:
        """Return the mark that stands for a table, with its heads; nothing if there is none."""
        found = self.known.get(f"tab-{key}")
        if not isinstance(found, Table):
            return Markdown("")
        columns = [
            replace(column, head=Markdown(self._text(heads[column.head])))
            for column in found.columns
            if not found.empty(column)
        ]
        return self._call(f"tab-{key}", title=title, note=note, columns=columns)

    def _call(self, name: str, **parts: Any) -> Markdown:
        if name not in self.known:
            return Markdown("")
        texts = {k: self._text(v) if isinstance(v, str) else v for k, v in parts.items()}
        known: Any = self.known[name]
        self.used[name] = replace(known, **texts)
        return Markdown(f"\n<<{name}>>\n")

    def _text(self, text: str) -> str:
        return with_study_nouns(text, self.language.nouns).strip()

    def see(self, *names: str) -> Markdown:
        """Return references in brackets to the exhibits that the study has, of those named."""
        links = [Markdown(f"[](#{name})") for name in names if name in self.known]
        if not links:
            return Markdown("")
        comma = self.language.grammar["comma"]
        return escaped(self.language.brackets(Markdown(""), Markdown(comma.join(links))))


def exhibits(language: Language) -> Exhibits:
    """Return the figures and tables that a study has."""
    study, charts = language.study, charts_of(language.study, language)
    known: dict[str, Figure | Table] = {}
    for key, names in PANELS.items():
        panels = {name: charts[name] for name in names if name in charts}
        if panels and (key != "theory" or "strengths" in panels):
            known[f"fig-{key}"] = Figure(key, "", panels)
    for table in tables_of(study, language):
        known[f"tab-{table.key}"] = table
    return Exhibits(language, known)


def tables_of(study: Study, language: Language) -> list[Table]:
    """Return the tables that the text of a report may call for."""
    found = [*claims.tables(study, language), *data.tables(study, language)]
    found += gap.tables(study, language) if study.indexed and not study.single else []
    if study.pair:
        found += [*equilibrium.tables(study, language), *regression.tables(study, language)]
    return [table for table in found if len(table.rows)]


def facts_of(study: Study) -> dict[str, Any]:
    """Return the facts of all sections by name; None of sections that the study lacks."""
    sections: dict[tuple[ModuleType, ...], bool] = {
        OF_ANY: True,
        OF_INDICES: study.indexed,
        OF_REGIONS: study.indexed and not study.single,
        OF_MODEL: bool(study.pair),
    }
    return {
        module.__name__.rpartition(".")[2]: module.facts(study) if has else None
        for modules, has in sections.items()
        for module in modules
    }


@dataclass(frozen=True)
class RegionFacts:
    """What a text says of one region, the focus or any that a reader of the page picks.

    state: see `rise.FocusState`; without: D without years of changed coverage; adjusted: its rank
    with the level taken out.
    """

    code: str
    name: str
    state: rise.FocusState | None
    without: coverage.StateWithout | None
    adjusted: meaning.Adjusted | None


def region_facts(study: Study, region: str) -> RegionFacts:
    """Return what the text says of one region."""
    indexed = study.indexed and region in study.ends[0].index
    return RegionFacts(
        region,
        study.name(region),
        rise.focus_state(study, region) if indexed else None,
        coverage.without_breaks(study, region) if indexed else None,
        meaning.adjusted_rank(study, region) if indexed else None,
    )


def report(language: Language, text: str, version: str) -> Report:
    """Return the report of a study.

    Parameters
    ----------
    language
        What writes the study.
    text
        The text of the language, `report.<language>.md`.
    version
        Version of the program, which the report names.
    """
    study, shown = language.study, exhibits(language)
    facts = facts_of(study)
    values = facts | _short_names(language) | _functions(language, shown) | {"version": version}
    template = language.jinja.from_string(with_study_nouns(text, language.nouns))
    filled: Any = template.make_module(values)
    meta = {k: str(v) for k, v in language.terms["page"].items()}
    meta |= {
        "title": filled.title.strip(),
        "pagetitle": plain_text(filled.title.strip()).replace("*", ""),
        "kicker": meta["kicker"].format(study=study.config["study"]),
        "years": meta["years"].format(*map(language.year, (study.years[0], study.years[-1]))),
        "language": study.language,
        "study": study.config["study"],
        "version": version,
    }  # fmt: skip
    labels = language.terms["labels"]
    return Report(study.language, list(split(str(filled), shown.used)), labels, meta, facts)


def _short_names(language: Language) -> dict[str, Any]:
    """Names by which the text speaks of the study."""
    study = language.study
    units = {study.unit(name) for name in study.pair} - {""}
    return {
        "study": study,
        "regions": len(study.regions),
        "kind_of_regions": kind_of_regions(study.regions),
        "systems": [escaped(study.label(system)) for system in study.subsystems],
        "focus": escaped(study.name(study.focus)),
        "case": study.config["claims"],
        "first": language.year(study.years[0]),
        "last": language.year(study.years[-1]),
        "x1": escaped(study.label(study.pair[0])) if study.pair else "",
        "x2": escaped(study.label(study.pair[1])) if study.pair else "",
        "unit": escaped(units.pop()) if len(units) == 1 else "",
        "level": language.percent((study.config["interaction"] or {}).get("confidence")),
        "control": theory.control(study) if study.pair else None,
        "paper": claims.paper_facts(study),
        "contradicted": claims.first_page_rows(study)[1],
        "growth_matters": theory.growth_matters,
        "by_chance": choices.by_chance,
        "further_notes": limits.further_notes(study),
        "copied_years": data.copied_years(study) if study.indexed else [],
        "of_focus": region_facts(study, study.focus),
        "ignorance": ignorance,
    }


def _functions(language: Language, shown: Exhibits) -> dict[str, Callable[..., Any]]:
    """Functions that the text calls."""
    study = language.study

    def each_region() -> Iterator[RegionFacts]:
        return (region_facts(study, region) for region in study.regions)

    def comparison(region: str) -> Markdown:
        table = shown.used["tab-theory"]
        assert isinstance(table, Table)
        rows = equilibrium.comparison_rows(study, language, region)
        return Markdown(pipe_table(replace(table, rows=rows, title="")))

    def why(reason: tuple[str, str] | None) -> str:
        return language.message(*reason) if reason else ""

    return {
        "table": shown.table,
        "figure": shown.figure,
        "see": shown.see,
        "has": lambda name: name in shown.known,
        "each_region": each_region,
        "comparison": comparison,
        "why": why,
        "claim_text": lambda row: claims.claim_text(language, row),
        "system_name": lambda system: claims.system_name(language, system),
    }
