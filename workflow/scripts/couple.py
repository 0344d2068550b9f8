"""Panel -> normalised indicators, weights, coupling, and what D moves, measures and rests on."""

from dataclasses import replace

from coevo.coupling import couple, growth_contributions
from coevo.coupling.comovement import comovement_rows
from coevo.coupling.diagnostics import diagnostic_rows
from coevo.coupling.level import level_rows
from coevo.files import write_tables
from coevo.normalisation import normalise, scaled_panel
from coevo.study_data import load_study
from coevo.weighting import weigh

study = load_study(snakemake)
config, panel = study.config, study.table("panel")
settings, method, size = (
    config["coupling"],
    config["weighting"]["method"],
    config["comovement"]["size"],
)
normalised, goalposts = normalise(panel, study.indicators, config["normalisation"], study.kept)
weights = weigh(normalised, panel, study.indicators, config["weighting"])
weighed = normalised, weights, method
coupling, obstacles = couple(*weighed, settings, scaled_panel(config["normalisation"]))
tables = {
    "normalised": normalised,
    "goalposts": goalposts,
    "weights": weights,
    "coupling": coupling,
    "obstacles": obstacles,
    "growth_split": growth_contributions(*weighed, settings),
    "comovement": comovement_rows(coupling, panel, size, study.seed),
    "level": level_rows(coupling, panel, size),
}
tables["diagnostics"] = diagnostic_rows(replace(study, tables={**study.tables, **tables}))
write_tables(tables, snakemake.output)
