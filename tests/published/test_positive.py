"""Positive controls: systems whose relation or equilibrium is known, with their sources."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import least_squares

from coevo.equilibria.result_rows import whole_cycles
from coevo.lotka_volterra import classic
from coevo.lotka_volterra.populations import rest_point, simulate
from coevo.strengths.shown_effects import RELATIONS

FOLDER = Path(__file__).parent
KNOWN = json.loads((FOLDER / "positive.json").read_text(encoding="utf-8"))
GAUSE, GOODWIN = KNOWN["gause"], KNOWN["goodwin"]
YEASTS = ("saccharomyces", "kephir")
LYNX_HARE = json.loads((FOLDER / "population.json").read_text(encoding="utf-8"))["series"][
    "lynx_hare"
]


def test_goodwins_cycle_circles_the_printed_employment_and_wage_share():
    """a1 = 1/sigma - (alpha + beta), b1 = 1/sigma, a2 = alpha - gamma, d = rho."""
    given, expected = GOODWIN["printed"], GOODWIN["expected"]
    b1, d = 1 / given["sigma"], given["rho"]
    a1, a2 = b1 - given["alpha"] - given["beta"], given["alpha"] - given["gamma"]
    E = classic.equilibrium(a1, b1, a2, d / b1)
    assert pytest.approx((expected["x1_star"], expected["x2_star"]), rel=1e-9) == E
    assert pytest.approx((given["v_star"], given["u_star"]), abs=2.5e-4) == E
    assert classic.kind(a1, b1, a2, d) == "centre"
    assert rest_point((a1, -a2), [[0, -b1], [d, 0]]) == pytest.approx(E)


def logistic(yeast: str) -> tuple[np.ndarray, float]:
    """Return r, M and the start of a culture alone by paths, and its sum of squares."""
    t, y = (np.array(GAUSE[yeast][name], dtype=float) for name in ("t", "y"))
    order = np.argsort(t, kind="stable")
    times, place = np.unique(t[order], return_inverse=True)

    def apart(p: np.ndarray) -> np.ndarray:
        r, M, start = np.exp(p)
        path = simulate([r], [[-r / M]], [start], np.concatenate([[0.0], times]))[1:, 0]
        return path[place] - y[order]

    found = least_squares(apart, np.log([0.1, y.max(), 0.3]), xtol=1e-12, ftol=1e-12)
    return np.exp(found.x), float(2 * found.cost)


@pytest.mark.parametrize("yeast", YEASTS)
def test_a_yeast_alone_grows_as_printed(yeast):
    (r, M, start), squares = logistic(yeast)
    printed, again = GAUSE[yeast]["printed"], GAUSE[yeast]["recomputed"]
    assert (r, M) == pytest.approx((printed["r"], printed["M"]), rel=1e-4)
    assert (r, M, start) == pytest.approx((again["r"], again["M"], again["Y0_at_0"]), rel=1e-4)
    assert squares == pytest.approx(again["SSE"], rel=1e-7)


def test_two_yeasts_together_compete():
    """Growth and limit of each alone kept, each slows the other in the cultures of both."""
    r = np.array([GAUSE[yeast]["printed"]["r"] for yeast in YEASTS])
    own = -r / [GAUSE[yeast]["printed"]["M"] for yeast in YEASTS]

    def A(effects: np.ndarray) -> np.ndarray:
        return np.array([[own[0], effects[0]], [effects[1], own[1]]])

    def apart(p: np.ndarray) -> np.ndarray:
        parts = []
        for culture, start in zip(GAUSE["mixed"], np.exp(p[2:]).reshape(-1, 2), strict=True):
            path = simulate(r, A(p[:2]), start, culture["t"])
            parts.append(path - np.column_stack([culture["x1"], culture["x2"]]))
        return np.concatenate(parts).ravel()

    starts = np.log([culture[x][0] for culture in GAUSE["mixed"] for x in ("x1", "x2")])
    found = least_squares(apart, [-0.01, -0.001, *starts])
    effects = found.x[:2]
    covariance = np.linalg.inv(found.jac.T @ found.jac) * 2 * found.cost / (len(found.fun) - 6)
    assert np.all(effects + 2 * np.sqrt(np.diag(covariance)[:2]) < 0)
    assert RELATIONS[tuple(np.sign(effects).astype(int))][0] == "competition"
    alone = [rest_point(r[i : i + 1], own[i : i + 1, None])[0] for i in range(2)]
    assert alone == pytest.approx([GAUSE[yeast]["printed"]["M"] for yeast in YEASTS])


def test_whole_cycles_of_lynx_and_hare_go_from_peak_to_peak():
    years, hares, lynx = (np.array(LYNX_HARE[name]) for name in ("t", "x1", "x2"))
    assert whole_cycles(years, hares) == (1903, 1912)
    inside = (years >= 1903) & (years <= 1912)
    means = [hares[inside].mean(), lynx[inside].mean(), hares.mean(), lynx.mean()]
    assert means == pytest.approx([34.6, 21.3, 34.1, 20.2], abs=0.05)
