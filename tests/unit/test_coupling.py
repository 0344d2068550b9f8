"""Invariants of C, T, D, grades at their cuts, obstacles, relative development."""

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
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
from coevo.coupling.formulas import FORMS, REFUSED_FORMS, contribution_shares
from coevo.coupling.grade_scales import GRADES, lagging, relative_development, stage
from coevo.errors import StudyError
from tests.panels import COUPLING
from tests.unit.cases import sections

CASES = sections("coupling")
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


@pytest.mark.parametrize("form", sorted(FORMS))
def test_all_zero_is_uncoupled(form):
    assert coupling_degree([[0.0, 0.0]], form)[0] == 0
    assert coupling_degree([[0.0, 0.5]], "standard")[0] == 0


def test_stages_close_at_the_right():
    assert dict(zip(CASES["stages"], stage(list(CASES["stages"])), strict=True)) == CASES["stages"]


@given(Z=arrays(float, (3, 4), elements=st.floats(0.01, 0.98)))
def test_obstacles_are_shares(Z):
    obstacles = obstacle_degree(Z, [0.4, 0.6, 0.5, 0.5], [0.5] * 4, 0.99)
    assert (obstacles >= 0).all()
    np.testing.assert_allclose(obstacles.sum(axis=1), 1)


@pytest.mark.parametrize("table", sorted(GRADES))
def test_every_grade_table_covers_the_scale_and_names_each_class_once(table):
    scale = GRADES[table]
    ends = np.array([0.0, *scale.cuts, 1.0])
    assert (np.diff(ends) > 0).all() and len(set(scale.labels)) == len(scale.labels)
    middles = (ends[1:] + ends[:-1]) / 2
    assert grade(middles, table).tolist() == list(scale.labels)
    for below, labels in ((1e-8, scale.labels[:-1]), (1e-10, scale.labels[1:])):
        assert grade(np.array(scale.cuts) - below, table).tolist() == list(labels)
    assert grade(scale.cuts, table).tolist() == list(scale.labels[1:])


def test_forms_by_hand():
    U = [[0.2, 0.8], [0.5, 0.5]]
    # 2 sqrt(.16) / 1; (4 * .16)^2 and ^3; 1 - 2 * .3; sqrt((1 - .6) * 1/4)
    assert coupling_degree(U) == pytest.approx([0.8, 1])
    assert coupling_degree(U, "k") == pytest.approx([0.64**2, 1])
    assert coupling_degree(U, "k", k=3.0) == pytest.approx([0.64**3, 1])
    assert coupling_degree(U, "k", k=0.5) == pytest.approx([0.8, 1])
    assert coupling_degree(U, "fan") == pytest.approx([0.4, 1])
    assert coupling_degree(U, "wang") == pytest.approx([0.1**0.5, 1])
    three = [[0.1, 0.2, 0.4]]  # mean difference .2, ratios 1/4 and 1/2 to the largest
    assert coupling_degree(three, "wang") == pytest.approx((0.8 * (1 / 4 * 1 / 2) ** 0.5) ** 0.5)
    assert coupling_degree(three) == pytest.approx(3 * 0.2 / 0.7)
    assert coupling_degree(three, "fan") == pytest.approx(1 - 2 * np.std([0.1, 0.2, 0.4]))


REFUSED = [
    ([[0.5, 0.5]], {"form": form}, re.escape(f"coupling form '{form}' is refused: {why}") + "$")
    for form, why in sorted(REFUSED_FORMS.items())
]


@pytest.mark.parametrize(("U", "options", "said"), [*CASES["no_degree"], *REFUSED])
def test_what_has_no_coupling_degree(U, options, said):
    for measure in (coupling_degree,) if options else (coupling_degree, coordination_index):
        with pytest.raises(StudyError, match=said):
            measure(U, **options)


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


def test_relative_development_and_who_lags():
    found = relative_development([0.2, 0, 0.1, 0.3], [0.4, 0, 0, 0.2])
    np.testing.assert_allclose(found, [0.5, 1, np.inf, 1.5])
    names = ["a", "b", "c"]
    U = [[0.5, 0.6], [0.5, 0.61], [0.61, 0.5], [0.6, 0.5], [0, 0]]
    assert lagging(U, names) == ["synchronous", "a", "b", "synchronous", "synchronous"]
    assert lagging([[0.5, 0.9, 0.4], [0.8, 0.7, 0.8]], names) == ["c", "synchronous"]
    assert lagging([[0.5, 1.0], [0.5, 1.01]], names, margin=2.0) == ["synchronous", "a"]


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
        {**COUPLING, "contributions": contributions, **changed},
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


@pytest.mark.parametrize("table", ["ten", "five"])
def test_classes_of_these_tables_are_of_one_width(table):
    scale = GRADES[table]
    assert scale.cuts == pytest.approx(np.linspace(0, 1, len(scale.labels) + 1)[1:-1], abs=1e-12)
