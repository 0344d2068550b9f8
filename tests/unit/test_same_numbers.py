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

    def run(**changed):
        old, new = write(tmp_path / "old", TABLES), write(tmp_path / "new", TABLES | changed)
        said = compare(old, new, RULES)
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


def test_the_program_says_so_by_its_exit_code(tmp_path):
    old = write(tmp_path / "old", TABLES)
    new = write(tmp_path / "new", TABLES | cell("coupling", 0, "D", "0.3"))

    def run(*arguments):
        program = [sys.executable, "benchmarks/same_numbers.py", *map(str, arguments)]
        return subprocess.run(program, cwd=ROOT, capture_output=True, text=True, encoding="utf-8")

    assert run(old, old).returncode == 0
    different = run(old, new)
    assert different.returncode == 1 and different.stdout.endswith("\n1 differences\n")
    assert run(old, new, "--tolerance", "0.5").returncode == 0
    assert run(old, tmp_path / "none").returncode == 2
