"""Panel -> the two-population model: parameters, equilibria, and what fits say and rest on."""

from coevo.equilibria import estimate
from coevo.errors import speak_plainly
from coevo.files import read_optional, read_parts, read_table, write_tables

speak_plainly(snakemake.log[0])
tables = estimate(
    read_table(snakemake.input.panel),
    snakemake.params.interaction,
    snakemake.params.seed,
    read_optional(snakemake.input.get("coupling")),
    read_table(snakemake.input.indicators, "indicators"),
    parts=read_parts(snakemake.input.parts),
)
write_tables(tables._asdict(), snakemake.output)
