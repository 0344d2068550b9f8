"""What a person at a terminal is told of the two-population model: what it needs and may have."""

from collections.abc import Iterator, Sequence

from coevo.arrays import Config
from coevo.equilibria.possible_outputs import Output, candidates, proposed_pair
from coevo.estimation.region import FEWEST_ROWS

MOST_NAMES = 8
NEEDED = "it needs an output of each system, in money or counts and always positive"
REASONS = {  # of `Output`, and for a subsystem
    "relative": "a share, rate or index",
    "unit": "unit not known",
    "not_positive": "has figures of zero or below",
    "years": f"no region has {FEWEST_ROWS} rows of growth",
    "composite": "the index of a subsystem",
}


def shown(names: Sequence[str]) -> str:
    """Return the first names in a line, and how many more there are."""
    more = len(names) - MOST_NAMES
    return ", ".join(names[:MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


def standing(outputs: Sequence[Output]) -> str:
    """Return which indicators could be an output of the model, and why the others could not."""
    told = {"outputs could be": candidates(outputs)}
    for reason, text in REASONS.items():
        told[text] = [one.indicator for one in outputs if one.reason == reason]
    return "; ".join(f"{text}: {shown(names)}" for text, names in told.items() if names)


def model_lines(interaction: Config | None, outputs: Sequence[Output]) -> Iterator[str]:
    """Yield how a study turns the model on or what it lacks, or each output that is unfit."""
    if not interaction:
        pair, on = proposed_pair(outputs), "{{upstream: {upstream}, downstream: {downstream}}}"
        how = f"interaction: {on.format(**pair)} turns it on" if pair else NEEDED
        yield f"Model of two populations: off; {how}; {standing(outputs)}"
        return
    unfit = {one.subsystem: "composite" for one in outputs}
    unfit |= {one.indicator: one.reason for one in outputs}
    for side in ("upstream", "downstream"):
        if reason := unfit.get(interaction[side]):
            yield f"interaction.{side}: {interaction[side]}: {REASONS[reason]}; {standing(outputs)}"
