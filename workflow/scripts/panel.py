"""Observations -> panel, audit, revisions, and what of them the model reads."""

from coevo.files import write_tables
from coevo.panel import panel_tables
from coevo.panel.model_part import model_tables
from coevo.study_data import load_study

study = load_study(snakemake)
tables = panel_tables(study)
write_tables(tables | model_tables(study, tables["panel"]), snakemake.output)
