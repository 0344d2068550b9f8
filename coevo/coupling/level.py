"""What D measures: balance or level, and what the level of development leaves of it."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from coevo.arrays import Array, Row, Values
from coevo.errors import Refusal, tried
from coevo.files import as_table
from coevo.normalisation import wide

SLOPES = ("pooled", "year_centred", "last_year")
LEVEL_OUT = "year_centred"  # the one that figures and regional statistics take
PER_HEAD = "_per_head"
FEWEST_RANKED = 3  # regions: of two, ranks agree or they do not
NOISE = 1e-24  # a variance below this is rounding


def centred(x: Values, years: Values | None = None) -> Array:
    """Return x (rows,) less its mean, or less the mean of its year where `years` (rows,) is."""
    values = pd.Series(np.asarray(x, dtype=float))
    groups = np.zeros(len(values)) if years is None else np.asarray(years)
    return np.asarray((values - values.groupby(groups).transform("mean")).to_numpy())


def level_slope(log_D: Values, log_level: Values, years: Values | None = None) -> float:
    """Return the least-squares slope of ln D on the logarithm of a level.

    log_D, log_level (rows,); with `years` (rows,) both are taken from the mean of their year, so
    that what rises everywhere does not enter the slope. Raises `Refusal` for a level that does not
    vary.
    """
    y, x = centred(log_D, years), centred(log_level, years)
    xx = float((x**2).sum())
    if not xx > NOISE * len(x):
        raise Refusal("constant_level")
    return float((x * y).sum()) / xx


def level_adjusted(log_D: Values, log_level: Values, years: Values | None = None) -> Array:
    """Return ln D (rows,) with the level taken out: how far D lies above what the level gives.

    The residual of ln D on a constant and the log of the level, by least squares; with `years`
    (rows,) on a constant of each year instead. Raises `Refusal` for a level that does not vary.
    """
    slope = level_slope(log_D, log_level, years)
    return centred(log_D, years) - slope * centred(log_level, years)


def level_figures(panel: pd.DataFrame, size: Sequence[str]) -> pd.DataFrame:
    """Return levels of development by (region, year): size per head first, then each size.

    panel: the table; size: indicators of size, of which the first over the second is size per
    head, in units of the first per unit of the second. Only rows with every figure, positive.
    """
    figures = panel.loc[panel["indicator"].isin(size), ["region", "year", "indicator", "value"]]
    sizes = wide(figures, "value").reindex(columns=list(size))
    sizes = sizes[(sizes > 0).all(axis=1)]
    ratio = {f"{size[0]}{PER_HEAD}": sizes[size[0]] / sizes[size[1]]} if len(size) > 1 else {}
    return pd.DataFrame(ratio | {name: sizes[name] for name in size}, sizes.index)


def variance_shares(log_C: Values, log_T: Values) -> dict[str, float]:
    """Return how much of the variance of ln D comes from C and how much from T; they sum to 1.

    ln D = (ln C + ln T) / 2, so Cov(ln C / 2, ln D) + Cov(ln T / 2, ln D) = Var(ln D); log_C, log_T
    (rows,). A share may lie outside [0, 1]. Raises `Refusal` if ln D does not vary.
    """
    parts = {"C": centred(log_C) / 2, "T": centred(log_T) / 2}
    D = parts["C"] + parts["T"]
    variance = float((D**2).sum())
    if not variance > NOISE * len(D):
        raise Refusal("constant_D")
    return {name: float((part * D).sum()) / variance for name, part in parts.items()}


def _squared(x: Array, y: Array) -> float:
    """R2 of ln D, y, on x, which is the square of their correlation."""
    slope, yy = level_slope(y, x), float((centred(y) ** 2).sum())
    if not yy > NOISE * len(y):
        raise Refusal("constant_D")
    return slope**2 * float((centred(x) ** 2).sum()) / yy


def _variance(logs: pd.DataFrame) -> Iterator[Row]:
    """Shares of C and T in the variance of ln D, and R2 of ln D on ln T alone."""
    for scope, value in variance_shares(logs["C"], logs["T"]).items():
        yield {"measure": "variance_share", "scope": scope, "value": value}
    if np.ptp(logs["T"]) > 0:
        value = _squared(logs["T"].to_numpy(), logs["D"].to_numpy())
        yield {"measure": "R2", "scope": "T", "value": value}


def _rises(coupling: pd.DataFrame) -> Iterator[Row]:
    """The rise of ln D of each region from its first to its last year, and its parts C and T."""
    ordered = coupling.sort_values("year", kind="stable").groupby("region")
    first, last = ordered.first(), ordered.last()
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = 0.5 * np.log(last[["C", "T"]] / first[["C", "T"]])
    rises = pd.DataFrame({"lnD": parts["C"] + parts["T"], "C": parts["C"], "T": parts["T"]})
    for region, years in (last["year"] - first["year"]).items():
        labels = {"scope": region, "n": int(years)}
        if min(first.at[region, "D"], last.at[region, "D"]) <= 0:
            yield {**Refusal("zero_D_at_an_end").columns, "measure": "rise_lnD", **labels}
            continue
        for name, rise in rises.loc[region].items():
            yield {"measure": f"rise_{name}", "value": rise, **labels}


def _against(name: str, rows: pd.DataFrame) -> Iterator[Row]:
    """What a level explains of ln D; rows: ln of `D` and of the level over the panel."""
    value = _squared(rows[name].to_numpy(), rows["D"].to_numpy())
    yield {"measure": "R2", "value": value, "n": len(rows)}
    last = rows[rows["year"] == rows["year"].max()]
    ranks = last[["D", name]].rank()
    if len(last) >= FEWEST_RANKED and ranks.std(ddof=0).min() > 0:
        value = float(ranks.corr().iloc[0, 1])
        yield {"measure": "rank_correlation_D", "value": value, "n": len(last)}


def slopes(rows: pd.DataFrame, name: str) -> Mapping[str, tuple[float, pd.Series]]:
    """Return the slope and the level-adjusted ln D of the last year, by each of `SLOPES`.

    rows: region, year, ln of `D` and of the level `name`. By the slope of all rows; by that within
    years; by that of the last year alone. A slope that does not exist is left out.
    """
    at_end = (rows["year"] == rows["year"].max()).to_numpy()
    last = rows[at_end]
    by_slope = {}
    for kind, used in zip(SLOPES, (rows, rows, last), strict=True):
        years = used["year"] if kind == "year_centred" else None
        try:
            slope = level_slope(used["D"], used[name], years)
        except Refusal:
            continue
        adjusted = level_adjusted(used["D"], used[name], years)
        at_last = adjusted if kind == "last_year" else adjusted[at_end]
        by_slope[kind] = (slope, pd.Series(at_last, last["region"].to_numpy()))
    return by_slope


def _adjusted(name: str, rows: pd.DataFrame) -> Iterator[Row]:
    """ln D of the last year with a level taken out, and its ranks, by the three slopes."""
    for kind, (slope, adjusted) in slopes(rows, name).items():
        labels = {"level": name, "slope": kind}
        n = len(adjusted) if kind == "last_year" else len(rows)
        yield {"measure": "slope_lnD", "value": slope, "n": n, **labels}
        ranks = adjusted.rank(ascending=False, method="min")
        for measure, values in (("adjusted_lnD", adjusted), ("rank_adjusted_D", ranks)):
            for region, value in values.items():
                cell = {"scope": region, "value": float(value), "n": len(adjusted)}
                yield {"measure": measure, **labels, **cell}


def level_rows(coupling: pd.DataFrame, panel: pd.DataFrame, size: Sequence[str]) -> pd.DataFrame:
    """Return the table `level` (measure, scope, level, slope, value, n, message, fields).

    `variance_share` of C and T in the variance of ln D, `R2` of ln D on ln T; `rise_lnD`, `rise_C`,
    `rise_T` of each region; for several regions and each of `level_figures` `R2` of ln D on its
    logarithm and `rank_correlation_D` (Spearman, last year, of `FEWEST_RANKED` regions or more);
    for the first of them `slope_lnD`, `adjusted_lnD` and `rank_adjusted_D` (1 is the highest) of
    each region in the last year by each of `SLOPES`, with `rank_D` beside. What cannot be computed
    has its reason instead of a value.
    """
    positive = coupling[coupling["D"] > 0]
    logs = positive[["region", "year"]].join(np.log(positive[["C", "T", "D"]].astype(float)))
    shares = tried(_variance(logs), {"n": len(logs)}, measure="variance_share", scope="T")
    rows = [*shares, *_rises(coupling)]
    if coupling["region"].nunique() > 1:
        rows += _controls(coupling, logs, level_figures(panel, size) if size else None)
    return as_table("level", rows)


def _controls(coupling: pd.DataFrame, logs: pd.DataFrame, levels: pd.DataFrame | None) -> list[Row]:
    """What the levels of development explain of ln D, and what the first of them leaves."""
    if levels is None:
        return [{**Refusal("no_size").columns, "measure": "R2", "n": 0}]
    joined = logs.merge(np.log(levels).reset_index(), on=["region", "year"])
    last = int(coupling["year"].max())
    if not (joined["year"] == last).any():
        missing = Refusal("no_size_in_year", year=last)
        return [{**missing.columns, "measure": "R2", "n": len(joined)}]
    rows = [
        row
        for name in map(str, levels)
        for row in tried(_against(name, joined), {"level": name}, measure="R2", n=len(joined))
    ]
    end = joined[joined["year"] == last].set_index("region")["D"]
    ranks = end.rank(ascending=False, method="min")
    rows += [
        {"measure": "rank_D", "scope": region, "value": rank, "n": len(end)}
        for region, rank in ranks.items()
    ]
    # Where the first level explains nothing for a reason, there is nothing to take out.
    return rows if "message" in rows[0] else [*rows, *_adjusted(str(levels.columns[0]), joined)]
