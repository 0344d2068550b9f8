"""Write docs/tables.md, what every table and column of a study is, from coevo/tables.csv; in
config/README.md the names that a key may have, and coevo/registries.csv, from their registries; in
environment.yml the packages of requirements.lock; docs/published.md, numbers that others printed
beside ours; in docs/coming-from.md, also in Chinese, the tables of what other software gives.

python workflow/describe.py
"""

import re
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import numpy as np
import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from coevo.files import write_text  # noqa: E402
from coevo.registry import NAMES, needs_of  # noqa: E402
from coevo.schema import BUILT, column_rows, table_names, table_row  # noqa: E402
from coevo.study.configuration import read_schema, resolve_name  # noqa: E402

PUBLISHED, CASES = ROOT / "docs" / "published.md", ROOT / "tests" / "published"
OTHERS = {"en": ROOT / "docs" / "coming-from.md", "zh": ROOT / "docs" / "coming-from.zh.md"}
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
    "internal": "Not in the reports. ",
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
        yield f"### {name}\n\n{NEEDS.get(row.kind, '')}{row.words['en']}.\n"
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


def reproduced(page: str) -> str:
    """Return the page of numbers that others printed with ours, to as many digits as theirs."""
    from tests.published.reproduced import rows

    head, line, _ = page.partition("|---|---|---|---|---|")
    lines, source = [head + line], ""
    for what, of, *pair in rows():
        theirs, ours = (np.ravel(np.asarray(values, dtype=float)) for values in pair)
        digits = [-min(int(Decimal(f"{x:.8g}").as_tuple().exponent), 0) for x in theirs]
        said = [
            ", ".join(f"{x:.{n}f}" for x, n in zip(both[:4], digits, strict=False))
            for both in (theirs, ours)
        ]
        more = ", …" if len(theirs) > 4 else ""
        apart = np.abs(ours - theirs)
        same = np.all(apart <= 0.501 * 10.0 ** -np.array(digits))
        differs = "" if same else f"{100 * (apart / np.abs(theirs)).max():.1g} %"
        first = "" if of == source else of
        lines.append(f"| {first} | {what} | {said[0]}{more} | {said[1]}{more} | {differs} |")
        source = of
    return "\n".join([*lines, ""])


def compared(page: str, language: str) -> str:
    """Return the page on other software with the rows of its tables, each under its heading."""
    known = yaml.safe_load((CASES / "coming_from.yaml").read_text("utf-8"))
    origin = {"en": ("printed", "formula"), "zh": ("印出", "公式")}[language]
    inputs = [f"{k} | {v[language]} | `{v['figures']}`" for k, v in known["inputs"].items()]

    def row(case: dict[str, str]) -> str:
        name = " ".join([*([case["package"]] if "package" in case else []), f"`{case['method']}`"])
        of = f"[{origin['formula' in case]}]({known['sources'][case['source']]})"
        setting = f"`{case['setting']}`" if "setting" in case else ""
        cells = [name, case["input"], case["theirs"], of, case["ours"], case[language], setting]
        return " | ".join(cells)

    def filled(found: re.Match[str]) -> str:
        rows = [row(case) for case in known["cases"] if case["software"] == found[2]] or inputs
        return found[1] + "".join(f"| {row} |\n" for row in rows)

    heading = r"^(## (.+)\n(?:(?!## |\|---).*\n)*\|(?:---\|)+\n)(?:\|.*\n)*"
    return re.sub(heading, filled, page, flags=re.MULTILINE)


if __name__ == "__main__":
    write_text(reproduced(PUBLISHED.read_text("utf-8")), PUBLISHED)
    for language, path in OTHERS.items():
        write_text(compared(path.read_text("utf-8"), language), path)
    write_text(registries(), NAMES)
    write_text(installed(CONDA.read_text("utf-8")), CONDA)
    write_text(described(), PAGE)
    write_text(explained(KEYS.read_text("utf-8")), KEYS)
