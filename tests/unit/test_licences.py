"""Every package of the lock has a licence that is known, in the table and in the SBOM."""

import json
import tomllib

from benchmarks.licences import UNKNOWN, packages, sbom, table
from tests.sample import ROOT


def test_every_package_of_the_lock_says_its_licence():
    listed = list(packages())
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert len(listed) == lock.count("==") - lock.count("== '") > 60
    assert all(package.hashes for package in listed)
    assert [package.name for package in listed if package.licence == UNKNOWN] == []
    said = table(listed)
    assert "pandoc, a program of its own: GPL-2.0-or-later" in said


def test_the_bill_of_materials_names_each_package_once():
    listed = list(packages())
    made = json.loads(sbom(listed))
    ids = [part["SPDXID"] for part in made["packages"]]
    assert len(ids) == len(set(ids)) == len(listed)
    assert {line["relatedSpdxElement"] for line in made["relationships"]} == set(ids)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert made["name"] == f"coevo-{project['version']}"
