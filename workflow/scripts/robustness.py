"""Panel and observations -> D under other choices, and without the breaks in coverage."""

from coevo.files import begin_job, read_optional, read_table, write_table
from coevo.sensitivity.coverage_breaks import coverage_rows, growth_rows
from coevo.sensitivity.robustness import robustness_rows

begin_job(snakemake.log[0], snakemake.input)
panel = read_table(snakemake.input.panel)
indicators = read_table(snakemake.input.indicators, "indicators")
kept = read_optional(snakemake.input.get("kept"), "goalposts")
variants = robustness_rows(
    panel,
    read_table(snakemake.input.observations),
    indicators,
    snakemake.params.config,
    {
        name: read_table(path, "indicators")
        for name, path in zip(snakemake.params.systems, snakemake.input.systems, strict=True)
    },
    kept,
)
write_table(variants, snakemake.output.robustness)
coverage = coverage_rows(
    panel,
    indicators,
    {name: read_table(snakemake.input[name]) for name in ("goalposts", "weights", "coupling")},
    snakemake.params.config,
    kept,
)
write_table(coverage, snakemake.output.coverage_breaks)
write_table(growth_rows(panel, indicators), snakemake.output.coverage_growth)
