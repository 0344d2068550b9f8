"""What the relation rule could see in this panel, and what would decide. Read from `power`."""

from typing import Any

import pandas as pd

from coevo.files import rows_of
from coevo.power.bounded_years import EQUILIBRIUM
from coevo.power.relations_seen import ESTIMATES
from coevo.report.findings.carried import carried_slopes
from coevo.report.findings.study_tables import Study

SIZES = ("half", ESTIMATES, "ends")
SETTING = ["regions", "years", "noise"]


def power_rows(study: Study) -> pd.DataFrame:
    """What was simulated with the slopes of the panel; nothing where one rests on one region."""
    return study.rows("power").iloc[: 0 if carried_slopes(study) else None]


def power_finding(study: Study) -> dict[str, Any]:
    """How often each relation would be named, with effects as estimated; empty if not known.

    `seen`: by relation the share; `lost`: those of which most panels grow beyond every bound;
    `points`: the sizes of both effects, in percentage points of yearly growth for a tenth of the
    first-year output more; `own`: of the relation whose signs the estimates have its name, `share`,
    and `years`, the least number that finds it in four of five panels, and the share at `most`
    years (`last`); `told`: whether that number is `within` those looked at, or `beyond` them,
    `none` where no such relation stays bounded.
    """
    rows = rows_of(power_rows(study), size=ESTIMATES)
    if rows.empty:
        return {}
    here, most = own_setting(rows), int(rows["years"].max())
    seen = here.dropna(subset="power")
    later = rows_of(rows, years=most).set_index("effect")["power"]
    own = [
        {"relation": row.effect, "share": row.power, "years": row.least_years, "most": most}
        | {"last": later.get(row.effect)}
        for row in seen[seen["own"].eq(True)].itertuples()
        if pd.notna(row.least_years) or pd.notna(later.get(row.effect))
    ]
    return {
        "seen": [*zip(seen["effect"], seen["power"], strict=True)],
        "lost": list(here.loc[here["power"].isna(), "effect"]),
        "points": (10 * here[["A12", "A21"]].iloc[0].abs()).tolist(),
        "own": own[0] | {"told": _told(own[0]["years"])} if own else None,
        "told": _told(own[0]["years"]) if own else "none",
    }


def bounded_finding(study: Study) -> dict[str, Any]:
    """How many years bound the equilibrium of the region in focus: `told`, `years`; at `most`
    years the `share` of paths.
    """
    rows = study.rows("power", effect=EQUILIBRIUM)
    if rows.empty:
        return {"told": "unknown"}
    years = rows["least_years"].iloc[0]
    last = rows.loc[rows["years"].idxmax()]
    found = {"told": _told(years), "years": years}
    return found | {"most": int(last["years"]), "share": float(last["power"])}


def _told(least: float) -> str:
    return "beyond" if pd.isna(least) else "within"


def own_setting(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of the study's own number of regions and years, and its own noise: they stand first."""
    return rows_of(rows, **rows[SETTING].iloc[0].to_dict())
