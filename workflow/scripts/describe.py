"""D by region and year -> its pattern in space and over time, and D under other choices."""

from coevo.files import write_tables
from coevo.regional import RegionalPanel, regional_tables
from coevo.sensitivity.choices import robustness_rows
from coevo.sensitivity.coverage_breaks import coverage_rows, growth_rows
from coevo.study_data import load_study

study = load_study(snakemake)
config, coupling, panel = study.config, study.table("coupling"), study.table("panel")
groups, size = config["regional"]["groups"], config["comovement"]["size"]
described = RegionalPanel(coupling, panel, study.places, groups, size, study.seed)
tables = {
    **regional_tables(described),
    "robustness": robustness_rows(study),
    "coverage_breaks": coverage_rows(study),
    "coverage_growth": growth_rows(panel, study.indicators),
}
write_tables(tables, snakemake.output)
