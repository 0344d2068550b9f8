"""Panel -> a part of what `estimate` puts together: regions, and draws of all of them."""

from coevo.equilibria import estimate_part
from coevo.files import begin_job, read_optional, read_table, write_part

begin_job(snakemake.log[0], snakemake.input)
made = estimate_part(
    read_table(snakemake.input.panel),
    snakemake.params.interaction,
    snakemake.wildcards.scatteritem,
    snakemake.params.seed,
    read_optional(snakemake.input.get("coupling")),
    read_table(snakemake.input.indicators, "indicators"),
)
write_part(made, snakemake.output.part)
