"""Panel -> a part of what `estimate` puts together: regions, and draws of all of them."""

from coevo.equilibria import estimate_part
from coevo.errors import speak_plainly
from coevo.files import read_optional, read_table, write_part

speak_plainly(snakemake.log[0])
made = estimate_part(
    read_table(snakemake.input.panel),
    snakemake.params.interaction,
    snakemake.wildcards.scatteritem,
    snakemake.params.seed,
    read_optional(snakemake.input.get("coupling")),
    read_table(snakemake.input.indicators, "indicators"),
)
write_part(made, snakemake.output.part)
