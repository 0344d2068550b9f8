"""Tables and templates -> tables, charts and reports for readers, in each language and format."""

from itertools import chain
from pathlib import Path

from coevo.files import read_texts, write_files
from coevo.report.documents import presented
from coevo.report.tables.exports import exported
from coevo.report.words.template_values import in_languages
from coevo.study_data import load_study

study = load_study(snakemake)
templates = read_texts(*snakemake.input.templates)
texts = in_languages(study, templates)
files = chain(
    exported({name: study.tables[name] for name in snakemake.params.tables}, texts),
    *(presented(text, templates, snakemake.params.provenance) for text in texts),
)
write_files(files, Path(snakemake.output.figures).parent)
