"""Every combination of choices: the main one is the study's own; sensitivity by exact shares."""

import itertools

import numpy as np
import pandas as pd
import pytest

from coevo.coupling.formulas import COMPOSITES, FORMS
from coevo.sensitivity.choices import CHOICES, Combinations, choice_sensitivity, scales
from coevo.sensitivity.headline_statistics import Surroundings
from coevo.sensitivity.multiverse import varied
from coevo.weighting import WEIGHTINGS
from tests.panels import indexed, long
from tests.sample import config

CONFIG = config() | {"focus_region": "3"}
ALONE = Surroundings(pd.DataFrame(), {}, 1)


def study(seed=1, regions=6, years=4):
    rng = np.random.default_rng(seed)
    common = rng.normal(size=(regions, years, 1))
    x = np.exp(common + rng.normal(size=(regions, years, 5)))
    indicators = pd.DataFrame({"indicator": list("abcde"), "subsystem": list("ssttt")})
    return long(x, "abcde"), indicators.assign(direction="+")


def degrees_of(weighting="entropy", **changed):
    """The table of D of the study whose settings differ in parts."""
    settings = CONFIG | {part: CONFIG[part] | values for part, values in changed.items()}
    settings = settings | {"weighting": settings["weighting"] | {"method": weighting}}
    return indexed(*study(), settings).tables["coupling"]


@pytest.fixture(scope="module")
def table():
    other = study(2)
    return varied(Combinations({"main": study(), "other": other}, CONFIG), ALONE)["multiverse"]


def test_every_combination_is_there_once(table):
    assert table["grades_changed"].between(0, 1).all() and (table["grades_changed"] > 0).any()
    weightings = sum(not method.needs for method in WEIGHTINGS.values())
    forms = len(FORMS) - 1  # the k-form needs a k of the study's own
    assert list(scales(CONFIG)) == [
        "panel [0.01, 0.99]", "panel [0, 1]", "year [0.01, 0.99]", "year [0, 1]", "ratio"
    ]  # fmt: skip
    most = 2 * len(scales(CONFIG)) * weightings * len(COMPOSITES) * forms
    assert not table.duplicated(list(CHOICES)).any()
    assert most * 0.8 <= len(table) <= most  # components do not exist for every draw of figures


def test_the_main_combination_is_what_the_study_computes(table):
    coupling, first = degrees_of(), table.iloc[0]
    assert first["main"] and first[list(CHOICES)].tolist() == [
        "main", "panel [0.01, 0.99]", "entropy", "linear", "standard"
    ]  # fmt: skip
    assert table["main"].sum() == 1
    last = coupling[coupling["year"] == 2018].set_index("region")
    assert first["D_mean"] == pytest.approx(coupling["D"].mean(), abs=1e-12)
    assert first["focus_D"] == pytest.approx(last["D"]["3"], abs=1e-12)
    assert first["focus_grade"] == last["grade"]["3"]
    assert first["focus_rank"] == (last["D"] > last["D"]["3"]).sum() + 1
    assert first["rank_correlation"] == pytest.approx(1) and first["grades_changed"] == 0


@pytest.mark.parametrize(
    ("normalisation", "coupling"),
    [
        ({}, {"preset": "spssau"}),
        ({"method": "vector"}, {"composite": "topsis"}),
        ({}, {"form": "k"}),
    ],
)
def test_the_main_combination_keeps_every_setting_of_the_study(normalisation, coupling):
    changed = {"normalisation": normalisation, "coupling": coupling}
    settings = CONFIG | {part: CONFIG[part] | values for part, values in changed.items()}
    expected = degrees_of(**changed)
    first = varied(Combinations({"main": study()}, settings), ALONE)["multiverse"].iloc[0]
    assert first["main"] and first["D_mean"] == pytest.approx(expected["D"].mean(), abs=1e-12)


def test_one_choice_by_hand(table):
    chosen = {"composite": "geometric", "form": "wang"}
    coupling = degrees_of("cv", normalisation={"range": [0.0, 1.0]}, coupling=chosen)
    row = table.set_index(list(CHOICES)).loc[("main", "panel [0, 1]", "cv", "geometric", "wang")]
    assert row["D_mean"] == pytest.approx(coupling["D"].mean(), abs=1e-12)


