"""Observations -> panel, audit, revisions."""

from coevo.files import write_tables
from coevo.panel import panel_tables
from coevo.study_data import load_study

write_tables(panel_tables(load_study(snakemake)), snakemake.output)
