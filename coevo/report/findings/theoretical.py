"""Theoretical points, and growth of the fitted equations there, as charts show them."""

from functools import lru_cache

import pandas as pd

from coevo.equilibria.theory_rows import MEAN, OWN, YEAR
from coevo.report.findings.study_tables import Study
from coevo.sensitivity.specifications import EFFECTS

# what growth is computed by: a region's own fit, its pooled fits, the mean over regions
LINES = [OWN, *(f"{of}_{effects}" for of in ("pooled", MEAN) for effects in EFFECTS)]


@lru_cache(maxsize=8)
def theoretical_points(study: Study) -> pd.DataFrame:
    """Points of every region, each once, with their range over years where they have one."""
    rows = study.rows("theory", errors=OWN, estimator=[study.estimator, ""])
    return rows[rows["x1"].notna()]


@lru_cache(maxsize=8)
def growth_rows(study: Study) -> pd.DataFrame:
    """Growth of each output (x1, x2) at the points with its interval, by the errors that decide.

    Columns scope, line, share, output, estimate, low, high, p_joint, verdict; by outputs, lines in
    their order, and shares. Of several regions one point each: by the first source and share.
    """
    rows = study.rows("theory", errors=[OWN, YEAR], estimator=study.estimator)
    rows = rows[rows["G1"].notna()]
    if not study.single and len(rows):
        first = theoretical_points(study)[["source", "share"]].fillna(0).iloc[0]
        rows = rows[(rows[["source", "share"]].fillna(0) == first).all(axis=1)]
    of = rows["scope"].where(rows["scope"] == MEAN, "pooled")
    line = (of + "_" + rows["effects"]).mask(rows["errors"] == OWN, OWN)
    rows = rows.assign(line=line, place=line.map(LINES.index)).sort_values(["place", "share"])
    ends = {"estimate": "", "low": "_low", "high": "_high"}
    parts = (
        rows.assign(output=f"x{i}", **{end: rows[f"G{i}{name}"] for end, name in ends.items()})
        for i in (1, 2)
    )
    columns = ["scope", "line", "share", "output", *ends, "p_joint", "verdict"]
    return pd.concat(parts, ignore_index=True)[columns]
