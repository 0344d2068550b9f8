"""A study as the report sees it, in the language of its reader: tables, configuration, labels."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import pandas as pd

from coevo.arrays import Config
from coevo.coupling.grade_scales import GRADES, GradeScale
from coevo.messages import thin
from coevo.observations.units import named
from coevo.panel.derivations import parse
from coevo.schema import LANGUAGES
from coevo.sensitivity.choices import scale_word
from coevo.sensitivity.specifications import EFFECTS
from coevo.study_data import StudyData, StudyTables

Reason = tuple[str, str]  # the key of a message, and its fields
SUBSYSTEM_PREFIX = "U_"
KEY = ["region", "name", "year"]
DRAWN = 100  # regions that charts draw one by one, at most
FAR = 10  # of these the highest, and the lowest

# Columns whose values the phrases name under `words`.
NAMED = {
    "grade": "grade", "focus_grade": "grade", "stage": "stage",
    "old_words": "grade", "frozen_words": "grade", "new_words": "grade",
}  # fmt: skip

# How words of charts begin -> the kind of names that they are, under `words`.
IN_CHARTS = {f"variant_{kind}": kind for kind in ("weighting", "composite", "form")}
Words = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, eq=False)
class Study(StudyTables):
    """A study in the language of its labels.

    `words`: what the language calls values of tables, by kind; see `study_in_language`.
    """

    language: str = "en"
    words: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def verdicts(self, **fit: str) -> pd.DataFrame:
        """Verdict and direction of a fit over all years, by question."""
        return self.rows("verdicts", period="", **fit).set_index("question")

    @property
    def has(self) -> frozenset[str]:
        """What the study has, as tables, charts and phrases name their needs."""
        facts = {
            "alone": self.single,
            "several": not self.single,
            "indexed": self.indexed,
            "modelled": bool(self.pair),
            "pooled": self.pooled,
        }
        optional = {"claims", "changes"} & set(self.tables)
        return frozenset(optional | {name for name, holds in facts.items() if holds})

    @property
    def indexed(self) -> bool:
        """Whether the study has indices of subsystems, and so C, T and D."""
        return "coupling" in self.tables

    @property
    def coupling(self) -> pd.DataFrame:
        """The coupling table: one row per region and year."""
        return self.tables["coupling"]

    @cached_property
    def _states(self) -> pd.DataFrame:
        """Region, name and year of what the study covers: states of D, else figures."""
        if self.indexed:
            return self.coupling[KEY]
        return self.tables["panel"].dropna(subset="value")[KEY].drop_duplicates()

    @cached_property
    def subsystems(self) -> list[str]:
        """Subsystem ids in the order of the indicator table."""
        named = dict.fromkeys(self.indicators["subsystem"]) if self.indexed else ()
        return [s for s in named if SUBSYSTEM_PREFIX + str(s) in self.coupling]

    @cached_property
    def years(self) -> list[int]:
        """Years that the study covers, ascending."""
        return sorted(int(year) for year in self._states["year"].unique())

    @cached_property
    def regions(self) -> list[str]:
        """Region codes, ascending."""
        return sorted(self._states["region"].unique())

    @cached_property
    def drawn(self) -> list[str]:
        """Region codes, ascending, that charts draw: all, or of many `DRAWN`: that in focus,
        the highest and the lowest, and others at even ranks between.
        """
        if len(self.regions) <= DRAWN:
            return self.regions
        last = self.ends[1]["D"] if self.indexed else pd.Series(0.0, self.regions)
        ranked = [str(r) for r in last.sort_values(ascending=False, kind="stable").index]
        step = (len(ranked) - 2 * FAR) / (DRAWN - 2 * FAR)
        between = (ranked[FAR + int(i * step)] for i in range(DRAWN - 2 * FAR))
        return sorted({*ranked[:FAR], *between, *ranked[-FAR:], self.focus})

    @property
    def grades(self) -> GradeScale:
        """The table of grades that D is read by."""
        scale, names = GRADES[self.config["coupling"]["grades"]], self.words.get("grade", {})
        return replace(scale, labels=tuple(str(names.get(g, g)) for g in scale.labels))

    @cached_property
    def single(self) -> bool:
        """Whether the study is of one region."""
        return len(self.regions) == 1

    @cached_property
    def pooled(self) -> bool:
        """Whether the main estimator has pooled fits with intervals: they need several regions."""
        rows = self.rows("parameters", scope="pooled", estimator=self.estimator)
        return set(EFFECTS) <= set(rows.loc[rows["low"].notna(), "effects"])

    @property
    def effects(self) -> tuple[str, ...]:
        """Effects of the fits that the report reads, the headline's last."""
        return EFFECTS if self.pooled else ("none",)

    @property
    def focus(self) -> str:
        """Code of the region in focus: the configured one, or the first."""
        wanted = str(self.config.get("focus_region") or "")
        return wanted if wanted in self.regions else self.regions[0]

    @property
    def outputs(self) -> dict[str, str]:
        """Ids of the pair by x1 and x2."""
        return dict(zip(("x1", "x2"), self.pair, strict=False))

    @property
    def populations(self) -> list[str]:
        """Ids of x1, x2, x3 ...: the pair, and what the general model has besides."""
        return [*self.pair, *(self.config["interaction"] or {}).get("others", ())]

    @cached_property
    def _names(self) -> dict[str, str]:
        rows = self._states.drop_duplicates("region")
        return dict(zip(rows["region"], rows["name"].map(str), strict=True))

    def name(self, region: str) -> str:
        """Name of a region; its code where the study has none of that code."""
        return self._names.get(region, region)

    @cached_property
    def _labels(self) -> dict[str, str]:
        """Labels by indicator; one that is not there is left out."""
        labels = self.indicators[["indicator", f"label_{self.language}"]].dropna()
        return dict(labels.astype(str).to_numpy())

    def label(self, identifier: str) -> str:
        """Label of an indicator, a subsystem or a name of `names`; its id where there is none."""
        if identifier in self.subsystems:
            words = self.config["subsystems"].get(identifier, {})
            return str(words.get(self.language) or identifier)
        known = self.config.get("names", {}).get(identifier, {}).get(self.language, identifier)
        return thin(self._labels.get(identifier) or str(known))

    def heading(self, identifier: str) -> str:
        """The label as it opens a line: its first letter in upper case."""
        label = self.label(identifier)
        return label[:1].upper() + label[1:]

    def unit(self, identifier: str) -> str:
        """Unit of an indicator in the language; empty for a subsystem. One per persons says what is
        counted, where the language does.
        """
        unit, counted = self.units.get(identifier, ""), self.words.get("counted", {})
        of = self.units.get(next(iter(self.derivation(identifier)[1]), ""), "")
        if unit in counted and of in self.words["counter"]:
            return str(counted[unit]).format(self.words["counter"][of])
        return self.unit_name(unit)

    def unit_name(self, unit: str) -> str:
        """What the language calls a unit."""
        return thin(self.words.get("unit", {}).get(unit) or named(unit, self.language))

    @cached_property
    def derivations(self) -> dict[str, str]:
        """How indicators that are not read from a file are derived."""
        table = self.indicators.astype(object).fillna("").set_index("indicator")
        return dict(table.loc[table["source_name"] == "", "derivation"])

    def derivation(self, indicator: str) -> tuple[str, list[str]]:
        """Derivation and arguments of an indicator that is not read from a file; else none."""
        text = self.derivations.get(indicator)
        return parse(text) if text else ("", [])

    def underlying(self, indicators: Iterable[str]) -> list[str]:
        """Indicators, and after them what they derive from, in turn."""
        listed = list(indicators)
        for indicator in listed:  # grows while it is read
            listed += [a for a in self.derivation(indicator)[1] if a not in listed]
        return listed

    @property
    def listing(self) -> list[str]:
        """Region codes as a reader looks them up: by name in Latin letters, else by code."""
        latin = all(self.name(region).isascii() for region in self.regions)
        return sorted(self.regions, key=self.name) if latin else self.regions

    @cached_property
    def _series(self) -> dict[str, pd.Series]:
        by = ["region", "year"]
        panel = self.tables["panel"].set_index(by).sort_index().groupby("indicator")["value"]
        indices = {s: SUBSYSTEM_PREFIX + s for s in self.subsystems}
        composites = {s: self.coupling.set_index(by)[U].sort_index() for s, U in indices.items()}
        return {str(indicator): values for indicator, values in panel} | composites

    def series(self, identifier: str) -> pd.Series:
        """Values of an indicator or a subsystem's composite by (region, year)."""
        return self._series[identifier]

    @cached_property
    def ends(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Rows of `coupling` of every region's own first and of its own last year, by region, with
        the rank of D among the regions of that year.
        """
        rank = self.coupling.groupby("year")["D"].rank(ascending=False, method="min")
        return first_and_last(self.coupling.assign(rank=rank))

    @cached_property
    def compared(self) -> pd.DataFrame:
        """Rows of `coupling` of the regions known in the first and in the last year, by which years
        are compared; all where no region is.
        """
        by_region = self.coupling.groupby("region")["year"]
        whole = by_region.transform("min").eq(self.years[0]) & by_region.transform("max").eq(
            self.years[-1]
        )
        return self.coupling[whole] if whole.any() else self.coupling

    @property
    def uncompared(self) -> list[str]:
        """Codes of the regions that are not among `compared`."""
        return sorted({*self.regions} - {*self.compared["region"]})


def first_and_last(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Of rows by region and year those of every region's own first and own last, by region."""
    groups = rows.sort_values("year", kind="stable").groupby("region")
    first, last = groups.head(1), groups.tail(1)
    return first.set_index("region").sort_index(), last.set_index("region").sort_index()


def least_and_largest(values: pd.Series) -> tuple[float, float]:
    """The least and the largest of some values."""
    return float(values.min()), float(values.max())


def reason(rows: pd.DataFrame) -> Reason | None:
    """Why the first of some rows that has a message was refused; None where none has."""
    told = rows[rows["message"].fillna("") != ""]
    return None if told.empty else (told["message"].iloc[0], told["fields"].iloc[0])


def study_in_language(data: StudyData, language: str, words: Words) -> Study:
    """The study with the names in its tables put into a language, once, before anything reads them.

    Regions take their `name_<language>`; a column takes its twin `<column>_<language>` where that
    is filled; grades and stages take the words of the phrases (`words` of their file).
    """
    config, places, regions = data.config, data.places, pd.Series(dtype=object)
    if places is not None:
        words = {**words, "group": {**words.get("group", {}), **_groups(config, places, language)}}
        places = _named(_twins(places, language), language)
        regions = places.set_index("region")[f"name_{language}"]
    named = {column: dict(words.get(kind, {})) for column, kind in NAMED.items()}

    def table(frame: pd.DataFrame) -> pd.DataFrame:
        values = {column: names for column, names in named.items() if column in frame and names}
        return _twins(_renamed(frame, regions), language).replace(values)

    ready = {name: table(frame) for name, frame in data.tables.items()}
    return Study(config, _twins(data.indicators, language), ready, places, language, words)


def _twins(frame: pd.DataFrame, language: str) -> pd.DataFrame:
    """The table with each column replaced by its twin in the language, where that is filled."""
    twins = {c: frame[f"{c}_{language}"] for c in frame if f"{c}_{language}" in frame}
    changed = {c: twin.where(twin.fillna("") != "", frame[c]) for c, twin in twins.items()}
    return frame.assign(**changed)


def _renamed(frame: pd.DataFrame, regions: pd.Series) -> pd.DataFrame:
    """The table with the names of its regions in the language, as far as they are known."""
    key = "region" if "region" in frame else "scope"
    if regions.empty or not {key, "name"} <= set(frame):
        return frame
    return frame.assign(name=frame[key].map(regions).fillna(frame["name"]))


def _named(places: pd.DataFrame, language: str) -> pd.DataFrame:
    """The table of regions with a name in the language: where it has none, that of another."""
    columns = [f"name_{one}" for one in (language, *LANGUAGES)]
    names = places.reindex(columns=columns).replace("", None).bfill(axis=1).iloc[:, 0]
    return places.assign(**{columns[0]: names.fillna("")})


def _groups(config: Config, places: pd.DataFrame, language: str) -> dict[str, str]:
    """What groups of regions are called in the language, where the table of regions says it."""
    groups = config["regional"]["groups"]
    twin = f"{groups}_{language}"
    if not {groups, twin} <= set(places):
        return {}
    named = places[places[twin] != ""]
    return dict(zip(named[groups], named[twin], strict=True))


def chart_words(study: Study, phrases: Mapping[str, Any]) -> dict[str, str]:
    """Words in charts: their own, else those of tables; and labels that a study defined itself."""
    words, systems = phrases["words"], study.config["robustness"]["systems"]
    named = {
        f"{start}_{name}": word
        for start, kind in IN_CHARTS.items()
        for name, word in words[kind].items()
    }
    variants = {f"variant_system_{name}": study.label(name) for name in systems}
    references = {**words["reference"], **phrases["charts"]["references"]}
    for name in study.tables["multiverse"]["scale"].unique() if study.indexed else ():
        variants[f"variant_scale_{name}"] = scale_word(name, references)
    return {**named, **phrases["charts"], **variants}


def variant_word(words: Mapping[str, str], choice: str, variant: str) -> str:
    """The word for a variant of a choice; what has none stands as it is."""
    return words.get(f"variant_{choice}_{variant}", variant)
