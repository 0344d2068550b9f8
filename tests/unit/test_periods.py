"""Years and parts of years, in the spellings of many offices."""

import pytest

from coevo.observations.periods import Period, period_of, plain_periods
from coevo.observations.sheets import CellWords
from tests.unit.cases import sections

CASES = sections("periods")


@pytest.mark.parametrize(("text", "months"), CASES["spelled"])
def test_months_quarters_fiscal_years_and_eras_in_every_spelling(text, months):
    assert period_of(text) == (Period(*months) if months else None)


@pytest.mark.parametrize(("texts", "plain"), CASES["together"])
def test_dates_are_years_if_all_fall_in_one_month_and_fiscal_years_no_months(texts, plain):
    words = plain_periods([CellWords(text) for text in texts])
    assert [word.text for word in words] == plain
