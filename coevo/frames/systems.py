"""What a call says of the columns of a DataFrame, as a table of indicators; problems of it."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from coevo.errors import Problems, StudyError
from coevo.normalisation.directions import scale_of
from coevo.weighting import WEIGHTINGS

GIVEN, RAW, NORMALISED = "given", "raw", "normalised"
METHODS = [name for name, method in WEIGHTINGS.items() if not method.needs]  # known by name alone
Systems = Mapping[str, Sequence[str]]
Directions = Mapping[str, str]
Weighting = str | Mapping[str, float]


def indicator_table(
    systems: Systems, directions: Directions, weighting: Weighting, figures: str, problems: Problems
) -> pd.DataFrame:
    """Return indicator, subsystem, direction and best, the last two as one text in `directions`.

    What is wrong with the arguments of `coordination` is added to the problems.
    """
    for system, listed in systems.items():
        if isinstance(listed, str):
            problems.add(f"systems: {system}: '{listed}' is no list; write ['{listed}']")
    problems.check()
    pairs = [(name, system) for system, names in systems.items() for name in names]
    rows = [(*pair, *directions.get(pair[0], "+").partition(" ")[::2]) for pair in pairs]
    table = pd.DataFrame(rows, columns=["indicator", "subsystem", "direction", "best"], dtype=str)
    if figures not in (RAW, NORMALISED):
        problems.add(f"figures: '{figures}' is neither {RAW} nor {NORMALISED}; say which they are")
    if isinstance(weighting, str) and weighting not in METHODS:
        problems.add(f"weighting: unknown method '{weighting}'; known: {', '.join(METHODS)}")
    if table["subsystem"].nunique() < 2:
        problems.add("systems: name at least two, each with a list of its columns")
    weighed = {} if isinstance(weighting, str) else weighting
    for argument, names in {"directions": directions, "weighting": weighed}.items():
        for name in sorted(set(names) - set(table["indicator"])):
            problems.add(f"{argument}: '{name}' is in no system; correct the name")
    if figures == NORMALISED and directions:
        problems.add("directions: of normalised figures more is better; leave directions out")
    for row in table.to_dict("records"):
        try:
            _ = scale_of(row).way
        except StudyError as problem:
            problems.extend(f"directions: {row['indicator']}: {line}" for line in problem.messages)
    return table


def normalised_before(values: pd.DataFrame, figures: str) -> Iterator[str]:
    """Yield that figures are said to be raw and look normalised, if they do."""
    low, high = values.min(), values.max()
    same = len(low) > 1 and np.ptp(low) < 1e-9 and np.ptp(high) < 1e-9
    if figures == RAW and same and low.min() >= 0 and high.max() <= 1:
        ends = f"{low.min():g} to {high.max():g}"
        yield f"figures: go from {ends} in every column, as if {NORMALISED}; say so, or undo it"
