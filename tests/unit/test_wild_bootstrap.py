"""The wild cluster bootstrap-t, against a refit of every draw."""

from itertools import product

import numpy as np
import pandas as pd
import pytest

from coevo.errors import StudyError
from coevo.estimation import fit_pooled
from coevo.estimation.effects import EFFECTS
from coevo.inference.wild_bootstrap import (
    CLUSTERS,
    MOST,
    WEBB,
    of_all,
    of_drawn,
    of_few,
    points,
    wild_pooled,
)
from tests.panels import walks


def dummies(effects, region, year):
    regions = 1.0 * (region[:, None] == np.unique(region))
    years = 1.0 * (year[:, None] == np.unique(year)[1:])
    one = np.ones((len(region), 1))
    return {"none": one, "region": regions, "region+year": np.hstack([regions, years])}[effects]


def cluster_weights(clusters, draws, seed):
    return np.random.default_rng(seed).choice(points(clusters), (draws, clusters))


def refit(cluster, g, x, D, counted):
    """Return t of the slope on x beside D with the CR1 error, by one dense least squares."""
    Z = np.column_stack([x, D])
    inverse = np.linalg.inv(Z.T @ Z)
    b = inverse @ Z.T @ g
    scores = pd.DataFrame(Z * (g - Z @ b)[:, None]).groupby(cluster).sum().to_numpy()
    G, n = len(scores), len(g)
    V = inverse @ scores.T @ scores @ inverse
    correction = G / (G - 1) * (n - 1) / (n - 1 - counted)
    return b[0] / np.sqrt(correction * V[0, 0])


def one_at_a_time(region, year, g, x, effects, weights, by="region"):
    D = dummies(effects, region, year)
    counted = {"none": 1, "region": 0, "region+year": D.shape[1]}[effects]
    counted = counted if by == "region" else D.shape[1]
    fit = D @ np.linalg.lstsq(D, g, rcond=None)[0]
    cluster = region if by == "region" else year - year.min()
    growth = (fit + w[cluster] * (g - fit) for w in weights)
    return np.array([refit(cluster, new, x, D, counted) for new in growth])


def wild_test(region, year, g, x, effects, weights, cluster=None):
    """Return t of the sample and p by these weights; the regions are clusters if none are given."""
    cluster = region if cluster is None else cluster
    found = of_few(region, year, g, x, effects, cluster, of_drawn(weights))
    return found.slope / found.error, found.p()


@pytest.mark.parametrize("by", ["region", "year"])
@pytest.mark.parametrize("missing", [0.0, 0.15])
@pytest.mark.parametrize("effects", EFFECTS)
def test_equals_a_refit_of_every_draw(effects, missing, by):
    fit = fit_pooled(walks(years=7, missing=missing), "up", "down", effects=effects)
    weights = cluster_weights(9 if by == "region" else 6, 60, 3)
    cluster = fit.data.region if by == "region" else fit.data.year - fit.data.year.min()
    for i, (name, sign) in enumerate((("b1", -1), ("d", 1))):
        columns = (fit.data.growth[:, i], fit.data.regressor[:, 1 - i])
        places = (fit.data.region, fit.data.year)
        null = one_at_a_time(*places, *columns, effects, weights, by)
        found_t, p = wild_test(*places, *columns, effects, weights, cluster)
        (t,) = one_at_a_time(*places, *columns, effects, np.ones((1, 9)), by)
        if by == "region":
            assert sign * t == pytest.approx(getattr(fit, name) / fit.lines.errors()[name])
            assert wild_pooled(fit, 60, seed=3)[name][:2] == (sign * found_t, p)
        assert found_t == pytest.approx(t, rel=1e-9)
        assert p == (1 + (np.abs(null) >= abs(t) * (1 - 1e-9)).sum()) / 61


def test_weights_by_number_of_regions():
    many, few = points(13), points(12)
    assert many.tolist() == [-1, 1]
    assert np.unique(few**2) == pytest.approx([0.5, 1, 1.5]) and len(few) == 6
    for values in (many, few):
        assert values.mean() == pytest.approx(0, abs=1e-15)
        assert (values**2).mean() == pytest.approx(1)


def every_vector(points, clusters):
    return np.array(list(product(points, repeat=clusters)))


