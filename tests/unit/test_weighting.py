"""What holds for every weighting method of the registry, and entropy by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from coevo.errors import StudyError
from coevo.weighting import PARTS, WEIGHTINGS, available, information_entropy, not_allowed, weigh
from coevo.weighting.combined import (
    combinations,
    game_combination,
    geometric_combination,
    linear_combination,
    multiplicative_combination,
)
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


def test_entropy_by_hand():
    Z = np.array([[0.5, 1.0], [0.5, 0.0]])
    np.testing.assert_allclose(information_entropy(Z), [1.0, 0.0])
    np.testing.assert_allclose(WEIGHTINGS["entropy"](Z), [0.0, 1.0])


@given(Z=figures)
def test_entropy_lies_between_0_and_1(Z):
    e = information_entropy(Z)
    assert (e >= 0).all() and (e <= 1).all()


@pytest.mark.parametrize("Z", [[[-1.0], [2.0]], [[0.0], [0.0]], [[1.0]]])
def test_entropy_refuses_what_has_none(Z):
    with pytest.raises(StudyError):
        information_entropy(Z)


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
    with pytest.raises(StudyError, match="not correlated"):
        components(np.column_stack([x, y]))


def test_a_component_that_weighs_negatively_is_no_weight():
    x = np.linspace(0, 1, 20)
    Z = np.column_stack([x, x + 0.01 * np.sin(40 * x), 1 - x])
    with pytest.raises(StudyError, match="negative weight"):
        pca_spssau_weights(Z)
    assert (pca_weights(Z) > 0).all()


def test_adequacy_and_sphericity_by_hand():
    x, y = np.array([1.0, -1, 1, -1, 1, -1]), np.array([1.0, 1, -1, -1, 1, -1])
    r = np.corrcoef(x, y)[0, 1]
    # two indicators: the partial correlation is the correlation, so KMO is 1/2
    assert kaiser_meyer_olkin(np.column_stack([x, y])) == pytest.approx(0.5)
    chi2, df = bartlett_sphericity(np.column_stack([x, y]))
    assert chi2 == pytest.approx(-(6 - 1 - 9 / 6) * np.log(1 - r**2)) and df == 1


def test_comparisons_that_contradict_each_other_are_refused():
    round_robin = [[1, 5, 1 / 5], [1 / 5, 1, 5], [5, 1 / 5, 1]]
    assert consistency(round_robin)[2] > 0.1
    with pytest.raises(StudyError, match="contradict each other: consistency ratio"):
        WEIGHTINGS["ahp"](np.ones((2, 3)), judgements=round_robin)
    with pytest.raises(StudyError, match="reciprocal"):
        consistency([[1, 2], [2, 1]])
    w, largest, ratio = consistency([[1, 3], [1 / 3, 1]])
    np.testing.assert_allclose([*w, largest, ratio], [0.75, 0.25, 2.0, 0.0], atol=1e-12)


@given(w=arrays(float, (2, 4), elements=st.floats(0.05, 1)))
def test_game_weights_lie_between_the_methods_they_combine(w):
    parts = w / w.sum(axis=1, keepdims=True)
    assume(np.abs(parts[0] - parts[1]).max() > 0.01)
    found = game_combination(parts)
    assert found.sum() == pytest.approx(1)
    low, high = parts.min(axis=0), parts.max(axis=0)
    assert (found >= low - 1e-9).all() and (found <= high + 1e-9).all()


def test_methods_that_agree_are_their_own_compromise_and_a_pair_among_others_is_refused():
    np.testing.assert_allclose(game_combination([[0.3, 0.7], [0.3, 0.7]]), [0.3, 0.7])
    with pytest.raises(StudyError, match="do not differ enough"):
        game_combination([[0.3, 0.7], [0.3, 0.7], [0.6, 0.4]])
    with pytest.raises(StudyError, match="shares must be 2 numbers"):
        linear_combination([[0.5, 0.5], [0.4, 0.6]], [0.9, 0.2])


SETTINGS = {"method": "entropy"}
RICH = {
    "method": "game",
    "given": {"a": 1, "b": 3, "c": 1},
    "judgements": {"s": [[1, 2], [0.5, 1]], "t": [[1]]},
    "combine": {"methods": ["given", "ahp"], "shares": [0.5, 0.5]},
}


def small_study():
    rng = np.random.default_rng(1)
    indicators = pd.DataFrame({"indicator": list("abc"), "subsystem": ["s", "s", "t"]})
    figures = rng.uniform(0.01, 0.99, (3, 2, 3))
    figures[:, :, 1] += figures[:, :, 0]
    figures /= 2
    rows = [
        (str(r), y, i, figures[r, y, k])
        for r in range(3)
        for y in (0, 1)
        for k, i in enumerate("abc")
    ]
    normalised = pd.DataFrame(rows, columns=["region", "year", "indicator", "z"])
    return normalised, normalised.rename(columns={"z": "value"}), indicators


@pytest.mark.parametrize("settings", [SETTINGS, RICH])
def test_the_table_has_every_method_that_has_what_it_needs(settings):
    table = weigh(*small_study(), settings)
    assert set(table["weighting"]) == set(available(settings))
    assert set(available(RICH)) == set(WEIGHTINGS)
    sums = table.groupby(["weighting", "subsystem"])["weight"].sum()
    np.testing.assert_allclose(sums, 1.0)


def test_given_weights_and_comparisons_reach_the_table():
    table = weigh(*small_study(), RICH).set_index(["weighting", "indicator"])["weight"]
    assert table["given"].to_dict() == {"a": 0.25, "b": 0.75, "c": 1.0}
    assert table["ahp"].loc[["a", "b"]].tolist() == pytest.approx([2 / 3, 1 / 3])
    assert table["linear"]["a"] == pytest.approx((0.25 + 2 / 3) / 2)


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


def test_combined_weights_by_hand():
    parts = [[0.2, 0.8], [0.6, 0.4]]
    assert linear_combination(parts) == pytest.approx([0.4, 0.6])
    assert linear_combination(parts, [1, 0]) == pytest.approx([0.2, 0.8])
    assert multiplicative_combination(parts) == pytest.approx([0.12 / 0.44, 0.32 / 0.44])
    roots = np.sqrt([0.12, 0.32])
    assert geometric_combination(parts) == pytest.approx(roots / roots.sum())
    # [w_i . w_k] a = [w_i . w_i]: .68 a1 + .44 a2 = .68, .44 a1 + .52 a2 = .52
    a1, a2 = (0.68 * 0.52 - 0.44 * 0.52) / 0.16, (0.68 * 0.52 - 0.44 * 0.68) / 0.16
    assert game_combination(parts) == pytest.approx(
        [(0.2 * a1 + 0.6 * a2) / (a1 + a2), (0.8 * a1 + 0.4 * a2) / (a1 + a2)]
    )


@pytest.mark.parametrize(
    "shares", [[0.5, 0.5, 0.0], [1.0], [1.5, -0.5], [0.5, 0.4], [[0.5], [0.5]]]
)
def test_shares_that_are_none_are_refused(shares):
    with pytest.raises(
        StudyError, match=r"^shares must be 2 numbers, none negative, that sum to 1$"
    ):
        linear_combination([[0.5, 0.5], [0.4, 0.6]], shares)


def test_combinations_that_do_not_exist_are_refused():
    with pytest.raises(StudyError, match=r"^the methods agree on no indicator: every product"):
        multiplicative_combination([[1.0, 0.0], [0.0, 1.0]])
    for rule in (linear_combination, multiplicative_combination, game_combination):
        with pytest.raises(StudyError, match=r"^combined weights need the weights of at least two"):
            rule([[0.5, 0.5]])


def test_methods_of_the_registry_are_combined_with_what_each_needs():
    made = combinations(PARTS)
    assert set(made) <= set(WEIGHTINGS) and {m.needs for m in made.values()} == {"combine"}
    Z = np.random.default_rng(1).uniform(0.01, 0.99, (9, 2))
    own = WEIGHTINGS["entropy"](Z, raw=Z)
    options = {"given": {"weights": [1, 3]}}
    found = made["linear"](Z, raw=Z, methods=["given", "entropy"], options=options)
    np.testing.assert_allclose(found, np.mean([own, [0.25, 0.75]], axis=0))
    with_shares = {"methods": ["entropy", "given"], "shares": [0.1, 0.9], "options": options}
    np.testing.assert_allclose(made["linear"](Z, raw=Z, **with_shares), 0.1 * own + [0.225, 0.675])
    product = own * [0.25, 0.75]
    found = made["multiplicative"](Z, raw=Z, methods=["given", "entropy"], options=options)
    np.testing.assert_allclose(found, product / product.sum())


@pytest.mark.parametrize(
    "table", [[[1, 2]], [], [[1, np.inf], [0, 1]], [[1, np.nan], [1, 1]], [[1, -2], [-0.5, 1]]]
)
def test_what_is_no_table_of_comparisons_is_refused(table):
    with pytest.raises(
        StudyError, match=r"^comparisons must be a square table of positive numbers$"
    ):
        consistency(np.reshape(table, (-1, 2)) if table else np.zeros((0, 0)))


def test_comparisons_may_be_rounded_and_there_are_at_most_fifteen():
    assert consistency([[1, 3], [0.33, 1]])[0] == pytest.approx([0.7509, 0.2491], abs=1e-3)
    for other in (0.35, 0.5):  # 1.05 and 1.5 instead of 1
        with pytest.raises(StudyError, match=r"^comparisons must be reciprocal: the entry of j, i"):
            consistency([[1, 3], [other, 1]])
    assert consistency(np.ones((15, 15)))[1] == pytest.approx(15)
    with pytest.raises(StudyError, match=r"^comparisons of 16 items are too many; at most 15$"):
        consistency(np.ones((16, 16)))
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


@pytest.mark.parametrize("name", ["critic", "pca", "pca_spssau"])
def test_a_single_indicator_has_the_whole_weight(name):
    assert WEIGHTINGS[name](X[:, None], raw=X[:, None]).tolist() == [1.0]


def test_contrast_times_conflict_by_hand():
    # sd 1, 2 and 1; r of the first two is 1, the third is correlated with none
    w = WEIGHTINGS["critic"](np.column_stack([X, 2 * X, Y]))
    np.testing.assert_allclose(w, np.array([1, 2, 2]) / 5)
    with pytest.raises(StudyError, match=r"^CRITIC weights do not exist: all indicators are perf"):
        WEIGHTINGS["critic"](np.column_stack([X, 2 * X]))


def test_coefficients_of_variation_are_those_of_the_figures_before_normalisation():
    raw = np.array([[1.0, -1], [3, -3]])  # sd 2 ** .5 over mean 2, of both signs
    other = np.array([[0.0, 1], [2, 3]])  # 2 ** .5 over 1 and 2
    np.testing.assert_allclose(WEIGHTINGS["cv"](other, raw=raw), [0.5, 0.5])
    np.testing.assert_allclose(WEIGHTINGS["cv"](other), [2 / 3, 1 / 3])
    with pytest.raises(
        StudyError, match=r"^an indicator has figures of both signs; its coefficient"
    ):
        WEIGHTINGS["cv"](np.column_stack([X + 5, 1e6 * X]))
    # one that is 0 throughout does not vary
    assert WEIGHTINGS["cv"](np.column_stack([other[:, 0], [0.0, 0.0]])).tolist() == [1, 0]


def test_weights_that_no_figures_give_are_named_by_their_method():
    for name, title in (("entropy", "entropy"), ("cv", "CV")):
        with pytest.raises(
            StudyError, match=rf"^{title} weights do not exist: no indicator differs between rows$"
        ):
            WEIGHTINGS[name](np.ones((4, 2)))


@pytest.mark.parametrize("weights", [[1, 2, 3], [1], [1, np.nan], [np.inf, 1], [2, -1], [0, 0]])
def test_given_weights_that_are_none_are_refused(weights):
    with pytest.raises(
        StudyError, match=r"^given weights must be 2 numbers, none negative, not all zero$"
    ):
        WEIGHTINGS["given"](np.ones((3, 2)), weights=weights)


def test_a_given_weight_of_zero_is_one():
    assert WEIGHTINGS["given"](np.ones((3, 2)), weights=[0, 0.5]).tolist() == [0.0, 1.0]


def test_comparisons_of_other_indicators_are_refused():
    with pytest.raises(StudyError, match=r"^comparisons are of 2 indicators; the subsystem has 3$"):
        WEIGHTINGS["ahp"](np.ones((2, 3)), judgements=[[1, 1], [1, 1]])
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


@pytest.mark.parametrize(
    "Z", [[[1.0, 2.0]], np.column_stack([X, np.ones(4)]), np.column_stack([X, np.zeros(4)])]
)
def test_what_does_not_vary_has_no_correlation(Z):
    with pytest.raises(StudyError, match=r"^an indicator does not vary over the rows, so it has"):
        indicator_correlations(Z)


def test_correlations_do_not_leave_their_bounds_and_need_no_size():
    Z = np.column_stack([X, -3 * X + 7, 1e-14 * X, X + Y])
    r = 2**-0.5
    np.testing.assert_allclose(
        indicator_correlations(Z),
        [[1, -1, 1, r], [-1, 1, -1, -r], [1, -1, 1, r], [r, -r, r, 1]],
        atol=1e-12,
    )
    assert np.abs(indicator_correlations(np.random.default_rng(1).random((50, 9)))).max() <= 1


def test_components_that_do_not_determine_a_sign_are_refused():
    Z = np.column_stack([X, X, Y, Y])  # two components of the same variance, 2
    with pytest.raises(StudyError, match=r"^the components are not determined by these figures"):
        pca_spssau_weights(Z)
    np.testing.assert_allclose(pca_weights(Z), [0.25] * 4)
    with pytest.raises(StudyError, match=r"^the components are not determined by these figures"):
        pca_spssau_weights(np.column_stack([X, -X]))  # one that weighs for and against alike
    values, vectors = components(np.column_stack([X, X, X, -X, Y, Y]))
    np.testing.assert_allclose(values, [4, 2])
    np.testing.assert_allclose(vectors[:, 0], [0.5, 0.5, 0.5, -0.5, 0, 0], atol=1e-12)
    assert (vectors.sum(axis=0) > 0).all()


def test_adequacy_without_an_inverse_or_correlation_is_none():
    assert np.isnan(kaiser_meyer_olkin(np.column_stack([X, X])))
    assert np.isnan(kaiser_meyer_olkin(np.column_stack([X, Y])))
    chi2, df = bartlett_sphericity(np.column_stack([X, X, X]))
    assert chi2 == np.inf and df == 3


def test_entropy_counts_zero_as_zero_and_needs_two_rows():
    # shares 1/2, 1/2 and 0 of three rows: ln 2 / ln 3
    assert information_entropy([[2.0], [2.0], [0.0]]) == pytest.approx(np.log(2) / np.log(3))
    assert information_entropy([[1.0], [3.0]]) == pytest.approx(
        -(0.25 * np.log2(0.25) + 0.75 * np.log2(0.75))
    )
    for Z in ([[1.0]], [[-0.1], [2.0]], [[0.0], [0.0]], [[0.0, 1.0], [0.0, 2.0]]):
        with pytest.raises(
            StudyError, match=r"^entropy needs at least two rows of figures, none n"
        ):
            information_entropy(Z)


def test_games_of_methods_that_differ_little_and_more_methods_than_indicators():
    near = [[0.3, 0.7], [0.3 + 1e-4, 0.7 - 1e-4]]
    assert game_combination(near) == pytest.approx([0.3, 0.7], abs=2e-4)
    with pytest.raises(StudyError, match=r"^the methods do not differ enough for a game-theory"):
        game_combination([[0.3, 0.7], [0.5, 0.5], [0.6, 0.4]])


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
