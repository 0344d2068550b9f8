"""Normalised indicators and weights -> coupling, obstacles, co-movement."""

from coevo.comovement import comovement
from coevo.coupling import couple
from coevo.errors import speak_plainly
from coevo.files import read_table, write_table

speak_plainly(snakemake.log[0])
coupling, obstacles = couple(
    read_table(snakemake.input.normalised),
    read_table(snakemake.input.weights),
    snakemake.params.weighting,
    **snakemake.params.coupling,
    high=snakemake.params.high,
)
write_table(coupling, snakemake.output.coupling)
write_table(obstacles, snakemake.output.obstacles)
write_table(
    comovement(
        coupling,
        read_table(snakemake.input.panel),
        snakemake.params.size,
        snakemake.params.seed,
    ),
    snakemake.output.comovement,
)
