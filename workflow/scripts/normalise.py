"""Panel -> normalised indicators and the goalposts they were held against."""

from coevo.files import begin_job, read_optional, read_table, write_table
from coevo.normalisation import normalise

begin_job(snakemake.log[0], snakemake.input)
normalised, goalposts = normalise(
    read_table(snakemake.input.panel),
    read_table(snakemake.input.indicators, "indicators"),
    snakemake.params.normalisation,
    read_optional(snakemake.input.get("kept"), "goalposts"),
)
write_table(normalised, snakemake.output.normalised)
write_table(goalposts, snakemake.output.goalposts)
