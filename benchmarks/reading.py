"""CPU time and memory to read a large panel: 2,800 regions x 20 years x 50 indicators.

Writes the same figures, made by seed, as xlsx and as CSV into a temporary folder and reads each:
file to cells, cells to typed figures with region, year, indicator and cell, and the whole way to
observations. Run by hand:

    python benchmarks/reading.py
"""

import csv
import resource
import sys
import tempfile
from pathlib import Path
from time import process_time

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from coevo.errors import Problems
from coevo.observations import observe
from coevo.observations.layouts import read_layout
from coevo.observations.opening import read_sheets
from coevo.observations.reading import figures_of_table
from coevo.observations.recognition import StudyTerms, TableLines

REGIONS, YEARS, INDICATORS, SEED = 2_800, range(2001, 2021), 50, 1
GOALS = {"xlsx": 60.0, "csv": 2.0}  # CPU seconds from a file to typed figures
MEMORY = 1500  # MB, at most


def names(number: int = REGIONS) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return tables of made-up regions and indicators."""
    codes = [f"{100_000 + i}" for i in range(number)]
    short = [f"县{i}" for i in range(number)]
    regions = pd.DataFrame({"region": codes, "name_zh": short, "long_zh": "", "name_en": ""})
    rows = [(f"i{n}", "100 million yuan", f"指标{n}号", "") for n in range(INDICATORS)]
    columns = ["indicator", "unit", "source_name", "derivation"]
    return regions, pd.DataFrame(rows, columns=columns)


def write(folder: Path, number: int = REGIONS) -> dict[str, Path]:
    """Write the figures of so many regions in both kinds of file; two decimals, none missing."""
    import xlsxwriter

    regions, indicators = names(number)
    shape = (len(regions) * len(YEARS), INDICATORS)
    figures = np.round(np.random.default_rng(SEED).lognormal(3, 1, shape), 2).tolist()
    labels = [(name, year) for name in regions["name_zh"] for year in YEARS]
    head = ["地区", "年份", *(f"{name}(亿元)" for name in indicators["source_name"])]
    paths = {kind: folder / "2026-10" / f"panel.{kind}" for kind in GOALS}
    paths["csv"].parent.mkdir()
    with paths["csv"].open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(head)
        writer.writerows([*label, *row] for label, row in zip(labels, figures, strict=True))
    with xlsxwriter.Workbook(paths["xlsx"], {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, head)
        for number, (label, row) in enumerate(zip(labels, figures, strict=True), start=1):
            sheet.write_row(number, 0, [*label, *row])
    return paths


def typed(
    path: Path, known: StudyTerms, number: int = REGIONS
) -> tuple[float, float, pd.DataFrame]:
    """Return seconds from file to cells, from cells to typed figures, and the figures."""
    problems, start = Problems(), process_time()
    (sheet,) = read_sheets(path, path.name)
    opened = process_time()
    (table,) = read_layout(sheet).tables
    read = figures_of_table(table, known, TableLines(sheet, problems, set()))
    problems.check()
    assert read is not None and len(read) == number * len(YEARS) * INDICATORS
    return opened - start, process_time() - opened, read


def main() -> None:
    regions, indicators = names()
    print(f"{REGIONS * len(YEARS):,} rows x {INDICATORS} indicators; CPU seconds")
    print(f"{'':6}{'cells':>8}{'figures':>9}{'both':>8}{'goal':>8}{'observations':>14}{'MB':>8}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for kind, path in sorted(write(folder).items()):
            cells, figures, read = typed(path, StudyTerms(indicators, regions, {}, {}))
            assert read["value"].sum() > 0
            del read
            start = process_time()
            observe([str(path)], str(folder), indicators, regions, {}, {})
            whole = process_time() - start
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(
                f"{kind:6}{cells:8.2f}{figures:9.2f}{cells + figures:8.2f}{GOALS[kind]:8.0f}"
                f"{whole:14.2f}{peak:8.0f}",
                flush=True,
            )
    print(f"MB: the most that this process has held so far; goal {MEMORY:,}")


if __name__ == "__main__":
    main()
