"""The study's tables -> results.xlsx and CSV files for Excel."""

from coevo.errors import speak_plainly
from coevo.files import read_table
from coevo.report.tables import export

speak_plainly(snakemake.log[0])
export(
    {name: read_table(snakemake.input[name]) for name in snakemake.params.tables},
    snakemake.params.config,
    read_table(snakemake.input.indicators, "indicators"),
    snakemake.output.workbook,
    snakemake.output.tables,
)
