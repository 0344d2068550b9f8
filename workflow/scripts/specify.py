"""Panel and observations -> the two-population model under other choices."""

from coevo.files import write_tables
from coevo.sensitivity.specifications import specification_tables
from coevo.study_data import load_study

write_tables(specification_tables(load_study(snakemake)), snakemake.output)
