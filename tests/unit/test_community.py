"""The general model: closed forms against the equations, kinds against textbook cases."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from coevo.errors import StudyError
from coevo.lotka_volterra.populations import rest_point, rest_point_kind, simulate


def communities(n):
    size = st.floats(-2, 2).map(lambda value: round(value, 3))
    return st.tuples(
        st.lists(size, min_size=n, max_size=n).map(np.array),
        st.lists(size, min_size=n * n, max_size=n * n).map(lambda a: np.array(a).reshape(n, n)),
    ).filter(lambda rA: abs(np.linalg.det(rA[1])) > 0.05)


@given(st.integers(1, 4).flatmap(communities))
def test_growth_vanishes_at_the_rest_point(rA):
    r, A = rA
    x = rest_point(r, A)
    assert r + A @ x == pytest.approx(np.zeros(len(r)), abs=1e-9 * (1 + np.abs(A @ x).max()))


def test_a_singular_matrix_has_no_rest_point_in_any_unit():
    with pytest.raises(StudyError, match="det A is zero"):
        rest_point([1.0, 1.0], [[1e-6, 2e-3], [3e-6, 6e-3]])
    # far from singular, though its determinant is 1e-12
    assert rest_point([1e-6, 1e-6], [[-1e-6, 0], [0, -1e-6]]) == pytest.approx([1, 1])


# rest point (1, 1) in each case, so that the Jacobian is A
KINDS = {
    "stable node": [[-2, -1], [-1, -2]],
    "unstable node": [[2, 1], [1, 2]],
    "stable focus": [[-0.1, -1], [1, -0.1]],
    "unstable focus": [[0.1, -1], [1, 0.1]],
    "saddle": [[-1, -2], [-2, -1]],
    "centre": [[0, -1], [1, 0]],
}


@pytest.mark.parametrize(("expected", "A"), KINDS.items())
def test_kinds_by_hand(expected, A):
    r = -np.sum(A, axis=1)
    assert rest_point_kind(r, A) == expected
    # other units change nothing
    assert rest_point_kind(r, A / np.array([1e3, 1e-3])) == expected
    # the same lines with the rest point in another quadrant
    assert rest_point_kind(-r, A) == "none"


def test_kinds_of_many_at_once_and_of_three():
    A = np.array(list(KINDS.values()))
    assert rest_point_kind(-A.sum(axis=-1), A).tolist() == list(KINDS)
    ring = np.array([[-1.0, -2, 0], [0, -1, -2], [-2, 0, -1]])  # eigenvalues -3, 0 +- i sqrt 3
    assert rest_point_kind([3, 3, 3], ring) == "degenerate"
    assert rest_point_kind([4, 4, 4], ring - np.eye(3)) == "stable focus"
    assert rest_point_kind([2, 2, 2], ring + np.eye(3)) == "saddle"  # -2, 1 +- i sqrt 3


@given(communities(2))
def test_two_populations_agree_with_trace_and_determinant(rA):
    r, A = rA
    x = rest_point(r, A)
    assume(np.abs(x).min() > 1e-9 * np.abs(x).max())  # on an axis rounding decides
    found = str(rest_point_kind(r, A))
    if np.any(x <= 0):
        assert found == "none"
        return
    trace, det = np.trace(x[:, None] * A), np.linalg.det(x[:, None] * A)
    if det < 0:
        assert found == "saddle"
    elif abs(trace) > 1e-6 and abs(trace**2 / (4 * det) - 1) > 1e-6:
        stability = "stable" if trace < 0 else "unstable"
        assert found == f"{stability} {'node' if trace**2 > 4 * det else 'focus'}"


def test_a_path_goes_where_the_kind_says():
    r, A = [3.0, 3.0], KINDS["stable node"]
    assert simulate(r, A, [0.2, 3.0], [0, 40])[-1] == pytest.approx([1, 1], rel=1e-7)
    # two competitors of which the one that starts ahead wins: the saddle lies between
    assert simulate([3, 3], KINDS["saddle"], [1.1, 1.0], [0, 60])[-1] == pytest.approx(
        [3, 0], abs=1e-6
    )


def test_one_population_follows_the_logistic_curve():
    times = np.linspace(0, 9, 10)
    path = simulate([0.8], [[-0.02]], [3.0], times)[:, 0]
    assert path == pytest.approx(40 / (1 + (40 / 3 - 1) * np.exp(-0.8 * times)), rel=1e-7)


def test_paths_that_cannot_be_followed():
    with pytest.raises(StudyError, match="cannot be followed"):
        simulate([1, 1], [[0, 1], [1, 0]], [5, 5], [0, 20])
    with pytest.raises(StudyError, match="positive"):
        simulate([1, 1], [[-1, 0], [0, -1]], [0, 1], [0, 1])


def test_a_point_on_the_edge_is_none_and_a_zero_among_others_does_not_decide():
    assert rest_point_kind([0.0, 1.0], -np.eye(2)) == "none"
    A = np.array(
        [[0.0, -1, 0], [1, 0, 0], [0, 0, -1]]
    )  # a turning pair that neither grows nor falls
    assert rest_point_kind(-A.sum(axis=1), A) == "degenerate"
    assert (
        rest_point_kind(-(A - 0.2 * np.eye(3)).sum(axis=1), A - 0.2 * np.eye(3)) == "stable focus"
    )


def test_singular_is_one_of_many_whatever_its_rows():
    sound = [[-1e-9, 0.0], [0.0, -1e9]]
    np.testing.assert_allclose(rest_point([[1e-9, 1e9]] * 2, [sound] * 2), np.ones((2, 2)))
    for bad in ([[1.0, 2.0], [2.0, 4.0]], [[0.0, 0.0], [1.0, 1.0]], [[0.0, 1.0], [0.0, 1.0]]):
        with pytest.raises(StudyError, match=r"^no rest point: det A is zero, so the growth rates"):
            rest_point([[1.0, 1.0]] * 2, [sound, bad])
    # nearly parallel columns of unlike length are told apart by rows and columns alike
    rest_point([1.0, 1.0], [[1e-8, 1e-8], [1.0, 1e8]])
