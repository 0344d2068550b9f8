"""Panel, estimates and nulls -> what the relation rule could see, and what would decide."""

from coevo.files import write_tables
from coevo.power import power_table
from coevo.study_data import load_study

write_tables({"power": power_table(load_study(snakemake))}, snakemake.output)
