"""What holds for every weighting method of the registry, and entropy by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from coevo.errors import StudyError
from coevo.weighting import WEIGHTINGS, information_entropy, weigh

figures = arrays(
    float, st.tuples(st.integers(4, 12), st.integers(2, 5)), elements=st.floats(0.01, 0.99)
).filter(lambda Z: (np.ptp(Z, axis=0) > 1e-3).all())


@pytest.mark.parametrize("name", sorted(WEIGHTINGS))
@given(Z=figures, seed=st.integers(0, 1000))
def test_weights_are_shares_that_follow_their_columns(name, Z, seed):
    w = WEIGHTINGS[name](Z, raw=Z)
    assert (w >= 0).all() and w.sum() == pytest.approx(1)
    rng = np.random.default_rng(seed)
    rows, columns = rng.permutation(len(Z)), rng.permutation(Z.shape[1])
    shuffled = Z[rows][:, columns]
    np.testing.assert_allclose(WEIGHTINGS[name](shuffled, raw=shuffled), w[columns], atol=1e-12)


def test_entropy_by_hand():
    Z = np.array([[0.5, 1.0], [0.5, 0.0]])
    np.testing.assert_allclose(information_entropy(Z), [1.0, 0.0])
    np.testing.assert_allclose(WEIGHTINGS["entropy"](Z), [0.0, 1.0])


@given(Z=figures)
def test_entropy_lies_between_0_and_1(Z):
    e = information_entropy(Z)
    assert (e >= 0).all() and (e <= 1).all()


@pytest.mark.parametrize("Z", [[[-1.0], [2.0]], [[0.0], [0.0]], [[1.0]]])
def test_entropy_refuses_what_has_none(Z):
    with pytest.raises(StudyError):
        information_entropy(Z)


def test_the_table_has_every_method_and_sums_to_1_per_subsystem():
    rng = np.random.default_rng(1)
    indicators = pd.DataFrame({"indicator": list("abc"), "subsystem": ["s", "s", "t"]})
    rows = [
        (str(r), y, i, rng.uniform(0.01, 0.99)) for r in range(3) for y in (1, 2) for i in "abc"
    ]
    normalised = pd.DataFrame(rows, columns=["region", "year", "indicator", "z"])
    table = weigh(normalised, normalised.rename(columns={"z": "value"}), indicators)
    assert set(table["weighting"]) == set(WEIGHTINGS)
    sums = table.groupby(["weighting", "subsystem"])["weight"].sum()
    np.testing.assert_allclose(sums, 1.0)
