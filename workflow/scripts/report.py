"""Tables and templates -> tables, charts and reports for readers, in each language and format."""

from itertools import chain
from pathlib import Path

from coevo.files import begin_job, read_table, read_texts, write_files
from coevo.report.documents import presented
from coevo.report.tables.exports import exported
from coevo.report.words.voices import in_languages

begin_job(snakemake.log[0], snakemake.input)
templates = read_texts(*snakemake.input.templates)
tables = {name: read_table(snakemake.input[name]) for name in snakemake.params.tables}
simulated = {name: read_table(snakemake.input[name]) for name in snakemake.params.simulated}
voices = in_languages(
    snakemake.params.config,
    {**tables, **simulated},
    read_table(snakemake.input.indicators, "indicators"),
    read_table(snakemake.input.regions, "regions"),
    templates,
)
files = chain(
    exported(tables, [voice.words for voice in voices]),
    *(presented(voice, templates, snakemake.params.provenance) for voice in voices),
)
write_files(files, Path(snakemake.output.figures).parent)
