"""Theory beside the fit by hand: points, growth there, sets, and what is refused."""

import numpy as np
import pandas as pd
import pytest

from coevo.equilibria import estimate
from coevo.equilibria.result_rows import whole_cycles
from coevo.equilibria.theory import SHARES, by_year, calibrated, theoretical, theory_sources
from coevo.estimation import fit
from coevo.inference.growth_at_point import growth_at
from coevo.lotka_volterra.classic import orbit
from coevo.messages import unpacked
from coevo.study_data import StudyData
from tests.panels import long
from tests.unit.cases import sections

CASES = sections("theory")
YEARS = np.arange(2015, 2024)
PAIR = {"upstream": "output", "downstream": "sales", "estimator": "trapezoid", "confidence": 0.95}
MONEY = "100 million yuan"


def indicators(units=(MONEY, MONEY), label="e-commerce sales"):
    return pd.DataFrame(
        {
            "indicator": ["output", "sales"],
            "unit": units,
            "label_en": ["value added", label],
            "source_name": ["增加值", ""],
        }
    )


def study_of(panel, **changed):
    config = {"interaction": PAIR | changed, "robustness": {"seed": 1}, "focus_region": "0"}
    return StudyData(config, indicators(), {"panel": panel})


def asked_for(calibration, **table):
    own = PAIR if calibration == "absent" else PAIR | {"calibration": calibration}
    return theory_sources(StudyData({"interaction": own}, indicators(**table)))


def test_without_a_key_shares_of_sales_in_money_and_whole_cycles_count():
    found = asked_for("absent")
    assert (found.shares, found.cycles, found.purchases, found.refused) == (SHARES, True, False, ())
    assert asked_for({"share": [0.4]})[1:3] == ((0.4,), 1.0)
    thousand = asked_for("auto", units=(MONEY, "10 thousand yuan"))
    assert thousand.factor == pytest.approx(1e-4)


@pytest.mark.parametrize(("calibration", "table", "key"), CASES["no_shares"])
def test_what_has_no_shares_says_why(calibration, table, key):
    own = PAIR | {"downstream": "trade"} if key == "downstream_not_sales" else PAIR
    known = indicators(**table).replace({"indicator": {"sales": own["downstream"]}})
    config = {"interaction": own | {"calibration": calibration}}
    found = theory_sources(StudyData(config, known))
    assert [why.key for why in found.refused] == [key] and not found.shares


def test_a_share_moves_x2_alone_as_its_closed_form_says():
    x1, x2 = 100 * 1.05 ** np.arange(9.0), 20 * 1.2 ** np.arange(9.0)
    mean = [(x[1:] + x[:-1]) / 2 for x in (x1, x2)]
    for s in SHARES:
        point, *_ = calibrated(YEARS, np.stack([x1, x2, s * x2, x2]), np.zeros(8, bool))
        ratio, inverse = (mean[1] / mean[0]).mean(), (1 / mean[0]).mean()
        assert point["x1"] == pytest.approx((1 - np.log(1.2)) / inverse)
        assert point["x2"] == pytest.approx((ratio + np.log(1.05) / s) / inverse)
        assert (point["first_year"], point["last_year"]) == (2015, 2023)
        assert point["d"] == pytest.approx(inverse)
        assert point["b1"] == pytest.approx(s * inverse)


def points_of(frame, calibration, **more):
    pair = frame.assign(name="A", flag="") if "flag" not in frame else frame
    return theoretical(pair, asked_for(calibration, **more))


def region(x1, x2, **more):
    years = range(2000, 2000 + len(x1))
    return pd.DataFrame({"region": "A", "year": years, "x1": x1, "x2": x2, **more})


PURCHASES = {"purchases": "bought"}


@pytest.mark.parametrize(("columns", "calibration", "key"), CASES["no_point"])
def test_a_region_without_a_point_says_why(columns, calibration, key):
    table = {"units": ("person", "person")} if calibration == "auto" else {}
    frame = region(**{"x1": [9.0] * 6, "x2": [4.0] * 6} | columns)
    points, _, refused = points_of(frame, calibration, **table)
    told = [row["message"] for row in refused if row["quantity"] == "theory"]
    assert points == [] and key in told and told == list(dict.fromkeys(told))


