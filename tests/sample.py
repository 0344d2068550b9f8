"""A small study for tests of findings, charts and report: what the workflow makes of `.test`.

Its tables are built once and kept; a run of the tests asks Snakemake whether they are fresh. A test
that needs another verdict changes cells of them. Nothing in them was measured.
"""

import json
import subprocess
import sys
from contextlib import chdir
from copy import deepcopy
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from coevo.coupling import grade
from coevo.files import as_table, read_table
from coevo.messages import packed
from coevo.report.figures import library
from coevo.report.findings import Study
from coevo.report.findings.study_tables import chart_words, study_in_language
from coevo.report.words.grammar import Grammar, read_phrases
from coevo.schema import study_tables
from coevo.sensitivity.coverage_breaks import ANEW, KEPT, coverage_rows, growth_rows
from coevo.sensitivity.headline_claims import headline_rows
from coevo.study.configuration import complete, read_config
from coevo.study_data import StudyData
from tests.shared import alone, shared

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".test"
FOLDER = ROOT / "workflow" / "report"
FOCUS = "330000"
NAMES = {
    "110000": "Beijing", "150000": "Inner Mongolia", "310000": "Shanghai", "320000": "Jiangsu",
    FOCUS: "Zhejiang", "340000": "Anhui", "350000": "Fujian", "360000": "Jiangxi",
    "620000": "Gansu",
}  # fmt: skip
FAILING = "110000"  # the region whose calibration never holds
COUNT = len(NAMES)
ALONE = {"study": "one", "regions": [FOCUS]}  # the keys of a study of one region
ESTIMATORS = ("trapezoid", "lag", "logmean", "spline", "relative")
VERSION = "9.8.7"  # of the program, as reports of tests say it
Tables = dict[str, pd.DataFrame]


@lru_cache
def words_of(kind: str, language: str) -> dict[str, Any]:
    """Return a file of words of a language: its phrases, with those that all share."""
    names = (f"{kind}.{language}.yaml", f"{kind}.yaml")
    return dict(read_phrases(*((FOLDER / name).read_text(encoding="utf-8") for name in names)))


ENGLISH = Grammar(**words_of("phrases", "en")["grammar"])


def panel_config(first=2015, last=2019, regions="all", focus=FOCUS, policy="single", **gaps):
    """The keys of a configuration that a panel is made by."""
    years, gaps = {"first": first, "last": last}, {"gaps": "linear", "max_gap": 1, **gaps}
    config = {"regions": regions, "focus_region": focus, "years": years, "panel": gaps}
    return config | {"vintage_policy": policy, "comovement": {"size": []}}


@lru_cache
def _config(count: int) -> dict[str, Any]:
    assert count in (1, COUNT), "the study has one region, or all"
    given = read_config(HOME / "config" / "config.yaml") | (ALONE if count == 1 else {})
    with chdir(HOME):  # its paths begin there
        return complete(given, "config.yaml")


def config(count: int = COUNT, claims: bool = False) -> dict[str, Any]:
    """Return the configuration after defaults; claims: with those of a paper."""
    found = deepcopy(_config(count))
    return found if claims else found | {"claims": None}


