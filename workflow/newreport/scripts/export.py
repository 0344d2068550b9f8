"""Tables and templates -> tables for Excel, LaTeX and Stata, and the numbers of the text."""

from pathlib import Path

from coevo.files import as_table, read_texts, write_files
from coevo.newreport.build import in_language
from coevo.newreport.outputs import for_programs
from coevo.study_data import load_study

study = load_study(snakemake)
templates = read_texts(*snakemake.input.templates)
languages = {code: in_language(study, code) for code in study.config["report"]["languages"]}
tables = {name: study.tables[name] for name in snakemake.params.tables}
if sources := snakemake.params.sources:
    tables["sources"] = as_table("sources", sources)
files = for_programs(languages, templates, snakemake.params.packages["coevo"], tables)
write_files(files, Path(snakemake.output.numbers).parent)
