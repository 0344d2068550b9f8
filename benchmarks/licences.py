"""The licences of every package of the lock, and a bill of materials (SPDX 2.3), in one command.

    python benchmarks/licences.py            the table, for the packages of this environment
    python benchmarks/licences.py --sbom     the same as JSON of SPDX

Versions and hashes are those of `requirements.lock`; licences are what the packages say of
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

ROOT = Path(__file__).resolve().parent.parent
# What stands in a wheel under another licence than the package's own.
INSIDE = {
    "pypandoc-binary": "pandoc, a program of its own: GPL-2.0-or-later",
    "fontpkg-source-serif-4": "Source Serif 4: OFL-1.1",
    "fontpkg-source-sans-3": "Source Sans 3: OFL-1.1",
    "justmytype-intl-cjk": "Noto Sans SC: OFL-1.1",
    "vl-convert-python": "Vega, Vega-Lite and their scripts: BSD-3-Clause",
    "axe-playwright-python": "axe-core: MPL-2.0",
    "numpy": "OpenBLAS: BSD-3-Clause; libgfortran: GPL-3.0-or-later WITH GCC-exception-3.1",
    "scipy": "OpenBLAS: BSD-3-Clause; libgfortran: GPL-3.0-or-later WITH GCC-exception-3.1",
}
LOCKED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)
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
    under, else the first line of the field or of the text; "not installed here" if it is of another
    system."""
    try:
        package = distribution(name)
    except PackageNotFoundError:
        return "not installed here"
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
    """Yield the packages of the lock in its order."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    found = list(LOCKED.finditer(text))
    ends = [*(match.start() for match in found[1:]), len(text)]
    for match, end in zip(found, ends, strict=True):
        name, version = match.groups()
        hashes = HASH.findall(text[match.end() : end])
        yield Package(name, version, hashes, licence(name), INSIDE.get(name, ""))


def table(listed: list[Package]) -> str:
    """Return the packages as lines of text in columns."""
    rows = [("package", "version", "licence", "carries along")]
    rows += [(p.name, p.version, p.licence, p.inside) for p in listed]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = ("  ".join([*map(str.ljust, row, widths), row[3]]).rstrip() for row in rows)
    return "\n".join(lines)


def sbom(listed: list[Package]) -> str:
    """Return the packages as a document of SPDX 2.3, the same for the same lock."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    name = f"{project['name']}-{project['version']}"
    parts = [
        {
            "SPDXID": f"SPDXRef-{re.sub('[^A-Za-z0-9.-]', '-', p.name)}-{number}",
            "name": p.name,
            "versionInfo": p.version,
            "downloadLocation": f"https://pypi.org/project/{p.name}/{p.version}/",
            "filesAnalyzed": False,
            "licenseConcluded": "NOASSERTION",
            "licenseDeclared": "NOASSERTION",
            "licenseComments": f"{p.licence}; {p.inside}" if p.inside else p.licence,
            "copyrightText": "NOASSERTION",
            "externalRefs": [
                {
                    "referenceCategory": "PACKAGE-MANAGER",
                    "referenceType": "purl",
                    "referenceLocator": f"pkg:pypi/{p.name}@{p.version}",
                }
            ],
            "comment": "sha256 of its files: " + " ".join(p.hashes),
        }
        for number, p in enumerate(listed)
    ]
    document = {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": name,
        "documentNamespace": f"https://spdx.org/spdxdocs/{name}",
        "creationInfo": {"created": "1970-01-01T00:00:00Z", "creators": [f"Tool: {name}"]},
        "packages": parts,
        "relationships": [
            {
                "spdxElementId": "SPDXRef-DOCUMENT",
                "relationshipType": "DESCRIBES",
                "relatedSpdxElement": part["SPDXID"],
            }
            for part in parts
        ],
    }
    return json.dumps(document, indent=1, ensure_ascii=False)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sbom", action="store_true", help="as JSON of SPDX 2.3")
    listed = list(packages())
    print(sbom(listed) if parser.parse_args().sbom else table(listed))
    return 0


if __name__ == "__main__":
    sys.exit(main())
