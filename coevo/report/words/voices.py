"""A study with everything that its phrases speak of, in one language."""

from typing import Any, NamedTuple

from coevo.report.findings import Study
from coevo.report.words.amounts import Words
from coevo.report.words.choice_words import choice_sentences, choice_values
from coevo.report.words.grammar import Grammar
from coevo.report.words.index_sentences import Phrases, named_values, sentences
from coevo.report.words.markup import environment, speaker
from coevo.report.words.methods_text import method_values
from coevo.report.words.model_words import interaction_sentence


class Voice(NamedTuple):
    """A study with its phrases, the Jinja environment that holds every finding, and its words."""

    study: Study
    phrases: Phrases
    jinja: Any
    words: Words


def voice(study: Study, phrases: Phrases) -> Voice:
    """What says a study's findings, made once for all parts of a report and for all tables."""
    grammar = Grammar(**phrases["grammar"])
    jinja = environment(grammar.filters)
    words = Words(study, phrases, speaker(jinja, phrases, grammar.joined), grammar)
    values = jinja.globals
    values |= {"study": study, "say": words.say, "word": words.word, "label": study.label}
    named = named_values(study, words)
    values |= named
    values |= choice_values(study) | method_values(study, words)
    values |= sentences(study, words, values)
    values |= choice_sentences(study, words, values)
    values["say_interaction"] = lambda: interaction_sentence(study, named["interaction"], words)
    return Voice(study, phrases, jinja, words)
