"""Numbers that others printed beside those of coevo from the same input: the rows of
docs/published.md, which `python workflow/describe.py` writes. The tests beside hold them closer.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from coevo.coupling import coordination_degree, coordination_index, coupling_degree
from coevo.estimation import fit
from coevo.estimation.regression import regress
from coevo.lotka_volterra import equilibrium
from coevo.normalisation import minmax
from coevo.prediction.models import grey_model
from coevo.regional import mobility
from coevo.regional.inequality import gini, theil, theil_between
from coevo.regional.neighbourhood import likeness, local_moran, row_standardised
from coevo.weighting import WEIGHTINGS
from coevo.weighting.methods import consistency
from tests.published.test_nist import LINEAR
from tests.published.test_positive import GAUSE, GOODWIN, YEASTS, logistic

Row = tuple[str, str, object, object]  # what, source, theirs, ours
NIST = "NIST Statistical Reference Datasets: certified values, to six digits"


def numbers(name: str) -> dict:
    return json.loads(Path(__file__).with_name(f"{name}.json").read_text(encoding="utf-8"))


def coupling(name: str, given: dict, printed: dict) -> dict:
    """Return what was printed -> theirs, ours of a case; nothing of one that nobody printed."""
    X, method = np.array(given.get("X", given.get("U", []))), name.partition("_")[0]
    if name.endswith("three_subsystems"):
        form = "wang" if method == "wang" else "standard"
        C, T = coupling_degree(X, form), coordination_index(X, given["alpha"])
        ours = {"C": C, "T": T, "D": coordination_degree(C, T)}
        return {f"{of}, form `{form}`": (printed[of], ours[of]) for of in ours}
    if method == "ahp":
        ours = dict(zip(("w", "lambda_max", "CR"), consistency(given["A"]), strict=True))
        return {f"`ahp`, {of}": (printed[of], ours[of]) for of in ours}
    if method == "combined":
        judged = {"judgements": np.divide.outer(given["w_obj"], given["w_obj"])}
        known = {"options": {"given": {"weights": given["w_subj"]}, "ahp": judged}}
        known |= {"methods": ["given", "ahp"], "shares": [given["alpha"], 1 - given["alpha"]]}
        rules = {rule: WEIGHTINGS[rule](np.ones((2, 4)), **known) for rule in printed}
        return {f"weights `{rule}`": (printed[rule], ours) for rule, ours in rules.items()}
    if X.size and method in ("entropy", "critic", "cv"):
        ends = (given.get("a", 0), given.get("b", 1))
        columns = zip(X.T, given.get("direction", ""), strict=False)
        Z = np.column_stack([minmax(x, d, x.min(), x.max(), ends) for x, d in columns] or [*X.T])
        return {f"weights `{method}`": (printed["w"], WEIGHTINGS[method](Z, raw=X))}
    return {}


def regional() -> Iterator[Row]:
    states, ten, mexico, _ = numbers("regional").values()
    source, given, printed = states.values()
    places, years = given["states"], given["years"]
    income = np.array([given["income"][state] for state in places], dtype=float)
    near = [[places[i] for i in own] for own in given["neighbours"]]
    W, rng = row_standardised(dict(zip(places, near, strict=True)), places), np.random.default_rng()
    for year, known in printed["moran_row_standardised"].items():
        found = likeness(income[:, [years.index(int(year))]], W, 9, rng)
        yield f"Moran’s I, {year}", source, round(known["I"], 8), found.I
    cuts = np.quantile(income, [0.2, 0.4, 0.6, 0.8], axis=0)
    moves = [mobility.classified(y, c) for y, c in zip(income.T, cuts.T, strict=True)]
    P = mobility.probabilities(mobility.transition_counts(np.column_stack(moves), 5))
    yield "steady state", source, printed["markov"]["steady"], mobility.steady_state(P)
    source, given, printed = ten.values()
    near = {k: [str(i) for i in own] for k, own in given["neighbours"].items()}
    found = local_moran(given["y"], row_standardised(near, [*near]))[0]
    yield "local Moran’s I", source.partition(";")[0], printed["local"], found
    source, given, printed = mexico.values()
    product = [given["product_per_head"][str(year)] for year in printed["years"]]
    between = [theil_between(y, given["hanson98"]) for y in product]
    yield "Theil", source, printed["T"], [theil(y) for y in product]
    yield "Theil between groups", source, printed["between"], between
    yield "Gini, 1940", source, round(printed["gini_1940"], 8), gini(product[0])


def six_digits(values: list[float]) -> list[float]:
    return [float(f"{value:.6g}") for value in values]


def four_digits(values: Iterable[float]) -> list[float]:
    """The digits that every machine finds: the fifth of an optimum turns on its processor."""
    return [float(f"{value:.4g}") for value in values]


def rows() -> Iterator[Row]:
    """Yield every number that others printed, its source, and ours."""
    for name, case in numbers("coupling").items():
        for what, (theirs, ours) in coupling(name, case["inputs"], case["expected"]).items():
            yield what, case["citation"], theirs, ours
    yield from regional()
    for name, case in LINEAR.items():
        y, x = np.array(case["rows"]).T
        found = regress(y, np.vander(x, case["degree"] + 1, increasing=True), constant=True)
        yield f"linear, {name}", NIST, six_digits(case["coefficients"]), found.coefficients
    given, source = GOODWIN["printed"], "a survey of Goodwin models, Table 2"
    b1, a2 = 1 / given["sigma"], given["alpha"] - given["gamma"]
    E = equilibrium(b1 - given["alpha"] - given["beta"], b1, a2, given["rho"] / b1)
    yield "equilibrium of Goodwin’s cycle", source, [given["v_star"], given["u_star"]], E
    for yeast in YEASTS:
        theirs = four_digits([GAUSE[yeast]["printed"][name] for name in ("r", "M")])
        source = GAUSE["source"].rpartition(";")[0]
        yield f"growth and limit, {yeast}", source, theirs, four_digits(logistic(yeast)[0][:2])
    grey = numbers("prediction")["grey"]
    found, source = grey_model(np.array([grey["x"]])), grey["source"].partition(":")[0]
    yield "GM(1,1), a and b", source, six_digits([grey["a"], grey["b"]]), [found.a[0], found.b[0]]
    known, names = numbers("population"), ("a1", "b1", "a2")
    series, mean = known["series"]["lynx_hare"], known["posterior"]["mean"]
    found = fit(series["t"], series["x1"], series["x2"], "trapezoid")
    theirs = [round(mean[name], 4) for name in names]
    ours = [getattr(found, name) for name in names]
    yield "a₁, b₁, a₂ of hare and lynx", "posteriordb, hudson_lynx_hare", theirs, ours
