"""The comparison of two builds finds what differs, and only that."""

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from benchmarks.same_numbers import MAP, compare, read_map

pytestmark = pytest.mark.whole
ROOT = Path(__file__).resolve().parents[2]
TOLERANCES = [
    {"table": "equilibria", "columns": ["p_saddle"], "absolute": 0.0125, "reason": "draws"},
    {"table": "equilibria", "where": {"estimator": "spline"}, "columns": ["x1"],
     "relative": 1e-6, "reason": "a quadrature"},
]  # fmt: skip
# the keys of the map
RULES = read_map(MAP) | {"moved": [], "left": [], "came": [], "tolerance": TOLERANCES}


def table(head, *rows):
    return pd.DataFrame([row.split(",") for row in rows], columns=head.split(","))


TABLES = {
    "coupling": table(
        "region,year,D,grade", "010,2016,0.25,low", "010,2017,0.5,", "020,2016,1e-17,high"
    ),
    "equilibria": table(
        "source,scope,effects,model,estimator,year,x1,p_saddle",
        "fit,010,none,classic,trapezoid,,3.0,0.5",
        "fit,020,none,classic,spline,,4.0,0.25",
    ),
    "relations": table(
        "scope,effects,estimator,quantity,value,relation",
        "010,none,trapezoid,r_squared_equation_1,0.75,",
        "010,none,trapezoid,region_x1,2.5,line",
        "020,none,trapezoid,region_x1,1.5,bounded",
    ),
}


def write(folder, tables):
    for name, table in tables.items():
        path = folder / "small" / f"{name}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        table.to_csv(path, index=False)
    return folder


@pytest.fixture
def differences(tmp_path):
    """Compare the tables with changed ones: their number, and the lines that tell of them."""

    def run(rules=None, **changed):
        old, new = write(tmp_path / "old", TABLES), write(tmp_path / "new", TABLES | changed)
        said = compare(old, new, RULES | (rules or {}))
        return said.differences, "\n".join(line for line in said.lines if line.startswith("!"))

    return run


def cell(table, row, column, value):
    changed = TABLES[table].copy()
    changed.loc[row, column] = value
    return {table: changed}


@pytest.mark.parametrize(
    ("table", "row", "column", "value", "key"),
    [
        ("coupling", 0, "D", "0.2500000001", ""),  # 4e-10
        ("coupling", 0, "D", "0.250", ""),
        ("coupling", 2, "D", "-3e-17", ""),
        ("coupling", 0, "year", "2016.0", ""),
        ("equilibria", 0, "p_saddle", "0.509", ""),
        ("equilibria", 1, "x1", "4.000003", ""),
        ("coupling", 0, "D", "0.250000001", "010, 2016"),
        ("coupling", 0, "D", "", "010, 2016"),
        ("coupling", 1, "grade", "low", "010, 2017"),
        ("coupling", 2, "D", "2e-15", "020, 2016"),
        ("coupling", 0, "D", "inf", "010, 2016"),
        ("equilibria", 0, "p_saddle", "0.52", "010, none, classic, trapezoid, (empty)"),
        ("equilibria", 0, "x1", "3.000003", "010, none, classic, trapezoid, (empty)"),
        ("equilibria", 1, "x1", "4.00003", "020, none, classic, spline, (empty)"),
    ],
)
def test_a_difference_beyond_the_tolerance_is_named_with_its_key(
    differences, table, row, column, value, key
):
    count, said = differences(**cell(table, row, column, value))
    if key:
        assert count == 1 and f"{column}: 1 of {len(TABLES[table])} differ" in said
        assert f"{key}: {TABLES[table].loc[row, column]!r}, now {value!r}" in said
    else:
        assert (count, said) == (0, "")


def test_rows_columns_and_tables_that_are_gone_or_added(differences):
    coupling = TABLES["coupling"]
    for changed, line in (
        (coupling.drop(index=1), "1 of 3 rows are gone"),
        (pd.concat([coupling, coupling.tail(1)]), "1 rows that were not there"),
        (coupling.drop(columns="D"), "columns that are not in the new table: D"),
    ):
        assert line in differences(coupling=changed)[1]
    for changed in (coupling.assign(more="1"), coupling.iloc[::-1, ::-1]):
        assert differences(coupling=changed, another=coupling) == (0, "")


def test_a_study_or_a_table_that_is_gone(tmp_path):
    old = write(tmp_path / "old", TABLES)
    new = write(tmp_path / "new", {"panel": pd.DataFrame("", [0], ["a"])})
    assert compare(old, new, RULES).differences == len(TABLES)
    (new / "small").rename(new / "other")
    assert compare(old, new, RULES).differences == 1


FIRST = {"quantity": "r_squared_*"}
SPLIT = {
    "moved": [
        {"old": "relations", "where": FIRST, "new": "checks", "set": {"equation": "1"},
         "rename": {"value": "r_squared"}, "key": ["scope", "effects", "estimator", "equation"]},
        {"old": "relations", "new": "verdicts", "rename": {"relation": "verdict"},
         "values": {"relation": {"line": "whole_line"}}},
    ],
    "left": [{"table": "relations", "where": FIRST, "columns": ["quantity", "relation"],
              "reason": "a column now"}],
}  # fmt: skip


def split(r_squared="0.75", verdict="whole_line"):
    verdicts = TABLES["relations"].iloc[1:].rename(columns={"relation": "verdict"})
    return {
        "relations": TABLES["relations"].iloc[:0],
        "checks": table("scope,effects,estimator,equation,r_squared",
                        f"010,none,trapezoid,1,{r_squared}"),
        "verdicts": verdicts.replace({"line": verdict}),
    }  # fmt: skip


def test_a_table_that_was_split_is_compared_where_its_rows_went(differences):
    assert differences(SPLIT, **split()) == (0, "")
    assert "value -> r_squared: 1 of 1 differ" in differences(SPLIT, **split(r_squared="0.7"))[1]
    assert "relation -> verdict: 1 of 2 differ" in differences(SPLIT, **split(verdict="line"))[1]


def test_rows_leave_and_come_with_a_reason_only(differences):
    without = {"relations": TABLES["relations"].iloc[1:]}
    left = {"table": "relations", "where": FIRST, "reason": "not asked for"}
    assert differences(**without)[0] == 1
    assert differences({"left": [left]}, **without) == (0, "")
    more = {"relations": pd.concat([TABLES["relations"], TABLES["relations"].head(1)])}
    came = {"table": "relations", "where": {"quantity": "r_*"}, "reason": "a second equation"}
    assert differences(**more)[0] == 1
    assert differences({"came": [came]}, **more) == (0, "")


def test_the_program_says_so_by_its_exit_code(tmp_path):
    kept = {name: table for name, table in TABLES.items() if name != "relations"}  # that moved
    old = write(tmp_path / "old", kept)
    new = write(tmp_path / "new", kept | cell("coupling", 0, "D", "0.3"))

    def run(*arguments):
        program = [sys.executable, "benchmarks/same_numbers.py", *map(str, arguments)]
        return subprocess.run(program, cwd=ROOT, capture_output=True, text=True, encoding="utf-8")

    assert run(old, old).returncode == 0
    different = run(old, new)
    assert different.returncode == 1 and different.stdout.endswith("\n1 differences\n")
    assert run(old, new, "--tolerance", "0.5").returncode == 0
    assert run(old, tmp_path / "none").returncode == 2
