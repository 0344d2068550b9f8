"""results.<language>.xlsx: words over columns, text as text, and D that can be computed anew."""

import re
from collections.abc import Iterable
from functools import cache

import numpy as np
import pandas as pd
import pytest
from openpyxl import Workbook
from openpyxl.cell import Cell

from coevo.coupling import couple
from coevo.equilibria import estimate
from coevo.files import read_texts, rows_of
from coevo.normalisation import normalise, scaled_panel
from coevo.report.tables import LAYOUT, report_table
from coevo.report.tables.annex import report_tables
from coevo.report.tables.formula_sheets import FIRST as FIRST_ROW
from coevo.report.tables.report_table import column_of
from coevo.report.tables.results_workbook import workbook_bytes
from coevo.report.words.report_text import ReportText
from coevo.report.words.template_values import in_language
from coevo.schema import column_rows
from coevo.study_data import StudyData
from coevo.weighting import weigh
from tests.recomputed import (
    by_libreoffice,
    computed,
    degrees_by_year,
    needs_calc,
    opened,
    theory_rows,
)
from tests.sample import (
    FOCUS,
    NAMES,
    ROOT,
    Tables,
    config,
    indicators,
    places,
    tables,
    words_of,
)  # fmt: skip
from tests.unit.cases import sections

pytestmark = pytest.mark.whole

# settings of a study -> what differs from the sample's, by section of the configuration
STUDIES, UNTRACED = sections("workbook").values()
FIRST, LAST = config()["years"].values()
STEPS, TRACE, THEORY = "figures step by step", "D step by step", "theory and fit by region"
FORMULAS = (STEPS, TRACE, THEORY)
RESULTS = [name for name in LAYOUT["sheets"] if not name.startswith("table_")]
NUMBER = re.compile(r"[−-]?\d[\d,.\u202f]*( ?%)?[*†]*")  # as a report prints one
LABEL = indicators().set_index("indicator").at["orders", "label_en"]


def study(name: str = "entropy") -> tuple[Tables, dict, pd.DataFrame]:
    """Return tables, configuration and indicators of a study with these settings."""
    changed = {key: value for key, value in STUDIES[name].items() if key != "indicators"}
    settings = config(claims=True)
    settings |= {key: settings[key] | value for key, value in changed.items()}
    table = indicators().set_index("indicator")
    table.loc["jobs", "direction"] = "-"
    for indicator, cells in STUDIES[name].get("indicators", {}).items():
        table.loc[indicator, list(cells)] = list(cells.values())
    table, made = table.reset_index(), tables(claims=True)
    how = settings["normalisation"]
    made["normalised"], made["goalposts"] = normalise(made["panel"], table, how)
    made["weights"] = weigh(made["normalised"], made["panel"], table, settings["weighting"])
    made["coupling"], made["obstacles"] = couple(
        made["normalised"], made["weights"], settings["weighting"]["method"], settings["coupling"],
        scaled_panel(how),
    )  # fmt: skip
    return made, settings, table


def worded_study(
    made: Tables, settings: dict, table: pd.DataFrame, language: str = "en"
) -> ReportText:
    """Return a study in the words of a language."""
    report = {"report": {"languages": [language], "formats": ["html"]}}
    files = read_texts(*(ROOT / "workflow" / "report").glob("phrases.*"))
    data = StudyData(settings | report, table, made, places())
    return in_language(data, language, files)


def workbook(made: Tables, settings: dict, table: pd.DataFrame, language: str = "en") -> bytes:
    return workbook_bytes(worded_study(made, settings, table, language))


@cache
def built(name: str = "entropy", language: str = "en") -> bytes:
    return workbook(*study(name), language)


def way_of(name: str = "entropy") -> Workbook:
    """Return the workbook with those sheets alone that lead to D."""
    book = opened(built(name))
    for sheet in set(book.sheetnames) - {STEPS, TRACE}:
        del book[sheet]
    return book


def frame(book: Workbook, name: str) -> pd.DataFrame:
    """What a sheet holds, as a program reads it: heads in the first row, all else data."""
    heads, *rows = book[name].iter_rows(values_only=True)
    return pd.DataFrame(rows, columns=heads)


def sheet_of(table: str, language: str = "en") -> str:
    """The sheet of a table of results."""
    return words_of("phrases", language)["words"]["sheet"].get(table, table)


def summed(made: Tables, *others) -> pd.DataFrame:
    """The sheet of the summary under the names that its columns have."""
    held = frame(opened(workbook(made, *others)), "Summary")
    words = worded_study(made, *others)
    table = next(table for table in report_tables(words) if table.key == "summary")
    return held.set_axis([column.id for column in table.columns], axis=1).set_index("region")


