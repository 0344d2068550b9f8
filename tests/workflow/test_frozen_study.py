"""A study folder of 0.18.0 names its one key that is gone, and builds without that key."""

import csv
import re
import shutil

import pytest

from coevo.files import read_table
from coevo.registry import REMOVED
from coevo.schema import column_rows, table_names
from tests.projects import ROOT, called

FROZEN = ROOT / "tests" / "frozen" / "study_0_18_0"
CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
SINCE = CHANGELOG.partition("\n## 0.18.0")[0]
NEEDED = ("", "subsystems", "interaction", "claims")  # all of them stand in the study's config


def tables() -> dict[str, list[str]]:
    """Return the columns of every table that 0.18.0 made."""
    with (FROZEN / "tables.csv").open(encoding="utf-8", newline="") as file:
        return {row["table"]: row["columns"].split() for row in csv.DictReader(file)}


def named_gone() -> dict[str, set[str]]:
    """Return the columns that the CHANGELOG names as gone, none for a table that is gone whole."""
    lines = re.findall(r"^- `(\w+)`(?:: ((?:`\w+`(?:, )?)+))?$", SINCE, re.MULTILINE)
    return {name: set(re.findall(r"\w+", columns)) for name, columns in lines}


def test_tables_and_columns_that_are_gone_stand_in_the_changelog() -> None:
    now = {name: {*column_rows(name)} for name in table_names(*NEEDED, "release", "internal")}
    gone = {name: {*columns} - now.get(name, {*columns}) for name, columns in tables().items()}
    assert {name: gone[name] for name in gone if name not in now or gone[name]} == named_gone()


def test_what_is_refused_stands_in_the_changelog() -> None:
    with REMOVED.open(encoding="utf-8", newline="") as file:
        names = [row["name"] or row["what"] for row in csv.DictReader(file)]
    assert [
        name for name in names if not re.search(rf"`[\w. ]*{re.escape(name)}`", CHANGELOG)
    ] == []


@pytest.mark.whole
def test_the_study_builds_and_a_script_finds_its_tables(tmp_path) -> None:
    folder = shutil.copytree(FROZEN, tmp_path / "zhejiang", ignore=lambda *_: ["tables.csv"])
    config = folder / "config" / "config.yaml"
    refused = called(folder, "check", program=ROOT)
    assert refused.returncode != 0
    assert ": levels: left in version 0.19; delete it;" in refused.stdout + refused.stderr
    kept = re.sub(r"^levels:\n(?:  .*\n)+", "", config.read_text("utf-8"), flags=re.MULTILINE)
    config.write_text(kept, "utf-8")
    built = called(folder, "build", "--cores", "2", program=ROOT)
    assert built.returncode == 0, built.stdout + built.stderr
    whole = {name for name, columns in named_gone().items() if not columns}
    for name in set(table_names(*NEEDED)) & tables().keys() - whole:
        found = read_table(folder / "data" / "processed" / "zhejiang" / f"{name}.csv", name)
        known = {column for column in tables()[name] if "<" not in column}
        assert known - {*found} <= named_gone().get(name, set()), name
