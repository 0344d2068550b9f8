"""The rooms of the report stand one after the other."""

import re

from tests.sample import ROOT

ROOMS = ("findings", "figures", "words", "tables", "documents")


def test_no_room_imports_a_later_one() -> None:
    for place, room in enumerate(ROOMS):
        for path in (ROOT / "coevo" / "report" / room).glob("*.py"):
            found = re.findall(r"from coevo\.report\.(\w+)", path.read_text(encoding="utf-8"))
            assert not set(found) & set(ROOMS[place + 1 :]), path.name


def test_every_module_of_the_report_stands_in_a_room() -> None:
    here = ROOT / "coevo" / "report"
    assert {path.name for path in here.glob("*.py")} == {"__init__.py"}
    assert {path.parent.name for path in here.glob("*/__init__.py")} == set(ROOMS)
