"""What chance gives beside counts of specifications: orders of the growth years, by other means."""

from itertools import permutations, product

import numpy as np
import pandas as pd
import pytest

from coevo.estimation import fit, fit_pooled
from coevo.estimation.growth import ESTIMATORS
from coevo.inference.sets import equilibrium_sets, interval, located
from coevo.sensitivity import sign_counts as counts
from coevo.sensitivity.specifications import (
    _cases,
    _estimates,
    _slopes,
    _without_growth,
    specification_tables,
)
from tests.unit.test_specifications import CONFIG, FOCUS, observed, only, panel_of, study_with

LEVEL = 0.95
LABEL = {"pair": "main", "vintage": "single", "dropped": "", "without_growth": "", "roles": "given"}


def figures(growth: np.ndarray, holes: tuple[int, ...] = (), breaks: tuple[int, ...] = ()):
    """Return x1, x2 of growth (regions, 2, years) from 100 and 10 on, from 2015."""
    G, _, T = growth.shape
    paths = np.exp(np.cumsum(np.append(np.zeros((G, 2, 1)), growth, axis=2), axis=2))
    rows = [
        {"region": f"{11 + r}0000", "year": 2015 + t, "x1": 100 * paths[r, 0, t],
         "x2": 10 * paths[r, 1, t], "flag": "break" if 2015 + t in breaks else ""}
        for r, t in product(range(G), range(T + 1)) if 2015 + t not in holes
    ]  # fmt: skip
    return pd.DataFrame(rows)


def shocked(regions: int, years: int, seed: int, common: float = 0.05) -> np.ndarray:
    """Return growth without interaction: drifts of regions, shocks of years, errors."""
    rng = np.random.default_rng(seed)
    drift = np.array([0.07, 0.12])[:, None] + 0.03 * rng.standard_normal((regions, 2, 1))
    shocks = common * rng.standard_normal((1, 2, years))
    return drift + shocks + 0.04 * rng.standard_normal((regions, 2, years))


def settings(years: int, seed: int = 1) -> dict:
    return {
        "years": {"first": 2015, "last": 2015 + years}, "robustness": {"seed": seed},
        "focus_region": FOCUS, "interaction": {"confidence": LEVEL}, "vintage_policy": "single",
    }  # fmt: skip


def table_of(given: pd.DataFrame, cut: bool = False) -> pd.DataFrame:
    rows = [LABEL | row for row in _estimates(given, FOCUS, LEVEL)]
    rows += [LABEL | row for row in _without_growth(given, "trapezoid", LEVEL)] if cut else []
    return pd.DataFrame(rows).assign(located=lambda t: t.get("located"))


def side(value: float, error: float, df: int) -> int:
    low, high = interval(value, error, df, LEVEL)
    return int(low > 0) - int(high < 0)


def told(given: pd.DataFrame, estimator: str, effects: str) -> tuple[int, int, bool]:
    """Return what a fit made one by one says of b1, d and E."""
    if effects == "none":
        own = given[given["region"] == FOCUS]
        found = fit(*(own[c] for c in ("year", "x1", "x2")), estimator)
        lines, df, errors = found, found.df, found.errors()
    else:
        found = fit_pooled(given, "x1", "x2", estimator, effects, "first")
        lines, df, errors = found.at(FOCUS), found.df, found.lines.errors()
    sets = equilibrium_sets(lines, LEVEL)
    both = bool(located([s.kind for s in sets], [s.low for s in sets]))
    return *(side(getattr(found, name), errors[name], df) for name in ("b1", "d")), both


@pytest.mark.parametrize(
    ("holes", "breaks"), [((), ()), ((2018,), ()), ((), (2019,)), ((2017,), (2021,))]
)
def test_every_order_is_fitted_as_fit_pooled_does(holes, breaks) -> None:
    """Figures of each order are made anew one by one; a year without growth keeps its place."""
    growth, years = shocked(7, 8, 3), 8
    given = figures(growth, holes, breaks)
    lost = {y for hole in holes for y in (hole - 1, hole)} | {b - 1 for b in breaks}
    kept = [t for t in range(years) if 2015 + t not in lost]
    orders = counts.orders_of(years, 5)[:6]
    fits = [("main", "single", "", "", e, n) for n in ESTIMATORS for e in ("region", "region+year")]
    said = counts._drawn(given, fits, orders, settings(years))
    for draw, order in enumerate(orders):
        moved = growth.copy()
        moved[:, :, kept] = growth[:, :, [t for t in order if t in kept]]
        panel = figures(moved, holes, breaks)
        for key in fits:
            found = said[key]
            mine = (found.b1[draw], found.d[draw], found.located[draw])
            assert mine == told(panel, key[-1], key[-2]), (order, key)


def test_one_region_is_fitted_as_fit_does() -> None:
    growth = np.random.default_rng(0).normal(0.02, 0.4, (2, 2, 9))
    orders = counts.orders_of(9, 5)[:40]
    fits = [("main", "single", "", "", "none", name) for name in ESTIMATORS]
    said = counts._drawn(figures(growth), fits, orders, settings(9))
    seen = set()
    for draw, order in enumerate(orders):
        panel = figures(growth[:, :, order])
        for key in fits:
            found = said[key]
            mine = (found.b1[draw], found.d[draw], found.located[draw])
            assert mine == told(panel, key[-1], "none"), (order, key)
            seen.add(mine)
    assert len(seen) > 3


