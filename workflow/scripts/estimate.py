"""Panel -> the two-population model: parameters, equilibria, and what fits say and rest on."""

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
for name, table in tables._asdict().items():
    write_table(table, snakemake.output[name])
