"""Effects of regions and years; forward orthogonal deviations."""

import numpy as np
import pytest

from coevo.estimation.effects import forward_deviations


def test_forward_deviations_by_hand():
    region, year = np.array([0, 0, 0, 1, 1]), np.array([1, 2, 3, 1, 2])
    V = np.array([[1.0], [2.0], [6.0], [5.0], [9.0]])
    kept, found = forward_deviations(region, year, V)
    assert kept.tolist() == [0, 1, 3]
    expected = [np.sqrt(2 / 3) * (1 - 4), np.sqrt(1 / 2) * (2 - 6), np.sqrt(1 / 2) * (5 - 9)]
    assert found[:, 0] == pytest.approx(expected, abs=1e-14)


def test_forward_deviations_do_not_hang_on_the_order_of_rows():
    generator = np.random.default_rng(1)
    region, year = np.repeat([0, 1, 2], 4), np.tile(np.arange(4), 3)
    V = generator.normal(size=(12, 2))
    shuffled = generator.permutation(12)
    kept, found = forward_deviations(region, year, V)
    again, other = forward_deviations(region[shuffled], year[shuffled], V[shuffled])
    assert shuffled[again].tolist() == kept.tolist()
    assert other == pytest.approx(found, abs=1e-13)
