"""Ways in which a paper may have made its weights, right and wrong (docs/methods.md, 2).

The methods of the registry, other normalisations before them, and mistakes that are often made.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import product
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from coevo.arrays import Array
from coevo.errors import StudyError
from coevo.normalisation import find_goalposts, held_against, scope_of
from coevo.weighting import available, weights_by
from coevo.weighting.combined import RULES
from coevo.weighting.entropy import entropy_weights, information_entropy
from coevo.weighting.method import shares
from coevo.weighting.objective import OBJECTIVE, critic_weights, cv_weights
from coevo.weighting.principal_components import components, indicator_correlations

UNIT = (0.0, 1.0)
SHIFTS = {0.01: "SPSSAU", 0.001: "", 0.0001: ""}  # added to z on [0, 1]
Compute = Callable[["Figures"], Array]
METHODS = {"entropy": entropy_weights, "critic": critic_weights}  # tried on parts of the panel


@dataclass(frozen=True)
class Figures:
    """What weights of one subsystem are computed from.

    values: complete region-years down, a column per indicator; indicators: their rows of the
    indicator table; config: normalisation and weighting of the study; kept: its kept goalposts.
    """

    values: pd.DataFrame
    indicators: pd.DataFrame
    config: Mapping[str, Any]
    kept: pd.DataFrame | None = None
    directed: bool = False  # whether less, or a middle, is better for some indicator given
    made: dict[tuple[tuple[float, float], str], Array] = field(init=False, default_factory=dict)

    @property
    def span(self) -> tuple[float, float]:
        """The study's own range of z."""
        low, high = self.config["normalisation"]["range"]
        return (low, high)

    def labels(self, level: str) -> pd.Index:
        """Return region or year of each row."""
        return self.values.index.get_level_values(level)

    def count(self, level: str) -> int:
        """Return the number of regions or years."""
        return int(self.labels(level).nunique())

    def z(self, span: tuple[float, float] | None = None, reference: str = "") -> Array:
        """Return z (rows, m) by the study's own normalisation, or by another range or reference.

        Many variants ask for the same: it is kept in `made`.
        """
        settings = dict(self.config["normalisation"])
        key = (span or self.span, reference or str(settings["reference"]))
        if key not in self.made:
            settings |= {"range": list(key[0]), "reference": key[1]}
            scope = scope_of(self.values, self.indicators, settings, self.kept)
            posts = find_goalposts(self.raw, scope, settings)
            names, table = scope.indicators, self.indicators
            self.made[key] = held_against(self.raw, posts, names, table, settings)[0]
        return self.made[key]

    @property
    def raw(self) -> Array:
        """The figures before normalisation (rows, m)."""
        return np.asarray(self.values, dtype=float)

    def means(self, level: str) -> "Figures":
        """Return the means by region or by year, a row each."""
        settings = self.config["normalisation"] | {"reference": "panel"}
        values = self.values.groupby(level=level).mean()
        return Figures(values, self.indicators, {**self.config, "normalisation": settings})


class Variant(NamedTuple):
    """A way to weights: its name, what is to be said of it, and whether it is sound."""

    name: str
    remark: str
    sound: bool
    compute: Compute


def _signed(values: Array) -> Array:
    """Return values over their sum; all below zero give weights too, of both signs none."""
    total = values.sum()
    if total == 0 or np.any(values / total < 0):
        raise StudyError("some weights would be negative")
    found: Array = values / total
    return found


def _with_base(Z: Array, base: float) -> Array:
    """Entropy weights with k = 1 / ln(base) in place of 1 / ln(rows)."""
    if base <= 1:
        raise StudyError("the logarithm of 1 is 0")
    return _signed(1 - information_entropy(Z) * np.log(len(Z)) / np.log(base))


def _without_zeros(Z: Array) -> Array:
    """Entropy weights in which rows with a zero do not count, each indicator by itself."""
    return shares(1 - np.array([information_entropy(z[z > 0][:, None])[0] for z in Z.T]), "entropy")


