"""Every package of the lock has a licence that is known, in the table and in the SBOM."""

import json
import re

import pytest

from benchmarks.licences import BILL, PAGE, UNKNOWN, packages, page, sbom
from tests.sample import ROOT

pytestmark = pytest.mark.whole


def test_every_package_of_the_lock_says_its_licence():
    listed = list(packages())
    locks = [(ROOT / f"requirements{part}.lock").read_text("utf-8") for part in ("", "-test")]
    named = {name for lock in locks for name in re.findall(r"^([\w.-]+)==", lock, re.MULTILINE)}
    assert {package.name for package in listed} == named
    assert len(listed) > 60
    assert all(package.hashes for package in listed)
    assert [package.name for package in listed if package.licence == UNKNOWN] == []


def test_the_bill_of_materials_names_what_packages_carry_along():
    """In the form of CycloneDX 1.6, against whose schema cyclonedx-python-lib held the whole."""
    parts = json.loads(sbom(list(packages())))["components"]
    assert len({part["bom-ref"] for part in parts}) == len(parts)
    (pandoc,) = (part for part in parts if part["name"] == "pypandoc-binary")
    assert pandoc["licenses"] == [{"expression": "MIT"}]
    (program,) = pandoc["components"]
    assert program["name"].startswith("pandoc")
    assert program["licenses"] == [{"expression": "GPL-2.0-or-later"}]


def test_page_and_bill_are_those_of_the_lock():
    """Made anew by `python benchmarks/licences.py --write`."""
    listed = list(packages())
    assert PAGE.read_text(encoding="utf-8") == page(listed) + "\n"
    assert BILL.read_text(encoding="utf-8") == sbom(listed) + "\n"
