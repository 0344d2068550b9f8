"""What a study has to show, as the charts name their needs, and what their captions say."""

from typing import Any

from coevo.equilibria.theory_rows import MEAN
from coevo.report.findings.coverage_years import shown_breaks
from coevo.report.findings.equilibrium import refused, region_fit_rows
from coevo.report.findings.in_step import correlation_values, paired_by
from coevo.report.findings.page_one import opening_kind
from coevo.report.findings.regional_pattern import group_means, growth
from coevo.report.findings.study_tables import Study
from coevo.report.findings.theoretical import growth_rows

TILE = ["tile_row", "tile_column"]  # columns of a table of regions with tiles


def charts_that_apply(study: Study) -> frozenset[str]:
    """Return which of the needs of charts the study meets.

    `indices`: it has indices of subsystems, as those up to `sensitivity` presuppose but for
    `regions`: several regions; `claim_counts`, `degrees`: what page one shows;
    `correlations`: one at least, and the scopes of those that could be
    computed; `tiles`: every region has a tile, `untiled`: one has none;
    `level`: D is held against the level of development;
    `convergence`: growth of D has been held against its start;
    `growth_split`: the growth of D in the region in focus is split; `combinations`: combinations
    of choices give it several grades; `sensitivity`: which choice matters is known; `fit`: the
    region in focus is estimated from its own growth; `coefficients`: it is, or regions are pooled;
    `own_fits`: one of several regions at least is estimated by itself; `theory`: growth at the
    theoretical point is known of the region in focus or on average.
    """
    has = set() if study.single else {"regions"}
    has |= _of_indices(study) if study.indexed else set()
    has |= {"claim_counts" if opening_kind(study) == "claims" else "degrees"}
    if study.pair is None:
        return frozenset(has)
    estimated = study.focus not in refused(study)
    has |= {"fit"} if estimated else set()
    has |= {"coefficients"} if estimated or study.pooled else set()
    has |= {"own_fits"} if len(region_fit_rows(study)) and not study.single else set()
    has |= {"theory"} if growth_rows(study)["scope"].isin([study.focus, MEAN]).any() else set()
    return frozenset(has)


def _of_indices(study: Study) -> set[str]:
    tables, places = study.tables, study.places
    level, multiverse = tables["level"], tables["multiverse"]
    scopes = set() if study.single else set(correlation_values(study).index)
    tiled = False
    if places is not None and set(TILE) <= set(places):
        tiled = set(study.regions) <= set(places.dropna(subset=TILE)["region"])
    met = {
        "tiles": tiled and not study.single,
        "untiled": not tiled and not study.single,
        "level": not study.single and level["measure"].eq("adjusted_lnD").any(),
        "convergence": not study.single and growth(study)["verdict"] != "none",
        "growth_split": len(study.of_focus("growth_split")) > 0,
        "combinations": multiverse["focus_grade"].replace("", None).nunique() > 1,
        "sensitivity": tables["sensitivity"]["outcome"].eq("focus_D").any(),
    }
    found = {need for need, holds in met.items() if holds}
    return found | {"indices"} | scopes | ({"correlations"} if scopes else set())


def captions_finding(study: Study) -> dict[str, Any]:
    """Return which sentences and clauses stand under charts of indices: `many`, `farthest` where
    not every region is drawn, `groups`, `means` of groups, the `tick` of their mean, `scatter`,
    years of changed `coverage`, the `bar` of random pairings; `degrees`: beside the level?
    """
    groups, charts = not study.single and bool(group_means(study)), charts_that_apply(study)
    return {
        "many": len(study.drawn) < len(study.regions),
        "farthest": len(study.farthest) < len(study.regions),
        "groups": groups,
        "means": groups,
        "tick": not study.single,
        "scatter": "levels" in charts,
        "coverage": shown_breaks(study),
        "bar": paired_by(study),
        "degrees": "by_year" if "level" in charts else "alone",
    }
