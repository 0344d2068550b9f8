"""What holds through other choices: D, headlines, the signs of the interaction."""

from typing import Any

import pandas as pd

from coevo.arrays import Row
from coevo.files import rows_of
from coevo.report.findings.study_tables import Study, least_and_largest
from coevo.sensitivity.choices import MAIN, ROBUST
from coevo.sensitivity.headlines import DEPENDS, ROBUST_TO_CHOICES, SIGNIFICANCE

REFUSED, MOSTLY, PARTLY, DIFFERS = "refused", "mostly", "partly", "differs"
# verdict -> share of the combinations that give the same grade, from which it holds
SHARES = {"every": 1.0, "robust": ROBUST, MOSTLY: 2 / 3, "split": 0.0}


def robustness_finding(study: Study) -> dict[str, Any]:
    """Values and verdicts of the section 'how sure we are of D', about the region in focus.

    Of the study's own indicators `verdict`: `every` where all combinations give one grade, `robust`
    at least 95 %, `mostly` from two thirds on, `split` below, `none` where none gives one; `own`:
    whether the most frequent grade is the study's `own` or an`other`; `others`: whether `one`
    combination or `several` give neither of the first two; `D`, `rank`: their least and largest,
    `ranks` where they differ; `own_place`: whether the study's own rank is the `highest` or the
    `lowest` of all.
    `combined`: combinations of all indicator systems, and those comparable over years.
    `headlines`: see `_headlines`.
    """
    every = study.tables["multiverse"]
    known = every[~every["repeated"] & (every["focus_grade"].fillna("") != "")]
    seen = rows_of(known, system=MAIN)
    unseen = {"verdict": "none", **_headlines(study)}
    if seen.empty:
        return unseen
    counts = seen["focus_grade"].value_counts().reindex(study.grades.labels).dropna().astype(int)
    counts = counts.sort_values(ascending=False, kind="stable")
    share, ranks = counts.iloc[0] / len(seen), seen["focus_rank"].astype(int)
    rest = len(seen) - counts.iloc[:2].sum()
    main = every[every["main"]].iloc[0]
    return unseen | {
        "verdict": next(verdict for verdict, least in SHARES.items() if share >= least),
        "own": "own" if main["focus_grade"] == counts.index[0] else "other",
        "n": len(seen),
        "combined": (len(known), int(known["comparable"].sum())),
        "grade": counts.index[0],
        "others": "one" if rest == 1 else "several" if rest else "",
        "grades": list(counts.items()),
        "D": least_and_largest(seen["focus_D"]),
        "rank": (int(ranks.min()), int(ranks.max())),
        "ranks": ranks.nunique() > 1,
        "own_place": _place(ranks, int(main["focus_rank"])),
    }


def _headlines(study: Study) -> dict[str, Any]:
    """How many `headlines` can be asked; which stand whatever is chosen (`firm`) and, by choice,
    that of the most first, which hang on it (`hanging`); `standing`: whether `all` stand, `some`
    or `none`.
    """
    found = through_finding(study)
    asked = {str(name): found[name] for name in study.tables["headlines"]["headline"].unique()}
    asked = {name: known for name, known in asked.items() if known["key"] != REFUSED}
    firm = [name for name, known in asked.items() if known["key"] == ROBUST_TO_CHOICES]
    hanging: dict[str, list[str]] = {}
    for name, known in asked.items():
        if known["key"] in (MOSTLY, PARTLY, DIFFERS):
            hanging.setdefault(known["choice"], []).append(name)
    standing = "all" if len(firm) == len(asked) else "some" if firm else "none"
    return {
        "headlines": len(asked),
        "standing": standing if asked else "",
        "firm": firm,
        "hanging": sorted(hanging.items(), key=lambda item: -len(item[1])),
    }


def _place(ranks: pd.Series, rank: int) -> str:
    ends = {int(ranks.max()): "lowest", int(ranks.min()): "highest"}
    return ends.get(rank, "") if len(ends) > 1 else ""


