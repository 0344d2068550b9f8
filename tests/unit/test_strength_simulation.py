"""Panels of known strength of interaction: what they are made of, how often a verdict is given."""

import numpy as np
import pytest
from scipy.stats import binom

from benchmarks.common import wilson
from benchmarks.strength import (
    DESIGNS,
    REGION,
    TABLE,
    TOLD,
    VERDICTS,
    _interacting,
    judged,
    provinces,
    rows,
    simulated,
)
from coevo.files import read_table

MOST = 0.07  # share of panels in which what is true may be denied
# shares beyond it, as docs/methods.md (6) says
BEYOND: dict[tuple[str, str, str], float] = {}
ONE, _, NONE, HALF, WANDERING, OWN_LIMITS = DESIGNS


@pytest.fixture(scope="module")
def table():
    found = read_table(TABLE, "strength")
    return found.set_index(["design", "scope", "effect"])


def growth(panel):
    """Yearly growth (regions, years, 2) of a panel."""
    x = panel.sort_values(["region", "year"])[["x1", "x2"]].to_numpy()
    return np.diff(np.log(x.reshape(29, 9, 2)), axis=1)


def test_the_study_has_29_regions_and_nine_years():
    pair, slopes = provinces()
    assert (
        pair.groupby("region")["year"]
        .agg(["min", "max", "size"])
        .eq([2015, 2023, 9])
        .all(axis=None)
    )
    assert sorted(slopes.index) == sorted(pair["region"].unique())
    assert len(slopes) == 29 and not {"110000", "310000"} & {*slopes.index}


@pytest.mark.parametrize("design", DESIGNS, ids=lambda design: design.name)
def test_panels_begin_where_the_study_does_and_draw_by_seed(design):
    pair = provinces().pair.sort_values(["region", "year"])
    panel = simulated(design, 3)
    first = panel["year"] == 2015
    assert panel[["region", "year"]].to_numpy().tolist() == pair[["region", "year"]].values.tolist()
    of_study = pair.loc[pair["year"] == 2015, ["x1", "x2"]].to_numpy()
    assert panel.loc[first, ["x1", "x2"]].to_numpy() == pytest.approx(of_study)
    assert simulated(design, 3).equals(panel) and not simulated(design, 4).equals(panel)


@pytest.mark.parametrize("design", [NONE, WANDERING], ids=lambda design: design.name)
def test_without_interaction_and_limits_regions_grow_as_they_did(design):
    drawn = np.array([growth(simulated(design, seed)) for seed in range(60)])
    observed = growth(provinces().pair)
    error = drawn.mean(axis=2).std(axis=0, ddof=1) / np.sqrt(60)
    far = (drawn.mean(axis=(0, 2)) - observed.mean(axis=1)) / error
    assert np.abs(far).max() < 4.5
    assert drawn.std(axis=2).mean() == pytest.approx(observed.std(axis=1).mean(), rel=0.1)


def test_every_second_region_interacts_and_zhejiang_is_one_of_them():
    one, none, half = (
        _interacting(strengths, np.random.default_rng(1))
        for strengths in ((1.0,), (0.0,), (1.0, 0.0))
    )
    assert np.array_equal(half[::2], one[::2]) and np.array_equal(half[1::2], none[1::2])
    assert np.abs(np.log(one / none)[:, -1]).min() > 0
    assert sorted(provinces().slopes.index).index(REGION) % 2 == 0


@pytest.mark.whole
@pytest.mark.parametrize("design", DESIGNS, ids=lambda design: design.name)
def test_a_short_run_agrees_with_the_table(design, table):
    n = 6
    seeds = range(design.panels, design.panels + n)
    short = rows(design, [judged(design, seed) for seed in seeds])
    assert len(short) == len(table.loc[design.name]) == 4
    for row in short:
        kept = table.loc[(design.name, row["scope"], row["effect"])]
        for name in (*VERDICTS, *TOLD):
            _, low, high = wilson(round(kept[name] * design.panels), design.panels)
            fewest, most = binom.ppf(1e-4, n, low), binom.isf(1e-4, n, high)
            assert fewest <= round(row[name] * n) <= most, (row, name)


def test_the_table_of_strengths_keeps_its_promise(table):
    assert len(table) == 4 * len(DESIGNS)
    assert table[list(VERDICTS)].sum(axis=1).to_numpy() == pytest.approx(1, abs=1e-3)
    for design in DESIGNS:
        own = table.loc[design.name]
        assert (own["panels"] == design.panels).all() and design.panels >= 400
        if not design.wrong:
            assert own["wrong"].isna().all()
            continue
        assert own["wrong"].tolist() == own[design.wrong].tolist()
        assert own["wrong"].between(own["wrong_low"], own["wrong_high"]).all()
    wrong = table["wrong"].dropna()
    assert len(wrong) == 16 and wrong[wrong > MOST].to_dict() == BEYOND


def test_strengths_are_told_in_the_panel_and_weaker_ones_in_one_region(table):
    share = table.loc[:, [*VERDICTS, *TOLD]]
    for effect in ("b1", "d"):
        assert share.loc[("strength 1", "panel", effect), "as_theory"] > 0.95
        assert share.loc[("strength 0", "panel", effect), "weaker"] > 0.85
        assert share.loc[("strength 0.5", "panel", effect), "none_excluded"] > 0.95
        # half of the regions carry the panel
        assert share.loc[("half at 1", "panel", effect), "as_theory"] > 0.75
        # one region excludes full strength, and hardly ever none
        assert share.loc[("strength 0", REGION, effect), "weaker"] > 0.6
        assert share.loc[("strength 1", REGION, effect), "none_excluded"] < 0.05
