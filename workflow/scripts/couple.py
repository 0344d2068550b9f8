"""Normalised indicators and weights -> coupling, obstacles, growth split, co-movement, level."""

from coevo.coupling import couple
from coevo.coupling.comovement import comovement_rows
from coevo.coupling.growth_split import growth_contributions
from coevo.coupling.level import level_rows
from coevo.files import begin_job, read_table, write_table
from coevo.normalisation import scaled_panel

begin_job(snakemake.log[0], snakemake.input)
normalised = read_table(snakemake.input.normalised)
weights = read_table(snakemake.input.weights)
panel = read_table(snakemake.input.panel)
coupling, obstacles = couple(
    normalised,
    weights,
    snakemake.params.weighting,
    snakemake.params.coupling,
    scaled_panel(snakemake.params.normalisation),
)
write_table(coupling, snakemake.output.coupling)
write_table(obstacles, snakemake.output.obstacles)
write_table(
    growth_contributions(
        normalised, weights, snakemake.params.weighting, snakemake.params.coupling
    ),
    snakemake.output.growth_split,
)
write_table(
    comovement_rows(coupling, panel, snakemake.params.size, snakemake.params.seed),
    snakemake.output.comovement,
)
write_table(level_rows(coupling, panel, snakemake.params.size), snakemake.output.level)
