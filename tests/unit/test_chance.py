"""What chance prints of driving factors: the table that docs and reports quote, and a short run."""

import re

import numpy as np
import pytest

from benchmarks.chance import DRAWS, TABLE, made
from benchmarks.common import ROOT
from coevo.files import read_table


@pytest.fixture(scope="module")
def table():
    return read_table(TABLE, "chance").set_index("case")


def test_the_detector_finds_what_chance_gives(table):
    parts = table.loc[["detector_4", "detector_5", "detector_6"]]
    assert parts["mean"].to_numpy() == pytest.approx([0.100, 0.133, 0.167], abs=0.002)
    assert parts["high"].to_numpy() == pytest.approx([0.248, 0.297, 0.342], abs=0.004)
    assert parts.loc["detector_5", "share"] == pytest.approx(0.040, abs=0.002)
    assert table.loc["detector_5", "draws"] == DRAWS and table.loc["arithmetic", "high"] < 1e-12
    assert set(table.loc[["interaction_4", "interaction_5"], "share"]) == {1}


def test_a_short_run_agrees_with_the_table(table):
    for row in made(400):
        kept = table.loc[row["case"]]
        assert row["share"] == pytest.approx(kept["share"], abs=5 / np.sqrt(row["draws"])), row


def test_the_page_prints_the_table(table):
    page = (ROOT / "docs/refused.md").read_text("utf-8")
    numbers = {float(n.replace("−", "-")) for n in re.findall(r"−?\d*\.\d+", page)}
    for name in ("mean", "high"):
        for value in table.drop("arithmetic")[name]:
            assert any(abs(value - n) < max(0.0051, 0.051 * abs(value)) for n in numbers), value
