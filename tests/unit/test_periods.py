"""Years and parts of years, in the spellings of many offices."""

from coevo.observations.periods import Period, period_of, plain_periods
from coevo.observations.sheets import CellWords


def plain(*texts: str) -> list[str]:
    return [words.text for words in plain_periods([CellWords(text) for text in texts])]


def test_months_and_quarters_in_every_spelling():
    spelled = {
        "2019Q4": (10, 12), "2019-Q1": (1, 3), "2019:Q1": (1, 3), "Q1-2019": (1, 3),
        "2019年第四季度": (10, 12), "2019年四季度": (10, 12), "2019年4季度": (10, 12),
        "2019年前三季度": (1, 9), "2019年上半年": (1, 6), "2019S2": (7, 12), "2019M01": (1, 1),
        "2019-01": (1, 1), "2019年1月": (1, 1), "2019年1-3月": (1, 3), "2019.1-3": (1, 3),
        "2019年1—12月": (1, 12), "Jan-2019": (1, 1), "2019 [YR2019]": (1, 12), "2019年": (1, 12),
        "2019-03-31": (1, 12),
    }  # fmt: skip
    assert {text: period_of(text) for text in spelled} == {
        text: Period(2019, *months) for text, months in spelled.items()
    }
    for text in ("2019.10", "2019.1", "201901", "2019-13", "2019Q5", "2019年(预)", "2019-2018"):
        assert period_of(text) is None


def test_dates_are_years_only_if_all_fall_in_one_month():
    assert plain("2018-12-31", "2019-12-31") == ["2018", "2019"]
    assert plain("2018-11-30", "2018-12-31", "x") == ["2018.11-11", "2018.12-12", "x"]


def test_fiscal_years_are_no_months():
    assert plain("2010-11", "2011-12") == ["2010", "2011"]
    assert plain("2011-12") == ["2011-12"] and period_of("2011-12") == Period(2011, 12, 12)
    assert plain("2010-10", "2011-12") == ["2010-10", "2011-12"]
    assert {period_of(text) for text in ("2012-13", "2012/13", "2012–2013")} == {Period(2012)}
    assert period_of("2012-14") is None and period_of("2012-2014") is None


def test_years_of_eras():
    spelled = {"民國105年": 2016, "民国105年": 2016, "令和元年": 2019, "平成28年度": 2016}
    spelled |= {"2016年度": 2016, "2016년": 2016, "2016 [note 2]": 2016}
    assert {text: period_of(text) for text in spelled} == {
        text: Period(year) for text, year in spelled.items()
    }
    assert period_of("105年") is None
