"""Panel and tables of the indices -> D under every combination of choices, and under draws.

With parts: what a part of the choices and draws makes, and what all parts make together.
"""

from coevo.files import make_part, read_parts, together, write_part, write_tables
from coevo.sensitivity.choices import choice_sensitivity
from coevo.sensitivity.multiverse import combination_tasks, combined_of, varied
from coevo.sensitivity.uncertainty import monte_carlo, source_tasks
from coevo.study_data import load_study

study = load_study(snakemake)
if part := snakemake.wildcards.get("scatteritem"):
    tasks = {**combination_tasks(*combined_of(study)), **source_tasks(study)}
    write_part(make_part(tasks, part), snakemake.output.part)
else:
    made = together(read_parts(snakemake.input.parts))
    tables = varied(*combined_of(study), made.get("combinations"))
    tables["sensitivity"] = choice_sensitivity(tables["multiverse"])
    tables["uncertainty"], tables["grade_shares"] = monte_carlo(study, made.get("drawn"))
    write_tables(tables, snakemake.output)
