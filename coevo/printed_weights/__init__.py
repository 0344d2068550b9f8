"""Weights that a paper prints: read, and which method or mistake gives them (docs/methods.md, 2).

What agrees with the weights to the digits they are given with is how they were, or may have been,
made from these figures. Tried are the methods of the registry, and the rows of `variants.csv`:
other normalisations before them, and mistakes that are often made.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import product
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from coevo.arrays import Array, Config
from coevo.errors import Problems, StudyError, short
from coevo.files import read_optional
from coevo.normalisation import complete_rows, find_goalposts, held_against, scope_of
from coevo.observations.cells import cell_figure
from coevo.observations.names import aliases, compared, nearest_names
from coevo.study.config_text import read_rows
from coevo.study.readiness import Checked
from coevo.study.terminal import said
from coevo.weighting import available, methods, weights_by
from coevo.weighting.combined import RULES

UNIT, NARROW = (0.0, 1.0), (0.002, 0.998)
WAYS = {  # figures of several rows of `variants.csv` -> what their names then end with
    "own": "",
    "unit": "; z on [0, 1], 0 ln 0 = 0",
    "narrow": "; z on [0.002, 0.998]",
    "unit+0.01": "; z on [0, 1] + 0.01 (SPSSAU)",
    "unit+0.001": "; z on [0, 1] + 0.001",
    "unit+0.0001": "; z on [0, 1] + 0.0001",
}
TOGETHER = "all"  # the subsystem of weights that sum to 1 over all indicators
SLACK = 1e-9  # of a computed weight that stands on the edge of what digits allow
SHOWN = 15  # variants in the table
WEIGHT_HEAD = re.compile(r"weight|权重|权数|^w", re.IGNORECASE)
PERCENT = 1.5  # a sum above this many times the number of subsystems is of per cent


def _cell(text: str) -> tuple[float, float] | None:
    """Return a number, per cent as share, and half a unit of its last digit; else None."""
    try:
        value, _, decimals, form, _ = cell_figure(text, {})
    except StudyError:
        return None
    scale = {"%": 100, "‰": 1000}.get(form, 1)
    return value / scale, 0.5 * 10.0**-decimals / scale


def _known(indicators: pd.DataFrame) -> dict[str, str]:
    """Return the indicators of subsystems by all their names: id, labels, names in the files."""
    by_name: dict[str, str] = {}
    labels = [column for column in indicators if str(column).startswith("label_")]
    for row in indicators[indicators["subsystem"] != ""].to_dict("records"):
        names = [row["indicator"], *(row[label] for label in labels)]
        for name in [*names, *aliases(row["source_name"])]:
            by_name.setdefault(compared(str(name)), str(row["indicator"]))
    return by_name


def _columns(
    table: Sequence[Sequence[str]], known: Mapping[str, str], path: str
) -> tuple[int, int]:
    """Return the columns of names and of weights: the one with most names, the one of numbers."""
    width = range(len(table[0]))
    named = [sum(compared(row[k]) in known for row in table) for k in width]
    names = max(width, key=lambda k: named[k])
    if not named[names]:
        raise StudyError(
            f"{path}: no cell is the name of an indicator; give id, label or source_name"
        )
    rows = [row for row in table if compared(row[names]) in known]
    numeric = [k for k in width if k != names and all(_cell(row[k]) for row in rows)]
    headed = [k for k in numeric if WEIGHT_HEAD.search(table[0][k])]
    if len(headed or numeric) != 1:
        heads = ", ".join(short(table[0][k]) for k in headed or numeric) or "none"
        raise StudyError(
            f"{path}: one column must hold the weights, a number for each indicator; found: "
            f"{heads}; keep that one, and call it weight"
        )
    return names, (headed or numeric)[0]


def read_weights(path: str, indicators: pd.DataFrame) -> pd.DataFrame:
    """Return the weights of a CSV table: subsystem, indicator, weight (a share), half.

    Names are ids, labels or names in the files of the indicators; a head may be there or not. The
    subsystem is `TOGETHER` where the weights sum to 1 over all indicators, and not within each
    subsystem. half: half a unit of the last digit given. Raises `StudyError` for names that are
    unknown or lacking in a subsystem, and weights that sum to neither.
    """
    rows, known = read_rows(path), _known(indicators)
    table = [list(rows[0]), *(list(row.values()) for row in rows)]  # its head may be a row
    names, place = _columns(table, known, path)
    cells: dict[str, tuple[float, float]] = {}
    problems = Problems()
    for row in table:
        cell, name = _cell(row[place]), compared(row[names])
        if name in known and cell:
            if known[name] in cells:
                problems.add(f"{path}: {short(row[names])} stands twice; keep one")
            cells[known[name]] = cell
        elif cell:
            near = nearest_names(row[names], known)
            hint = f"; {near[0]}, perhaps" if near else ""
            problems.add(f"{path}: '{short(row[names])}' is no indicator of the study{hint}")
    used = indicators[indicators["subsystem"] != ""].set_index("indicator")["subsystem"]
    whole = used[used.isin(used[list(cells)])]
    for name in whole.index.difference(list(cells)):
        problems.add(f"{path}: {name} of {used[name]} has no weight; add it, 0 if it has none")
    problems.check()
    numbers = pd.DataFrame([cells[name] for name in whole.index], columns=["weight", "half"])
    return _scoped(whole.rename_axis("indicator").reset_index(name="subsystem").join(numbers), path)


def _scoped(weights: pd.DataFrame, path: str) -> pd.DataFrame:
    """Return weights as shares of what they sum to 1 over."""
    if weights["weight"].sum() > PERCENT * weights["subsystem"].nunique():
        weights[["weight", "half"]] /= 100
    sums = weights.groupby("subsystem", sort=False)[["weight", "half"]].sum()
    if ((sums["weight"] - 1).abs() <= sums["half"] + 1e-9).all():
        return weights
    if abs(weights["weight"].sum() - 1) <= weights["half"].sum() + 1e-9:
        return weights.assign(subsystem=TOGETHER)
    listed = ", ".join(f"{name} {value:.4g}" for name, value in sums["weight"].items())
    raise StudyError(
        f"{path}: weights sum to {listed}; they must sum to 1 (or 100 %) in each subsystem or over "
        "all; is one missing or misprinted?"
    )


def weight_lines(checked: Checked, path: str) -> list[str]:
    """Return what `coevo weights` prints: the variants nearest to a file's weights, a verdict."""
    if checked.panel is None or not checked.config["subsystems"]:
        raise StudyError(*checked.problems or ("subsystems: the study has none, and no weights",))
    printed = read_weights(path, checked.indicators)
    figures = figures_of(checked, printed)
    results = weights_made(figures)
    ranking = attempts(results, printed)
    first = next(iter(figures.values()))
    counts = {level: first.count(level) for level in ("region", "year")}
    return said(
        "weights.txt",
        file=Path(path).name,
        study=checked.config["study"],
        weights=len(printed),
        together=set(printed["subsystem"]) == {TOGETHER},
        size=counts | {"region-year": len(first.values)},
        nearest=[
            (one.variant.name, f"{one.difference:.5f}", f"{one.agreeing} of {len(printed)}")
            for one in ranking[:SHOWN]
        ],
        further=len(ranking[SHOWN:]),
        impossible=[(v.name, reason) for v, _, reason in results if reason and v.sound],
        verdict=verdict(ranking, figures, printed),
    )


