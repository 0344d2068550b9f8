"""Words about other choices: which grade is robust, what drives and moves D, what is flagged."""

from collections.abc import Mapping
from typing import Any

from coevo.coupling import diagnostics
from coevo.coupling.grade_scales import MARGIN
from coevo.panel.audit import FALL, RISE
from coevo.report.findings import Study
from coevo.report.findings.choice_robustness import heaviest_removal, most_filled, type_changes
from coevo.report.findings.factors import TOP, frequencies
from coevo.report.words.amounts import Words
from coevo.report.words.markup import Markdown
from coevo.report.words.numbers import fixed
from coevo.sensitivity.uncertainty import KAPPA


def choice_values(study: Study) -> dict[str, Any]:
    """Values that phrases about choices speak of by name."""
    last = study.ends()[1].sort_values("D", ascending=False)
    changes, often = type_changes(study), frequencies(study)
    return {
        "coupling": study.config["coupling"],
        "vector": study.config["normalisation"]["method"] == "vector",
        "highest": (last["name"].iloc[0], last["D"].iloc[0]),
        "lowest": (last["name"].iloc[-1], last["D"].iloc[-1]),
        "kappa": {source: fixed(value, 0) for source, value in KAPPA.items()},
        "draws": study.config["robustness"]["draws"],
        "revision": study.config["robustness"]["revision"],
        "guard_limits": {
            name.lower(): getattr(diagnostics, name) for name in ("HEAVY", "DOUBLED", "INFLATED")
        },
        "margin": MARGIN,
        "jump": {"rise": RISE, "fall": 1 - FALL},
        "removal": heaviest_removal(study),
        "most_filled": most_filled(study),
        "types_changed": (int((changes["value"] > 0).sum()), len(changes)),
        "top": TOP,
        "often": often.iloc[0].to_dict() if len(often) and often["all"].iloc[0] else None,
        "several_pairs": len(study.subsystems) > 2 and not study.single,
    }


def choice_sentences(study: Study, words: Words, values: Mapping[str, Any]) -> dict[str, Any]:
    """Sentences that are lists: grades and how often, choices by share, contributions, flags."""
    return {
        "robustness_finding": _robustness_finding(values["robustness"]),
        **_robust(values["robustness"], words),
        **_drives(values["robustness"]["drives"], words),
        **_drawn(study, values["robustness"]["draws"], words),
        **_growth(study, words, values["growth"]),
        "guards_in_words": Markdown(
            " ".join(
                words.say(f"guards/{guard}", rows=rows.to_dict("records"))
                for guard, rows in values["guards"].items()
            )
        ),
    }


def _robustness_finding(found: Mapping[str, Any]) -> str:
    """Key of the section's first sentence: how many agree, and whether with this study."""
    verdict = str(found["verdict"])
    return verdict + "_other" if verdict in ("robust", "mostly") and not found["own"] else verdict


def _robust(found: Mapping[str, Any], words: Words) -> dict[str, Any]:
    if found["verdict"] == "none":
        return {"grades_in_words": "", "varied_in_words": ""}
    counts = [(found["grade"], found["count"]), *found["others"]]
    parts = [
        words.say(
            "robustness/count" + ("_own" if grade == found["main"] else ""),
            grade=grade,
            count=count,
        )
        for grade, count in counts
    ]
    return {
        "grades_in_words": words.grammar.clauses(parts),
        "varied_in_words": words.noted(
            (words.word("choice", choice), count) for choice, count in found["choices"]
        ),
    }


def _drives(found: Mapping[str, Any], words: Words) -> dict[str, Any]:
    if found["verdict"] == "none":
        return {"drives_in_words": "", "idle_in_words": "", "joint_in_words": ""}
    shares = [
        words.say(
            f"robustness/{'next' if place else 'most'}",
            choice=words.word("choice", choice),
            share=words.percent(share),
        )
        for place, (choice, share) in enumerate(found["choices"])
    ]
    idle, joint = (
        words.listed(words.word("choice", choice) for choice in found[key])
        for key in ("idle", "joint")
    )
    return {
        "drives_in_words": words.grammar.clauses(shares),
        "idle_in_words": idle,
        "joint_in_words": joint,
    }


def _growth(study: Study, words: Words, found: Mapping[str, Any]) -> dict[str, Any]:
    def parts(pairs: Any) -> Markdown:
        return words.noted((study.label(i), fixed(value, 3)) for i, value in pairs)

    keys = ("largest", "against")
    sums = {f"growth_{key}_in_words": parts(found.get(key, ())) for key in keys}
    return sums | {"growth_subsystems_in_words": parts(found.get("subsystems", {}).items())}


def _drawn(study: Study, found: Mapping[str, Any], words: Words) -> dict[str, Any]:
    """Range of D, of its rank and share of the most frequent grade, by kind of draws."""
    return {
        f"drawn_{source}": words.say(
            "robustness/drawn",
            row=row,
            regions=len(study.regions),
            ranks=(row["rank_low"], row["rank_high"]),
            share=words.grammar.proportion(row["grade_share"]),
        )
        for source, row in found.items()
    }
