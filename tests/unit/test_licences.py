"""Every package of the lock has a licence that is known, in the table and in the SBOM."""

import json
import tomllib

from benchmarks.licences import BILL, PAGE, UNKNOWN, markdown, packages, sbom, table
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
    made = json.loads(sbom(list(packages())))
    ids = [part["bom-ref"] for part in made["components"]]
    assert len(ids) == len(set(ids)) == len(list(packages()))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    own = made["metadata"]["component"]
    assert (own["name"], own["version"]) == ("coevo", project["version"])
    (pandoc,) = (part for part in made["components"] if part["name"] == "pypandoc-binary")
    assert pandoc["licenses"] == [{"expression": "MIT"}]
    (program,) = pandoc["components"]
    assert program["name"].startswith("pandoc")
    assert program["licenses"] == [{"expression": "GPL-2.0-or-later"}]


def test_the_bill_of_materials_has_the_form_of_cyclonedx():
    """What the schema of 1.6 asks for; the whole was held against it by cyclonedx-python-lib."""
    made = json.loads(BILL.read_text(encoding="utf-8"))
    assert set(made) == {"$schema", "bomFormat", "specVersion", "version", "metadata", "components"}
    assert (made["bomFormat"], made["specVersion"], made["version"]) == ("CycloneDX", "1.6", 1)
    left = [made["metadata"]["component"], *made["components"]]
    while left:
        part = left.pop()
        left += part.get("components", [])
        assert part["name"] and part["type"] in ("application", "library")
        (licence,) = part["licenses"]
        assert set(licence) == {"expression"} or set(licence["license"]) == {"name"}


def test_page_and_bill_are_those_of_the_lock():
    """Made anew by `python benchmarks/licences.py --write`."""
    listed = list(packages())
    assert PAGE.read_text(encoding="utf-8") == markdown(listed) + "\n"
    assert BILL.read_text(encoding="utf-8") == sbom(listed) + "\n"
