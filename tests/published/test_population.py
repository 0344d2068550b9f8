"""Published and independently computed numbers of the two-population model, with their sources."""

import json
from pathlib import Path

import numpy as np
import pytest

from coevo.estimation import fit
from coevo.estimation.growth import ESTIMATORS
from coevo.estimation.regression import regress
from coevo.inference import sign_probabilities
from coevo.inference.sets import equilibrium_sets
from coevo.lotka_volterra import equilibrium
from coevo.lotka_volterra.classic import conserved, orbit

NUMBERS = json.loads(Path(__file__).with_name("population.json").read_text(encoding="utf-8"))
CASES = NUMBERS["regressions"]["cases"]
CLEAN = NUMBERS["clean_orbit"]
TRUE = CLEAN["true"]


@pytest.fixture(params=CASES, ids=lambda case: f"{case['series']}-{case['estimator']}")
def case(request):
    return request.param


@pytest.fixture
def fitted(case):
    series = NUMBERS["series"][case["series"]]
    return fit(series["t"], series["x1"], series["x2"], case["estimator"])


def clean_orbit(times):
    b2 = TRUE["d"] / TRUE["b1"]
    return orbit(TRUE["a1"], TRUE["b1"], TRUE["a2"], b2, CLEAN["start"], times)


def test_estimates_and_errors(case, fitted):
    for name, value in case["estimates"].items():
        assert getattr(fitted, name) == pytest.approx(value, rel=1e-9)
    assert fitted.errors() == pytest.approx(case["errors"], rel=1e-9)
    r_squared = [equation.r_squared for equation in fitted.equations]
    assert r_squared == pytest.approx(case["r_squared"], rel=1e-9)
    assert fitted.df == case["df"] == fitted.rows - 2


def test_sets_of_the_equilibrium(case, fitted):
    for name, found in zip(("x1", "x2"), equilibrium_sets(fitted), strict=True):
        expected = case["sets"][name]
        assert found.estimate == pytest.approx(case["equilibrium"][name], rel=1e-9)
        assert found.kind == expected["kind"]
        assert found.g == pytest.approx(expected["g"], rel=1e-9)
        if expected["kind"] == "line":
            assert np.isnan(found.low) and np.isnan(found.high)
        else:
            ends = (expected["low"], expected["high"])  # complements are printed to 3 decimals
            absolute = 6e-4 if expected["kind"] == "complement" else 0
            assert (found.low, found.high) == pytest.approx(ends, rel=1e-9, abs=absolute)


def test_probabilities_of_signs(case, fitted):
    found = sign_probabilities(fitted)
    for name, value in case["probabilities"].items():
        assert found[name] == pytest.approx(value, abs=0.01)


def test_both_series_by_every_estimator():
    assert {(case["series"], case["estimator"]) for case in CASES} == {
        (series, estimator) for series in NUMBERS["series"] for estimator in ESTIMATORS
    }


def test_the_posterior_of_the_same_series_is_near():
    series = NUMBERS["series"]["lynx_hare"]
    found = fit(series["t"], series["x1"], series["x2"], "trapezoid")
    for name in TRUE:
        difference = getattr(found, name) - NUMBERS["posterior"]["mean"][name]
        assert abs(difference) < NUMBERS["posterior"]["sd"][name]
        assert abs(difference) < 0.036 * NUMBERS["posterior"]["mean"][name]


def test_every_estimator_but_those_of_the_years_start_lies_in_the_printed_intervals():
    """x(t) in place of the year's mean leaves them, and so does relative growth."""
    series, printed = NUMBERS["series"]["lynx_hare"], NUMBERS["posterior"]["intervals"]
    outside = set()
    for estimator in ESTIMATORS:
        found = fit(series["t"], series["x1"], series["x2"], estimator)
        if not all(printed[name][0] < getattr(found, name) < printed[name][1] for name in TRUE):
            outside.add(estimator)
    assert outside == {"lag", "relative"}


def test_equilibrium_of_the_posterior_lies_in_the_sets_of_the_regression():
    series, means = NUMBERS["series"]["lynx_hare"], NUMBERS["posterior"]["ratio_of_means"]
    mean = NUMBERS["posterior"]["mean"]
    E = equilibrium(mean["a1"], mean["b1"], mean["a2"], mean["d"] / mean["b1"])
    assert pytest.approx([means["x1"], means["x2"]], rel=1e-12) == E
    found = fit(series["t"], series["x1"], series["x2"], "trapezoid")
    for name, one in zip(("x1", "x2"), equilibrium_sets(found), strict=True):
        assert one.low < means[name] < one.high
        assert float(one.estimate) == pytest.approx(means[name], rel=0.05)


@pytest.mark.parametrize("estimator", CLEAN["estimates"])
def test_estimates_of_a_clean_orbit(estimator):
    years = np.arange(CLEAN["years"])
    found = fit(years, *clean_orbit(years).T, estimator)
    known = CLEAN["estimates"][estimator]
    for name in TRUE:
        assert getattr(found, name) == pytest.approx(known[name], abs=1e-6)
    E = equilibrium(found.a1, found.b1, found.a2, found.b2)
    assert pytest.approx([known["x1"], known["x2"]], rel=1e-6) == E


def test_time_average_over_an_orbit_is_the_equilibrium():
    times = np.linspace(0, CLEAN["period"], 400)
    path = clean_orbit(times)
    assert path[-1] == pytest.approx(path[0], rel=1e-7)
    # the trapezoid rule over a full period converges faster than any power
    mean = path[:-1].mean(axis=0)
    truth = equilibrium(TRUE["a1"], TRUE["b1"], TRUE["a2"], TRUE["d"] / TRUE["b1"])
    assert mean == pytest.approx(truth, rel=1e-9)
    V = conserved(*path.T, TRUE["a1"], TRUE["b1"], TRUE["a2"], TRUE["d"] / TRUE["b1"])
    assert np.ptp(V) < 1e-8


def test_longley_to_ten_digits():
    longley = NUMBERS["longley"]
    rows = np.array(longley["rows"], dtype=float)
    found = regress(rows[:, 0], np.column_stack([np.ones(len(rows)), rows[:, 1:]]))
    assert found.coefficients == pytest.approx(longley["coefficients"], rel=1e-10)
    assert np.sqrt(np.diag(found.covariance)) == pytest.approx(longley["errors"], rel=1e-10)
    residual_sd = np.sqrt(found.residuals @ found.residuals / found.df)
    assert residual_sd == pytest.approx(longley["residual_sd"], rel=1e-10)