def cells_of(book: Workbook, made: Tables, name: str, column: str) -> list[Cell]:
    """The cells of a column of a table of results, none of whose columns before it is left out."""
    place = list(made[name].columns).index(column) + 1
    sheet = book[sheet_of(name)]
    return [sheet.cell(FIRST_ROW + 1 + row, place) for row in range(len(made[name]))]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_contents_list_every_sheet_and_lead_to_it_and_none_is_hidden(language: str) -> None:
    book = opened(built(language=language))
    contents, *others = book.sheetnames
    assert others[:2] == {"en": ["Summary", "D by year"], "zh": ["概览", "历年D"]}[language]
    assert len(book.sheetnames) == 18 and {sheet.sheet_state for sheet in book} == {"visible"}
    rows = list(book[contents].iter_rows(min_row=FIRST_ROW + 1))
    assert [row[0].value for row in rows] == others
    for name, length, told in rows:
        assert name.hyperlink.location == f"'{name.value}'!A1" and told.value
        assert length.value in (None, len(frame(book, name.value)))
    keys = words_of("phrases", language)["words"]["sheet"]
    assert {keys.get(name, name) for name in RESULTS} <= set(others)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_number_is_text_and_no_head_stands_twice(language: str) -> None:
    """A code of a region is no number: only columns of codes may look like one."""
    book = opened(built(language=language))
    columns = [("strengths", "scope"), ("strengths", "largest_region"), ("coupling", "region")]
    codes = [column_of(*column, {}, language).head for column in columns]
    for sheet in book.sheetnames:
        held = frame(book, sheet)
        assert held.columns.notna().all() and held.columns.is_unique
        for head in held.columns.difference(codes, sort=False):
            texts = [value for value in held[head] if isinstance(value, str)]
            assert not [text for text in texts if NUMBER.fullmatch(text)], (sheet, head)


def test_the_first_sheets_hold_the_numbers_of_the_tables() -> None:
    (made, *others), ends = study(), [FIRST, LAST]
    D = made["coupling"].pivot(index="region", columns="year", values="D")
    rank = D[LAST].rank(ascending=False).astype(int)
    ranks = rank.to_frame("rank").assign(rank_low=1, rank_high=rank + 2, name="").reset_index()
    summary = summed(made | {"rank_ranges": ranks}, *others).sort_index()
    assert set(summary.index) == set(NAMES) and summary["group"].nunique() > 1
    np.testing.assert_allclose(summary[["D_first", "D"]], D.loc[summary.index, ends], atol=1e-15)
    np.testing.assert_allclose(summary["rise"], summary["D"] - summary["D_first"])
    assert (summary["rank"] == rank).all() and (summary["rank_high"] == rank + 2).all()
    level = rows_of(made["level"], measure="rank_adjusted_D", slope="year_centred")
    known = level.dropna(subset="value").set_index("scope")["value"]
    assert len(known) and (summary.loc[known.index, "rank_adjusted"] == known).all()
    assert {"x1", "x2"} <= set(summary) and summary["x1"].map(type).isin([int, float]).all()
    own = frame(opened(built()), "D by year").set_index("Region").loc[NAMES[FOCUS]]
    np.testing.assert_allclose(own[D.columns].astype(float), D.loc[FOCUS], atol=1e-15)
    bare = summed(made | {"rank_ranges": ranks.iloc[:0]}, *others)
    assert not {"rank_low", "D_without"} & set(bare)


# Latin letters in a Chinese workbook: people, methods, what the study says in English alone.
TERMS = {
    *"Anderson CRITIC Cochran Conley Driscoll Hansen Kraay Morgan Rubin SPSSAU TOPSIS wild".split(),
}


def test_figures_have_their_unit_and_claims_of_results_and_paper_stand_together() -> None:
    book, (made, *_) = opened(built()), study()
    panel = frame(book, "panel").groupby("indicator").agg(set).iloc[:, -1]
    named = indicators().set_index("label_en")["unit"].map(lambda unit: {unit})
    assert len(panel) > 4 and (panel == named.reindex(panel.index)).all()
    tested = made["claims"].query("computed != 'no_figures'")
    assert len(frame(book, "Claims")) == len(made["headline_claims"]) + len(tested)


