"""A study's tables, and the statements of a paper -> claims with verdicts."""

from coevo.files import begin_job, read_optional, read_table, write_tables
from coevo.sensitivity.claim_evidence import Evidence
from coevo.sensitivity.headline_claims import claim_tables

begin_job(snakemake.log[0], snakemake.input)
evidence = Evidence.of(
    {name: read_table(snakemake.input[name]) for name in snakemake.params.tables},
    read_table(snakemake.input.indicators, "indicators"),
    snakemake.params.config,
)
statements = read_optional(snakemake.input.get("statements"), "statements")
write_tables(claim_tables(statements, evidence), snakemake.output)
