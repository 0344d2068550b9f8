"""Tables and charts for readers, and the report."""

FOLDER = Path(from_program("workflow/report/report.en.md")).parent.as_posix()
TEMPLATES = sorted(from_program(path) for path in PROGRAM.glob("workflow/report/*.*"))
PRINTED = [kind for kind in config["report"]["formats"] if kind != "html"]
# What simulations say of the rules of inference, the same for every study.
SIMULATED = {
    path.stem: from_program(path) for path in sorted(PROGRAM.glob("docs/simulation/*.csv"))
}


wildcard_constraints:
    language="|".join(LANGUAGES),


def report_file(kind):
    """Return the report of a language in a format, marked for Snakemake's own report."""
    name = FIRST["formats"].get(kind, kind)
    return shown(f"{REPORT}/report.{{language}}.{kind}", "report", labels={FIRST["format"]: name})


if RELEASE:

    rule changes:
        """Hold the study against its latest release."""
        input:
            **{name: TABLE_FILES[name] for name in TABLES if name in COMPARED},
            release=RELEASE.files,
            indicators=INDICATORS,
        output:
            changes=f"{DATA}/changes.csv",
        log:
            f"{LOGS}/changes.log",
        localrule: True
        conda:
            "../../environment.yml"
        params:
            code=code("changes"),
            tables=[name for name in TABLES if name in COMPARED],
            config=SETTINGS,
            coevo=VERSION,
        script:
            "../scripts/changes.py"


rule page:
    """Write the report as a page."""
    input:
        **TABLE_FILES,
        **SIMULATED,
        indicators=INDICATORS,
        regions=REGIONS,
        templates=TEMPLATES,
    output:
        page=report_file("html"),
    log:
        f"{LOGS}/page.{{language}}.log",
    priority: 2  # what a reader waits for
    conda:
        "../../environment.yml"
    resources:
        **needs("page"),
    params:
        code=code("page"),
        tables=REPORT_TABLES,
        around=around,
        config=SETTINGS,
        packages=PACKAGES,
    script:
        "../scripts/page.py"


rule print:
    """Write the report for print, with its figures and workbook."""
    input:
        **TABLE_FILES,
        **SIMULATED,
        indicators=INDICATORS,
        regions=REGIONS,
        templates=TEMPLATES,
    output:
        [report_file(kind) for kind in PRINTED],
        workbook=shown(f"{REPORT}/results.{{language}}.xlsx", "results", labels=FIRST["workbook"]),
        figures=shown(
            directory(f"{REPORT}/figures/{{language}}"),
            "figures",
            patterns=[f"{{chart,{'|'.join(FIRST['charts'])}}}.svg"],
            labels=lambda wildcards: {
                around(wildcards)["figure"]: around(wildcards)["charts"][wildcards.chart]
            },
        ),
    log:
        f"{LOGS}/print.{{language}}.log",
    priority: 1  # long, so before the others
    conda:
        "../../environment.yml"
    resources:
        **needs("print"),
    params:
        code=code("print"),
        tables=REPORT_TABLES,
        around=around,
        config=SETTINGS,
        packages=PACKAGES,
    script:
        "../scripts/print.py"


rule export:
    """Write tables for Excel, LaTeX and Stata, and all numbers."""
    input:
        **TABLE_FILES,
        **SIMULATED,
        indicators=INDICATORS,
        regions=REGIONS,
        templates=TEMPLATES,
    output:
        [f"{REPORT}/numbers.{language}.tex" for language in LANGUAGES],
        tables=directory(f"{REPORT}/tables"),
        latex=directory(f"{REPORT}/latex"),
        stata=directory(f"{REPORT}/stata"),
        numbers=f"{REPORT}/numbers.json",
    log:
        f"{LOGS}/export.log",
    conda:
        "../../environment.yml"
    resources:
        **needs("export"),
    params:
        code=code("export"),
        tables=REPORT_TABLES,
        sources=SOURCED,
        config=SETTINGS,
        packages=PACKAGES,
    script:
        "../scripts/export.py"
