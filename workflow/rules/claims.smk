"""What is claimed: by a reader of the study, and by a paper."""

from coevo.sensitivity.claim_evidence import READ

STATEMENTS = {"statements": f"config/claims/{config['claims']}.csv"} if config["claims"] else {}
CHECKED = ["headline_claims", *(["claims"] if config["claims"] else [])]
# A study without an index or a model part has not all of these.
EVIDENCE = [name for name in READ if name in TABLES]


rule claims:
    """Hold headlines, and any claims of a paper, against tables."""
    input:
        **STATEMENTS,
        **{name: f"{DATA}/{name}.csv" for name in EVIDENCE},
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
        config={key: config[key] for key in ("focus_region", "comovement", "interaction")},
    script:
        "../scripts/claims.py"
