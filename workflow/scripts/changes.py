"""The study's tables and the latest release -> what differs between them."""

from coevo.files import begin_job, read_table, write_table
from coevo.history.changes import State, changes_since, released

begin_job(snakemake.log[0], snakemake.input)
study = State(
    {name: read_table(snakemake.input[name]) for name in snakemake.params.tables},
    read_table(snakemake.input.indicators, "indicators"),
    snakemake.params.config,
    snakemake.params.coevo,
)
write_table(changes_since(released(snakemake.input.release), study), snakemake.output.changes)
