"""Cases in tests/publishers: files as others lay them out, and what is to be read of them.

A folder with `observations.csv` or `problems.txt` is a case; tests/publishers/README.md says what
else may lie in it. Cases of one test that are rows stand in tests/unit/tables.
"""

from dataclasses import replace
from functools import cache
from pathlib import Path

import pandas as pd
import yaml
from openpyxl import Workbook

from coevo.observations import observe
from coevo.observations.recognition import StudyTerms

ROOT = Path(__file__).resolve().parents[2]
PLACE = ROOT / "tests" / "publishers"
RESULTS = ("observations.csv", "problems.txt")
ABOUT = (*RESULTS, "remarks.csv", "indicators.csv", "regions.csv", "config.yaml")
NUMBERS, EMPTY = ("year", "value", "half_unit"), ("sheet", "flag")
INDICATOR = ["indicator", "unit", "source_name", "frequency"]
CASES = sorted(
    path.parent.relative_to(PLACE).as_posix() for name in RESULTS for path in PLACE.rglob(name)
)


@cache
def table(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def described(path: Path) -> dict:
    return yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader) or {}


def sections(name: str) -> dict:
    """Return the cases of tests/unit/tables/<name>.yaml, by the test that they are for."""
    return described(ROOT / "tests" / "unit" / "tables" / f"{name}.yaml")


def sheets_of(path: Path) -> dict[str, dict]:
    """Return the sheets of a described workbook: rows; cells, formats, merged if any."""
    sheets = described(path).items()
    return {title: said if isinstance(said, dict) else {"rows": said} for title, said in sheets}


def write_workbook(path: Path, sheets: dict[str, dict]) -> None:
    book = Workbook()
    book.remove(book.active)
    for title, parts in sheets.items():
        sheet = book.create_sheet(title)
        for row in parts["rows"]:
            sheet.append(row)
        for cell, value in parts.get("cells", {}).items():
            sheet[cell] = value
        for cell, code in parts.get("formats", {}).items():
            sheet[cell].number_format = code
        for span in parts.get("merged", ()):
            sheet.merge_cells(span)
    book.save(path)


class Case:
    """A folder of tests/publishers; what it does not say itself, the folder above it says."""

    def __init__(self, name: str) -> None:
        self.folder = PLACE / name
        self.is_refused = (self.folder / "problems.txt").is_file()

    def _table(self, name: str) -> pd.DataFrame | None:
        """Return a table beside the raw files, or of the folder above."""
        paths = (self.folder / name, self.folder.parent / name)
        return next((table(path) for path in paths if path.is_file()), None)

    @property
    def config(self) -> dict:
        paths = (self.folder.parent / "config.yaml", self.folder / "config.yaml")
        return {key: v for path in paths if path.is_file() for key, v in described(path).items()}

    @property
    def observations(self) -> pd.DataFrame:
        found = table(self.folder / "observations.csv")
        numbers = {column: pd.to_numeric(found[column]) for column in NUMBERS if column in found}
        return found.assign(**{column: "" for column in EMPTY if column not in found}, **numbers)

    @property
    def indicators(self) -> pd.DataFrame:
        own = self._table("indicators.csv")
        if not self.is_refused and "source_name" in self.observations:
            own = self.observations
        columns = [column for column in INDICATOR if column in own]
        return own[columns].drop_duplicates(ignore_index=True).assign(derivation="")

    @property
    def regions(self) -> pd.DataFrame:
        if "regions_table" in self.config:
            return table(ROOT / self.config["regions_table"])
        own = self._table("regions.csv")
        if own is None:
            own = self.observations[["region", "name"]].drop_duplicates(ignore_index=True)
        return own.rename(columns={"name": "name_en"})

    def write(self, folder: Path) -> list[str]:
        """Write the raw files, those of no vintage under 2026-10; return their paths."""
        files = []
        for path in sorted(self.folder.rglob("*")):
            own = path.relative_to(self.folder)
            if path.is_dir() or own.as_posix() in ABOUT:
                continue
            made = folder / (own if len(own.parts) > 1 else Path("2026-10", own))
            made.parent.mkdir(parents=True, exist_ok=True)
            if own.name.endswith(".xlsx.yaml"):
                made = made.with_suffix("")
                write_workbook(made, sheets_of(path))
            else:
                made.write_bytes(path.read_bytes())
            files.append(made.as_posix())
        return files

    def observe(self, files: list[str], folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return observations and remarks of files under a folder of vintages."""
        said = self.config
        sets = {Path(path).stem: table(ROOT / path) for path in said.get("sets", ())}
        known = StudyTerms(self.indicators, self.regions, said, said.get("regions"), sets)
        return observe(files, folder.as_posix(), known)


def with_tables(study, **parts):
    """A `StudyData` with other tables by name, or another config or indicator table."""
    fields = {name: parts.pop(name) for name in ("config", "indicators") if name in parts}
    return replace(study, **fields, tables={**study.tables, **parts})
