"""Where D is high, where every region stands by the study's own choices and by others, and whether
the gap between regions narrows. Read from `regional`, `coupling` and `rank_ranges`.
"""

from typing import Any

import pandas as pd

from coevo.arrays import Row
from coevo.coupling.level import LEVEL_OUT
from coevo.files import rows_of
from coevo.normalisation.directions import RATIO
from coevo.regional.regional_panel import ALL, LIKELY, PLAIN
from coevo.report.findings.level_control import of_measure
from coevo.report.findings.rise import move
from coevo.report.findings.study_tables import Study, first_and_last, reason
from coevo.sensitivity.choices import CHOICES, MAIN
from coevo.sensitivity.coverage_breaks import KEPT


def statistics(study: Study, statistic: str, of: str = PLAIN, **wanted: Any) -> pd.DataFrame:
    """Rows of a statistic of all regions that have a value; other scopes by `scope`."""
    rows = study.rows("regional", statistic=statistic, of=of, **{"scope": ALL} | wanted)
    return rows.dropna(subset="value")


def at_ends(study: Study, statistic: str, of: str = PLAIN, scope: str = ALL) -> list[Any]:
    """Rows of a statistic in the first and in the last year; None where it has no value."""
    rows = statistics(study, statistic, of, scope=scope).set_index("year")
    return [rows.loc[y] if y in rows.index else None for y in (study.years[0], study.years[-1])]


def _values(study: Study, statistic: str, of: str = PLAIN, scope: str = ALL) -> Any:
    """Values in the first and in the last year; None unless both are there."""
    ends = at_ends(study, statistic, of, scope)
    return None if any(row is None for row in ends) else tuple(float(r["value"]) for r in ends)


def one_row(study: Study, statistic: str, of: str = PLAIN) -> Row | None:
    """The row of a statistic of all years that has a value; None without one."""
    return next(iter(statistics(study, statistic, of).to_dict("records")), None)


def where_finding(study: Study) -> dict[str, Any]:
    """Values and verdicts of the section 'where'.

    `verdict`, of the relative gap between regions (of ln D) on a scale with a true zero, `spread`
    of that in D itself: `narrowed` or `widened` where that of the first and of the last year differ
    by more than chance, else `unclear`; `none` where it was not computed, for a `reason`, or
    `one_region`. `ratio`: of the relative gap on that scale, see `_on_scale`; `own_scale`: the same
    on the study's own scale where that is another, `held` beside it with all ratios between regions
    held, or `plain`. `gap`, `gap_in_D`: their ratio with its interval and p. `neighbours`: `alike`,
    `unlike`, `unrelated` or `none`; `on_ratio`: what the combinations of the study's own indicators
    on scales with a true zero say of the gap in D, where the study's own scale is another;
    `bordering`: whether they are `known`. `last`: whether all have
    the `same` last year, or one its `own`. `moves` between quartiles of D, `ranks` over choices.
    """
    if study.single:
        return {"verdict": "one_region"}
    gap, gap_in_D = one_row(study, "sd_ln_ratio"), one_row(study, "sd_ratio")
    neighbours = likeness(study)
    ratio, own = _on_scale(study, RATIO), _on_scale(study)
    held = "plain" if own and pd.isna(own["held_morgan_p"]) else "held"
    beside = held if ratio and own and own["scale"] != RATIO else ""
    return {
        "verdict": _gap(ratio, "gap", "morgan_p"),
        "ratio": ratio,
        "own_scale": beside,
        "own": own,
        "reason": reason(study.rows("headlines", headline="gap_narrowed")) or ("not_computed", ""),
        "gap": gap,
        "of_both": gap is not None and bool(study.uncompared),
        **dict.fromkeys(("of_those", "counted"), bool(study.uncompared)),
        "sd_ln": gap and _values(study, "sd_ln"),
        "spread": _gap(gap_in_D),
        "gap_in_D": gap_in_D,
        "on_ratio": None if own and own["scale"] == RATIO else _gap_in_D_on_ratio(study),
        "sd": _values(study, "sd"),
        "sd_ln_move": _moved(study, "sd_ln"),
        "groups": group_means(study),
        "last": "same" if study.ends[1]["year"].eq(study.years[-1]).all() else "own",
        "moves": moves(study),
        "ranks": rank_spans(study),
        "bordering": "none" if neighbours["verdict"] == "none" else "known",
        "neighbours": neighbours,
    }


def _gap(row: Any, value: str = "value", p: str = "p") -> str:
    if row is None:
        return "none"
    if not row[p] < LIKELY:
        return "unclear"
    return "narrowed" if row[value] < 1 else "widened"


