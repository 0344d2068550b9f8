"""A plane of two outputs: sets inside it, lines of zero growth, directions, orbits."""

import numpy as np
import pandas as pd
import pytest

from coevo.lotka_volterra.classic import conserved
from coevo.lotka_volterra.phase_plane import allowed, arrows, nullclines, orbit_inside


def test_complement_covers_both_sides_of_its_gap() -> None:
    assert allowed(2.0, 3.0, "complement", 10.0) == [(0.0, 2.0), (3.0, 10.0)]
    assert allowed(2.0, 3.0, "interval", 10.0) == [(2.0, 3.0)]
    assert allowed(float("nan"), float("nan"), "line", 10.0) == [(0.0, 10.0)]
    assert allowed(-5.0, 12.0, "complement", 10.0) == []


def test_bands_are_the_sets_of_the_table_inside_the_plane() -> None:
    one = {"x1": 50.0, "x1_low": 40.0, "x1_high": 120.0, "x1_set": "interval"}
    fit = pd.Series(one | {"x2": -5, "x2_low": 20, "x2_high": 30, "x2_set": "complement"})
    rows = pd.DataFrame(nullclines(fit, (100.0, 200.0)))
    ends = rows.set_index(["still", "part"])[["x1", "x1_end", "x2", "x2_end"]]
    assert ends.loc[[("x2", "band")]].to_numpy().tolist() == [[40, 100, 0, 200]]
    assert ends.loc[[("x2", "line")]].to_numpy().tolist() == [[50, 50, 0, 200]]
    assert ends.loc[[("x1", "band")]].to_numpy().tolist() == [[0, 100, 0, 20], [0, 100, 30, 200]]
    assert ("x1", "line") not in ends.index and not rows["whole"].any()
    line = pd.DataFrame(nullclines(fit.replace("complement", "line"), (100.0, 200.0)))
    assert line.loc[line["still"] == "x1", "whole"].tolist() == [True]


def test_arrows_point_where_the_fit_goes_and_stay_away_from_names() -> None:
    point = pd.DataFrame({"x1": [50.0], "x2": [50.0]})
    field = arrows(
        {"a1": 1.0, "b1": 0.0, "a2": -1.0, "d": 0.0}, (100.0, 200.0), point, (0.11, 0.08)
    )
    # both grow at their own rate: at each place its share of the axis a year
    np.testing.assert_allclose(field[["across", "up"]], field[["x1", "x2"]] / [100, 200])
    assert len(field) == 41
    assert not ((field["x1"] == 50) & np.isclose(field["x2"], 300 / 7)).any()


FIELD = {"a1": 0.55, "b1": 0.028, "a2": 0.80, "d": 0.024}
STATE = pd.Series({"x1": 34.0, "x2": 5.9})  # of a period of about ten years


def test_orbit_runs_through_the_state_and_stays_on_its_level() -> None:
    rows = orbit_inside(FIELD, STATE, 3, (1e3, 1e3))
    times = rows["time"].to_numpy()
    assert (times[0], times[-1]) == (-3.0, 3.0) and np.all(np.diff(times) > 0)
    now = rows[rows["time"] == 0.0]
    assert now[["x1", "x2"]].to_numpy().tolist() == [[34.0, 5.9]]
    level = conserved(rows["x1"], rows["x2"], 0.55, 0.028, 0.80, 0.024 / 0.028)
    np.testing.assert_allclose(level, level[0], rtol=1e-5)
    assert np.ptp(rows["x1"]) > 30  # it goes somewhere
    # three years on from where it was three years ago, it is here
    first = orbit_inside(FIELD, rows.iloc[0], 3, (1e3, 1e3)).iloc[-1]
    np.testing.assert_allclose(first[["x1", "x2"]].astype(float), [34.0, 5.9], rtol=1e-5)


def test_orbit_goes_round_once() -> None:
    rows = orbit_inside(FIELD, STATE, 21, (1e3, 1e3))
    assert 9 < rows["time"].iloc[-1] - rows["time"].iloc[0] < 11
    ends = rows[["x1", "x2"]].iloc[[0, -1]].to_numpy()
    np.testing.assert_allclose(ends[1], ends[0], rtol=0.05)  # a dot from where it began


def test_orbit_ends_where_it_leaves_the_plane() -> None:
    rows = orbit_inside(FIELD, STATE, 8, (40.0, 20.0))
    whole = orbit_inside(FIELD, STATE, 8, (1e3, 1e3))
    inside = (whole["x1"] <= 40) & (whole["x2"] <= 20)
    outside = whole.loc[~inside, "time"]
    assert rows["time"].max() < outside[outside > 0].min() <= rows["time"].max() + 0.051
    assert rows["x1"].max() <= 40 and rows["x2"].max() <= 20


def test_orbit_that_leaves_every_bound_is_drawn_as_far_as_it_can_be_followed() -> None:
    # x' = .1 x (1 + x) from 1 is beyond every bound after 10 ln 2 = 6.93 years
    field = {"a1": 0.1, "b1": -0.1, "a2": -0.1, "d": 0.1}
    endless = (float("inf"), float("inf"))
    rows = orbit_inside(field, pd.Series({"x1": 1.0, "x2": 1.0}), 9, endless)
    assert (rows["time"].min(), rows["time"].max()) == (-9.0, 6.0)
    assert rows["x1"].iloc[-1] == pytest.approx(1 / (2 * np.exp(-0.6) - 1), rel=1e-5)