@dataclass(frozen=True)
class Figures:
    """What weights of one subsystem are computed from.

    values: complete region-years down, a column per indicator; indicators: their rows of the
    indicator table; config: normalisation and weighting of the study; goalposts: its kept ones.
    """

    values: pd.DataFrame
    indicators: pd.DataFrame
    config: Config
    goalposts: pd.DataFrame | None = None
    directed: bool = False  # whether less, or a middle, is better for some indicator given
    computed: dict[tuple[tuple[float, float], str], Array] = field(init=False, default_factory=dict)

    def labels(self, level: str) -> pd.Index:
        """Return region or year of each row."""
        return self.values.index.get_level_values(level)

    def count(self, level: str) -> int:
        """Return the number of regions or years."""
        return int(self.labels(level).nunique())

    def z(self, span: tuple[float, float] | None = None, reference: str = "") -> Array:
        """Return z (rows, m) by the study's own normalisation, or by another range or reference.

        Many variants ask for the same: it is kept in `computed`.
        """
        settings = dict(self.config["normalisation"])
        key = (span or tuple(settings["range"]), reference or str(settings["reference"]))
        if key not in self.computed:
            settings |= {"range": list(key[0]), "reference": key[1]}
            scope = scope_of(self.values, self.indicators, settings, self.goalposts)
            posts = find_goalposts(self.raw, scope, settings)
            self.computed[key] = held_against(self.raw, posts, scope, settings)[0]
        return self.computed[key]

    @property
    def raw(self) -> Array:
        """The figures before normalisation (rows, m)."""
        return np.asarray(self.values, dtype=float)

    def means(self, level: str) -> "Figures":
        """Return the means by region or by year, a row each."""
        settings = self.config["normalisation"] | {"reference": "panel"}
        values = self.values.groupby(level=level).mean()
        return Figures(values, self.indicators, {**self.config, "normalisation": settings})

    def turned(self, name: str) -> "Figures":
        """Return the same figures with the other direction of one indicator."""
        table = self.indicators
        other = table["direction"].map({"+": "-", "-": "+"}).fillna(table["direction"])
        here = table["indicator"] == name
        return replace(
            self, indicators=table.assign(direction=table["direction"].mask(here, other))
        )

    def undirected(self) -> "Figures":
        """Return the same figures as if more of every indicator were better."""
        return replace(self, indicators=self.indicators.assign(direction="+", best=""))


