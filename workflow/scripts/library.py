"""The library that draws the charts of a page, as one script."""

import vl_convert

from coevo.files import begin_job, write_text

begin_job(snakemake.log[0], snakemake.input)
bundle = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
write_text(bundle.replace("</script", "<\\/script"), snakemake.output.library)
