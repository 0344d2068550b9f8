"""How sure we are of D: draws of weights, and of figures by the size of revisions (methods, 3).

A sensitivity range and no confidence interval: it says how far D moves with choices and figures
that could as well have been others, not where a true D lies.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from coevo.coupling import GRADES, composite_indices, degrees
from coevo.normalisation import minmax, scaled_panel
from coevo.panel.derivations import parse

Array = npt.NDArray[np.float64]
COLUMNS = ["region", "name", "year", "source", "D", "low", "high", "rank", "rank_low", "rank_high"]
COLUMNS += ["grade", "grade_share"]
SHARES = ["region", "name", "year", "source", "grade", "share"]
KAPPA = {"weights": 50.0, "weights_loose": 10.0}  # concentration of the Dirichlet draws
LEVEL = (0.05, 0.95)
CHUNK = 2_000_000  # normalised figures held at once


def revision_sizes(
    indicators: pd.DataFrame, revisions: pd.DataFrame, default: float
) -> dict[str, float]:
    """Return the relative size of a revision per subsystem indicator: a standard deviation of logs.

    Of a figure read: the root mean square of ln(new / old) over its restated figures; of a derived
    one the root of the sum of squares of its arguments'; `default` where nothing was restated.
    """
    sound = revisions[(revisions["old"] > 0) & (revisions["new"] > 0)]
    logs = np.log(sound["new"] / sound["old"]) ** 2
    own = np.sqrt(logs.groupby(sound["indicator"]).mean()).to_dict()
    sizes = {}
    used = indicators[indicators["subsystem"] != ""]
    for indicator, derivation in used[["indicator", "derivation"]].to_numpy():
        arguments = parse(derivation)[1] if derivation else [indicator]
        sizes[indicator] = float(np.sqrt(sum(own.get(a, default) ** 2 for a in arguments)))
    return sizes


def weight_draws(weights: Array, member: Array, kappa: float, draws: int, seed: int) -> Array:
    """Return draws (draws, m) of the weights, Dirichlet(kappa w) within each subsystem.

    One draw holds for the whole panel; its mean is w. A weight of 0 stays 0.
    """
    out = np.zeros((draws, len(weights)))
    for number, column in enumerate(member.T):
        rng = np.random.default_rng([seed, number])
        own = np.flatnonzero(column)
        positive = own[weights[own] > 0]
        drawn = rng.standard_gamma(kappa * weights[positive], (draws, len(positive)))
        out[:, positive] = drawn / drawn.sum(axis=1, keepdims=True)
    return out


def figure_draws(
    values: Array, regions: npt.NDArray[np.int64], sizes: Array, draws: int, seed: int
) -> Array:
    """Return figures (draws, rows, m) times exp(size * N(0, 1)).

    One error per region and indicator holds for all years: a revision shifts a whole series.
    """
    rng = np.random.default_rng([seed, 10_000])
    error = rng.standard_normal((draws, regions.max() + 1, values.shape[1])) * sizes
    return values * np.exp(error[:, regions])


def monte_carlo(
    case: Mapping[str, pd.DataFrame], indicators: pd.DataFrame, config: Mapping[str, Any]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the tables `uncertainty` and `grade_shares`.

    case: panel, normalised, weights, coupling, goalposts, revisions. `source`: weights (kappa 50),
    weights_loose (kappa 10), figures (revisions; goalposts of the panel move with the figures,
    the weights stay). low, high: 5 and 95 % points of D over the draws; rank_low, rank_high the
    same of the rank among the regions of the year (1 is the highest D); grade: the most frequent
    one, and its share of the draws.
    """
    settings, draws = config["coupling"], config["robustness"]["draws"]
    chosen = case["weights"][case["weights"]["weighting"] == config["weighting"]["method"]]
    names = list(chosen["indicator"])
    member = (
        chosen["subsystem"].to_numpy()[:, None]
        == np.array(list(dict.fromkeys(chosen["subsystem"])))
    ).astype(float)
    w = chosen["weight"].to_numpy()
    coupling = case["coupling"].sort_values(["region", "year"], ignore_index=True)
    key = ["region", "year"]
    z = case["normalised"].pivot(index=key, columns="indicator", values="z")[names].sort_index()
    span, seed = scaled_panel(config["normalisation"]), config["robustness"]["seed"]
    parts, shares = [], []

    def keep(source: str, D: Array) -> None:
        table, share = _summary(source, coupling, D, settings["grades"])
        parts.append(table)
        shares.append(share)

    for source, kappa in KAPPA.items():
        drawn = weight_draws(w, member, kappa, draws, seed)
        U = composite_indices(z.to_numpy(), drawn, member, settings["composite"], span)
        keep(source, degrees(U, settings).D)
    keep("figures", _figures(case, indicators, config, z, w, member))
    return (
        pd.concat(parts, ignore_index=True)[COLUMNS],
        pd.concat(shares, ignore_index=True)[SHARES],
    )


