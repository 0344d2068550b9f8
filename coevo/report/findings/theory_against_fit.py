"""Theory against fit: where theory puts the equilibrium, and what the fitted equations do there."""

from functools import lru_cache
from typing import Any

import pandas as pd

from coevo.equilibria.theory_rows import (
    CANNOT_SAY,
    CONFIRMED,
    CONTRADICTED,
    DIFFERS,
    MEAN,
    NO_EQUILIBRIUM,
    OWN,
    SLOPES,
    YEAR,
    joint_verdict,
)
from coevo.report.findings.equilibrium import fits, of_source
from coevo.report.findings.fit_tables import Reason
from coevo.report.findings.study_tables import Study

FAILS = "fails"
CALIBRATED = ("purchases", "share")  # sources of points that restate growth
SEEN = 0.05  # p below which growth of a region is counted


def of_fits(study: Study, scope: str, effects: str, errors: str) -> pd.DataFrame:
    """Rows of `theory` of a region, or of `mean`, by the main estimator; those with a point."""
    rows = study.rows("theory", scope=scope, effects=effects, errors=errors)
    rows = rows[rows["estimator"].isin([study.estimator, ""])]
    return rows[rows["source"] != ""]


def own_points(study: Study, region: str | None = None) -> pd.DataFrame:
    """Theoretical points of a region (by default that in focus), with growth by its own fit."""
    return of_fits(study, region or study.focus, "none", OWN)


@lru_cache(maxsize=8)
def theory_finding(study: Study) -> dict[str, Any]:
    """Values and verdicts of theory against fit.

    `verdict`: `average` where the mean over regions is contradicted, whatever point, estimator and
    effects; else
    that of the region in focus, `own`: see `joint_verdict`; `no_equilibrium` with `reasons`; `none`
    without a model. `points`: rows of `theory` by the own fit; `main`: the first; `spread`: least
    and largest of each coordinate; `sources`: the points by source; `growth`: which sentence tells
    of growth at the point; `seen`: growth that the own fit would have shown; `shared`: verdict of
    `pooled`; `pointless`: names of regions without a point; `means`, `pooled`:
    rows of the mean and of the region in focus by effects, errors by year; `moves`, `own_moves`:
    `grow`, `shrink` or `move`; `regions`, `alike`, `needs`, `shown`: see the functions of these
    names.
    """
    if study.pair is None:
        return {"verdict": "none", "slopes": "none"}
    rows = own_points(study)
    if rows.empty:
        refused = study.rows("refusals", scope=study.focus, quantity="theory", effects="none")
        reasons: list[Reason] = list(zip(refused["message"], refused["fields"], strict=True))
        none = {"verdict": NO_EQUILIBRIUM, "own": NO_EQUILIBRIUM, "slopes": "none"}
        return none | {"reasons": reasons}
    points, main = rows.to_dict("records"), rows.iloc[0]
    means = _by_effects(study, MEAN, main)
    every = study.rows("theory", scope=MEAN, errors=YEAR)  # all points, estimators and effects
    average = joint_verdict(every, located=False) if means else ""
    own = joint_verdict(rows, not fits(study).empty and bool(fits(study)["located"].iloc[0]))
    pooled = _by_effects(study, study.focus, main)
    simulated = "theory_control" in study.tables
    needs, years = _needs(study, rows), of_source(study, "calibration").dropna(subset="year")
    return {
        "verdict": "average" if average == CONTRADICTED else own,
        "own": own,
        "points": points,
        "main": main,
        "spread": {x: _ends(rows[x]) for x in ("x1", "x2")},
        "sources": {name: part.to_dict("records") for name, part in rows.groupby("source")},
        "growth": _growth(own, rows) if needs else "untested",
        "seen": [float(main[f"G{i}_seen"]) for i in (1, 2)],
        "means": means,
        "pooled": pooled,
        "shared": joint_verdict(pd.DataFrame(pooled.values(), columns=rows.columns), located=False),
        "pointless": list(study.rows("theory", verdict=NO_EQUILIBRIUM)["name"]),
        "moves": _moves(means.values()),
        "own_moves": _moves(points),
        "regions": _regions(study, main) if means else {},
        "alike": _alike(study, main),
        "needs": needs,
        "shown": _shown(needs),
        "slopes": "calibrated" if main["source"] in CALIBRATED and own != CANNOT_SAY else "none",
        "control": "moved" if own == CONFIRMED else "elsewhere" if simulated else "none",
        "failed": int(years["kind"].eq(FAILS).sum()),
        "of": len(years),
    }


