"""Times in place of years: which sample stands for a step, what is refused, what is left out."""

import json

import numpy as np
import pandas as pd
import pytest
from openpyxl import Workbook

from coevo.equilibria import estimate
from coevo.errors import StudyError
from coevo.observations import observe
from coevo.observations.recognition import StudyTerms
from coevo.panel import panel_tables
from coevo.study_data import StudyData
from tests.sample import panel_config
from tests.unit.cases import sections

TIMES = sections("times")
PERIOD = {"en": "day", "zh": "日", "grid": 1, "within": 0.5}
INDICATORS = pd.DataFrame({
    "indicator": ["prey", "predators"], "unit": "count", "source_name": ["prey", "predators"],
    "derivation": "", "subsystem": "", "label_en": ["prey", "predators"],
})  # fmt: skip


def observed(samples, folder, head="day", **period):
    """Read samples (unit, time, figures) from a workbook; "" is a blank."""
    path = folder / "2026-11" / "book.xlsx"
    path.parent.mkdir(parents=True, exist_ok=True)
    book = Workbook()
    for row in [["region", head, "prey", "predators"], *samples]:
        book.active.append([None if cell == "" else cell for cell in row])
    book.save(path)
    units = sorted({row[0] for row in samples})
    regions = pd.DataFrame({"region": units, "name_en": units})
    config = {"units_read_as": {"prey": "count", "predators": "count"}, "period": PERIOD | period}
    known = StudyTerms(INDICATORS, regions, config)
    return observe([path.as_posix()], folder.as_posix(), known)


@pytest.mark.parametrize("case", TIMES["samples"], ids=lambda case: case["what"])
def test_the_nearest_sample_stands_for_a_step(case, tmp_path):
    given = case["samples"], tmp_path, case.get("head", "day")
    if "says" in case:
        with pytest.raises(StudyError) as problem:
            observed(*given, **case.get("period", {}))
        assert case["says"] in str(problem.value)
        return
    found, remarks = observed(*given, **case.get("period", {}))
    for name in {"prey", "predators"} & case.keys():
        rows = found[found["indicator"] == name]
        values = rows["value"].astype(object).where(rows["value"].notna(), "missing")
        cells = zip(values, rows["cell"], strict=True)
        assert dict(zip(rows["year"], map(list, cells), strict=True)) == case[name]
    assert set(remarks.loc[remarks["check"] == "samples", "indicator"]) == {"prey", "predators"}


def predation(days, generator):
    """Yield uneven times from 0 on, with a prey and its predators as they were then."""
    x, time = np.log([2.0, 5.0]), 0.0
    while time <= days:
        yield time, *np.exp(x).tolist()
        for _ in range(20):
            drift = np.array([0.5, -0.35]) + [[0, -0.08], [0.15, 0]] @ np.exp(x)
            x = x + 0.05 * drift + generator.normal(0, 0.02, 2)
        time = round(time + 1 + generator.normal(0, 0.05), 2)


def estimated(samples, folder):
    """Panel and estimates of samples, by lags."""
    observations, remarks = observed(samples, folder)
    outputs = {"upstream": "prey", "downstream": "predators", "calibration": None}
    outputs |= {"estimator": "trapezoid", "confidence": 0.95}
    config = panel_config(0, 20, focus=samples[0][0], gaps="none") | {
        "period": PERIOD, "interaction": outputs, "accept": [], "robustness": {"seed": 1}
    }  # fmt: skip
    tables = {"observations": observations, "remarks": remarks}
    tables = panel_tables(StudyData(config, INDICATORS, tables))
    study = StudyData(config, INDICATORS, {"panel": tables["panel"]})
    return tables, estimate(study, estimators=("lag",))


def test_a_unit_that_tells_nothing_is_left_out_by_name(tmp_path):
    """Of few rows, with gaps longer than its series, constant, all zeros, blank."""
    generator = np.random.default_rng(5)
    paths = {unit: [*predation(20, generator)] for unit in [*TIMES["units"], "good", "one_zero"]}
    samples = []
    for unit, path in paths.items():
        said = TIMES["units"].get(unit, {})
        for time, prey, predators in path:
            if any(first <= time <= last for first, last in said.get("times", [[0, 99]])):
                seen = 0 if unit == "one_zero" and 3.5 < time < 4.5 else predators
                samples.append([unit, time, prey, said.get("predators", seen)])
    tables, made = estimated(samples, tmp_path)
    refused = made["refusals"].query("quantity == 'fit'").set_index("scope")["message"]
    assert dict(refused) == {unit: said["refused"] for unit, said in TIMES["units"].items()}
    assert made["parameters"]["estimate"].notna().all()
    counted = tables["audit"].query("message == 'not_in_model'").set_index("region")["fields"]
    told = {unit: said["told"] for unit, said in TIMES["units"].items() if "told" in said}
    found = {unit: json.loads(fields) for unit, fields in counted.items()}
    assert found == told | {"one_zero": {"figures": 1, "blank": 0}}
    panel = tables["panel"].query("region == 'one_zero' and indicator == 'predators'")
    assert panel.set_index("year").at[4, "flag"] == "missing:below_half_unit"
    other = tables["panel"].query("region == 'one_zero' and indicator == 'prey'").set_index("year")
    assert other["flag"].tolist() == ["missing:not_applicable" if y == 4 else "" for y in range(21)]


def test_one_unit_is_fitted_alone(tmp_path):
    path = predation(20, np.random.default_rng(5))
    made = estimated([["U1", *sample] for sample in path], tmp_path)[1]
    assert set(made["parameters"]["scope"]) == {"U1"}
