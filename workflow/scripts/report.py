"""Tables and templates -> charts and the report, in each language and format of the study."""

from pathlib import Path

from coevo.errors import speak_plainly
from coevo.files import read_table, read_texts, write_files
from coevo.report.documents import presented
from coevo.report.words.voices import in_languages

speak_plainly(snakemake.log[0])
templates = read_texts(*snakemake.input.templates)
studies = in_languages(
    snakemake.params.config,
    {name: read_table(snakemake.input[name]) for name in snakemake.params.tables},
    read_table(snakemake.input.indicators, "indicators"),
    read_table(snakemake.input.regions, "regions"),
    templates,
)
made = presented(studies, templates, snakemake.params.provenance)
write_files(made.items(), Path(snakemake.output.figures).parent)
