"""The two-population model: estimates and equilibria."""

# A population may be the index of a subsystem; without one, no estimate waits for D.
POPULATIONS = {
    config["interaction"]["upstream"],
    config["interaction"]["downstream"],
    *config["interaction"].get("others", ()),
    *chain(*(pair.values() for pair in config["robustness"]["pairs"].values())),
}
# What the model is fitted to.
FITTED = {
    "panel": after_panel(f"{DATA}/model/panel.csv"),
    "indicators": INDICATORS,
}
if POPULATIONS & {*config["subsystems"]}:
    FITTED["coupling"] = f"{DATA}/coupling.csv"


rule estimate:
    """Fit the model per region and pooled, compare equilibria."""
    input:
        **FITTED,
        parts=parts("estimate"),
    output:
        parameters=f"{DATA}/parameters.csv",
        fits=f"{DATA}/fits.csv",
        equilibria=f"{DATA}/equilibria.csv",
        theory=f"{DATA}/theory.csv",
        slope_tests=f"{DATA}/slope_tests.csv",
        relations=f"{DATA}/relations.csv",
        verdicts=f"{DATA}/verdicts.csv",
        refusals=f"{DATA}/refusals.csv",
        checks=f"{DATA}/checks.csv",
        strengths=f"{DATA}/strengths.csv",
        effects=f"{DATA}/effects.csv",
        controls=f"{DATA}/controls.csv",
    log:
        f"{LOGS}/estimate.log",
    priority: 1  # long, so first
    conda:
        "../../environment.yml"
    resources:
        **needs("estimate"),
    params:
        code=code("estimate"),
        config=settings("interaction focus_region period") | {"robustness": SEED},
    script:
        "../scripts/estimate.py"


use rule estimate as estimate_part with:
    input:
        **FITTED,
    output:
        part=temp(f"{DATA}/estimate.{{scatteritem}}.part"),
    log:
        f"{LOGS}/estimate_part.{{scatteritem}}.log",


rule specify:
    """Fit the model under other estimators, roles and years.

    Also with other pairs of outputs, and older vintages.
    """
    input:
        **FITTED,
        observations=after_panel(f"{DATA}/model/observations.csv"),
    output:
        specifications=f"{DATA}/specifications.csv",
        specification_counts=f"{DATA}/specification_counts.csv",
    log:
        f"{LOGS}/specify.log",
    conda:
        "../../environment.yml"
    resources:
        **needs("specify"),
    params:
        code=code("specify"),
        config=settings(f"interaction robustness {PANEL_KEYS}"),
    script:
        "../scripts/specify.py"
