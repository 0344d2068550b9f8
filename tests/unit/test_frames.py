"""From a DataFrame to D and a fit: numbers of the workflow, and what is said of bad frames."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from coevo import frames
from coevo.errors import StudyError
from tests import sample

SYSTEMS = {"shops": ["sales", "orders"], "plants": ["output", "jobs"]}
COLUMNS = [name for names in SYSTEMS.values() for name in names]


def columns_of(table: pd.DataFrame, value: str, names=COLUMNS) -> pd.DataFrame:
    """Return complete region-years of a built table, names across, in another order than there."""
    wide = table.pivot(index=["region", "year"], columns="indicator", values=value)
    return wide[names].dropna().sample(frac=1, random_state=1)


@pytest.fixture(scope="module")
def built():
    made = sample.tables()
    coupling = made["coupling"].set_index(["region", "year"])
    weights = made["weights"].query("weighting == 'entropy'").set_index("indicator")
    return made | {"coupling": coupling, "weights": weights}


@pytest.mark.parametrize(("figures", "table", "value"), [
    ("raw", "panel", "value"), ("normalised", "normalised", "z"),
])  # fmt: skip
def test_numbers_are_those_of_the_study(built, figures, table, value):
    frame = columns_of(built[table], value)
    index = frames.coordination(frame, SYSTEMS, figures=figures)
    assert index.table.index.equals(frame.index)
    expected = built["coupling"].loc[frame.index, ["U_shops", "U_plants", "C", "T", "D"]]
    pd.testing.assert_frame_equal(index.table, expected, rtol=0, atol=1e-12, check_names=False)
    assert list(index.weights["system"]) == ["shops", "shops", "plants", "plants"]
    for column in ("weight", "entropy"):
        assert index.weights[column].to_dict() == pytest.approx(
            built["weights"].loc[COLUMNS, column].to_dict(), rel=0, abs=1e-12
        )


def test_columns_may_have_other_names_and_the_frame_stays_as_it_is(built):
    frame = columns_of(built["panel"], "value")
    named = frame.reset_index().rename(columns={"region": "province", "year": "t"}).set_index("t")
    named.index += 0.0
    before = named.copy()
    index = frames.coordination(named, SYSTEMS, figures="raw", keys=("province", "t"))
    pd.testing.assert_frame_equal(named, before)
    other = frames.coordination(frame, SYSTEMS, figures="raw")
    assert index.table.index.equals(named.index) and next(iter(index.table)) == "province"
    assert (index.table.pop("province").to_numpy() == named["province"].to_numpy()).all()
    assert (index.table.to_numpy() == other.table.to_numpy()).all()


def test_directions_turn_figures_round(built):
    frame = columns_of(built["panel"], "value")
    middle = float(frame["sales"].median())
    directions = {"jobs": "-", "sales": f"moderate {middle}"}
    index = frames.coordination(frame, SYSTEMS, figures="raw", directions=directions)
    assert list(index.weights["direction"]) == [directions.get(name, "+") for name in COLUMNS]
    mirrored = frame.assign(jobs=-frame["jobs"], sales=-(frame["sales"] - middle).abs())
    # the best figure stands at the middle itself, as the best of the band does
    mirrored.loc[frame["sales"].sub(middle).abs().idxmin(), "sales"] = 0.0
    other = frames.coordination(mirrored, SYSTEMS, figures="raw")
    np.testing.assert_allclose(index.table, other.table, rtol=0, atol=1e-12)


def test_given_weights_make_the_index(built):
    frame = columns_of(built["normalised"], "z")
    given = dict(zip(COLUMNS, [3, 1, 0, 2], strict=True))
    index = frames.coordination(frame, SYSTEMS, figures="normalised", weighting=given)
    assert index.weights["weight"].to_list() == [0.75, 0.25, 0, 1]
    np.testing.assert_allclose(
        index.table["U_shops"], 0.75 * frame["sales"] + 0.25 * frame["orders"]
    )
    np.testing.assert_allclose(index.table["U_plants"], frame["jobs"])


@pytest.mark.parametrize("region", [None, "330000"])
def test_a_fit_is_that_of_the_study(built, region):
    panel = built["panel"]
    frame = columns_of(panel[panel["flag"] == ""], "value", ["output", "sales"])
    model = frames.fit(frame, "output", "sales", region=region)
    scope, effects, scaling = (
        (region, "none", "none") if region else ("pooled", "region+year", "first")
    )
    label = {"effects": effects, "model": "classic", "estimator": "trapezoid"}
    rows = built["parameters"]
    rows = rows[sample.picked(rows, scope=scope, scaling=scaling, **label)].set_index("parameter")
    pd.testing.assert_frame_equal(model.parameters, rows[model.parameters.columns], rtol=1e-12)
    E = built["equilibria"]
    E = E[sample.picked(E, source="fit", **label)].set_index("scope").loc[model.equilibrium.index]
    for x, name in (("x1", "output"), ("x2", "sales")):
        for end in ("", "_low", "_high"):
            np.testing.assert_allclose(model.equilibrium[name + end], E[x + end], rtol=1e-12)
        assert list(model.equilibrium[f"{name}_set"]) == list(E[f"{x}_set"])


FRAME = pd.DataFrame({
    "region": ["A"] * 4 + ["B"] * 4, "year": [2001, 2002, 2003, 2004] * 2,
    "x": [1.0, 2, 4, 3, 2, 5, 6, 9], "y": [2.0, 3, 5, 6, 1, 8, 7, 8],
    "w": [9.0, 8, 5, 5, 6, 4, 2, 3],
})  # fmt: skip
CALL = {"systems": {"one": ["x", "w"], "two": ["y"]}, "figures": "raw"}


def changed(**cells: object) -> pd.DataFrame:
    """Return the frame with another value in the fourth row of some columns."""
    frame = FRAME.astype(object)
    for column, value in cells.items():
        frame.loc[3, column] = value
    return frame


@pytest.mark.parametrize(("frame", "arguments", "said"), [
    (changed(x="n/a", y=np.inf, w=None), {}, ["x: A 2004: 'n/a' is no number", "w: A 2004: empty",
                                              "y: A 2004: infinite"]),
    (changed(x="12.5", y=True, w=pd.NA), {"directions": {"x": "up", "v": "-"}},
     ["'v' is in no system", "x: direction 'up'", "x: A 2004: '12.5'", "y: A 2004: 'True'",
      "w: A 2004: empty"]),
    (changed(year=2003), {}, ["A 2003: stands in 2 rows"]),
    (changed(year="2004年", region=None), {}, ["row 4 (None, 2004年): region must be"]),
    (changed(year=2004.5), {}, ["row 4 (A, 2004.5)"]),
    (FRAME.drop(columns="w"), {}, ["w: is the name of no columns"]),
    (pd.concat([FRAME, FRAME["x"]], axis=1), {}, ["x: is the name of 2 columns"]),
    (FRAME.drop(columns="year"), {}, ["year: is the name of no columns", "keys: "]),
    (FRAME[:0], {}, ["needs rows"]),
    (FRAME.assign(y=3), {"weighting": "entrpy"}, ["y: is 3 in every", "unknown method 'entrpy'"]),
    (FRAME, {"figures": "normalised"}, ["x: A 2002, A 2003, A 2004 and 4 more: not within 0 to 1",
                                        "y: ", "w: "]),
    (FRAME, {"figures": "ratio"}, ["figures: 'ratio' is neither raw nor normalised"]),
    (FRAME.assign(**{n: (FRAME[n] - FRAME[n].min()) / np.ptp(FRAME[n]) for n in "xyw"}), {},
     ["figures: go from 0 to 1 in every column"]),
    (FRAME.assign(x=.1, y=.2, w=[.3, .4] * 4), {"figures": "normalised", "directions": {"x": "-"}},
     ["directions: of normalised figures", "x: is 0.1 in every row", "y: is 0.2"]),
    (FRAME, {"systems": {"one": "x", "two": ["y"]}}, ["systems: one: 'x' is no list"]),
    (FRAME, {"systems": {"one": ["x", "x"]}}, ["systems: name at least two", "x: is named twice"]),
    (FRAME, {"directions": {"x": "moderate"}}, ["x: best: is ''"]),
])  # fmt: skip
def test_all_that_is_wrong_is_said_by_column_and_row(frame, arguments, said):
    with pytest.raises(StudyError) as problem:
        frames.coordination(frame, **CALL | arguments)
    lines = problem.value.messages
    assert len(lines) == len(said)
    assert all(any(text in line for line in lines) for text in said), lines


def test_a_fit_needs_figures_above_zero_and_a_region_that_is_there():
    with pytest.raises(StudyError, match=r"x: A 2004: not above zero"):
        frames.fit(changed(x=0), "x", "y", region="A")
    with pytest.raises(StudyError, match=r"unknown region 'C'; known: A, B"):
        frames.fit(FRAME, "x", "y", region="C")
    with pytest.raises(StudyError, match=r"level: is '0\.9'; give a number between 0 and 1"):
        frames.fit(FRAME, "x", "y", region="A", level="0.9")
    with pytest.raises(StudyError, match=r"x: is named twice"):
        frames.fit(FRAME, "x", "x")


@pytest.mark.parametrize(("lines", "absent"), [
    ("import coevo", "pandas"), ("from coevo import frames", "scipy"),
])  # fmt: skip
def test_what_is_not_needed_is_not_imported(lines, absent, tmp_path):
    code = f"import sys; sys.path.insert(0, {str(sample.ROOT)!r}); {lines}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, check=True
    )
    assert absent not in done.stdout.decode().split()
