"""The workbooks of the studies that ship: their formulas lead to D of the region in focus, and to E
and growth at the theoretical points of every region.
"""

import pytest
import yaml
from openpyxl import load_workbook

from coevo.files import rows_of
from coevo.schema import check_columns
from tests.projects import ROOT
from tests.recomputed import by_libreoffice, degrees_by_year, needs_calc, theory_rows

pytestmark = pytest.mark.whole
NAMES = {"provinces": "config", "zhejiang": "zhejiang"}
WAY = ("figures step by step", "D step by step")


STUDIES = ("provinces", "zhejiang", "lynx-hare")
THEORY = {"en": "theory and fit by region", "zh": "理论与拟合（分地区）"}


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
        found = {year: row["D"] for year, row in degrees_by_year(made[study]).items()}
        assert found == pytest.approx(dict(zip(D["year"], D["D"], strict=True)), abs=1e-12)


@needs_calc
def test_libreoffice_comes_to_e_and_growth_at_theoretical_points(results, tmp_path) -> None:
    """For every region that has a fit of its own, whether or not it has theoretical points."""
    pairs = [(study, language) for study in STUDIES for language in THEORY]
    books = {
        f"{study}.{language}": opened(study, [THEORY[language]], language)
        for study, language in pairs
    }
    own = {"effects": "none", "estimator": "trapezoid"}
    for name, book in by_libreoffice(books, tmp_path).items():
        study = name.partition(".")[0]
        points = rows_of(results(study, "theory"), **own).set_index(["scope", "source", "share"])
        fits = rows_of(results(study, "equilibria"), source="fit", model="classic", **own)
        fits = fits[fits["scope"].isin(results(study, "theory")["scope"])].set_index("scope")
        found = theory_rows(book)
        assert len(found) >= len(points) > 0
        assert {str(row["scope"]) for row in found} >= {str(scope) for scope in fits.index}
        for row in found:
            E = fits.loc[str(row["scope"]), ["x1", "x2"]].tolist()
            assert [row["E_x1"], row["E_x2"]] == pytest.approx(E, rel=1e-9)
        held = {(round(row["x1"], 6), round(row["x2"], 6)): row for row in found if row["x1"]}
        for point in points.dropna(subset="G1").itertuples():
            row = held[round(point.x1, 6), round(point.x2, 6)]
            assert [row["G1"], row["G2"]] == pytest.approx([point.G1, point.G2], rel=1e-9)


def test_every_table_that_is_built_has_the_columns_of_tables_csv(results) -> None:
    for study in NAMES:
        for path in sorted((ROOT / "data" / "processed" / study).glob("*.csv")):
            check_columns(path.stem, results(study, path.stem).columns)
