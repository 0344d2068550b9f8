"""Tables and templates -> the report of a language as a page."""

from pathlib import Path

from coevo.files import read_texts, write_files
from coevo.newreport.build import in_language
from coevo.newreport.outputs import page
from coevo.study_data import load_study

study, code = load_study(snakemake), snakemake.wildcards.language
templates = read_texts(*snakemake.input.templates)
files = page(in_language(study, code), templates, snakemake.params.packages["coevo"])
write_files(files, Path(snakemake.output.page).parent)
