"""A study's configuration: read against its schema, completed with defaults, checked at once.

Imported when the workflow is parsed, so it stays free of heavy imports. Allowed method names come
from the registries: a schema says `registry: weightings` in place of a list.
"""

import csv
import importlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

from coevo.derivations import parse
from coevo.errors import Problems, StudyError


def _entries(module: str, attribute: str) -> Callable[[], Iterable[str]]:
    return lambda: getattr(importlib.import_module(module), attribute)


def _languages() -> Iterable[str]:
    """A language is there once its template is: workflow/report/report.<language>.md."""
    return (path.name.split(".")[1] for path in Path("workflow", "report").glob("report.*.md"))


# name of a registry in the schemas -> the names it holds
REGISTRIES: dict[str, Callable[[], Iterable[str]]] = {
    "references": _entries("coevo.normalisation", "REFERENCES"),
    "weightings": _entries("coevo.weighting", "WEIGHTINGS"),
    "forms": _entries("coevo.coupling", "FORMS"),
    "grades": _entries("coevo.coupling", "GRADES"),
    "gaps": _entries("coevo.panel", "GAPS"),
    "estimators": _entries("coevo.estimation", "ESTIMATORS"),
    "formats": _entries("coevo.report", "FORMATS"),
    "languages": _languages,
    "missing_types": _entries("coevo.observations.cells", "MISSING_TYPES"),
    "units": _entries("coevo.units", "UNITS"),
}
FEWEST_YEARS = 5


