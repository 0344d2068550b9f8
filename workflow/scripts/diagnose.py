"""Tables of the indices -> guards."""

from coevo.coupling.diagnostics import IndexCase, diagnostic_rows
from coevo.files import begin_job, read_table, write_table

begin_job(snakemake.log[0], snakemake.input)
case = IndexCase(
    read_table(snakemake.input.panel),
    read_table(snakemake.input.indicators, "indicators"),
    read_table(snakemake.input.normalised),
    read_table(snakemake.input.weights),
    read_table(snakemake.input.coupling),
    snakemake.params.config,
)
write_table(diagnostic_rows(case), snakemake.output.diagnostics)
