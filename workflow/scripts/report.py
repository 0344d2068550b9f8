"""Tables and templates -> workbook, charts and reports for readers of one language."""

from pathlib import Path

from coevo.files import read_texts, write_files
from coevo.report.documents import presented
from coevo.report.words.template_values import in_language
from coevo.study_data import load_study

study = load_study(snakemake)
templates = read_texts(*snakemake.input.templates)
words = in_language(study, snakemake.wildcards.language, templates)
files = presented(words, templates, snakemake.params.provenance)
write_files(files, Path(snakemake.output.workbook).parent)