class Variant(NamedTuple):
    """A way to weights: its name, what is to be said of it, and whether it is sound."""

    name: str
    remark: str
    sound: bool
    compute: Callable[[Figures], Array]


def _signed(values: Array) -> Array:
    """Return values over their sum; all below zero give weights too, of both signs none."""
    total = values.sum()
    if total == 0 or np.any(values / total < 0):
        raise StudyError("some weights would be negative")
    return np.asarray(values / total)


def _with_base(base: Callable[[Array, Figures], float], Z: Array, f: Figures) -> Array:
    """Entropy weights with k = 1 / ln(base) in place of 1 / ln(rows)."""
    if base(Z, f) <= 1:
        raise StudyError("the logarithm of 1 is 0")
    return _signed(1 - methods.information_entropy(Z) * np.log(len(Z)) / np.log(base(Z, f)))


def _without_zeros(Z: Array, f: Figures) -> Array:
    """Entropy weights in which rows with a zero do not count, each indicator by itself."""
    entropies = [methods.information_entropy(z[z > 0][:, None])[0] for z in Z.T]
    return methods.shares(1 - np.array(entropies), "entropy")


def _absolute_critic(Z: Array, f: Figures) -> Array:
    conflict = (1 - np.abs(methods.indicator_correlations(Z))).sum(axis=0)
    return methods.shares(Z.std(axis=0) * conflict, "CRITIC")