def _growth(own: str, rows: pd.DataFrame) -> str:
    """Which sentence tells of growth at the points: `untested`, `outside`, `differs` or `told`."""
    if rows["G1"].isna().any():
        return "untested"
    return {CANNOT_SAY: "outside", DIFFERS: DIFFERS}.get(own, "told")


def _shown(needs: dict[str, dict[str, Any]]) -> str:
    """Which of the signs of comparative statics, b1 > 0 and d > 0, the own fit shows: `both`, `b1`,
    `d`, `neither`, or `contrary` where an interval lies below 0; "" without a fit.
    """
    if not needs:
        return ""
    if any(needs[name]["high"] < 0 for name in ("b1", "d")):
        return "contrary"
    shown = [name for name in ("b1", "d") if needs[name]["low"] > 0]
    return "both" if len(shown) == 2 else shown[0] if shown else "neither"


def _by_effects(study: Study, scope: str, main: pd.Series) -> dict[str, dict[str, Any]]:
    """Rows by effects of a region or of the mean, errors by year, at the main point."""
    found = {}
    for effects in study.effects:
        rows = of_fits(study, scope, effects, YEAR)
        rows = rows[(rows["source"] == main["source"]) & _same(rows["share"], main["share"])]
        if len(rows):
            found[effects] = rows.iloc[0].to_dict()
    return found


def _same(shares: pd.Series, share: float) -> pd.Series:
    return shares.isna() if pd.isna(share) else shares.eq(share)


def _ends(values: pd.Series) -> tuple[float, float]:
    return float(values.min()), float(values.max())


def _moves(rows: Any) -> str:
    """What growth says in one word: `grow` where both outputs do, `shrink`, or `move`."""
    signs = {value > 0 for row in rows for value in (row["G1"], row["G2"]) if value == value}
    return "move" if len(signs) != 1 else "grow" if signs.pop() else "shrink"


def _regions(study: Study, main: pd.Series) -> dict[str, int]:
    """In how many regions the own fit contradicts the main point, of how many it is known."""
    rows = study.rows("theory", effects="none", errors=OWN, estimator=study.estimator)
    rows = rows[(rows["source"] == main["source"]) & _same(rows["share"], main["share"])]
    counts = {of: int((rows[f"p_{of}"] < SEEN).sum()) for of in ("joint", "adjusted")}
    return counts | {"n": int(rows["p_joint"].notna().sum())}


def _alike(study: Study, main: pd.Series) -> tuple[int, int]:
    """How many estimators of the region's own fit give the main point its verdict, of how many."""
    rows = study.rows("theory", scope=study.focus, effects="none", source=main["source"])
    rows = rows[_same(rows["share"], main["share"])]
    return int((rows["verdict"] == main["verdict"]).sum()), len(rows)


def _needs(study: Study, points: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Each parameter of the own fit: as fitted with its interval, as theory needs it over all
    points, and how many standard errors apart.
    """
    own = {"scope": study.focus, "effects": "none", "estimator": study.estimator}
    rows = study.rows("parameters", **own, model="classic").set_index("parameter")
    return {
        name: {
            "fitted": float(rows.at[name, "estimate"]),
            "needed": _ends(points[f"{name}_needed"]),
            "apart": _ends(points[f"{name}_apart"]),
            "low": float(rows.at[name, "low"]),
            "high": float(rows.at[name, "high"]),
        }
        for pair in SLOPES
        for name in pair
        if name in rows.index
    }
