"""Panel -> forecasts of x1, x2 and D from every origin, and what their errors say."""

from coevo.files import begin_job, read_optional, read_table, write_tables
from coevo.prediction import predict

begin_job(snakemake.log[0], snakemake.input)
tables = predict(
    read_table(snakemake.input.panel),
    read_table(snakemake.input.indicators, "indicators"),
    snakemake.params.config,
    read_optional(snakemake.input.get("kept"), "goalposts"),
)
write_tables(tables._asdict(), snakemake.output)
