"""Deleted rows and power against refits, by hand and by simulation."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from coevo.equilibria.fit_checks import deletion_rows
from coevo.errors import StudyError, tried
from coevo.estimation import fit
from coevo.estimation.region import Equations
from coevo.estimation.regression import regress
from coevo.inference.fit_diagnostics import detectable, least_interaction, leave_one_row_out

PUBLISHED = Path(__file__).parents[1] / "published" / "population.json"
SERIES = json.loads(PUBLISHED.read_text(encoding="utf-8"))["series"]


def fitted(name, estimator="trapezoid"):
    return fit(*(SERIES[name][key] for key in ("t", "x1", "x2")), estimator)


@pytest.mark.parametrize("name", ["lynx_hare", "table_1"])
@pytest.mark.parametrize("estimator", ["trapezoid", "lag"])
def test_a_deleted_row_equals_a_refit(name, estimator):
    whole = fitted(name, estimator)
    without, turned = leave_one_row_out(whole)
    for i in range(whole.rows):
        rows = np.delete(np.arange(whole.rows), i)
        refit = [
            regress(g[rows], np.column_stack([np.ones(len(rows)), R[rows]]))
            for g, R in zip(whole.data.growth.T, whole.data.regressor.T[::-1], strict=True)
        ]
        E = [-one.coefficients[0] / one.coefficients[1] for one in reversed(refit)]
        assert without[i] == pytest.approx(E, rel=1e-10)
        signs = [np.sign(one.coefficients) for one in refit]
        assert (
            turned[i].tolist() == (np.ravel(signs) != np.sign(whole.coefficients.ravel())).tolist()
        )


def test_what_one_year_of_table_1_decides():
    """Without 2016-2017 the purchase rate is negative, and with it x2*."""
    E, turned = leave_one_row_out(fitted("table_1"))
    assert np.argwhere(turned).tolist() == [[0, 1]]
    assert (E[:, 1] < 0).tolist() == [True, False, False, False]


def test_three_rows_cannot_spare_one():
    x = np.array([[1.0, 2.0, 2.5, 4.0], [1.0, 1.5, 3.0, 2.0]])
    one = fit(range(4), *x)
    with pytest.raises(StudyError, match="3 growth rows cannot spare one"):
        leave_one_row_out(one)
    (refused,) = tried(deletion_rows(one), {"scope": "r"}, quantity="deletion")
    assert refused["quantity"] == "deletion"
    assert refused["message"] == "too_few_rows_to_delete"


def test_a_row_that_alone_varies_cannot_be_left_out():
    """R(x2) is the same in all rows but the last."""
    with pytest.raises(StudyError, match="does not vary"):
        leave_one_row_out(fit(range(5), range(1, 6), [1.0, 3.0, 1.0, 3.0, 7.0]))


@pytest.mark.parametrize("df", [1, 2, 6, 30, 1000])
def test_power_at_what_is_detectable(df):
    """By simulation of the t statistic; for many degrees of freedom 1.96 + .8416."""
    delta = detectable(df)
    rng = np.random.default_rng(df)
    t = (rng.standard_normal(200_000) + delta) / np.sqrt(rng.chisquare(df, 200_000) / df)
    assert np.mean(np.abs(t) > stats.t.ppf(0.975, df)) == pytest.approx(0.8, abs=0.004)
    assert 1 - stats.nct.cdf(stats.t.ppf(0.975, df), df, delta) == pytest.approx(0.8, abs=1e-4)
    if df == 1000:
        assert delta == pytest.approx(stats.norm.ppf(0.975) + stats.norm.ppf(0.8), abs=0.005)


def test_power_of_a_fit_in_original_units():
    V = np.array([np.diag([1.0, 0.2**2]), np.diag([1.0, 3.0**2])])
    found = least_interaction(Equations(np.ones((2, 2)), V, 6), 0.9)
    assert found == pytest.approx({"b1": 0.2 * detectable(6, 0.9), "d": 3 * detectable(6, 0.9)})
    # Table 1 would have to show interaction several times as strong
    table_1 = fitted("table_1")
    needed = least_interaction(table_1)
    assert needed["b1"] > 5 * abs(table_1.b1) and needed["d"] > 3 * abs(table_1.d)