@pytest.mark.parametrize(
    ("language", "other"), [("zh", "[A-Za-z]{4,}"), ("en", "[\u4e00-\u9fff]+")]
)
def test_no_cell_is_in_the_other_language(language: str, other: str) -> None:
    book = opened(built(language=language))
    quoted = {column_of("audit", id, {}, language).head for id in ("file", "sheet")}
    quoted.add(column_of("goalposts", "sha256", {}, language).head)
    quoted.add(column_of("steps", "read_from", {}, language).head)
    for sheet in book:
        heads = [cell.value for cell in sheet[1]]
        for row in sheet.iter_rows():
            for cell in row:
                free = cell.row > 1 and heads[cell.column - 1] in quoted
                if cell.data_type == "s" and not free:
                    assert set(re.findall(other, cell.value)) <= TERMS, (sheet.title, cell.value)


def test_of_a_long_table_the_sheet_holds_the_region_in_focus(monkeypatch) -> None:
    """The way to D stays whole."""
    monkeypatch.setattr(report_table, "MOST", 50)
    data = workbook(*study())
    book, stored = opened(data), opened(data, values=True)
    for name in ("panel", "indices"):
        rows = list(book[name].iter_rows(min_row=FIRST_ROW + 1, values_only=True))
        assert {row[0] for row in rows} == {FOCUS}
    told = {row[0]: row[2] for row in book["contents"].iter_rows(values_only=True)}
    assert "tables/panel.csv" in told["panel"]
    same_way(stored, "entropy", 1e-15)
    formulas_hold(book, stored, (STEPS, TRACE))


def formulas_hold(book: Workbook, stored: Workbook, sheets: Iterable[str]) -> None:
    """Assert that each sheet has formulas, and that they give the values stored beside them."""
    for sheet in sheets:
        cells = [cell for row in book[sheet].iter_rows() for cell in row if cell.data_type == "f"]
        assert cells
        for cell in cells:
            value = stored[sheet][cell.coordinate].value
            found = computed(book, sheet, cell.coordinate)
            assert found == pytest.approx(value, rel=1e-12, abs=1e-12), (sheet, cell.coordinate)


def test_text_stays_text_and_only_our_formulas_are_formulas() -> None:
    made, config, indicators = study()
    made["claims"] = made["claims"].assign(claim='=HYPERLINK("http://a","b")', paper="")
    made["audit"] = made["audit"].assign(sheet="=1+1", printed=np.inf, unit="@SUM(A1)")
    indicators["label_en"] = "=1+1"
    book = opened(workbook(made, config, indicators))
    last = list(book["Claims"].iter_rows())[-1]
    assert (last[0].value, last[0].data_type) == ('=HYPERLINK("http://a","b")', "s")
    formulas, texts = set(), 0
    for sheet in book:
        for row in sheet.iter_rows():
            formulas |= {sheet.title for cell in row if cell.data_type == "f"}
            texts += sum(cell.value == "=1+1" and cell.data_type == "s" for cell in row)
    assert formulas == {*FORMULAS}
    assert texts > 5
    assert cells_of(book, made, "audit", "printed")[0].value == "inf"


SAME = {name: name for name in "CTD"}


def same_way(book, name: str, tolerance: float) -> None:
    """Assert that the trace of a workbook leads to the U, C, T and D of the study's table."""
    coupling = study(name)[0]["coupling"]
    expected = coupling[coupling["region"] == FOCUS].set_index("year")
    found = degrees_by_year(book)
    assert [year for year in found] == expected.index.tolist()
    for year, row in found.items():
        for head, column in {"shops": "U_shops", "plants": "U_plants", **SAME}.items():
            assert row[head] == pytest.approx(expected.loc[year, column], abs=tolerance)


@pytest.mark.parametrize("name", STUDIES)
def test_stored_values_and_formulas_give_the_tables(name: str) -> None:
    data = built(name)
    book, stored = opened(data), opened(data, values=True)
    same_way(stored, name, 1e-15)
    formulas_hold(book, stored, (STEPS, TRACE))
    told = {row[0]: row[2] for row in book["contents"].iter_rows(values_only=True)}
    assert re.findall(r"\((\w+)\) is read from", told[TRACE]) == UNTRACED.get(name, [])


def test_steps_hold_the_cell_limits_and_weight_of_every_figure() -> None:
    held, (made, *_) = frame(opened(built(), values=True), STEPS), study()
    held = held.set_axis(list(column_rows("steps")), axis=1)
    own = {name: rows_of(made[name], region=FOCUS) for name in ("panel", "normalised")}
    labels = indicators().set_index("indicator")["label_en"]
    assert len(held) == len(own["normalised"])
    for name, column, to in (("panel", "value", "value"), ("normalised", "z", "z")):
        known = own[name].assign(indicator=own[name]["indicator"].map(labels))
        both = held.merge(known, on=["year", "indicator"], suffixes=("", "_known"))
        np.testing.assert_allclose(both[to].astype(float), both[f"{column}_known"], rtol=1e-12)
    weights = rows_of(made["weights"], weighting="entropy").set_index("indicator")["weight"]
    named = held.groupby("indicator")["weight"].first()
    assert named.to_dict() == pytest.approx(weights.rename(labels).to_dict())
    read = rows_of(made["observations"], region=FOCUS, indicator="orders").set_index("year")
    for row in held[held["indicator"] == LABEL].itertuples():
        assert f"› {read.at[row.year, 'cell']})" in row.read_from


