"""Where D is high, and whether the gap between regions narrows. Read from `regional`."""

from typing import Any

import pandas as pd

from coevo.arrays import Row
from coevo.files import rows_of
from coevo.normalisation.directions import RATIO
from coevo.regional.regional_panel import ADJUSTED, ALL, LIKELY, PLAIN
from coevo.report.findings.rise import move
from coevo.report.findings.study_tables import Study, reason
from coevo.sensitivity.choices import CHOICES

LEAST_SLOPE = 0.0005  # of yearly growth on ln D: below, it is printed as 0.000


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


def slope(study: Study, name: str) -> Any:
    """Row of a slope of growth with the larger of its errors, HC1 and Conley's; None without."""
    plain, conley = one_row(study, name), one_row(study, f"{name}_conley")
    wider = plain is not None and conley is not None and conley["high"] > plain["high"]
    return conley if wider else plain


def where_finding(study: Study) -> dict[str, Any]:
    """Values and verdicts of the section 'where'.

    `verdict`, of the relative gap between regions (of ln D) on a scale with a true zero, `spread`
    of that in D itself: `narrowed` or `widened` where that of the first and of the last year differ
    by more than chance, else `unclear`; `none` where it was not computed, for a `reason`, or
    `one_region`. `ratio`: of the relative gap on that scale, of its slope of growth, see
    `_on_scale`; `own_scale`: the same on the study's own scale where that is another,
    `held` beside it with all ratios between regions held, or `plain`. `gap`, `gap_in_D`,
    `level_gap` (with the level taken out): their ratio with its interval and p. `growth`:
    `caught_up`, `regression` (to the mean: not without the first year), `fell_behind`, `unclear`,
    `none`; its `residuals`, `neighbours`, `level`: `alike`, `unlike`, `unrelated` or `none`, of D
    and of D with the level taken out. `local`: regions that differ from chance, `some`, `nobody` or
    `none` computed. `bordering`: whether neighbours are `known`, or `none`. `last`: whether all
    have the `same` last year, or one its `own`. `moves` between quartiles of D, `ranks` over
    choices.
    """
    if study.single:
        return {"verdict": "one_region"}
    neighbours, level = likeness(study, PLAIN), likeness(study, ADJUSTED)
    gap, gap_in_D = one_row(study, "sd_ln_ratio"), one_row(study, "sd_ratio")
    level_gap, grown = one_row(study, "sd_ln_ratio", ADJUSTED), growth(study)
    ratio, own = _on_scale(study, RATIO), _on_scale(study)
    held = "plain" if own and pd.isna(own["held_morgan_p"]) else "held"
    beside = held if ratio and own and own["scale"] != RATIO else ""
    return {
        "verdict": _gap(ratio, "gap", "morgan_p"),
        "ratio": ratio,
        "own_scale": beside,
        "own_slope": beside if "own" in grown else "",
        "own": own,
        "reason": reason(study.rows("headlines", headline="gap_narrowed")) or ("not_computed", ""),
        "gap": gap,
        "of_both": gap is not None and bool(study.uncompared),
        "of_those": bool(study.uncompared),
        "counted": bool(study.uncompared),
        "sd_ln": gap and _values(study, "sd_ln"),
        "spread": _gap(gap_in_D),
        "gap_in_D": gap_in_D,
        "sd": _values(study, "sd"),
        **{f"{name}_move": _moved(study, name) for name in ("sd_ln", "theil")},
        "level_gap": level_gap,
        "level_method": level_gap is not None,
        "groups": group_means(study),
        "last": "same" if study.ends[1]["year"].eq(study.years[-1]).all() else "own",
        "growth": grown,
        "grown": "own" in grown,
        "moves": moves(study),
        "ranks": rank_spans(study),
        "residuals": grown.get("residuals"),
        "bordering": "none" if neighbours["verdict"] == "none" else "known",
        "theil": _values(study, "theil"),
        "shares": between_shares(study),
        "neighbours": neighbours,
        "local": local_places(study),
        "level": None if neighbours["verdict"] == "none" else level,
    }


