"""Deng's five figures: GM(1,1) and its forecasts."""

import json
from pathlib import Path

import numpy as np
import pytest

from coevo.prediction.models import grey, grey_model

DENG = json.loads(Path(__file__).with_name("prediction.json").read_text(encoding="utf-8"))["grey"]
X = np.array([DENG["x"]])


def test_deng_s_grey_model():
    found = grey_model(X)
    assert (found.a[0], found.b[0]) == pytest.approx((DENG["a"], DENG["b"]), rel=1e-12)
    told = found.value(np.arange(1, 9)[None])[0]
    assert told == pytest.approx(DENG["fitted_and_3_ahead"], rel=1e-12)


def test_deng_s_forecasts():
    told = grey(np.log(X), 3)
    assert np.exp(told[0]) == pytest.approx(DENG["fitted_and_3_ahead"][5:], rel=1e-12)
