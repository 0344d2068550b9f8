"""Panel and tables of the indices -> a part of what `vary` puts together."""

from coevo.chunks import make_part
from coevo.files import begin_job, write_part
from coevo.sensitivity.multiverse import combination_tasks
from coevo.sensitivity.uncertainty import source_tasks
from coevo.sensitivity.varied_study import read_varied

begin_job(snakemake.log[0], snakemake.input)
study = read_varied(snakemake.input, snakemake.params)
tasks = {**combination_tasks(*study.combined), **source_tasks(*study.drawn)}
write_part(make_part(tasks, snakemake.wildcards.scatteritem), snakemake.output.part)
