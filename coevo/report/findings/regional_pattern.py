"""Where D is high, and whether the gap between regions narrows. Read from `regional`."""

from typing import Any

import pandas as pd

from coevo.regional.regional_panel import ADJUSTED, ALL, PLAIN
from coevo.report.findings.fit_tables import reason
from coevo.report.findings.study_tables import Study

LIKELY = 0.05  # p below which a change or a likeness is more than chance


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


def _one(study: Study, statistic: str) -> Any:
    rows = statistics(study, statistic)
    return None if rows.empty else rows.iloc[0]


def pattern_finding(study: Study) -> dict[str, Any]:
    """Values and verdicts of the section 'where'.

    `verdict`, of the gap between regions: `narrowed` or `widened` where the spread of ln D in the
    first and in the last year differs by more than chance, else `unclear`; `none` where it was not
    computed, or `one_region`. `growth`: `caught_up`, `regression` (to the mean: not without the
    first year), `fell_behind`, `unclear`, `none`. `neighbours`, `level`: `alike`, `unlike`,
    `unrelated` or `none`, of D and of D with the level taken out; `beside`: what the one becomes
    of the other. `apart`: whether the spread of D went the other way than that of ln D.
    """
    if study.single:
        return {"verdict": "one_region"}
    ratio, neighbours = _one(study, "sd_ln_ratio"), likeness(study, PLAIN)
    level = likeness(study, ADJUSTED)
    sd_ln, sd = _values(study, "sd_ln"), _values(study, "sd")
    known = ratio is not None and sd_ln is not None
    return {
        "verdict": _gap(ratio) if known else "none",
        "reason": _why(study, "sd_ln_ratio", PLAIN) or _why(study, "sd_ln", PLAIN),
        "p": ratio["p"] if known else None,
        "sd_ln": sd_ln,
        "sd": sd,
        "apart": known and sd is not None and (sd[1] - sd[0]) * (ratio["value"] - 1) < 0,
        "level_sd_ln": _values(study, "sd_ln", ADJUSTED) if known else None,
        "groups": group_means(study),
        "growth": growth(study),
        "theil": _values(study, "theil"),
        "shares": between_shares(study),
        "neighbours": neighbours,
        "level": level | {"beside": _beside(neighbours["verdict"], level["verdict"])},
    }


def _gap(row: Any) -> str:
    if not row["p"] < LIKELY:
        return "unclear"
    return "narrowed" if row["value"] < 1 else "widened"


def _beside(verdict: str, level: str) -> str:
    """What the likeness of neighbours becomes with the level taken out."""
    if verdict == "none" or level == "none":
        return "none" if verdict == "none" else "refused"
    return {("alike", "alike"): "still", ("alike", "unrelated"): "gone"}.get(
        (verdict, level), "other"
    )


def group_means(study: Study, of: str = PLAIN) -> list[tuple[str, float, float]]:
    """Groups with their mean in the first and in the last year, the highest of the last first."""
    rows = study.rows("regional", statistic="mean", of=of)
    groups = [name for name in dict.fromkeys(rows["scope"]) if name != ALL]
    found = [(name, _values(study, "mean", of, name)) for name in groups]
    means = [(name, *values) for name, values in found if values is not None]
    return sorted(means, key=lambda row: (-row[2], row[0]))


def growth(study: Study) -> dict[str, Any]:
    """Slope of growth on the start, the same without growth of the first year, and the verdict."""
    own, check = _one(study, "beta"), _one(study, "beta_check")
    if own is None:
        return {"verdict": "none", "reason": _why(study, "beta", PLAIN)}
    if own["low"] <= 0 <= own["high"]:
        verdict = "unclear"
    elif own["value"] > 0:
        verdict = "fell_behind"
    else:
        verdict = "caught_up" if check is not None and check["high"] < 0 else "regression"
    return {"verdict": verdict, "own": own, "check": check}


def between_shares(study: Study) -> tuple[float, float] | None:
    """Share of Theil's index between groups in the first and in the last year."""
    parts, whole = _values(study, "theil_between"), _values(study, "theil")
    if parts is None or not min(whole) > 0:
        return None
    return parts[0] / whole[0], parts[1] / whole[1]


def likeness(study: Study, of: str) -> dict[str, Any]:
    """Moran's I of the last year, and the verdict on it."""
    last = at_ends(study, "moran", of)[1]
    if last is None:
        return {"verdict": "none", "reason": _why(study, "moran", of)}
    verdict = (
        "unrelated" if not last["p"] < LIKELY
        else "alike" if last["value"] > -1 / (last["n"] - 1) else "unlike"
    )  # fmt: skip
    return {"verdict": verdict, "last": last}


def _why(study: Study, statistic: str, of: str) -> Any:
    rows = study.rows("regional", statistic=statistic, of=of)
    return reason(rows[rows["message"].fillna("") != ""])
