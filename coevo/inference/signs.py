"""How probable each pattern of signs is."""

import numpy as np
import numpy.typing as npt

from coevo.estimation import Equations

Array = npt.NDArray[np.float64]


def sign_probabilities(
    fit: Equations, draws: int = 20_000, seed: int | np.random.SeedSequence = 1
) -> dict[str, float]:
    """Return the probabilities of the sign patterns of (a1, b1, a2, d).

    `predator_prey`: all positive; `reversed`: all negative (the same with the roles reversed);
    `saddle`: E positive and a1 a2 < 0; `positive`: E positive, the sum of the three. Draws from
    each equation's bivariate t, the posterior under a flat prior.
    """
    generator = np.random.default_rng(seed)
    shape = (draws, 2)  # draws, equations
    z = generator.standard_normal((2, *shape))
    stretch = np.sqrt(fit.df / generator.chisquare(fit.df, shape))
    V = fit.covariance
    c_error = np.sqrt(V[:, 0, 0])
    shared = np.divide(V[:, 0, 1], c_error, out=np.zeros(2), where=c_error > 0)
    own = np.sqrt(np.maximum(V[:, 1, 1] - shared**2, 0))
    c = fit.coefficients[:, 0] + c_error * z[0] * stretch
    s = fit.coefficients[:, 1] + (shared * z[0] + own * z[1]) * stretch
    a1, b1, a2, d = c[:, 0] > 0, s[:, 0] < 0, c[:, 1] < 0, s[:, 1] > 0
    positive = (a1 == b1) & (a2 == d)
    return {
        "predator_prey": float(np.mean(positive & a1 & a2)),
        "reversed": float(np.mean(positive & ~a1 & ~a2)),
        "saddle": float(np.mean(positive & (a1 != a2))),
        "positive": float(np.mean(positive)),
    }
