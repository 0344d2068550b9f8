"""Panels in which headlines are not true: what they are made of, how often one is told."""

import numpy as np
import pytest
from scipy.stats import binom

from benchmarks.headline_size import (
    BELOW,
    DESIGNS,
    HELD,
    TABLE,
    VERDICTS,
    rows,
    simulated,
    systems_of,
    told,
)
from coevo.files import read_table

INDEPENDENT, MOVES, STAY, RISE = DESIGNS


@pytest.fixture(scope="module")
def table():
    found = read_table(TABLE, "headline_size")
    return found.set_index(["design", "quantity", "outcome"])


def made(design, panels=40):
    """Logs of figures (panels, 10 indicators, regions, years), and of sizes (panels, 2, ...)."""
    parts = zip(*(simulated(design, seed) for seed in range(panels)), strict=True)
    return tuple(np.log(np.array(part)) for part in parts)


def left(x):
    """x (..., regions, years) less the means of regions and of years."""
    x = x - x.mean(axis=-1, keepdims=True)
    return x - x.mean(axis=-2, keepdims=True)


def between(x):
    """Mean correlation, over panels, of indicators of one system, and of the two systems."""
    r = np.mean([np.corrcoef(panel.reshape(10, -1)) for panel in x], axis=0)
    of_one = (r[:5, :5].sum() + r[5:, 5:].sum() - 10) / 40
    return of_one, r[:5, 5:].mean()


def test_independent_systems_share_level_and_years_alone():
    x, sizes = made(INDEPENDENT, 100)
    level = sizes[:, :1].mean(axis=-1, keepdims=True)
    level = level - level.mean(axis=-2, keepdims=True)
    means = x.mean(axis=-1, keepdims=True) - x.mean(axis=(-2, -1), keepdims=True)
    assert between(means)[1] > 0.3  # by level
    slope = (means * level).sum(axis=-2, keepdims=True) / (level**2).sum(axis=-2, keepdims=True)
    one, two = between(means - slope * level)
    assert one > 0.2 and abs(two) < 0.03
    years = np.diff(x.mean(axis=-2), axis=-1)
    assert between(years)[1] > 0.5  # by one series of shocks
    trend = np.arange(9) - 4.0
    by_level, own = level * trend, left(x)  # trends hang on the level
    slope = (own * by_level).sum(axis=(-2, -1)) / (by_level**2).sum(axis=(-2, -1))
    one, two = between(own - slope[..., None, None] * by_level)
    assert one > 0.08 and abs(two) < 0.01
    assert np.ptp(left(sizes)) < 1e-9
    assert between(left(made(MOVES, 100)[0]))[1] > 0.08


def test_gaps_stay_where_they_are_to_stay():
    x, _ = made(STAY)
    spread = x.std(axis=-2).mean(axis=0)
    assert spread[:, -1] == pytest.approx(spread[:, 0], rel=0.06)
    assert np.diff(x, axis=-1).mean() == pytest.approx(0, abs=0.003)
    rising, sizes = made(RISE)
    assert rising - x == pytest.approx(np.broadcast_to(0.055 * np.arange(9), x.shape))
    assert np.diff(sizes[:, 0], axis=-1) == pytest.approx(0.055)


def test_what_moves_is_stationary_and_lasts():
    x, _ = made(STAY, 100)
    own = left(x)
    lasting = (own[..., 1:] * own[..., :-1]).mean() / (own**2).mean()
    assert lasting == pytest.approx(0.53, abs=0.03)
    assert own[:, 9].std() == pytest.approx(0.48 * 0.5, rel=0.05)


def test_amounts_are_figures_times_residents():
    x, sizes = simulated(MOVES, 3)
    systems, levels = systems_of(x, sizes)
    panel, indicators = systems["amounts"]
    wide = panel.pivot(index=["region", "year"], columns="indicator", values="value")
    per_head = wide[indicators["indicator"]].div(wide["residents"], axis=0)
    assert per_head.to_numpy().T.reshape(x.shape) == pytest.approx(x)
    assert levels["product_per_head"].to_numpy().reshape(sizes[0].shape) == pytest.approx(sizes[0])


@pytest.mark.whole
@pytest.mark.parametrize("design", DESIGNS, ids=lambda design: design.name)
def test_a_short_run_agrees_with_the_table(design, table):
    n = 6
    short = rows(design, [told(design, seed) for seed in range(n)])
    assert len(short) == len(table.loc[design.name])
    for row in short:
        kept = table.loc[(design.name, row["quantity"], row["outcome"])]
        if np.isfinite(kept["low"]):
            fewest, most = binom.ppf(1e-4, n, kept["low"]), binom.isf(1e-4, n, kept["high"])
            assert fewest <= round(row["share"] * n) <= most, row
        else:
            assert row["share"] == pytest.approx(kept["share"], abs=0.25), row


def test_the_table_of_simulations_keeps_its_promise(table):
    for design in DESIGNS:
        own = table.loc[design.name]
        assert (own["panels"] == design.panels).all()
        for name in HELD:
            assert own.loc[name]["share"][list(VERDICTS)].sum() == pytest.approx(1, abs=1e-3)
        for name in ("r_p", "curve_p"):
            assert own.loc[name]["share"].drop(BELOW).sum() == pytest.approx(1, abs=1e-3)
    assert INDEPENDENT.panels >= 500 and STAY.panels >= 200
    share = table["share"]
    assert share[INDEPENDENT.name, "systems_in_step", "robust"] <= 0.02
    assert share[INDEPENDENT.name, "r_p", BELOW] <= 0.075
    for design in (STAY, RISE):
        assert share[design.name, "gap_narrowed", "robust"] <= 0.025
    # a level that moves is a common cause that pairing by its mean does not hold
    assert share[MOVES.name, "r_p", BELOW] > 0.2
    # where all rise alike, the gap narrows on a scale that begins at the least figure, not on ratio
    assert share[RISE.name, "gap_narrowed", "own_agree"] > 0.9
    assert share[RISE.name, "gap_narrowed", "ratio_agree"] < 0.1
