"""What is claimed: by a reader of the study, and by a paper."""

STATEMENTS = {"statements": f"config/claims/{config['claims']}.csv"} if config["claims"] else {}
CHECKED = ["headline_claims", *(["claims"] if config["claims"] else [])]
# The tables that claims are held against; a study without an index or a model part lacks some.
EVIDENCE = (
    "observations audit coupling headlines headline_variants coverage_breaks coverage_growth "
    "equilibria strengths parameters slope_tests verdicts specifications"
).split()


rule claims:
    """Hold headlines, and any claims of a paper, against tables."""
    input:
        **STATEMENTS,
        **{name: f"{DATA}/{name}.csv" for name in EVIDENCE if name in TABLES},
        indicators=INDICATORS,
        code=code("claims"),
    output:
        **{name: f"{DATA}/{name}.csv" for name in CHECKED},
    log:
        f"{LOGS}/claims.log",
    localrule: True
    conda:
        "../../environment.yml"
    params:
        config={key: config[key] for key in ("focus_region", "comovement", "interaction", "period")},
    script:
        "../scripts/claims.py"
