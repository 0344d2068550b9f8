"""Certified values of the NIST Statistical Reference Datasets."""

import json
from pathlib import Path

import numpy as np
import pytest

from coevo.errors import StudyError
from coevo.estimation.optimiser import least_squares, scatter
from coevo.estimation.regression import regress

NIST = json.loads(Path(__file__).with_name("nist.json").read_text(encoding="utf-8"))
LINEAR, NONLINEAR = NIST["linear"], NIST["nonlinear"]
FUNCTIONS = {
    "Misra1a": lambda b, x: b[0] * (1 - np.exp(-b[1] * x)),
    "Thurber": lambda b, x: (
        (b[0] + b[1] * x + b[2] * x**2 + b[3] * x**3) / (1 + b[4] * x + b[5] * x**2 + b[6] * x**3)
    ),
    "MGH17": lambda b, x: b[0] + b[1] * np.exp(-x * b[3]) + b[2] * np.exp(-x * b[4]),
    "Rat43": lambda b, x: b[0] / (1 + np.exp(b[1] - b[2] * x)) ** (1 / b[3]),
    "BoxBOD": lambda b, x: b[0] * (1 - np.exp(-b[1] * x)),
}


def model(name):
    """Return residuals and Jacobian, the latter by complex steps: exact to rounding."""
    y, x = np.array(NONLINEAR[name]["rows"], dtype=float).T
    function = FUNCTIONS[name]

    def residuals(b):
        steps = 1e-30j * np.eye(len(b))
        J = np.column_stack([function(b + step, x).imag / 1e-30 for step in steps])
        return function(b, x) - y, J

    return residuals


def minimum(model, starts):
    """Return the best minimum of one problem, from its starts (number, k), or raise why not."""

    def batch(points, problem):
        found = [model(p) for p in points]
        return np.array([r for r, _ in found]), np.array([J for _, J in found])

    starts = np.atleast_2d(starts)
    (found,) = least_squares(batch, starts[None], [len(model(starts[0])[0])])
    if isinstance(found, StudyError):
        raise found
    return found


def assert_certified(name, found):
    case = NONLINEAR[name]
    tolerance = 10.0 ** -case["digits"]
    assert found.parameters == pytest.approx(case["parameters"], rel=tolerance)
    assert np.sqrt(np.diag(found.covariance)) == pytest.approx(case["errors"], rel=10 * tolerance)
    assert found.residuals @ found.residuals == pytest.approx(case["rss"], rel=1e-9)


@pytest.mark.parametrize("name", LINEAR)
def test_linear(name):
    case = LINEAR[name]
    y, x = np.array(case["rows"]).T
    found = regress(y, np.vander(x, case["degree"] + 1, increasing=True), constant=True)
    tolerance = 10.0 ** -case["digits"]
    assert found.coefficients == pytest.approx(case["coefficients"], rel=tolerance)
    assert np.sqrt(np.diag(found.covariance)) == pytest.approx(case["errors"], rel=tolerance)
    residual_sd = np.sqrt(found.residuals @ found.residuals / found.df)
    assert residual_sd == pytest.approx(case["residual_sd"], rel=tolerance)
    assert found.r_squared == pytest.approx(case["r_squared"], rel=tolerance)
    overall = found.test()
    assert pytest.approx(case["F"], rel=tolerance) == overall.F
    assert overall.df == (case["degree"], found.df) and overall.p < 1e-60


@pytest.mark.parametrize("start", [0, 1])
@pytest.mark.parametrize("name", NONLINEAR)
def test_nonlinear_from_either_start(name, start):
    assert_certified(name, minimum(model(name), NONLINEAR[name]["starts"][start]))


def test_several_starts_find_what_is_certified():
    first = NONLINEAR["BoxBOD"]["starts"][0]
    assert_certified("BoxBOD", minimum(model("BoxBOD"), scatter(first, 20, 2.0, seed=1)))


def test_what_one_start_misses_several_find():
    """A frequency has many minima: from 5 the descent ends in another one than that of 2."""
    x = np.arange(0, 6, 0.25)

    def wave(p):
        return np.cos(p[0] * x) - np.cos(2 * x), (-x * np.sin(p[0] * x))[:, None]

    alone = minimum(wave, [5.0])
    assert alone.residuals @ alone.residuals > 1
    found = minimum(wave, scatter([5.0], 20, 0.7, seed=1))
    assert found.parameters == pytest.approx([2.0], rel=1e-9)


def test_where_the_model_ends_is_no_minimum():
    """The residual falls towards p = 1, and from there on the model makes no sense."""

    def edge(p):
        residuals = np.array([3 - p[0], 3 - p[0]]) if p[0] < 1 else np.full(2, np.nan)
        return residuals, np.full((2, 1), -1.0)

    with pytest.raises(StudyError, match="did not converge"):
        minimum(edge, [0.0])
