"""What other choices would have made of D: each variant against the main specification."""

from contextlib import suppress

import pandas as pd

from coevo.errors import StudyError
from coevo.files import as_table
from coevo.panel import build_panel
from coevo.panel.vintages import POLICIES, of_years, several
from coevo.sensitivity.choices import MAIN, Combinations, compare
from coevo.study_data import StudyData


def panels_of_other_policies(study: StudyData) -> dict[str, pd.DataFrame]:
    """Return the panel of every other policy for vintages, if there is a choice of vintages.

    A policy whose figures do not cover the study's years has none.
    """
    observations, config = study.table("observations"), study.config
    years = config["years"]
    inside = of_years(observations, range(years["first"], years["last"] + 1))
    panels: dict[str, pd.DataFrame] = {}
    for policy in POLICIES if len(several(inside)) else ():
        if policy != config["vintage_policy"]:
            with suppress(StudyError):
                panels[policy] = build_panel(
                    observations, study.indicators, {**config, "vintage_policy": policy}
                )
    return panels


def robustness_rows(study: StudyData) -> pd.DataFrame:
    """Return one row per variant, the main one first.

    Varied are the weighting, scale of normalisation, composite, form, preset, the indicator system
    and, where a series has figures of more than one vintage, the policy for vintages. study: with
    panel, observations; config: its keys normalisation, weighting, coupling, focus_region, regions,
    years, panel and vintage_policy.

    `D_mean`, `D_min` over all region-years; `rank_correlation`: Spearman correlation of D with the
    main specification over all region-years; `grades_changed` of `n` region-years; of the region in
    focus D in the first and the last year, rank and grade in the last. A variant that these figures
    do not allow has no row.
    """
    panel, indicators, config = study.table("panel"), study.indicators, study.config
    others = {("system", name): (panel, table) for name, table in study.systems.items()}
    policies = panels_of_other_policies(study)
    others |= {("vintage", name): (other, indicators) for name, other in policies.items()}
    figures = {MAIN: (panel, indicators)} | {
        "/".join(key): system for key, system in others.items()
    }
    choices = Combinations(figures, config, study.kept)
    main = choices.degree(choices.main)
    variants = {(MAIN, MAIN): choices.main} | {
        (choice, name): choices.main._replace(**{choice: name})
        for choice, names in choices.names.items()
        for name in names
        if name != getattr(choices.main, choice)
    }
    variants |= {key: choices.main._replace(system="/".join(key)) for key in others}
    rows = []
    for (varied, variant), chosen in variants.items():
        with suppress(StudyError):  # these figures do not allow the variant
            D = choices.degree(chosen)
            columns = compare(D.to_numpy()[None], D.index, main, config)
            row = {column: values[0] for column, values in columns.items()}
            rows.append(row | {"varied": varied, "variant": variant})
    return as_table("robustness", rows)
