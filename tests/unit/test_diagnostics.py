"""Guards by hand: each is silent on sound figures and speaks where it should."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.outliers_influence import variance_inflation_factor

from coevo.coupling import couple
from coevo.coupling.diagnostics import (
    ADEQUATE,
    DOUBLED,
    GUARDS,
    HEAVY,
    INFLATED,
    IndexCase,
    diagnostic_rows,
)
from coevo.weighting import weigh
from tests.panels import COUPLING, SCALE, indexed, long
from tests.unit.cases import with_tables

INDICATORS = pd.DataFrame(
    [("a", "s", "+"), ("b", "s", "+"), ("c", "t", "+"), ("d", "t", "+")],
    columns=["indicator", "subsystem", "direction"],
)


def drawn():
    return np.random.default_rng(7).uniform(1, 9, (6, 2, 4))


def case(x=None, span=(0.01, 0.99), weighting=None, filled=(), subsystems="sstt"):
    panel = long(drawn() if x is None else x)
    cells = panel[["region", "indicator"]].apply(tuple, axis=1)
    config = {
        "normalisation": SCALE | {"range": list(span)},
        "weighting": {"method": "equal", **(weighting or {})},
        "coupling": COUPLING,
    }
    panel["flag"] = np.where(cells.isin(filled), "filled", "")
    return indexed(panel, INDICATORS.assign(subsystem=list(subsystems)), config)


def rows(found, guard):
    table = diagnostic_rows(found)
    return table[table["guard"] == guard]


def test_sound_figures_raise_no_flag():
    table = diagnostic_rows(case())
    assert not table["flagged"].any()
    assert len(GUARDS) <= table["guard"].nunique() + 3  # some guards speak only when they must


def test_an_indicator_that_is_mostly_zero_is_flagged():
    x = drawn()
    x[0, 0, 1] = x[:4, :, 2] = 0.0
    found = rows(case(x), "zero_share").set_index("indicator")
    assert found["value"].to_dict() == {"b": 1 / 12, "c": 8 / 12}
    assert found["flagged"].to_dict() == {"b": False, "c": True}
    assert rows(case(), "zero_share").empty


def test_a_heavy_weight_is_flagged():
    heavy = case(weighting={"method": "given", "given": {"a": 3, "b": 1, "c": 1, "d": 1}})
    found = rows(heavy, "largest_weight").set_index("subsystem")
    assert found["indicator"]["s"] == "a" and found["value"]["s"] == 0.75
    assert found["flagged"].to_dict() == {"s": True, "t": False}


def test_shares_of_variance_between_regions():
    x = drawn()
    x[:, 1, 0] = x[:, 0, 0]  # a does not change over time
    x[:, 0, 1], x[:, 1, 1] = 1, 2  # b differs only between years
    found = rows(case(x), "between_share").set_index("indicator")["value"]
    assert found["a"] == pytest.approx(1) and found["b"] == pytest.approx(0)


def test_zero_indices_are_counted():
    x = drawn()
    x[0, 0] = 0.5  # the lowest everywhere
    x[1, 0, :2] = 0.5
    found = diagnostic_rows(case(x, span=(0.0, 1.0))).set_index("guard")
    assert found["value"]["zero_index"] == 2 and found["value"]["all_zero"] == 1
    assert found["flagged"]["zero_index"] and found["flagged"]["all_zero"]


def test_grades_without_an_indicator():
    found = case(filled={("3", "a")})
    without = rows(found, "grades_without").set_index("indicator")["value"]
    assert set(without.index) == set("abcd") and without.between(0, 1).all()
    left = found.tables["normalised"][found.tables["normalised"]["indicator"] != "a"]
    kept = INDICATORS[INDICATORS["indicator"] != "a"]
    weights = weigh(left, found.tables["panel"], kept, {"method": "equal"})
    other, _ = couple(left, weights, "equal", COUPLING, (0.01, 0.99))
    grades = found.tables["coupling"]["grade"].to_numpy()
    changed = (other["grade"].to_numpy() != grades).mean()
    assert without["a"] == changed > 0


def test_types_that_another_weighting_would_change():
    found = case()
    counts = rows(found, "type_changes").set_index("region")
    others = [w for w in found.tables["weights"]["weighting"].unique() if w != "equal"]
    assert (counts["limit"] == len(others)).all() and len(counts) == 6
    own = found.tables["coupling"].query("year == 2016").set_index("region")
    expected = dict.fromkeys(own.index, 0)
    for name in others:
        table, _ = couple(
            found.tables["normalised"], found.tables["weights"], name, COUPLING, (0.01, 0.99)
        )
        for region, row in table.query("year == 2016").set_index("region").iterrows():
            same = (row["grade"], row["lagging"]) == tuple(own.loc[region, ["grade", "lagging"]])
            expected[region] += not same
    assert counts["value"].to_dict() == expected and max(expected.values()) > 0
    alone = with_tables(found, weights=IndexCase(found).chosen)
    assert rows(alone, "type_changes").empty


def test_correlations_and_inflation_are_of_the_pairs_of_a_subsystem():
    found = case(subsystems="ssst")
    table, z = rows(found, "correlation"), IndexCase(found).z[list("abc")].to_numpy()
    assert table[["indicator", "other"]].to_numpy().tolist() == [["a", "b"], ["a", "c"], ["b", "c"]]
    r = np.corrcoef(z, rowvar=False)
    assert table["value"].tolist() == pytest.approx(r[np.triu_indices(3, 1)].tolist())
    assert table["limit"].tolist() == [DOUBLED] * 3
    factors, X = rows(found, "variance_inflation"), np.column_stack([np.ones(len(z)), z])
    expected = [variance_inflation_factor(X, k) for k in (1, 2, 3)]
    assert factors["indicator"].tolist() == list("abc")
    assert factors["value"].tolist() == pytest.approx(expected)
    assert factors["limit"].tolist() == [INFLATED] * 3
    # in the order of the table of indicators
    assert rows(case(subsystems="ttss"), "correlation")["subsystem"].tolist() == ["t", "s"]


@pytest.mark.parametrize("apart", [0.01, 0.0])
def test_a_doubled_indicator_is_flagged(apart):
    x = drawn()
    x[..., 1] = 3 * x[..., 0] + apart * x[..., 2]
    doubled = rows(case(x), "correlation").set_index("subsystem")
    assert doubled["flagged"].to_dict() == {"s": True, "t": False}
    inflated = rows(case(x), "variance_inflation").set_index("indicator")
    assert inflated["flagged"].to_dict() == {"a": True, "b": True, "c": False, "d": False}
    if not apart:
        assert inflated["value"].loc[["a", "b"]].tolist() == [np.inf, np.inf]


def test_components_bring_their_own_guards():
    found = case(weighting={"method": "pca"}, subsystems="ttss")
    for guard in ("kmo", "bartlett_chi2"):
        assert rows(found, guard)["subsystem"].tolist() == ["t", "s"]
        assert rows(case(), guard).empty  # where no component weighs
    assert rows(found, "bartlett_chi2")["limit"].tolist() == [1, 1]
    kmo = rows(found, "kmo")
    assert kmo["value"].tolist() == pytest.approx([0.5, 0.5])  # two indicators always have 1/2
    assert kmo["limit"].tolist() == [ADEQUATE] * 2
    assert kmo["flagged"].tolist() == (~(kmo["value"] >= ADEQUATE)).tolist()


@pytest.mark.parametrize(("cube", "flagged"), [(1.0, False), (1.9, False), (3.0, True)])
def test_comparisons_near_their_limit(cube, flagged):
    table = [[1, 1, 1 / cube], [1, 1, 1], [cube, 1, 1]]
    found = case()
    config = {**found.config, "weighting": {"method": "equal", "judgements": {"s": table}}}
    (row,) = rows(with_tables(found, config=config), "consistency_ratio").to_dict("records")
    side = cube ** (1 / 3)
    assert row["value"] == pytest.approx((side + 1 / side - 2) / 2 / 0.58, abs=1e-12)
    assert (row["limit"], row["flagged"], row["subsystem"]) == (0.1, flagged, "s")


def test_a_weight_of_half_and_one_that_is_alone_are_not_heavy():
    table = rows(case(subsystems=["s", "s", "t", ""]), "largest_weight")
    columns = ["subsystem", "indicator", "value", "limit", "flagged"]
    assert table[columns].to_numpy().tolist() == [
        ["s", "a", 0.5, HEAVY, False],
        ["t", "c", 1.0, HEAVY, False],
    ]


def test_an_indicator_that_is_alone_has_no_pair_and_is_not_left_out():
    found = case(subsystems="sttt")
    assert set(rows(found, "correlation")["subsystem"]) == {"t"}
    assert rows(found, "grades_without")["indicator"].tolist() == list("bcd")


def test_without_what_has_no_weights_and_with_comparisons_nothing_is_removed():
    judged = {"method": "ahp", "judgements": {"s": [[1, 2], [0.5, 1]], "t": [[1, 1], [1, 1]]}}
    assert rows(case(weighting=judged), "grades_without").empty
    given = {"method": "given", "given": {"a": 1, "b": 0, "c": 1, "d": 1}}
    table = rows(case(weighting=given), "grades_without")
    assert table[["subsystem", "indicator"]].to_numpy().tolist() == [
        ["s", "b"],
        ["t", "c"],
        ["t", "d"],
    ]
    assert table["value"].iloc[0] == 0  # it had no weight
    assert not table["flagged"].any() and table["limit"].isna().all()


def test_what_is_filled_and_what_lags_has_the_name_of_its_region():
    found = case(filled={("3", "a"), ("3", "b"), ("5", "d")})
    table = rows(found, "imputed_share")
    assert table[["region", "name", "value"]].to_numpy().tolist() == [
        ["3", "R3", 0.5],
        ["5", "R5", 0.25],
    ]
    types = rows(found, "type_changes")
    assert types["name"].tolist() == [f"R{region}" for region in types["region"]]
    assert types["value"].map(float.is_integer).all() and not types["flagged"].any()


def test_a_D_on_a_cut_and_figures_beyond_goalposts_are_counted():
    found = case()
    D = found.tables["coupling"]["D"].to_numpy(copy=True)
    D[:3] = [0.5, 0.5 + 1e-10, 0.5 + 1e-8]
    flags = found.tables["normalised"]["flag"].to_numpy(copy=True)
    flags[:5] = "capped"
    moved = with_tables(
        found,
        coupling=found.tables["coupling"].assign(D=D),
        normalised=found.tables["normalised"].assign(flag=flags),
    )
    table = diagnostic_rows(moved).set_index("guard").loc[["on_a_cut", "capped", "zero_index"]]
    assert table["value"].tolist() == [2, 5, 0] and table["limit"].tolist() == [0, 0, 0]
    assert table["flagged"].tolist() == [True, True, False]
