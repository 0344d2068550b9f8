"""Panel -> parameters, fits, equilibria, relations of the two-population model."""

from coevo.equilibria import estimate
from coevo.errors import speak_plainly
from coevo.files import read_table, write_table

speak_plainly(snakemake.log[0])
tables = estimate(
    read_table(snakemake.input.panel),
    snakemake.params.interaction,
    snakemake.params.seed,
    read_table(snakemake.input.coupling),
    read_table(snakemake.input.indicators, "indicators"),
)
write_table(tables.parameters, snakemake.output.parameters)
write_table(tables.fits, snakemake.output.fits)
write_table(tables.equilibria, snakemake.output.equilibria)
write_table(tables.relations, snakemake.output.relations)
