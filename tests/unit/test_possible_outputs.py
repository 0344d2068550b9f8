"""Which indicators can be an output of the model, and what page one says where it is off."""

from dataclasses import replace

import pandas as pd

from coevo.equilibria.possible_outputs import Output, candidates, model_outputs, proposed_pair
from coevo.observations.units import UNITS
from coevo.report.findings import all_findings
from tests.sample import indicators, study

YEARS = range(2015, 2020)


def table(*rows: tuple[str, str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["indicator", "subsystem", "unit", "derivation"])


def panel(**series: dict[str, list[float | None]]) -> pd.DataFrame:
    """Return figures from 2015 on: of each indicator a list by region."""
    rows = [
        (region, year, indicator, value, "")
        for indicator, regions in series.items()
        for region, values in regions.items()
        for year, value in enumerate(values, start=2015)
    ]
    columns = ["region", "year", "indicator", "value", "flag"]
    return pd.DataFrame(rows, columns=columns).astype({"value": float})


def reason(unit: str, values: list[float | None], flag: str = "") -> str:
    figures = panel(a={"r": values})
    figures.loc[1, "flag"] = flag
    (one,) = model_outputs(table(("a", "", unit, "")), figures)
    return one.reason


def test_of_every_unit_it_is_known_whether_it_is_an_amount():
    """Nothing that is per something, a share or an index; all that can be added up."""
    assert {reason(name, [1, 2, 3, 4]) for name in ("% of GDP", "per 1,000 beds")} == {"relative"}
    assert reason("other: points", [1, 2, 3, 4]) == "unit"
    amounts = {u.measures for name, u in UNITS.items() if reason(name, [1, 2, 3, 4]) == ""}
    others = {unit.measures for unit in UNITS.values()} - amounts
    assert others == {"ratio", "index", "years", "per person", "money per person"}
    assert {"money", "persons", "count", "households", "mass", "energy"} <= amounts


def test_figures_are_positive_and_long_enough():
    assert reason("count", [1, 2, 0, 4]) == "not_positive"
    assert reason("million EUR", [1, -2, 3, 4]) == "not_positive"
    assert reason("count", [1, 2, None, 4, 5]) == "years"  # two pairs of years
    assert reason("count", [1, 2, None, 4, 5, 6]) == ""  # three
    assert reason("count", [1, 2, 3]) == "years"
    assert reason("count", [1, 2, 3, 4], flag="filled") == "years"
    assert reason("%", [1, 0, 3, 4]) == "relative"


ROWS = table(
    ("share", "first", "%", "ratio(sales, all)"),
    ("short", "first", "count", ""),
    ("whole", "first", "million EUR", ""),
    ("jobs", "second", "person", ""),
    ("firms", "second", "count", ""),
    ("people", "", "person", ""),
    ("sales", "", "million EUR", ""),
    ("unread", "second", "count", ""),
)
LONG = {"r": [1.0, 2, 3, 4, 5], "s": [1.0, 2, 3, 4, 5]}
SERIES = {name: LONG for name in ("share", "whole", "jobs", "firms", "people", "sales")}


def test_the_pair_is_the_first_output_of_each_of_two_subsystems():
    outputs = model_outputs(ROWS, panel(**SERIES, short={"r": [1, 2, 3]}))
    assert outputs[:2] == [Output("share", "first", "relative"), Output("short", "first", "years")]
    assert outputs[-1] == Output("sales", "first", "")  # the numerator of a share of it
    assert candidates(outputs) == ["whole", "jobs", "firms", "people", "sales"]
    assert proposed_pair(outputs) == {"upstream": "whole", "downstream": "jobs"}


def test_an_output_outside_the_subsystems_stands_for_that_whose_share_it_makes():
    outputs = model_outputs(ROWS, panel(share=LONG, firms=LONG, sales=LONG))
    assert proposed_pair(outputs) == {"upstream": "firms", "downstream": "sales"}


def test_where_one_subsystem_alone_has_an_output_there_is_no_pair():
    outputs = model_outputs(ROWS, panel(whole=LONG, people=LONG, sales=LONG))
    assert candidates(outputs) == ["whole", "people", "sales"] and proposed_pair(outputs) == {}


def off(unit: str):
    """The findings of page one without the model; all indicators but `jobs` are in this unit."""
    chosen, gone = study(), ("parameters", "equilibria", "fits")
    table = indicators()
    table.loc[table["indicator"] != "jobs", "unit"] = unit
    made = {name: rows for name, rows in chosen.tables.items() if name not in gone}
    config = chosen.config | {"interaction": None}
    return all_findings(replace(chosen, config=config, indicators=table, tables=made))["opening"]


def test_page_one_knows_whether_a_study_could_have_the_model():
    assert all_findings(study())["opening"]["model"] == "fitted"
    found = off("100 million yuan")
    pair = {"upstream": "sales", "downstream": "output"}
    assert (found["model"], found["outputs"]) == ("possible", pair)
    found = off("%")
    assert (found["model"], found["outputs"]) == ("lacking", {})
