"""Panels of known strength of interaction: how often a verdict is given."""

import pytest
from scipy.stats import binom

from benchmarks.common import wilson
from benchmarks.strength import DESIGNS, REGION, TABLE, TOLD, VERDICTS, judged, rows
from coevo.files import read_table

MOST = 0.07  # share of panels in which what is true may be denied
# shares beyond it, as docs/methods.md (6) says
BEYOND: dict[tuple[str, str, str], float] = {}


@pytest.fixture(scope="module")
def table():
    found = read_table(TABLE, "strength")
    return found.set_index(["design", "scope", "effect"])


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
