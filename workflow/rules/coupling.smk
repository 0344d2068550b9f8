"""From the panel to coupling and coordination."""


rule normalise:
    """Map indicators to a common range."""
    input:
        panel=f"{DATA}/panel.csv",
        indicators=INDICATORS,
        code=code("normalise"),
    output:
        normalised=f"{DATA}/normalised.csv",
        goalposts=f"{DATA}/goalposts.csv",
    log:
        f"{LOGS}/normalise.log",
    conda:
        "../../environment.yml"
    params:
        reference=config["normalisation"]["reference"],
        range=config["normalisation"]["range"],
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
    conda:
        "../../environment.yml"
    script:
        "../scripts/weigh.py"


rule couple:
    """Compute C, T and D, what stands in their way, and whether the systems move together."""
    input:
        normalised=f"{DATA}/normalised.csv",
        weights=f"{DATA}/weights.csv",
        panel=f"{DATA}/panel.csv",
        code=code("couple"),
    output:
        coupling=f"{DATA}/coupling.csv",
        obstacles=f"{DATA}/obstacles.csv",
        comovement=f"{DATA}/comovement.csv",
    log:
        f"{LOGS}/couple.log",
    conda:
        "../../environment.yml"
    params:
        weighting=config["weighting"]["method"],
        coupling=config["coupling"],
        high=config["normalisation"]["range"][1],
        size=config["comovement"]["size"],
        seed=config["robustness"]["seed"],
    script:
        "../scripts/couple.py"


rule robustness:
    """Hold D against what other choices would have made of it."""
    input:
        panel=f"{DATA}/panel.csv",
        observations=f"{DATA}/observations.csv",
        indicators=INDICATORS,
        code=code("robustness"),
    output:
        robustness=f"{DATA}/robustness.csv",
    log:
        f"{LOGS}/robustness.log",
    conda:
        "../../environment.yml"
    params:
        config={
            key: config[key]
            for key in "normalisation weighting coupling focus_region regions years panel "
            "vintage_policy".split()
        },
    script:
        "../scripts/robustness.py"
