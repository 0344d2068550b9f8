"""Predictions of the default study: every origin stands in the tables, verdicts one year ahead."""

import pytest

pytestmark = pytest.mark.whole
ORIGINS = {1: {2019, 2020, 2021, 2022}, 2: {2019, 2020, 2021}, 3: {2019, 2020}}


def test_every_origin_stands_in_the_tables(results):
    errors = results("provinces", "prediction_errors")
    assert set(errors["series"]) == {"x1", "x2", "D"} and (errors["n"] >= 30).all()
    for (series, horizon), rows in errors[errors["model"] == "drift"].groupby(
        ["series", "horizon"]
    ):
        assert set(rows["origin"]) == ORIGINS[horizon], series
        assert (rows["ratio"] == 1).all()


def test_each_ratio_is_that_of_the_errors_of_its_origin(results):
    errors = results("provinces", "prediction_errors")
    drift = errors[errors["model"] == "drift"].set_index(["series", "horizon", "origin"])["mae"]
    beside = drift.reindex(errors.set_index(["series", "horizon", "origin"]).index).to_numpy()
    whole = (errors["n"] == 31).to_numpy()  # where a model tells all regions that drift does
    assert whole.mean() > 0.8
    assert errors["ratio"][whole].to_numpy() == pytest.approx((errors["mae"] / beside)[whole])


def test_nothing_beats_drift_and_only_one_year_ahead_is_judged(results):
    verdicts = results("provinces", "prediction_verdicts")
    origins = verdicts.groupby("horizon")["origins"].agg(set).to_dict()
    assert origins == {1: {4}, 2: {3}, 3: {2}}
    judged = verdicts[verdicts["verdict"] != ""]
    assert set(judged["horizon"]) == {1} and "better" not in set(judged["verdict"])
    rivals = verdicts[(verdicts["horizon"] == 1) & (verdicts["model"] != "drift")]
    assert len(judged) == len(rivals)


def test_how_near_the_own_fit_of_lynx_and_hare_comes(results):
    verdicts = results("lynx-hare", "prediction_verdicts")
    own = verdicts.query("model == 'own' and horizon == 1").set_index("series")
    assert own["ratio"].to_dict() == pytest.approx({"x1": 0.58, "x2": 0.37}, abs=0.005)
    assert own["p"].to_dict() == pytest.approx({"x1": 0.028, "x2": 0.014}, abs=5e-4)
    assert (own["rivals"] == 3).all()
    assert own["verdict"].to_dict() == {"x1": "not_better", "x2": "better"}
