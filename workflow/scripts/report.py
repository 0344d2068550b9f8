"""Tables and templates -> workbook, charts and reports for readers of one language."""

import json
from pathlib import Path

from coevo.files import read_texts, write_files, write_text
from coevo.report.documents import presented
from coevo.report.documents.source import text
from coevo.report.words.template_values import in_language
from coevo.study_data import load_study

study = load_study(snakemake)
templates = read_texts(*snakemake.input.templates)
words = in_language(study, snakemake.wildcards.language, templates)
said = text(words, templates["report.md"], snakemake.params.packages["coevo"])
numbers = words.numbers.all_of(said)
write_text(json.dumps(numbers, ensure_ascii=False), snakemake.output.told)
files = presented(words, templates, said, numbers)
write_files(files, Path(snakemake.output.workbook).parent)
