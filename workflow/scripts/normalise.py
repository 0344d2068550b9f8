"""Panel -> normalised indicators and the goalposts they were held against."""

from coevo.errors import speak_plainly
from coevo.files import read_optional, read_table, write_table
from coevo.normalisation import normalise

speak_plainly(snakemake.log[0])
normalised, goalposts = normalise(
    read_table(snakemake.input.panel),
    read_table(snakemake.input.indicators, "indicators"),
    snakemake.params.normalisation,
    read_optional(snakemake.input.get("kept"), "goalposts"),
)
write_table(normalised, snakemake.output.normalised)
write_table(goalposts, snakemake.output.goalposts)
