"""How often each verdict on strength, and an effect, is given where the truth is known.

    OMP_NUM_THREADS=1 python -m benchmarks.strength [--write]

Panels resemble the study `provinces`: the 29 regions whose calibration holds, 2015 to 2023, each
with the slopes that theory gives it, its first state, its mean growth and the shocks that the
study's growth shows. They are drawn by seed, 400 of each design, of strength 0 1,200 as the first
400 left a share near its limit. Series of region r are in units of theory, y1 = d x1, y2 = b1 x2:

    d ln y1/dt = a1_r - s_r y2,   d ln y2/dt = -a2_r + s_r y1,   and shocks at the end of each year

`strength 1`, `strength 0.5` and `strength 0` give every region this s. In `half at 1` every second
region, in the order of codes, has strength 1 and the others have none; Zhejiang has strength 1.
`wandering` and `own_limits` are the two worlds without interaction that effects are held against
(`coevo.strengths.shown_effects`), with drifts, own slopes and shocks estimated from the study.

Each panel goes through the functions that a study goes through, by the trapezoid alone: scope
`panel` has region and year effects, scope 330000 is the path of Zhejiang in the same panel, fitted
alone. The slopes of theory stay those of the study. To save time 399 panels are simulated for each
judgement, where a study simulates 999.

--write puts into docs/simulation/strength.csv the share of panels with each verdict, in which full
strength or none is excluded, and in which the effect is shown (`b1`: of x2 on x1, `d`: of x1 on
x2). `wrong` is the share in which what is true is denied, with Wilson's interval (95 %): full
strength excluded at strength 1, none excluded at strength 0, an effect shown in either world. Takes
a quarter of an hour of one core.
"""

from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from typing import NamedTuple

import numpy as np
import pandas as pd

from benchmarks.common import ROOT, SIMULATION, Array, Row, simulation, wilson
from coevo.equilibria.against_theory import pooled_slopes
from coevo.equilibria.fit_checks import slope_test_rows
from coevo.equilibria.output_series import pair_values
from coevo.equilibria.theory import theoretical, theory_sources
from coevo.equilibria.theory_rows import points_table
from coevo.estimation.growth import Pool, pool
from coevo.estimation.pooled import fit_pooled
from coevo.files import read_table
from coevo.inference.panel_simulation import draw_normals, grown, simulated_panels
from coevo.inference.slope_errors import BY_YEAR
from coevo.observations import observe
from coevo.observations.recognition import StudyTerms
from coevo.panel import build_panel
from coevo.strengths import shown_effects, strength_rows
from coevo.strengths.theory_panels import observed_spread, simulated_paths
from coevo.study.configuration import complete_config
from coevo.study.raw_files import raw_paths
from coevo.study_data import StudyData

TABLE = SIMULATION / "strength.csv"
PANELS, MORE, SIMULATED, LEVEL = 400, 1200, 399, 0.95
EFFECTS, ESTIMATOR = "region+year", "trapezoid"
REGION = "330000"  # Zhejiang
VERDICTS = (
    strength_rows.WEAKER, strength_rows.PRESENT, strength_rows.AS_THEORY,
    strength_rows.UNDECIDED, strength_rows.STRONGER, strength_rows.OTHER_SIGN,
)  # fmt: skip
TOLD = ("full_excluded", "none_excluded", "shown")


class Design(NamedTuple):
    """Strengths that the regions have in turn, none in the worlds without interaction; the column
    that denies what is true; how many panels.
    """

    name: str
    strengths: tuple[float, ...] = ()
    wrong: str = ""
    panels: int = PANELS


DESIGNS = (
    Design("strength 1", (1.0,), "full_excluded"),
    Design("strength 0.5", (0.5,)),
    Design("strength 0", (0.0,), "none_excluded", MORE),
    Design("half at 1", (1.0, 0.0)),
    Design(shown_effects.WANDERING, wrong="shown"),
    Design(shown_effects.OWN_LIMITS, wrong="shown"),
)


class Origin(NamedTuple):
    """Figures of the study (region, year, x1, x2), and the slopes of theory by region code."""

    pair: pd.DataFrame
    slopes: pd.DataFrame


@cache
def provinces() -> Origin:
    """Return the study `provinces`, read from its raw files; the regions that have slopes."""
    config = complete_config(ROOT / "config" / "config.yaml")
    indicators = read_table(ROOT / config["indicators"], "indicators")
    terms = StudyTerms(indicators, read_table(ROOT / config["regions_table"], "regions"), config)
    raw = (ROOT / config["raw"]).as_posix()
    observations, _ = observe(raw_paths(raw, config["vintage"]), raw, terms)
    panel = build_panel(observations, indicators, config)
    study = StudyData(config, indicators, {"panel": panel})
    pair = pair_values(study, config["interaction"])
    points = points_table(theoretical(pair, theory_sources(study))[0], pair)
    ((_, slopes),) = strength_rows.theoretical_slopes(points, pair["region"])
    columns = ["region", "year", "x1", "x2"]
    return Origin(pair.loc[pair["region"].isin(slopes.index), columns], slopes)


def growth_of(pair: pd.DataFrame, scale: str) -> Pool:
    """Return the growth rows of a panel by the trapezoid."""
    return pool(pair, ("x1", "x2"), ESTIMATOR, scale)


