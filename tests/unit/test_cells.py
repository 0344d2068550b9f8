"""Cells: each way to print a figure has its typed value, everything else its exact reason."""

import math
import re
from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coevo.errors import StudyError
from coevo.observations.cells import (
    block_figures,
    cell_figure,
    head_year,
    known_marks,
    plain_numbers,
    readings,
    without_marks,
)
from coevo.observations.sheets import Fault, NumberStyle, Sheet
from coevo.observations.text_files import text_sheets
from tests.unit.cases import sections

KNOWN = known_marks({})
CASES = sections("cells")
LONG = "1" * 400


@pytest.mark.parametrize(("said", "value", "decimals"), CASES["numbers"])
def test_numbers(said, value, decimals):
    read = cell_figure(said, KNOWN)
    assert (read.value, read.flag, read.decimals, read.form) == (value, "", decimals, "")


@pytest.mark.parametrize(("said", "flag"), CASES["marks"])
def test_marks_for_missing_have_a_type(said, flag):
    read = cell_figure(said, KNOWN)
    assert math.isnan(read.value) and read.flag == flag


@pytest.mark.parametrize(("said", "value"), CASES["note_marks"])
def test_a_note_mark_is_not_a_digit(said, value):
    read = cell_figure(said, KNOWN)
    assert (read.value, read.flag) == (value, "noted")


def test_percentages_keep_the_form_they_are_stored_in():
    stored = cell_figure(0.123, KNOWN, NumberStyle(3, True))
    assert (stored.value, stored.form, stored.decimals) == (0.123, "ratio", 3)
    text = cell_figure("12.3%", KNOWN)
    assert (text.value, text.form, text.decimals) == (12.3, "%", 1)
    assert cell_figure("12.3 ％①", KNOWN) == cell_figure("12.3%*", KNOWN)
    assert (cell_figure("5‰", KNOWN).value, cell_figure("5‰", KNOWN).form) == (5, "‰")
    assert cell_figure("12.3", KNOWN, NumberStyle(3, True)).form == ""  # text has no number format


@pytest.mark.parametrize("said", CASES["refused"])
def test_anything_else_is_refused(said):
    with pytest.raises(StudyError, match=f'^"{re.escape(said)}" is not a number or a known mark'):
        cell_figure(said, KNOWN)


@pytest.mark.parametrize("said", [LONG, math.inf, math.nan])
def test_what_no_float_can_hold_is_refused(said):
    with pytest.raises(StudyError, match=rf'^"{str(said)[:80]}…?" is not a finite number'):
        cell_figure(said, KNOWN)


def read_block(values, known, *looks):
    """Return the table of a block's cells in their order, row by row."""
    place, cells = block_figures(Sheet("", "", values, (), *looks), ..., known)
    return cells.iloc[place.ravel()].reset_index(drop=True)


def test_a_study_may_add_marks_even_numbers():
    known = known_marks({"n.a": "suppressed", "9999": "not_available", "（空）": "not_applicable"})
    assert cell_figure("n.a", known).flag == "suppressed"
    assert cell_figure("(空)", known).flag == "not_applicable"
    for said in (9999.0, "9999"):
        assert cell_figure(said, known).flag == "not_available"
    block = read_block(np.array([[9999.0, "9999", 1.5]], dtype=object), known)
    assert block["flag"].tolist() == ["not_available", "not_available", ""]


@pytest.mark.parametrize(("said", "when"), CASES["years"])
def test_years(said, when):
    assert head_year(said) == when


def test_note_marks_leave_a_text_that_is_nothing_else():
    assert without_marks("北京①") == "北京" and without_marks("①") == "①"
    assert without_marks("北京 [3]*") == "北京" and without_marks("人口(万人)") == "人口(万人)"


CELL = st.one_of(
    st.none(),
    st.floats(allow_nan=True, allow_infinity=True),
    st.integers(-(10**6), 10**6).map(lambda n: n / 100),
    st.integers(0, 10**7).map(float),
    st.dates(min_value=date(1990, 1, 1)),
    st.datetimes(min_value=datetime(1990, 1, 1)),
    st.sampled_from(
        ["", " ", "…", "-", "..", "x", "12.5①", "1,234", "1,23", "5%", "3‰", "nan", LONG, "1.5\n"]
    ),
    st.decimals(-(10**6), 10**6, places=2, allow_nan=False).map(str),
    st.text(alphabet="0123456789.+-eE_,% \n①１２", max_size=7),
)
STYLES = (NumberStyle(), NumberStyle(2, True), NumberStyle(0), NumberStyle(1))


@settings(max_examples=300)
@given(
    st.integers(1, 3).flatmap(
        lambda width: st.lists(
            st.lists(st.tuples(CELL, st.integers(0, 3)), min_size=width, max_size=width),
            min_size=1,
            max_size=6,
        )
    ),
    st.sampled_from([{}, {"n.a": "suppressed"}, {"5": "suppressed"}]),
)
def test_a_block_is_read_cell_for_cell_as_single_cells_are(rows, marks):
    values = np.empty((len(rows), len(rows[0])), dtype=object)
    for number, row in enumerate(rows):
        values[number] = [cell for cell, _ in row]
    style = np.array([[place for _, place in row] for row in rows], dtype=np.int32)
    known = known_marks(marks)
    block = read_block(values, known, STYLES, style)
    for number, place in enumerate(np.ndindex(values.shape)):
        read = block.iloc[number]
        try:
            single = cell_figure(values[place], known, STYLES[style[place]])
        except StudyError as problem:
            assert read["problem"] == str(problem) and np.isnan(read["value"])
            continue
        assert read["problem"] == ""
        assert np.array_equal(read["value"], single.value, equal_nan=True)
        assert (read["flag"], read["form"], read["decimals"]) == (
            single.flag,
            single.form,
            single.decimals,
        )


def test_faults_are_problems_and_no_blanks():
    reason = "holds a formula without a stored value"
    block = read_block(np.array([[1.0, Fault(reason), None]], dtype=object), KNOWN)
    assert block["problem"].tolist() == ["", reason, ""]
    assert block["filled"].tolist() == [True, True, False]


@pytest.mark.parametrize(("texts", "delimiter", "mark", "read", "unclear"), CASES["decimal_marks"])
def test_the_decimal_mark_is_what_the_sheet_shows_or_asked_for(
    texts, delimiter, mark, read, unclear
):
    text = delimiter.join(["x", *(f'"{text}"' for text in texts)])
    (sheet,) = text_sheets(f"{text}\n".encode(), "a")
    plain = plain_numbers(sheet, mark)
    assert (plain.unclear.text if plain.unclear else "") == unclear
    assert plain.values[0, 1:].tolist() == read


def test_a_number_with_one_mark_before_three_digits_has_two_readings():
    assert readings("1.234") == ("1.234", "1234") and readings("1,234") == ("1234", "1.234")


def test_plain_numbers_leave_a_workbook_s_own_numbers_alone():
    for cells, other in ((["2017", 2018.0], "1.5"), ([1.5, None], "1,5")):  # years are no figures
        values = pd.DataFrame([["a", *cells], ["b", "1,5", None]], dtype=object).to_numpy()
        assert plain_numbers(Sheet("a", "", values)).values[1, 1] == other