# a formula of entropy weights: name, remark, sound, function of Z and the figures
ENTROPIES: tuple[tuple[str, str, bool, Callable[[Array, Figures], Array]], ...] = (
    ("entropy", "", True, lambda Z, f: entropy_weights(Z)),
    (
        "entropy, k = 1/ln(years)",
        "the sums of p ln p run over all {rows} region-years, so that k must be 1/ln({rows}); with "
        "1/ln({years}) entropies exceed 1",
        False, lambda Z, f: _with_base(Z, f.count("year")),
    ),
    (
        "entropy, k = 1/ln(regions)",
        "the sums of p ln p run over all {rows} region-years, so that k must be 1/ln({rows}); with "
        "1/ln({regions}) entropies exceed 1",
        False, lambda Z, f: _with_base(Z, f.count("region")),
    ),
    (
        "entropy, k = 1/ln(indicators)",
        "the sums of p ln p run over {rows} region-years, and not over the {indicators} indicators",
        False, lambda Z, f: _with_base(Z, Z.shape[1]),
    ),
    (
        "entropy without k",
        "sums of p ln p are not divided by ln({rows}), so that entropies exceed 1",
        False, lambda Z, f: _with_base(Z, np.e),
    ),
    (
        "entropy, logarithms to base 10",
        "k is 1/ln({rows}), but p ln p was taken to base 10 (LOG in a spreadsheet)",
        False, lambda Z, f: _signed(1 - information_entropy(Z) / np.log(10)),
    ),
    (
        "entropy, e for 1 − e",
        "weights are shares of e, and so the largest where an indicator differs least",
        False, lambda Z, f: shares(information_entropy(Z), "entropy"),
    ),
)  # fmt: skip


def _shifted(shift: float, figures: Figures) -> Array:
    return figures.z(UNIT) + shift


def _ways(figures: Figures) -> Iterator[tuple[str, Callable[[Figures], Array]]]:
    """Yield how figures may have been normalised before: its name and z."""
    yield "", Figures.z
    if figures.span != UNIT:
        yield "z on [0, 1], 0 ln 0 = 0", partial(Figures.z, span=UNIT)
    for shift, whose in SHIFTS.items():
        name = f"z on [0, 1] + {shift:g}"
        yield f"{name} ({whose})" if whose else name, partial(_shifted, shift)


def _entropy_after(
    z: Callable[[Figures], Array], compute: Callable[[Array, Figures], Array], f: Figures
) -> Array:
    return compute(z(f), f)


def _entropies(figures: Figures) -> Iterator[Variant]:
    """Yield formulas of entropy on each normalisation; the study's own is in the registry."""
    for (way, z), (name, remark, sound, compute) in product(_ways(figures), ENTROPIES):
        if way or not sound:
            said = f"{name}; {way}" if way else name
            yield Variant(said, remark, sound, partial(_entropy_after, z, compute))
    yield Variant(
        "entropy, zeros left out; z on [0, 1]",
        "rows whose z is 0 were dropped, or their LN(0) skipped, and not counted; a shift, or "
        "0 ln 0 = 0 with all {rows} rows, keeps them",
        False, lambda f: _without_zeros(f.z(UNIT)),
    )  # fmt: skip
    yield Variant(
        "entropy of figures before normalisation",
        "shares p are those of the raw figures, so that their zero counts, and not their least "
        "value; directions are not looked at",
        False, lambda f: entropy_weights(f.raw),
    )  # fmt: skip


def _registered(figures: Figures) -> Iterator[Variant]:
    """Yield the methods of the registry, and combinations of entropy with another one."""

    def own(name: str, settings: Mapping[str, Any], f: Figures) -> Array:
        frame = pd.DataFrame(f.z(), f.values.index, f.values.columns)
        found = weights_by(name, frame, f.values, f.indicators, settings)
        return np.asarray(found["weight"], dtype=float)

    settings = figures.config["weighting"]
    for name in available(settings):
        yield Variant(name, "", True, partial(own, name, settings))
    for rule, other in product(RULES, OBJECTIVE):
        if other != "entropy" and not settings.get("combine"):
            methods = {"combine": {"methods": ["entropy", other]}}
            said = f"{rule} combination of entropy and {other}"
            yield Variant(said, "", True, partial(own, rule, {**settings, **methods}))


def _by_part(level: str, method: Callable[[Array], Array], reference: str, f: Figures) -> Array:
    """Mean of the weights of each year or region taken alone."""
    Z, labels = f.z(reference=reference), f.labels(level)
    alone = [method(Z[labels == label]) for label in labels.unique()]
    return np.asarray(np.mean(alone, axis=0))


