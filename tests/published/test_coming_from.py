"""What other software makes of a small input, and coevo: the tables of docs/coming-from.md."""

from pathlib import Path

import numpy as np
import pytest
import yaml

from coevo.coupling import coordination_degree, coordination_index, coupling_degree
from coevo.coupling.formulas import PRESETS
from coevo.normalisation import minmax
from coevo.weighting import WEIGHTINGS

FILE = yaml.safe_load(Path(__file__).with_name("coming_from.yaml").read_text(encoding="utf-8"))


def entropy(Z, k=None):
    """Return weights as help pages write them, with sums over the rows that are not 0."""
    p = Z / Z.sum(axis=0)
    e = -np.where(p > 0, p * np.log(np.where(p > 0, p, 1)), 0).sum(axis=0)
    return 1 - e * (k or 1 / np.log(len(Z)))


def unit(X):
    """Min-max to [0, 1], the second column turned round."""
    z = (X - X.min(axis=0)) / np.ptp(X, axis=0)
    return np.column_stack([z[:, 0], 1 - z[:, 1]])


def degree(U):
    C = U.shape[1] * np.prod(U, axis=1) ** (1 / U.shape[1]) / U.sum(axis=1)
    return np.sqrt(C * U.mean(axis=1))[4]


THEIRS = {  # of weights what they are proportional to
    "entropy_shifted": lambda X: entropy(unit(X) + 0.01),
    "entropy_smoothed": lambda X: entropy(0.01 + 0.99 * unit(X)),
    "entropy_raw": entropy,
    "entropy_of_years": lambda X: entropy(X, 1 / np.log(2)),
    "entropy_log10": lambda X: entropy(0.01 + 0.98 * unit(X), 1 / np.log(4) / np.log(10)),
    "critic_raw": lambda X: X.std(axis=0, ddof=1) * (1 - np.corrcoef(X.T)).sum(axis=0),
    "cv_population": lambda X: X.std(axis=0) / X.mean(axis=0),
    "D_rescaled": lambda U: degree(0.01 + 0.98 * (U - U.min(axis=0)) / np.ptp(U, axis=0)),
    "fan_sample": lambda U: 1 - 2 * U[0].std(ddof=1),
    "liao": lambda U: (4 * U[0, 0] * U[0, 1] / U[0].sum() ** 2) ** 2,
    "factor_lost": lambda U: np.sqrt(U[0, 0] * U[0, 1]) / U[0].sum(),
}


def ours(case, X, setting):
    if case["method"] in ("C", "D"):
        chosen = {"form": case.get("form", "standard")} | setting.get("coupling", {})
        U = PRESETS[chosen.pop("preset")](X) if "preset" in chosen else X
        T = coordination_index(U, chosen.pop("contributions", None))
        C = coupling_degree(U, **chosen)
        return C[0] if case["method"] == "C" else coordination_degree(C, T)[4]
    ends = setting.get("normalisation", {}).get("range", (0.01, 0.99))
    columns = zip(X.T, FILE["inputs"][case["input"]]["directions"], strict=False)
    Z = np.column_stack([minmax(x, d, x.min(), x.max(), ends) for x, d in columns] or [*X.T])
    return Z[1, 0] if case["method"] == "z" else WEIGHTINGS[case["method"]](Z, raw=X)[0]


def printed(text):
    return pytest.approx(float(text), abs=0.51 * 10.0 ** -len(text.partition(".")[2]))


@pytest.mark.parametrize("case", FILE["cases"], ids=lambda c: f"{c['software']}-{c['source']}")
def test_the_same_input_in_other_software_and_here(case):
    X = np.array(FILE["inputs"][case["input"]]["figures"], dtype=float)
    assert ours(case, X, {}) == printed(case["ours"])
    if "formula" in case:
        theirs = THEIRS[case["formula"]](X)
        assert np.ravel(theirs / np.sum(theirs) if np.ndim(theirs) else theirs)[0] == printed(
            case["theirs"]
        )
    if "setting" in case:
        again = ours(case, X, yaml.safe_load(case["setting"])) * case.get("scale", 1)
        assert again == printed(case["theirs"])
