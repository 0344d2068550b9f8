"""What can be told in advance, and what is claimed: by a reader of the study, and by a paper."""

# The tables that claims are held against; a study without an index or a model part lacks some.
EVIDENCE = (
    "observations audit coupling headlines headline_variants coverage_breaks coverage_growth "
    "equilibria strengths parameters slope_tests verdicts specifications"
).split()


rule predict:
    """Forecast each series from every origin, beside drift.

    The series are x1, x2 and D.
    """
    input:
        **KEPT,
        panel=table("panel"),
        indicators=INDICATORS,
    output:
        predictions=f"{DATA}/predictions.csv",
        prediction_errors=f"{DATA}/prediction_errors.csv",
        prediction_verdicts=f"{DATA}/prediction_verdicts.csv",
        prediction_refusals=f"{DATA}/prediction_refusals.csv",
    log:
        f"{LOGS}/predict.log",
    conda:
        "../../environment.yml"
    resources:
        **needs("predict"),
    params:
        code=code("predict"),
        config=settings("interaction normalisation weighting coupling"),
    script:
        "../scripts/predict.py"


rule claims:
    """Hold headlines, and any claims of a paper, against tables."""
    input:
        **{name: table(name) for name in EVIDENCE if name in TABLES},
        **({"statements": CLAIMS[0]} if CLAIMS else {}),
        indicators=INDICATORS,
    output:
        **{name: f"{DATA}/{name}.csv" for name in ("headline_claims", "claims") if name in TABLES},
    log:
        f"{LOGS}/claims.log",
    localrule: True
    conda:
        "../../environment.yml"
    params:
        code=code("claims"),
        config=settings("focus_region comovement interaction period"),
    script:
        "../scripts/claims.py"
