"""Messages of tables and refusals of fits as plain sentences of a language."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from jinja2 import Environment, pass_context
from jinja2.runtime import Context

from coevo.errors import refusal_lines
from coevo.messages import unpacked
from coevo.report.words.grammar import NO_NOUNS, Grammar, renamed
from coevo.report.words.markup import Markdown, environment, plain_text, speaker
from coevo.report.words.numbers import exact
from coevo.sensitivity.choices import MAIN, scale_word

MessageText = Callable[[str, Any], str]
Name = Callable[[str], str]  # what is shown for an id


def message_environment(phrases: Mapping[str, Any], label: Name, region: Name) -> Environment:
    """Jinja for messages: filters of the language, `unit` and a figure `in_unit`, `label` of an
    indicator, `region`, and `word`, which takes the kind of a name.
    """
    words, grammar = phrases["words"], Grammar(**phrases["grammar"])

    def word(key: str, kind: str) -> str:
        return str(words.get(kind, {}).get(key, key))

    def variant(name: str, choice: str) -> str:
        if choice == "system":
            return word(name, "choice") if name == MAIN else label(name)
        return scale_word(name, words["reference"]) if choice == "scale" else word(name, choice)

    def in_unit(text: Any, unit: str) -> Markdown:
        if unit == "%":
            return Markdown(grammar.percent_pattern.format(text))
        return grammar.noted(text, word(unit, "unit"))

    filters = {"unit": partial(word, kind="unit"), "word": word, "label": label, "region": region}
    return environment(grammar.filters | filters | {"variant": variant, "in_unit": in_unit})


def message_texts(phrases: Mapping[str, Any], label: Name = str, region: Name = str) -> MessageText:
    """A function that puts a message into words: its key, and its fields as a mapping or as JSON.

    phrases: the phrase file of the language; its `messages` are sentences in plain text by key, of
    which `also` adds those `clauses` that are named after a field that has something to tell.
    label, region: what the language calls an indicator and a region, by default their ids.
    Refusals have their lines in `coevo/refusals.csv`.
    """
    jinja, grammar = message_environment(phrases, label, region), Grammar(**phrases["grammar"])
    say = speaker(jinja, phrases, grammar.joined)

    @pass_context
    def also(context: Context, message: str, *parts: str) -> Markdown:
        values = context.get_all()
        keys = (f"clauses/{message}/{part}" for part in parts if values.get(part))
        return Markdown("".join(say(key, **values) for key in keys))

    jinja.globals |= {"say": say, "also": also}
    lines: dict[str, str] = refusal_lines(phrases["page"]["lang"][:2])
    lines = renamed(lines, phrases.get("nouns", NO_NOUNS))

    def shown(name: str, value: Any) -> str:
        if isinstance(value, list):
            named = label if name == "indicators" else region
            return plain_text(grammar.listed(map(named, value)))
        if name == "least":
            return grammar.spelled(value)
        if isinstance(value, float):
            return exact(value, 6)
        names = {"indicator": label, "region": region}
        return names[name](value) if name in names else str(jinja.filters["word"](value, name))

    def text(key: str, fields: Any) -> str:
        values = dict(fields) if isinstance(fields, Mapping) else unpacked(fields)
        if key not in lines:
            return plain_text(say(f"messages/{key}", **values))
        if "reason" in values:
            values["detail"] = text(values.pop("reason"), values.pop("fields"))
        return lines[key].format(**{name: shown(name, value) for name, value in values.items()})

    return text
