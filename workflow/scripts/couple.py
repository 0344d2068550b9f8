"""Normalised indicators and weights -> coupling, obstacles, growth split, co-movement, level."""

from coevo.coupling import couple, growth_contributions
from coevo.coupling.comovement import comovement_rows
from coevo.coupling.level import level_rows
from coevo.files import write_tables
from coevo.normalisation import scaled_panel
from coevo.study_data import load_study

study, params = load_study(snakemake), snakemake.params
weighed = study.table("normalised"), study.table("weights"), params.weighting
coupling, obstacles = couple(*weighed, params.coupling, scaled_panel(params.normalisation))
panel = study.table("panel")
tables = {
    "coupling": coupling,
    "obstacles": obstacles,
    "growth_split": growth_contributions(*weighed, params.coupling),
    "comovement": comovement_rows(coupling, panel, params.size, params.seed),
    "level": level_rows(coupling, panel, params.size),
}
write_tables(tables, snakemake.output)
