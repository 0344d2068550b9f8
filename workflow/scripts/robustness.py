"""Panel and observations -> D under other choices."""

from coevo.errors import speak_plainly
from coevo.files import read_optional, read_table, write_table
from coevo.sensitivity.robustness import robustness_rows

speak_plainly(snakemake.log[0])
variants = robustness_rows(
    read_table(snakemake.input.panel),
    read_table(snakemake.input.observations),
    read_table(snakemake.input.indicators, "indicators"),
    snakemake.params.config,
    {
        name: read_table(path, "indicators")
        for name, path in zip(snakemake.params.systems, snakemake.input.systems, strict=True)
    },
    read_optional(snakemake.input.get("kept"), "goalposts"),
)
write_table(variants, snakemake.output.robustness)
