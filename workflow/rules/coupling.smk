"""From the panel to coupling and coordination."""

# Other indicator systems by name.
SYSTEMS = config["robustness"]["systems"]


rule normalise:
    """Map indicators to a common range."""
    input:
        **KEPT,
        panel=f"{DATA}/panel.csv",
        indicators=INDICATORS,
        code=code("normalise"),
    output:
        normalised=f"{DATA}/normalised.csv",
        goalposts=f"{DATA}/goalposts.csv",
    log:
        f"{LOGS}/normalise.log",
    localrule: True
    conda:
        "../../environment.yml"
    params:
        normalisation=config["normalisation"],
    script:
        "../scripts/normalise.py"


rule weigh:
    """Weigh indicators within their subsystem, by every method."""
    input:
        normalised=f"{DATA}/normalised.csv",
        panel=f"{DATA}/panel.csv",
        indicators=INDICATORS,
        code=code("weigh"),
    output:
        weights=f"{DATA}/weights.csv",
    log:
        f"{LOGS}/weigh.log",
    localrule: True
    conda:
        "../../environment.yml"
    params:
        weighting=config["weighting"],
    script:
        "../scripts/weigh.py"


rule couple:
    """Compute C, T and D, and what moves and holds them.

    Also what D measures, and whether the systems move together.
    """
    input:
        normalised=f"{DATA}/normalised.csv",
        weights=f"{DATA}/weights.csv",
        panel=f"{DATA}/panel.csv",
        code=code("couple"),
    output:
        coupling=f"{DATA}/coupling.csv",
        obstacles=f"{DATA}/obstacles.csv",
        growth_split=f"{DATA}/growth_split.csv",
        comovement=f"{DATA}/comovement.csv",
        level=f"{DATA}/level.csv",
    log:
        f"{LOGS}/couple.log",
    localrule: True
    conda:
        "../../environment.yml"
    params:
        weighting=config["weighting"]["method"],
        coupling=config["coupling"],
        normalisation=config["normalisation"],
        size=config["comovement"]["size"],
        seed=config["robustness"]["seed"],
    script:
        "../scripts/couple.py"


rule regional:
    """Describe D in space and over time.

    Gaps, groups, neighbours, mobility.
    """
    input:
        coupling=f"{DATA}/coupling.csv",
        panel=f"{DATA}/panel.csv",
        regions=REGIONS,
        code=code("regional"),
    output:
        regional=f"{DATA}/regional.csv",
        mobility=f"{DATA}/mobility.csv",
        density=f"{DATA}/density.csv",
    log:
        f"{LOGS}/regional.log",
    localrule: True
    conda:
        "../../environment.yml"
    params:
        groups=config["regional"]["groups"],
        size=config["comovement"]["size"],
        seed=config["robustness"]["seed"],
    script:
        "../scripts/regional.py"


rule robustness:
    """Hold D against what other choices would have made of it.

    Also what figures without breaks in coverage would have made of it,
    and whether those breaks show themselves.
    """
    input:
        **KEPT,
        systems=list(SYSTEMS.values()),
        panel=f"{DATA}/panel.csv",
        observations=f"{DATA}/observations.csv",
        indicators=INDICATORS,
        goalposts=f"{DATA}/goalposts.csv",
        weights=f"{DATA}/weights.csv",
        coupling=f"{DATA}/coupling.csv",
        code=code("robustness"),
    output:
        robustness=f"{DATA}/robustness.csv",
        coverage_breaks=f"{DATA}/coverage_breaks.csv",
        coverage_growth=f"{DATA}/coverage_growth.csv",
    log:
        f"{LOGS}/robustness.log",
    localrule: True
    conda:
        "../../environment.yml"
    params:
        systems=list(SYSTEMS),
        config={
            key: config[key]
            for key in "normalisation weighting coupling focus_region regions years panel "
            "vintage_policy".split()
        }
        | SAMPLED,
    script:
        "../scripts/robustness.py"


rule diagnose:
    """Check what D rests on: few weights, copies, filled figures.

    These are its guards; also what D is without one indicator or region.
    """
    input:
        panel=f"{DATA}/panel.csv",
        indicators=INDICATORS,
        normalised=f"{DATA}/normalised.csv",
        weights=f"{DATA}/weights.csv",
        coupling=f"{DATA}/coupling.csv",
        code=code("diagnose"),
    output:
        diagnostics=f"{DATA}/diagnostics.csv",
    log:
        f"{LOGS}/diagnose.log",
    localrule: True
    conda:
        "../../environment.yml"
    params:
        config={key: config[key] for key in ("normalisation", "weighting", "coupling")},
    script:
        "../scripts/diagnose.py"


# What D under other choices is computed from.
VARIED = {
    **KEPT,
    "systems": list(SYSTEMS.values()),
    "panel": f"{DATA}/panel.csv",
    "indicators": INDICATORS,
    "regions": REGIONS,
    "normalised": f"{DATA}/normalised.csv",
    "goalposts": f"{DATA}/goalposts.csv",
    "weights": f"{DATA}/weights.csv",
    "coupling": f"{DATA}/coupling.csv",
    "revisions": f"{DATA}/revisions.csv",
    "code": code("vary"),
}


rule vary:
    """Compute D under every combination of choices, and draws.

    Draws are those of weights and of figures.
    """
    input:
        **VARIED,
        parts=parts("vary"),
    output:
        multiverse=f"{DATA}/multiverse.csv",
        rank_ranges=f"{DATA}/rank_ranges.csv",
        headlines=f"{DATA}/headlines.csv",
        headline_variants=f"{DATA}/headline_variants.csv",
        varied_refusals=f"{DATA}/varied_refusals.csv",
        sensitivity=f"{DATA}/sensitivity.csv",
        uncertainty=f"{DATA}/uncertainty.csv",
        grade_shares=f"{DATA}/grade_shares.csv",
    log:
        f"{LOGS}/vary.log",
    priority: 1  # long, so first
    conda:
        "../../environment.yml"
    resources:
        **needs("vary"),
    params:
        systems=list(SYSTEMS),
        config={
            key: config[key]
            for key in "normalisation weighting coupling robustness comovement focus_region".split()
        },
    script:
        "../scripts/vary.py"


use rule vary as vary_part with:
    input:
        **VARIED,
    output:
        part=temp(f"{DATA}/vary.{{scatteritem}}.part"),
    log:
        f"{LOGS}/vary_part.{{scatteritem}}.log",
