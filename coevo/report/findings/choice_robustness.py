"""What holds through other choices: D, headlines, the signs of the interaction."""

from typing import Any

import pandas as pd

from coevo.arrays import Row
from coevo.report.findings.study_tables import Study, least_and_largest, reason
from coevo.sensitivity.choices import MAIN, ROBUST
from coevo.sensitivity.headlines import DEPENDS, ROBUST_TO_CHOICES, SIGNIFICANCE

REFUSED, MOSTLY, PARTLY, DIFFERS = "refused", "mostly", "partly", "differs"
# verdict -> share of the combinations that give the same grade, from which it holds
SHARES = {"every": 1.0, "robust": ROBUST, MOSTLY: 2 / 3, "split": 0.0}
DRIVES = 0.5  # first-order share from which one choice drives D alone
ALONE = 0.01  # first-order share below which a choice does nothing by itself
IDLE = 0.05  # total share below which a choice hardly matters
DEFLATED = "deflated"


def robustness_finding(study: Study) -> dict[str, Any]:
    """Values and verdicts of the section 'how sure we are of D', about the region in focus.

    `verdict`: `every` where all combinations give one grade, `robust` at least 95 %, `mostly` from
    two thirds on, `split` below, `none` where no combination gives one; `own`: whether the most
    frequent grade is the study's `own` or an`other`; `others`: whether `one` combination or
    `several` give neither of the first two; `D`, `rank`: their least and largest, `ranks` where
    they differ; `own_place`: whether the study's own rank is the `highest` or the `lowest` of all.
    `combined`: combinations, and those comparable over years.
    `shares` of choices: `drawn` in a chart or told `alone`. `headlines`: see `_headlines`.
    """
    seen = study.tables["multiverse"]
    seen = seen[seen["focus_grade"].fillna("") != ""]
    drives = _drives(study)
    unseen = {"verdict": "none", "draws": _draws(study), "drives": drives, **_headlines(study)}
    if seen.empty:
        return unseen
    counts = seen["focus_grade"].value_counts().reindex(study.grades.labels).dropna().astype(int)
    counts = counts.sort_values(ascending=False, kind="stable")
    share, ranks = counts.iloc[0] / len(seen), seen["focus_rank"].astype(int)
    rest = len(seen) - counts.iloc[:2].sum()
    choices, main = drives.get("choices"), seen[seen["main"]].iloc[0]
    return unseen | {
        "verdict": next(verdict for verdict, least in SHARES.items() if share >= least),
        "own": "own" if main["focus_grade"] == counts.index[0] else "other",
        "n": len(seen),
        "combined": (len(seen), int(seen["comparable"].sum())),
        "grade": counts.index[0],
        "others": "one" if rest == 1 else "several" if rest else "",
        "shares": choices and ("drawn" if len(counts) > 1 else "alone"),
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


def _draws(study: Study) -> dict[str, Any]:
    """Of the region in focus in its last year: a row of `uncertainty` by source."""
    rows = study.of_focus("uncertainty")
    last = rows[rows["year"] == rows["year"].max()].set_index("source")
    return dict(last.to_dict("index"))


def _drives(study: Study) -> dict[str, Any]:
    """Which choice drives D of the region in focus.

    `verdict`: `one` where a choice accounts for half of the variance or more, `several` where none
    does, `together` where none acts alone, `none` where nothing varies. `choices`: choice and
    first-order share, the largest first, without those that are idle (total below 5 %) or act only
    together with others (share below 1 %).
    """
    rows = study.rows("sensitivity", outcome="focus_D").sort_values("first_order", ascending=False)
    if rows.empty:
        return {"verdict": "none"}
    alone = rows[(rows["total"] >= IDLE) & (rows["first_order"] >= ALONE)]
    dominates = rows["first_order"].iloc[0] >= DRIVES
    return {
        "verdict": "one" if dominates else "several" if len(alone) else "together",
        "choices": list(zip(alone["choice"], alone["first_order"], strict=True)),
    }


def guards_finding(study: Study) -> dict[str, list[Row]]:
    """What `diagnostics` flags: rows by guard, in the order of the table."""
    guards = study.rows("diagnostics", flagged=True).groupby("guard", sort=False)
    return {str(guard): rows.to_dict("records") for guard, rows in guards}


def heaviest_removal(study: Study) -> tuple[list[str], float] | None:
    """The indicators without which most grades change, and their share; None where none would."""
    rows = study.rows("diagnostics", guard="grades_without")
    most = rows["value"].max()
    return (list(rows.loc[rows["value"] == most, "indicator"]), float(most)) if most > 0 else None


def most_filled(study: Study) -> float | None:
    """The largest share of a region's figures that is filled; None without a filled one."""
    rows = study.rows("diagnostics", guard="imputed_share")
    return None if rows.empty else float(rows["value"].max())


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
        }
    refused = study.tables["varied_refusals"].groupby(["message", "fields"], sort=False)
    counts = [(*why, int(n)) for why, n in refused["combinations"].sum().items()]
    return headlines | {"not_allowed": counts}


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

    `all` of the study's pair, `swapped`, `without_growth`, `deflated` and each of `pairs`;
    `located`: fits whose sets of E of the region in focus are
    bounded and positive; empty where there are none. Each by effects, "" for any: `agree`,
    `specifications` and `p` by chance. `chance`, whether there is one: `told`, `some` or `refused`
    with the reason (`why`), or `none` without fits; `draws`.
    """
    table = study.tables["specification_counts"]
    counts = {key: _by_effects(rows, study) for key, rows in table.groupby(["count", "pair"])}
    pairs = {pair: by for (count, pair), by in counts.items() if count == "supply" and pair != MAIN}
    refused = table[table["p"].isna()]
    some = "refused" if len(refused) == len(table) else "some" if len(refused) else "told"
    return {
        "all": counts.get(("supply", MAIN)) or _by_effects(table.head(0), study),
        "swapped": counts.get(("swapped", MAIN), {}),
        "without_growth": counts.get(("without_growth", MAIN), {}),
        "located": counts.get(("located", ""), {}),
        "deflated": pairs.pop(DEFLATED, {}),
        "pairs": pairs,
        "chance": some if len(table) else "none",
        "draws": table["draws"].max(),
        "why": reason(table),
    }


def _by_effects(rows: pd.DataFrame, study: Study) -> dict[str, Row]:
    by_effects = rows.set_index("effects").reindex(["", *study.effects])
    counts = by_effects[["agree", "specifications"]].fillna(0).astype(int)
    return dict(counts.assign(p=by_effects["p"]).to_dict("index"))
