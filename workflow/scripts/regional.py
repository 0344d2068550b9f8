"""D by region and year -> its pattern in space and over time."""

from coevo.files import begin_job, read_table, write_tables
from coevo.regional import RegionalPanel, regional_tables

begin_job(snakemake.log[0], snakemake.input)
study = RegionalPanel(
    read_table(snakemake.input.coupling),
    read_table(snakemake.input.panel),
    read_table(snakemake.input.regions, "regions"),
    snakemake.params.groups,
    snakemake.params.size,
    snakemake.params.seed,
)
write_tables(regional_tables(study), snakemake.output)
