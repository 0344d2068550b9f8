"""Tables and charts for readers, and the report."""

TABLE_FILES = {name: f"{DATA}/{name}.csv" for name in SHOWN}
# What simulations say of the rules of inference, the same for every study.
SIMULATED = {path.stem: own(path) for path in sorted(ROOT.glob("docs/simulation/*.csv"))}


if RELEASE:

    rule changes:
        """Hold the study against its latest release."""
        input:
            **{name: TABLE_FILES[name] for name in TABLES if name in COMPARED},
            release=RELEASE.files,
            indicators=INDICATORS,
            code=code("changes"),
        output:
            changes=TABLE_FILES["changes"],
        log:
            f"{LOGS}/changes.log",
        localrule: True
        conda:
            "../../environment.yml"
        params:
            tables=[name for name in TABLES if name in COMPARED],
            config=SETTINGS,
            coevo=VERSION,
        script:
            "../scripts/changes.py"


rule report:
    """Write the reports, with their charts, workbooks and tables.

    Each language and format, each chart as specification, images and data, each table as workbook,
    LaTeX and Stata file: one process reads the tables and puts what they say into each language.
    """
    input:
        **TABLE_FILES,
        **SIMULATED,
        indicators=INDICATORS,
        regions=REGIONS,
        templates=sorted(own(path) for path in ROOT.glob("workflow/report/*.*")),
        code=code("report"),
    output:
        [
            shown(
                f"{REPORT}/report.{language}.{kind}",
                "report",
                language=language,
                subcategory=words["language"],
                labels={FIRST["format"]: FIRST["formats"].get(kind, kind)},
            )
            for language, words in LANGUAGES.items()
            for kind in config["report"]["formats"]
        ],
        [
            shown(
                f"{REPORT}/results.{language}.xlsx",
                "results",
                language=language,
                subcategory=words["language"],
                labels=FIRST["workbook"],
            )
            for language, words in LANGUAGES.items()
        ],
        *(directory(f"{REPORT}/{name}") for name in ("tables", "latex", "stata")),
        figures=shown(
            directory(f"{REPORT}/figures"),
            "figures",
            patterns=[
                f"{{language,{'|'.join(LANGUAGES)}}}/{{chart,{'|'.join(FIRST['charts'])}}}.svg"
            ],
            subcategory=lambda wildcards: LANGUAGES[wildcards.language]["language"],
            labels=lambda wildcards: {
                LANGUAGES[wildcards.language]["figure"]: LANGUAGES[wildcards.language]["charts"][
                    wildcards.chart
                ]
            },
        ),
    log:
        f"{LOGS}/report.log",
    conda:
        "../../environment.yml"
    params:
        tables=SHOWN,
        config=SETTINGS,
        provenance={"files": DIGESTS, "packages": PACKAGES},
    script:
        "../scripts/report.py"
