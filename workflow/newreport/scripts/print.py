"""Tables and templates -> the report of a language for print, its figures and its workbook."""

from pathlib import Path

from coevo.files import read_texts, write_files
from coevo.newreport.build import in_language
from coevo.newreport.outputs import printed
from coevo.study_data import load_study

study, code = load_study(snakemake), snakemake.wildcards.language
templates = read_texts(*snakemake.input.templates)
files = printed(in_language(study, code), templates, snakemake.params.packages["coevo"])
write_files(files, Path(snakemake.output.workbook).parent)
