"""The simulated control of growth at a theoretical point, and what the report reads of it."""

import json

import numpy as np
import pytest
from scipy.stats import binom

from benchmarks.theory_control import PATHS, ROOT, TABLE, cases, observed, paths, rows
from coevo.estimation import fit
from coevo.files import read_table
from coevo.lotka_volterra.classic import orbit
from coevo.report.findings import all_findings
from tests.sample import study

CONTROL, GROWTH = cases()
LYNX_HARE = json.loads((ROOT / "tests/published/population.json").read_text("utf-8"))["series"]
FACTORS = (1.0, 0.7, 1.3)


@pytest.fixture(scope="module")
def table():
    return read_table(TABLE, "theory_control").set_index(["case", "factor"])


def test_without_shocks_a_path_is_the_orbit_of_the_equations():
    for case in (CONTROL, GROWTH):
        (path,) = paths(case._replace(covariance=np.zeros((2, 2))), 1)
        (a1, b1), (a2, d) = case.lines * [[1, -1], [-1, 1]]
        exact = orbit(a1, b1, a2, d / b1, tuple(case.start), range(case.rows + 1))
        assert path == pytest.approx(exact, rel=1e-6)
        assert pytest.approx([a2 / d, a1 / b1]) == case.E


def test_shocks_are_those_of_the_fit():
    """A year of the equations from each state leaves the shock, of the size of the residuals."""
    data = LYNX_HARE["lynx_hare"]
    own = fit(data["t"], data["x1"], data["x2"])
    assert pytest.approx(own.coefficients) == CONTROL.lines
    residuals = own.residuals.T @ own.residuals / (len(data["t"]) - 3)
    assert pytest.approx(residuals) == CONTROL.covariance
    first = np.log(paths(CONTROL._replace(rows=1), 4_000)[:, 1])
    assert np.cov(first.T) == pytest.approx(CONTROL.covariance, abs=0.004)
    assert np.corrcoef(first.T)[0, 1] == pytest.approx(-0.2, abs=0.05)
    still, shocked = (
        np.log(paths(GROWTH._replace(covariance=GROWTH.covariance * k), 4_000)) for k in (0, 1)
    )
    noise = (shocked - still)[:, 1]
    assert noise.std(axis=0) == pytest.approx([0.0535, 0.1003], rel=0.05)


def test_in_a_phase_of_growth_both_grow_and_e_lies_outside():
    x = paths(GROWTH, 200)
    growth = np.diff(np.log(x), axis=1).mean(axis=0)
    assert x.shape == (200, 9, 2) and np.all(growth > 0.03) and np.all(growth < 0.2)
    x1, x2 = GROWTH.E
    assert np.all(x[..., 0] > x1) and np.mean(x[..., 1].max(axis=1) < x2) > 0.9


@pytest.mark.parametrize("case", [CONTROL, GROWTH], ids=lambda case: case.name)
def test_a_short_run_agrees_with_the_table(case, table):
    n = 200
    for row in rows(case._replace(seed=99), n):
        kept = table.loc[(case.name, row["factor"])]
        fewest, most = binom.ppf(1e-4, n, kept["low"]), binom.isf(1e-4, n, kept["high"])
        assert fewest <= round(row["rejected"] * n) <= most, row
        assert row["inside"] == pytest.approx(kept["inside"], abs=0.03)


def test_the_table_of_simulations_keeps_its_promise(table):
    """Paths of the equations hardly contradict their E, and mostly a point moved by 30 %."""
    assert set(table["paths"].dropna()) == {PATHS} and PATHS >= 2_000
    control, growth = (table.loc[name] for name in ("control", "growth_phase"))
    assert control.loc[1, "rejected"] <= 0.06
    assert (control.loc[[0.7, 1.3], "rejected"] >= 0.9).all() and (control["inside"] > 0.99).all()
    assert growth.loc[1, "rejected"] <= 0.07 and (growth["inside"] == 0).all()
    assert (growth["rejected"] < 0.1).all()  # nothing could be seen of a moved point either


def test_the_figures_of_lynx_and_hare_do_not_contradict_their_mean_over_whole_cycles(table):
    kept = table.loc["observed"]
    assert kept.loc[1, "p_joint"] == pytest.approx(0.876, abs=5e-4)
    assert kept.loc[0.7, "p_joint"] == pytest.approx(0.005, abs=5e-4)
    assert kept.loc[1.3, "p_joint"] < 0.001
    known = {"G1": (-0.023, -0.116, 0.071), "G2": (0.042, -0.069, 0.152)}
    for name, numbers in known.items():
        columns = [name, f"{name}_low", f"{name}_high"]
        assert list(kept.loc[1, columns]) == pytest.approx(numbers, abs=5e-4)
    assert (kept["inside"] == 1).all()
    for row in observed():
        own = kept.loc[row.pop("factor")]
        row.pop("case")
        assert list(own[list(row)]) == pytest.approx(list(row.values()), rel=1e-3)


def test_growth_of_the_figures_by_hand(table):
    """Normal equations written out, at the means of 1903-1912."""
    t, x1, x2 = (np.array(LYNX_HARE["lynx_hare"][name]) for name in ("t", "x1", "x2"))
    cycle = (t >= 1903) & (t <= 1912)
    for name, x, other in (("G1", x1, x2), ("G2", x2, x1)):
        g, R, point = np.diff(np.log(x)), (other[1:] + other[:-1]) / 2, other[cycle].mean()
        slope = ((R - R.mean()) @ g) / ((R - R.mean()) @ (R - R.mean()))
        for factor in FACTORS:
            at = g.mean() + slope * (factor * point - R.mean())
            assert table.loc[("observed", factor), name] == pytest.approx(at, rel=1e-3)


def test_the_report_can_quote_the_control_in_any_study(table):
    read = read_table(TABLE, "theory_control")
    found = all_findings(study(theory_control=read))["control"]
    columns = {"control": "rejected", "growth_phase": "rejected", "observed": "p_joint"}
    for name, column in columns.items():
        assert {factor: row[column] for factor, row in found[name].items()} == {
            factor: table.loc[(name, factor), column] for factor in FACTORS
        }
    assert found["observed"][1]["G2_high"] == table.loc[("observed", 1), "G2_high"]
    assert all_findings(study())["control"] == {}
