"""What moved D of the region in focus? Read from `growth_split`."""

from typing import Any

from coevo.coupling.growth_split import splits
from coevo.report.findings.study_tables import Study

NEAR = 1e-9  # sums that differ by less agree


def growth_finding(study: Study, count: int = 2) -> dict[str, Any]:
    """Values and verdict of 'what moves D', as sums over the steps of the region in focus.

    `verdict`: `rose` or `fell` by the sign of the sum; `stayed` where it is 0; `not_split` where
    form, contributions, composite or preset do not allow it; `none` where no step could be split.
    `largest`: the contributions that go furthest along with the sum, `against`: those the other
    way, each with indicator and value. `gaps`: a step between `years` is left out.
    """
    if not splits(study.config["coupling"]):
        return {"verdict": "not_split"}
    rows = study.of_focus("growth_split")
    if rows.empty:
        return {"verdict": "none"}
    parts = rows.groupby("indicator")["contribution"].sum()
    total = float(parts.sum())
    years = (int(rows["year"].min()) - 1, int(rows["year"].max()))
    along = (parts if total >= 0 else -parts).sort_values(ascending=False)
    if abs(total) < NEAR:
        return {"verdict": "stayed", "years": years}
    return {
        "verdict": "rose" if total > 0 else "fell",
        "years": years,
        "gaps": rows["year"].nunique() < years[1] - years[0],
        "care": True,
        "largest": [(i, float(parts[i])) for i in along.index[:count] if along[i] > 0],
        "against": [(i, float(parts[i])) for i in along.index[::-1] if along[i] < 0],
    }
