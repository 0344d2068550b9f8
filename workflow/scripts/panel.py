"""Observations -> panel."""

from coevo.errors import speak_plainly
from coevo.files import read_table, write_table
from coevo.panel import build_panel

speak_plainly(snakemake.log[0])
panel = build_panel(
    read_table(snakemake.input.observations),
    read_table(snakemake.input.indicators),
    snakemake.params.regions,
    snakemake.params.focus,
    **snakemake.params.years,
    **snakemake.params.gaps,
    vintage_policy=snakemake.params.vintage_policy,
)
write_table(panel, snakemake.output.panel)
