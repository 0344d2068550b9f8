"""coevo: do two systems develop in step, and where would their interaction take them?"""

from snakemake.utils import min_version

min_version("9.27")


# A study given by --configfile stands alone: its keys are not laid over the default study's.
if not workflow.overwrite_configfiles:

    configfile: "config/config.yaml"


report: "workflow/captions/workflow.rst"


include: "workflow/rules/common.smk"


scattergather:
    chunks=config["chunks"],


include: "workflow/rules/data.smk"


if config["subsystems"]:

    include: "workflow/rules/coupling.smk"


include: "workflow/rules/interaction.smk"
include: "workflow/rules/prediction.smk"
include: "workflow/rules/claims.smk"
include: "workflow/rules/report.smk"


rule all:
    default_target: True
    input:
        REPORTS,
        TABLE_FILES.values(),


for made in workflow.rules:
    if made.log:
        made.set_input(as_made(made))


# What a rule says of itself is what the terminal shows of its step (workflow/steps.py).
if "steps" in workflow.output_settings.log_handler_settings:
    for made in workflow.rules:
        made.message = made.docstring
