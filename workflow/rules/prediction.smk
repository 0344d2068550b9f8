"""Whether the series can be told in advance."""


rule predict:
    """Forecast each series from every origin, beside drift.

    The series are x1, x2 and D.
    """
    input:
        **KEPT,
        panel=f"{DATA}/panel.csv",
        indicators=INDICATORS,
        code=code("predict"),
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
        config={key: config[key] for key in "interaction normalisation weighting coupling".split()},
    script:
        "../scripts/predict.py"
