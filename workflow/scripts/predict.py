"""Panel -> forecasts of x1, x2 and D from every origin, and what their errors say."""

from coevo.files import write_tables
from coevo.prediction import predict
from coevo.study_data import load_study

write_tables(predict(load_study(snakemake)), snakemake.output)
