"""A reduced run of benchmarks/fieller_coverage.py, its simulator, and the table it wrote."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.fieller_coverage import TABLE, fit_batch, holds, one_region, pooled, rows_of
from benchmarks.noisy_paths import REGIMES, inside, paths_of, simulate
from coevo.estimation import fit
from coevo.inference import fieller
from coevo.lotka_volterra.classic import orbit


@pytest.mark.parametrize("name", REGIMES)
def test_the_map_satisfies_its_lines(name):
    regime = REGIMES[name]
    shocks = 0.02 * np.random.default_rng(1).standard_normal((7, 3, 5, 2))
    c, s = regime.lines.T
    logs = paths_of(c, s, regime.start, shocks, "map")
    g, R = rows_of(np.exp(logs), "trapezoid")
    assert g - c - s * R == pytest.approx(np.moveaxis(shocks.sum(axis=1), 0, 1), abs=1e-9)
    # without shocks the lines are recovered
    clean = paths_of(c, s, regime.start, 0 * shocks, "map")
    found = fit_batch(*rows_of(np.exp(clean), "trapezoid"))
    assert found.lines[2] == pytest.approx(regime.lines, rel=1e-7)


@pytest.mark.parametrize("name", REGIMES)
def test_the_equations_without_shocks_are_an_orbit(name):
    regime = REGIMES[name]
    (a1, slope1), (lost, d) = regime.lines
    path = np.exp(paths_of(*regime.lines.T, regime.start, np.zeros((8, 20, 1, 2)), "equations"))
    exact = orbit(a1, -slope1, -lost, -d / slope1, tuple(regime.start), range(9))
    assert path[0] == pytest.approx(exact, rel=1e-4)


def test_shocks_have_the_size_that_is_said():
    """Without interaction a year adds c and a shock of the stated standard deviation."""
    still = REGIMES["growth"]._replace(lines=np.array([[0.1, 0.0], [-0.2, 0.0]]))
    for data in ("map", "equations"):
        paths = simulate(still, data, 4, 0.05, 4_000, np.random.default_rng(2))
        g = np.diff(np.log(paths), axis=1)
        assert g.mean(axis=(0, 1)) == pytest.approx([0.1, -0.2], abs=0.003)
        assert g.std(axis=(0, 1)) == pytest.approx([0.05, 0.05], rel=0.05)


def test_rows_are_those_of_the_fit():
    paths = simulate(REGIMES["turn"], "map", 8, 0.05, 3, np.random.default_rng(3))
    for estimator in ("trapezoid", "lag", "logmean"):
        found = fit_batch(*rows_of(paths, estimator))
        for i, path in enumerate(paths):
            one = fit(range(8), *path.T, estimator)
            assert found.lines[i] == pytest.approx(one.coefficients, rel=1e-9)
            assert found.covariance[i] == pytest.approx(one.covariance, rel=1e-9)


def test_paths_out_of_bounds_are_seen():
    logs = np.zeros((3, 4, 2))
    logs[1, 2, 0], logs[2, 1, 1] = 20, np.nan
    assert inside(logs).tolist() == [True, False, False]


def test_holding_and_shares():
    V = np.broadcast_to(np.eye(2), (3, 2, 2)) * np.array([0.01, 1.0, 1.0])[:, None, None]
    sets = fieller([1.0, 9.0, 1.0], [-2.0, 0.5, 1.0], V, 8)
    assert sets.kind.tolist() == ["interval", "complement", "line"]
    assert holds(sets, [0.5, -20, 7]).tolist() == [True] * 3
    assert holds(sets, [0.9, 0.0, 7]).tolist() == [False, False, True]


def test_a_reduced_run_covers():
    """400 replicates: the band is that of the contract and three standard errors."""
    rows = pd.DataFrame(one_region(400, 7, noises=(0.05,), estimators=("trapezoid",)))
    covered = rows[rows["quantity"].str.startswith("coverage")]
    assert len(covered) == 36 and covered["value"].between(0.92 - 0.03, 1).all()
    assert covered.loc[covered["data"] == "map", "value"].mean() == pytest.approx(0.95, abs=0.01)


def test_a_reduced_pooled_run_covers_over_a_cycle():
    rows = pd.DataFrame(pooled(25, 7, regimes=("cycle",), noises=(0.05,)))
    assert rows["value"].between(0.92, 0.97).all() and len(rows) == 4


def test_the_table_is_what_the_program_writes():
    """One cell anew: every cell has a seed of its own."""
    table = pd.read_csv(TABLE)
    cell = table.query("regime == 'cycle' and data == 'map' and years == 5 and noise == 0.05")
    made = pd.DataFrame(one_region(2_000, 1, years=(5,), noises=(0.05,)))
    again = made[(made["regime"] == "cycle") & (made["data"] == "map")]
    assert cell["quantity"].tolist() == again["quantity"].tolist()
    for column in ("value", "low", "high"):
        assert cell[column].to_numpy() == pytest.approx(
            again[column].to_numpy(), rel=1e-3, abs=1e-6
        )


def test_what_the_table_shows():
    """Coverage of 93 to 97 % with noise .05, one region; pooled over a cycle 92 to 97 %."""
    table = pd.read_csv(TABLE).query("estimator == 'trapezoid' and noise == 0.05")
    covered = table[table["quantity"].isin(["coverage_x1", "coverage_x2"])]
    together = covered["regime"].str.startswith("pooled")
    assert set(covered.loc[~together, "years"]) == {5, 8, 12}
    assert covered.loc[~together, "value"].between(0.93, 0.97).all()
    assert covered.loc[covered["regime"] == "pooled cycle", "value"].between(0.92, 0.97).all()
