"""The study's tables and the latest release -> what differs between them."""

from coevo.files import write_table
from coevo.history.changes import changes_since, released
from coevo.study_data import load_study

study = load_study(snakemake)
write_table(changes_since(released(snakemake.input.release), study), snakemake.output.changes)
