"""Panel and observations -> D under other choices, and without the breaks in coverage."""

from coevo.files import write_table
from coevo.sensitivity.choices import robustness_rows
from coevo.sensitivity.coverage_breaks import coverage_rows, growth_rows
from coevo.study_data import load_study

study = load_study(snakemake)
write_table(robustness_rows(study), snakemake.output.robustness)
write_table(coverage_rows(study), snakemake.output.coverage_breaks)
growth = growth_rows(study.table("panel"), study.indicators)
write_table(growth, snakemake.output.coverage_growth)
