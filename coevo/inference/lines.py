"""The two lines of the classic form for many sets of rows at once."""

import numpy as np
import numpy.typing as npt

from coevo.errors import StudyError

Array = npt.NDArray[np.float64]


def lines(growth: npt.ArrayLike, regressor: npt.ArrayLike) -> tuple[Array, Array]:
    """Return the least-squares lines g = c + s R and the covariance of each (c, s).

        s = <R~/|R~|, g~>/|R~|,   V22 = s_e^2/|R~|^2,   V12 = -mean R V22,
        V11 = s_e^2/n + (mean R)^2 V22,   s_e^2 = RSS/(n - 2)

    growth, regressor (..., n, 2): n rows, two equations; ~ is the deviation from the mean, so that
    this is the QR of a single column. Returns lines (..., 2, 2) with rows (c, s), and covariance
    (..., 2, 2, 2), which is infinite for n = 2. `StudyError` where a regressor does not vary.
    """
    g, R = np.asarray(growth, dtype=float), np.asarray(regressor, dtype=float)
    n = g.shape[-2]
    mean_g, mean_R = g.mean(axis=-2), R.mean(axis=-2)
    g, R = g - mean_g[..., None, :], R - mean_R[..., None, :]
    length = np.linalg.norm(R, axis=-2)
    if np.any(length <= n * np.finfo(float).eps * np.abs(mean_R)):
        raise StudyError("a regressor does not vary over the rows")
    s = (R / length[..., None, :] * g).sum(axis=-2) / length
    rss = ((g - s[..., None, :] * R) ** 2).sum(axis=-2)
    variance = rss / (n - 2) if n > 2 else np.full_like(rss, np.inf)
    V22 = variance / length**2
    V11, V12 = variance / n + mean_R**2 * V22, -mean_R * V22
    covariance = np.stack([np.stack([V11, V12], -1), np.stack([V12, V22], -1)], -2)
    return np.stack([mean_g - s * mean_R, s], axis=-1), covariance
