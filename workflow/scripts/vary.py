"""Panel and tables of the indices -> D under every combination of choices, and under draws."""

from coevo.files import read_parts, together, write_tables
from coevo.sensitivity.choices import choice_sensitivity
from coevo.sensitivity.multiverse import combined_of, varied
from coevo.sensitivity.uncertainty import monte_carlo
from coevo.study_data import load_study

study = load_study(snakemake)
made = together(read_parts(snakemake.input.parts))
tables = varied(*combined_of(study), made.get("combinations"))
tables["sensitivity"] = choice_sensitivity(tables["multiverse"])
tables["uncertainty"], tables["grade_shares"] = monte_carlo(study, made.get("drawn"))
write_tables(tables, snakemake.output)
