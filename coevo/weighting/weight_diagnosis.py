"""Which method, and which common mistake, gives weights that somebody printed (docs/methods.md, 2).

What agrees with the weights to the digits they are given with is how they were, or may have been,
made from these figures.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from coevo.arrays import Array
from coevo.errors import StudyError
from coevo.normalisation import complete_rows
from coevo.weighting.weight_variants import Figures, Variant, variants

TOGETHER = "all"  # the subsystem of weights that sum to 1 over all indicators
SLACK = 1e-9  # of a computed weight that stands on the edge of what digits allow
MOST_NAMED = 4  # variants that agree and are named beside the first


class Made(NamedTuple):
    """What a variant makes of the figures: weights by subsystem, or why there are none."""

    variant: Variant
    weights: dict[str, Array]
    reason: str


class Attempt(NamedTuple):
    """Weights of a variant beside those given: the largest difference, and how many agree to their
    digits.
    """

    variant: Variant
    weights: dict[str, Array]
    difference: float
    agreeing: int


def figures_of(
    panel: pd.DataFrame,
    indicators: pd.DataFrame,
    config: Mapping[str, Any],
    kept: pd.DataFrame | None,
    given: pd.DataFrame,
) -> dict[str, Figures]:
    """Return what weights start from by subsystem of `given` (subsystem, indicator).

    panel, indicators: of the study; config: its keys normalisation and weighting; kept: goalposts
    of the reference of that name. Of the subsystem `TOGETHER` every indicator is weighed at once.
    """
    values, found = complete_rows(panel, indicators), {}
    used = indicators[indicators["indicator"].isin(given["indicator"])]
    directed = set(used["direction"]) != {"+"}
    for name, rows in given.groupby("subsystem", sort=False):
        table = indicators.set_index("indicator", drop=False).loc[list(rows["indicator"])]
        own = table.assign(subsystem=name).reset_index(drop=True)
        found[str(name)] = Figures(values[list(own["indicator"])], own, config, kept, directed)
    return found


def weights_made(figures: Mapping[str, Figures]) -> list[Made]:
    """Return the weights of every variant, figures by subsystem.

    Of variants with the same weights, but for rounding, the first of the registry stands for all.
    """
    found: list[Made] = []
    for variant in variants(next(iter(figures.values()))):
        try:
            weights = {name: variant.compute(own) for name, own in figures.items()}
        except StudyError as problem:
            found.append(Made(variant, {}, "; ".join(problem.messages)))
            continue
        if not any(_same(weights, other.weights) for other in found if not other.reason):
            found.append(Made(variant, weights, ""))
    return found


def _same(one: Mapping[str, Array], other: Mapping[str, Array]) -> bool:
    return all(np.abs(weights - other[name]).max() < SLACK for name, weights in one.items())


def attempts(made: list[Made], given: pd.DataFrame) -> list[Attempt]:
    """Return what the variants give, the nearest to the weights given first.

    given: subsystem, indicator, weight, half (half a unit of its last digit). Those that agree to
    all digits come before all others, of these the sound ones.
    """
    wanted, half = given["weight"].to_numpy(), given["half"].to_numpy()
    found = []
    for variant, weights, reason in made:
        if not reason:
            gap = np.abs(np.concatenate(list(weights.values())) - wanted)
            agreeing = int((gap <= half + SLACK).sum())
            found.append(Attempt(variant, weights, float(gap.max()), agreeing))

    def order(attempt: Attempt) -> tuple[bool, bool, float]:
        apart = attempt.agreeing < len(given)
        return apart, not (apart or attempt.variant.sound), attempt.difference

    return sorted(found, key=order)


def verdict(found: list[Attempt], figures: Mapping[str, Figures], given: pd.DataFrame) -> str:
    """Return in a sentence or two what the weights are; found, figures, given as for `attempts`."""
    agreeing = [attempt for attempt in found if attempt.agreeing == len(given)]
    first = found[0]
    if not agreeing:
        gaps = np.abs(np.concatenate(list(first.weights.values())) - given["weight"].to_numpy())
        worst = given["indicator"].iloc[int(gaps.argmax())]
        return (
            f"No variant known here gives these weights. The nearest is {first.variant.name}, "
            f"apart by up to {first.difference:.4f} ({worst}). They may rest on other years, "
            "regions, figures or units than this study, or on judgement."
        )
    own = next(iter(figures.values()))
    remark = first.variant.remark.format(
        rows=len(own.values), years=own.count("year"), regions=own.count("region"),
        indicators=own.values.shape[1],
    )  # fmt: skip
    text = f"These are weights by {first.variant.name}{f': {remark}' if remark else ''}."
    others = [attempt.variant.name for attempt in agreeing[1:]]
    if others:
        more = f" and {len(others) - MOST_NAMED} more" if len(others) > MOST_NAMED else ""
        named = " | ".join(others[:MOST_NAMED])
        text += f" The digits given do not tell this apart from: {named}{more}."
    return text