def test_p_is_the_share_of_all_orders_where_they_are_few() -> None:
    """Four years of growth have 24 orders: counts and p by hand, cuts of a year among them."""
    growth = shocked(6, 4, 2, common=0.2)
    made = counts.specification_counts(
        table_of(figures(growth), cut=True), [(LABEL, figures(growth))], settings(4)
    )
    assert set(made["draws"]) == {23}
    shown = {"supply": [], "clear": [], "without_growth": []}
    for order in permutations(range(4)):
        panel = figures(growth[:, :, list(order)])
        signs = [told(panel, name, "region")[:2] for name in ESTIMATORS]
        shown["supply"].append(sum(one == (1, 1) for one in signs))
        shown["clear"].append(sum(abs(b1) + abs(d) for b1, d in signs))
        rows = pd.DataFrame(_without_growth(panel, "trapezoid", LEVEL))
        rows = rows[rows["effects"] == "region"]
        low = rows.pivot(index="without_growth", columns="quantity", values="low")
        shown["without_growth"].append(int((low > 0).all(axis=1).sum()))
    assert len(set(shown["clear"])) > 2
    rows = made[made["effects"] == "region"].set_index("count")
    for count, of in (("supply", 5), ("clear", 10), ("without_growth", 4)):
        k = shown[count]
        assert rows.at[count, "agree"] == k[0] and rows.at[count, "specifications"] == of
        assert rows.at[count, "p"] == sum(other >= k[0] for other in k) / 24
    whole = made[made["effects"] == ""].set_index("count")
    both = made[made["effects"] != ""].groupby("count")["specifications"].sum()
    assert whole["specifications"].to_dict() == both.to_dict()


def test_orders_are_drawn_by_seed_and_begin_with_the_years_as_they_are() -> None:
    orders = counts.orders_of(8, 1)
    assert orders.shape == (1000, 8) and list(orders[0]) == list(range(8))
    assert (np.sort(orders, axis=1) == np.arange(8)).all()
    assert (orders == counts.orders_of(8, 1)).all() and (orders != counts.orders_of(8, 2)).any()
    assert len(counts.orders_of(6, 1)) == 720 and len(counts.orders_of(30, 1)) == 1000


def test_shocks_of_years_are_no_evidence_of_interaction() -> None:
    """Without interaction clustered errors call a slope clear in more than a third of panels; the
    count of clear slopes is rare by p in about one of twenty."""
    clear, rare, panels = 0, 0, 150
    for seed in range(panels):
        given = figures(shocked(12, 5, seed, common=0.08))
        found = fit_pooled(given, "x1", "x2", "trapezoid", "region", "first")
        fitted = LABEL | {"model": "classic", "effects": "region", "estimator": "trapezoid"}
        slopes = _slopes(found, LEVEL, "pooled")
        table = pd.DataFrame([fitted | row | {"located": None} for row in slopes])
        made = counts.specification_counts(table, [(LABEL, given)], settings(5))
        row = made.set_index(["count", "effects"]).loc[("clear", "region")]
        clear += row["agree"] > 0
        rare += row["p"] <= 0.05
    assert clear / panels > 0.35
    assert rare / panels < 0.09


@pytest.fixture(scope="module")
def observations():
    return observed()


def test_what_figures_do_not_allow_is_refused_for_its_pair_alone(observations) -> None:
    gap = observations["region"].eq("130000") & observations["indicator"].eq("jobs")
    gap &= observations["year"].eq(2019)
    config = {**CONFIG, **only(pairs=CONFIG["robustness"]["pairs"])}
    rows = observations[~gap]
    made = specification_tables(study_with(panel_of(rows), rows, config))["specification_counts"]
    jobs, main = made[made["pair"] == "jobs"], made[made["pair"] == "main"]
    assert set(jobs["message"]) == {"unshared_years_to_permute"} and jobs["p"].isna().all()
    assert set(jobs["fields"]) == {'{"regions": 1}'} and (jobs["specifications"] > 0).all()
    assert main["p"].notna().all() and set(main["message"]) == {""}
    assert set(made.loc[made["count"] == "located", "message"]) == {"unshared_years_to_permute"}


def test_three_years_of_growth_are_too_few() -> None:
    given = figures(shocked(8, 3, 1))
    made = counts.specification_counts(table_of(given), [(LABEL, given)], settings(3))
    assert set(made["message"]) == {"too_few_years_to_permute"}
    assert set(made["fields"]) == {'{"years": 3, "least": 4}'}


def test_cases_of_a_study_give_their_own_order_what_specifications_say(observations) -> None:
    panel = panel_of(observations)
    table = specification_tables(study_with(panel, observations))["specifications"]
    found, drawn = counts.counted_fits(table), {}
    for label, given in _cases(study_with(panel, observations)):
        case = tuple(label[name] for name in counts.CASE)
        fits = [key for key in found if key[:3] == case]
        drawn |= counts._drawn(given, fits, counts.orders_of(7, 1)[:1], CONFIG)
    own, again = counts.tally(found, CONFIG), counts.tally(drawn, CONFIG)
    assert {k: (int(v[0][0]), v[1]) for k, v in own.items()} == {
        k: (int(v[0][0]), v[1]) for k, v in again.items()
    }
    # roles swapped are counted from the roles given; the table has them too
    swapped = table[(table["roles"] == "swapped") & table["estimator"].isin(ESTIMATORS)]
    swapped = swapped[(swapped["model"] == "classic") & (swapped["pair"] == "main")]
    low = swapped.pivot(
        index=["vintage", "dropped", "effects", "estimator"], columns="quantity", values="low"
    )
    assert own["swapped", "main", ""] == ((low[["b1", "d"]] > 0).all(axis=1).sum(), len(low))
