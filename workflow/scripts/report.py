"""Tables, charts and templates -> the report, in each language and format of the study."""

from pathlib import Path

from coevo.errors import speak_plainly
from coevo.files import read_charts, read_table, read_texts, write_files
from coevo.report.documents import in_every_language

speak_plainly(snakemake.log[0])
made = in_every_language(
    {name: read_table(snakemake.input[name]) for name in snakemake.params.tables},
    read_table(snakemake.input.indicators, "indicators"),
    read_texts(*snakemake.input.templates),
    read_charts(snakemake.input.figures),
    snakemake.params.config,
    snakemake.params.provenance,
    read_table(snakemake.input.regions, "regions"),
)
write_files(made, Path(snakemake.output[0]).parent)
