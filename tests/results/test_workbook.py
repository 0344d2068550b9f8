"""The workbooks of the studies that ship: their formulas lead to D and E of the region in focus."""

import pytest
import yaml
from openpyxl import load_workbook

from coevo.files import rows_of
from coevo.schema import check_columns
from tests.projects import ROOT
from tests.recomputed import by_libreoffice, growth_sheet, needs_calc, way

pytestmark = pytest.mark.whole
NAMES = {"provinces": "config", "zhejiang": "zhejiang"}
WAY = ("panel", "limits", "weights", "indices", "D step by step")


FOCUS = {"provinces": "330000", "zhejiang": "330000", "lynx-hare": "hudson-bay"}
THEORY = {
    "en": ("regressions", "theory and fit by region", "E by formulas"),
    "zh": ("模型系数", "理论与拟合（分地区）", "平衡点重算"),
}


def opened(study: str, way=WAY, language: str = "en"):
    """Return the study's workbook with its formulas, without the sheets that these do not need."""
    book = load_workbook(ROOT / "reports" / study / f"results.{language}.xlsx")
    for name in set(book.sheetnames) - set(way):
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


@needs_calc
def test_libreoffice_comes_to_growth_at_theoretical_points(results, tmp_path) -> None:
    pairs = [(study, language) for study in FOCUS for language in ("en", "zh")]
    books = {
        f"{study}.{language}": opened(study, THEORY[language], language)
        for study, language in pairs
    }
    for name, book in by_libreoffice(books, tmp_path).items():
        study = name.partition(".")[0]
        own = {"scope": FOCUS[study], "effects": "none", "estimator": "trapezoid"}
        theory = rows_of(results(study, "theory"), **own)
        E, points = growth_sheet(book)
        assert len(points) == len(theory) > 0
        for point, (_, row) in zip(points, theory.iterrows(), strict=True):
            known = row[list(point)].dropna().to_dict()  # a point need not have slopes
            found = {name: value for name, value in point.items() if value is not None}
            assert found == pytest.approx(known, rel=1e-9)
        fits = rows_of(results(study, "equilibria"), source="fit", model="classic", **own)
        assert pytest.approx(fits.iloc[0][["x1", "x2"]].to_dict(), rel=1e-9) == E
        assert book[THEORY[name.partition(".")[2]][-1]]["D5"].value < 1e-9


def test_every_table_that_is_built_has_the_columns_of_tables_csv(results) -> None:
    for study in NAMES:
        for path in sorted((ROOT / "data" / "processed" / study).glob("*.csv")):
            check_columns(path.stem, results(study, path.stem).columns)
