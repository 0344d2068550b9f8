"""The section on prediction: one verdict, what the next year is told by, what came nearest."""

import pytest

from coevo.files import as_table
from coevo.report.findings.predicted import prediction_finding
from coevo.report.words.template_values import worded
from coevo.schema import LANGUAGES
from tests.sample import FOCUS, Tables, picked, put, study, tables, words_of

BETTER = {"series": "x1", "model": "grey", "horizon": 1}
SERIES = ("x1", "x2", "D")


def some() -> Tables:
    """Tables in which a grey model tells x1 better than drift, with its forecast."""
    made = put(tables(), "prediction_verdicts", BETTER, verdict="better", ratio=0.8, p=0.004)
    drift = {"series": "x1", "model": "drift", "origin": 2020, "horizon": 1}
    return put(made, "predictions", drift, model="grey")


def too_few() -> Tables:
    verdicts, errors = (tables()[f"prediction_{name}"] for name in ("verdicts", "errors"))
    few = verdicts["verdict"].where(verdicts["verdict"] == "", "too_few_origins")
    verdicts = verdicts.assign(verdict=few)
    return {"prediction_verdicts": verdicts, "prediction_errors": errors[errors["origin"] > 2017]}


def refused() -> Tables:
    names = ("predictions", *(f"prediction_{name}" for name in ("verdicts", "errors", "checks")))
    row = {"model": "", "origin": 2020, "message": "too_few_years_to_predict"}
    rows = [row | {"series": name, "fields": '{"years": 5, "least": 6}'} for name in SERIES]
    made = {name: tables()[name].iloc[:0] for name in names}
    return made | {"prediction_refusals": as_table("prediction_refusals", rows)}


WORLDS = {"some": some, "nothing": tables, "too_few": too_few, "refused": refused}


@pytest.mark.parametrize("verdict", WORLDS)
def test_the_finding_follows_the_verdict_and_has_its_sentence(verdict):
    found = [prediction_finding(study(language=name, **WORLDS[verdict]())) for name in LANGUAGES]
    assert {one["verdict"] for one in found} == {verdict}
    for language in LANGUAGES:
        words = worded(study(language=language, **WORLDS[verdict]()), words_of("phrases", language))
        assert words.say(f"prediction/finding/{verdict}")


def test_the_next_year_is_told_by_what_beat_drift_else_by_drift():
    found, seen = prediction_finding(study(**some())), tables()["prediction_verdicts"]
    assert found["better"] == {"x1": "grey"} and found["others"] == ["x2", "D"]
    told = [(row["series"], row["model"], row["year"]) for row in found["next"]]
    assert told == [("x1", "grey", 2021), ("x2", "drift", 2021), ("D", "drift", 2021)]
    for row in found["next"]:
        own = seen[picked(seen, series=row["series"], model=row["model"], horizon=1)]
        assert row["covered"] == own["covered"].iloc[0]


def test_of_a_series_that_no_model_tells_better_the_nearest_is_named():
    """With what it would have to reach, a half of 0.05 through the number of rivals."""
    near = prediction_finding(study())["near"]
    assert {row["series"] for row in near} == {"D"}  # no model of an output errs less than drift
    made = put(tables(), "prediction_verdicts", BETTER, ratio=0.8, p=0.01)
    seen = made["prediction_verdicts"]
    rivals = seen.loc[picked(seen, **BETTER), "rivals"].iloc[0]
    (row,) = [row for row in prediction_finding(study(**made))["near"] if row["series"] == "x1"]
    told = {"model": "grey", "ratio": 0.8, "p": 0.01, "limit": pytest.approx(0.05 / rivals)}
    assert row == told | {"series": "x1"}


def test_a_forecast_of_D_above_1_is_said_to_be_beyond_the_goalposts():
    """It is not cut: the figure that it is held against may pass 1 by the same ruler."""
    last = {"series": "D", "scope": FOCUS, "origin": 2020, "horizon": 1}
    for high, beyond in ((0.99, False), (1.02, True)):
        made = put(tables(), "predictions", last, high=high)
        chosen = study(**made)
        rows = prediction_finding(chosen)["next"]
        assert ["off_scale" in row["parts"] for row in rows] == [False, False, beyond]
        line = worded(chosen, words_of("phrases", "en")).say("prediction/value", row=rows[-1])
        assert str(high).replace(".", r"\.") in line
