"""Panel -> the two-population model: parameters, equilibria, and what fits say and rest on."""

from coevo.equilibria import estimate
from coevo.files import read_parts, write_tables
from coevo.study_data import load_study

tables = estimate(load_study(snakemake), parts=read_parts(snakemake.input.parts))
write_tables(tables, snakemake.output)
