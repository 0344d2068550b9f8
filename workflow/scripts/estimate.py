"""Panel -> the two-population model: parameters, equilibria, and what fits say and rest on.

With parts: some regions, or draws of all of them, and what all parts make together.
"""

from coevo.equilibria import estimate, estimate_part
from coevo.files import read_parts, write_part, write_tables
from coevo.study_data import load_study

study = load_study(snakemake)
if part := snakemake.wildcards.get("scatteritem"):
    write_part(estimate_part(study, part), snakemake.output.part)
else:
    write_tables(estimate(study, parts=read_parts(snakemake.input.parts)), snakemake.output)
