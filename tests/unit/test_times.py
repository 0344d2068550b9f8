"""Times in place of years: which sample stands for a step, what is refused, what is left out."""

import pandas as pd
import pytest
from openpyxl import Workbook

from coevo.errors import StudyError
from coevo.observations import observe
from coevo.observations.recognition import StudyTerms
from tests.unit.cases import sections

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
    units_read_as = {"prey": "count", "predators": "count"}
    known = StudyTerms(INDICATORS, regions, units_read_as, {}, period=PERIOD | period)
    return observe([path.as_posix()], folder.as_posix(), known)


@pytest.mark.parametrize("case", sections("times"), ids=lambda case: case["what"])
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
