"""The new workbook, its regression table, the trace of the page and the files for programs."""

import io
import json
import re
from functools import cache

import numpy as np
import pandas as pd
import pytest

from coevo.newreport.build import in_language, tables_of
from coevo.newreport.exports import exports, numbers_of, stata_names
from coevo.newreport.language import Language
from coevo.newreport.numbers import Number
from coevo.newreport.regression import fits, tables
from coevo.newreport.steps import page_trace
from coevo.newreport.workbook import SHEETS, sheet_name, workbook
from coevo.study_data import StudyData
from tests import sample
from tests.recomputed import computed, opened

LANGUAGES = ("en", "zh")
OF_FORMULAS = ("steps", "trace", "theory_formulas")
KEY = re.compile(r"^[a-z0-9]+(_[a-z0-9]+)+$|〔|^(nan|None)$")


def words_of(code: str = "en", count: int = sample.COUNT, **changed: pd.DataFrame) -> Language:
    """Return what writes the sample in a language; tables given by name replace the built ones."""
    made = sample.tables(count, claims=True) | changed
    settings = sample.config(count, claims=True)
    return in_language(StudyData(settings, sample.indicators(), made, sample.places()), code)


def book_of(language: Language) -> bytes:
    """Return the workbook of a study."""
    return workbook(language.study, language, tables_of(language.study, language))


@cache
def built(code: str = "en", count: int = sample.COUNT) -> bytes:
    """Return the workbook of the sample."""
    return book_of(words_of(code, count))


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("count", [1, sample.COUNT])
def test_sheets_stand_in_their_order_and_none_is_hidden(code: str, count: int) -> None:
    book, language = opened(built(code, count)), words_of(code, count)
    order = [sheet_name(language, key) for key in ("contents", *SHEETS)]
    assert book.sheetnames == [name for name in order if name in book.sheetnames]
    assert 10 < len(book.sheetnames) <= 18 and len(set(order)) == len(order)
    assert all(sheet.sheet_state == "visible" and sheet.freeze_panes for sheet in book)
    listed = list(book.worksheets[0].iter_rows(min_row=2, values_only=True))
    assert {name: rows for name, rows, _ in listed} == {
        sheet.title: sheet.max_row - 1 for sheet in book.worksheets[1:]
    }


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_cell_holds_a_key_of_the_code(code: str) -> None:
    found = {
        (sheet.title, cell)
        for sheet in opened(built(code))
        for row in sheet.iter_rows(values_only=True)
        for cell in row
        if isinstance(cell, str) and KEY.search(cell)
    }
    assert not found
    heads = [cell.value for sheet in opened(built(code)) for cell in sheet[1]]
    assert all(head and "<" not in str(head) for head in heads)


@pytest.mark.parametrize("code", LANGUAGES)
def test_formulas_lead_to_the_values_stored_beside_them(code: str) -> None:
    book, stored, language = opened(built(code)), opened(built(code), values=True), words_of(code)
    for key in OF_FORMULAS:
        name = sheet_name(language, key)
        cells = [c for row in book[name].iter_rows() for c in row if c.data_type == "f"]
        assert cells
        for cell in cells:
            value = stored[name][cell.coordinate].value
            found = computed(book, name, cell.coordinate)
            assert found == pytest.approx(value, rel=1e-12, abs=1e-12), (name, cell.coordinate)
    way = opened(built(code), values=True)[sheet_name(language, "trace")]
    D = [row[-3:] for row in way.iter_rows(min_row=2, values_only=True)]
    states = language.study.rows("coupling", region=language.study.focus)
    np.testing.assert_allclose([row[0] for row in D], states["D"], rtol=1e-12)


def test_a_changed_figure_moves_d_of_its_year_alone() -> None:
    book, language = opened(built()), words_of()
    steps, trace = (book[sheet_name(language, key)] for key in ("steps", "trace"))
    column = len(language.study.subsystems) + 4
    rows = range(2, trace.max_row + 1)
    before = [computed(book, trace.title, trace.cell(row, column).coordinate) for row in rows]
    changed = next(row for row in steps.iter_rows(min_row=2) if row[0].value == 2017)
    changed[4].value *= 0.9
    after = [computed(book, trace.title, trace.cell(row, column).coordinate) for row in rows]
    years = [trace.cell(row, 1).value for row in rows]
    moved = [year for year, a, b in zip(years, before, after, strict=True) if a != b]
    assert moved == [2017]


