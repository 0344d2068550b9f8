"""Composite indices by hand, and what holds for every one of the registry."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from coevo.coupling.formulas import COMPOSITES, composite_indices, rescaled
from coevo.errors import StudyError

LOW, HIGH = np.full(3, 0.01), np.full(3, 0.99)
Z = arrays(float, (4, 3), elements=st.floats(0.01, 0.99))
WEIGHTS = arrays(float, 3, elements=st.floats(0.01, 1)).map(lambda w: w / w.sum())


@pytest.mark.parametrize("name", sorted(COMPOSITES))
@given(Z=Z, w=WEIGHTS)
def test_an_index_lies_on_the_scale_and_rises_with_each_indicator(name, Z, w):
    U = COMPOSITES[name](Z, w, LOW, HIGH)
    assert U.shape == (4,) and (U >= 0).all() and (U <= 1).all()
    better = np.minimum(Z + np.array([0.05, 0, 0]), HIGH)
    assert (COMPOSITES[name](better, w, LOW, HIGH) >= U - 1e-12).all()


@pytest.mark.parametrize("name", sorted(COMPOSITES))
def test_an_indicator_without_weight_does_not_count(name):
    w = np.array([0.0, 0.5, 0.5])
    cases = np.array([[0.2, 0.4, 0.6], [0.9, 0.4, 0.6]])
    U = COMPOSITES[name](cases, w, LOW, HIGH)
    assert U[0] == pytest.approx(U[1])


def test_by_hand():
    cases, w = np.array([[0.25, 1.0]]), np.array([0.5, 0.5])
    low, high = np.zeros(2), np.ones(2)
    assert COMPOSITES["linear"](cases, w, low, high)[0] == 0.625
    assert COMPOSITES["geometric"](cases, w, low, high)[0] == pytest.approx(0.5)
    # d+ = 0.5 * 0.75, d- = 0.5 * sqrt(0.25^2 + 1)
    worst = np.sqrt(0.25**2 + 1)
    assert COMPOSITES["topsis"](cases, w, low, high)[0] == pytest.approx(worst / (worst + 0.75))
    zero = COMPOSITES["geometric"](np.array([[0.0, 1.0]]), w, low, high)
    assert zero.tolist() == [0.0]


def test_indices_of_draws_and_of_ends_that_each_indicator_has_itself():
    member = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    cases, w = np.array([[0.2, 0.4, 0.5], [0.6, 1.0, 0.9], [0.2, 0.7, 0.9]]), [0.5, 0.5, 1.0]
    both = np.stack([cases, cases / 2])
    for name in COMPOSITES:
        own = [composite_indices(one, w, member, name, (0.0, 1.0)) for one in both]
        np.testing.assert_allclose(composite_indices(both, w, member, name, (0.0, 1.0)), own)
    # the ends of columns: the first case is worst in all, the second best, the third half a d-
    U = composite_indices(cases, w, member, "topsis", None)
    near = 0.3 / (0.3 + np.hypot(0.4, 0.3))
    np.testing.assert_allclose(U, [[0, 0], [1, 1], [near, 1]])
    np.testing.assert_array_equal(composite_indices(both, w, member, "topsis", None)[0], U)
    # those of a range that is wider
    U = composite_indices(cases, w, member, "topsis", (0.0, 2.0))
    assert U[0, 1] == pytest.approx(0.25)


def test_an_index_where_best_and_worst_are_the_same_is_zero():
    assert COMPOSITES["topsis"](np.ones((2, 2)), np.ones(2), np.ones(2), np.ones(2)).tolist() == [
        0,
        0,
    ]


def test_rescaled_indices_of_draws_are_those_of_each():
    U = np.array([[0.2, 0.5], [0.4, 0.9], [0.3, 0.6]])
    np.testing.assert_allclose(rescaled(U), [[0.01, 0.01], [0.99, 0.99], [0.5, 0.255]])
    np.testing.assert_allclose(rescaled(np.stack([U, 1 - U]))[1], 1 - rescaled(U))
    with pytest.raises(
        StudyError,
        match=r"^an index that does not vary cannot be rescaled; leave coupling.preset null$",
    ):
        rescaled([[0.2, 0.5], [0.4, 0.5]])
