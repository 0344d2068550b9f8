"""What a study has to show, as the charts name their needs, and what their captions say."""

from typing import Any

from coevo.report.findings.coverage_years import shown_breaks
from coevo.report.findings.equilibrium import refused, region_fit_rows
from coevo.report.findings.in_step import correlation_values
from coevo.report.findings.page_one import opening_kind
from coevo.report.findings.regional_pattern import group_means, growth
from coevo.report.findings.study_tables import Study
from coevo.report.findings.theory_against_fit import told_strengths

FEW = 15  # regions, from which their D has a density
TILE = ["tile_row", "tile_column"]  # columns of a table of regions with tiles


def charts_that_apply(study: Study) -> frozenset[str]:
    """Return which of the needs of charts the study meets.

    Beside what `Study.has` says: `claim_counts`, `degrees`: what page one shows;
    the scopes of correlations that could be computed;
    `tiles`: every region has a tile, `untiled`: one has none;
    `level`: D is held against the level of development;
    `convergence`: growth of D has been held against its start;
    `growth_split`: the growth of D in the region in focus is split; `combinations`: combinations
    of choices give it several grades; `headline_variants`: headlines
    are held against choices; `sensitivity`: which choice matters is known; `fit`: the
    region in focus is estimated from its own growth; `coefficients`: it is, or regions are pooled;
    `own_fits`: one of several regions at least is estimated by itself; `strengths`: the
    strength of interaction is known of the region in focus or of the panel.
    """
    claims = opening_kind(study) == "claims"
    met = {"claim_counts": claims, "degrees": not claims}
    met |= _of_indices(study) if study.indexed else {}
    if study.pair:
        estimated = study.focus not in refused(study)
        met |= {
            "fit": estimated,
            "coefficients": estimated or study.pooled,
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
        "convergence": several and growth(study)["verdict"] != "none",
        "growth_split": len(study.of_focus("growth_split")) > 0,
        "combinations": tables["multiverse"]["focus_grade"].replace("", None).nunique() > 1,
        "headline_variants": several and len(tables["headline_variants"]) > 0,
        "sensitivity": tables["sensitivity"]["outcome"].eq("focus_D").any(),
    }


def captions_finding(study: Study) -> dict[str, Any]:
    """Return which sentences and clauses stand under charts of indices: `many`, `farthest` where
    not every region is drawn, `groups`, `means` of groups, the `tick` of their mean, years of
    changed `coverage`; `degrees`: beside the level? On the
    `left` of the density: `tiles` or `dots`. Of the `peaks` of the density in the last year
    `density`: `one`, `several`, or `dots`.
    """
    groups, charts = not study.single and bool(group_means(study)), charts_that_apply(study)
    peaks = density_peaks(study)
    return {
        "many": len(study.drawn) < len(study.regions),
        "farthest": len(study.farthest) < len(study.regions),
        "groups": groups,
        "means": groups,
        "tick": not study.single,
        "coverage": shown_breaks(study),
        "degrees": "by_year" if "level" in charts else "alone",
        "left": "tiles" if "tiles" in charts else "dots",
        "density": "one" if peaks == 1 else "several" if peaks else "dots",
        "peaks": peaks,
    }


def density_peaks(study: Study) -> int:
    """Peaks of the density of D in the last year; 0 of few regions, which have none."""
    peaks = study.rows("regional", statistic="peaks", year=study.years[-1])["value"].dropna()
    return int(peaks.iloc[0]) if len(study.regions) >= FEW and len(peaks) else 0
