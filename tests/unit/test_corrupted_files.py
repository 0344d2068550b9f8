"""A sample of the damaged files of benchmarks/corrupted_files.py: a table or a typed error."""

from collections import Counter
from functools import partial

import pytest

from benchmarks.corrupted_files import corrupted, offenders, read_all, seeds

pytestmark = pytest.mark.whole


def test_a_sample_of_damaged_files_gives_a_table_or_a_typed_error():
    outcomes = read_all(partial(corrupted, 2), range(500))
    assert [o.number for o in outcomes] == list(range(500))
    assert offenders(outcomes) == []
    of_kind = Counter((o.kind, o.outcome) for o in outcomes)
    for kind in (*seeds(), "xlsx part", "random bytes", "random table", "swollen"):
        assert of_kind[kind, "error"] > 10
    for kind in (*seeds(), "xlsx part"):  # damage is not always in the way
        assert of_kind[kind, "table"] > 2
