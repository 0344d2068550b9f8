"""The draw of mutants and its table; the mutants themselves need mutmut (docs/mutation.md)."""

import pytest

from benchmarks.mutants import drawn, table, wilson


def test_wilson_interval():
    # prop.test(85, 100, correct = FALSE) of R
    assert wilson(85, 100) == pytest.approx((0.7672, 0.9069), abs=1e-4)
    low, high = wilson(10, 10)
    assert high == pytest.approx(1) and low == pytest.approx(1 / (1 + 1.96**2 / 10))


def test_a_draw_takes_packages_in_turn_and_is_the_same_for_a_seed():
    made = {"weighting": [f"w{n}" for n in range(9)], "coupling": ["c0", "c1"]}
    names = drawn(made, 4, seed=1)
    assert [name[0] for name in names] == list("wcwcww") and len(set(names)) == 6
    assert names == drawn(made, 4, seed=1) != drawn(made, 4, seed=2)


def test_the_table_counts_what_was_tried():
    made = {
        "coupling": ["a", "b", "c"], "weighting": ["d"], "lotka_volterra": [], "estimation": [],
        "inference": [],
    }  # fmt: skip
    said = table(made, {"a": "killed", "b": "survived"}).splitlines()
    assert said[2:] == ["| coupling | 3 | 2 | 1 | 50.0 % | 9.5–90.5 % |"]
