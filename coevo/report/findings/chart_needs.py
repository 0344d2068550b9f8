"""What a study has to show, as the charts name their needs, and what their captions say."""

from typing import Any

from coevo.report.findings.coverage_years import shown_breaks
from coevo.report.findings.equilibrium import refused, region_fit_rows
from coevo.report.findings.in_step import correlation_values
from coevo.report.findings.regional_pattern import group_means
from coevo.report.findings.study_tables import Study
from coevo.report.findings.theory_against_fit import told_strengths

TILE = ["tile_row", "tile_column"]  # columns of a table of regions with tiles


def charts_that_apply(study: Study) -> frozenset[str]:
    """Return which of the needs of charts the study meets.

    Beside what `Study.has` says: the scopes of correlations that could be computed;
    `tiles`: every region has a tile, `untiled`: one has none; `level`: D is held against the level
    of development; `headline_variants`: headlines are held against choices; `fit`: the region in
    focus is estimated from its own growth; `own_fits`: one of several regions at least is estimated
    by itself; `strengths`: the strength of interaction is known of the region in focus or of the
    panel.
    """
    met = _of_indices(study) if study.indexed else {}
    if study.pair:
        met |= {
            "fit": study.focus not in refused(study),
            "own_fits": not study.single and len(region_fit_rows(study)) > 0,
            "strengths": not told_strengths(study).empty,
        }
    return study.has | {need for need, holds in met.items() if holds}


def _of_indices(study: Study) -> dict[str, bool]:
    tables, places, several = study.tables, study.places, not study.single
    scopes = dict.fromkeys(correlation_values(study).index, True) if several else {}
    tiled = False
    if places is not None and set(TILE) <= set(places):
        tiled = set(study.regions) <= set(places.dropna(subset=TILE)["region"])
    return scopes | {
        "tiles": tiled and several,
        "untiled": not tiled and several,
        "level": several and tables["level"]["measure"].eq("adjusted_lnD").any(),
        "headline_variants": several and len(tables["headline_variants"]) > 0,
    }


def captions_finding(study: Study) -> dict[str, Any]:
    """Return which sentences and clauses stand under charts of indices: `many` where not every
    region is drawn, `groups`, years of changed `coverage`; `degrees`: beside the level?
    """
    charts = charts_that_apply(study)
    return {
        "many": len(study.drawn) < len(study.regions),
        "groups": not study.single and bool(group_means(study)),
        "coverage": shown_breaks(study),
        "degrees": "by_year" if "level" in charts else "alone",
    }
