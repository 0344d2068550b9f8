"""Certified values of the NIST Statistical Reference Datasets."""

import json
from pathlib import Path

import numpy as np
import pytest

from coevo.estimation.regression import regress

LINEAR = json.loads(Path(__file__).with_name("nist.json").read_text(encoding="utf-8"))["linear"]


@pytest.mark.parametrize("name", LINEAR)
def test_linear(name):
    case = LINEAR[name]
    y, x = np.array(case["rows"]).T
    found = regress(y, np.vander(x, case["degree"] + 1, increasing=True), constant=True)
    tolerance = 10.0 ** -case["digits"]
    assert found.coefficients == pytest.approx(case["coefficients"], rel=tolerance)
    assert np.sqrt(np.diag(found.covariance)) == pytest.approx(case["errors"], rel=tolerance)
    residual_sd = np.sqrt(found.residuals @ found.residuals / found.df)
    assert residual_sd == pytest.approx(case["residual_sd"], rel=tolerance)
    assert found.r_squared == pytest.approx(case["r_squared"], rel=tolerance)
    overall = found.test()
    assert pytest.approx(case["F"], rel=tolerance) == overall.F
    assert overall.df == (case["degree"], found.df) and overall.p < 1e-60
