"""The report of the default study says of each quantity what the tables of results hold."""

import pytest

from coevo.report.findings.study_tables import study_in_language
from tests.reported import differing, quantities
from tests.sample import words_of

pytestmark = pytest.mark.whole


def test_no_quantity_has_two_values(shipped) -> None:
    words = words_of("phrases", "en")["words"]
    found = quantities(study_in_language(shipped("provinces"), "en", words))
    assert not {name: told for name, places in found.items() if (told := list(differing(places)))}
    assert sum(map(len, found.values())) > 40
