"""What a regression becomes when it is iterated as a map, and why it must not be.

The equations turn around E without coming nearer or going away. A map x(t) -> x(t+1) made of the
fitted lines has its own eigenvalues there; in logs M = [[0, -b1 x2*], [d x1*, 0]] has +-i omega,
omega = sqrt(a1 a2), and a year of the equations has exp(+-i omega), of modulus 1.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from coevo.lotka_volterra.classic import kind
from coevo.registry import choose

Array = npt.NDArray[np.float64]
Complex = npt.NDArray[np.complex128]
Values = npt.ArrayLike

# estimator -> eigenvalue of its map from an eigenvalue of M, both at E
MAPS: dict[str, Callable[[Complex], Complex]] = {
    "lag": lambda m: 1 + m,  # explicit Euler on logs
    "trapezoid": lambda m: (1 + m / 2) / (1 - m / 2),  # implicit: x(t+1) stands on both sides
}


def map_eigenvalues(
    a1: Values, b1: Values, a2: Values, d: Values, estimator: str = "lag"
) -> Complex:
    """Return the two eigenvalues (..., 2) at E of the map that an estimator's lines make.

    lag: 1 +- i omega; trapezoid: (1 +- i omega/2)/(1 -+ i omega/2). NaN where E is not positive,
    for logs do not exist there. `StudyError` for an estimator without a map here.
    """
    step = choose(MAPS, estimator, "map")
    a1, b1, a2, d = (np.asarray(value, dtype=float) for value in (a1, b1, a2, d))
    root = np.sqrt(np.asarray(-a1 * a2, dtype=complex))
    root = np.where(kind(a1, b1, a2, d) == "none", np.nan, root)
    return np.stack([step(root), step(-root)], axis=-1)


def map_modulus(a1: Values, b1: Values, a2: Values, d: Values, estimator: str = "lag") -> Array:
    """Return the larger modulus of the map's eigenvalues at E.

    lag at a centre: sqrt(1 + a1 a2) > 1, so its iterates spiral outward for ever, where the
    equations circle; trapezoid: exactly 1, at a turn of 2 atan(omega/2) a year in place of omega.
    Arguments and errors as for `map_eigenvalues`.
    """
    return np.abs(map_eigenvalues(a1, b1, a2, d, estimator)).max(axis=-1)[()]