def _gap(row: Any, value: str = "value", p: str = "p") -> str:
    if row is None:
        return "none"
    if not row[p] < LIKELY:
        return "unclear"
    return "narrowed" if row[value] < 1 else "widened"


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


def growth(study: Study) -> dict[str, Any]:
    """Slope of growth on the start, the same without growth of the first year, Moran's I of the
    residuals, the verdict, and by which phrase the slope is told.
    """
    main, check, ratio = slope(study, "beta"), slope(study, "beta_check"), _on_scale(study, RATIO)
    if main is None:
        why = reason(study.rows("regional", statistic="beta", of=PLAIN))
        return {"verdict": "none", "slope": "none", "reason": why}
    if main["low"] <= 0 <= main["high"] or abs(main["value"]) < LEAST_SLOPE:
        verdict = "unclear"
    elif main["value"] > 0:
        verdict = "fell_behind"
    else:
        verdict = "caught_up" if check is not None and check["high"] < 0 else "regression"
    phrase = "unchecked" if verdict != "unclear" and check is None else verdict
    if verdict != "unclear" and ratio and ratio["beta_low"] <= 0 <= ratio["beta_high"]:
        verdict, phrase = "unclear", "own_only"  # the scale that can tell does not
    residuals = likeness(study, PLAIN, "beta_residual_moran")
    rows = {"own": main, "check": check, "residuals": residuals}
    return {"verdict": verdict, "slope": phrase} | rows


def between_shares(study: Study) -> tuple[float, float] | None:
    """Share of Theil's index between groups in the first and in the last year."""
    parts, whole = _values(study, "theil_between"), _values(study, "theil")
    if parts is None or not min(whole) > 0:
        return None
    return parts[0] / whole[0], parts[1] / whole[1]


def likeness(study: Study, of: str, statistic: str = "moran") -> dict[str, Any]:
    """Moran's I of the last year, the verdict on it, and whether its critical value is told."""
    last = at_ends(study, statistic, of)[1]
    if last is None:
        why = reason(study.rows("regional", statistic=statistic, of=of))
        return {"verdict": "none", "critical": "none", "reason": why}
    verdict = (
        "unrelated" if not last["p"] < LIKELY
        else "alike" if last["value"] > last["expected"] else "unlike"
    )  # fmt: skip
    critical = "told" if verdict == "unrelated" else "none"
    return {"verdict": verdict, "critical": critical, "last": last}


def local_places(study: Study) -> dict[str, Any]:
    """Regions whose local I of D in the last year passes the false discovery rate, with where."""
    rows = study.rows("regional", statistic="local_moran", of=PLAIN, year=study.years[-1])
    rows = rows.dropna(subset="value")
    clustered = rows[rows["cluster"].fillna("") != ""]
    places = list(zip(clustered["name"], clustered["cluster"], strict=True))
    return {"verdict": "some" if places else "none" if rows.empty else "nobody", "places": places}


def moves(study: Study) -> dict[str, Any] | None:
    """Yearly moves between quartiles of D, `up` and `down` of `n`, and p of the test that regions
    move alike whatever their neighbours (`beside`: `differ`, `alike` or `none`).
    """
    table = study.rows("mobility")
    table = table[table["lag_class"].isna()]
    if not table["count"].sum():
        return None
    count, rise = table["count"], table["to"] - table["from"]
    test = one_row(study, "homogeneity_Q")
    beside = "none" if test is None else "differ" if test["p"] < LIKELY else "alike"
    found = {"n": count.sum(), "up": count[rise > 0].sum(), "down": count[rise < 0].sum()}
    return {key: int(value) for key, value in found.items()} | {"beside": beside, "test": test}


def rank_spans(study: Study) -> dict[str, Any] | None:
    """Places that the rank of a region spans over all choices: the median, and the widest."""
    table = study.tables["rank_ranges"]
    if table.empty:
        return None
    spans = table["rank_high"] - table["rank_low"]
    widest = table.loc[spans.idxmax()]
    ends = {"low": int(widest["rank_low"]), "high": int(widest["rank_high"])}
    return {"median": float(spans.median()), "name": widest["name"]} | ends
