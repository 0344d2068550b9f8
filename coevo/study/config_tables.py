"""Tables that a config names: indicators, regions, others; its names are held against them."""

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from coevo.arrays import Config
from coevo.errors import Problems, StudyError, short
from coevo.observations.names import aliases, compared
from coevo.panel.derivations import DERIVATIONS, parse
from coevo.study.config_text import TextRows, read_rows
from coevo.study.configuration import GOALPOSTS, named_in_calibration, other_files
from coevo.study.indicator_table import NEEDED, row_mistakes, subsystem_mistakes, table_mistakes
from coevo.study.raw_files import date_problem
from coevo.study.regions import chosen_regions, read_regions

OWN_GROUPS = "nbs_region"  # a table of regions may do without it: then they have no groups
CLAIM_COLUMNS = ("claim", "paper", "check", "indicators", "source")


def check_indicators(config: Config, regions: str, name: str) -> TextRows:
    """Return the rows of the indicator table; check the config's names against it and `regions`.

    Raises `StudyError` with one line per problem: `file: row: column: what; what to do`.
    """
    path = config["indicators"]
    if not Path(path).is_file():
        raise StudyError(f"indicators: there is no file {path}; write the indicator table")
    rows, problems = read_rows(path), Problems()
    labels = [f"label_{language}" for language in config["report"]["languages"]]
    absent = [column for column in [*NEEDED, *labels] if column not in rows[0]]
    problems.extend(f"{path}: column '{column}' is missing; add it" for column in absent)
    problems.check()
    problems.extend(filter(None, map(date_problem, (path, regions))))
    problems.extend(f"{path}: {line}" for line in table_mistakes(rows, labels))
    problems.extend(f"{path}: {line}" for line in subsystem_mistakes(rows, config["subsystems"]))
    problems.extend(f"{name}: {line}" for line in other_file_problems(config))
    places = read_regions(regions)
    problems.extend(f"{name}: {line}" for line in region_problems(config, places, regions))
    problems.extend(f"{name}: {line}" for line in _unknown_names(rows, config))
    problems.check()
    return rows


def _unknown_names(rows: TextRows, config: Config) -> Iterator[str]:
    """Names in the config that are no indicator and no subsystem."""
    names = {row["indicator"] for row in rows}
    subsystems = {row["subsystem"] for row in rows if row["subsystem"]}
    if subsystems:
        yield from _index_problems(rows, config, subsystems)
    pair = config["interaction"] or {}
    calibration = named_in_calibration(pair)
    if pair and pair["upstream"] == pair["downstream"]:
        yield "interaction: upstream and downstream are the same; name two different outputs"
    for name in pair.get("others", ()):
        if name in (pair["upstream"], pair["downstream"]):
            yield f"interaction.others: '{name}' is upstream or downstream already; leave it out"
    outputs = {f"interaction.{key}": pair[key] for key in ("upstream", "downstream") if pair}
    outputs |= {f"interaction.others.{k}": name for k, name in enumerate(pair.get("others", ()))}
    cases = {f"pairs.{key}": case for key, case in config["robustness"]["pairs"].items()}
    cases["deflated"] = config["robustness"]["deflated"] or {}
    for key, case in cases.items():
        outputs |= {f"robustness.{key}.{side}": name for side, name in case.items()}
    sizes = config["comovement"]["size"] if subsystems else ()
    figures = {f"comovement.size.{k}": v for k, v in enumerate(sizes)}
    keys = (key for key in ("purchases", "sales") if key in calibration)
    figures |= {f"interaction.calibration.{key}": calibration[key] for key in keys}
    for wanted, known in ((outputs, names | subsystems), (figures, names)):
        for key, name in wanted.items():
            if name not in known:
                names_known = ", ".join(sorted(known))
                yield f"{key}: '{name}' is not in {config['indicators']}; known: {names_known}"


def _index_problems(rows: TextRows, config: Config, subsystems: set[str]) -> Iterator[str]:
    """What makes the indices and does not fit the subsystems."""
    shares = config["coupling"]["contributions"]
    if not isinstance(shares, str) and (
        len(shares) != len(subsystems) or abs(math.fsum(shares) - 1) > 1e-9
    ):
        yield f"coupling.contributions: {shares} must be {len(subsystems)} numbers that sum to 1"
    yield from _weights_problems(rows, config)
    names = [row["indicator"] for row in rows if row.get("low") or row.get("high")]
    if names and config["normalisation"]["method"] == "vector":
        yield f"normalisation.method: vector has no goalposts; {', '.join(names)} have low and high"
    if config["coupling"]["form"] == "k" and len(subsystems) != 2:
        yield f"coupling.form: k is for two subsystems; here are {len(subsystems)}; choose wang"