def with_registries(schema: Any) -> Any:
    """Return the schema with each `registry: name` replaced by the `enum` of its entries."""
    if isinstance(schema, list):
        return [with_registries(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    out = {key: with_registries(value) for key, value in schema.items() if key != "registry"}
    if isinstance(schema.get("registry"), str):
        out["enum"] = sorted(REGISTRIES[schema["registry"]]())
    return out


def with_defaults(config: Mapping, schema: Mapping) -> dict:
    """Return `config` with the schema's defaults wherever a key is absent, at every depth."""
    out = deepcopy(dict(config))
    for key, part in schema.get("properties", {}).items():
        if key not in out and "default" in part:
            out[key] = deepcopy(part["default"])
        if isinstance(out.get(key), dict):
            out[key] = with_defaults(out[key], part)
    return out


def _messages(error) -> Iterator[str]:
    """Turn one error of the validator into lines `key: what; what is allowed`."""
    key = ".".join(str(part) for part in error.absolute_path)
    if error.validator == "additionalProperties":
        known = error.schema["properties"]
        for name in sorted(set(error.instance) - set(known)):
            full = f"{key}.{name}" if key else name
            yield f"{full}: unknown key '{name}'; known: {', '.join(sorted(known))}"
    elif error.validator == "enum":
        kind = (str(error.absolute_path[-1]) if error.absolute_path else "value").rstrip("s")
        kind = "method" if kind in ("method", "form", "reference") else kind
        allowed = ", ".join(str(value) for value in error.validator_value)
        yield f"{key}: unknown {kind} '{error.instance}'; known: {allowed}"
    elif error.validator == "required":
        missing = [name for name in error.validator_value if name not in error.instance]
        yield from (f"{f'{key}.' if key else ''}{name}: is missing; add it" for name in missing)
    elif error.validator in ("anyOf", "oneOf"):
        yield f"{key}: {error.instance!r} is not allowed; {error.schema.get('description', '')}"
    else:
        hint = error.schema.get("description", "")
        yield f"{key or 'config'}: {error.message}" + (f"; {hint}" if hint else "")


def complete(config: Mapping, schema: Mapping, name: str) -> dict:
    """Return the config completed with defaults.

    Raises `StudyError` with one line per problem, each `name: key: what; what is allowed`.
    """
    from jsonschema import Draft202012Validator

    schema = with_registries(schema)
    full = with_defaults(config, schema)
    problems = Problems()
    for error in sorted(
        Draft202012Validator(schema).iter_errors(full),
        key=lambda e: list(map(str, e.absolute_path)),
    ):
        problems.extend(f"{name}: {line}" for line in _messages(error))
    problems.check()
    problems.extend(f"{name}: {line}" for line in _across_keys(full))
    problems.check()
    return full


def _across_keys(config: Mapping) -> Iterator[str]:
    first, last = config["years"]["first"], config["years"]["last"]
    if first > last:
        yield f"years: first ({first}) comes after last ({last}); swap them"
    elif last - first + 1 < FEWEST_YEARS:
        yield (
            f"years: {first} to {last} are {last - first + 1} years; at least {FEWEST_YEARS} are "
            "needed, or nothing can be estimated; widen years.first or years.last"
        )
    low, high = config["normalisation"]["range"]
    if not 0 <= low < high <= 1:
        yield f"normalisation.range: [{low}, {high}] must be 0 <= low < high <= 1"
    if not Path(config["raw"]).is_dir():
        yield f"raw: there is no folder {config['raw']}; put the raw files into it"
    claims = sorted(path.stem for path in Path("config", "claims").glob("*.csv"))
    if config["claims"] is not None and config["claims"] not in claims:
        yield f"claims: unknown set '{config['claims']}'; known: {', '.join(claims)}"
    elif config["claims"] is not None and config["interaction"] is None:
        yield "claims: are held against the two-population model; give interaction, or claims: null"
    regions = config["regions"]
    if regions != "all" and config["focus_region"] not in regions:
        yield f"focus_region: {config['focus_region']} is not among regions; add it or change it"


def read_rows(path: str | Path) -> list[dict[str, str]]:
    """Read a small CSV table of the configuration as dictionaries of text."""
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def raw_files(folder: str, vintage: str) -> list[str]:
    """Return the raw files of a study: `<folder>/<vintage>/...`, up to the vintage that is pinned.

    Hidden files, Office lock files and READMEs are passed over. Raises `StudyError` if there is no
    file, no such vintage, or a link among them (it could lead out of the folder).
    """
    root = Path(folder)
    vintages = sorted(path.name for path in root.iterdir() if path.is_dir())
    if vintage != "latest" and vintage not in vintages:
        raise StudyError(f"vintage: there is no folder {folder}/{vintage}; known: {vintages}")
    kept = [name for name in vintages if vintage == "latest" or name <= vintage]
    paths = [
        path
        for name in kept
        for path in sorted((root / name).rglob("*"))
        if path.is_file() and not path.name.startswith((".", "~$", "README"))
    ]
    problems = Problems()
    problems.extend(
        f"{path.as_posix()}: is a link; put the file itself there"
        for path in paths
        if path.is_symlink()
    )
    if not paths:
        problems.add(
            f"raw: there is no file in a vintage folder of {folder}; put the raw files into a "
            f"folder named by year and month, such as {folder}/2026-10"
        )
    problems.check()
    return [path.as_posix() for path in paths]


def check_indicators(config: Mapping, schema: Mapping, regions: str) -> list[dict[str, str]]:
    """Return the rows of the indicator table; check the config's names against it and `regions`.

    Raises `StudyError` with one line per problem: `file: row: column: what; what to do`.
    """
    from jsonschema import Draft202012Validator

    path = config["indicators"]
    if not Path(path).is_file():
        raise StudyError(f"indicators: there is no file {path}; write the indicator table")
    rows, columns = read_rows(path), list(with_registries(schema)["properties"])
    problems = Problems()
    absent = [column for column in columns if rows and column not in rows[0]]
    problems.extend(f"{path}: column '{column}' is missing; add it" for column in absent)
    problems.check()
    validator = Draft202012Validator(with_registries(schema))
    for row in rows:
        for error in validator.iter_errors(row):
            where = f"{path}: {row.get('indicator') or 'a row'}"
            problems.extend(f"{where}: {line}" for line in _messages(error))
    problems.check()
    problems.extend(f"{path}: {line}" for line in _indicator_problems(rows, config))
    problems.extend(_unknown_names(rows, config, {row["region"] for row in read_rows(regions)}))
    problems.check()
    return rows


def _indicator_problems(rows: list[dict], config: Mapping) -> Iterator[str]:
    names = [row["indicator"] for row in rows]
    sources = [row["source_name"] for row in rows if row["source_name"]]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"{name}: stands in {names.count(name)} rows; keep one"
    for source in sorted({source for source in sources if sources.count(source) > 1}):
        yield f"source_name '{source}': stands in {sources.count(source)} rows; keep one"
    derived = {row["indicator"] for row in rows if row["derivation"] and not row["source_name"]}
    printed = {
        row["indicator"]
        for row in rows
        if row["derivation"] and row["source_name"] and not row["subsystem"]
    }
    above: set[str] = set()
    for row in rows:
        name = row["indicator"]
        if row["subsystem"] and not row["direction"]:
            yield f"{name}: direction: is empty; write + or -"
        if not row["source_name"] and not row["derivation"]:
            yield f"{name}: has neither source_name nor derivation; give one of them"
        if row["derivation"]:
            try:
                arguments = parse(row["derivation"])[1]
            except StudyError as problem:
                yield f"{name}: {problem}"
                continue
            for argument in arguments:
                if argument not in names:
                    yield f"{name}: derivation: '{argument}' is no indicator of this table; add it"
                elif not row["source_name"] and argument in printed:
                    yield f"{name}: derivation: '{argument}' is printed for the audit alone"
                elif not row["source_name"] and argument in derived and argument not in above:
                    yield f"{name}: derivation: '{argument}' is derived further down; move it up"
        above.add(name)
    subsystems = list(dict.fromkeys(row["subsystem"] for row in rows if row["subsystem"]))
    if len(subsystems) < 2:
        yield f"at least two subsystems are needed; found: {', '.join(subsystems) or 'none'}"
    for name in config["subsystems"]:
        if name not in subsystems:
            yield f"subsystem '{name}' of the config is not here; known: {', '.join(subsystems)}"


def _unknown_names(rows: list[dict], config: Mapping, codes: set[str]) -> Iterator[str]:
    """Names in the config that are no indicator, subsystem or region."""
    chosen = [] if config["regions"] == "all" else config["regions"]
    for code in dict.fromkeys([*chosen, config["focus_region"]]):
        if code not in codes:
            yield f"regions or focus_region: '{code}' is no region of config/regions.csv"
    names = {row["indicator"] for row in rows}
    subsystems = {row["subsystem"] for row in rows if row["subsystem"]}
    pair = config["interaction"] or {}
    calibration = pair.get("calibration") or {}
    wanted = [
        *(
            (f"interaction.{key}", pair[key], names | subsystems)
            for key in ("upstream", "downstream")
            if key in pair
        ),
        *((f"comovement.size.{k}", v, names) for k, v in enumerate(config["comovement"]["size"])),
        *(
            (f"interaction.calibration.{key}", calibration[key], names)
            for key in ("purchases", "sales")
            if key in calibration
        ),
    ]
    for key, name, known in wanted:
        if name not in known:
            names_known = ", ".join(sorted(known))
            yield f"{key}: '{name}' is not in {config['indicators']}; known: {names_known}"
