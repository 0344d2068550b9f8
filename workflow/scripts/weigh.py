"""Normalised indicators -> weights."""

from coevo.files import write_table
from coevo.study_data import load_study
from coevo.weighting import weigh

study = load_study(snakemake)
figures = study.table("normalised"), study.table("panel")
weights = weigh(*figures, study.indicators, snakemake.params.weighting)
write_table(weights, snakemake.output.weights)
