"""Algae and rotifers in chemostats, a relation that is known: what the rule said of it, once.

Rotifers (x2) eat algae (x1), so that A12 < 0 < A21 (Blasius and others 2020, Nature 577, 226). The
rule and the grid were fixed beforehand: for each whole day the sample nearest to it, of all ten
chemostats. The figures stand in `data/raw/chemostats`.
"""

import json
from pathlib import Path

import numpy as np
import pytest

from coevo.equilibria.output_series import pair_values
from coevo.errors import Refusal
from coevo.estimation.pooled_batches import years_of
from coevo.inference.null_families import FAMILIES, NULLS, nulls_of
from coevo.inference.panel_simulation import panel_blocks
from coevo.inference.relation_rule import (
    DRAWS,
    families_of,
    judged_steps,
    observed_effects,
    relation,
    sizes_under,
)
from coevo.study.readiness import check_study
from coevo.study_data import StudyData

HERE = Path(__file__)
KNOWN = json.loads(HERE.with_name("chemostats.json").read_text("utf-8"))["studies"]["chemostats"]
CONFIG = HERE.parents[2] / "config" / "chemostats.yaml"


@pytest.fixture(scope="module")
def pair():
    checked = check_study(str(CONFIG))
    study = StudyData(checked.config, checked.indicators, {"panel": checked.panel})
    return pair_values(study, checked.config["interaction"])


@pytest.mark.whole
def test_the_rule_says_of_the_chemostats_what_it_said_once(pair):
    steps = judged_steps(pair)
    assert (len(steps.year), steps.region.max() + 1) == (KNOWN["rows"], KNOWN["regions"])
    S, families = families_of(steps, 1)
    assert S.tolist() == pytest.approx(KNOWN["S"], rel=1e-6)
    for of, expected in zip(families, KNOWN["families"], strict=True):
        for family in FAMILIES:
            judged = {key: getattr(of[family], key) for key in ("low", "high", "allowed")}
            assert judged == pytest.approx(expected[family], rel=1e-5)
    effects, _ = observed_effects(pair)
    np.testing.assert_allclose(effects.A, KNOWN["A"], rtol=1e-6)
    np.testing.assert_allclose(effects.t, KNOWN["t"], rtol=1e-6)
    assert nulls_of(families) == []
    with pytest.raises(Refusal) as refused:
        relation(pair)
    assert refused.value.key == "no_null_left"


def test_beside_the_refusal_one_half_exceeds_nearly_every_null():
    """Algae feed rotifers: in nearly all nulls; rotifers eat algae: where these have own limits."""
    least = abs(np.array(KNOWN["t"])).min(axis=0)
    beyond = {null: least > limits for null, limits in KNOWN["critical"].items()}
    assert sum(A21 for _, A21 in beyond.values()) == 11
    assert {null.split()[1] for null, (A12, _) in beyond.items() if A12} == {"own_limits"}


@pytest.mark.whole
def test_critical_values_are_those_of_the_rule(pair):
    steps = judged_steps(pair)
    years, (_, families) = years_of(steps), families_of(steps, 1)
    null, generator = NULLS[0], np.random.default_rng(1).spawn(len(NULLS))[0]
    parts = [
        sizes_under(null, steps, years, families, n, own)
        for n, own in panel_blocks(DRAWS, len(steps.year), generator)
    ]
    found = np.quantile(np.concatenate(parts, axis=-1), 0.975, axis=-1)
    assert found.tolist() == pytest.approx(KNOWN["critical"][" ".join(null)], rel=1e-6)
