"""Panel -> a part of what `estimate` puts together: regions, and draws of all of them."""

from coevo.equilibria import estimate_part
from coevo.files import write_part
from coevo.study_data import load_study

made = estimate_part(load_study(snakemake), snakemake.wildcards.scatteritem)
write_part(made, snakemake.output.part)
