"""From raw files to the panel."""

# Sets of regions that names in the files may belong to as well.
SETS = {name: from_program(f"config/regions/{name}.csv") for name in regions.SETS}
CLAIMS = [f"config/claims/{config['claims']}.csv"] if config["claims"] else []


rule observe:
    """Read every figure with its cell."""
    input:
        **SETS,
        raw=RAW,
        indicators=INDICATORS,
        regions=REGIONS,
        others=[*configuration.other_files(config).values(), *CLAIMS],
    output:
        observations=f"{DATA}/observations.csv",
        remarks=f"{DATA}/remarks.csv",
    log:
        f"{LOGS}/observe.log",
    localrule: True
    conda:
        "../../environment.yml"
    params:
        code=code("observe"),
        config=SETTINGS,
        name=NAME,
        sets=list(SETS),
    script:
        "../scripts/observe.py"


checkpoint panel:
    """Audit the figures, fill gaps by policy, derive indicators."""
    input:
        observations=f"{DATA}/observations.csv",
        remarks=f"{DATA}/remarks.csv",
        indicators=INDICATORS,
    output:
        panel=f"{DATA}/panel.csv",
        audit=f"{DATA}/audit.csv",
        revisions=f"{DATA}/revisions.csv",
        model_panel=f"{DATA}/model/panel.csv",
        model_observations=f"{DATA}/model/observations.csv",
    log:
        f"{LOGS}/panel.log",
    localrule: True
    conda:
        "../../environment.yml"
    params:
        code=code("panel"),
        config=settings(f"accept comovement interaction robustness subsystems {PANEL_KEYS}"),
    script:
        "../scripts/panel.py"
