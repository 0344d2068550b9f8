"""No quantity has two values in one report: sentences, tables and figures say what results hold."""

import pytest

from tests.reported import differing, quantities
from tests.sample import study, tables


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_quantity_has_two_values(language: str) -> None:
    found = quantities(study(claims=True, language=language))
    assert not {name: told for name, places in found.items() if (told := list(differing(places)))}
    assert all(len(places) > 1 for places in found.values()), found
    places = found["D of the focus, 2020"]
    assert {"far/focus/D/1", "opening_degrees"} <= set(places) and len(places) >= 5


def test_another_value_in_one_place_is_seen() -> None:
    level = tables()["level"]
    rise = level["measure"].eq("rise_lnD")
    other = level.assign(value=level["value"].where(~rise, level["value"] + 1e-6))
    found = quantities(study(level=other))
    assert [name for name, places in found.items() if list(differing(places))] == ["rise of ln D"]
