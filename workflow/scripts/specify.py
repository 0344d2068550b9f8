"""Panel and observations -> the two-population model under other choices."""

from coevo.files import begin_job, read_optional, read_table, write_tables
from coevo.sensitivity.specifications import specification_tables

begin_job(snakemake.log[0], snakemake.input)
tables = specification_tables(
    read_table(snakemake.input.panel),
    read_table(snakemake.input.observations),
    read_table(snakemake.input.indicators, "indicators"),
    snakemake.params.config,
    read_optional(snakemake.input.get("coupling")),
)
write_tables(tables, snakemake.output)