def _of_year(year: int, method: Callable[[Array], Array], reference: str, f: Figures) -> Array:
    return method(f.z(reference=reference)[f.labels("year") == year])


def _by_year_scale(method: Callable[[Array], Array], f: Figures) -> Array:
    return method(f.z(reference="year"))


def _of_means(level: str, method: Callable[[Array], Array], f: Figures) -> Array:
    return method(f.means(level).z())


def _parts(figures: Figures) -> Iterator[Variant]:
    """Yield the panel taken apart: by year, by region, one year alone, means."""
    for (name, method), (reference, how) in product(
        METHODS.items(), {"": "", "year": ", normalised by year"}.items()
    ):
        averaged = "weights of each year alone were averaged; those of the panel take all rows"
        yield Variant(
            f"{name}, mean over the years{how}", averaged, False,
            partial(_by_part, "year", method, reference),
        )  # fmt: skip
        for year in figures.labels("year").unique().sort_values():
            yield Variant(
                f"{name} of {year} alone{how}", "the other years do not enter; all {rows} rows do",
                False, partial(_of_year, year, method, reference),
            )  # fmt: skip
    for name, method in METHODS.items():
        yield Variant(
            f"{name}, mean over the regions",
            "weights of each region alone were averaged; those of the panel take all rows",
            False, partial(_by_part, "region", method, ""),
        )  # fmt: skip
        yield Variant(
            f"{name}, normalised by year",
            "minima and maxima are those of each year, so that change over time does not count",
            True, partial(_by_year_scale, method),
        )  # fmt: skip
        for level, other in (("region", "year"), ("year", "region")):
            yield Variant(
                f"{name} of means by {level}",
                f"figures were averaged over each {other} first: {{{level}s}} rows of {{rows}}",
                False, partial(_of_means, level, method),
            )  # fmt: skip


def _absolute_critic(f: Figures) -> Array:
    Z = f.z()
    conflict = (1 - np.abs(indicator_correlations(Z))).sum(axis=0)
    return shares(Z.std(axis=0) * conflict, "CRITIC")


def _first_component(f: Figures) -> Array:
    return _signed(components(f.z())[1][:, 0])


def _dispersions(figures: Figures) -> Iterator[Variant]:
    """Yield other measures of dispersion, and the registry's on figures they are not meant for."""
    units = "raw figures have units, and the unit decides the weight (SPSSAU leaves it to its user)"
    for name, remark, sound, compute in (
        ("standard deviation of z", "", True, lambda f: shares(f.z().std(axis=0), "sd")),
        ("standard deviation of raw figures", units, False,
         lambda f: shares(f.raw.std(axis=0), "sd")),
        ("critic of raw figures", units, False, lambda f: critic_weights(f.raw)),
        ("critic with absolute correlations",
         "conflict is 1 − r, and not 1 − |r|: indicators that run against each other conflict most",
         False, _absolute_critic),
        ("cv of z",
         "the mean of z hangs on its range and minimum; the coefficient of variation is of the raw "
         "figures", False, lambda f: cv_weights(f.z())),
        ("cv of z on [0, 1]",
         "the mean of z hangs on its range and minimum; the coefficient of variation is of the raw "
         "figures", False, lambda f: cv_weights(f.z(UNIT))),
        ("first principal component", "the other components above 1 do not enter", False,
         _first_component),
    ):  # fmt: skip
        yield Variant(name, remark, sound, compute)


def _undirected(figures: Figures) -> Iterator[Variant]:
    """Yield methods for which more is better everywhere, where the study has another direction."""

    def plain(method: Callable[[Array], Array], f: Figures) -> Array:
        return method(replace(f, indicators=f.indicators.assign(direction="+", best="")).z())

    for name, method in METHODS.items() if figures.directed else ():
        yield Variant(
            f"{name}, every direction taken for +",
            "indicators of which less, or a middle, is better were not turned round",
            False, partial(plain, method),
        )  # fmt: skip


def variants(figures: Figures) -> list[Variant]:
    """Return every variant of weights for these figures, sound ones first."""
    kinds = (_registered, _entropies, _parts, _dispersions, _undirected)
    found = [variant for kind in kinds for variant in kind(figures)]
    return sorted(found, key=lambda variant: not variant.sound)
