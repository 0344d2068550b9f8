"""Guards by hand: each is silent on sound figures and speaks where it should."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from coevo.coupling import couple
from coevo.coupling.diagnostics import (
    ADEQUATE,
    GUARDS,
    INFLATED,
    IndexCase,
    diagnostic_rows,
)
from coevo.normalisation import normalise
from coevo.weighting import weigh

COUPLING = {
    "composite": "linear", "preset": None, "form": "standard", "k": 2.0,
    "contributions": "equal", "grades": "ten",
}  # fmt: skip
INDICATORS = pd.DataFrame(
    [("a", "s", "+"), ("b", "s", "+"), ("c", "t", "+"), ("d", "t", "+")],
    columns=["indicator", "subsystem", "direction"],
)


def case(x=None, span=(0.01, 0.99), weighting=None, filled=(), **coupling):
    rng = np.random.default_rng(7)
    x = rng.uniform(1, 9, (6, 2, 4)) if x is None else x
    rows = [
        (str(r), f"R{r}", 2015 + t, i, x[r, t, k], "filled" if (str(r), i) in filled else "")
        for r in range(6)
        for t in range(2)
        for k, i in enumerate("abcd")
    ]
    panel = pd.DataFrame(rows, columns=["region", "name", "year", "indicator", "value", "flag"])
    config = {
        "normalisation": {
            "method": "minmax", "reference": "panel", "range": list(span), "beyond": "cap"
        },
        "weighting": {"method": "equal", **(weighting or {})},
        "coupling": {**COUPLING, **coupling},
    }  # fmt: skip
    normalised, _ = normalise(panel, INDICATORS, config["normalisation"])
    weights = weigh(normalised, panel, INDICATORS, config["weighting"])
    method = config["weighting"]["method"]
    table, _ = couple(normalised, weights, method, config["coupling"], span)
    return IndexCase(panel, INDICATORS, normalised, weights, table, config)


def rows(found, guard):
    table = diagnostic_rows(found)
    return table[table["guard"] == guard]


def test_sound_figures_raise_no_flag():
    table = diagnostic_rows(case())
    assert not table["flagged"].any()
    assert rows(case(), "identity")["value"].iloc[0] < 1e-12
    assert len(GUARDS) <= table["guard"].nunique() + 3  # some guards speak only when they must


def test_the_identity_is_claimed_only_where_it_holds():
    assert rows(case(form="wang"), "identity").empty
    assert rows(case(contributions=[0.4, 0.6]), "identity").empty


def test_a_doubled_indicator_is_flagged():
    x = np.random.default_rng(7).uniform(1, 9, (6, 2, 4))
    x[..., 1] = 3 * x[..., 0] + 0.01 * x[..., 2]
    doubled = rows(case(x), "correlation").set_index("subsystem")
    assert doubled["flagged"].to_dict() == {"s": True, "t": False}
    inflated = rows(case(x), "variance_inflation").set_index("indicator")
    r = np.corrcoef(x[..., 0].ravel(), x[..., 1].ravel())[0, 1]
    assert inflated["value"]["a"] == pytest.approx(1 / (1 - r**2), rel=1e-6)
    assert inflated["flagged"].to_dict() == {"a": True, "b": True, "c": False, "d": False}


def test_a_heavy_weight_is_flagged():
    heavy = case(weighting={"method": "given", "given": {"a": 3, "b": 1, "c": 1, "d": 1}})
    found = rows(heavy, "largest_weight").set_index("subsystem")
    assert found["indicator"]["s"] == "a" and found["value"]["s"] == 0.75
    assert found["flagged"].to_dict() == {"s": True, "t": False}


def test_shares_of_variance_between_regions():
    x = np.random.default_rng(7).uniform(1, 9, (6, 2, 4))
    x[:, 1, 0] = x[:, 0, 0]  # a does not change over time
    x[:, 0, 1], x[:, 1, 1] = 1, 2  # b differs only between years
    found = rows(case(x), "between_share").set_index("indicator")["value"]
    assert found["a"] == pytest.approx(1) and found["b"] == pytest.approx(0)


def test_zero_indices_are_counted():
    x = np.random.default_rng(7).uniform(1, 9, (6, 2, 4))
    x[0, 0] = 0.5  # the lowest everywhere
    x[1, 0, :2] = 0.5
    found = diagnostic_rows(case(x, span=(0.0, 1.0))).set_index("guard")
    assert found["value"]["zero_index"] == 2 and found["value"]["all_zero"] == 1
    assert found["flagged"]["zero_index"] and found["flagged"]["all_zero"]


def test_filled_figures_and_removed_indicators():
    found = case(filled={("3", "a")})
    imputed = rows(found, "imputed_share")
    assert imputed["region"].tolist() == ["3"] and imputed["value"].tolist() == [0.25]
    without = rows(found, "grades_without").set_index("indicator")["value"]
    assert set(without.index) == set("abcd") and without.between(0, 1).all()
    left = found.normalised[found.normalised["indicator"] != "a"]
    kept = INDICATORS[INDICATORS["indicator"] != "a"]
    weights = weigh(left, found.panel, kept, {"method": "equal"})
    other, _ = couple(left, weights, "equal", COUPLING, (0.01, 0.99))
    changed = (other["grade"].to_numpy() != found.coupling["grade"].to_numpy()).mean()
    assert without["a"] == changed > 0


def test_types_that_another_weighting_would_change():
    found = case()
    counts = rows(found, "type_changes").set_index("region")
    others = [w for w in found.weights["weighting"].unique() if w != "equal"]
    assert (counts["limit"] == len(others)).all() and len(counts) == 6
    own = found.coupling.query("year == 2016").set_index("region")
    expected = dict.fromkeys(own.index, 0)
    for name in others:
        table, _ = couple(found.normalised, found.weights, name, COUPLING, (0.01, 0.99))
        for region, row in table.query("year == 2016").set_index("region").iterrows():
            same = (row["grade"], row["lagging"]) == tuple(own.loc[region, ["grade", "lagging"]])
            expected[region] += not same
    assert counts["value"].to_dict() == expected and max(expected.values()) > 0
    alone = dataclasses.replace(found, weights=found.chosen)
    assert rows(alone, "type_changes").empty


def test_components_and_comparisons_bring_their_own_guards():
    x = np.random.default_rng(7).uniform(1, 9, (6, 2, 4))
    x[..., 1] += x[..., 0]
    x[..., 3] += x[..., 2]
    measures = rows(case(x, weighting={"method": "pca"}), "kmo")["value"]
    assert measures.tolist() == pytest.approx([0.5, 0.5])  # two indicators always have 1/2
    judged = {"method": "ahp", "judgements": {"s": [[1, 2], [0.5, 1]], "t": [[1, 1], [1, 1]]}}
    ratios = rows(case(x, weighting=judged), "consistency_ratio")
    assert ratios["value"].tolist() == [0, 0] and not ratios["flagged"].any()


def test_guards_name_what_they_look_at_and_their_limit():
    found = case(weighting={"method": "pca"})
    for row in rows(found, "variance_inflation").itertuples():
        names = list("ab") if row.subsystem == "s" else list("cd")
        r = np.corrcoef(found.z[names].to_numpy(), rowvar=False)[0, 1]
        assert row.value == pytest.approx(1 / (1 - r**2)) and row.limit == INFLATED
    bartlett = rows(found, "bartlett_chi2")
    assert bartlett["subsystem"].tolist() == ["s", "t"] and bartlett["limit"].tolist() == [1, 1]
    kmo = rows(found, "kmo")
    assert kmo["limit"].tolist() == [ADEQUATE] * 2
    assert kmo["flagged"].tolist() == (~(kmo["value"] >= ADEQUATE)).tolist()
    swapped = INDICATORS.assign(subsystem=["t", "t", "s", "s"])
    turned = dataclasses.replace(
        found,
        indicators=swapped,
        weights=found.weights.assign(
            subsystem=found.weights["subsystem"].map({"s": "t", "t": "s"})
        ),
    )
    assert rows(turned, "correlation")["subsystem"].tolist() == ["t", "s"]  # in the table's order
    assert rows(turned, "kmo")["subsystem"].tolist() == ["t", "s"]
