"""The library that draws the charts of a page, as one script."""

from coevo.files import write_text
from coevo.records import begin_job
from coevo.report.figures import library

begin_job(snakemake.log[0], snakemake.input)
write_text(library(), snakemake.output.library)