# the columns `formula` and `figures` of `variants.csv`
FORMULAS: dict[str, Callable[[Array, Figures], Array]] = {
    "entropy": lambda Z, f: methods.entropy_weights(Z),
    "entropy_years": partial(_with_base, lambda Z, f: f.count("year")),
    "entropy_regions": partial(_with_base, lambda Z, f: f.count("region")),
    "entropy_indicators": partial(_with_base, lambda Z, f: Z.shape[1]),
    "entropy_no_k": partial(_with_base, lambda Z, f: np.e),
    "entropy_10": lambda Z, f: _signed(1 - methods.information_entropy(Z) / np.log(10)),
    "entropy_e_for_1_e": lambda Z, f: methods.shares(methods.information_entropy(Z), "entropy"),
    "entropy_without_zeros": _without_zeros,
    "critic": lambda Z, f: methods.critic_weights(Z),
    "critic_absolute": _absolute_critic,
    "cv": lambda Z, f: methods.cv_weights(Z),
    "sd": lambda Z, f: methods.shares(Z.std(axis=0), "sd"),
    "first_component": lambda Z, f: _signed(methods.components(Z)[1][:, 0]),
}
FIGURES: dict[str, Callable[[Figures], Array]] = {
    "own": Figures.z,
    "unit": lambda f: f.z(UNIT),
    "narrow": lambda f: f.z(NARROW),
    "raw": lambda f: f.raw,
    "by_year": lambda f: f.z(reference="year"),
    "means_region": lambda f: f.means("region").z(),
    "means_year": lambda f: f.means("year").z(),
    "undirected": lambda f: f.undirected().z(),
}


def _computed(figures: str, formula: str, level: str, year: int, f: Figures) -> Array:
    """Return weights by a formula; of a level their mean over its parts, or those of one year."""
    name, _, shift = figures.partition("+")
    Z, compute = FIGURES[name](f) + float(shift or 0), FORMULAS[formula]
    if not level:
        return compute(Z, f)
    labels = f.labels(level)
    parts = [year] if year else labels.unique()
    return np.asarray(np.mean([compute(Z[labels == part], f) for part in parts], axis=0))


def _listed(figures: Figures) -> Iterator[Variant]:
    """Yield the rows of `variants.csv`: one for each of their figures, and for each single year."""
    years = figures.labels("year").unique().sort_values()
    for row in read_rows(Path(__file__).with_name("variants.csv")):
        if row["figures"] == "undirected" and not figures.directed:
            continue
        level = row["alone"].removeprefix("one_")
        for name in row["figures"].split("|"):
            for year in years if row["alone"] == "one_year" else (0,):
                compute = partial(_computed, name, row["formula"], level, year)
                title = row["name"].format(way=WAYS.get(name), year=year)
                yield Variant(title, row["remark"], bool(row["sound"]), compute)


def _registered(figures: Figures) -> Iterator[Variant]:
    """Yield the methods of the registry, and combinations of entropy with another one."""

    def compute(name: str, settings: Config, f: Figures) -> Array:
        frame = pd.DataFrame(f.z(), f.values.index, f.values.columns)
        weights = weights_by(name, frame, f.values, f.indicators, settings)
        return np.asarray(weights["weight"], dtype=float)

    settings = figures.config["weighting"]
    for name in available(settings):
        yield Variant(name, "", True, partial(compute, name, settings))
    for rule, other in product(RULES, methods.OBJECTIVE):
        if other != "entropy" and not settings.get("combine"):
            both = {"combine": {"methods": ["entropy", other]}}
            title = f"{rule} combination of entropy and {other}"
            yield Variant(title, "", True, partial(compute, rule, {**settings, **both}))


def _turned(names: Iterable[str]) -> Iterator[Variant]:
    """Yield entropy weights with the other direction of one indicator."""
    for name in names:
        compute = partial(lambda name, f: methods.entropy_weights(f.turned(name).z()), name)
        remark = f"its direction in the table of indicators, or in the paper, is wrong: {name}"
        yield Variant(f"entropy; direction of {name} turned", remark, False, compute)


def variants(figures: Figures, names: Iterable[str] = ()) -> list[Variant]:
    """Return every variant of weights for these figures, sound ones first.

    names: indicators whose direction may be wrong.
    """
    listed = [*_registered(figures), *_listed(figures), *_turned(names)]
    return sorted(listed, key=lambda variant: not variant.sound)


