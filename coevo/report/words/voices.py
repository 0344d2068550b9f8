"""A study with everything that its phrases speak of, in one language."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import pandas as pd

from coevo.report.findings import Study
from coevo.report.findings.localised import study_in_language
from coevo.report.findings.page_one import all_provinces, conclusions
from coevo.report.words.amounts import Words
from coevo.report.words.grammar import Grammar, read_phrases
from coevo.report.words.markup import environment, speaker
from coevo.report.words.methods_text import method_values
from coevo.report.words.values import Phrases, values_by_name


class Voice(NamedTuple):
    """A study with its phrases, the Jinja environment that holds every finding, and its words."""

    study: Study
    phrases: Phrases
    jinja: Any
    words: Words


def in_languages(
    config: Mapping[str, Any],
    tables: Mapping[str, pd.DataFrame],
    indicators: pd.DataFrame,
    places: pd.DataFrame | None,
    files: Mapping[str, str],
) -> list[Voice]:
    """The study in every language of its reports, in their order.

    files: `phrases.<language>.yaml` of each language.
    """
    languages = config["report"]["languages"]
    provincial = all_provinces(tables["observations"]["region"])
    phrases = {own: read_phrases(files[f"phrases.{own}.yaml"], provincial) for own in languages}
    return [
        voice(study_in_language(config, tables, indicators, language, places, said["words"]), said)
        for language, said in phrases.items()
    ]


def voice(study: Study, phrases: Phrases) -> Voice:
    """What says a study's findings, made once for all parts of a report and for all tables."""
    grammar = Grammar(**phrases["grammar"])
    jinja = environment(grammar.filters)
    words = Words(study, phrases, speaker(jinja, phrases, grammar.joined), grammar)
    jinja.filters |= {"conclusions": conclusions}
    jinja.filters |= {"word": lambda name, kind: words.word(kind, name)}
    values = jinja.globals
    values |= {"study": study, "say": words.say, "word": words.word, "label": study.label}
    values |= values_by_name(study, words) | method_values(study, words)
    return Voice(study, phrases, jinja, words)
