"""Read and audit a study's raw files, show what they hold, and write nothing."""

import re
import sys
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from coevo.errors import PROGRAM, StudyError
from coevo.files import read_table
from coevo.report.figures.typesetting import check_characters
from coevo.report.words.grammar import read_phrases, with_nouns
from coevo.report.words.message_words import message_texts
from coevo.study.configuration import ASKED
from coevo.study.raw_files import changed_files, source_rows, sources_path
from coevo.study.readiness import Checked, check_lines, check_study
from coevo.study.regions import regions_table

REPORT = PROGRAM / "workflow" / "report"
AROUND = ("CITATION.cff", "README.md")  # the study, for who gets it
PHRASES = tuple(REPORT / name for name in ("phrases.en.yaml", "phrases.yaml"))


def main(chosen: Namespace) -> int:
    """Print the table and the problems; return the exit code, 2 for findings of the audit."""
    checked = check_study(chosen.config)
    phrases = read_phrases(*(path.read_text(encoding="utf-8") for path in PHRASES))
    message = message_texts(with_nouns(phrases, checked.config, "en"))
    print(*check_lines(checked, message), sep="\n")
    changed = tuple(changed_files(checked.config["raw"], checked.files))
    problems = changed + checked.problems or tuple(unprintable(checked, chosen.config))
    if problems:
        print("What is missing to run:", flush=True)
        print(*problems, sep="\n", file=sys.stderr)
        return 1
    for line in (*unsourced(checked), *unwritten()):
        print(line)
    print(f"Ready: coevo build{chosen.study and f' --study {chosen.study}'}", flush=True)
    return 2 if len(checked.doubts if chosen.strict else checked.serious) else 0


def unwritten() -> Iterator[str]:
    """Yield a line on each file around the study in which a person is still to write something."""
    for file in filter(Path.is_file, map(Path, AROUND)):
        text = file.read_text(encoding="utf-8")
        if asked := re.search(rf"\b{ASKED}\b", text):  # and not CHANGELOG
            line = text.count("\n", 0, asked.start()) + 1
            yield f"{file}: line {line} still says {ASKED}; write it before you pass the study on"


def unsourced(checked: Checked) -> Iterator[str]:
    """Yield a line on each raw file that the table of sources lacks, or has without check sum."""
    table, rows = sources_path(checked.config["raw"]), source_rows(checked.config["raw"])
    for file in checked.files if table else ():
        name = Path(file).relative_to(Path(table).parent).as_posix()
        if file not in rows:
            yield f"{table}: has no row for {name}; say where it is from"
        elif not rows[file].get("sha256"):
            yield f"{table}: has no SHA-256 of {name}; write it there: coevo accept"


def unprintable(checked: Checked, path: str) -> list[str]:
    """Return a line for each character of the study's own texts that the reports have no font for.

    The last rule would refuse it, when all is computed.
    """
    config, languages = checked.config, checked.config["report"]["languages"]
    regions = read_table(regions_table(config), "regions")
    codes = [] if checked.panel is None else checked.panel["region"]
    regions = regions[regions["region"].isin(codes)]
    said = [config["title"], config["sources"], *config["subsystems"].values()]
    texts = {
        path: " ".join(words.get(language, "") for words in said for language in languages),
        config["indicators"]: _column_text(checked.indicators, "label", languages),
        config["regions_table"]: _column_text(regions, "name", languages),
        f"{path}: focus_region": config["focus_region"],
    }
    try:
        check_characters(texts)
    except StudyError as problem:
        return problem.messages
    return []


def _column_text(table: pd.DataFrame, name: str, languages: list[str]) -> str:
    columns = [f"{name}_{language}" for language in languages if f"{name}_{language}" in table]
    return " ".join(table[columns].fillna("").to_numpy(dtype=str).ravel())
