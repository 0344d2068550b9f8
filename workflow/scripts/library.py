"""The library that draws the charts of a page."""

from coevo.errors import speak_plainly
from coevo.files import write_text
from coevo.report.figures.library import page_library

speak_plainly(snakemake.log[0])
write_text(page_library(), snakemake.output.library)
