"""Panel and tables of the indices -> a part of what `vary` puts together."""

from coevo.files import make_part, write_part
from coevo.sensitivity.multiverse import combination_tasks, combined_of
from coevo.sensitivity.uncertainty import source_tasks
from coevo.study_data import load_study

study = load_study(snakemake)
tasks = {**combination_tasks(*combined_of(study)), **source_tasks(study)}
write_part(make_part(tasks, snakemake.wildcards.scatteritem), snakemake.output.part)