def build(study: str, names: list[str]) -> Tables:
    """Build tables of `.test` as far as they are not fresh, and return them."""
    files = {name: f"data/processed/{study}/{name}.csv" for name in names}
    keys = [f"{key}={json.dumps(value)}" for key, value in ALONE.items()]
    command = [sys.executable, "-m", "snakemake", "-s", "workflow/Snakefile", "-d", str(HOME)]
    command += ["--cores", "2", *(["--config", *keys] if study == ALONE["study"] else [])]
    done = subprocess.run(
        [*command, "--", *files.values()], cwd=ROOT, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return {name: read_table(HOME / path) for name, path in files.items()}


@lru_cache
def _tables(count: int) -> Tables:
    settings = _config(count)
    names = study_tables(settings)
    with alone("small-study"):
        return dict(shared(lambda: build(settings["study"], names), "small study", count))


def tables(count: int = COUNT, claims: bool = False) -> Tables:
    """Return every table of the study, or of that of one region."""
    made = {name: table.copy() for name, table in _tables(count).items()}
    return {name: table for name, table in made.items() if claims or name != "claims"}


@lru_cache
def _indicators() -> pd.DataFrame:
    return read_table(HOME / _config(COUNT)["indicators"], "indicators")


def indicators() -> pd.DataFrame:
    """Return the indicator table, with its twins in Chinese."""
    return _indicators().copy()


@lru_cache
def places() -> pd.DataFrame:
    """Return the regions that are known, with their tiles."""
    return read_table(ROOT / "config" / "regions" / "provinces.csv", "regions")


def study(
    count: int = COUNT, *, claims: bool = False, language: str = "en", **changed: pd.DataFrame
) -> Study:
    """Return the study in a language; tables given by name replace the built ones."""
    made = tables(count, claims) | changed
    return in_language(StudyData(config(count, claims), indicators(), made, places()), language)


def in_language(data: StudyData, language: str = "en") -> Study:
    """Return a study in the words of a language."""
    return study_in_language(data, language, words_of("phrases", language)["words"])


def unindexed(count: int = COUNT, language: str = "en") -> Study:
    """Return the study as one of two populations that has no indices."""
    settings, table = config(count) | {"subsystems": {}}, indicators().assign(subsystem="")
    made = tables(count)
    kept = {name: made[name] for name in study_tables(settings)}
    kept |= {
        name: table[table["series"].isin(["x1", "x2"])]
        for name, table in kept.items()
        if name.startswith("prediction")
    }
    kept["headline_claims"] = headline_rows(StudyData(settings, table, kept))
    return in_language(StudyData(settings, table, kept, places()), language)


Rows = pd.Series | dict[str, Any]


def put(made: Tables, name: str, rows: Rows, **values: object) -> Tables:
    """Return tables of which one has other values in some rows, given as for `picked` or marked."""
    frame = made[name].astype({column: object for column in values})
    marked = picked(frame, **rows) if isinstance(rows, dict) else rows
    for column, value in values.items():
        frame[column] = frame[column].mask(marked, value)
    return made | {name: frame.infer_objects()}


def changed(name: str, rows: Rows, count: int = COUNT, **values: object) -> Study:
    """Return the study with other values in some rows of one table."""
    return study(count, **put(tables(count), name, rows, **values))


def picked(frame: pd.DataFrame, **equal: object) -> pd.Series:
    """Return which rows of a table have the given values: one, or one of a list, by column."""
    match = pd.Series(True, index=frame.index)
    for column, value in equal.items():
        match &= frame[column].isin(value if isinstance(value, list) else [value])
    return match


def without(frame: pd.DataFrame, **equal: object) -> pd.DataFrame:
    """Return a table without the rows whose columns have the given values."""
    return frame[~picked(frame, **equal)].reset_index(drop=True)


def refused(scope: str, estimator: str, effects: str = "none", **given: object) -> pd.DataFrame:
    """Return a table of one refusal; given: its quantity, period, message and fields."""
    fit = {"scope": scope, "name": scope, "effects": effects, "estimator": estimator}
    return as_table("refusals", [fit | {"quantity": "fit"} | given])


def unplaced() -> Tables:
    """Return the co-movement of a study whose regions are too few to pair at random."""
    table = without(tables()["comovement"], measure=[f"placebo_{e}" for e in ENDS])
    why = table.iloc[[-1]].assign(
        measure="placebo_p", value=np.nan, of="", message="too_few_regions_to_pair",
        fields=packed({"regions": 4, "least": 9}),
    )  # fmt: skip
    return {"comovement": pd.concat([table, why], ignore_index=True)}


ENDS = ("mean", "low", "high", "p")


def covered(
    lost: float, verdicts: dict[int, str], years: str = "census 2014 2017", language: str = "en"
) -> Study:
    """Return the study with years of changed coverage of orders: how much less D is without them,
    and what growth of orders says of each year.
    """
    named = indicators()
    named["coverage_breaks"] = named["indicator"].map({"orders": years}).fillna("")
    made = tables()
    rows = coverage_rows(StudyData(config(), named, made)).query("variant == 'with'")
    D = (rows["D"] - lost).clip(lower=0.01)
    less = rows.assign(D=D, grade=grade(D, "ten"))
    parts = [rows, *(less.assign(variant=variant) for variant in (KEPT, ANEW))]
    growth = growth_rows(made["panel"], named)
    made["coverage_growth"] = growth.assign(
        verdict=[verdicts.get(year, "usual") for year in growth["year"]]
    )
    made["coverage_breaks"] = pd.concat(parts, ignore_index=True)
    return in_language(StudyData(config(), named, made, places()), language)


def gap(year: int, region: str = FOCUS) -> Tables:
    """Return tables in which a region lacks a year."""
    made = tables()
    gone = picked(made["panel"], region=region, year=year)
    shorter = {
        name: without(made[name], region=region, year=year)
        for name in ("coupling", "obstacles", "normalised", "uncertainty", "grade_shares")
    }
    shorter["growth_split"] = without(made["growth_split"], region=region, year=[year, year + 1])
    return {"panel": put(made, "panel", gone, value=np.nan)["panel"], **shorter}


POINT_ENDS = ["x1_low", "x1_high", "x2_low", "x2_high"]


def unestimated(region: str, count: int = COUNT) -> Tables:
    """Return tables in which a region could not be estimated."""
    made = tables(count)
    fits, grown = made["equilibria"], made["theory"]
    here = grown["scope"].eq(region) & grown["source"].ne("")
    kept = ["scope", "name", "source", "share", "first_year", "last_year", "x1", "x2", *POINT_ENDS]
    bare = grown.loc[here, kept].drop_duplicates("scope")
    bare = bare.assign(effects="none", estimator=ESTIMATORS[0])
    fields = packed({"population": 2, "value": 0.0, "year": 2016})
    refusals = [refused(region, e, message="not_positive", fields=fields) for e in ESTIMATORS]
    return {
        "parameters": without(made["parameters"], scope=region),
        "equilibria": fits[(fits["scope"] != region) | (fits["source"] != "fit")],
        "theory": as_table("theory", pd.concat([grown[~here], bare])),
        **{
            name: without(made[name], scope=region)
            for name in ("relations", "checks", "fits", "strengths", "effects", "controls")
        },
        "refusals": pd.concat([made["refusals"], *refusals], ignore_index=True),
    }


def stated(x1: float, x2: float, count: int = COUNT) -> Tables:
    """Return equilibria, and theory, with given parameters in place of a calibration."""
    made = tables(count)
    table, bare = made["equilibria"], dict.fromkeys(POINT_ENDS)
    own = table["source"].eq("calibration") & table["year"].isna()
    at = {"source": "given", "x1": x1, "x2": x2, **bare}
    given = table[own].assign(**at, x1_set="", x2_set="", kind="centre")
    fits = table[table["source"] == "fit"]
    theory = made["theory"][made["theory"]["source"] != ""]
    theory = theory.assign(**at, first_year=None, last_year=None)
    return {
        "equilibria": as_table("equilibria", pd.concat([fits, given])),
        "theory": as_table("theory", theory),
        "strengths": made["strengths"].iloc[:0],
    }


def templates() -> dict[str, str]:
    """Return templates, phrases, notes, styles and scripts of reports by file name."""
    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted(FOLDER.iterdir())}
    return texts | {"library.js": shared(library, "library.js")}


