"""Panel -> the two-population model: parameters, equilibria, and what fits say and rest on."""

from coevo.equilibria import estimate
from coevo.files import begin_job, read_optional, read_parts, read_table, write_tables

begin_job(snakemake.log[0], snakemake.input)
tables = estimate(
    read_table(snakemake.input.panel),
    snakemake.params.interaction,
    snakemake.params.seed,
    read_optional(snakemake.input.get("coupling")),
    read_table(snakemake.input.indicators, "indicators"),
    parts=read_parts(snakemake.input.parts),
)
write_tables(tables._asdict(), snakemake.output)