def _figures(
    case: Mapping[str, pd.DataFrame],
    indicators: pd.DataFrame,
    config: Mapping[str, Any],
    z: pd.DataFrame,
    w: Array,
    member: Array,
) -> Array:
    """Return D (draws, rows) of figures that are off by the size of a revision."""
    names = list(z.columns)
    raw = case["panel"].pivot(index=["region", "year"], columns="indicator", values="value")
    values = raw.loc[z.index, names].to_numpy()
    sizes = revision_sizes(indicators, case["revisions"], config["robustness"]["revision"])
    regions = pd.factorize(z.index.get_level_values("region"))[0]
    drawn = figure_draws(
        values,
        regions,
        np.array([sizes[name] for name in names]),
        config["robustness"]["draws"],
        config["robustness"]["seed"],
    )
    directions = dict(indicators[["indicator", "direction"]].to_numpy())
    settings, span = config["coupling"], scaled_panel(config["normalisation"])
    lo_hi = span or (0.0, 1.0)
    D = []
    for part in np.array_split(drawn, max(1, drawn.size // CHUNK)):
        low, high = _goalposts(part, case["goalposts"], z, config["normalisation"])
        Z = np.empty_like(part)
        for j, name in enumerate(names):
            Z[..., j] = minmax(part[..., j], directions[name], low[..., j], high[..., j], lo_hi)
        U = composite_indices(Z.clip(*lo_hi), w, member, settings["composite"], span)
        D.append(degrees(U, settings).D)
    return np.concatenate(D)


def _goalposts(
    drawn: Array, goalposts: pd.DataFrame, z: pd.DataFrame, settings: Mapping[str, Any]
) -> tuple[Array, Array]:
    """Return minima and maxima (draws, rows or 1, m) of drawn figures by the study's reference."""
    reference, index = goalposts["reference"].iloc[0], z.index
    if reference == "goalposts":
        kept = goalposts.set_index("indicator").loc[z.columns, ["low", "high"]].to_numpy(float)
        return kept[None, None, :, 0], kept[None, None, :, 1]
    if reference == "vector":
        norm = np.sqrt((drawn**2).sum(axis=1, keepdims=True))
        return np.zeros_like(norm), norm
    years = index.get_level_values("year")
    inside = np.ones(len(index), dtype=bool)
    if reference == "base":
        inside = np.asarray(
            (years >= settings["base"]["first"]) & (years <= settings["base"]["last"])
        )
    if reference in ("panel", "base"):
        kept = drawn[:, inside]
        return kept.min(axis=1, keepdims=True), kept.max(axis=1, keepdims=True)
    low, high = np.empty_like(drawn), np.empty_like(drawn)
    for group in np.unique(index.get_level_values(reference)):
        own = np.asarray(index.get_level_values(reference) == group)
        low[:, own] = drawn[:, own].min(axis=1, keepdims=True)
        high[:, own] = drawn[:, own].max(axis=1, keepdims=True)
    return low, high


def _summary(
    source: str, coupling: pd.DataFrame, D: Array, grades: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return ranges, ranks and shares of grades of D (draws, rows) by region-year."""
    scale = GRADES[grades]
    place = np.searchsorted(
        scale.cuts, D + 1e-9, side="right" if scale.closed == "left" else "left"
    )
    share = np.stack([(place == k).mean(axis=0) for k in range(len(scale.labels))], axis=1)
    rank, own = np.empty(D.shape), np.empty(D.shape[1])
    for year in coupling["year"].unique():
        rows = np.flatnonzero((coupling["year"] == year).to_numpy())
        rank[:, rows] = np.argsort(np.argsort(-D[:, rows], axis=1, kind="stable"), axis=1) + 1
        own[rows] = coupling["D"].iloc[rows].rank(ascending=False, method="min")
    table = coupling[["region", "name", "year", "D"]].assign(source=source, rank=own.astype(int))
    table["low"], table["high"] = np.quantile(D, LEVEL, axis=0)
    ends = np.quantile(rank, LEVEL, axis=0, method="nearest")
    table["rank_low"], table["rank_high"] = ends.astype(int)
    table["grade"] = np.array(scale.labels)[share.argmax(axis=1)]
    table["grade_share"] = share.max(axis=1)
    long = pd.DataFrame(share, columns=list(scale.labels))
    long[["region", "name", "year"]] = table[["region", "name", "year"]]
    long = long.melt(["region", "name", "year"], var_name="grade", value_name="share")
    return table, long[long["share"] > 0].assign(source=source)
