"""How often a headline is told of panels in which it is not true.

    OMP_NUM_THREADS=1 python -m benchmarks.headline_size [--write]

31 regions, nine years, two systems of five indicators, at random by seed, sizes as found in the
study `provinces` by least squares of its ten indicators. Of region r, year t and indicator j

    ln x_rjt = a_j ln g_r + trend_rj t + shock_jt + kept_rj + moving_rjt

ln g, product per head about the country's, is normal, sd .37; a_j .27 to 2.41. Kept, what a_j ln g
leaves of the means of regions, sd 0 to .59; moving, within regions and years, x' = .9 x + e, in
stationary sd .10 to .48, of which nine years show half, as do those of the study, with a
correlation of .5 from one year to the next (study: .26 to .68). Of the variance of kept and of
moving .38 and .12 are common to the indicators of a system, nothing is to both systems. Trends are
-.045 to .123 a year and hang on ln g by -.055 to .024; shocks, sd .01 to .16 a year, are one series
for all indicators. The second indicator system is the figures times residents, whose ln has sd .85.
With all scales, weightings, composites and forms these are 540 combinations. The study's own
combination of such panels has R2 .79 of ln D on product per head (the study: .82), mean D .39 in
the first year and .53 in the last (.41, .55), and sd of ln D .29 and .22 (.31, .24).

`independent`: that. `independent, level moves`: product per head and residents of a region also
move, sd .072 and .037, and a_j ln g_rt with them; what is left of moving_rjt is as much smaller.
The systems then have a common cause within regions and years, which the mean level of a region does
not hold. `gaps stay`: no trends, no shocks: figures, and so D by every combination, are distributed
alike in all years. `gaps stay, all rise`: a trend of .055 for all and no shocks: ratios between
regions stay, and so those of D on the scale `ratio` but by the forms that take differences of
indices; a scale that begins at the least figure takes away most from the low ones, which then rise
most.

--write puts shares of panels, with Wilson's interval (95 %), into
docs/simulation/headline_size.csv: by verdict of a headline, and by p of moving together, of the
study's own combination (`r_p`) and of the curve of its system (`curve_p`), below .05 and by tenths
(0 < p <= .1 first). `own_agree`, `own_contrary`: panels in which the study's own combination says a
headline or the contrary; `ratio_agree`, `ratio_contrary`: the same on the scale `ratio`; `agree`,
`contrary`: the mean share of combinations that say so.
"""

from collections.abc import Iterable
from itertools import product
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from benchmarks.common import SIMULATION, Array, Row, simulation, wilson
from coevo.coupling.level import level_figures
from coevo.normalisation import RATIO
from coevo.sensitivity.choices import CHOICES, MAIN, Combinations, System
from coevo.sensitivity.headline_statistics import FEW_DRAWS, Surroundings
from coevo.sensitivity.headlines import (
    DEPENDS,
    HEADLINES,
    NOT_SUPPORTED,
    PAIRED,
    ROBUST_TO_CHOICES,
    SIGNIFICANCE,
    UNDECIDED,
)
from coevo.sensitivity.multiverse import varied
from coevo.study.config_model import StudyConfig, Years

