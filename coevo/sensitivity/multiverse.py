"""D under every allowed combination of choices, and which choice drives it (methods, 3).

The choices: indicator system, reference, range, weighting, composite, form. None of them is right
beyond doubt; what holds under nearly all of them does not hang on one.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from coevo.coupling import FORMS, composite_indices, degrees, grade
from coevo.coupling.comovement import correlation
from coevo.coupling.composites import COMPOSITES
from coevo.errors import Problems, StudyError
from coevo.normalisation import normalise, scaled_panel
from coevo.weighting import weigh

Array = npt.NDArray[np.float64]
CHOICES = ("system", "reference", "range", "weighting", "composite", "form")
COLUMNS = [*CHOICES, "main", "D_mean", "rank_correlation", "grades_changed", "n"]
COLUMNS += ["focus_D", "focus_rank", "focus_grade"]
RANGES = ((0.01, 0.99), (0.0, 1.0))
REFERENCES = ("panel", "year")  # of the others, region forbids comparison and two need a file
System = tuple[pd.DataFrame, pd.DataFrame]  # panel and indicator table


def span_name(span: Sequence[float]) -> str:
    """Return a range as the tables write it: [0.01, 0.99]."""
    return "[{:g}, {:g}]".format(*span)


def _main(config: Mapping[str, Any]) -> dict[str, str]:
    settings = config["normalisation"]
    return {
        "system": "main",
        "reference": settings["reference"],
        "range": span_name(settings["range"]),
        "weighting": config["weighting"]["method"],
        "composite": config["coupling"]["composite"],
        "form": config["coupling"]["form"],
    }


def _with_main(names: Sequence[str], main: str) -> list[str]:
    return [main, *(name for name in names if name != main)]


def indicator_systems(
    panel: pd.DataFrame, indicators: pd.DataFrame, others: Mapping[str, pd.DataFrame]
) -> dict[str, System]:
    """Return the study's own system as `main`, and others by name, all with the study's panel.

    `StudyError` where another system uses an indicator that the panel does not have.
    """
    known = set(panel["indicator"])
    problems = Problems()
    for name, table in others.items():
        for indicator in table.loc[table["subsystem"] != "", "indicator"]:
            if indicator not in known:
                problems.add(
                    f"robustness.systems.{name}: the study has no indicator '{indicator}'; add it "
                    "to its indicator table, without a subsystem"
                )
    problems.check()
    return {"main": (panel, indicators), **{name: (panel, table) for name, table in others.items()}}


def multiverse_rows(
    systems: Mapping[str, System],
    config: Mapping[str, Any],
    kept: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return the table `multiverse`: a row per combination, the study's own first.

    `systems`: panel and indicator table by name, the study's own as `main`; `kept`: goalposts of
    the reference of that name. D_mean over all
    region-years; rank_correlation: Spearman with the main one; grades_changed: share of the `n`
    region-years in both; of the region in focus D, rank and grade in the last year. A method
    that figures do not allow under some combination is left out there.
    """
    main = _main(config)
    n = next(iter(systems.values()))[1].query("subsystem != ''")["subsystem"].nunique()
    forms = [form for form in FORMS if form != "k" or main["form"] == "k"]
    spans = {span_name(span): span for span in (tuple(config["normalisation"]["range"]), *RANGES)}
    references, composites = _with_main(REFERENCES, main["reference"]), list(COMPOSITES)
    if config["normalisation"]["method"] == "vector":  # it knows neither reference nor range
        spans = {main["range"]: spans[main["range"]]}
        references, composites = [main["reference"]], [main["composite"]]
    frames: dict[tuple[str, ...], pd.Series] = {}
    for system, reference, span in product(systems, references, spans):
        for weighting, Z, w, member, index, ends in _weighted(
            systems[system], reference, spans[span], config, kept
        ):
            for composite in composites:
                U = composite_indices(Z, w, member, composite, ends)
                for form in forms:
                    if form == "k" and n != 2:
                        continue
                    D = degrees(U, {**config["coupling"], "form": form}).D
                    frames[system, reference, span, weighting, composite, form] = pd.Series(
                        D, index
                    )
    if tuple(main.values()) not in frames:
        return pd.DataFrame(columns=COLUMNS)
    return _rows(frames, tuple(main.values()), config)


