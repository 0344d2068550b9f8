"""Deng's five figures: GM(1,1), its forecasts and its level ratios."""

import json
from pathlib import Path

import numpy as np
import pytest

from coevo.prediction.models import grey, grey_model, level_ratios

DENG = json.loads(Path(__file__).with_name("prediction.json").read_text(encoding="utf-8"))["grey"]
X = np.array([DENG["x"]])


def test_deng_s_grey_model():
    found = grey_model(X)
    assert (found.a[0], found.b[0]) == pytest.approx((DENG["a"], DENG["b"]), rel=1e-12)
    told = found.value(np.arange(1, 9)[None])[0]
    assert told == pytest.approx(DENG["fitted_and_3_ahead"], rel=1e-12)


def test_deng_s_level_ratios_are_within_bounds():
    ratio, bound = level_ratios(X)
    assert ratio[0] == pytest.approx(DENG["level_ratio"], rel=1e-14)
    assert bound == pytest.approx([np.exp(2 / 6)])
    told = grey(np.log(X), 3)
    assert told.constants == {"level_ratio": 1.0}
    assert np.exp(told.logs[0]) == pytest.approx(DENG["fitted_and_3_ahead"][5:], rel=1e-12)
