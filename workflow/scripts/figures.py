"""The study's tables -> charts in one language, each as specification, SVG, PNG, PDF and data."""

from coevo.errors import speak_plainly
from coevo.files import read_table, read_texts, write_files
from coevo.report.figures.drawing import drawn
from coevo.report.findings.localised import chart_words, study_in_language
from coevo.report.tables.chart_files import for_others
from coevo.report.words.grammar import read_phrases

speak_plainly(snakemake.log[0])
(text,) = read_texts(snakemake.input.phrases).values()
phrases = read_phrases(text)
study = study_in_language(
    snakemake.params.config,
    {name: read_table(snakemake.input[name]) for name in snakemake.params.tables},
    read_table(snakemake.input.indicators, "indicators"),
    snakemake.wildcards.language,
    read_table(snakemake.input.regions, "regions"),
    phrases["words"],
)
charts = drawn(study, chart_words(study, phrases))
write_files(charts | for_others(charts), snakemake.output.figures)
