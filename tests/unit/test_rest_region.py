"""The region of the general rest point against the tests it inverts; signs of the general form."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from coevo.errors import StudyError
from coevo.inference.sets import rest_point_projections
from coevo.inference.signs import QUADRANTS, independent_quadrants
from coevo.lotka_volterra.populations import rest_point


def fitted(seed, precision, rows=9):
    """A regression of the general form: r, A, covariance, df."""
    rng = np.random.default_rng(seed)
    X = np.column_stack([np.ones(rows), rng.uniform(0.5, 2, (rows, 2))])
    truth = np.column_stack([rng.uniform(-1, 1, 2), rng.uniform(-1, 1, (2, 2))])
    g = X @ truth.T + precision * rng.standard_normal((rows, 2))
    estimate, rss, *_ = np.linalg.lstsq(X, g, rcond=None)
    covariance = rss[:, None, None] / (rows - 3) * np.linalg.inv(X.T @ X)
    return estimate[0], estimate[1:].T, covariance, rows - 3


@settings(max_examples=60)
@given(st.integers(0, 10**6), st.sampled_from([0.003, 0.02, 0.1]))
def test_ends_of_a_projection_are_reached_and_not_passed(seed, precision):
    """At a finite end one point completes it; a little further none does."""
    r, A, V, df = fitted(seed, precision)
    for axis, found in enumerate(rest_point_projections(r, A, V, df)):
        width = min(found.high - found.low, 1.0)
        assert found.low <= rest_point(r, A)[axis] <= found.high
        assert (found.kind == "unbounded") == np.isinf([found.low, found.high]).any()
        for end, step in ((found.low, 1), (found.high, -1)):
            if np.isfinite(end) and width > 1e-6:
                assert not completed(end - 1e-3 * step * width, axis, r, A, V, df)
                # inside there may be a gap, but not at once
                near = (end + share * step * width for share in (1e-6, 1e-4, 1e-3))
                assert any(completed(value, axis, r, A, V, df) for value in near)


def completed(value, axis, r, A, V, df):
    """Whether a line across the plane meets the region: a point between the roots of its tests."""
    c = np.column_stack([r, A])
    t2 = stats.t.ppf(1 - 0.05 / 4, df) ** 2
    u = np.zeros((2, 3))  # u[0] + y u[1] runs along the line
    u[0, [0, 1 + axis]] = 1, value
    u[1, 2 - axis] = 1
    tests = [u @ (np.outer(c[i], c[i]) - t2 * V[i]) @ u.T for i in range(2)]
    quadratics = [np.array([Q[1, 1], 2 * Q[0, 1], Q[0, 0]]) for Q in tests]
    roots = np.concatenate([np.roots(q) for q in quadratics])
    marks = np.sort(np.append(roots[np.isreal(roots)].real, 0))
    y = np.concatenate([[marks[0] - 1], (marks[:-1] + marks[1:]) / 2, [marks[-1] + 1]])
    return bool(np.any(np.all([np.polyval(q, y) <= 0 for q in quadratics], axis=0)))


def test_a_region_by_hand():
    """Equations without error in A: |r_i - x_i| <= t e_i, a rectangle."""
    V = np.zeros((2, 3, 3))
    V[0, 0, 0], V[1, 0, 0] = 0.1**2, 0.3**2
    t = stats.t.ppf(1 - 0.05 / 4, 7)
    for found, x, e in zip(
        rest_point_projections([2, 5], -np.eye(2), V, 7), (2, 5), (0.1, 0.3), strict=True
    ):
        assert found.kind == "interval"
        assert (found.low, found.high) == pytest.approx((x - t * e, x + t * e))


def test_a_region_without_error_is_a_point_and_one_without_A_is_everything():
    for found, x in zip(
        rest_point_projections([2, 5], -np.eye(2), np.zeros((2, 3, 3)), 7), (2, 5), strict=True
    ):
        assert (found.kind, found.low, found.high) == ("interval", x, x)
    V = np.broadcast_to(np.diag([0.01, 9.0, 9.0]), (2, 3, 3))
    for found in rest_point_projections([2, 5], -np.eye(2), V, 7):
        assert (found.kind, found.low, found.high) == ("unbounded", -np.inf, np.inf)


@pytest.mark.parametrize("k", [(1e4, 1e-3), (1e-5, 1e-5)])
@pytest.mark.parametrize("precision", [0.01, 0.1])
def test_a_region_scales_with_the_populations(k, precision):
    for seed in range(5):
        r, A, V, df = fitted(seed, precision)
        unit = np.array([1, *k])
        scaled = rest_point_projections(r, A / np.array(k), V / unit[:, None] / unit, df)
        for own, other, factor in zip(rest_point_projections(r, A, V, df), scaled, k, strict=True):
            assert other.kind == own.kind
            ends = np.array([own.low, own.high]) * factor
            assert [other.low, other.high] == pytest.approx(ends, rel=1e-6, abs=1e-7 * factor)


@pytest.mark.parametrize("df", [1, 5])
def test_probabilities_of_signs_are_products_of_t(df):
    effects, errors = np.array([[-0.3, 0.5], [0.2, -1.0]]), np.array([[0.25, 0.4], [0.1, 0.9]])
    found = independent_quadrants(effects, errors, df)
    up12, up21 = stats.t.sf(0, df, effects, errors).T
    assert found["--"] == pytest.approx((1 - up12) * (1 - up21), rel=1e-12)
    assert found["++"] == pytest.approx(up12 * up21, rel=1e-12)
    assert found["+-"] == pytest.approx(up12 * (1 - up21), rel=1e-12)
    assert found["-+"] == pytest.approx((1 - up12) * up21, rel=1e-12)


def test_probabilities_of_signs_without_error_are_certain():
    found = independent_quadrants([0.2, -0.3], [0.0, 0.0], 5)
    shares = [float(share) for share in found.values()]
    assert list(found) == list(QUADRANTS) and shares == pytest.approx([0, 0, 1, 0], abs=1e-15)
    with pytest.raises(StudyError, match="no residual degree"):
        independent_quadrants([0.2, -0.3], [0.1, 0.1], 0)
