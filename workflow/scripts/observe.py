"""Raw files -> observations, and remarks on reading them."""

from coevo.files import read_table, write_table
from coevo.observations import observe
from coevo.observations.recognition import StudyTerms
from coevo.records import begin_job
from coevo.study.config_tables import check_indicators, regions_read

begin_job(snakemake.log[0], snakemake.input)
config, regions = snakemake.params.config, snakemake.input.regions
rows = check_indicators(config, regions, snakemake.params.name)
known = StudyTerms(
    read_table(snakemake.input.indicators, "indicators"),
    read_table(regions, "regions"),
    config,
    regions_read(config, rows, regions),
    {name: read_table(snakemake.input[name], "regions") for name in snakemake.params.sets},
)
observations, remarks = observe(snakemake.input.raw, config["raw"], known)
write_table(observations, snakemake.output.observations)
write_table(remarks, snakemake.output.remarks)
