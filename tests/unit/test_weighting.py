"""What holds for every weighting method of the registry, and entropy by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from coevo.errors import StudyError
from coevo.weighting import (
    WEIGHTINGS,
    available,
    combined,
    information_entropy,
    methods,
    not_allowed,
    weigh,
)
from coevo.weighting.combined import game_combination, linear_combination
from coevo.weighting.methods import (
    RANDOM_INDEX,
    bartlett_sphericity,
    components,
    consistency,
    indicator_correlations,
    kaiser_meyer_olkin,
    pca_spssau_weights,
    pca_weights,
)
from tests.panels import long
from tests.unit.cases import sections

figures = arrays(
    float, st.tuples(st.integers(4, 12), st.integers(2, 5)), elements=st.floats(0.01, 0.99)
).filter(lambda Z: (np.ptp(Z, axis=0) > 1e-3).all())


ALONE = sorted(
    name for name, method in WEIGHTINGS.items() if not method.needs
)  # methods that need nothing but figures


@pytest.mark.parametrize("name", ALONE)
@given(drawn=figures, seed=st.integers(0, 1000))
def test_weights_are_shares_that_follow_their_columns(name, drawn, seed):
    rng = np.random.default_rng(seed)
    # a method that refuses figures drawn one by one gets some that rise together
    for Z in (drawn, (drawn + rng.uniform(0.01, 0.99, (len(drawn), 1))) / 2):
        try:
            w = WEIGHTINGS[name](Z, raw=Z)
            break
        except StudyError:
            continue
    else:
        assume(False)
    assert (w >= 0).all() and w.sum() == pytest.approx(1)
    rows, columns = rng.permutation(len(Z)), rng.permutation(Z.shape[1])
    shuffled = Z[rows][:, columns]
    np.testing.assert_allclose(WEIGHTINGS[name](shuffled, raw=shuffled), w[columns], atol=1e-9)


@pytest.mark.parametrize("name", ALONE)
def test_a_change_of_unit_changes_no_weight(name):
    rng = np.random.default_rng(3)
    raw = np.exp(rng.normal(size=(30, 4)) @ (np.eye(4) + 0.5))
    Z = 0.01 + 0.98 * (raw - raw.min(axis=0)) / np.ptp(raw, axis=0)
    w = WEIGHTINGS[name](Z, raw=raw)
    np.testing.assert_allclose(WEIGHTINGS[name](Z, raw=raw * [1, 10, 1e4, 0.5]), w, atol=1e-12)


def test_principal_components_by_hand():
    # three indicators, the first two the same: R has eigenvalues 2, 1, 0 with 1, 2 in the first
    x, y = np.array([1.0, -1, 1, -1]), np.array([1.0, 1, -1, -1])
    Z = np.column_stack([x, x, y])
    values, vectors = components(Z)
    np.testing.assert_allclose(values, [2.0])
    np.testing.assert_allclose(vectors[:, 0], [2**-0.5, 2**-0.5, 0], atol=1e-9)
    np.testing.assert_allclose(pca_weights(Z), [0.5, 0.5, 0], atol=1e-9)
    np.testing.assert_allclose(pca_spssau_weights(Z), [0.5, 0.5, 0], atol=1e-9)
    # all components kept would give equal weights, whatever the figures: so they are not kept
    full, v = np.linalg.eigh(indicator_correlations(Z + np.eye(4)[:, :3] * 1e-3))
    np.testing.assert_allclose(v**2 @ full, 1.0)


@given(w=arrays(float, (2, 4), elements=st.floats(0.05, 1)))
def test_game_weights_lie_between_the_methods_they_combine(w):
    parts = w / w.sum(axis=1, keepdims=True)
    assume(np.abs(parts[0] - parts[1]).max() > 0.01)
    found = game_combination(parts)
    assert found.sum() == pytest.approx(1)
    low, high = parts.min(axis=0), parts.max(axis=0)
    assert (found >= low - 1e-9).all() and (found <= high + 1e-9).all()


SETTINGS = {"method": "entropy"}
RICH = {
    "method": "game",
    "given": {"a": 1, "b": 3, "c": 1},
    "judgements": {"s": [[1, 2], [0.5, 1]], "t": [[1]]},
    "combine": {"methods": ["given", "ahp"], "shares": [0.5, 0.5]},
}


def small_study():
    indicators = pd.DataFrame({"indicator": list("abc"), "subsystem": ["s", "s", "t"]})
    figures = np.random.default_rng(1).uniform(0.01, 0.99, (3, 2, 3))
    figures[:, :, 1] += figures[:, :, 0]
    panel = long(figures / 2, "abc")
    return panel.rename(columns={"value": "z"}), panel, indicators


@pytest.mark.parametrize("settings", [SETTINGS, RICH])
def test_the_table_has_every_method_that_has_what_it_needs(settings):
    table = weigh(*small_study(), settings)
    assert set(table["weighting"]) == set(available(settings))
    assert set(available(RICH)) == set(WEIGHTINGS)
    if settings is RICH:
        own = table.set_index(["weighting", "indicator"])["weight"]
        assert own["given"].to_dict() == {"a": 0.25, "b": 0.75, "c": 1.0}
        assert own["ahp"].loc[["a", "b"]].tolist() == pytest.approx([2 / 3, 1 / 3])
        assert own["linear"]["a"] == pytest.approx((0.25 + 2 / 3) / 2)
    sums = table.groupby(["weighting", "subsystem"])["weight"].sum()
    np.testing.assert_allclose(sums, 1.0)


def test_a_method_that_the_figures_do_not_allow_is_left_out_unless_it_is_chosen():
    normalised, panel, indicators = small_study()
    panel.loc[panel["indicator"] == "c", "value"] -= panel.loc[
        panel["indicator"] == "c", "value"
    ].mean()
    table = weigh(normalised, panel, indicators, SETTINGS)
    assert "cv" not in set(table["weighting"])
    why = not_allowed(table, normalised, panel, indicators, SETTINGS)
    assert "cv" in why and set(why) == set(available(SETTINGS)) - set(table["weighting"])
    assert list(why) == sorted(why) and all(why.values())
    also_cv = pd.concat([table, table.iloc[:1].assign(weighting="cv")])
    assert "cv" not in not_allowed(also_cv, normalised, panel, indicators, SETTINGS)
    with pytest.raises(StudyError, match=r"weighting.method: cv: .*figures of both signs"):
        weigh(normalised, panel, indicators, {"method": "cv"})


def test_comparisons_may_be_rounded_and_there_are_at_most_fifteen():
    assert consistency([[1, 3], [0.33, 1]])[0] == pytest.approx([0.7509, 0.2491], abs=1e-3)
    assert consistency(np.ones((15, 15)))[1] == pytest.approx(15)
    # Saaty's RI of three is .52 or .58; the index itself is (lambda - n)/(n - 1)
    table = [[1, 2, 4], [1 / 2, 1, 4], [1 / 4, 1 / 4, 1]]
    _, largest, ratio = consistency(table)
    assert largest == pytest.approx(max(np.linalg.eigvals(table).real))
    assert ratio == pytest.approx((largest - 3) / 2 / RANDOM_INDEX[2])


def test_sphericity_of_five_indicators_has_ten_degrees_of_freedom():
    Z = np.random.default_rng(2).normal(size=(20, 5))
    chi2, df = bartlett_sphericity(Z)
    r = np.corrcoef(Z, rowvar=False)
    assert df == 10 and chi2 == pytest.approx(-(20 - 1 - 15 / 6) * np.log(np.linalg.det(r)))
    partial = np.linalg.inv(r)
    partial = partial / np.sqrt(np.outer(np.diag(partial), np.diag(partial)))
    off = ~np.eye(5, dtype=bool)
    both = (r[off] ** 2).sum() + (partial[off] ** 2).sum()
    assert kaiser_meyer_olkin(Z) == pytest.approx((r[off] ** 2).sum() / both)


X, Y = np.array([1.0, -1, 1, -1]), np.array([1.0, 1, -1, -1])  # each of mean 0, uncorrelated


def test_contrast_times_conflict_by_hand():
    # sd 1, 2 and 1; r of the first two is 1, the third is correlated with none
    w = WEIGHTINGS["critic"](np.column_stack([X, 2 * X, Y]))
    np.testing.assert_allclose(w, np.array([1, 2, 2]) / 5)
    for name in ("critic", "pca", "pca_spssau"):  # one alone has the whole weight
        assert WEIGHTINGS[name](X[:, None], raw=X[:, None]).tolist() == [1.0]


def test_coefficients_of_variation_are_those_of_the_figures_before_normalisation():
    raw = np.array([[1.0, -1], [3, -3]])  # sd 2 ** .5 over mean 2, of both signs
    other = np.array([[0.0, 1], [2, 3]])  # 2 ** .5 over 1 and 2
    np.testing.assert_allclose(WEIGHTINGS["cv"](other, raw=raw), [0.5, 0.5])
    np.testing.assert_allclose(WEIGHTINGS["cv"](other), [2 / 3, 1 / 3])
    # one that is 0 throughout does not vary
    assert WEIGHTINGS["cv"](np.column_stack([other[:, 0], [0.0, 0.0]])).tolist() == [1, 0]


def test_comparisons_are_refused_from_a_ratio_of_a_tenth_on():
    assert WEIGHTINGS["ahp"](np.ones((2, 1)), judgements=[[1]]).tolist() == [1.0]
    # a ratio of .1 itself contradicts: lambda of a 3 by 3 table is 1 + s + 1/s, s**3 = a12 a23 a31
    half = 1 + 0.1 * 0.58
    most = half + np.sqrt(half**2 - 1)  # s + 1/s = 2 + 2 * .58 * .1
    for cube, refused in (((most - 1e-3) ** 3, False), ((most + 1e-3) ** 3, True)):
        table = [[1, 1, 1 / cube], [1, 1, 1], [cube, 1, 1]]
        if refused:
            with pytest.raises(StudyError, match=r"0\.10[01], must be below 0\.1; revise the tab"):
                WEIGHTINGS["ahp"](np.ones((2, 3)), judgements=table)
        else:
            assert WEIGHTINGS["ahp"](np.ones((2, 3)), judgements=table).sum() == pytest.approx(1)


def test_components_have_the_sign_of_their_sum():
    np.testing.assert_allclose(pca_weights(np.column_stack([X, X, Y, Y])), [0.25] * 4)
    values, vectors = components(np.column_stack([X, X, X, -X, Y, Y]))
    np.testing.assert_allclose(values, [4, 2])
    np.testing.assert_allclose(vectors[:, 0], [0.5, 0.5, 0.5, -0.5, 0, 0], atol=1e-12)
    assert (vectors.sum(axis=0) > 0).all()


def test_adequacy_without_an_inverse_or_correlation_is_none():
    assert np.isnan(kaiser_meyer_olkin(np.column_stack([X, X])))
    assert np.isnan(kaiser_meyer_olkin(np.column_stack([X, Y])))
    chi2, df = bartlett_sphericity(np.column_stack([X, X, X]))
    assert chi2 == np.inf and df == 3


def test_the_table_names_method_subsystem_and_indicator_beside_weight_and_entropy():
    normalised, panel, indicators = small_study()
    indicators.loc[3] = ["people", ""]  # of no subsystem: it has no weight
    table = weigh(normalised, panel, indicators, SETTINGS)
    assert table.index.tolist() == list(range(len(table)))
    assert set(table["indicator"]) == set("abc")
    assert list(table) == ["weighting", "subsystem", "indicator", "weight", "entropy"]
    own = table[table["weighting"] == "equal"].set_index("indicator")
    assert own["subsystem"].to_dict() == {"a": "s", "b": "s", "c": "t"}
    assert own["weight"].to_dict() == {"a": 0.5, "b": 0.5, "c": 1.0}
    for indicator, rows in normalised.groupby("indicator"):
        e = information_entropy(rows["z"].to_numpy()[:, None])[0]
        assert own.loc[indicator, "entropy"] == pytest.approx(e)


@pytest.mark.parametrize("case", sections("refused_weights"), ids=lambda case: case["said"])
def test_what_gives_no_weights_is_refused(case):
    method = {**vars(combined), **vars(methods)}[case["method"]]
    for figures, *others in case["given"]:
        options = others.pop() if others and isinstance(others[-1], dict) else {}
        with pytest.raises(StudyError, match=case["said"]):
            method(np.array(figures, dtype=float), *others, **options)


def test_a_component_that_weighs_negatively_is_no_weight():
    x = np.linspace(0, 1, 20)
    Z = np.column_stack([x, x + 0.01 * np.sin(40 * x), 1 - x])
    with pytest.raises(StudyError, match="negative weight"):
        pca_spssau_weights(Z)
    assert (pca_weights(Z) > 0).all()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"method": "given", "given": {"a": 1, "b": 1}}, "weighting.given: no weight for c"),
        ({"method": "ahp", "judgements": {"s": [[1, 1], [1, 1]]}}, "no comparisons for t"),
    ],
)
def test_what_is_lacking_is_named(settings, said):
    with pytest.raises(StudyError, match=said):
        weigh(*small_study(), settings)


def test_given_weights_and_combinations_at_their_bounds():
    assert WEIGHTINGS["given"](np.ones((3, 2)), weights=[0, 0.5]).tolist() == [0.0, 1.0]
    assert linear_combination([[0.2, 0.8], [0.6, 0.4]], [1, 0]) == pytest.approx([0.2, 0.8])
    np.testing.assert_allclose(game_combination([[0.3, 0.7], [0.3, 0.7]]), [0.3, 0.7])
    near = [[0.3, 0.7], [0.3 + 1e-4, 0.7 - 1e-4]]
    assert game_combination(near) == pytest.approx([0.3, 0.7], abs=2e-4)


def test_entropy_counts_zero_as_zero():
    # shares 1/2, 1/2 and 0 of three rows: ln 2 / ln 3
    assert information_entropy([[2.0], [2.0], [0.0]]) == pytest.approx(np.log(2) / np.log(3))
    assert information_entropy([[1.0], [3.0]]) == pytest.approx(
        -(0.25 * np.log2(0.25) + 0.75 * np.log2(0.75))
    )
