"""The section on prediction: one verdict, what the next year is told by, what came nearest."""

import pytest

from coevo.files import as_table
from coevo.report.findings.predicted import prediction_finding
from coevo.report.words.template_values import worded
from coevo.schema import LANGUAGES
from tests.sample import Tables, put, study, tables, words_of

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
    names = ("predictions", *(f"prediction_{name}" for name in ("verdicts", "errors")))
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
