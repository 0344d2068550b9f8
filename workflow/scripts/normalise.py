"""Panel -> normalised indicators and the goalposts they were held against."""

from coevo.files import write_table
from coevo.normalisation import normalise
from coevo.study_data import load_study

study, settings = load_study(snakemake), snakemake.params.normalisation
normalised, goalposts = normalise(study.table("panel"), study.indicators, settings, study.kept)
write_table(normalised, snakemake.output.normalised)
write_table(goalposts, snakemake.output.goalposts)
