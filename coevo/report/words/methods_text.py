"""The methods in words, as they were used: a paragraph to paste, from the configuration."""

from collections.abc import Mapping
from typing import Any

from coevo.normalisation import RATIO, VECTOR
from coevo.report.findings import Study
from coevo.report.words.amounts import Words
from coevo.report.words.markup import Markdown
from coevo.report.words.numbers import with_figures


def chosen(study: Study, kind: str) -> str:
    """Name of the method of a kind, as its registry has it; `given` for given contributions."""
    config = study.config
    names = {
        "normalisation": _normalisation(config["normalisation"]),
        "reference": config["normalisation"]["reference"],
        "weighting": config["weighting"]["method"],
        **{key: config["coupling"][key] for key in ("composite", "preset", "form", "grades")},
        "contributions": config["coupling"]["contributions"],
    }
    return names[kind] if isinstance(names[kind], str) else "given"


def _normalisation(settings: Mapping[str, Any]) -> str:
    ratio = settings["method"] != VECTOR and settings["reference"] == RATIO
    return RATIO if ratio else str(settings["method"])


def method_values(study: Study, words: Words) -> dict[str, Any]:
    """`say_method`, which puts the method of a kind into words, and the values that it needs.

    A method without a phrase is named as its registry names it.
    """

    def say_method(kind: str) -> Markdown:
        name = chosen(study, kind)
        if name in words.phrases["methods"][kind]:
            return words.say(f"methods/{kind}/{name}")
        return words.say("methods/unnamed", kind=kind, name=name)

    given = study.config["coupling"]["contributions"]
    return {
        "say_method": say_method,
        "settings": study.config["normalisation"],
        "combined": _combined(study, words),
        "contributions": []
        if isinstance(given, str)
        else list(zip(study.subsystems, given, strict=False)),
    }


def _combined(study: Study, words: Words) -> Markdown:
    """Methods that a combined weighting combines, with their shares where they are given."""
    combine = study.config["weighting"].get("combine") or {}
    names = [words.word("weighting", name) for name in combine.get("methods", ())]
    shares = combine.get("shares") or [None] * len(names)
    return words.listed(
        name if share is None else words.grammar.noted(name, with_figures(share, 2))
        for name, share in zip(names, shares, strict=False)
    )
