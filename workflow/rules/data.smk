"""From raw files to the panel."""


rule observe:
    """Read every figure with its cell."""
    input:
        **SETS,
        raw=RAW,
        indicators=INDICATORS,
        regions=REGIONS,
        code=code("observe"),
    output:
        observations=f"{DATA}/observations.csv",
        remarks=f"{DATA}/remarks.csv",
    log:
        f"{LOGS}/observe.log",
    localrule: True
    conda:
        "../../environment.yml"
    params:
        raw=lambda wildcards: config["raw"],
        config={
            key: config[key]
            for key in "units_read_as missing_marks decimal_mark period aside years".split()
        },
        wanted=REGIONS_READ,
        sets=list(SETS),
    script:
        "../scripts/observe.py"


rule panel:
    """Audit the figures, fill gaps by policy, derive indicators."""
    input:
        observations=f"{DATA}/observations.csv",
        remarks=f"{DATA}/remarks.csv",
        indicators=INDICATORS,
        code=code("panel"),
    output:
        panel=f"{DATA}/panel.csv",
        audit=f"{DATA}/audit.csv",
        revisions=f"{DATA}/revisions.csv",
    log:
        f"{LOGS}/panel.log",
    localrule: True
    conda:
        "../../environment.yml"
    params:
        config={
            key: config[key]
            for key in "accept comovement focus_region panel regions vintage_policy years".split()
        }
        | SAMPLED,
    script:
        "../scripts/panel.py"
