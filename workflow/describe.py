"""Write what is kept twice, for readers and for a quick start, from the one place where it stands.

coevo/tables.csv gives docs/tables.md, what every table and column is. The models of the
configuration give the tables of keys in config/README.md, and workflow/schemas. The registries give
coevo/registries.csv, requirements.lock the packages in environment.yml, and tests/published both
docs/published.md and the tables of docs/coming-from.md, also in Chinese.

python workflow/describe.py
"""

import re
import sys
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

import numpy as np
import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from coevo.files import write_text  # noqa: E402
from coevo.registry import NAMES, needs_of  # noqa: E402
from coevo.schema import BUILT, column_row, column_rows, table_names, table_row  # noqa: E402
from coevo.study.config_mistakes import parts_in  # noqa: E402
from coevo.study.config_model import StudyConfig  # noqa: E402
from coevo.study.config_types import Part  # noqa: E402
from coevo.study.indicator_table import IndicatorRow  # noqa: E402

PUBLISHED, CASES = ROOT / "docs" / "published.md", ROOT / "tests" / "published"
OTHERS = {"en": ROOT / "docs" / "coming-from.md", "zh": ROOT / "docs" / "coming-from.zh.md"}
PAGE, KEYS = ROOT / "docs" / "tables.md", ROOT / "config" / "README.md"
CONDA, LOCK = ROOT / "environment.yml", ROOT / "requirements.lock"
LOCKED = re.compile(r"^([\w.-]+==[^\\\n]+?) \\$", re.MULTILINE)  # a package with its version
REGISTRY = re.compile(r"\{([\w.]+:\w+)\}")  # in a note of tables.csv
SCHEMAS = {
    ROOT / "workflow" / "schemas" / "config.schema.yaml": (StudyConfig, "configuration of a study"),
    ROOT / "workflow" / "schemas" / "indicators.schema.yaml": (IndicatorRow, "indicator table"),
}
# Headings of config/README.md, each with the first key of the table below it.
HEADINGS = {
    "The study": "study",
    "Data": "sources",
    "Indices": "normalisation",
    "Interaction": "interaction",
    "Checks and report": "comovement",
}
KEY_TABLE = re.compile(r"^### (.+)\n\n(?:\| key \|.*\n)(?:\|.*\n)*", re.MULTILINE)
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
    """Return the names of every registry that the models name, as `registered` reads them."""
    found: dict[str, None] = {}

    def look(part: Any) -> None:
        for value in part.values() if isinstance(part, dict) else part:
            if isinstance(value, dict | list):
                look(value)
        if isinstance(part, dict) and isinstance(part.get("registry"), str):
            found.update(dict.fromkeys(filter(None, (part["registry"], part["refused"]))))

    for model, _ in SCHEMAS.values():
        look(model.model_json_schema())
    rows = (
        f"{registry},{name},{needs}\n"
        for registry in sorted(found)
        for name, needs in needs_of(resolve_name(registry)).items()
    )
    return "".join(["registry,name,needs\n", *rows])


def with_names(part: Any) -> Any:
    """Return a JSON schema with the names of a registry in place of its mark, without titles."""
    if isinstance(part, list):
        return [with_names(one) for one in part]
    if not isinstance(part, dict):
        return part
    out = {
        key: with_names(value)
        for key, value in part.items()
        if not (key == "title" and isinstance(value, str)) and key not in ("registry", "refused")
    }
    if isinstance(part.get("registry"), str):
        names = resolve_name(part["registry"])
        refused = resolve_name(part["refused"]) if part["refused"] else ()
        out["enum"] = [name for name in names if name not in refused]
    return out


def schema(model: type[Part], title: str) -> str:
    """Return the JSON schema of a model as YAML, each key with its meaning."""
    parts = with_names(model.model_json_schema())
    if model is IndicatorRow:
        for key, part in parts["properties"].items():
            row = column_row("indicators", key)
            part["description"] = "; ".join(filter(None, (row.words["en"], row.note)))
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title}
    text = yaml.safe_dump({**head, **parts}, allow_unicode=True, sort_keys=False, width=100)
    return f"# Written by workflow/describe.py from coevo/study; a change belongs there.\n{text}"