def _gap_in_D_on_ratio(study: Study) -> Row | None:
    asked = {"headline": "gap_in_D_narrowed", "choice": "scale", "variant": RATIO}
    rows = study.rows("headline_variants", **asked)
    rows = rows[rows["system"].isin(["", MAIN])]  # that of the study's own system comes last
    return next(iter(rows.tail(1).to_dict("records")), None)


def _on_scale(study: Study, scale: str = "") -> dict[str, Any] | None:
    """The row of `multiverse` that has the study's own choices but a scale, by default its own, and
    the relative `gap` as a ratio, also with all ratios between regions `held_gap`; None without.
    """
    rows = study.tables["multiverse"]
    own = dict(rows.iloc[0][list(CHOICES)]) if len(rows) else {}
    found = rows_of(rows, **own | ({"scale": scale} if scale else {})).dropna(subset="morgan_p")
    for kind in ("", "held_"):
        found[f"{kind}gap"] = found[f"{kind}sd_ln_last"] / found[f"{kind}sd_ln_first"]
    return next(iter(found.to_dict("records")), None)


def _moved(study: Study, statistic: str) -> str | None:
    ends = _values(study, statistic)
    return ends and move(*ends)


def group_means(study: Study, of: str = PLAIN) -> list[tuple[str, float, float]]:
    """Groups with their mean in the first and in the last year, the highest of the last first."""
    rows = study.rows("regional", statistic="mean", of=of)
    groups = [name for name in dict.fromkeys(rows["scope"]) if name != ALL]
    ends = [(name, _values(study, "mean", of, name)) for name in groups]
    means = [(name, *values) for name, values in ends if values is not None]
    return sorted(means, key=lambda row: (-row[2], row[0]))


def likeness(study: Study) -> dict[str, Any]:
    """Moran's I of D in the last year, and the verdict on it."""
    last = at_ends(study, "moran")[1]
    if last is None:
        why = reason(study.rows("regional", statistic="moran", of=PLAIN))
        return {"verdict": "none", "reason": why}
    verdict = (
        "unrelated" if not last["p"] < LIKELY
        else "alike" if last["value"] > last["expected"] else "unlike"
    )  # fmt: skip
    return {"verdict": verdict, "last": last}


def moves(study: Study) -> dict[str, int] | None:
    """Yearly moves between quartiles of D, `up` and `down` of `n`."""
    table = study.rows("mobility")
    table = table[table["lag_class"].isna()]
    if not table["count"].sum():
        return None
    count, rise = table["count"], table["to"] - table["from"]
    found = {"n": count.sum(), "up": count[rise > 0].sum(), "down": count[rise < 0].sum()}
    return {key: int(value) for key, value in found.items()}


def rank_spans(study: Study) -> dict[str, Any] | None:
    """Places that the rank of a region spans over all choices: the median, and the widest."""
    table = study.tables["rank_ranges"]
    if table.empty:
        return None
    spans = table["rank_high"] - table["rank_low"]
    widest = table.loc[spans.idxmax()]
    ends = {"low": int(widest["rank_low"]), "high": int(widest["rank_high"])}
    return {"median": float(spans.median()), "name": widest["name"]} | ends


def standings(study: Study) -> pd.DataFrame:
    """By region: `group`; D of its first and last year and its `rise`, `D_without` the years of
    changed coverage; rank in the first and the last year of the study, `rank_low` to `rank_high`
    over all combinations of choices, `rank_adjusted` with the level of development taken out. NaN
    for what is not known.
    """
    first, last = study.ends
    choices = study.tables["rank_ranges"].set_index("region")
    without = first_and_last(study.rows("coverage_breaks", variant=KEPT).dropna(subset="D"))[1]
    columns = {
        "group": groups_of(study),
        "D_first": first["D"],
        "D": last["D"],
        "rise": last["D"] - first["D"],
        "D_without": without["D"],
        "rank_first": first["rank"].where(first["year"] == study.years[0]),
        "rank": last["rank"].where(last["year"] == study.years[-1]),
        "rank_low": choices["rank_low"],
        "rank_high": choices["rank_high"],
        "rank_adjusted": of_measure(study, "rank_adjusted_D", slope=LEVEL_OUT),
    }
    return pd.DataFrame(columns, index=pd.Index(study.listing, name="region"))


def groups_of(study: Study) -> pd.Series:
    """The group of each region in the words of the report, as far as regions have groups."""
    column = study.config["regional"]["groups"]
    if study.places is None or column not in study.places:
        return pd.Series(dtype=object)
    held = study.places[study.places["region"].isin(study.regions)].set_index("region")[column]
    held = held.dropna().loc[lambda groups: groups.ne("")]
    return held.replace(dict(study.words.get("group", {})))
