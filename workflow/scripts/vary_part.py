"""Panel and tables of the indices -> a part of what `vary` puts together."""

from coevo.chunks import make_part
from coevo.errors import speak_plainly
from coevo.files import read_optional, read_table, write_part
from coevo.sensitivity.multiverse import combination_tasks, indicator_systems
from coevo.sensitivity.uncertainty import source_tasks

speak_plainly(snakemake.log[0])
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
combinations = combination_tasks(
    systems, snakemake.params.config, read_optional(snakemake.input.get("kept"), "goalposts")
)
draws = source_tasks(
    {name: read_table(snakemake.input[name]) for name in snakemake.params.tables},
    indicators,
    snakemake.params.config,
)
made = make_part({**combinations, **draws}, snakemake.wildcards.scatteritem)
write_part(made, snakemake.output.part)