def through_finding(study: Study) -> dict[str, Any]:
    """What the combinations of choices say of each headline.

    By headline: `key`, its verdict, of what depends on choices `mostly` where more than half of the
    combinations say it, else `partly`; `refused` where it cannot be asked. `choice`: the one that
    decides, "" where all say the same. Of several pairs of systems that do not agree `differs`
    where some of them, `together` of `pairs`, are robust, else `partly`. `least`: of `all_rose`,
    the least number of regions that rose in any combination. `chance`: `told` where random pairings
    give such counts in every system, else `none`. `not_allowed`: message and fields of why figures
    do not allow combinations, and how many.
    """
    headlines: dict[str, Any] = {}
    for name, rows in study.rows("headlines", system="").groupby("headline", sort=False):
        keys = [_key(row) for row in rows.to_dict("records")]
        together = keys.count(ROBUST_TO_CHOICES)
        several = DIFFERS if together else PARTLY
        headlines[str(name)] = {
            "key": keys[0] if len(set(keys)) == 1 else several,
            "choice": rows["deciding_choice"].iloc[0],
            "pairs": len(rows),
            "together": together,
            "chance": _by_chance(study, str(name)),
            "least": rows["least"].iloc[0],
            "counts": _counts(study, str(name)),
        }
    refused = study.tables["varied_refusals"].groupby(["message", "fields"], sort=False)
    counts = [(*why, int(n)) for why, n in refused["combinations"].sum().items()]
    return headlines | {"not_allowed": counts}


def _counts(study: Study, headline: str) -> list[tuple[Any, ...]]:
    """By indicator system, of several pairs of systems by pair: which of these it is, both names,
    in how many combinations a headline holds, and of how many.
    """
    rows = study.rows("headlines", headline=headline).dropna(subset="combinations")
    several, systems = rows["pair"].nunique() > 1, rows["system"] != ""
    rows = rows[systems if systems.any() and not several else ~systems]
    kinds = ["pair" if several else MAIN if s in ("", MAIN) else "other" for s in rows["system"]]
    pairs = [pair.split("~") if pair else study.subsystems[:2] for pair in rows["pair"]]
    pairs = [[study.label(name) for name in pair] for pair in pairs]
    return [*zip(kinds, rows["system"], pairs, rows["agree"], rows["combinations"], strict=True)]


def _by_chance(study: Study, headline: str) -> str:
    tables = ("headlines", "headline_variants")
    p = pd.concat(
        [study.rows(name, headline=headline, pair="", system="")["p"] for name in tables]
    ).dropna()
    return "told" if len(p) and (p >= SIGNIFICANCE).all() else "none"


def _key(row: Row) -> str:
    if row["message"]:
        return REFUSED
    if row["verdict"] != DEPENDS:
        return str(row["verdict"])
    return MOSTLY if 2 * row["agree"] > row["combinations"] else PARTLY


def survival_finding(study: Study) -> dict[str, Any]:
    """In how many specifications b1 and d lie above zero, as in a supply relation, by effects.

    `all` of the study's pair; `located`: fits whose sets of E of the region in focus are bounded
    and positive; empty where there are none. Each by effects, "" for any: `agree` and
    `specifications`.
    """
    table = study.tables["specification_counts"]
    counts = {key: _by_effects(rows, study) for key, rows in table.groupby(["count", "pair"])}
    return {
        "all": counts.get(("supply", MAIN)) or _by_effects(table.head(0), study),
        "located": counts.get(("located", ""), {}),
    }


def _by_effects(rows: pd.DataFrame, study: Study) -> dict[str, Row]:
    by_effects = rows.set_index("effects").reindex(["", *study.effects])
    counts = by_effects[["agree", "specifications"]].fillna(0).astype(int)
    return dict(counts.to_dict("index"))
