"""A study's tables, and the statements of a paper -> claims with verdicts."""

from coevo.files import write_tables
from coevo.sensitivity.headline_claims import claim_tables
from coevo.study_data import load_study

study = load_study(snakemake)
write_tables(claim_tables(study), snakemake.output)
