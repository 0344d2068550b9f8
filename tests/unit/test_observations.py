"""Raw files to observations: what a workbook hides, and faults that were planted.

What files hold and what is read of them stands in tests/publishers.
"""

import random
from contextlib import suppress

import pandas as pd
import pytest

from benchmarks.reading_plants import NAMES, PLANTS, found, said_of, sound
from coevo.errors import StudyError
from coevo.observations.sheets import hidden_remarks


def test_hidden_rows_are_told_as_runs_and_no_more_than_twenty_of_them():
    (remark,) = hidden_remarks([*range(0, 50, 2), 1], [26])
    assert remark.fields["rows"][:2] == ["1-3", "5"] and len(remark.fields["rows"]) == 20
    assert (remark.fields["more_rows"], remark.fields["columns"]) == (4, ["AA"])
    assert hidden_remarks([], []) == []


@pytest.mark.whole
@pytest.mark.parametrize("kind", PLANTS)
def test_a_fault_in_the_form_of_a_file_is_found_where_it_is(kind, tmp_path):
    codes = [*NAMES][:12]
    made = [[round(1234.56 * (n + 2) * 1.07**year, 2) for year in range(5)] for n in range(12)]
    figures = pd.DataFrame(made, codes, range(2015, 2020))
    for seed in range(3):
        rng = random.Random(f"{kind} {seed}")
        with suppress(StudyError):  # a line that stops the build is no silence
            plant = PLANTS[kind](rng, figures, tmp_path / f"a{seed}")
            assert found(plant, said_of(tmp_path / f"a{seed}"))
        sound(rng, figures, tmp_path / f"b{seed}")
        assert said_of(tmp_path / f"b{seed}").empty
