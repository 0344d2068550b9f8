"""Other choices in the studies that ship: known shares, ranks, ranges and invariants."""

import math

import numpy as np
import pandas as pd
import pytest

from coevo.panel.derivations import parse, read_series
from coevo.sensitivity.choices import choice_sensitivity
from coevo.sensitivity.uncertainty import monte_carlo, revision_sizes
from coevo.study_data import StudyData

pytestmark = pytest.mark.whole


@pytest.mark.parametrize(("study", "own"), [("provinces", 5), ("provinces-scale", 4)])
def test_the_rank_of_zhejiang(results, study, own):
    table = results(study, "multiverse")
    assert table.loc[table["main"].astype(bool), "focus_rank"].item() == own


def test_known_shares_of_variance_and_ranks(results):
    """Exact, as group means of the full factorial; digits as the methods of the project state, of
    the 432 combinations without a ratio as a scale.
    """
    every = results("provinces", "multiverse")
    table = every[every["scale"] != "ratio"]
    assert (len(every), len(table), every["system"].nunique()) == (540, 432, 2)
    ranks = table["focus_rank"].value_counts()
    assert (ranks[3], ranks[5]) == (200, 39)
    shares = choice_sensitivity(table).set_index(["outcome", "choice"])["first_order"]
    known = {
        ("D_mean", "system"): 0.5105, ("D_mean", "form"): 0.1252, ("focus_D", "form"): 0.3454,
        ("focus_D", "weighting"): 0.2306, ("focus_D", "system"): 0.2261,
    }  # fmt: skip
    assert shares[list(known)].to_dict() == pytest.approx(known, abs=5e-5)
    for (outcome, choice), share in shares.items():
        assert share == pytest.approx(
            table.groupby(choice)[outcome].mean().var(ddof=0) / table[outcome].var(ddof=0)
        )


def test_indicators_drawn_one_by_one_are_too_narrow(results, shipped):
    """As if each derived indicator were published by itself, with the revisions of its arguments:
    errors of residents and product then cancel in an index, by a factor of about 1.4.
    """
    study = shipped("provinces")
    indicators = study.indicators
    arguments = {
        i: parse(text)[1] if text else [i]
        for i, text in indicators.query("subsystem != ''")[["indicator", "derivation"]].to_numpy()
    }
    read, _ = read_series(indicators, list(arguments))
    revision = study.config["robustness"]["revision"]
    sizes = revision_sizes(read, study.tables["revisions"], revision)
    each = {i: math.hypot(*(sizes[a] for a in parts)) for i, parts in arguments.items()}
    one_by_one = pd.DataFrame(
        {"indicator": each.keys(), "old": 1.0, "new": np.exp(list(each.values()))}
    )
    tables = {**study.tables, "revisions": one_by_one}
    alone, _ = monte_carlo(StudyData(study.config, indicators.assign(source_name="x"), tables))
    widths = [
        (table["high"] - table["low"])[table["source"] == "figures"].reset_index(drop=True)
        for table in (results("provinces", "uncertainty"), alone)
    ]
    ratio = widths[0] / widths[1]
    assert ratio.median() == pytest.approx(1.41, abs=0.04)
