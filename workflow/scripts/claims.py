"""A paper's claims and the study's tables -> claims with verdicts."""

from coevo.errors import speak_plainly
from coevo.files import read_optional, read_table, write_table
from coevo.sensitivity.claims import Evidence, check_claims

speak_plainly(snakemake.log[0])
indicators = read_table(snakemake.input.indicators, "indicators")
evidence = Evidence(
    observations=read_table(snakemake.input.observations),
    audit=read_table(snakemake.input.audit),
    coupling=read_optional(snakemake.input.get("coupling")),
    equilibria=read_table(snakemake.input.equilibria),
    parameters=read_table(snakemake.input.parameters),
    verdicts=read_table(snakemake.input.verdicts),
    units=indicators.set_index("indicator")["unit"].to_dict(),
    region=snakemake.params.region,
    estimator=snakemake.params.estimator,
)
claims = check_claims(read_table(snakemake.input.claims, "statements"), evidence)
write_table(claims, snakemake.output.claims)
