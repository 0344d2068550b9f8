"""Theory against fit: rows of the table theory (docs/methods.md, 6)."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from coevo.arrays import Array, Integers, Row
from coevo.equilibria.fitted import AnyFit, has_regional_lines, regional_lines
from coevo.errors import Refusal
from coevo.estimation.pooled import PooledFit
from coevo.estimation.region import stacked
from coevo.inference.growth_at_point import GrowthAt, growth_at, mean_by_region, yearly_growth
from coevo.inference.sets import interval, t_quantile

MEAN = "mean"  # scope: the mean over regions
OWN, REGION, YEAR = "own", "region", "year"  # errors
MOVED = {"": 1.0, "_lower": 0.7, "_higher": 1.3}  # p_joint<...>: of the point, and of one moved
CONTRADICTED, NOT_CONTRADICTED = "contradicted", "not_contradicted"
CANNOT_SAY, NO_EQUILIBRIUM = "cannot_say", "no_equilibrium"
CONFIRMED, DIFFERS = "confirmed", "differs"  # verdicts of several rows, see `joint_verdict`
FAMILY = ["source", "share", "effects", "estimator", "errors"]  # within it Holm's adjustment
SLOPES = (("a1", "b1"), ("a2", "d"))  # intercept and slope of each equation, a2 with the sign of -
KNOWN = ["source", "share", "first_year", "last_year", "x1", "x2", "x1_low", "x1_high", "x2_low"]
KNOWN += ["x2_high", "inside1", "inside2"]


def points_table(points: Sequence[Row], pair: pd.DataFrame) -> pd.DataFrame:
    """Return theoretical points with inside1, inside2: whether they lie in the observed range."""
    columns = ["scope", *KNOWN[:-2], "theory_b1", "theory_d"]
    table = pd.DataFrame([point for point in points], columns=columns)
    seen = pair.groupby("region")[["x1", "x2"]].agg(["min", "max"])
    for i, x in enumerate(("x1", "x2"), start=1):
        low, high = (table["scope"].map(seen[x, end]) for end in ("min", "max"))
        table[f"inside{i}"] = (table[x] >= low) & (table[x] <= high)
    return table


def regional_rows(
    points: pd.DataFrame, fits: Iterable[tuple[Row, AnyFit]], level: float
) -> pd.DataFrame:
    """Return growth at each point by the lines of its region: its own, or those of pooled fits.

    points: of `points_table`; fits: labelled. Own lines also say what would have to be true: the
    parameter that would put E at the point, the other one as fitted, and how far that is from the
    fit in standard errors. The ratio of slopes is that of the fit over the theory's.
    """
    lines = list(regional_lines(fits))
    labels = pd.DataFrame([label for label, _ in lines], columns=["scope", "effects", "estimator"])
    labels["errors"] = np.where(labels["effects"] == "none", OWN, REGION)
    rows = points.merge(labels.reset_index(), on="scope")
    if rows.empty:
        return rows
    i, E = rows["index"].to_numpy(), rows[["x1", "x2"]].to_numpy(dtype=float)
    c, V, df = (part[i] for part in stacked([pair for _, pair in lines]))
    grown = {end: growth_at(c, V, df, E * factor) for end, factor in MOVED.items()}
    table = _rows(rows, grown, level)
    by_own_fit = (rows["errors"] == OWN).to_numpy()
    for j, names in enumerate(SLOPES):
        other, sign = E[:, 1 - j], (1, -1) if j == 0 else (-1, 1)
        needed = -c[:, j, 1] * other, -c[:, j, 0] / other  # so that c + s x = 0
        for k, name in enumerate(names):
            apart = (needed[k] - c[:, j, k]) / np.sqrt(V[:, j, k, k])
            table[f"{name}_needed"] = np.where(by_own_fit, sign[k] * needed[k], np.nan)
            table[f"{name}_apart"] = np.where(by_own_fit, sign[k] * apart, np.nan)
        slope = names[1]
        table[f"{slope}_ratio"] = sign[1] * c[:, j, 1] / rows[f"theory_{slope}"].to_numpy(float)
    return table


def pooled_rows(
    points: pd.DataFrame, fits: Iterable[tuple[Row, AnyFit]], level: float
) -> tuple[pd.DataFrame, list[Row]]:
    """Return growth at the points of regions by pooled fits with errors by year, and the means.

    The means stand where half of the regions or more have a point, with errors by region and, from
    six years of growth on, by year; of fewer years there is a refusal. fits: labelled; those that
    give regions lines of their own count.
    """
    groups = [part for _, part in points.groupby(["source", "share"], dropna=False)]
    frames, grown, refusals = [points.iloc[:0]], [], {}
    for label, pooled in fits:
        if not has_regional_lines(pooled):
            continue
        place = {code: i for i, code in enumerate(pooled.regions)}
        named = {"effects": label["effects"], "estimator": label["estimator"]}
        for part in groups:
            rows = part[part["scope"].isin(list(place))].assign(**named)
            if rows.empty:
                continue
            at, E = rows["scope"].map(place).to_numpy(), rows[["x1", "x2"]].to_numpy(dtype=float)
            inside = dict(zip(("inside1", "inside2"), _inside(pooled, at, E), strict=True))
            none = dict.fromkeys(KNOWN[4:10], np.nan) | {"n": len(rows)}
            most = 2 * len(rows) >= len(place)
            whole = rows.iloc[: int(most)].assign(scope=MEAN, **none, **inside)
            if most:
                frames.append(whole.assign(errors=REGION))
                grown.append({end: mean_by_region(pooled, at, E * f) for end, f in MOVED.items()})
            try:
                yearly = {end: yearly_growth(pooled, at, E * f) for end, f in MOVED.items()}
            except Refusal as why:
                row = label | {"quantity": "theory"} | why.columns
                refusals[tuple(named.values())] = row
                continue
            for of, tested in enumerate((rows, whole)[: 1 + most]):
                frames.append(tested.assign(errors=YEAR))
                grown.append({end: growth[of] for end, growth in yearly.items()})
    if not grown:
        return frames[0], []
    every = {
        end: GrowthAt(*map(np.concatenate, zip(*[one[end] for one in grown], strict=True)))
        for end in MOVED
    }
    return _rows(pd.concat(frames), every, level), list(refusals.values())


def _inside(pooled: PooledFit, region: Integers, E: Array) -> list[bool]:
    """Whether the mean point lies in the range of the mean path, both in units of the first year.

    The path is that of the starts of growth rows, region by region.
    """
    data = pooled.data
    point = (E / data.units[region]).mean(axis=0)
    rows = np.isin(data.region, region)
    path = pd.DataFrame(data.start[rows]).groupby(data.year[rows]).mean()
    return [bool(path[i].min() <= point[i] <= path[i].max()) for i in (0, 1)]


def _rows(rows: pd.DataFrame, grown: dict[str, GrowthAt], level: float) -> pd.DataFrame:
    """Return rows with growth, intervals, p and the verdict; grown: by the ends of `MOVED`."""
    at = grown[""]
    low, high = interval(at.growth, at.error, at.df[:, None], level)
    seen = t_quantile(at.df, 1 - (1 - level) / 2)[:, None] * at.error  # joint p below 1 - level
    ends = ("", "_se", "_low", "_high", "_p", "_seen")
    numbers = dict(zip(ends, (at.growth, at.error, low, high, at.p, seen), strict=True))
    columns = {f"G{i + 1}{end}": values[:, i] for i in range(2) for end, values in numbers.items()}
    columns |= {f"p_joint{end}": moved.joint_p for end, moved in grown.items()}
    table = rows.assign(df=at.df, **columns)
    inside = table["inside1"].astype(bool) & table["inside2"].astype(bool)
    tested = np.where(table["p_joint"] < 1 - level, CONTRADICTED, NOT_CONTRADICTED)
    return table.assign(verdict=np.where(inside & table["p_joint"].notna(), tested, CANNOT_SAY))


def untested_rows(points: pd.DataFrame, fitted: pd.Series, codes: pd.Series) -> pd.DataFrame:
    """Return rows of points whose region no line fits, and of regions without a point."""
    left = points[~points["scope"].isin(fitted)].assign(verdict=CANNOT_SAY)
    none = sorted(set(codes) - set(points["scope"]))
    rest = pd.DataFrame({"scope": none, "verdict": NO_EQUILIBRIUM})
    return pd.concat([left, rest]).assign(effects="none", errors=OWN)


def joint_verdict(rows: pd.DataFrame, located: bool, level: float = 0.95) -> str:
    """Return the verdict of several rows, `differs` where they have several, "" of none.

    `confirmed` where no point is contradicted, but each would be if it lay 30 % lower or higher,
    and the fit locates its own E (`located`): in a trend alone a point may pass by chance.
    """
    known = set(rows["verdict"])
    verdict = known.pop() if len(known) == 1 else DIFFERS if known else ""
    seen = (rows[["p_joint_lower", "p_joint_higher"]] < 1 - level).all(axis=None)
    return CONFIRMED if verdict == NOT_CONTRADICTED and located and seen else verdict


def adjusted(theory: pd.DataFrame) -> pd.DataFrame:
    """Return the table with p_adjusted: joint p over regions by Holm, within each `FAMILY`.

        p_(k) adjusted = max over j <= k of min(1, (m - j + 1) p_(j)),  p_(1) <= ... <= p_(m)

    Source: Holm (1979).
    """
    regions = theory[(theory["scope"] != MEAN) & theory["p_joint"].notna()].sort_values("p_joint")
    keys = [regions[name].fillna(0) for name in FAMILY]
    families = regions.groupby(keys)["p_joint"]
    steps = (families.transform("size") - families.cumcount()) * regions["p_joint"]
    return theory.assign(p_adjusted=steps.groupby(keys).cummax().clip(upper=1))