TABLE = SIMULATION / "headline_size.csv"
REGIONS, YEARS = 31, 9
AR, KEPT_COMMON, MOVING_COMMON = 0.9, 0.38, 0.12
# of ln product per head and ln residents: sd kept, sd moving
SIZE_KEPT, SIZE_MOVING = np.array([0.37, 0.85]), np.array([0.072, 0.037])
# of each indicator: a, sd kept, sd moving, trend a year, its slope on ln g, sd of a year's shock
INDICATORS = np.array([
    (1.30, 0.05, 0.42, 0.092, 0.024, 0.08), (1.64, 0.24, 0.23, 0.104, 0.000, 0.16),
    (0.39, 0.21, 0.20, 0.047, 0.001, 0.15), (0.27, 0.00, 0.14, 0.123, -0.055, 0.04),
    (0.32, 0.07, 0.10, 0.057, -0.032, 0.05), (0.88, 0.18, 0.14, 0.062, -0.015, 0.05),
    (0.39, 0.33, 0.14, -0.002, -0.007, 0.01), (1.38, 0.37, 0.22, -0.045, -0.014, 0.04),
    (1.28, 0.41, 0.19, 0.035, -0.011, 0.02), (2.41, 0.59, 0.48, 0.081, -0.031, 0.08),
])  # fmt: skip
SUBSYSTEMS = ["first"] * 5 + ["second"] * 5
SIZE = ("product", "residents")
CONFIG = StudyConfig(
    study="size", raw="", indicators="", years=Years(first=0, last=1), focus_region="000000"
).model_dump()
VERDICTS = (ROBUST_TO_CHOICES, NOT_SUPPORTED, DEPENDS, UNDECIDED)
HELD = (PAIRED, "gap_narrowed")  # headlines
SAID = {"agree": 1.0, "contrary": -1.0}  # what a combination says
OWN = ("own", "ratio")  # the study's own combination, the same on the scale ratio
BELOW = "below .05"


class Design(NamedTuple):
    """Panels; whether indicators have the trends and shocks of the study; the trend that they have
    instead, and product per head in either case; whether the sizes of a region move on their own.
    """

    name: str
    panels: int
    own_trends: bool
    trend: float
    sizes_move: bool = False


DESIGNS = (
    Design("independent", 500, True, 0.073),
    Design("independent, level moves", 200, True, 0.073, sizes_move=True),
    Design("gaps stay", 200, False, 0.0),
    Design("gaps stay, all rise", 200, False, 0.055),
)


