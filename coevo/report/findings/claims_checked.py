"""How many claims come to each conclusion."""

import pandas as pd

from coevo.sensitivity.claim_evidence import CONCLUSIONS


def conclusions(claims: pd.DataFrame) -> list[tuple[str, int]]:
    """Return the conclusions of claims with their number, those that occur, supported first."""
    counts = claims["conclusion"].value_counts()
    return [(key, int(counts[key])) for key in dict.fromkeys(CONCLUSIONS.values()) if key in counts]
