"""The two-population model: estimates and equilibria."""

if config["interaction"]:
    # Of robustness the seed alone: a change of another key makes no estimate anew.
    SEED = {"seed": config["robustness"]["seed"]}

    # What the model is fitted to.
    FITTED = {
        **INDICES,
        "panel": f"{DATA}/panel.csv",
        "indicators": INDICATORS,
        "code": code("estimate"),
    }

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
            config={
                "interaction": config["interaction"],
                "robustness": SEED,
                "focus_region": config["focus_region"],
                "period": config["period"],
            },
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
            **INDICES,
            panel=f"{DATA}/panel.csv",
            observations=f"{DATA}/observations.csv",
            indicators=INDICATORS,
            code=code("specify"),
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
            config={
                key: config[key]
                for key in "interaction robustness focus_region regions years panel "
                "vintage_policy".split()
            }
            | SAMPLED,
        script:
            "../scripts/specify.py"
