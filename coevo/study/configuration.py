"""A study's configuration: read, completed with defaults, and checked at once.

What each key is stands in `config_model`; here keys are held against each other. Neither numpy nor
pandas is imported, which every start of the workflow would wait for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coevo.errors import Problems, StudyError, short
from coevo.files import DEVICE
from coevo.registry import left, registered
from coevo.schema import RATIO
from coevo.study.config_text import key_lines, read_mapping

if TYPE_CHECKING:
    from coevo.arrays import Config

DEFAULT = "config/config.yaml"  # of the study of a folder; any other has a file of its name
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")
LONGEST_NAME = 100  # characters: it is part of paths
RATIO_RANGE = [0.0, 1.0]
FEWEST_YEARS = 5
FIRST_YEAR, LAST_YEAR = 1900, 2100  # of a study of years
GOALPOSTS = "normalisation.goalposts"
ASKED = "CHANGE"  # stands in the texts of a new study that a person is to write


def name_problem(study: str, longest: int = LONGEST_NAME) -> str:
    """Return why a name cannot be that of a study, and so of its folders; "" if it can."""
    if NAME.fullmatch(study) and len(study) <= longest and not DEVICE.fullmatch(study):
        return ""
    return (
        f"study: '{short(study)}' cannot name files and folders on every system; use letters, "
        f"digits and hyphens, at most {longest} of them, such as my-study"
    )


def config_file(study: str) -> str:
    """Return the config file of a study of this folder, by its name.

    Raises `StudyError` for what is no name of a study.
    """
    if problem := name_problem(study):
        raise StudyError(problem)
    path = f"config/{study}.yaml"
    return DEFAULT if not Path(path).is_file() and _study_of(DEFAULT) == study else path


def _study_of(path: str | Path) -> str:
    """Return the name of the study of a config file; "" of one that cannot be read."""
    try:
        return str(read_mapping(path).get("study", ""))
    except StudyError:
        return ""


def read_config(path: str | Path) -> dict[str, Any]:
    """Return a config file as it is written, before defaults, but for the name of its study.

    Raises `StudyError` for a file that is not there (with the studies that are), is empty or no
    table, and for a name that is none: folders have it, also of what is removed.
    """
    if not Path(path).is_file():
        if reason := left("study", Path(path).stem):
            raise StudyError(f"coevo: {Path(path).stem}: {reason}")
        known = ", ".join(sorted(map(_study_of, Path(path).parent.glob("*.yaml"))))
        raise StudyError(f"coevo: there is no {path}; studies: {known or 'none'}")
    config = read_mapping(path)
    if not config:
        raise StudyError(f"{path}: is empty; begin again from a template: coevo new NAME")
    study = config.get("study")  # the schema says that it is missing, or no text
    if isinstance(study, str) and (problem := name_problem(study)):
        raise StudyError(f"{Path(path).name}: {problem}")
    return config


def complete(config: Config, path: str | Path) -> dict[str, Any]:
    """Return the configuration completed with defaults.

    Parameters
    ----------
    config
        Keys and values as they are written.
    path
        The file that they are from; its name begins every message, and if it is there, the message
        names the line.

    Raises
    ------
    StudyError
        With one line per mistake: `file: line n: key: what is wrong; what to do`.
    """
    from coevo.study.config_mistakes import completed

    full, mistakes, wrong = completed(config)
    across = list(_across_keys(full)) if full else []
    if full and Path(path).stem not in ("config", full["study"]):
        across.append(
            f"study: is '{full['study']}', and would overwrite that study; write "
            f"study: {Path(path).stem}, as the file is called"
        )
    # What is wrong by itself was replaced by its default, of which nothing is to be said.
    is_about_default = re.compile(rf"\b({'|'.join(map(re.escape, wrong))})\b").search
    mistakes += [line for line in across if not wrong or not is_about_default(line)]
    lines = key_lines(path) if mistakes and Path(path).is_file() else {}
    placed = sorted(((_line_of(text, lines), text) for text in mistakes), key=lambda pair: pair[0])
    problems = Problems()
    for line, text in placed:
        problems.add(f"{Path(path).name}: {f'line {line}: ' if line else ''}{text}")
    problems.check()
    return full or {}


def _line_of(mistake: str, lines: Mapping[str, int]) -> int:
    """Return the line of the key that a mistake begins with, or 0 for a key that is not written."""
    key = mistake.partition(": ")[0]
    while key not in lines and "." in key:
        key = key.rpartition(".")[0]
    return lines.get(key, 0)


def complete_config(path: str | Path) -> dict[str, Any]:
    """Return a config file completed with defaults; raises as `read_config` and `complete` do."""
    return complete(read_config(path), path)


def named_in_calibration(interaction: Config | None) -> Config:
    """Return what the calibration names, indicators or parameters; {} where it is one word."""
    calibration = (interaction or {}).get("calibration")
    return calibration if isinstance(calibration, Mapping) else {}


def other_files(config: Config) -> dict[str, str]:
    """Return the tables that a config may name: kept goalposts, and other systems; by key."""
    paths = {f"robustness.systems.{n}": p for n, p in config["robustness"]["systems"].items()}
    goalposts = config["normalisation"]["goalposts"]
    return ({GOALPOSTS: goalposts} if goalposts is not None else {}) | paths


def _across_keys(config: Config) -> Iterator[str]:
    """Yield what does not fit between keys, and between a key and the files of the study."""
    if problem := name_problem(config["study"]):  # that is given beside a file
        yield problem
    yield from _period_problems(config)
    yield from _year_problems(config)
    yield from _unwritten_texts(config)
    yield from _model_problems(config)
    yield from _normalisation_problems(config)
    yield from _weighting_problems(config["weighting"])
    yield from _among_what_is_made(config)
    yield from _missing_files(config)
    regions, focus = config["regions"], config["focus_region"]
    left_out = isinstance(regions, Mapping)
    if regions != "all" and (focus in regions["without"] if left_out else focus not in regions):
        yield f"focus_region: {focus} is not among regions; add it or change it"


def _unwritten_texts(config: Config) -> Iterator[str]:
    labels = {f"subsystems.{key}": words for key, words in config["subsystems"].items()}
    for key, words in {"title": config["title"], **labels}.items():
        for language, text in words.items():
            if ASKED in text:
                yield f"{key}.{language}: still says {ASKED}; write what the study calls it"


def _model_problems(config: Config) -> Iterator[str]:
    if not config["subsystems"] and not config["interaction"]:
        yield "subsystems: are missing, and interaction too; give one of them or both"
    calibration = named_in_calibration(config["interaction"])
    if 0 in (calibration.get("b1"), calibration.get("b2")):
        yield "interaction.calibration: b1 or b2 is 0, so there is no equilibrium; give others"
    if "main" in config["robustness"]["systems"]:
        yield "robustness.systems: main is the study's own system; give the other another name"


def _normalisation_problems(config: Config) -> Iterator[str]:
    settings = config["normalisation"]
    reference, (low, high) = settings["reference"], settings["range"]
    if reference in ("base", "goalposts") and not settings[reference]:
        yield f"normalisation.{reference}: is missing; reference {reference} needs it"
    if settings["method"] == "vector" and config["coupling"]["composite"] != "topsis":
        yield "normalisation.method: vector is meant for coupling.composite: topsis; choose minmax"
    if reference == RATIO and [low, high] != RATIO_RANGE:
        yield "normalisation.range: figures under reference ratio lie in [0, 1]; leave range out"
    if not 0 <= low < high <= 1:
        yield f"normalisation.range: [{low}, {high}] must be 0 <= low < high <= 1"


def _weighting_problems(settings: Config) -> Iterator[str]:
    """Yield what the method, or one that it combines, needs and the config does not have."""
    methods = registered("coevo.weighting:WEIGHTINGS")
    reasons = {settings["method"]: f"the method {settings['method']} needs it"}
    parts = (settings["combine"] or {}).get("methods", ())
    for name, reason in [*reasons.items(), *((p, f"weighting.combine names {p}") for p in parts)]:
        needed = methods[name]
        if needed and not settings[needed]:
            yield f"weighting.{needed}: is missing; {reason}"


def _missing_files(config: Config) -> Iterator[str]:
    for key, path in other_files(config).items():
        if not Path(path).is_file():
            yield f"{key}: there is no file {path}; correct the path"
    if not Path(config["raw"]).is_dir():
        yield f"raw: there is no folder {config['raw']}; put the raw files into it"
    claims = sorted(path.stem for path in Path("config", "claims").glob("*.csv"))
    if config["claims"] is not None and config["claims"] not in claims:
        yield f"claims: unknown set '{config['claims']}'; known: {', '.join(claims)}"


def _among_what_is_made(config: Config) -> Iterator[str]:
    """Files of a study that stand where its own are made, and so removed; releases stay."""
    paths = {key: config[key] for key in ("raw", "indicators", "regions_table")}
    study = config["study"]
    built = [Path(place, study).resolve() for place in ("data/processed", "reports", "logs")]
    for key, path in (paths | other_files(config)).items():
        place = Path(path).resolve()
        is_released = place.is_relative_to(Path("reports", study, "releases").resolve())
        if not is_released and any(place.is_relative_to(folder) for folder in built):
            yield f"{key}: {path} would be removed when {study} is built; move it out of there"


def _period_problems(config: Config) -> Iterator[str]:
    """Steps in place of years that cannot be, and years that are none."""
    if (period := config["period"]) is None:
        for key, year in config["years"].items():
            if not FIRST_YEAR <= year <= LAST_YEAR:
                yield (
                    f"years.{key}: {year} is no year from {FIRST_YEAR} to {LAST_YEAR}; correct it, "
                    "or say under period what stands in place of years"
                )
        return
    if period["within"] > period["grid"] / 2:
        yield (
            f"period.within: {period['within']} is more than half of grid ({period['grid']}), so "
            "that a sample would stand for two steps; write at most half"
        )
    for language in config["report"]["languages"]:
        if language not in period:
            yield f"period.{language}: is missing; write what a step is called (report.languages)"


def _year_problems(config: Config) -> Iterator[str]:
    """Yield too few years, and years of the model that the study does not have."""
    first, last = config["years"]["first"], config["years"]["last"]
    if first > last:
        yield f"years: first ({first}) comes after last ({last}); swap them"
        return
    if last - first + 1 < FEWEST_YEARS:
        yield (
            f"years: {first} to {last} are {last - first + 1} years; at least {FEWEST_YEARS} are "
            "needed, or nothing can be estimated; widen years.first or years.last"
        )
        return
    split = (config["interaction"] or {}).get("split")
    if split is not None and not first < split < last:
        yield f"interaction.split: {split} must come after {first} and before {last}, or be null"
    for year in config["robustness"]["drop"]:
        if not first <= year <= last:
            yield f"robustness.drop: {year} is not among the years {first} to {last}; leave it out"
