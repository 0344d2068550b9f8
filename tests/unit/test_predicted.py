"""The section on prediction: one verdict, one sentence, one table, in both languages."""

import pytest

from coevo.report.findings.predicted import prediction_finding
from coevo.report.words.markup import plain_text
from coevo.report.words.template_values import worded
from tests.foretold import prediction_tables, refused_predictions
from tests.sample import NAMES, study, words_of

SERIES = ("x1", "x2", "D")


def nothing_better():
    made = prediction_tables(NAMES, SERIES)
    verdicts = made["prediction_verdicts"]
    verdicts["verdict"] = verdicts["verdict"].replace("better", "not_better")
    return made


def too_few():
    made = prediction_tables(NAMES, SERIES)
    verdicts, errors = made["prediction_verdicts"], made["prediction_errors"]
    verdicts["verdict"] = verdicts["verdict"].where(verdicts["verdict"] == "", "too_few_origins")
    return made | {"prediction_errors": errors[errors["origin"] > 2018]}


WORLDS = {
    "some": lambda: prediction_tables(NAMES, SERIES),
    "nothing": nothing_better,
    "too_few": too_few,
    "refused": lambda: refused_predictions(SERIES),
}
SAID = {
    "some": (
        "is beaten by theta (for output of plants). No model is shown to beat it for sales of "
        "shops or *D*",
        "Theta方法（产值）优于漂移模型",
    ),
    "nothing": (
        "No model is shown to predict output of plants, sales of shops or *D* one year ahead",
        "未见任何模型对产值、销售额或*D*的预测优于漂移模型",
    ),
    "too_few": ("too few origins to tell", "预测起点过少"),
    "refused": ("5 years; a forecast", "仅5个年份"),
}


@pytest.mark.parametrize("verdict", WORLDS)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_finding_follows_the_verdict(verdict, language):
    chosen = study(language=language, **WORLDS[verdict]())
    found = prediction_finding(chosen)
    assert found["verdict"] == verdict
    words = worded(chosen, words_of("phrases", language))
    sentence = plain_text(words.say(f"prediction/finding/{verdict}"))
    assert SAID[verdict][language == "zh"].lower() in sentence.lower(), sentence


def test_the_next_year_is_told_by_what_beat_drift_else_by_drift():
    found = prediction_finding(study())
    assert found["better"] == {"x1": "theta"} and found["others"] == ["x2", "D"]
    told = [(row["series"], row["model"], row["year"]) for row in found["next"]]
    assert told == [("x1", "theta", 2021), ("x2", "drift", 2021), ("D", "drift", 2021)]
    assert [row["covered"] for row in found["next"]] == [3, 3, 3]


def test_of_a_series_that_no_model_tells_better_the_nearest_is_named():
    """With what it would have to reach; of D no model errs less than drift."""
    made = nothing_better()
    found = prediction_finding(study(**made))
    near = {"series": "x1", "model": "theta", "ratio": 0.8, "p": 0.004, "limit": 0.025}
    assert found["near"] == [near]
    assert prediction_finding(study())["near"] == []
    words = worded(study(**made), words_of("phrases", "en"))
    assert "theta for output of plants (0.80 of drift’s error" in plain_text(
        words.say("prediction/least", **near)
    )


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "by new goalposts *D* would not"), ("zh", "按新阈值重算后*D*不会")],
)
def test_a_forecast_of_D_above_1_is_said_to_be_beyond_the_goalposts(language, said):
    """It is not cut: the figure that it is held against may pass 1 by the same ruler."""
    made = prediction_tables(NAMES, SERIES)
    chosen = study(language=language, **made)
    assert not any("off_scale" in row["parts"] for row in prediction_finding(chosen)["next"])
    told = made["predictions"]
    told.loc[(told["series"] == "D") & (told["origin"] == 2020), "high"] = 1.02
    chosen = study(language=language, **made | {"predictions": told})
    rows = prediction_finding(chosen)["next"]
    assert ["off_scale" in row["parts"] for row in rows] == [False, False, True]
    words = worded(chosen, words_of("phrases", language))
    lines = [words.say("prediction/value", row=row) for row in rows]
    assert [said in line for line in lines] == [False, False, True] and r"1\.02" in lines[2]
