"""What a study has to show, as the charts name their needs."""

from coevo.findings.equilibrium import own_fits, refused
from coevo.findings.step import correlations
from coevo.findings.study import Study


def shown(study: Study) -> frozenset[str]:
    """Return which of the needs of charts the study meets.

    `regions`: several regions; `correlations`: one at least, and the scopes of those that could be
    computed; `fit`: the region in focus is estimated from its own growth; `coefficients`: it is, or
    regions are pooled; `own_fits`: one of several regions at least is estimated by itself.
    """
    has = set() if study.single else {"regions"}
    scopes = set() if study.single else set(correlations(study).index)
    has |= scopes | ({"correlations"} if scopes else set())
    if study.pair is None:
        return frozenset(has)
    estimated = study.focus not in refused(study)
    has |= {"fit"} if estimated else set()
    has |= {"coefficients"} if estimated or study.pooled else set()
    has |= {"own_fits"} if len(own_fits(study)) and not study.single else set()
    return frozenset(has)
