"""From the panel to coupling and coordination, and what other choices make of them."""

SYSTEMS = config["robustness"]["systems"]  # other indicator systems by name
INDEX_KEYS = "normalisation weighting coupling"


rule couple:
    """Compute C, T and D, and what moves and holds them.

    Indicators are normalised and weighed by every method; also what D measures and rests on.
    """
    input:
        **KEPT,
        panel=table("panel"),
        indicators=INDICATORS,
    output:
        normalised=f"{DATA}/normalised.csv",
        goalposts=f"{DATA}/goalposts.csv",
        weights=f"{DATA}/weights.csv",
        coupling=f"{DATA}/coupling.csv",
        obstacles=f"{DATA}/obstacles.csv",
        growth_split=f"{DATA}/growth_split.csv",
        comovement=f"{DATA}/comovement.csv",
        level=f"{DATA}/level.csv",
        diagnostics=f"{DATA}/diagnostics.csv",
    log:
        f"{LOGS}/couple.log",
    priority: 2  # all of D waits for it
    localrule: True
    conda:
        "../../environment.yml"
    params:
        code=code("couple"),
        config=settings(f"comovement {INDEX_KEYS}") | {"robustness": SEED},
    script:
        "../scripts/couple.py"


rule describe:
    """Describe D in space, over time and by other choices.

    Gaps, groups, neighbours, mobility; what other choices, and figures without breaks in coverage,
    would have made of D, and whether those breaks show themselves.
    """
    input:
        **KEPT,
        systems=list(SYSTEMS.values()),
        panel=table("panel"),
        observations=f"{DATA}/observations.csv",
        indicators=INDICATORS,
        regions=REGIONS,
        goalposts=f"{DATA}/goalposts.csv",
        weights=f"{DATA}/weights.csv",
        coupling=f"{DATA}/coupling.csv",
    output:
        regional=f"{DATA}/regional.csv",
        mobility=f"{DATA}/mobility.csv",
        density=f"{DATA}/density.csv",
        robustness=f"{DATA}/robustness.csv",
        coverage_breaks=f"{DATA}/coverage_breaks.csv",
        coverage_growth=f"{DATA}/coverage_growth.csv",
    log:
        f"{LOGS}/describe.log",
    localrule: True
    conda:
        "../../environment.yml"
    params:
        code=code("describe"),
        systems=list(SYSTEMS),
        config=settings(f"regional comovement {INDEX_KEYS} {PANEL_KEYS}") | {"robustness": SEED},
    script:
        "../scripts/describe.py"


# What D under other choices is computed from.
VARIED = {
    **KEPT,
    "systems": list(SYSTEMS.values()),
    "panel": table("panel"),
    "indicators": INDICATORS,
    "regions": REGIONS,
    "normalised": f"{DATA}/normalised.csv",
    "goalposts": f"{DATA}/goalposts.csv",
    "weights": f"{DATA}/weights.csv",
    "coupling": f"{DATA}/coupling.csv",
    "revisions": table("revisions"),
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
        code=code("vary"),
        systems=list(SYSTEMS),
        config=settings(f"robustness comovement focus_region {INDEX_KEYS}"),
    script:
        "../scripts/vary.py"


use rule vary as vary_part with:
    input:
        **VARIED,
    output:
        part=temp(f"{DATA}/vary.{{scatteritem}}.part"),
    log:
        f"{LOGS}/vary_part.{{scatteritem}}.log",
