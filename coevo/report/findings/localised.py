"""A study in the language of its reader: what its tables say, put into words once."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from coevo.arrays import Config
from coevo.report.findings.study_tables import Study
from coevo.schema import LANGUAGES
from coevo.sensitivity.choices import scale_word
from coevo.study_data import StudyData

# Columns whose values the phrases name under `words`.
NAMED = {
    "grade": "grade", "focus_grade": "grade", "focus_grade_last": "grade", "stage": "stage",
    "old_words": "grade", "frozen_words": "grade", "new_words": "grade",
}  # fmt: skip

# How words of charts begin -> the kind of names that they are, under `words`.
IN_CHARTS = {"claims": "conclusion", "effects": "effects"} | {
    f"variant_{kind}": kind for kind in ("estimator", "weighting", "composite", "form")
}
Words = Mapping[str, Mapping[str, Any]]


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
