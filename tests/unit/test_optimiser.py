"""Least squares of many problems side by side: by hand, against scipy, and where there is none."""

import numpy as np
import pytest
from scipy import optimize

from coevo.errors import Refusal
from coevo.estimation.optimiser import PENALTY, Descents, least_squares, scatter

T = np.arange(6.0)
LINES = np.array([[1.0, 2, 4, 3, 6, 5], [9.0, 7, 6, 6, 3, 2]])


def line(p, problem):
    """y = p0 + p1 t; the residuals and their Jacobian."""
    residuals = p[:, :1] + p[:, 1:] * T - LINES[problem]
    return residuals, np.broadcast_to(np.column_stack([T**0, T]), (len(p), 6, 2))


def decay(p, problem):
    """y = p0 exp(-p1 t), of the figures that p = (3, 0.5) gives beside a ripple."""
    y = 3 * np.exp(-0.5 * T) + 0.1 * np.cos(7 * T)
    fall = np.exp(-p[:, 1:] * T)
    return p[:, :1] * fall - y, np.stack([fall, -p[:, :1] * T * fall], axis=-1)


def roots(p, problem):
    """y = sqrt(p0) + p1 t: no number below p0 = 0."""
    y = 1.5 + 0.2 * T + 0.1 * np.cos(7 * T)
    root = np.sqrt(p[:, :1])
    slope = np.broadcast_to(0.5 / root, (len(p), 6))
    return root + p[:, 1:] * T - y, np.stack([slope, np.broadcast_to(T, slope.shape)], axis=-1)


def test_lines_of_two_problems_are_those_of_ordinary_least_squares():
    found = least_squares(line, [[[0.0, 0.0], [5.0, -1.0]], [[0.0, 0.0], [1.0, 1.0]]], [6, 6])
    X = np.column_stack([T**0, T])
    for optimum, y in zip(found, LINES, strict=True):
        b, rss = np.linalg.lstsq(X, y, rcond=None)[:2]
        np.testing.assert_allclose(optimum.parameters, b, rtol=1e-9)
        np.testing.assert_allclose(optimum.residuals, X @ b - y, atol=1e-9)
        covariance = rss[0] / (6 - 2) * np.linalg.inv(X.T @ X)
        np.testing.assert_allclose(optimum.covariance, covariance, rtol=1e-9)


def test_the_covariance_counts_the_rows_that_a_problem_has():
    (six,), (five,) = (least_squares(line, [[[0.0, 0.0]]], [rows]) for rows in (6, 5))
    np.testing.assert_allclose(five.covariance, six.covariance * 4 / 3)


@pytest.mark.parametrize("model", [decay, roots])
def test_a_curve_is_that_of_scipy(model):
    start = [1.0, 0.1]
    (found,) = least_squares(model, [[start]], [6])
    own = optimize.least_squares(lambda p: model(p[None], None)[0][0], start, xtol=1e-14)
    np.testing.assert_allclose(found.parameters, own.x, rtol=1e-6)
    assert (found.residuals**2).sum() == pytest.approx(2 * own.cost, rel=1e-9)


def test_of_several_starts_the_least_sum_is_taken_and_one_without_numbers_is_none():
    (alone,) = least_squares(roots, [[[1.0, 0.1]]], [6])
    (best,) = least_squares(roots, [[[-1.0, 0.1], [1.0, 0.1], [-2.0, 3.0]]], [6])
    np.testing.assert_array_equal(best.parameters, alone.parameters)
    (refused,) = least_squares(roots, [[[-1.0, 0.1], [-2.0, 3.0]]], [6])
    assert isinstance(refused, Refusal)
    assert (refused.key, refused.fields) == ("no_convergence", {"starts": 2})
    lost = Descents(roots, np.array([[-1.0, 0.1], [1.0, 0.1]]), np.zeros(2, dtype=int))
    assert (lost.residuals[0] == PENALTY).all() and (lost.J[0] == 0).all()
    assert lost.possible.tolist() == [False, True]


def test_a_step_to_where_there_are_no_numbers_is_taken_back():
    # from far above, the line of the root leads below zero
    (far,) = least_squares(roots, [[[400.0, 0.1]]], [6])
    (near,) = least_squares(roots, [[[1.0, 0.1]]], [6])
    np.testing.assert_allclose(far.parameters, near.parameters, rtol=1e-6)


def test_parameters_that_run_away_or_have_too_few_evaluations_are_no_minimum():
    def away(p, problem):  # 1 / p0 falls for ever
        return 1 / p * np.ones(6), (-1 / p**2)[:, :, None] * np.ones((6, 1))

    for model, start, evaluations in ((away, [[[1.0]]], 50), (decay, [[[1.0, 0.1]]], 2)):
        (refused,) = least_squares(model, start, [6], evaluations)
        assert isinstance(refused, Refusal) and refused.key == "no_convergence"


def test_parameters_that_do_the_same_are_not_determined():
    def twice(p, problem):
        return (p.sum(axis=1)[:, None] - LINES[problem]), np.ones((len(p), 6, 2))

    (refused,) = least_squares(twice, [[[0.0, 1.0]]], [6])
    assert isinstance(refused, Refusal) and refused.key == "path_undetermined"


def test_starts_are_scattered_about_the_first_and_keep_their_signs():
    points = scatter([2.0, -3.0], 4000, 0.5, seed=1)
    assert points.shape == (4000, 2) and points[0].tolist() == [2.0, -3.0]
    assert (np.sign(points) == [1, -1]).all()
    logs = np.log(points[1:] / [2.0, -3.0])
    np.testing.assert_allclose(logs.mean(axis=0), 0, atol=0.03)
    np.testing.assert_allclose(logs.std(axis=0), 0.5, atol=0.02)
    np.testing.assert_array_equal(points, scatter([2.0, -3.0], 4000, 0.5, seed=1))
    assert (points[1:] != scatter([2.0, -3.0], 4000, 0.5, seed=2)[1:]).all()
