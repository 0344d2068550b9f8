"""The study's tables -> tables for LaTeX in each language of the reports, and for Stata."""

from coevo.errors import speak_plainly
from coevo.files import read_table, read_texts, write_files
from coevo.report.tables.exports import in_languages, latex_files, stata_files

speak_plainly(snakemake.log[0])
voices = in_languages(
    snakemake.params.config,
    {name: read_table(snakemake.input[name]) for name in snakemake.params.tables},
    read_table(snakemake.input.indicators, "indicators"),
    read_table(snakemake.input.regions, "regions"),
    read_texts(*snakemake.input.words),
)
write_files(latex_files(voices), snakemake.output.latex)
write_files(stata_files(voices[0]), snakemake.output.stata)
