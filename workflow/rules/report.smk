"""Tables and charts for readers, and the report."""

FOLDER = Path(from_program("workflow/report/report.md")).parent.as_posix()
PHRASES = f"{FOLDER}/phrases.{{language}}.yaml"
TOLD = f"{DATA}/numbers.{{language}}.json"  # of the text, which `export` joins
TEMPLATES = sorted(
    from_program(path)
    for path in PROGRAM.glob("workflow/report/*.*")
    if path.stem[:8] != "phrases."
)
# What simulations say of the rules of inference, the same for every study.
SIMULATED = {
    path.stem: from_program(path) for path in sorted(PROGRAM.glob("docs/simulation/*.csv"))
}
# Made while the first tables are; the page has it inside.
LIBRARY = [f"{DATA}/library.js"] if "html" in config["report"]["formats"] else []


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


rule library:
    """Bundle the library that draws charts in the page."""
    output:
        library=f"{DATA}/library.js",
    log:
        f"{LOGS}/library.log",
    localrule: True
    conda:
        "../../environment.yml"
    params:
        code=code("library"),
        package=PACKAGES["vl-convert-python"],
    script:
        "../scripts/library.py"


rule export:
    """Write tables for Excel, LaTeX and Stata, and all numbers."""
    input:
        **TABLE_FILES,
        **SIMULATED,
        indicators=INDICATORS,
        regions=REGIONS,
        phrases=[f"{FOLDER}/phrases.yaml", *expand(PHRASES, language=LANGUAGES)],
        told=expand(TOLD, language=LANGUAGES),
    output:
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
    script:
        "../scripts/export.py"


rule report:
    """Write the reports, with their charts and workbook.

    Each format, each chart as specification, images and data, in one language: one process reads
    the tables and puts what they say into words.
    """
    input:
        **TABLE_FILES,
        **SIMULATED,
        indicators=INDICATORS,
        regions=REGIONS,
        templates=[*TEMPLATES, *LIBRARY, PHRASES],
    output:
        [
            shown(
                f"{REPORT}/report.{{language}}.{kind}",
                "report",
                labels={FIRST["format"]: FIRST["formats"].get(kind, kind)},
            )
            for kind in config["report"]["formats"]
        ],
        told=TOLD,
        numbers=f"{REPORT}/numbers.{{language}}.tex",
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
        f"{LOGS}/report.{{language}}.log",
    wildcard_constraints:
        language="|".join(LANGUAGES),
    priority: 1  # long, so first
    conda:
        "../../environment.yml"
    resources:
        **needs("report"),
    params:
        code=code("report"),
        tables=REPORT_TABLES,
        around=around,
        config=SETTINGS,
        packages=PACKAGES,
    script:
        "../scripts/report.py"
