"""A study's configuration: read against its schema, completed with defaults, checked at once.

Imported when the workflow is parsed, so it stays free of heavy imports. Allowed method names come
from the registries: a schema says `registry: weightings` in place of a list.
"""

import csv
import importlib
import io
import re
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
SYSTEM_FILES = {"Thumbs.db", "desktop.ini"}


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
        names = [str(part) for part in error.absolute_path if isinstance(part, str)]
        kind = (names[-1] if names else "value").rstrip("s")
        kind = "method" if kind in ("method", "form", "reference") else kind
        allowed = ", ".join(str(value) or "(empty)" for value in error.validator_value)
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
    stem = Path(name).stem
    if stem not in ("config", full["study"]):
        problems.add(
            f"{name}: study: is '{full['study']}', and would overwrite that study; write "
            f"study: {stem}, as the file is called"
        )
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
    given = (config["interaction"] or {}).get("calibration") or {}
    if 0 in (given.get("b1"), given.get("b2")):
        yield "interaction.calibration: b1 or b2 is 0, so there is no equilibrium; give others"
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
    """Read a small CSV table of the configuration as dictionaries of text.

    Raises `StudyError` for a file that is not UTF-8, has no rows, or has rows of another length
    than its head.
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise StudyError(f"{path}: is not UTF-8 text; save it as 'CSV UTF-8'") from None
    head, *rows = [row for row in csv.reader(io.StringIO(text, newline=None)) if row] or [[]]
    if len(head) == 1 and ";" in head[0]:
        raise StudyError(f"{path}: is separated by semicolons; save it with commas")
    if not rows:
        raise StudyError(f"{path}: has no rows below its head; write one row each")
    problems = Problems()
    for number, row in enumerate(rows, start=2):
        if len(row) != len(head):
            problems.add(
                f"{path}: row {number} ({row[0]}) has {len(row)} fields instead of {len(head)}; "
                "put a text that contains a comma into quotes"
            )
    problems.check()
    return [dict(zip(head, row, strict=True)) for row in rows]


def raw_files(folder: str, vintage: str) -> list[str]:
    """Return the raw files of a study: `<folder>/<YYYY-MM>/...`, up to the vintage that is pinned.

    Hidden files, Office lock files, system files and READMEs are passed over. Raises `StudyError`
    for a folder that is no vintage, a file outside one, a link (it could lead out of the folder), a
    name that Snakemake cannot carry, no such vintage, or no file at all.
    """
    problems, kept = Problems(), []
    vintages = []
    for path in sorted(Path(folder).iterdir()):
        if path.is_symlink():
            problems.add(f"{path.as_posix()}: is a link; put the files themselves there")
        elif path.is_dir() and re.fullmatch(r"\d{4}-\d{2}", path.name):
            vintages.append(path.name)
        elif not _passed_over(path):
            problems.add(
                f"{path.as_posix()}: stands outside a vintage; raw files go into folders named by "
                f"year and month, such as {folder}/2026-10"
            )
    if vintage != "latest" and vintage not in vintages:
        problems.add(
            f"vintage: there is no folder {folder}/{vintage}; known: {', '.join(vintages)}"
        )
    for name in vintages:
        if vintage == "latest" or name <= vintage:
            for path in sorted(Path(folder, name).rglob("*")):
                if path.is_symlink():
                    problems.add(f"{path.as_posix()}: is a link; put the file itself there")
                elif path.is_file() and not _passed_over(path):
                    kept.append(path.as_posix())
                if set("{}<>") & set(path.name):
                    problems.add(f"{path.as_posix()}: has one of {{ }} < > in its name; rename it")
    if not kept:
        problems.add(
            f"raw: there is no file in a vintage folder of {folder}; put the raw files into a "
            f"folder named by year and month, such as {folder}/2026-10"
        )
    problems.check()
    return kept


def _passed_over(path: Path) -> bool:
    return path.name.startswith((".", "~$", "README")) or path.name in SYSTEM_FILES


def check_indicators(
    config: Mapping, schema: Mapping, regions: str, name: str
) -> list[dict[str, str]]:
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
    codes = {row["region"] for row in read_rows(regions)}
    problems.extend(f"{name}: {line}" for line in _unknown_names(rows, config, codes))
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
    for key, listed in (("regions", chosen), ("focus_region", [config["focus_region"]])):
        for code in listed:
            if code not in codes:
                yield f"{key}: '{code}' is no region of config/regions.csv; correct it"
    names = {row["indicator"] for row in rows}
    subsystems = {row["subsystem"] for row in rows if row["subsystem"]}
    shares = config["coupling"]["contributions"]
    if not isinstance(shares, str) and (
        len(shares) != len(subsystems) or abs(sum(shares) - 1) > 1e-9
    ):
        yield f"coupling.contributions: {shares} must be {len(subsystems)} numbers that sum to 1"
    pair = config["interaction"] or {}
    calibration = pair.get("calibration") or {}
    if pair and pair["upstream"] == pair["downstream"]:
        yield "interaction: upstream and downstream are the same; name two different outputs"
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