def files(chosen: Study) -> dict[str, Any]:
    """Return templates and charts of a study by file name, as the report takes them."""
    from coevo.report.figures.drawing import drawn

    words = chart_words(chosen, words_of("phrases", chosen.language))
    given = (chosen.language, chosen.config, chosen.indicators, chosen.places, chosen.tables)
    return templates() | shared(lambda: drawn(chosen, words), *given)


def page_files(chosen: Study) -> dict[str, Any]:
    """Return what the page takes of `files`: charts as specifications, without images."""
    from coevo.report.figures.drawing import specifications

    specs = specifications(chosen, chart_words(chosen, words_of("phrases", chosen.language)))
    return templates() | {f"{name}.json": json.dumps(spec) for name, spec in specs.items()}


def documents(chosen: Study, files: Any, *formats: str, version: str = VERSION) -> dict[str, bytes]:
    """Return the reports of a study in some formats, as the workflow makes them."""
    from coevo.report import documents as made
    from coevo.report.documents.source import text
    from coevo.report.words.template_values import worded

    one = replace(
        chosen,
        config=chosen.config | {"report": {"languages": [chosen.language], "formats": formats}},
    )
    words = worded(one, words_of("phrases", one.language))
    return made.documents(words, files, text(words, files["report.md"], version))
