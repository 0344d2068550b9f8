"""Values and sentences of the two-population model, by the names that phrases and template use."""

from collections.abc import Mapping
from typing import Any

from coevo.report.findings import Study
from coevo.report.findings.equilibrium import path
from coevo.report.words.amounts import Words, estimate_text
from coevo.report.words.markup import Markdown
from coevo.report.words.numbers import with_figures


def population_values(study: Study, found: dict[str, Any], words: Words) -> dict[str, Any]:
    """Short names of what the phrases say of the two populations, from the findings by section."""
    assert study.pair is not None
    up, down = study.pair
    units = list(dict.fromkeys(u for u in (study.unit(up), study.unit(down)) if u))
    values = {
        "populations": [study.label(i) for i in study.populations],
        "first_effects": study.effects[0],
        "last_effects": study.effects[-1],
        "x1": study.label(up),
        "x2": study.label(down),
        "unit": units[0] if len(units) == 1 else "",
        "stated": found["calibration"].get("period", found["calibration"].get("given")),
        "seen": found["calibration"]["observed"],
        "refusals": words.listed(
            words.grammar.noted(name, words.why(reason))
            for name, reason in found["equilibrium"]["refused"].items()
        ),
        "interaction_finding": _interaction_finding(found["interaction"]),
        "rests_on_years": found["interaction"]["verdict"] == "supply_then_neither",
        "equilibrium_finding": _equilibrium_finding(found["equilibrium"]["verdict"]),
        "relation_finding": _known(found["relation"]["verdict"], "named"),
        "feedback_finding": _known(found["feedback"]["verdict"], "decided"),
        "alpha": 1 - study.config["interaction"]["confidence"],
        "estimate": estimate_text,
        "figures": with_figures,
        "ends_of": lambda row, digits=2: words.say(
            "sets/interval",
            low=with_figures(row["low"], digits),
            high=with_figures(row["high"], digits),
        ),
    }
    estimates = found["interaction"].get("estimates")
    if estimates:
        values["head"] = estimates[list(estimates)[-1]]
    if "pool" in found["interaction"]:
        first, last = (found["interaction"]["pool"][effects] for effects in study.effects)
        values |= {"first_pool": first, "head_pool": last}
        values["instrumented"] = found["interaction"]["instrumented"]
    if found["equilibrium"]["verdict"] != "not_estimated":
        values |= {
            "path_years": (path(study)["year"].min(), path(study)["year"].max()),
            "zone_level": words.percent(found["equilibrium"]["zone_level"], 1),
            "main": found["equilibrium"]["main"],
            "rows_of_fit": found["equilibrium"]["rows"],
            "doubt": found["equilibrium"]["doubts"]["rows"],
        }
    return values


def _interaction_finding(found: dict[str, Any]) -> str:
    """Key of the section's first sentence: what the last set of effects leaves standing."""
    if found["verdict"] == "not_estimated":
        return "not_estimated"
    if found["undecided"]:
        return "undecided"
    return "supply" if found["verdict"].endswith("supply") else "other"


def _known(verdict: str, otherwise: str) -> str:
    """Key of a finding: that nothing is estimated or decided, or that something is."""
    return verdict if verdict in ("not_estimated", "undetermined", "undecidable") else otherwise


def _equilibrium_finding(verdict: str) -> str:
    return verdict if verdict in ("located", "not_positive", "not_estimated") else "unlocated"


def survival_sentences(found: Mapping[str, Any], words: Words) -> dict[str, Any]:
    """In how many fits the pattern shows, for the study's outputs and each other pair."""
    if "all" not in found:
        return {}

    def counts(part: Mapping[str, tuple[int, int]]) -> Markdown:
        return words.grammar.clauses(
            words.say("survival/count", effects=effects, n=n, of=of)
            for effects, (n, of) in part.items()
        )

    return {
        "survival_in_words": counts(found["all"]),
        "signs_in_words": words.grammar.clauses(
            words.say("survival/decided", effects=effects, n=n, of=of)
            for effects, (n, of) in found["signs"].items()
        ),
        "vintages_in_words": words.listed(words.word("vintage", v) for v in found["vintages"]),
    }


def model_sentences(found: Mapping[str, Any], words: Words) -> dict[str, Any]:
    """Lists about the model: kinds of rest points, intervals without zero, power of the rule."""
    equilibrium, simulated = found["equilibrium"], found["simulated"]
    pooled = [_kinds(kinds, words) for kinds in equilibrium.get("pooled_kinds", [])]
    return {
        "kinds_in_words": _kinds(equilibrium.get("kinds", {}), words),
        "pooled_kinds_in_words": pooled,
        "general_kinds_in_words": _kinds(equilibrium.get("general_kinds", {}), words),
        "power_in_words": _power(simulated, 0.1, words),
        "strong_power_in_words": _power(simulated, 0.3, words),
        "exceptions_in_words": words.listed(
            words.say("interaction/exception", **row[["parameter", "estimator"]].to_dict())
            for row in found["interaction"].get("exceptions", [])
        ),
    }


def _kinds(kinds: Mapping[str, int], words: Words) -> Markdown:
    """What the rest point would be, in how many regions."""
    return words.listed(
        words.say("equilibrium/kind", word=words.word("kind_of", kind), n=n)
        for kind, n in kinds.items()
    )


def _power(simulated: Mapping[str, Any], strength: float, words: Words) -> Markdown:
    """Share of simulated panels in which each relation is named where it is there."""
    return words.listed(
        words.say("relation/power", name=words.word("relation", name), share=shares[strength])
        for name, shares in simulated.get("relation_rule", {}).get("power", {}).items()
    )


def relation_sentences(found: Mapping[str, Any], words: Words) -> dict[str, Any]:
    """Effects by both estimators, probabilities of their signs, and feedback by sub-period."""
    relation, periods = found["relation"], found["feedback"].get("periods", {})
    if "effects" not in relation:
        return {}
    return {
        "effects_in_words": words.grammar.clauses(
            words.say("relation/effects", estimator=estimator, pair=pair)
            for estimator, pair in relation["effects"].items()
        ),
        "quadrants_in_words": words.grammar.clauses(
            words.say("relation/quadrant", name=words.word("signs", signs), share=share)
            for signs, share in relation["quadrants"].items()
        ),
        "periods_in_words": words.grammar.series(
            [
                *(
                    words.say("feedback/period", period=_span(period, words), forms=forms)
                    for period, forms in periods.items()
                ),
                *(
                    words.say("feedback/refused", period=_span(period, words))
                    for period in found["feedback"].get("refused", [])
                ),
            ]
        ),
    }


def _span(period: str, words: Words) -> str:
    """A sub-period, 2015-2019, with the dash of the language."""
    return words.grammar.dash.join(period.split("-"))


def interaction_sentence(study: Study, found: dict[str, Any], words: Words) -> Markdown:
    """What the pooled fits leave standing, or what the region in focus says by itself."""
    if found["verdict"] == "not_estimated":
        return words.say("interaction/not_estimated")
    parts = found["verdict"].split("_then_")
    if len(parts) == 1:
        return words.say(f"interaction/region/{found['verdict'].removeprefix('region_')}")
    first = words.say(f"interaction/first/{parts[0]}")
    # The condition of the second half looks at the first: "so the pattern cannot be told ...".
    return Markdown(first + words.say(f"interaction/then/{parts[1]}", supply=parts[0] == "supply"))
