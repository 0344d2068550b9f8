"""Tables and templates -> tables, charts and reports for readers, in each language and format."""

from itertools import chain
from pathlib import Path

from coevo.files import begin_job, read_table, read_texts, write_files
from coevo.report.documents import presented
from coevo.report.tables.exports import exported
from coevo.report.words.template_values import in_languages

begin_job(snakemake.log[0], snakemake.input)
templates = read_texts(*snakemake.input.templates)
tables = {name: read_table(snakemake.input[name]) for name in snakemake.params.tables}
simulated = {name: read_table(snakemake.input[name]) for name in snakemake.params.simulated}
texts = in_languages(
    snakemake.params.config,
    {**tables, **simulated},
    read_table(snakemake.input.indicators, "indicators"),
    read_table(snakemake.input.regions, "regions"),
    templates,
)
files = chain(
    exported(tables, texts),
    *(presented(text, templates, snakemake.params.provenance) for text in texts),
)
write_files(files, Path(snakemake.output.figures).parent)