def test_shares_by_hand():
    """D = 1, 2, 3, 8 over form (rows) and weighting (columns): a two-way table of its own."""
    values = {("s", "e"): 1.0, ("s", "q"): 2.0, ("w", "e"): 3.0, ("w", "q"): 8.0}
    grid = pd.DataFrame(
        [("m", "p", weight, "l", form, D, D, 5.0) for (form, weight), D in values.items()],
        columns=[*CHOICES, "focus_D", "D_mean", "focus_rank"],
    )
    found = choice_sensitivity(grid).set_index(["outcome", "choice"])
    assert set(found.index.get_level_values("outcome")) == {"focus_D", "D_mean"}  # rank is fixed
    # variance 7.25; means by form 1.5 and 5.5, by weighting 2 and 5; the rest is interaction, 1
    assert found.loc[("focus_D", "form"), "first_order"] == pytest.approx(4 / 7.25)
    assert found.loc[("focus_D", "weighting"), "first_order"] == pytest.approx(2.25 / 7.25)
    assert found.loc[("focus_D", "form"), "total"] == pytest.approx(5 / 7.25)
    assert found.loc[("focus_D", "weighting"), "total"] == pytest.approx(3.25 / 7.25)


def test_sensitivity_agrees_with_sampled_indices():
    """A second implementation: scipy's Sobol indices by Saltelli's design."""
    from scipy.stats import randint, sobol_indices

    rng = np.random.default_rng(5)
    shape = (2, 1, 4, 3, 2)
    effects = [rng.normal(size=size) for size in shape]
    rows = []
    for place in itertools.product(*map(range, shape)):
        value = sum(e[k] for e, k in zip(effects, place, strict=True))
        value += effects[0][place[0]] * effects[2][place[2]]  # an interaction
        rows.append((*map(str, place), value, 2 * value + 1, -value))
    grid = pd.DataFrame(rows, columns=[*CHOICES, "focus_D", "D_mean", "focus_rank"])
    found = choice_sensitivity(grid)
    values = grid["focus_D"].to_numpy().reshape(shape).squeeze()
    sampled = sobol_indices(
        func=lambda x: values[tuple(x.astype(int))],
        n=2**13,
        dists=[randint(0, size) for size in values.shape],
        rng=rng,
    )
    for _, own in found.groupby("outcome"):  # a share does not know the unit
        assert own["choice"].tolist() == [c for c in CHOICES if c != "scale"]
        np.testing.assert_allclose(own["first_order"], sampled.first_order, atol=0.03)
        np.testing.assert_allclose(own["total"], sampled.total_order, atol=0.03)
    assert (found["first_order"] <= found["total"] + 1e-12).all()


def test_what_is_not_there_leaves_its_variant_out():
    full = [(*key, float(i)) for i, key in enumerate(itertools.product("ab", "cd", "fgh"))]
    grid = pd.DataFrame(
        [(*row[:3], "l", "s", row[3], row[3], row[3]) for row in full],
        columns=[*CHOICES, "focus_D", "D_mean", "focus_rank"],
    )
    grid = grid.drop(index=grid.index[grid["weighting"] == "h"][0])
    found = choice_sensitivity(grid)
    assert set(found["choice"]) == {"system", "scale", "weighting"}
    assert choice_sensitivity(grid[:1]).empty


def test_ranks_of_all_regions_over_all_combinations():
    made = varied(Combinations({"main": study(regions=5), "other": study(2)}, CONFIG), ALONE)
    ranges, table = made["rank_ranges"].set_index("region"), made["multiverse"]
    focus, ranks = ranges.loc["3"], table["focus_rank"]
    assert (focus["rank_low"], focus["rank_high"]) == (ranks.min(), ranks.max())
    assert focus["rank_median"] == ranks.median() and focus["combinations"] == len(table)
    assert ranges.loc["5", "combinations"] == (table["system"] == "other").sum()
