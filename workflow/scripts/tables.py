"""The study's tables -> workbooks, CSV files for Excel, LaTeX and Stata files."""

from pathlib import Path

from coevo.errors import speak_plainly
from coevo.files import read_table, read_texts, write_files
from coevo.report.tables.exports import exported
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
write_files(exported(tables, studies), Path(snakemake.output[0]).parent)
