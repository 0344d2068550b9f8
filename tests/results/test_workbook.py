"""The workbooks of the studies that ship: their formulas lead to D of the region in focus."""

import pytest
import yaml
from openpyxl import load_workbook

from coevo.schema import check_columns
from tests.recomputed import by_libreoffice, needs_calc, way
from tests.sample import ROOT

NAMES = {"provinces": "config", "zhejiang": "zhejiang"}
WAY = ("panel", "goalposts", "normalised", "weights", "coupling", "trace", "entropy")


def opened(study: str):
    """Return the study's workbook with its formulas, without the sheets that D does not need."""
    book = load_workbook(ROOT / "reports" / study / "results.en.xlsx")
    for name in set(book.sheetnames) - set(WAY):
        del book[name]
    return book


@needs_calc
def test_libreoffice_comes_to_d_of_the_tables(results, tmp_path) -> None:
    made = by_libreoffice({study: opened(study) for study in NAMES}, tmp_path)
    for study, config in NAMES.items():
        focus = yaml.safe_load((ROOT / "config" / f"{config}.yaml").read_text("utf-8"))
        D = results(study, "coupling").query(f"region == '{focus['focus_region']}'")
        found = {year: row["D"] for year, row in way(made[study]).items()}
        assert found == pytest.approx(dict(zip(D["year"], D["D"], strict=True)), abs=1e-12)


def test_every_table_that_is_built_has_the_columns_of_tables_csv(results) -> None:
    for study in NAMES:
        for path in sorted((ROOT / "data" / "processed" / study).glob("*.csv")):
            check_columns(path.stem, results(study, path.stem).columns)
