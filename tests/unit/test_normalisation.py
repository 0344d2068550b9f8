"""Min-max by hand, its invariants, and what it refuses."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coevo.errors import StudyError
from coevo.normalisation import minmax, normalise

floats = st.floats(-1e6, 1e6)


def test_by_hand():
    np.testing.assert_allclose(minmax([1, 2, 5], "+", 1, 5, (0, 1)), [0, 0.25, 1])
    np.testing.assert_allclose(minmax([1, 2, 5], "-", 1, 5), [0.99, 0.745, 0.01])


@given(st.lists(floats, min_size=2, unique=True), st.floats(0.01, 1e6), st.sampled_from("+-"))
def test_a_change_of_unit_changes_nothing(values, factor, direction):
    x = np.array(values)
    if np.ptp(x * factor) == 0:
        return
    z = minmax(x, direction, x.min(), x.max())
    np.testing.assert_allclose(
        minmax(x * factor, direction, (x * factor).min(), (x * factor).max()), z, atol=1e-6
    )
    assert z.min() == pytest.approx(0.01) and z.max() == pytest.approx(0.99)


def test_constants_and_unknown_directions_are_refused():
    with pytest.raises(StudyError, match="constant"):
        minmax([1, 1], "+", 1, 1)
    with pytest.raises(StudyError, match="neither"):
        minmax([1, 2], "up", 1, 2)


INDICATORS = pd.DataFrame(
    [("a", "s", "+"), ("b", "s", "-"), ("c", "", "")],
    columns=["indicator", "subsystem", "direction"],
)


def panel(**series):
    rows = [
        (region, region.upper(), 2015 + k, indicator, value)
        for indicator, by_region in series.items()
        for region, values in by_region.items()
        for k, value in enumerate(values)
    ]
    return pd.DataFrame(rows, columns=["region", "name", "year", "indicator", "value"])


def test_only_complete_region_years_enter_and_goalposts_are_theirs():
    frame = panel(
        a={"p": [1, 2], "q": [3, np.nan]},
        b={"p": [1, 5], "q": [9, 100]},
        c={"p": [0, 0], "q": [0, 0]},
    )
    normalised, goalposts = normalise(frame, INDICATORS)
    assert len(normalised) == 6  # three complete region-years, two indicators
    assert goalposts.set_index("indicator")["high"].to_dict() == {"a": 3, "b": 9}
    assert goalposts["sha256"].nunique() == 1
    z = normalised.set_index(["region", "year", "indicator"])["z"]
    assert z["q", 2015, "b"] == pytest.approx(0.01)  # direction -: the highest is the worst


def test_a_constant_indicator_is_named():
    frame = panel(a={"p": [2, 2], "q": [2, 2]}, b={"p": [1, 5], "q": [9, 3]})
    with pytest.raises(StudyError, match="a: is 2 in every region and year"):
        normalise(frame, INDICATORS)


def test_a_region_without_a_complete_year_is_named():
    frame = panel(a={"p": [1, 2], "q": [np.nan, 3]}, b={"p": [1, 5], "q": [9, np.nan]})
    with pytest.raises(StudyError, match=r"q Q has no year with all indicators.* a, b"):
        normalise(frame, INDICATORS)
