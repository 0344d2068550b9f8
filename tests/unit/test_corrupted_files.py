"""A sample of the damaged files of benchmarks/corrupted_files.py: a table or a typed error."""

from collections import Counter
from functools import partial

import pandas as pd
import pytest

from benchmarks.corrupted_files import LARGE, corrupted, large, offenders, read_all, seeds
from benchmarks.second_reading import wrong_figures

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


def test_a_file_of_a_seed_is_always_the_same():
    first = [corrupted(7, number) for number in range(40)]
    assert first == [corrupted(7, number) for number in range(40)]
    assert len({content for _, content in first}) > 30


def test_large_files_are_sound_to_the_last_line():
    for place, kind in enumerate(LARGE):
        name, content = large(place)
        assert name == kind and 10**6 < len(content) < 25 * 10**6 and content.endswith(b"\n")


@pytest.mark.parametrize(
    "content", [*seeds()["csv"][:4], *seeds()["xlsx"][:1], *seeds()["xls"]], ids=range(6)
)
def test_a_figure_that_its_cell_does_not_hold_is_seen(content):
    sheet, row = ("", 5) if content in seeds()["csv"] else ("表1", 5)
    row += content in seeds()["xls"]
    right = {"region": "110000", "year": 2015, "value": 12.5, "sheet": sheet, "cell": f"B{row}"}
    names = {"110000": {"110000", "北京"}, "330000": {"330000", "浙江"}}

    def wrong(**changes):
        return len([*wrong_figures(content, pd.DataFrame([right | changes]), names)])

    assert wrong() == wrong(value=125_000.0) == 0  # in another unit
    assert wrong(value=12.6) == wrong(value=-12.5) == wrong(cell=f"C{row}") == 1
    assert wrong(region="330000") == wrong(year=2016) == wrong(cell="B99") == 1
