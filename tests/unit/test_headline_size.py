"""Panels in which headlines are not true: how often one is told."""

import numpy as np
import pytest
from scipy.stats import binom

from benchmarks.headline_size import BELOW, DESIGNS, HELD, TABLE, VERDICTS, rows, told
from coevo.files import read_table

INDEPENDENT, MOVES, STAY, RISE = DESIGNS


@pytest.fixture(scope="module")
def table():
    found = read_table(TABLE, "headline_size")
    return found.set_index(["design", "quantity", "outcome"])


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
