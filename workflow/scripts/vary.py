"""Panel and tables of the indices -> D under every combination of choices, and under draws."""

from coevo.chunks import together
from coevo.files import begin_job, read_parts, write_table, write_tables
from coevo.sensitivity.grid_shares import choice_sensitivity
from coevo.sensitivity.multiverse import varied
from coevo.sensitivity.uncertainty import monte_carlo
from coevo.sensitivity.varied_study import read_varied

begin_job(snakemake.log[0], snakemake.input)
made = together(read_parts(snakemake.input.parts))
study = read_varied(snakemake.input, snakemake.params)
tables = varied(*study.combined, made.get("combinations"))
write_tables(tables, snakemake.output)
write_table(choice_sensitivity(tables["multiverse"]), snakemake.output.sensitivity)
drawn, shares = monte_carlo(*study.drawn, made.get("drawn"))
write_table(drawn, snakemake.output.uncertainty)
write_table(shares, snakemake.output.grade_shares)