@pytest.mark.parametrize(("by", "effects"), [("year", "region"), ("region", "region+year")])
@pytest.mark.parametrize("missing", [0.0, 0.15])
def test_few_clusters_use_all_vectors_of_webbs_points(by, effects, missing):
    """Six clusters: p is the share of 6^6 refits, whatever the seed."""
    shape = (9, 7) if by == "year" else (6, 9)
    fit = fit_pooled(walks(*shape, missing=missing), "up", "down", effects=effects)
    cluster = CLUSTERS[by](fit)
    weights = every_vector(WEBB, 6)
    first, second = (wild_pooled(fit, seed=seed, by=by) for seed in (1, 2))
    for i, name in enumerate(("b1", "d")):
        columns = (fit.data.growth[:, i], fit.data.regressor[:, 1 - i])
        t, p = wild_test(fit.data.region, fit.data.year, *columns, effects, weights, cluster)
        share = (p * (1 + len(weights)) - 1) / len(weights)
        assert first[name].p == second[name].p == pytest.approx(share, abs=1e-12)
        assert first[name].t == pytest.approx([-1, 1][i] * t)


def test_thirteen_clusters_use_all_signs():
    """2^13 vectors are fewer than 6^8; nine clusters of six points are more."""
    assert [C for C in range(6, 30) if len(points(C)) ** C <= MOST] == [6, 7, 8, *range(13, 21)]
    rng = np.random.default_rng(2)
    a, Q = rng.normal(size=13), rng.normal(size=(13, 13))
    w = every_vector((-1.0, 1.0), 13)
    beyond = (w @ a) ** 2 >= 0.1 * ((w @ Q.T) ** 2).sum(axis=1)

    def form(w):
        return w @ a, Q @ w.T

    assert (
        0.1 < beyond.mean() < 0.9 and of_all(points(13), 13)((form, form), 0, 0.1) == beyond.mean()
    )
    assert of_drawn(w[:99])((form, form), 0, 0.1) == (1 + beyond[:99].sum()) / 100


@pytest.mark.parametrize("years", [7, 11])
def test_the_interval_holds_what_the_test_does_not_reject(years):
    """All vectors of six years of growth, draws of ten: p of growth less an end is .05."""
    fit = fit_pooled(walks(years=years), "up", "down", effects="region")
    found, cluster = wild_pooled(fit, by="year", level=0.95), CLUSTERS["year"](fit)
    weights = every_vector(WEBB, 6) if years == 7 else cluster_weights(10, 9999, 1)
    for i, (name, sign) in enumerate((("b1", -1), ("d", 1))):
        x = fit.data.regressor[:, 1 - i]

        def p(slope, i=i, x=x, sign=sign):
            g = fit.data.growth[:, i] - sign * slope * x
            return wild_test(fit.data.region, fit.data.year, g, x, "region", weights, cluster)[1]

        low, high = found[name].low, found[name].high
        assert low < getattr(fit, name) < high
        for end, out in ((low, -1), (high, 1)):
            assert p(end) == pytest.approx(0.05, abs=0.002)
            assert p(end + out * 0.2 * (high - low)) < 0.05 < p(end - out * 0.2 * (high - low))
    assert all(np.isnan(test.low) for test in wild_pooled(fit, 99, level=0.95).values())


def test_what_is_refused():
    fit = fit_pooled(walks(), "up", "down", effects="region")
    with pytest.raises(StudyError, match=r"^unknown clusters 'county'; known: region, year$"):
        wild_pooled(fit, by="county")
    with pytest.raises(StudyError, match="5 regions; a clustered error"):
        wild_pooled(fit_pooled(walks(5), "up", "down"))
    with pytest.raises(StudyError, match="5 years of growth"):
        wild_pooled(fit_pooled(walks(years=6), "up", "down"), by="year")
    places, x = (fit.data.region, fit.data.year), fit.data.regressor[:, 1]
    with pytest.raises(StudyError, match=r"^unknown effects 'county'; known: "):
        wild_test(*places, x, x, "county", cluster_weights(9, 60, 3))
    with pytest.raises(StudyError, match="without error"):
        wild_test(*places, 0 * x, x, "region", cluster_weights(9, 60, 3))
