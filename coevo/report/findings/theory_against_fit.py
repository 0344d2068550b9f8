"""Theory against fit: where theory puts the equilibrium, and what the fitted equations do there."""

from collections.abc import Iterable
from typing import Any

import pandas as pd

from coevo.arrays import Row
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
from coevo.report.findings.equilibrium import fits, parameter_rows
from coevo.report.findings.study_tables import Study, least_and_largest
from coevo.sensitivity.specifications import EFFECTS

FAILS = "fails"
CALIBRATED = ("purchases", "share")  # sources of points that restate growth
SEEN = 0.05  # p below which growth of a region is counted
# what growth is computed by: a region's own fit, its pooled fits, the mean over regions
LINES = [OWN, *(f"{of}_{effects}" for of in ("pooled", MEAN) for effects in EFFECTS)]


def theoretical_points(study: Study, **wanted: object) -> pd.DataFrame:
    """Rows of `theory` by the main estimator that have a point: by default those of every region,
    each once, with growth by its own fit.
    """
    rows = study.rows("theory", **{"errors": OWN, "estimator": [study.estimator, ""]} | wanted)
    return rows[rows["source"] != ""]


def growth_rows(study: Study) -> pd.DataFrame:
    """Growth of each output (x1, x2) at the points with its interval, by the errors that decide.

    Columns scope, line, share, output, estimate, low, high, p_joint, verdict; by outputs, lines in
    their order, and shares. Of several regions one point each: by the first source and share.
    """
    rows = theoretical_points(study, errors=[OWN, YEAR], estimator=study.estimator)
    rows = rows[rows["G1"].notna()]
    if not study.single and len(rows):
        rows = _at_point(rows, theoretical_points(study).iloc[0])
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


def _at_point(rows: pd.DataFrame, point: pd.Series) -> pd.DataFrame:
    """Those rows whose point has the source and the share of another."""
    same_share = rows["share"].eq(point["share"]) | rows["share"].isna() & pd.isna(point["share"])
    return rows[rows["source"].eq(point["source"]) & same_share]


def theory_fit_finding(study: Study) -> dict[str, Any]:
    """Values and verdicts of theory against fit.

    `verdict`: `average` where the mean over regions is contradicted, whatever point, estimator and
    effects; else that of the region in focus, `own`: see `joint_verdict`; `no_equilibrium` with
    `reasons`. `points`: rows of `theory` by the own fit; `main`: the first; `spread`: least
    and largest of each coordinate; `sources`: the points by source; `growth`: which sentence tells
    of growth at the point; `seen`: growth that the own fit would have shown; `shared`: verdict of
    `pooled`; `pointless`: names of regions without a point; `means`, `pooled`:
    rows of the mean and of the region in focus by effects, errors by year; `moves`, `own_moves`:
    `grow`, `shrink` or `move`; `regions`, `alike`, `needs`, `shown`: see the functions of these
    names.
    """
    rows = theoretical_points(study, scope=study.focus, effects="none")
    if rows.empty:
        refused = study.rows("refusals", scope=study.focus, quantity="theory", effects="none")
        reasons = list(zip(refused["message"], refused["fields"], strict=True))
        return {"verdict": NO_EQUILIBRIUM, "slopes": "none", "reasons": reasons}
    points, main = rows.to_dict("records"), rows.iloc[0]
    means, pooled = (_by_effects(study, scope, main) for scope in (MEAN, study.focus))
    every = study.rows("theory", scope=MEAN, errors=YEAR)  # all points, estimators and effects
    average = joint_verdict(every, located=False) if means else ""
    alone = joint_verdict(rows, located=bool(fits(study)["located"].head(1).any()))
    needs, years = _needs(study, rows), study.rows("equilibria", source="calibration")
    years = years.dropna(subset="year")
    simulated = "theory_control" in study.tables
    return {
        "verdict": "average" if average == CONTRADICTED else alone,
        "own": alone,
        "points": points,
        "main": main,
        "spread": {x: least_and_largest(rows[x]) for x in ("x1", "x2")},
        "sources": {name: part.to_dict("records") for name, part in rows.groupby("source")},
        "growth": _growth(alone, rows) if needs else "untested",
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
        "slopes": "calibrated" if main["source"] in CALIBRATED and alone != CANNOT_SAY else "none",
        "control": "moved" if alone == CONFIRMED else "elsewhere" if simulated else "none",
        "failed": int(years["kind"].eq(FAILS).sum()),
        "of": len(years),
    }


