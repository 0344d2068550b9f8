"""Observations -> panel, audit, revisions."""

from coevo.files import begin_job, read_table, write_table
from coevo.panel import panel_tables

begin_job(snakemake.log[0], snakemake.input)
tables = panel_tables(
    read_table(snakemake.input.observations),
    read_table(snakemake.input.remarks),
    read_table(snakemake.input.indicators, "indicators"),
    accept=snakemake.params.accept,
    regions=snakemake.params.regions,
    focus=snakemake.params.focus,
    **snakemake.params.years,
    **snakemake.params.gaps,
    vintage_policy=snakemake.params.vintage_policy,
)
write_table(tables.panel, snakemake.output.panel)
write_table(tables.audit, snakemake.output.audit)
write_table(tables.revisions, snakemake.output.revisions)
