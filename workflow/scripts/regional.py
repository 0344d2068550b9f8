"""D by region and year -> its pattern in space and over time."""

from coevo.errors import speak_plainly
from coevo.files import read_table, write_tables
from coevo.regional import RegionalPanel, regional_tables

speak_plainly(snakemake.log[0])
study = RegionalPanel(
    read_table(snakemake.input.coupling),
    read_table(snakemake.input.panel),
    read_table(snakemake.input.regions, "regions"),
    snakemake.params.groups,
    snakemake.params.size,
    snakemake.params.seed,
)
write_tables(regional_tables(study), snakemake.output)
