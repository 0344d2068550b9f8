"""The licences of every package of the lock, and a bill of materials, in one command.

    python benchmarks/licences.py            the page, for the packages of this environment
    python benchmarks/licences.py --write    docs/licences.md and docs/sbom.cdx.json

Versions and hashes are those of the locks; licences are what the packages say of
themselves. Programs and fonts that a wheel carries along are named beside it.
"""

import argparse
import json
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.common import ROOT, markdown

KNOWN = tomllib.loads((ROOT / "benchmarks" / "licences.toml").read_text("utf-8"))
PAGE, BILL = ROOT / "docs" / "licences.md", ROOT / "docs" / "sbom.cdx.json"
INTRODUCTION = """# Licences

What the packages of both locks say of their licences, and what their wheels carry along.
Pandoc is a program of its own under the GPL, which coevo starts and does not link. Made by
`python benchmarks/licences.py --write`, with `sbom.cdx.json`, the bill of materials in CycloneDX.
"""
ID = "[A-Za-z0-9.+-]+"
EXPRESSION = re.compile(rf"{ID}(?: (?:AND|OR|WITH) {ID})*")  # of SPDX, without brackets
LOCKED = re.compile(r"([A-Za-z0-9._-]+)==([^\s;\\]+)")
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
UNKNOWN = "not said"


class Package(NamedTuple):
    """A package of the lock: name, version, its hashes, its licence, what it carries along."""

    name: str
    version: str
    hashes: list[str]
    licence: str
    inside: str


def licence(name: str) -> str:
    """Return what an installed package says of its licence: an expression, else what it is filed
    under, else the first line of the field or of the text."""
    if name in KNOWN["elsewhere"]:
        return str(KNOWN["elsewhere"][name])
    try:
        package = distribution(name)
    except PackageNotFoundError:
        return UNKNOWN
    said = package.metadata
    if said.get("License-Expression"):
        return str(said["License-Expression"])
    filed = [line for line in said.get_all("Classifier", []) if line.startswith("License ::")]
    names = dict.fromkeys(line.rsplit(" :: ", 1)[1] for line in filed)
    names.pop("OSI Approved", None)
    first = next(iter((said.get("License") or "").strip().splitlines()), "")
    texts = (file for file in package.files or () if "licen" in str(file).lower())
    lines = (file.read_text().strip().partition("\n")[0] for file in texts)
    return ", ".join(names) or first or next(lines, UNKNOWN)


def packages() -> Iterator[Package]:
    """Yield the packages of the locks in the order of their names, each once."""
    locks = ("requirements.lock", "requirements-test.lock")
    texts = ((ROOT / lock).read_text(encoding="utf-8") for lock in locks)
    parts = {part.partition("=")[0]: part for text in texts for part in re.split(r"\n(?=\w)", text)}
    for _, part in sorted(parts.items()):
        if match := LOCKED.match(part):
            name, version = match.groups()
            inside = KNOWN["inside"].get(name, "")
            yield Package(name, version, HASH.findall(part), licence(name), inside)


def _component(name: str, licence: str, kind: str = "library", **more: object) -> dict[str, object]:
    """Return a component; its licence is an expression of SPDX, or the words of the package."""
    said = (
        {"expression": licence} if EXPRESSION.fullmatch(licence) else {"license": {"name": licence}}
    )
    return {"type": kind, "name": name, **more, "licenses": [said]}


def sbom(listed: list[Package]) -> str:
    """Return the packages, and what they carry along, as CycloneDX 1.6; the same for a lock."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    parts = []
    for place, p in enumerate(listed):
        purl = f"pkg:pypi/{p.name}@{p.version}"
        part = _component(
            p.name, p.licence, version=p.version, purl=purl, **{"bom-ref": f"{purl}#{place}"}
        )
        inside = (piece.rsplit(": ", 1) for piece in filter(None, p.inside.split("; ")))
        if carried := [_component(name, licence, "application") for name, licence in inside]:
            part["components"] = carried
        parts.append(part)
    own = _component(project["name"], project["license"], "application", version=project["version"])
    document = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": own},
        "components": parts,
    }
    return json.dumps(document, indent=1, ensure_ascii=False)


def page(listed: list[Package]) -> str:
    """Return the packages as a page of Markdown."""
    rows = ((p.name, p.version, p.licence, p.inside) for p in listed)
    table = markdown(("package", "version", "licence", "carries along"), rows)
    return f"{INTRODUCTION}\n{table}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="the page and the bill, into docs")
    listed = list(packages())
    if parser.parse_args().write:
        PAGE.write_text(page(listed) + "\n", encoding="utf-8", newline="\n")
        BILL.write_text(sbom(listed) + "\n", encoding="utf-8", newline="\n")
    else:
        print(page(listed))
    return 0


if __name__ == "__main__":
    sys.exit(main())
