"""The draw of mutants and its table; the mutants themselves need mutmut."""

import pytest

from benchmarks.mutants import PACKAGES, drawn, table

pytestmark = pytest.mark.whole


def test_a_draw_takes_packages_in_turn_and_is_the_same_for_a_seed():
    made = {"weighting": [f"w{n}" for n in range(9)], "coupling": ["c0", "c1"]}
    names = drawn(made, 4, seed=1)
    assert [name[0] for name in names] == list("wcwcww") and len(set(names)) == 6
    assert names == drawn(made, 4, seed=1) != drawn(made, 4, seed=2)


def test_the_table_counts_what_was_tried_with_wilsons_interval():
    made = {name: [] for name in PACKAGES} | {"coupling": ["a", "b", "c"], "weighting": ["d"]}
    said = table(made, {"a": "killed", "b": "survived"}).splitlines()
    assert said[2:] == ["| coupling | 3 | 2 | 1 | 50.0 % | 9.5–90.5 % |"]
