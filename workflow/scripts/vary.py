"""Panel and tables of the indices -> D under every combination of choices, and under draws."""

from coevo.chunks import together
from coevo.errors import speak_plainly
from coevo.files import read_optional, read_parts, read_table, write_table
from coevo.sensitivity.multiverse import choice_sensitivity, indicator_systems, multiverse_rows
from coevo.sensitivity.uncertainty import monte_carlo

speak_plainly(snakemake.log[0])
made = together(read_parts(snakemake.input.parts))
panel = read_table(snakemake.input.panel)
indicators = read_table(snakemake.input.indicators, "indicators")
systems = indicator_systems(
    panel,
    indicators,
    {
        name: read_table(path, "indicators")
        for name, path in zip(snakemake.params.systems, snakemake.input.systems, strict=True)
    },
)
multiverse = multiverse_rows(
    systems,
    snakemake.params.config,
    read_optional(snakemake.input.get("kept"), "goalposts"),
    made.get("combinations"),
)
write_table(multiverse, snakemake.output.multiverse)
write_table(choice_sensitivity(multiverse), snakemake.output.sensitivity)
drawn, shares = monte_carlo(
    {name: read_table(snakemake.input[name]) for name in snakemake.params.tables},
    indicators,
    snakemake.params.config,
    made.get("drawn"),
)
write_table(drawn, snakemake.output.uncertainty)
write_table(shares, snakemake.output.grade_shares)
