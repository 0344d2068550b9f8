"""The nouns of a study: what it calls its regions and its years, wherever a phrase says these."""

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from coevo.arrays import Config

# what of a phrase are no words of it: code, fields, links, works that are cited
_APART = re.compile(r"(<<.*?>>|<%.*?%>|\{[^{}]*\}|\]\([^)]*\)|`[^`]*`|@\w+)", re.DOTALL)
Nouns = Mapping[str, str]
NO_NOUNS: Nouns = MappingProxyType({})


def with_nouns(
    phrases: Mapping[str, Any], config: Config, language: str, kind: str = "regions"
) -> Mapping[str, Any]:
    """Return the phrases of a language with the nouns of a study, and these under `nouns`.

    The config names a step of `period`, and a region as the name of the id `region`, else the
    language may by the `kind` of all. Of `year` and `region` the phrases know the words, and how
    each is made of the noun: `nouns` of `grammar`, where `odd` is what is not formed so, and
    `moment` a year by its number.
    """
    forms = phrases["grammar"]["nouns"]
    usual = {language: forms["kinds"][kind]} if kind in forms["kinds"] else {}
    named = {"year": config["period"] or {}, "region": config["names"].get("region", usual)}
    made = {
        word: form.replace("<>", names[language])
        for kind, names in named.items()
        if language in names
        for word, form in forms[kind].items()
    }
    moment = made.pop("moment", "{}")
    nouns = {word: forms["odd"].get(text, text) for word, text in made.items()}
    said: dict[str, Any] = renamed(phrases, nouns)
    return said | {"grammar": said["grammar"] | {"moment_pattern": moment}, "nouns": nouns}


def renamed(said: Any, nouns: Nouns) -> Any:
    """Return phrases, or one of them, with the nouns of a study in place of ours."""
    if isinstance(said, Mapping):
        return {key: renamed(part, nouns) for key, part in said.items()} if nouns else said
    if isinstance(said, list):
        return [renamed(part, nouns) for part in said]
    if not (nouns and isinstance(said, str)):
        return said

    def noun(found: re.Match[str]) -> str:
        text = nouns[found[0].lower()]
        return text[:1].upper() + text[1:] if found[0][:1].isupper() else text

    parts, words = _APART.split(said), _words(tuple(nouns))
    parts[::2] = [words.sub(noun, text) for text in parts[::2]]
    return "".join(parts)


@cache
def _words(known: tuple[str, ...]) -> re.Pattern[str]:
    """Return what finds the words, the longest first; of a word in Latin letters the whole."""
    longest = sorted(known, key=len, reverse=True)
    whole = (rf"\b{word}\b" if word.isascii() else word for word in longest)
    return re.compile("|".join(whole), re.IGNORECASE)
