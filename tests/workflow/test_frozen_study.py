"""A study of 0.8.0 builds unedited; its script reads what it did, or the CHANGELOG says why not."""

import fnmatch
import json
import math
import re
import shutil
import subprocess
import sys

import pandas as pd
import pytest

from tests.projects import ROOT, make_project, must_run

pytestmark = pytest.mark.whole
FROZEN = ROOT / "tests" / "frozen" / "study_0_8_0"
EXPECTED = json.loads((FROZEN / "expected.json").read_text(encoding="utf-8"))
CHANGED = pd.read_csv(FROZEN / "changed.csv")


@pytest.fixture(scope="module")
def read(tmp_path_factory) -> dict[str, float | str | None]:
    """What the script reads from the study as the present code builds it."""
    folder = make_project(tmp_path_factory.mktemp("frozen") / "study")
    shutil.copytree(FROZEN, folder, dirs_exist_ok=True)
    must_run(folder, study="shops-and-plants")
    said = subprocess.run(
        [sys.executable, "read.py"], cwd=folder, stdout=subprocess.PIPE, check=True
    )
    return json.loads(said.stdout)


def same(one: float | str | None, other: float | str | None) -> bool:
    if isinstance(one, str) or isinstance(other, str) or one is None or other is None:
        return one == other
    return math.isclose(one, other, rel_tol=1e-9)


def test_it_reads_what_it_read_except_what_is_announced(read):
    assert read.keys() == EXPECTED.keys() and len(read) > 60
    differs = {key for key, was in EXPECTED.items() if not same(read[key], was)}
    announced = {name: fnmatch.filter(differs, name) for name in CHANGED["quantity"]}
    unannounced = differs.difference(*announced.values())
    assert {key: (EXPECTED[key], read[key]) for key in unannounced} == {}
    assert [name for name, found in announced.items() if not found] == []


@pytest.mark.parametrize("change", [*CHANGED.itertuples()], ids=CHANGED["quantity"])
def test_a_change_stands_in_the_changelog_under_its_version(change):
    parts = re.split(r"^## ", (ROOT / "CHANGELOG.md").read_text("utf-8"), flags=re.MULTILINE)
    lines = {part.partition("\n")[0]: " ".join(part.split()) for part in parts}
    assert change.words in lines[change.version]