def test_years_in_which_a_calibration_fails_are_left_out_and_the_point_stands():
    bought = np.array([3.0, 3, 3, 3, 40, 40, 3, 3])
    frame = region(9 * 1.02 ** np.arange(8.0), 4 * 1.1 ** np.arange(8.0), purchases=bought, sales=4)
    (point,), rows, refused = points_of(frame, PURCHASES)
    assert {row["year"] for row in refused} == {2003, 2004, 2005}
    assert sum(row["kind"] == "fails" for row in rows) == 3 and point["x2"] > 0
    years, figures = by_year(frame.drop(index=2))
    assert len(years) == 8 and np.isnan(figures[:, 2]).all()


def test_whole_cycles_are_named_by_their_peaks():
    assert whole_cycles(range(6), [1, 9, 1, 9, 1, 9]) == (1, 2)  # the last year is no peak
    assert whole_cycles(range(5), [9, 1, 9, 1, 9]) is None
    assert whole_cycles(range(9), np.exp(np.arange(9))) is None
    assert whole_cycles([0, 1, 3, 4, 5, 6], [1, 9, 1, 9, 1, 1]) is None
    assert whole_cycles(range(6), [1, 9, 0, 9, 1, 1]) is None


def test_growth_at_a_point_is_the_line_and_its_error():
    x1, x2 = np.exp(np.random.default_rng(1).normal(1, 0.3, (2, 9)))
    own = fit(YEARS, x1, x2)
    E = np.array([2.0, 3.0])
    found = growth_at(own.coefficients, own.covariance, own.df, E)
    assert found.growth == pytest.approx([own.a1 - own.b1 * 3, -own.a2 + own.d * 2])
    V = own.covariance[0]
    assert found.error[0] ** 2 == pytest.approx(V[0, 0] + 2 * 3 * V[0, 1] + 9 * V[1, 1])
    exact = growth_at(own.coefficients, 0 * own.covariance, own.df, E)
    assert np.isnan(exact.p).all()  # lines without error have none
    # at the own equilibrium nothing grows, and both p are 1
    rest = np.array([own.a2 / own.d, own.a1 / own.b1])
    at_rest = growth_at(own.coefficients, own.covariance, own.df, rest)
    assert at_rest.growth == pytest.approx(0, abs=1e-12) and at_rest.joint_p == pytest.approx(1)


def panel_of(x1, x2):
    return long(np.stack([x1, x2], axis=-1)[None], ("output", "sales")).assign(flag="")


@pytest.mark.parametrize(("a1", "held"), [(0.55, True), (1.1, False)])
def test_the_theoretical_point_stands_beside_the_fit(a1, held):
    noise = np.exp(np.random.default_rng(3).normal(0, 0.05, (9, 2)))
    x1, x2 = (orbit(0.55, 0.028, 0.8, 0.857, (34, 5.9), np.arange(9.0)) * noise).T
    given = {"a1": a1, "b1": 0.028, "a2": 0.8, "b2": 0.857}
    tables = estimate(study_of(panel_of(x1, x2), calibration=given), ("trapezoid",))
    (row,) = tables["theory"].to_dict("records")
    E, own = np.array([0.8 / (0.028 * 0.857), a1 / 0.028]), fit(YEARS, x1, x2)
    assert [row["x1"], row["x2"]] == pytest.approx(E)
    assert row["inside1"] and row["inside2"] == (E[1] < x2.max())
    assert row["G1"] == pytest.approx(own.a1 - own.b1 * E[1])
    assert row["G2"] == pytest.approx(-own.a2 + own.d * E[0])
    means = [np.log(x[-1] / x[0]) / 8 for x in (x1, x2)]
    assert [row["g1_mean"], row["g2_mean"]] == pytest.approx(means)
    # Fieller's set holds a coordinate if growth there is not told from zero
    p = growth_at(own.coefficients, own.covariance, own.df, E).p
    assert [row["in_set2"], row["in_set1"]] == (p >= 0.05).tolist() == [held, True]


def test_a_point_that_no_line_fits_and_a_region_without_one_stand_in_the_table():
    three = estimate(study_of(panel_of([9.0, 8, 9], [4.0, 5, 4])))
    assert three["theory"]["share"].tolist() == list(SHARES)
    assert three["theory"]["G1"].isna().all() and "fit" in set(three["refusals"]["quantity"])
    off = estimate(study_of(panel_of(YEARS - 2000.0, YEARS - 1990.0), calibration=None))
    assert off["theory"]["reason"].tolist() == ["theory_off"]
    (why,) = off["refusals"].query("quantity == 'theory'").to_dict("records")
    assert (why["message"], unpacked(why["fields"])) == ("theory_off", {})
