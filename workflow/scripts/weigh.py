"""Normalised indicators -> weights."""

from coevo.files import begin_job, read_table, write_table
from coevo.weighting import weigh

begin_job(snakemake.log[0], snakemake.input)
weights = weigh(
    read_table(snakemake.input.normalised),
    read_table(snakemake.input.panel),
    read_table(snakemake.input.indicators, "indicators"),
    snakemake.params.weighting,
)
write_table(weights, snakemake.output.weights)
