"""Tables of the indices -> guards."""

from coevo.coupling.diagnostics import diagnostic_rows
from coevo.files import write_table
from coevo.study_data import load_study

write_table(diagnostic_rows(load_study(snakemake)), snakemake.output.diagnostics)