def _weights_problems(rows: TextRows, config: Config) -> Iterator[str]:
    """Given weights and comparisons that do not fit the indicators of the table."""
    members: dict[str, list[str]] = {}
    for row in rows:
        if row["subsystem"]:
            members.setdefault(row["subsystem"], []).append(row["indicator"])
    known = {indicator for names in members.values() for indicator in names}
    weights, judged = config["weighting"]["given"], config["weighting"]["judgements"]
    for indicator in sorted(set(weights or ()) - known):
        names = ", ".join(sorted(known))
        yield f"weighting.given: '{indicator}' is in no subsystem; known: {names}"
    if weights:
        for indicator in sorted(known - set(weights)):
            yield f"weighting.given: no weight for {indicator}; add it, 0 if it shall not count"
    for subsystem, inside in members.items() if judged else ():
        table = judged.get(subsystem)
        if table is None:
            yield f"weighting.judgements: no comparisons for {subsystem}; add them"
        elif len(table) != len(inside) or any(len(line) != len(inside) for line in table):
            yield (
                f"weighting.judgements.{subsystem}: must be a table of {len(inside)} lines of "
                f"{len(inside)} numbers, in this order: {', '.join(inside)}"
            )


def other_file_problems(config: Config) -> Iterator[str]:
    """Yield a line for each problem of other indicator systems, kept goalposts and claims."""
    for key, path in other_files(config).items():
        if key == GOALPOSTS:
            yield from _read(key, path, ["indicator", "low", "high"], _posts)
        else:
            yield from _read(key, path, NEEDED, row_mistakes)
    if config["claims"]:
        path = f"config/claims/{config['claims']}.csv"
        yield from _read("claims", path, CLAIM_COLUMNS, lambda row: ())


def _read(key: str, path: str, needed: Any, look: Any) -> Iterator[str]:
    """Yield the problems of a table: of the file, its columns, or each row as `look` finds them."""
    if problem := date_problem(path):
        yield problem
    try:
        rows = read_rows(path)
    except StudyError as problems:
        yield from (f"{key}: {message}" for message in problems.messages)
        return
    absent = [column for column in needed if column not in rows[0]]
    if absent:
        yield f"{key}: {path}: has no column {', '.join(absent)}; name another file, or add it"
        return
    for row in rows:
        yield from (f"{key}: {path}: {line}" for line in look(row))


def _posts(row: dict[str, str]) -> Iterator[str]:
    """Yield what is wrong with kept goalposts: they are two finite numbers, the lower first."""
    try:
        low, high = float(row["low"]), float(row["high"])
    except ValueError:
        yield f"{row['indicator']}: low and high must be numbers; correct them"
        return
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        yield f"{row['indicator']}: low must be below high, and both finite; correct them"


def regions_read(config: Config, indicators: TextRows, path: str) -> list[str] | None:
    """Return the codes of the regions that are read from the files, or None: all.

    All, too, if a figure of one region derives from those of all. path: of the table of regions.
    """
    derived = (parse(row["derivation"])[0] for row in indicators if row["derivation"])
    every = config["regions"] == "all" or any(DERIVATIONS[name].shared for name in derived)
    return None if every else chosen_regions(config, read_regions(path))


def region_problems(config: Config, places: TextRows, path: str) -> Iterator[str]:
    """Yield the regions and groups in the config that the table of regions has not."""
    codes = {row["region"] for row in places}
    names = ("name_zh", "name_en", "long_zh", "codes")
    by_name = {
        compared(n): row["region"]
        for row in places
        for column in names
        for n in aliases(row.get(column, ""))
    }
    chosen = config["regions"]
    named = chosen["without"] if isinstance(chosen, Mapping) else [] if chosen == "all" else chosen
    groups = config["regional"]["groups"]
    if config["subsystems"] and groups not in (*places[0], OWN_GROUPS):
        known = ", ".join(places[0])
        yield f"regional.groups: '{groups}' is no column of {path}; known: {known}"
    for key, listed in (("regions", named), ("focus_region", [config["focus_region"]])):
        for code in listed:
            if code not in codes:
                named = by_name.get(compared(code))
                meant = f'write its code, "{named}"' if named else "correct it"
                yield f"{key}: '{short(code)}' is no region of {path}; {meant}"
