"""Models of prediction against the reported fits; errors and verdicts by hand."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.integrate import solve_ivp

from coevo.equilibria.output_series import pair_values
from coevo.estimation import fit
from coevo.estimation.growth import pool
from coevo.estimation.region import region_lines
from coevo.lotka_volterra.classic import orbit
from coevo.prediction import MODELS, predict
from coevo.prediction.models import drift, grey, growth_ahead, random_walk
from coevo.prediction.origins import Rulers, following, running
from coevo.prediction.past_errors import (
    best_model,
    diebold_mariano,
    error_rows,
    verdict_rows,
    with_intervals,
)
from coevo.study_data import StudyData
from tests.panels import COUPLING, SCALE, indexed, long, walks

RNG = np.random.default_rng(7)
Y = np.cumsum(0.1 + 0.05 * RNG.normal(size=(5, 9)), axis=1)
UNIVARIATE = (drift, random_walk, grey)
PAIR = {"upstream": "x1", "downstream": "x2", "estimator": "trapezoid", "others": []}
INDICATORS = pd.DataFrame({"indicator": ["x1", "x2"], "subsystem": "", "unit": "yuan"})


def panel_of(wide):
    wide = wide.assign(name=wide["region"], year=wide["year"] + 1, flag="")
    return wide.melt(["region", "name", "year", "flag"], var_name="indicator")


def panel(years=9, seed=3, regions=31):
    """Random walks with drift, from 2001 on."""
    return panel_of(walks(regions, years, ("x1", "x2"), seed=seed))


def cycles(years=30, regions=8):
    """Paths of the equations round a rest point of each region, told to half a per cent."""
    rng, slopes = np.random.default_rng(0), np.array([[0, -0.3], [0.3, 0]])
    parts = []
    for i in range(regions):
        rates = -slopes @ ([1.4, 1.0] * np.exp(0.3 * rng.normal(size=2)))
        path = solve_ivp(
            lambda _, u, r=rates: r + slopes @ np.exp(u),
            (0, years - 1), [0, 0], t_eval=range(years), rtol=1e-9,
        ).y.T  # fmt: skip
        x = np.exp(path + 0.005 * rng.normal(size=path.shape))
        part = pd.DataFrame(x, columns=["x1", "x2"])
        parts.append(part.assign(region=f"r{i:02}", year=np.arange(2000, 2000 + years)))
    return panel_of(pd.concat(parts, ignore_index=True))


def study_of(panel):
    """Return the study whose outputs are the two populations of a panel."""
    return StudyData({"interaction": PAIR}, INDICATORS, {"panel": panel})


def told(rows):
    columns = ["series", "model", "origin", "horizon", "scope", "forecast", "observed"]
    return pd.DataFrame(rows, columns=columns)


def test_drift_and_walk_by_hand():
    y = np.log([[1.0, 3.0, 4.0], [np.nan, 2.0, 4.0]])
    assert np.exp(drift(y, 2)) == pytest.approx(np.array([[8.0, 16.0], [8.0, 16.0]]))
    assert np.exp(random_walk(y, 2)) == pytest.approx(np.full((2, 2), 4.0))


@pytest.mark.parametrize("estimator", ["trapezoid", "lag", "spline"])
def test_lines_are_those_of_the_reported_fits(estimator):
    frame = pair_values(study_of(panel(regions=6)), PAIR)
    rows = pool(frame, ("x1", "x2"), estimator, "first")
    own = region_lines(rows.growth, rows.regressor, rows.region)
    for i, (_, part) in enumerate(frame.groupby("region")):
        one = fit(part["year"], part["x1"], part["x2"], estimator)
        scaled = one.coefficients * np.column_stack([np.ones(2), rows.units[i, ::-1]])
        assert own[i] == pytest.approx(scaled, rel=1e-8)


def test_equations_run_on_along_their_orbit():
    lines = np.array([[[0.55, -0.028], [-0.8, 0.024]]])
    path = orbit(0.55, 0.028, 0.8, 0.024 / 0.028, (34, 5.9), range(4))
    ahead = growth_ahead(lines, np.array([[34, 5.9]]), 3)[0]
    assert ahead == pytest.approx(np.log(path[1:] / path[0]), abs=1e-8)
    lost = growth_ahead(np.array([[[5.0, 1.0], [5.0, 1.0]]]), np.array([[9.0, 9.0]]), 2)
    assert np.isnan(lost).all()


def test_a_run_ends_at_a_gap_and_at_a_break():
    logs = np.array([[1.0, np.nan, 3, 4, 5], [1.0, 2, 3, 4, 5], [1.0, 2, 3, 4, np.nan]])
    breaks = np.zeros((3, 5), dtype=bool)
    breaks[1, 3] = True
    assert (~np.isnan(running(logs, breaks))).sum(axis=1).tolist() == [3, 2, 0]
    assert (~np.isnan(following(logs, breaks))).sum(axis=1).tolist() == [4, 3, 4]


def test_nine_years_have_four_three_and_two_origins():
    found = predict(study_of(panel()))
    drifts = found["prediction_verdicts"].query("model == 'drift' and series == 'x1'")
    assert drifts[["horizon", "origins"]].to_numpy().tolist() == [[1, 4], [2, 3], [3, 2]]
    assert drifts["covered"].tolist() == [3, 1, 0]
    assert set(found["prediction_verdicts"]["series"]) == {"x1", "x2"}
    judged = found["prediction_verdicts"].query("horizon == 1 and model != 'drift'")
    assert (judged["verdict"] != "").all() and len(judged) == 2 * (len(MODELS) - 1)
    later = found["prediction_verdicts"].query("horizon > 1")
    assert (later["verdict"] == "").all()
    after = found["predictions"].query("origin == 2009")
    assert after["observed"].isna().all() and after[["low", "high"]].notna().all(axis=None)
    assert len(after) == 2 * 31 and set(after["model"]) <= set(MODELS)


def test_no_forecast_knows_what_comes_later():
    whole, short = panel(9), panel(9).query("year < 2008")
    long, cut = (predict(study_of(p))["predictions"] for p in (whole, short))
    columns = ["scope", "series", "model", "origin", "horizon", "forecast", "low", "high"]
    early = long[long["origin"] + long["horizon"] <= 2007][columns].reset_index(drop=True)
    cut = cut[cut["origin"] < 2007][columns].reset_index(drop=True)
    pd.testing.assert_frame_equal(early, cut)


def test_intervals_hold_what_earlier_errors_stayed_within():
    errors = np.arange(1, 20) / 100
    rows = [("x1", "drift", 1, 1, str(i), 0.0, e) for i, e in enumerate(errors)]
    rows += [("x1", "drift", 2, 1, str(i), 1.0, 1.0) for i in range(19)]
    found = with_intervals(told(rows))
    assert found.loc[found["origin"] == 1, "low"].isna().all()
    # of 19 errors the 18th smallest is the least that 90 % of 20 stay within
    late = found[found["origin"] == 2]
    assert late["high"].to_numpy() == pytest.approx(np.full(19, 1.18))
    few = with_intervals(told(rows[:8] + rows[19:]))
    assert few["low"].isna().all()


def ratio_rows(ratios, model="own"):
    """Errors of a model, and of drift 1, at each origin."""
    rows = []
    for origin, ratio in enumerate(ratios):
        rows.append(("x1", "drift", origin, 1, "a", 1.0, 0.0))
        rows.append(("x1", model, origin, 1, "a", ratio, 0.0))
    return told(rows)


@pytest.mark.parametrize(
    ("ratios", "verdict"),
    [
        ((0.5, 0.5, 0.52, 0.48), "better"),
        ((0.9, 0.1, 0.9, 0.3), "not_better"),  # below 1, but not steadily
        ((0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 1.01), "better"),  # not at every origin
        ((2.0, 2.1, 1.9, 2.0), "worse"),
        ((1.0, 1.0, 1.0, 1.0), "not_better"),
        ((0.5, 0.5, 0.5), "too_few_origins"),
    ],
)
def test_verdicts(ratios, verdict):
    rows = ratio_rows(ratios)
    errors = error_rows(rows)
    (_, found) = verdict_rows(errors, with_intervals(rows))
    assert found["verdict"] == verdict
    assert found["ratio"] == pytest.approx(np.mean(ratios))
    table = pd.DataFrame([found])
    assert best_model(table, "x1") == ("own" if verdict == "better" else "drift")


def test_more_rivals_need_a_clearer_win():
    ratios = (0.8, 0.6, 0.75, 0.9)
    alone = ratio_rows(ratios)
    others = [ratio_rows(ratios, name) for name in ("grey", "random_walk")]
    others = pd.concat([alone, *(rows[rows["model"] != "drift"] for rows in others)])
    (_, one) = verdict_rows(error_rows(alone), with_intervals(alone))
    several = list(verdict_rows(error_rows(others), with_intervals(others)))
    assert several[1]["p"] == one["p"] and (one["rivals"], several[1]["rivals"]) == (1, 3)
    assert 0.01 < one["p"] < 0.05
    assert (one["verdict"], several[1]["verdict"]) == ("better", "not_better")


def test_the_test_is_that_of_diebold_and_mariano_with_the_small_sample_factor():
    """By their formulas: variance with divisor n, no lags, factor of one year ahead."""
    d = np.array([0.3, -0.1, 0.4, 0.2, 0.25, 0.05])
    n, h = len(d), 1
    DM = d.mean() / np.sqrt(((d - d.mean()) ** 2).sum() / n / n)
    factor = np.sqrt((n + 1 - 2 * h + h * (h - 1) / n) / n)
    assert diebold_mariano(d) == pytest.approx(2 * stats.t.sf(DM * factor, n - 1))
    assert diebold_mariano(-d) == diebold_mariano(d)
    assert np.isnan(diebold_mariano(d[:3])) and np.isnan(diebold_mariano(np.zeros(5)))


def test_a_model_is_held_against_drift_at_the_origins_and_regions_that_both_have():
    rows = [("x1", "drift", o, 1, "a", 1.0 + o, 0.0) for o in range(6)]
    rows += [("x1", "drift", o, 1, "b", 9.0, 0.0) for o in range(6)]
    rows += [("x1", "own", o, 1, "a", 0.5, 0.0) for o in range(2, 6)]
    errors = error_rows(told(rows))
    (_, found) = verdict_rows(errors, with_intervals(told(rows)))
    assert (found["origins"], found["verdict"]) == (4, "not_better")  # b is left out
    assert found["ratio"] == pytest.approx(2.0 / (3 + 4 + 5 + 6))
    assert found["p"] == pytest.approx(stats.ttest_1samp([2.5, 3.5, 4.5, 5.5], 0).pvalue)


@pytest.mark.parametrize("model", UNIVARIATE)
def test_years_before_a_run_and_the_unit_do_not_matter(model):
    later = np.hstack([np.full((5, 3), np.nan), Y]) + 2
    assert model(later, 3) == pytest.approx(model(Y, 3) + 2, abs=1e-5)


@pytest.mark.parametrize("composite", ["linear", "geometric", "topsis"])
@pytest.mark.parametrize("reference", ["panel", "year", "region", "vector", "moderate"])
def test_the_index_of_an_origin_is_that_of_a_study_which_ends_there(composite, reference):
    scaling = SCALE | {"reference": reference} if reference in ("year", "region") else SCALE
    scaling = scaling | {"method": "vector" if reference == "vector" else "minmax"}
    indicators = pd.DataFrame({"indicator": list("abcd"), "subsystem": list("sstt")})
    indicators["direction"] = ["+", "-", "+", "+"]
    if reference == "moderate":  # a, with goalposts of its own as d
        indicators.loc[0, ["direction", "best", "low", "high"]] = ["moderate", "1 2", "0", "9"]
        indicators.loc[3, ["low", "high"]] = ["0", "3"]
    panel = long(np.random.default_rng(4).lognormal(size=(6, 8, 4)), first=2001).assign(flag="")
    config = {"normalisation": scaling, "weighting": {"method": "entropy"}}
    config["coupling"] = COUPLING | {"composite": composite}
    rulers = Rulers(StudyData(config, indicators, {"panel": panel}))
    for origin in (2005, 2008):
        study = indexed(panel[panel["year"] <= origin], indicators, config).tables["coupling"]
        found = rulers.at(origin).query("year <= @origin")
        own, reported = (
            rows.set_index(["region", "year"])["D"].sort_index() for rows in (found, study)
        )
        pd.testing.assert_series_equal(own, reported, rtol=1e-12)


def test_what_cannot_be_told_says_why():
    few = predict(study_of(panel(5)))
    assert few["predictions"].empty and few["prediction_verdicts"].empty
    assert set(few["prediction_refusals"]["message"]) == {"too_few_years_to_predict"}
    broken = panel(9)
    broken.loc[(broken["region"] == "r00") & (broken["year"] == 2004), "flag"] = "filled"
    broken.loc[(broken["region"] == "r01") & (broken["year"] == 2003), "value"] = 0.0
    found = predict(study_of(broken))
    why = found["prediction_refusals"].groupby("scope")["message"].unique().map(set)
    assert why["r00"] == {"too_short_run"} and why["r01"] == {"zero_in_series"}
    assert found["predictions"]["scope"].nunique() == 30  # one has a run again at the last origin


def test_one_region_has_its_own_fit_from_enough_years():
    found = predict(study_of(panel(9, regions=1)))
    assert {"own", "grey"} <= set(found["prediction_errors"]["model"])
    assert found["predictions"]["low"].isna().all()


@pytest.mark.parametrize(("panel", "better"), [(cycles(), {"own"}), (panel(), set())])
def test_a_panel_of_the_model_is_told_better_and_a_random_walk_is_not(panel, better):
    verdicts = predict(study_of(panel), horizons=1)["prediction_verdicts"]
    won = verdicts[verdicts["verdict"] == "better"].groupby("series")["model"].agg(set)
    assert won.to_dict() == ({"x1": better, "x2": better} if better else {})
