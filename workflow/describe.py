"""Write docs/tables.md, what every table and column of a study is, from coevo/tables.csv; in
config/README.md the names that a key may have, and coevo/registries.csv, from their registries; in
environment.yml the packages of requirements.lock.

python workflow/describe.py
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from coevo.files import write_text  # noqa: E402
from coevo.registry import NAMES, needs_of  # noqa: E402
from coevo.report.tables import LAYOUT  # noqa: E402
from coevo.schema import BUILT, column_rows, table_names, table_row  # noqa: E402
from coevo.study.configuration import read_schema, resolve_name  # noqa: E402

PAGE, KEYS = ROOT / "docs" / "tables.md", ROOT / "config" / "README.md"
CONDA, LOCK = ROOT / "environment.yml", ROOT / "requirements.lock"
LOCKED = re.compile(r"^([\w.-]+==[^\\\n]+?) \\$", re.MULTILINE)  # a package with its version
REGISTRY = re.compile(r"\{([\w.]+:\w+)\}")  # in a note of tables.csv
# The row of a key, as far as the names that it may have.
ROW = re.compile(r"^(\| `([\w.]+)` \|[^|]*\| )`\w+`(?:, `\w+`)*(?= \||;)", re.MULTILINE)
HEAD = """# Tables and columns

Made by `python workflow/describe.py` from `coevo/tables.csv`, where a change belongs. `code` is
text whose leading digits count, `key` a name from a fixed list, `flag` True or False. A number
after "methods" is a section of [methods.md](methods.md). What holds for every table stands in
[config/README.md](../config/README.md#output-tables).
"""
NEEDS = {
    "subsystems": "There where the configuration has `subsystems`. ",
    "interaction": "There where the configuration has `interaction`. ",
    "claims": "There where the configuration has `claims`. ",
    "release": "There where the study has a release. ",
    "internal": "Not in the workbook. ",
}


def described() -> str:
    """Return the page: a section for each table, output tables before input tables."""
    return "\n".join(
        [HEAD, *_part("Output tables", *BUILT, "internal"), *_part("Input tables", "input")]
    )


def _part(title: str, *kinds: str) -> Iterator[str]:
    names = table_names(*kinds)
    yield f"## {title}\n\n" + " · ".join(f"[{name}](#{name})" for name in names) + "\n"
    for name in names:
        row, units = table_row(name), column_rows("unit")
        also = " Also a Stata file." if name in LAYOUT["stata"] else ""
        yield f"### {name}\n\n{NEEDS.get(row.kind, '')}{row.words['en']}.{also}\n"
        yield "| column | what it is | type | unit | values |\n|---|---|---|---|---|"
        for column, of in column_rows(name).items():
            words = of.words["en"].replace("<", r"\<")
            unit = units[of.unit].words["en"] if of.unit in units else ""
            note = REGISTRY.sub(lambda name: _names(name[1]), of.note)
            yield f"| `{column}` | {words} | {of.type} | {unit} | {note} |"
        yield ""


def _names(registry: str, refused: str = "") -> str:
    names = [
        name for name in resolve_name(registry) if not refused or name not in resolve_name(refused)
    ]
    return ", ".join(f"`{name}`" for name in names)


def registries() -> str:
    """Return the names of every registry that the schemas name, as `registered` reads them."""
    named = re.compile(r"(?:registry|refused): (\w[\w.]*:\w+)$", re.MULTILINE)
    schemas = sorted((ROOT / "workflow" / "schemas").glob("*.yaml"))
    found = dict.fromkeys(
        name for path in schemas for name in named.findall(path.read_text("utf-8"))
    )
    rows = (
        f"{registry},{name},{needs}\n"
        for registry in found
        for name, needs in needs_of(resolve_name(registry)).items()
    )
    return "".join(["registry,name,needs\n", *rows])


def explained(page: str) -> str:
    """Return the page on keys, with the names of a key that the schema takes from a registry."""
    schema = read_schema("config")

    def row(found: re.Match[str]) -> str:
        part = schema
        for key in found[2].split("."):
            part = part["properties"].get(key, {}) if "properties" in part else {}
        if "registry" not in part:
            return found[0]
        return found[1] + _names(part["registry"], part.get("refused", ""))

    return ROW.sub(row, page)


def installed(environment: str) -> str:
    """Return the environment for conda with the packages of the lock."""
    head = environment[: environment.index("  - pip:\n")]
    packages = LOCKED.findall(LOCK.read_text("utf-8"))
    return "".join([head, "  - pip:\n", *(f'      - "{package}"\n' for package in packages)])


if __name__ == "__main__":
    write_text(registries(), NAMES)
    write_text(installed(CONDA.read_text("utf-8")), CONDA)
    write_text(described(), PAGE)
    write_text(explained(KEYS.read_text("utf-8")), KEYS)
