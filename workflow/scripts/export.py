"""Tables and phrases -> the same tables for Excel, LaTeX and Stata, and the numbers of the text."""

import json
from pathlib import Path

from coevo.files import as_table, read_texts, write_files
from coevo.report.tables.exports import for_programs
from coevo.report.words.template_values import in_language
from coevo.study_data import load_study

study = load_study(snakemake)
phrases = read_texts(*snakemake.input.phrases)
languages = study.config["report"]["languages"]
texts = [in_language(study, name, phrases) for name in languages]
told = [json.loads(text) for text in read_texts(*snakemake.input.told).values()]
tables = {name: study.tables[name] for name in snakemake.params.tables}
if sources := snakemake.params.sources:
    tables["sources"] = as_table("sources", sources)
numbers = dict(zip(languages, told, strict=True))
write_files(for_programs(tables, texts, numbers), Path(snakemake.output.tables).parent)
