"""Invariants of C, T, D, grades at their cuts, obstacles, relative development."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from coevo.coupling import (
    coordination_degree,
    coordination_index,
    couple,
    coupling_degree,
    grade,
    obstacle_degree,
)
from coevo.coupling.formulas import COMPOSITES, FORMS, REFUSED_FORMS, contribution_shares, rescaled
from coevo.coupling.grade_scales import GRADES, lagging, relative_development, stage
from coevo.errors import StudyError
from coevo.normalisation import normalise
from coevo.weighting import weigh

indices = arrays(
    float, st.tuples(st.integers(1, 6), st.integers(2, 4)), elements=st.floats(1e-6, 1)
)


PAIRS_ONLY = {"k"}


def for_form(form, U):
    """The k-form is defined for two subsystems only."""
    return U[:, :2] if form in PAIRS_ONLY else U


@pytest.mark.parametrize("form", sorted(FORMS))
@given(U=indices)
def test_degrees_lie_between_0_and_1_and_do_not_depend_on_the_order(form, U):
    U = for_form(form, U)
    C = coupling_degree(U, form)
    D = coordination_degree(C, coordination_index(U))
    assert ((C >= 0) & (C <= 1) & (D >= 0) & (D <= 1)).all()
    np.testing.assert_allclose(coupling_degree(U[:, ::-1], form), C, atol=1e-12)


@pytest.mark.parametrize("form", sorted(FORMS))
@given(level=st.floats(1e-3, 1), n=st.integers(2, 4), less=st.floats(0.01, 0.9))
def test_coupling_is_1_only_if_all_indices_are_equal(form, level, n, less):
    U = for_form(form, np.full((1, n), level))
    assert coupling_degree(U, form)[0] == pytest.approx(1)
    U[0, 0] *= less
    assert coupling_degree(U, form)[0] < 1


@given(U=indices)
def test_standard_form_gives_the_root_of_the_geometric_mean(U):
    D = coordination_degree(coupling_degree(U), coordination_index(U))
    np.testing.assert_allclose(D, np.sqrt(np.prod(U, axis=1) ** (1 / U.shape[1])), atol=1e-12)


@pytest.mark.parametrize("form", sorted(FORMS))
def test_all_zero_is_uncoupled(form):
    assert coupling_degree([[0.0, 0.0]], form)[0] == 0
    assert coupling_degree([[0.0, 0.5]], "standard")[0] == 0
    assert stage([0.0]).tolist() == ["uncoupled"]


@pytest.mark.parametrize("U", [[[1.1, 0.5]], [[-0.1, 0.5]], [[np.nan, 0.5]], [[0.5]], [0.5, 0.5]])
def test_indices_outside_0_and_1_are_refused(U):
    with pytest.raises(StudyError):
        coupling_degree(U)


def test_the_form_of_wang_by_hand():
    # three indices: mean difference (0.2 + 0.4 + 0.2) / 3, ratios 1/3 and 2/3 to the largest
    expected = np.sqrt((1 - 0.8 / 3) * (1 / 3 * 2 / 3) ** 0.5)
    assert coupling_degree([[0.4, 0.6, 0.2]], "wang")[0] == pytest.approx(expected)
    with pytest.raises(StudyError, match="two subsystems"):
        coupling_degree([[0.4, 0.6, 0.2]], "k")


def test_an_unknown_form_is_refused_with_the_known_ones():
    with pytest.raises(StudyError, match=r"unknown coupling form 'standrd'; known: .*standard"):
        coupling_degree([[0.5, 0.5]], "standrd")


def test_contributions_must_be_shares():
    np.testing.assert_allclose(coordination_index([[0.2, 0.6]], [0.25, 0.75]), 0.5)
    for wrong in ([0.5, 0.6], [1.0], [-0.5, 1.5]):
        with pytest.raises(StudyError, match="contributions must be 2 numbers"):
            coordination_index([[0.2, 0.6]], wrong)


def test_grades_at_their_cuts():
    values = [0, 0.0999, 0.1, 0.4999, 0.5, 0.5 - 1e-10, 0.1 + 0.2 - 1e-17, 0.9, 1.0]
    labels = GRADES["ten"].labels
    assert grade(values).tolist() == [labels[k] for k in (0, 0, 1, 4, 5, 5, 3, 9, 9)]


def test_stages_close_at_the_right():
    assert stage([1e-12, 0.3, 0.3001, 0.5, 0.8, 0.81, 1.0]).tolist() == [
        "uncoupled",
        "low-level",
        "antagonism",
        "antagonism",
        "running-in",
        "high-level",
        "high-level",
    ]


def test_relative_development_and_who_lags():
    np.testing.assert_allclose(relative_development([0.2, 0, 0.1], [0.4, 0, 0]), [0.5, 1, np.inf])
    U = [[0.5, 0.6], [0.5, 0.61], [0.61, 0.5], [0.6, 0.5]]
    assert lagging(U, ["a", "b"]) == ["synchronous", "a", "b", "synchronous"]


@given(Z=arrays(float, (3, 4), elements=st.floats(0.01, 0.98)))
def test_obstacles_are_shares(Z):
    obstacles = obstacle_degree(Z, [0.4, 0.6, 0.5, 0.5], [0.5] * 4, 0.99)
    assert (obstacles >= 0).all()
    np.testing.assert_allclose(obstacles.sum(axis=1), 1)


def test_nothing_stands_in_the_way_at_the_top():
    assert obstacle_degree([[0.99, 0.99]], [0.5, 0.5], [0.5, 0.5], 0.99).tolist() == [[0, 0]]


SETTINGS = {
    "composite": "linear",
    "preset": None,
    "form": "standard",
    "k": 2.0,
    "contributions": "equal",
    "grades": "ten",
}


def test_a_table_by_hand():
    normalised = pd.DataFrame(
        [("1", "A", 2015, "a", 0.25), ("1", "A", 2015, "b", 0.75), ("1", "A", 2015, "c", 0.25)],
        columns=["region", "name", "year", "indicator", "z"],
    )
    weights = pd.DataFrame(
        [("m", "s", "a", 0.5), ("m", "s", "b", 0.5), ("m", "t", "c", 1.0), ("n", "s", "a", 1.0)],
        columns=["weighting", "subsystem", "indicator", "weight"],
    )
    coupling, obstacles = couple(normalised, weights, "m", SETTINGS, (0.0, 1.0))
    row = coupling.iloc[0]
    assert (row["U_s"], row["U_t"], row["T"]) == (0.5, 0.25, 0.375)
    assert row["D"] == pytest.approx(0.125**0.25)
    assert row["lagging"] == "t" and row["grade"] == "barely coordinated"
    np.testing.assert_allclose(
        obstacles.set_index("indicator")["obstacle"].loc[["a", "b", "c"]],
        np.array([0.375, 0.125, 0.75]) / 1.25,
    )


def test_the_preset_of_spssau_spreads_the_indices_over_the_range_again():
    U = np.array([[0.2, 0.5], [0.4, 0.5001], [0.3, 0.7]])
    np.testing.assert_allclose(rescaled(U)[:, 0], [0.01, 0.99, 0.5])
    with pytest.raises(StudyError, match="does not vary"):
        rescaled([[0.2, 0.5], [0.4, 0.5]])


@pytest.mark.parametrize("table", sorted(GRADES))
def test_every_grade_table_covers_the_scale_and_names_each_class_once(table):
    scale = GRADES[table]
    ends = np.array([0.0, *scale.cuts, 1.0])
    assert (np.diff(ends) > 0).all() and len(set(scale.labels)) == len(scale.labels)
    middles = (ends[1:] + ends[:-1]) / 2
    assert grade(middles, table).tolist() == list(scale.labels)
    below = grade(np.array(scale.cuts) - 1e-8, table).tolist()
    assert below == list(scale.labels[:-1])
    assert grade(scale.cuts, table).tolist() == list(scale.labels[1:])


@pytest.mark.parametrize("composite", sorted(COMPOSITES))
@pytest.mark.parametrize("form", sorted(FORMS))
@given(x=arrays(float, (7, 5, 4), elements=st.floats(0, 12)), years=st.integers(1, 4))
@settings(max_examples=20)
def test_a_new_year_changes_no_earlier_D_where_goalposts_and_weights_are_kept(
    composite, form, x, years
):
    indicators = pd.DataFrame(
        {"indicator": list("abcd"), "subsystem": list("sstt"), "direction": ["+", "-", "+", "+"]}
    )
    kept = pd.DataFrame({"indicator": list("abcd"), "low": 0.0, "high": [5.0, 9.0, 3.0, 12.0]})
    weights = {"method": "given", "given": {"a": 0.3, "b": 0.7, "c": 0.9, "d": 0.1}}
    scaling = {
        "method": "minmax", "reference": "goalposts", "range": [0.01, 0.99], "beyond": "cap"
    }  # fmt: skip

    def degrees(last):
        rows = [
            (str(r), f"R{r}", 2015 + t, i, x[r, t, k])
            for r in range(7)
            for t in range(last)
            for k, i in enumerate("abcd")
        ]
        panel = pd.DataFrame(rows, columns=["region", "name", "year", "indicator", "value"])
        normalised, _ = normalise(panel, indicators, scaling, kept)
        table = weigh(normalised, panel, indicators, weights)
        chosen = {**SETTINGS, "composite": composite, "form": form}
        coupling, _ = couple(normalised, table, "given", chosen, (0.01, 0.99))
        return coupling.set_index(["region", "year"])["D"]

    before, after = degrees(years), degrees(5)
    pd.testing.assert_series_equal(after.loc[before.index], before, check_exact=True)


@given(x=arrays(float, (5, 3, 4), elements=st.floats(1, 12)), factor=st.floats(0.01, 100))
@settings(max_examples=30)
def test_units_and_the_order_of_rows_change_no_D(x, factor):
    assume((np.ptp(x.reshape(-1, 4), axis=0) > 0.1).all())
    indicators = pd.DataFrame(
        {"indicator": list("abcd"), "subsystem": list("sstt"), "direction": ["+", "-", "+", "+"]}
    )
    scaling = {
        "method": "minmax", "reference": "panel", "range": [0.01, 0.99], "beyond": "cap"
    }  # fmt: skip
    rows = [
        (str(r), f"R{r}", 2015 + t, i, x[r, t, k])
        for r in range(5)
        for t in range(3)
        for k, i in enumerate("abcd")
    ]
    panel = pd.DataFrame(rows, columns=["region", "name", "year", "indicator", "value"])

    def degrees(frame):
        normalised, _ = normalise(frame, indicators, scaling)
        table = weigh(normalised, frame, indicators, {"method": "entropy"})
        coupling, _ = couple(normalised, table, "entropy", SETTINGS, (0.01, 0.99))
        return coupling.set_index(["region", "year"])["D"].sort_index()

    own = degrees(panel)
    other = panel.assign(
        value=panel["value"].where(panel["indicator"] != "a", panel["value"] * factor)
    )
    np.testing.assert_allclose(degrees(other), own, atol=1e-9)
    pd.testing.assert_series_equal(degrees(panel.sample(frac=1, random_state=1)), own)


def test_forms_by_hand():
    U = [[0.2, 0.8], [0.5, 0.5]]
    # 2 sqrt(.16) / 1; (4 * .16)^2 and ^3; 1 - 2 * .3; sqrt((1 - .6) * 1/4)
    assert coupling_degree(U) == pytest.approx([0.8, 1])
    assert coupling_degree(U, "k") == pytest.approx([0.64**2, 1])
    assert coupling_degree(U, "k", k=3.0) == pytest.approx([0.64**3, 1])
    assert coupling_degree(U, "k", k=0.5) == pytest.approx([0.8, 1])
    assert coupling_degree(U, "fan") == pytest.approx([0.4, 1])
    assert coupling_degree(U, "wang") == pytest.approx([0.1**0.5, 1])
    three = [[0.1, 0.2, 0.4]]
    assert coupling_degree(three) == pytest.approx(3 * 0.2 / 0.7)
    assert coupling_degree(three, "fan") == pytest.approx(1 - 2 * np.std([0.1, 0.2, 0.4]))


@pytest.mark.parametrize("k", [0.0, -1.0, np.nan])
def test_an_exponent_must_be_above_zero(k):
    with pytest.raises(StudyError, match=rf"^k is {k}; it must be above 0$"):
        coupling_degree([[0.5, 0.5]], "k", k=k)


@pytest.mark.parametrize("form", sorted(REFUSED_FORMS))
def test_a_form_that_does_not_measure_what_it_says_is_refused_with_its_reason(form):
    with pytest.raises(StudyError) as refused:
        coupling_degree([[0.5, 0.5]], form)
    reason = f"coupling form '{form}' is refused: {REFUSED_FORMS[form]}"
    assert refused.value.messages == [reason]


@pytest.mark.parametrize(
    ("U", "said"),
    [
        ([[0.5]], "one row per case and at least two subsystems"),
        ([0.5, 0.5], "one row per case and at least two subsystems"),
        ([[1.1, 0.5]], r"must lie in \[0, 1\] and none may be missing"),
        ([[0.5, -0.1]], r"must lie in \[0, 1\] and none may be missing"),
        ([[0.5, 0.5], [np.nan, 0.5]], r"must lie in \[0, 1\] and none may be missing"),
    ],
)
def test_what_are_no_indices_is_said(U, said):
    for measure in (coupling_degree, coordination_index):
        with pytest.raises(StudyError, match=rf"^composite indices.* {said}$"):
            measure(U)


def test_a_rounding_above_one_is_one_and_more_is_not_hidden():
    above = 1 + 1e-10
    assert coordination_degree([1.0], [above]).tolist() == [1.0]
    assert coordination_degree([1.0], [1.21]).tolist() == pytest.approx([1.1])
    assert coordination_degree([0.36], [0.25]).tolist() == pytest.approx([0.3])
    assert coupling_degree([[above, above]])[0] == 1.0  # ends of a scale may round up
    with pytest.raises(StudyError):
        coupling_degree([[1 + 1e-8, 1.0]])


def test_contributions_of_subsystems():
    assert contribution_shares(None, 4).tolist() == contribution_shares("equal", 4).tolist()
    assert contribution_shares("equal", 4).tolist() == [0.25] * 4
    assert contribution_shares([1.0, 0.0], 2).tolist() == [1.0, 0.0]
    for wrong in ([0.5, 0.6], [1.0], [-0.5, 1.5], [0.5, 0.5 + 1e-8], [0.2, 0.3, 0.5]):
        with pytest.raises(
            StudyError, match=r"^contributions must be 2 numbers, none negative, that sum to 1$"
        ):
            contribution_shares(wrong, 2)
    assert coordination_index([[0.2, 0.6, 0.1]]) == pytest.approx(0.3)


def test_who_lags_by_another_margin_and_among_three():
    names = ["a", "b", "c"]
    assert lagging([[0.5, 0.9, 0.4], [0.8, 0.7, 0.8]], names) == ["c", "synchronous"]
    assert lagging([[0.5, 0.9]], names, margin=2.0) == ["synchronous"]
    assert lagging([[0.5, 1.0], [0.5, 1.01]], names, margin=2.0) == ["synchronous", "a"]
    assert lagging([[0.0, 0.0]], names) == ["synchronous"]
    assert relative_development([0.0, 0.3], [0.5, 0.2]).tolist() == pytest.approx([0.0, 1.5])


def test_obstacles_by_hand():
    # gaps .75 and .25 of one range, weights 1/2 each, contributions .4 and .6: .15 and .075
    found = obstacle_degree([[0.25, 0.75], [1.0, 1.0]], [0.5, 0.5], [0.4, 0.6], 1.0)
    np.testing.assert_allclose(found, [[2 / 3, 1 / 3], [0, 0]])
    found = obstacle_degree([[1.0, 1.0]], [0.5, 0.5], [0.5, 0.5], [3.0, 2.0])  # ends of columns
    np.testing.assert_allclose(found, [[2 / 3, 1 / 3]])


def coupled(contributions="equal", span=(0.0, 1.0), **changed):
    """Two regions of two subsystems, of one indicator and two."""
    z = {"a": [0.16, 0.36], "b": [0.5, 0.25], "c": [0.3, 0.75]}
    rows = [(f"{r}", f"R{r}", 2015, i, z[i][r]) for r in (0, 1) for i in z]
    weights = [("m", "s", "a", 1.0), ("m", "t", "b", 0.25), ("m", "t", "c", 0.75)]
    return couple(
        pd.DataFrame(rows, columns=["region", "name", "year", "indicator", "z"]),
        pd.DataFrame(weights, columns=["weighting", "subsystem", "indicator", "weight"]),
        "m",
        {**SETTINGS, "contributions": contributions, **changed},
        span,
    )


def test_every_column_of_the_tables_by_hand():
    coupling, obstacles = coupled([0.25, 0.75])
    assert list(coupling) == [
        *("region", "name", "year", "U_s", "U_t", "C", "T", "D", "grade", "stage"),
        *("relative_development", "lagging"),
    ]
    U_s, U_t = np.array([0.16, 0.36]), np.array([0.25 * 0.5 + 0.75 * 0.3, 0.625])
    C, T = 2 * np.sqrt(U_s * U_t) / (U_s + U_t), 0.25 * U_s + 0.75 * U_t
    for name, expected in (("U_s", U_s), ("U_t", U_t), ("C", C), ("T", T), ("D", np.sqrt(C * T))):
        np.testing.assert_allclose(coupling[name], expected)
    np.testing.assert_allclose(coupling["relative_development"], U_s / U_t)
    assert coupling["grade"].tolist() == ["barely coordinated", "intermediate coordination"]
    assert coupling["stage"].tolist() == ["high-level", "high-level"]
    assert coupling["lagging"].tolist() == ["s", "s"]
    assert list(obstacles) == ["region", "name", "year", "indicator", "obstacle"]
    gaps = np.array([0.25 * 0.84, 0.75 * 0.25 * 0.5, 0.75 * 0.75 * 0.7])
    first = obstacles[obstacles["region"] == "0"].set_index("indicator")["obstacle"]
    np.testing.assert_allclose(first.loc[list("abc")], gaps / gaps.sum())


def test_without_a_range_obstacles_are_measured_from_the_best_of_each_indicator():
    _, obstacles = coupled(span=None)
    wide = obstacles.pivot(index="region", columns="indicator", values="obstacle")
    gaps = np.array([[0.5 * 0.2, 0, 0.5 * 0.75 * 0.45], [0, 0.5 * 0.25 * 0.25, 0]])
    np.testing.assert_allclose(wide, gaps / gaps.sum(axis=1, keepdims=True))


def test_preset_form_exponent_and_grades_are_those_of_the_configuration():
    coupling, _ = coupled(preset="spssau", form="k", k=1.0, grades="four")
    assert coupling[["U_s", "U_t"]].to_numpy().tolist() == [[0.01, 0.01], [0.99, 0.99]]
    plain, _ = coupled(form="k", k=1.0, grades="four")
    U = plain[["U_s", "U_t"]].to_numpy()
    np.testing.assert_allclose(plain["C"], 4 * U.prod(axis=1) / U.sum(axis=1) ** 2)
    assert plain["grade"].tolist() == ["imbalance", "primary coordination"]
    for key, kind in (("preset", "preset"), ("grades", "grade table"), ("composite", "composite")):
        with pytest.raises(StudyError, match=rf"^unknown {kind} 'none of them'; known: "):
            coupled(**{key: "none of them"})
