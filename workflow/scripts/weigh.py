"""Normalised indicators -> weights."""

from coevo.errors import speak_plainly
from coevo.files import read_table, write_table
from coevo.weighting import weigh

speak_plainly(snakemake.log[0])
weights = weigh(
    read_table(snakemake.input.normalised),
    read_table(snakemake.input.panel),
    read_table(snakemake.input.indicators, "indicators"),
    snakemake.params.weighting,
)
write_table(weights, snakemake.output.weights)