def _weighted(
    system: System,
    reference: str,
    span: tuple[float, float],
    config: Mapping[str, Any],
    kept: pd.DataFrame | None,
) -> Iterator[tuple[str, Array, Array, Array, pd.Index, tuple[float, float] | None]]:
    """Yield weighting, Z, w, member, region-years and range of a system, normalised one way."""
    panel, indicators = system
    settings = {**config["normalisation"], "reference": reference, "range": list(span)}
    try:
        normalised, _ = normalise(panel, indicators, settings, kept)
    except StudyError:  # constant within a year, say
        return
    table = weigh(normalised, panel, indicators, {**config["weighting"], "method": ""})
    wide = normalised.pivot(index=["region", "year"], columns="indicator", values="z").sort_index()
    for weighting, rows in table.groupby("weighting", sort=False):
        subsystems = np.array(list(dict.fromkeys(rows["subsystem"])))
        member = (rows["subsystem"].to_numpy()[:, None] == subsystems).astype(float)
        Z = wide[list(rows["indicator"])].to_numpy()
        yield (
            str(weighting),
            Z,
            rows["weight"].to_numpy(),
            member,
            wide.index,
            scaled_panel(settings),
        )


def _rows(
    frames: Mapping[tuple[str, ...], pd.Series], main: tuple[str, ...], config: Mapping[str, Any]
) -> pd.DataFrame:
    first = frames[main]
    table, focus = config["coupling"]["grades"], config["focus_region"]
    rows = []
    for key in sorted(frames, key=lambda key: key != main):
        D = frames[key]
        both = D.index.intersection(first.index)
        own, other = first.loc[both], D.loc[both]
        changed = grade(other, table) != grade(own, table)
        years = D.index.get_level_values("year")
        last = D[years == years.max()].droplevel("year")
        seen = focus in last.index
        rows.append(
            (
                *key,
                key == main,
                D.mean(),
                float(correlation(other.rank().to_numpy(), own.rank().to_numpy())),
                float(changed.mean()),
                len(both),
                last[focus] if seen else np.nan,
                last.rank(ascending=False, method="min")[focus] if seen else np.nan,
                grade([last[focus]], table)[0] if seen else "",
            )
        )
    return pd.DataFrame(rows, columns=COLUMNS)


def choice_sensitivity(table: pd.DataFrame, seed: int = 1, log2_samples: int = 13) -> pd.DataFrame:
    """Return choice, outcome, first_order, total: Sobol indices of the choices over the multiverse.

    Outcomes: `focus_D` and `D_mean`. Each choice is drawn uniformly among its variants. First
    order: share of the outcome's variance due to the choice alone; total: with its interactions. By
    scipy (Saltelli's design, 2^`log2_samples` draws per matrix); a choice with one variant has
    no row. Combinations that are not there leave out the variant of the choice that lacks
    them most.
    """
    from scipy.stats import randint, sobol_indices

    columns = ["choice", "outcome", "first_order", "total"]
    complete, levels = _complete(table)
    varied = [choice for choice in CHOICES if len(levels[choice]) > 1]
    if not varied:
        return pd.DataFrame(columns=columns)
    rows = []
    shape = [len(levels[choice]) for choice in varied]
    places = [complete[choice].map(levels[choice].index).to_numpy() for choice in varied]
    for outcome in ("focus_D", "D_mean"):
        grid = np.empty(shape)
        grid[tuple(places)] = complete[outcome].to_numpy()
        if not np.isfinite(grid).all() or np.ptp(grid) == 0:
            continue
        result = sobol_indices(
            func=lambda x, grid=grid: grid[tuple(x.astype(int))],
            n=2**log2_samples,
            dists=[randint(0, size) for size in shape],
            rng=np.random.default_rng(seed),
        )
        for choice, alone, total in zip(
            varied, result.first_order, result.total_order, strict=True
        ):
            rows.append((choice, outcome, float(alone), float(total)))
    return pd.DataFrame(rows, columns=columns)


def _complete(table: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, list[str]]]:
    """Return the largest full grid: variants that lack combinations are left out one by one."""
    while True:
        levels = {choice: list(dict.fromkeys(table[choice])) for choice in CHOICES}
        size = int(np.prod([len(level) for level in levels.values()]))
        if len(table) == size:
            return table, levels
        expected = {choice: size // len(levels[choice]) for choice in CHOICES}
        lacking = [
            ((table[choice] == variant).sum() / expected[choice], choice, variant)
            for choice in CHOICES
            for variant in levels[choice]
            if len(levels[choice]) > 1
        ]
        _, choice, variant = min(lacking)
        table = table[table[choice] != variant]
