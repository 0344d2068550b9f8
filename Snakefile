"""The workflow, for who calls Snakemake in this folder."""


include: "workflow/Snakefile"


# A target that an included file names is not taken over.
rule everything:
    default_target: True
    input:
        rules.all.input,
