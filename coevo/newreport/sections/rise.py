"""How far D rose: of all regions, and of the region in focus."""

from dataclasses import dataclass

from coevo.newreport.grades import MIDPOINT
from coevo.newreport.study import Study

FEW_NAMES = 5  # regions that a sentence names


@dataclass(frozen=True)
class FocusState:
    """D, grade and rank of one region in its own first and last year.

    direction: `rose`, `fell` or `stayed`; growth: of D a year; ranked: number of regions with D in
    the last year; own_years: the years where they are not those of the study.
    """

    years: tuple[int, int]
    D: tuple[float, float]
    grade: tuple[str, str]
    rank: tuple[int, int]
    ranked: int
    growth: float | None
    direction: str
    own_years: bool


@dataclass(frozen=True)
class RiseFacts:
    """How D moved in the regions that have it in the first and in the last year.

    verdict: `one_region`, `all` rose, `most` (more than half), `some` or `none`; uncompared: names
    of the regions without one of these years, none where they are more than a few (`left_out` is
    their number); reached: regions at 0.5 or more in the first and in the last year.
    """

    verdict: str
    compared: int
    rose: int
    mean: tuple[float, float]
    direction: str
    reached: tuple[int, int]
    left_out: int
    uncompared: list[str]
    highest: tuple[str, float]
    lowest: tuple[str, float]
    scale: str
    focus: FocusState


def direction(first: float, last: float) -> str:
    """Return whether a figure `rose`, `fell` or `stayed`."""
    return "stayed" if last == first else "rose" if last > first else "fell"


def focus_state(study: Study, region: str) -> FocusState:
    """Return the first and the last state of a region."""
    first, last = (rows.loc[region] for rows in study.ends)
    years = (int(first["year"]), int(last["year"]))
    steps = years[1] - years[0]
    growth = (last["D"] / first["D"]) ** (1 / steps) - 1 if first["D"] and steps else None
    return FocusState(
        years=years,
        D=(first["D"], last["D"]),
        grade=(first["grade"], last["grade"]),
        rank=(int(first["rank"]), int(last["rank"])),
        ranked=int(study.coupling["year"].eq(years[1]).sum()),
        growth=None if study.single else growth,
        direction=direction(first["D"], last["D"]),
        own_years=years != (study.years[0], study.years[-1]),
    )


def facts(study: Study) -> RiseFacts:
    """Return how D moved between the first and the last year."""
    whole = study.compared["region"].unique()
    first, last = (rows.loc[whole, "D"] for rows in study.ends)
    rose, compared = int((last > first).sum()), len(last)
    share = rose / compared
    verdict = "all" if share == 1 else "most" if share > 0.5 else "some" if rose else "none"
    out = study.uncompared
    ranked = study.ends[1].sort_values("D", ascending=False)
    mean = (float(first.mean()), float(last.mean()))
    return RiseFacts(
        verdict="one_region" if study.single else verdict,
        compared=compared,
        rose=rose,
        mean=mean,
        direction=direction(*mean),
        reached=(int((first >= MIDPOINT).sum()), int((last >= MIDPOINT).sum())),
        left_out=len(out),
        uncompared=[study.name(region) for region in out] if len(out) <= FEW_NAMES else [],
        highest=(str(ranked["name"].iloc[0]), float(ranked["D"].iloc[0])),
        lowest=(str(ranked["name"].iloc[-1]), float(ranked["D"].iloc[-1])),
        scale=scale_kind(study),
        focus=focus_state(study, study.focus),
    )


def scale_kind(study: Study) -> str:
    """Return what fixes the scale of an indicator: `vector`, `one_region`, `panel` or `other`."""
    normalisation = study.config["normalisation"]
    if normalisation["method"] == "vector":
        return "vector"
    if study.single:
        return "one_region"
    return "panel" if normalisation["reference"] == "panel" else "other"