def simulated(design: Design, seed: int) -> pd.DataFrame:
    """Return one panel (region, year, x1, x2), in units of the study."""
    pair = provinces().pair
    rng = np.random.default_rng([DESIGNS.index(design), seed])
    paths = _interacting(design.strengths, rng) if design.strengths else _apart(design.name, rng)
    made = pair.sort_values(["region", "year"], ignore_index=True)
    return made.assign(**dict(zip(("x1", "x2"), paths.reshape(-1, 2).T, strict=True)))


def _interacting(strengths: Iterable[float], rng: np.random.Generator) -> Array:
    """Return paths (regions, years, 2) of regions that have the strengths in turn."""
    pair, slopes = provinces()
    data = growth_of(strength_rows.in_units_of_theory(pair, slopes), "none")
    G, years = len(data.regions), int(np.ptp(data.year)) + 1
    normals = rng.normal(size=(years, 2, 1)), rng.normal(size=(G, years, 2, 1))
    spread = observed_spread(data, with_common=True)
    every = [simulated_paths(data, spread, s, *normals)[..., 0] for s in strengths]
    paths = np.stack([every[r % len(every)][:, r] for r in range(G)])
    return np.asarray(paths / slopes.loc[[*data.regions], ["d", "b1"]].to_numpy()[:, None])


def _apart(world: str, rng: np.random.Generator) -> Array:
    """Return paths (regions, years, 2) of a world without interaction."""
    data = growth_of(provinces().pair, "first")
    slope = shown_effects.own_slopes(data, EFFECTS) * (world == shown_effects.OWN_LIMITS)
    rate = data.growth - slope * data.regressor
    shocks = shown_effects.world_shocks(data, rate, has_common=True, slopes=int(slope.any()))
    step = partial(shown_effects.limited, own=slope[:, None]) if slope.any() else grown
    start, end = (
        part[..., 0].reshape(len(data.regions), -1, 2)
        for part in simulated_panels(data, shocks, draw_normals(data, 1, rng), step)
    )
    return np.concatenate([start, end[:, -1:]], axis=1) * data.units[:, None]


def judged(design: Design, seed: int) -> list[Row]:
    """Return of a panel the verdict on both effects in both scopes, what is excluded and shown."""
    figures, slopes = simulated(design, seed), provinces().slopes
    own, of_region = figures[figures["region"] == REGION], slopes.loc[[REGION]]
    settings = ([ESTIMATOR], LEVEL, seed, SIMULATED)
    rows = [*strength_rows.panel_strength_rows(figures, slopes, *settings)]
    rows = [row for row in rows if row["effects"] == EFFECTS]
    rows += strength_rows.region_strength_rows(own, of_region, *settings)
    shown = [*_shown(figures, _panel_effects(figures, seed), seed)]
    shown += _shown(own, _region_effects(own), seed)
    columns = ("scope", "effect", "verdict", *TOLD[:2])
    return [
        {name: row[name] for name in columns} | {"shown": one}
        for row, one in zip(rows, shown, strict=True)
    ]


def _panel_effects(figures: pd.DataFrame, seed: int) -> list[shown_effects.Effect]:
    fit = fit_pooled(figures, "x1", "x2", ESTIMATOR, EFFECTS)
    tests = {(EFFECTS, row["parameter"]): row for row in slope_test_rows(fit, BY_YEAR, seed, LEVEL)}
    return shown_effects.effects_of_slopes(pooled_slopes(fit, tests, LEVEL))


def _region_effects(own: pd.DataFrame) -> list[shown_effects.Effect]:
    return shown_effects.effects_of_region(growth_of(own, "first"), LEVEL)


def _shown(figures: pd.DataFrame, effects: list[shown_effects.Effect], seed: int) -> list[bool]:
    data = growth_of(figures, "first")
    is_panel = len(data.regions) > 1
    taken_out = EFFECTS if is_panel else "none"
    found = shown_effects.worlds(data, taken_out, ESTIMATOR, is_panel, seed, LEVEL, SIMULATED)
    return [shown_effects.is_shown(effect, place, found) for place, effect in enumerate(effects)]


def rows(design: Design, found: Iterable[list[Row]]) -> list[Row]:
    """Return the rows of a design: for either scope and effect; found: what its panels give."""
    every, made = pd.DataFrame([row for one in found for row in one]), []
    for (scope, effect), part in every.groupby(["scope", "effect"], sort=False):
        row = {"design": design.name, "panels": len(part), "scope": scope, "effect": effect}
        row |= {name: (part["verdict"] == name).mean() for name in VERDICTS}
        row |= {name: part[name].mean() for name in TOLD}
        wrong = wilson(part[design.wrong].sum(), len(part)) if design.wrong else (np.nan,) * 3
        made.append(row | dict(zip(("wrong", "wrong_low", "wrong_high"), wrong, strict=True)))
    return made


def made(most: int) -> list[Row]:
    """Return the rows of all designs."""
    with ProcessPoolExecutor(2) as workers:
        return [
            row
            for design in DESIGNS
            for seeds in [range(min(design.panels, most))]
            for row in rows(design, workers.map(partial(judged, design), seeds))
        ]


if __name__ == "__main__":
    simulation(__doc__, TABLE, made)