class VariantWeights(NamedTuple):
    """What a variant makes of the figures: weights of all indicators, or why there are none."""

    variant: Variant
    weights: Array
    reason: str


class Attempt(NamedTuple):
    """Weights of a variant beside those given: gaps, and how many agree to their digits."""

    variant: Variant
    gaps: Array
    agreeing: int

    @property
    def difference(self) -> float:
        """The largest gap."""
        return float(self.gaps.max())


def figures_of(checked: Checked, printed: pd.DataFrame) -> dict[str, Figures]:
    """Return what weights start from by subsystem of `printed` (subsystem, indicator).

    Of the subsystem `TOGETHER` every indicator is weighed at once.
    """
    indicators, config = checked.indicators, checked.config
    goalposts = read_optional(config["normalisation"]["goalposts"], "goalposts")
    values, figures = complete_rows(checked.panel, indicators), {}
    used = indicators[indicators["indicator"].isin(printed["indicator"])]
    directed = set(used["direction"]) != {"+"}
    for name, rows in printed.groupby("subsystem", sort=False):
        table = indicators.set_index("indicator", drop=False).loc[list(rows["indicator"])]
        table = table.assign(subsystem=name).reset_index(drop=True)
        columns = values[list(table["indicator"])]
        figures[str(name)] = Figures(columns, table, config, goalposts, directed)
    return figures


def weights_made(figures: Mapping[str, Figures]) -> list[VariantWeights]:
    """Return the weights of every variant, figures by subsystem.

    Of variants with the same weights, but for rounding, the first of the registry stands for all.
    """
    results: list[VariantWeights] = []
    names = [name for subsystem in figures.values() for name in subsystem.values]
    for variant in variants(next(iter(figures.values())), names):
        try:
            weights = np.concatenate([variant.compute(subsystem) for subsystem in figures.values()])
        except StudyError as problem:
            results.append(VariantWeights(variant, np.array([]), "; ".join(problem.messages)))
            continue
        others = (other.weights for other in results if not other.reason)
        if not any(np.abs(weights - other).max() < SLACK for other in others):
            results.append(VariantWeights(variant, weights, ""))
    return results


def attempts(results: list[VariantWeights], printed: pd.DataFrame) -> list[Attempt]:
    """Return what the variants give, the nearest to the weights given first.

    printed: subsystem, indicator, weight, half (half a unit of its last digit). Those that agree to
    all digits come before all others, of these the sound ones.
    """
    wanted, half = printed["weight"].to_numpy(), printed["half"].to_numpy()
    ranking = []
    for variant, weights, reason in results:
        if not reason:
            gaps = np.abs(weights - wanted)
            ranking.append(Attempt(variant, gaps, int((gaps <= half + SLACK).sum())))

    def order(attempt: Attempt) -> tuple[bool, bool, float]:
        apart = attempt.agreeing < len(printed)
        return apart, not (apart or attempt.variant.sound), attempt.difference

    return sorted(ranking, key=order)


def verdict(ranking: list[Attempt], figures: Mapping[str, Figures], printed: pd.DataFrame) -> str:
    """Return in a sentence or two what weights are; their ranking and figures by subsystem."""
    first, of = ranking[0], next(iter(figures.values()))
    near = pd.Series(first.gaps <= printed["half"].to_numpy() + SLACK)
    whole = near.groupby(printed["subsystem"].to_numpy()).all()
    counts = {f"{level}s": of.count(level) for level in ("year", "region")}
    counts |= zip(("rows", "indicators"), of.values.shape, strict=True)
    (text,) = said(
        "verdict.txt",
        agreeing=[one.variant.name for one in ranking if one.agreeing == len(printed)],
        first=first,
        remark=first.variant.remark.format(**counts),
        furthest=printed["indicator"].iloc[int(first.gaps.argmax())],
        right=list(whole.index[whole]),
        off=list(whole.index[~whole]),
    )
    return text