@needs_calc
def test_libreoffice_computes_the_same(tmp_path) -> None:
    names = ("entropy", "zeros", "equal", "given")
    books = {name: way_of(name) for name in names}
    books["other"] = way_of()
    for row in books["other"][STEPS].iter_rows(min_row=FIRST_ROW + 1):
        if (row[0].value, row[2].value) == (2017, LABEL):
            row[4].value *= 0.9
    made = by_libreoffice(books, tmp_path)
    for name in names:
        same_way(made[name], name, 1e-12)
        rows = degrees_by_year(made[name]).values()
        assert all(row["difference"] <= 1e-12 for row in rows)
    before, after = degrees_by_year(made["entropy"]), degrees_by_year(made["other"])
    assert [year for year in before if abs(before[year]["D"] - after[year]["D"]) > 1e-4] == [2017]


SHARES = [0.3, 0.5, 0.7]


def theory_study(language: str = "en", **changed: pd.DataFrame) -> tuple[Tables, bytes]:
    """Return the tables of the study with points by cost shares, and the workbook of these."""
    made, settings, table = study()
    own = made["panel"][made["panel"]["region"] == FOCUS]
    settings["interaction"] |= {"calibration": {"share": SHARES}}
    chosen = {name: settings[name] for name in ("interaction", "focus_region", "robustness")}
    found = estimate(StudyData(chosen, table, {"panel": own}))
    made |= {name: found[name] for name in ("parameters", "equilibria", "theory")} | changed
    return made, workbook(made, settings, table, language)


def own_rows(table: pd.DataFrame) -> pd.DataFrame:
    return table[(table["estimator"] == "trapezoid") & (table["effects"] == "none")]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_formulas_from_the_coefficients_give_e_growth_and_strength(language: str) -> None:
    made, data = theory_study(language)
    book, stored = opened(data), opened(data, values=True)
    formulas_hold(book, stored, [{"en": THEORY, "zh": "理论与拟合（分地区）"}[language]])
    found, points = theory_rows(stored), own_rows(made["theory"]).dropna(subset="G1")
    fitted = own_rows(made["equilibria"]).query("source == 'fit' and model == 'classic'").iloc[0]
    assert len(found) == len(points) == len(SHARES)
    for row, (_, point) in zip(found, points.iterrows(), strict=True):
        both = ["x1", "x2", "b1", "d", "G1", "G2", "g1_mean", "g2_mean"]
        assert {name: row[name] for name in both} == pytest.approx(point[both].to_dict())
        assert [row["E_x1"], row["E_x2"]] == pytest.approx(fitted[["x1", "x2"]].tolist())
        assert row["strength_b1"] == pytest.approx(row["b1_fit"] / point["b1"])
        assert row["strength_d"] == pytest.approx(row["d_fit"] / point["d"])


def test_another_coefficient_moves_what_rests_on_it_alone() -> None:
    book = opened(theory_study()[1])
    place = {name: k for k, name in enumerate(column_rows("theory_formulas"))}
    row = book[THEORY][FIRST_ROW + 1]
    names = ("E_x1", "E_x2", "G1", "G2", "strength_b1", "strength_d")

    def values() -> dict[str, float]:
        return {name: computed(book, THEORY, row[place[name]].coordinate) for name in names}

    before, d = values(), row[place["d_fit"]].value
    row[place["d_fit"]].value = 2 * d
    x1 = row[place["x1"]].value
    moved = {"E_x1": before["E_x1"] / 2, "G2": before["G2"] + d * x1}
    assert values() == pytest.approx(before | moved | {"strength_d": 2 * before["strength_d"]})


def test_a_region_without_its_own_fit_or_without_points_has_no_growth_to_recompute() -> None:
    made = theory_study()[0]
    fits = {name: made[name].query("effects != 'none'") for name in ("parameters", "equilibria")}
    assert THEORY not in opened(theory_study(**fits)[1]).sheetnames
    slopes = made["theory"].assign(x1=np.nan, x2=np.nan, b1=np.nan, d=np.nan, G1=np.nan)
    for row in theory_rows(opened(theory_study(theory=slopes)[1])):
        assert row["E_x1"] and not (row["G1"] or row["strength_b1"] or row["strength_d"])
