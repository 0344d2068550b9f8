"""What holds for every weighting method of the registry, and entropy by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from coevo.errors import StudyError
from coevo.weighting import PARTS, WEIGHTINGS, available, information_entropy, weigh
from coevo.weighting.combined import (
    combinations,
    game_combination,
    geometric_combination,
    linear_combination,
    multiplicative_combination,
)
from coevo.weighting.principal_components import (
    bartlett_sphericity,
    components,
    indicator_correlations,
    kaiser_meyer_olkin,
    pca_spssau_weights,
    pca_weights,
)
from coevo.weighting.subjective import RANDOM_INDEX, consistency

figures = arrays(
    float, st.tuples(st.integers(4, 12), st.integers(2, 5)), elements=st.floats(0.01, 0.99)
).filter(lambda Z: (np.ptp(Z, axis=0) > 1e-3).all())


ALONE = sorted(
    name for name, method in WEIGHTINGS.items() if not method.needs
)  # methods that need nothing but figures


@pytest.mark.parametrize("name", ALONE)
@given(Z=figures, seed=st.integers(0, 1000))
def test_weights_are_shares_that_follow_their_columns(name, Z, seed):
    try:
        w = WEIGHTINGS[name](Z, raw=Z)
    except StudyError:
        assume(False)
    assert (w >= 0).all() and w.sum() == pytest.approx(1)
    rng = np.random.default_rng(seed)
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
    assert "cv" not in set(weigh(normalised, panel, indicators, SETTINGS)["weighting"])
    with pytest.raises(StudyError, match=r"weighting.method: cv: .*mean of zero"):
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
