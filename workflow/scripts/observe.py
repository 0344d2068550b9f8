"""Raw files -> observations, and remarks on reading them."""

from coevo.files import begin_job, read_table, write_table
from coevo.observations import observe
from coevo.observations.recognition import StudyTerms

begin_job(snakemake.log[0], snakemake.input)
known = StudyTerms(
    read_table(snakemake.input.indicators, "indicators"),
    read_table(snakemake.input.regions, "regions"),
    snakemake.params.config,
    snakemake.params.wanted,
    {name: read_table(snakemake.input[name], "regions") for name in snakemake.params.sets},
)
observations, remarks = observe(snakemake.input.raw, snakemake.params.raw, known)
write_table(observations, snakemake.output.observations)
write_table(remarks, snakemake.output.remarks)
