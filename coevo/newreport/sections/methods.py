"""The choices of a study as the text for a methods section names them."""

from dataclasses import dataclass, field
from typing import Any

from coevo.coupling.comovement import RUN
from coevo.coupling.grade_scales import MARGIN
from coevo.newreport.numbers import band
from coevo.newreport.study import Study
from coevo.normalisation import VECTOR
from coevo.normalisation.directions import RATIO, scales_of
from coevo.regional.neighbourhood import NEAREST
from coevo.regional.regional_panel import DRAWS


@dataclass(frozen=True)
class MethodFacts:
    """Which methods a study uses, by the keys of its configuration.

    normalisation: `minmax`, `ratio` or `vector`; contributions: `equal` or `given`, with `shares`
    by system; combined: weightings that a combined one is made of, with their shares or None;
    best, own: indicators with a best value or band, and with goalposts of their own, with what
    these are; censored: whether a D is 0 or 1; margin: ratio of indices from which a system lags;
    run, nearest, draws: settings of the pairing, of neighbours without borders, of permutations.
    """

    normalisation: str
    settings: dict[str, Any]
    weighting: str
    combined: list[tuple[str, float | None]]
    composite: str
    coupling: dict[str, Any]
    contributions: str
    shares: list[tuple[str, float]]
    best: list[tuple[str, str]] = field(default_factory=list)
    own: list[tuple[str, str]] = field(default_factory=list)
    censored: bool = False
    margin: float = MARGIN
    run: int = RUN
    nearest: int = NEAREST
    draws: int = DRAWS


def facts(study: Study) -> MethodFacts:
    """Return the methods by which D of a study is made."""
    settings, coupling = study.config["normalisation"], study.config["coupling"]
    ratio = settings["method"] != VECTOR and settings["reference"] == RATIO
    contributions = coupling["contributions"]
    equal = isinstance(contributions, str)
    combine = study.config["weighting"].get("combine") or {}
    methods = list(combine.get("methods", ()))
    D = study.coupling["D"].dropna()
    return MethodFacts(
        normalisation=RATIO if ratio else settings["method"],
        settings=settings,
        weighting=study.config["weighting"]["method"],
        combined=list(zip(methods, combine.get("shares") or [None] * len(methods), strict=True)),
        composite=coupling["composite"],
        coupling=coupling,
        contributions=contributions if equal else "given",
        shares=[] if equal else list(zip(study.subsystems, contributions, strict=True)),
        best=_bands(study, "best"),
        own=_bands(study, "own"),
        censored=not ((D > 0) & (D < 1)).all(),
    )


def _bands(study: Study, kind: str) -> list[tuple[str, str]]:
    ends = {name: getattr(scale, kind) for name, scale in scales_of(study.indicators).items()}
    return [(name, text) for name, pair in ends.items() if pair and (text := band(*pair))]