def moving(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Return x_t = .9 x_(t-1) + e (*shape, years), stationary, of variance 1."""
    x = [rng.normal(size=shape)]
    for _ in range(YEARS - 1):
        x.append(AR * x[-1] + np.sqrt(1 - AR**2) * rng.normal(size=shape))
    return np.stack(x, axis=-1)


def _partly_common(common: Array, own: Array, share: float) -> Array:
    """Return sqrt(share) common (2 systems, ...) + sqrt(1 - share) own (10 indicators, ...)."""
    of_system = np.repeat(common, len(own) // len(common), axis=0)
    return np.asarray(np.sqrt(share) * of_system + np.sqrt(1 - share) * own)


def simulated(design: Design, seed: int) -> tuple[Array, Array]:
    """Return figures per head (10 indicators, regions, years), product per head and residents."""
    rng, t = np.random.default_rng(seed), np.arange(YEARS)
    a, sd_kept, sd_moving, trend, on_level, sd_shock = INDICATORS.T[:, :, None, None]
    kept_sizes = SIZE_KEPT[:, None, None] * rng.normal(size=(2, REGIONS, 1))
    sizes = kept_sizes + design.sizes_move * SIZE_MOVING[:, None, None] * moving(rng, (2, REGIONS))
    draws = [rng.normal(size=(n, REGIONS, 1)) for n in (2, 10)]
    kept = _partly_common(draws[0], draws[1], KEPT_COMMON)
    walks = [moving(rng, (n, REGIONS)) for n in (2, 10)]
    moved = _partly_common(walks[0], walks[1], MOVING_COMMON)
    of_level = design.sizes_move * a * SIZE_MOVING[0]  # of what moves, the part that level brings
    own = sd_kept * kept + np.sqrt(sd_moving**2 - of_level**2) * moved
    years = design.trend * t
    if design.own_trends:
        shocks = np.append(0.0, rng.normal(size=YEARS - 1).cumsum())
        years = trend * t + sd_shock * shocks + on_level * kept_sizes[0] * (t - t.mean())
    sizes[0] += design.trend * t
    return np.exp(a * (sizes[0] - design.trend * t) + years + own), np.exp(sizes)


def systems_of(x: Array, sizes: Array) -> tuple[dict[str, System], pd.DataFrame]:
    """Return the systems of figures per head and of amounts, and levels of development.

    x (10 indicators, regions, years) and sizes, product per head and residents, as of `simulated`.
    """
    own = [f"{system}{number}" for number, system in enumerate(SUBSYSTEMS)]
    amounts = [f"{name}_amount" for name in own]
    values = np.concatenate([x, x * sizes[1], sizes[:1] * sizes[1], sizes[1:]])
    codes, years = [f"{r:06d}" for r in range(REGIONS)], range(2001, 2001 + YEARS)
    keys = pd.MultiIndex.from_product(
        [[*own, *amounts, *SIZE], codes, years], names=["indicator", "region", "year"]
    )
    panel = pd.DataFrame({"value": values.ravel()}, keys).reset_index()
    panel = panel.assign(name=panel["region"], flag="")
    tables = [
        pd.DataFrame({"indicator": names, "subsystem": SUBSYSTEMS, "direction": "+"})
        for names in (own, amounts)
    ]
    return {MAIN: (panel, tables[0]), "amounts": (panel, tables[1])}, level_figures(panel, SIZE)


def told(design: Design, seed: int) -> dict[str, Any]:
    """Return of a panel p, and by headline the verdict and shares of what combinations say."""
    systems, levels = systems_of(*simulated(design, seed))
    found = varied(Combinations(systems, CONFIG), Surroundings(levels, {}, seed, FEW_DRAWS))
    by_system = found["headlines"].set_index(["system", "headline"])
    curve_p = by_system.loc[(MAIN, PAIRED), "p"]
    p = {"r_p": found["multiverse"]["r_p"].iloc[0], "curve_p": curve_p}
    headlines = by_system.loc[""]
    shares = headlines[["agree", "contrary"]].div(headlines["combinations"], axis=0)
    columns = headlines[["verdict"]].join(shares)
    own, others = found["multiverse"].iloc[0], [choice for choice in CHOICES if choice != "scale"]
    alike = found["multiverse"][(found["multiverse"][others] == own[others]).all(axis=1)]
    alike = alike.set_index("scale").loc[[own["scale"], RATIO]]
    said = {name: HEADLINES[name].says(alike, own, "") for name in HELD}
    return p | {
        name: columns.loc[name].to_dict() | dict(zip(OWN, said[name], strict=True)) for name in HELD
    }


def rows(design: Design, found: list[dict[str, Any]]) -> list[Row]:
    """Return a row per quantity and outcome of the panels of a design."""
    label, made = {"design": design.name, "panels": len(found)}, []

    def counted(quantity: str, outcome: str, told: Iterable[bool]) -> None:
        share, low, high = wilson(sum(map(bool, told)), len(found))
        share = {"share": share, "low": low, "high": high}
        made.append(label | {"quantity": quantity, "outcome": outcome} | share)

    for name in HELD:
        for verdict in VERDICTS:
            counted(name, verdict, (one[name]["verdict"] == verdict for one in found))
        for way, (said, sign) in product(OWN, SAID.items()):
            counted(name, f"{way}_{said}", (one[name][way] == sign for one in found))
        for said in SAID:
            mean = float(np.mean([one[name][said] for one in found]))
            made.append(label | {"quantity": name, "outcome": said, "share": mean})
    for name in ("r_p", "curve_p"):
        p = np.array([one[name] for one in found], dtype=float)
        counted(name, BELOW, p < SIGNIFICANCE)
        tenth = np.ceil(np.round(10 * p, 6))
        for end in range(1, 11):
            counted(name, f"{(end - 1) / 10:g} to {end / 10:g}", tenth == end)
    return made


def made(most: int) -> list[Row]:
    return [
        row
        for design in DESIGNS
        for row in rows(design, [told(design, seed) for seed in range(min(design.panels, most))])
    ]


if __name__ == "__main__":
    simulation(__doc__, TABLE, made)