def _growth(verdict: str, rows: pd.DataFrame) -> str:
    """Which sentence tells of growth at the points: `untested`, `outside`, `differs` or `told`."""
    if rows["G1"].isna().any():
        return "untested"
    return {CANNOT_SAY: "outside", DIFFERS: DIFFERS}.get(verdict, "told")


def _shown(needs: dict[str, Row]) -> str:
    """Which of the signs of comparative statics, b1 > 0 and d > 0, the own fit shows: `both`, `b1`,
    `d`, `neither`, or `contrary` where an interval lies below 0; "" without a fit.
    """
    slopes = {name: needs[name] for name in ("b1", "d") if needs}
    if any(slope["high"] < 0 for slope in slopes.values()):
        return "contrary"
    shown = [name for name, slope in slopes.items() if slope["low"] > 0]
    return "both" if len(shown) == 2 else "".join(shown) or ("neither" if needs else "")


def _by_effects(study: Study, scope: str, main: pd.Series) -> dict[str, Row]:
    """Rows by effects of a region or of the mean, errors by year, at the main point."""
    rows = theoretical_points(study, scope=scope, effects=study.effects, errors=YEAR)
    rows = _at_point(rows, main).set_index("effects", drop=False)
    return {e: rows.loc[e].to_dict() for e in study.effects if e in rows.index}


def _moves(rows: Iterable[Row]) -> str:
    """What growth says in one word: `grow` where both outputs do, `shrink`, or `move`."""
    signs = {value > 0 for row in rows for value in (row["G1"], row["G2"]) if value == value}
    return "move" if len(signs) != 1 else "grow" if signs.pop() else "shrink"


def _regions(study: Study, main: pd.Series) -> dict[str, int]:
    """In how many regions the own fit contradicts the main point, of how many it is known."""
    rows = _at_point(theoretical_points(study, effects="none", estimator=study.estimator), main)
    counts = {of: int((rows[f"p_{of}"] < SEEN).sum()) for of in ("joint", "adjusted")}
    return counts | {"n": int(rows["p_joint"].notna().sum())}


def _alike(study: Study, main: pd.Series) -> tuple[int, int]:
    """How many estimators of the region's own fit give the main point its verdict, of how many."""
    rows = _at_point(study.rows("theory", scope=study.focus, effects="none"), main)
    return int((rows["verdict"] == main["verdict"]).sum()), len(rows)


def _needs(study: Study, points: pd.DataFrame) -> dict[str, Row]:
    """Each parameter of the own fit: as fitted with its interval, as theory needs it over all
    points, and how many standard errors apart.
    """
    rows = parameter_rows(study)[["estimate", "low", "high"]].rename(columns={"estimate": "fitted"})
    return {
        name: {
            **rows.loc[name],
            "needed": least_and_largest(points[f"{name}_needed"]),
            "apart": least_and_largest(points[f"{name}_apart"]),
        }
        for pair in SLOPES
        for name in pair
        if name in rows.index
    }


def control_finding(study: Study) -> dict[str, dict[float, Row]]:
    """The control of growth at a theoretical point, empty where that is not known: rows by case
    (`observed`, `control`, `growth_phase`) and by factor (1, .7, 1.3).
    """
    cases = study.table("theory_control").set_index("factor").groupby("case")
    return {str(name): part.to_dict("index") for name, part in cases}
