"""Which method, and which common mistake, gives weights that somebody printed (docs/methods.md, 2).

What agrees with the weights to the digits they are given with is how they were, or may have been,
made from these figures.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from coevo.errors import StudyError
from coevo.normalisation import complete_rows
from coevo.weighting.method import Array
from coevo.weighting.weight_variants import Figures, Variant, variants

TOGETHER = "all"  # the subsystem of weights that sum to 1 over all indicators
SLACK = 1e-9  # of a computed weight that stands on the edge of what digits allow
MOST_NAMED = 4  # variants that agree and are named beside the first


class Attempt(NamedTuple):
    """What a variant gives: weights by subsystem; largest difference from the weights given, and
    how many of them agree to their digits; reason: why there are none.
    """

    variant: Variant
    weights: dict[str, Array]
    difference: float
    agreeing: int
    reason: str


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


def attempts(figures: Mapping[str, Figures], given: pd.DataFrame) -> list[Attempt]:
    """Return what each variant gives, the nearest to the weights given first.

    figures: by subsystem; given: subsystem, indicator, weight, half (half a unit of its last
    digit). Those that agree to all digits come first, of these the sound ones; those that these
    figures do not allow come last. Of variants with the same weights the first of the registry
    stands for all.
    """
    found: list[Attempt] = []
    for variant in variants(next(iter(figures.values()))):
        attempt = _attempt(variant, figures, given)
        if attempt.reason or not any(_same(attempt, other) for other in found):
            found.append(attempt)

    def order(attempt: Attempt) -> tuple[bool, bool, bool, float]:
        apart = attempt.agreeing < len(given)
        return bool(attempt.reason), apart, not (apart or attempt.variant.sound), attempt.difference

    return sorted(found, key=order)


def _same(one: Attempt, other: Attempt) -> bool:
    """Whether two variants give the same weights for these figures, but for rounding."""
    pairs = [(w, other.weights.get(name)) for name, w in one.weights.items()]
    return all(v is not None and np.abs(w - v).max() < SLACK for w, v in pairs)


def _attempt(variant: Variant, figures: Mapping[str, Figures], given: pd.DataFrame) -> Attempt:
    weights, parts = {}, []
    for subsystem, own in figures.items():
        rows = given[given["subsystem"] == subsystem]
        try:
            weights[subsystem] = variant.compute(own)
        except StudyError as problem:
            return Attempt(variant, {}, np.inf, 0, "; ".join(problem.messages))
        gap = np.abs(weights[subsystem] - rows["weight"].to_numpy())
        parts.append(np.column_stack([gap, gap <= rows["half"].to_numpy() + SLACK]))
    gaps: npt.NDArray[np.float64] = np.concatenate(parts)
    return Attempt(variant, weights, float(gaps[:, 0].max()), int(gaps[:, 1].sum()), "")


def verdict(found: list[Attempt], figures: Mapping[str, Figures], given: pd.DataFrame) -> str:
    """Return in a sentence or two what the weights are; found, figures, given as for `attempts`."""
    agreeing = [a for a in found if not a.reason and a.agreeing == len(given)]
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
    others = [a.variant.name for a in agreeing[1:]]
    if others:
        more = f" and {len(others) - MOST_NAMED} more" if len(others) > MOST_NAMED else ""
        named = " | ".join(others[:MOST_NAMED])
        text += f" The digits given do not tell this apart from: {named}{more}."
    return text