def test_text_stays_text_and_the_same_study_gives_the_same_bytes() -> None:
    audit = sample.tables()["audit"].assign(sheet="=1+1", printed=np.inf)
    language = words_of(audit=audit)
    book = opened(book_of(language))
    cells = [cell for row in book[sheet_name(language, "audit")].iter_rows() for cell in row]
    assert sum(cell.value == "=1+1" and cell.data_type == "s" for cell in cells) == len(audit)
    formulas = {s.title for s in book for row in s.iter_rows() for c in row if c.data_type == "f"}
    assert formulas == {sheet_name(language, key) for key in OF_FORMULAS}
    assert built() == book_of(words_of())


def numbers_in(cell: str) -> list[float]:
    """Return the numbers that a cell prints."""
    plain = cell.replace("\u202f", "").replace("−", "-")
    return [float(part) for part in re.findall(r"-?\d+(?:\.\d+)?", plain)]


def test_estimates_and_errors_of_the_regression_table_are_those_of_the_results() -> None:
    language = words_of()
    study, [table] = language.study, tables(language.study, language)
    rows = table.rows.set_index("id")
    assert list(fits(study)) == ["own", "region", "both", "instruments"]
    wild = study.rows("slope_tests", errors="year_wild", effects="region", estimator="trapezoid")
    for column, fit in list(fits(study).items())[1:]:
        found = study.rows("parameters", model="classic", **fit).set_index("parameter")
        for name in ("b1", "d"):
            estimate, error = rows.loc[[name], column].iloc[-2:]
            assert numbers_in(estimate) == pytest.approx([found.at[name, "estimate"]], abs=6e-4)
            ends = wild.set_index("parameter").loc[name, ["low", "high"]].tolist()
            known = ends if column == "region" else [found.at[name, "se"]]
            assert numbers_in(error) == pytest.approx(known, abs=6e-4)
    tested = study.rows("slope_tests", errors="region_wild", effects="region+year", parameter="b1")
    assert rows.at["p_b1", "both"].value == pytest.approx(tested["p"].iloc[0])


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_trace_has_a_row_for_each_indicator_and_ends_in_d(code: str) -> None:
    language = words_of(code)
    study, trace = language.study, page_trace(language.study, language)
    assert trace["whole"] and trace["regions"] == study.regions
    for state in study.coupling.to_dict("records"):
        rows = trace["rows"][state["region"]][state["year"]]
        assert len(rows) == study.indicators["subsystem"].ne("").sum()
        assert all(len(row) == len(trace["heads"]) for row in rows)
        sums = dict(trace["sums"][state["region"]][state["year"]])
        assert sums["D"] == f"{state['D']:.4f}" and state["grade"] in sums.values()
    json.dumps(trace, allow_nan=False)


def test_files_for_programs_hold_the_tables() -> None:
    languages = {code: words_of(code) for code in LANGUAGES}
    shown = {
        code: [*tables_of(one.study, one), *tables(one.study, one)]
        for code, one in languages.items()
    }
    results = sample.tables(claims=True)
    files = dict(exports(languages["en"].study, languages, shown, results))
    names = [table.key for table in shown["en"]]
    assert {f"latex/{name}.{code}.tex" for name in names for code in LANGUAGES} <= set(files)
    assert {f"stata/table_{name}.dta" for name in names} | {"stata/panel.dta"} <= set(files)
    assert "tables/normalised.csv" in files and "tables/panel.csv" not in files
    assert str(files["tables/normalised.csv"]).startswith("\ufeff")
    with pd.io.stata.StataReader(io.BytesIO(files["stata/table_regions.dta"])) as reader:
        regions = reader.read()
    expected = shown["en"][names.index("regions")].rows
    np.testing.assert_array_equal(regions["D"], expected["D"])


def test_numbers_have_the_same_keys_in_every_language() -> None:
    shown = {code: tables_of(one.study, one) for code in LANGUAGES for one in [words_of(code)]}
    abstract = {code: {"mean": Number("55 %", 0.551)} for code in LANGUAGES}
    text, latex = numbers_of("small", shown, abstract)
    numbers = json.loads(text)["numbers"]
    assert all(set(number["printed"]) == set(LANGUAGES) for number in numbers.values())
    assert numbers["abstract.mean"]["value"] == pytest.approx(55.1)
    assert r"\coevodef{abstract.mean}{55 \%}" in latex["zh"]
    assert f"regions.{sample.FOCUS}.D" in numbers


def test_names_for_stata_are_valid_and_each_stands_once() -> None:
    names = stata_names(["1st", "in", "a b", "a_b", 33 * "x", 34 * "x", "str12", "工业", ""])
    assert names[:4] == ["_1st", "_in", "a_b", "a_b_2"] and len(set(names)) == len(names)
    assert all(re.fullmatch(r"[A-Za-z_]\w{0,31}", name, re.ASCII) for name in names)