def explained(page: str) -> str:
    """Return the page on keys with its tables of keys made anew."""
    rows = list(_key_rows(StudyConfig, ""))
    starts = {heading: _place(rows, first) for heading, first in HEADINGS.items()}
    ends = [*starts.values(), len(rows)][1:]
    tables = {
        heading: "".join(row for _, row in rows[start:end])
        for (heading, start), end in zip(starts.items(), ends, strict=True)
    }
    head = "| key | meaning | allowed | default |\n|---|---|---|---|\n"
    return KEY_TABLE.sub(lambda found: f"### {found[1]}\n\n{head}{tables[found[1]]}", page)


def _place(rows: list[tuple[str, str]], key: str) -> int:
    return [name for name, _ in rows].index(key)


def _key_rows(model: type[Part], prefix: str) -> Iterator[tuple[str, str]]:
    """Yield each key of a model, and of the one part that it holds, with its row of the table."""
    schema_of = model.model_json_schema()
    for key, part in schema_of["properties"].items():
        field = model.model_fields[key]
        parts = [one for one in parts_in(field.annotation) if one.__name__ not in INLINE]
        allowed = "the keys below" if parts else _allowed(part, schema_of.get("$defs", {}))
        if field.is_required():
            default = "required"
        elif parts and field.default is not None:
            default = ""
        else:
            default = _default(field.default)
        yield (
            f"{prefix}{key}",
            f"| `{prefix}{key}` | {part['description']} | {allowed} | {default} |\n",
        )
        for inner in parts:
            yield from _key_rows(inner, f"{prefix}{key}.")


# Models whose keys have no rows of their own: what they hold stands in the meaning of their key.
INLINE = {"Accepted", "Without", "Pair", "PurchaseShares", "Purchases", "Parameters"}


def _default(value: Any) -> str:
    """Return a default as YAML writes it, in a line."""
    if isinstance(value, Part) or value in ({}, []):
        return "none"
    text = yaml.safe_dump(value, default_flow_style=True, default_style="" if value else None)
    return f"`{text.removesuffix(chr(10)).removesuffix('...').strip()}`"


def _allowed(part: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    """Return what a value may be, in words, by its JSON schema."""
    if "$ref" in part:
        name = part["$ref"].rpartition("/")[2]
        keys = ", ".join(f"`{key}`" for key in definitions[name]["properties"])
        return f"a table of {keys}"
    if "anyOf" in part:
        return " or ".join(dict.fromkeys(_allowed(one, definitions) for one in part["anyOf"]))
    if "registry" in part:
        return _names(part["registry"], part["refused"])
    if "enum" in part or "const" in part:
        return ", ".join(_default(value) for value in part.get("enum", [part.get("const")]))
    if part.get("type") == "array":
        return f"a list of {_allowed(part['items'], definitions)}"
    if part.get("type") == "object":
        names = _allowed(part.get("propertyNames", {"type": "string"}), definitions)
        value = _allowed(part["additionalProperties"], definitions)
        return f"{'names' if names == KINDS['string'] else names}, each with {value}"
    return KINDS[part["type"]] + _bounds(part)


KINDS = {"integer": "whole number", "number": "number", "string": "text", "null": "`null`"}


def _bounds(part: Mapping[str, Any]) -> str:
    low, above = part.get("minimum"), part.get("exclusiveMinimum")
    high, below = part.get("maximum"), part.get("exclusiveMaximum")
    bounds = [
        f"{low:,} or more" if low is not None else "",
        f"above {above:g}" if above is not None else "",
        f"at most {high:,}" if high is not None else "",
        f"below {below:g}" if below is not None else "",
    ]
    return "".join(f", {bound}" for bound in bounds if bound)


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
    for path, of in SCHEMAS.items():
        write_text(schema(*of), path)
