"""The study's tables -> charts in each language, as specification, SVG, PNG, PDF and data."""

from coevo.errors import speak_plainly
from coevo.files import read_table, read_texts, write_files
from coevo.report.tables.chart_rows import chart_files
from coevo.report.words.voices import in_languages

speak_plainly(snakemake.log[0])
tables = {name: read_table(snakemake.input[name]) for name in snakemake.params.tables}
studies = in_languages(
    snakemake.params.config,
    tables,
    read_table(snakemake.input.indicators, "indicators"),
    read_table(snakemake.input.regions, "regions"),
    read_texts(*snakemake.input.words),
)
write_files(chart_files(studies), snakemake.output.figures)
