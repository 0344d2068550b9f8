"""The split of D's growth: by hand, and that nothing is left over."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from coevo.coupling import growth_contributions, log_growth_shares, logarithmic_mean
from coevo.coupling.formulas import coordination_degree, coordination_index, coupling_degree
from tests.panels import COUPLING

MEMBER = np.array([[1, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 1]], dtype=float)
W = np.array([0.3, 0.7, 1.0, 0.5, 0.5])
cells = arrays(float, (4, 5), elements=st.floats(0.01, 0.99))


def degree(z):
    U = z @ (MEMBER * W[:, None])
    return coordination_degree(coupling_degree(U), coordination_index(U))


@given(z0=cells, z1=cells)
def test_contributions_add_up_to_the_growth_of_D(z0, z1):
    found = log_growth_shares(z0, z1, W, MEMBER).sum(axis=1)
    np.testing.assert_allclose(found, np.log(degree(z1) / degree(z0)), atol=1e-12)


@given(a=st.floats(1e-3, 1), b=st.floats(1e-3, 1))
def test_the_logarithmic_mean_lies_between_geometric_and_arithmetic(a, b):
    mean = logarithmic_mean([a], [b])[0]
    assert np.sqrt(a * b) * (1 - 1e-9) <= mean <= (a + b) / 2 * (1 + 1e-9)
    assert logarithmic_mean([a], [a])[0] == a


def tables(years=(2015, 2016, 2018)):
    z = {"a": [0.2, 0.4, 0.8], "b": [0.5, 0.5, 0.6], "c": [0.0, 0.3, 0.6]}
    rows = [("1", "A", y, i, z[i][k]) for i in z for k, y in enumerate(years)]
    weights = [("m", "s", "a", 1.0), ("m", "t", "b", 0.5), ("m", "t", "c", 0.5)]
    return (
        pd.DataFrame(rows, columns=["region", "name", "year", "indicator", "z"]),
        pd.DataFrame(weights, columns=["weighting", "subsystem", "indicator", "weight"]),
    )


def test_a_table_by_hand():
    table = growth_contributions(*tables(), "m", COUPLING)
    assert set(table["year"]) == {2016}  # 2016 to 2018 goes over a gap
    found = table.set_index("indicator")["contribution"]
    assert found["a"] == pytest.approx(np.log(2) / 4)  # U1 doubles
    assert found["b"] == 0
    assert found["c"] == pytest.approx(np.log(0.4 / 0.25) / 4)


@pytest.mark.parametrize(
    "change", [{"form": "wang"}, {"composite": "topsis"}, {"preset": "spssau"}]
)
def test_where_the_split_does_not_hold_there_is_none(change):
    assert growth_contributions(*tables(), "m", {**COUPLING, **change}).empty
