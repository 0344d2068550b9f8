"""The tables that a paper prints, as LaTeX files in every language of a study."""

from collections.abc import Callable, Iterable

from coevo.report.findings.data_quality import weights_finding as weights_in_use
from coevo.report.findings.study_tables import SUBSYSTEM_PREFIX
from coevo.report.tables.index_tables import descriptive_statistics
from coevo.report.tables.latex_equilibria import latex_equilibria_table
from coevo.report.tables.regression_table import latex_general, latex_interaction, own
from coevo.report.tables.tex import Tex, TexTable, document, tex_escaped
from coevo.report.tables.worded_tables import TableVoice, text_column, worded_table
from coevo.report.words.numbers import fixed, graded, with_figures


def latex_files(voices: Iterable[TableVoice]) -> dict[str, str]:
    """Tables by file name, `<name>.<language>.tex`; one that a study lacks is left out.

    voices: the same study in each of its languages.
    """
    made = [(voice.study, make(voice)) for voice in voices for make in TABLES]
    return {
        f"{table.name}.{study.language}.tex": document(
            table, str(study.config["study"]), study.language
        )
        for study, table in made
        if table is not None and any(map(len, table.parts))
    }


def latex_descriptive(voice: TableVoice) -> TexTable:
    """N, mean, standard deviation, minimum and maximum of every indicator of the subsystems."""
    study = voice.study
    rows = [
        [study.heading(i), study.unit(i), fixed(count, 0), *map(with_figures, values)]
        for i, count, *values in descriptive_statistics(study).itertuples()
    ]
    heads = ["indicator", "unit", Tex("$N$"), "mean", "sd", "min", "max"]
    columns = [text_column(0.28), text_column(0.12), *"rrrrr"]
    return worded_table(voice, "descriptive", columns, heads, rows)


def latex_weights(voice: TableVoice) -> TexTable:
    """The indicator system: direction, entropy and weight of every indicator."""
    study = voice.study
    table = study.indicators.set_index("indicator")
    rows, seen = [], set()
    for row in weights_in_use(study)["rows"].itertuples():
        first = row.subsystem not in seen
        seen.add(row.subsystem)
        rows.append([
            study.heading(row.subsystem) if first else "", table.at[row.indicator, "dimension"],
            study.heading(row.indicator), study.unit(row.indicator),
            Tex(f"${table.at[row.indicator, 'direction']}$"), fixed(row.entropy, 3),
            fixed(row.weight, 3),
        ])  # fmt: skip
    heads = ["subsystem", "dimension", "indicator", "unit", "direction", Tex("$e$"), Tex("$w$")]
    columns = [text_column(0.12), text_column(0.13), text_column(0.28), text_column(0.13), *"crr"]
    return worded_table(voice, "weights", columns, heads, rows, weighting=_weighting(voice))


def _weighting(voice: TableVoice) -> Tex:
    return tex_escaped(voice.named("weighting", voice.study.config["weighting"]["method"]))


def latex_coordination(voice: TableVoice) -> TexTable:
    """D of every region in every year, and the mean of the regions."""
    study = voice.study
    D = study.coupling.pivot(index="region", columns="year", values="D")[study.years]
    rows = [[study.name(str(r)), *(graded(v, 3) for v in row)] for r, row in zip(
        D.index, D.to_numpy(), strict=True)]  # fmt: skip
    means = [] if study.single else [[
        voice.word("head", "everyone"), *(fixed(v, 3) for v in D.mean())
    ]]  # fmt: skip
    heads, columns = ["region", *map(Tex, study.years)], ["l", *"r" * len(study.years)]
    table = worded_table(voice, "coordination", columns, heads, rows, weighting=_weighting(voice))
    return table._replace(parts=[rows, means])


def latex_states(voice: TableVoice) -> TexTable:
    """Indices, C, T, D, grade, what lags and relative development of every region's last year."""
    study = voice.study
    rows = []
    for region, row in study.ends()[1].sort_values("D", ascending=False).iterrows():
        name = tex_escaped(study.name(str(region)))
        dated = row["year"] != study.years[-1]
        rows.append([
            voice.noted(name, f"{row['year']:.0f}") if dated else name,
            *(fixed(row[SUBSYSTEM_PREFIX + s], 3) for s in study.subsystems),
            fixed(row["C"], 3), fixed(row["T"], 3), graded(row["D"], 3),
            row["grade"], voice.named("lagging", study.label(row["lagging"])),
            fixed(row["relative_development"]),
        ])  # fmt: skip
    indices = [voice.series(("U", study.label(s))) for s in study.subsystems]
    heads = ["region", *indices, *map(Tex, ("$C$", "$T$", "$D$")), "grade", "lags", "relative"]
    columns = ["l", *(">{\\raggedleft\\arraybackslash}p{1.7cm}" for _ in indices), *"rrrllr"]
    return worded_table(voice, "states", columns, heads, rows)


def latex_claims(voice: TableVoice) -> TexTable | None:
    """The claims of a paper, what was found, and the verdict."""
    study = voice.study
    if "claims" not in study.tables:
        return None
    table = study.tables["claims"]
    said = dict(voice.phrases["words"].get("verdict_text", {}))
    table = table.assign(verdict=table["verdict"].replace(said))
    heads = ["claim", "paper", "computed", "verdict", "source"]
    rows = table[heads].to_numpy().tolist()
    columns = [text_column(share) for share in (0.17, 0.17, 0.24, 0.16, 0.14)]
    return worded_table(voice, "claims", columns, heads, rows)


TABLES: tuple[Callable[[TableVoice], TexTable | None], ...] = (
    latex_descriptive,
    latex_weights,
    latex_coordination,
    latex_states,
    latex_interaction,
    own,
    latex_equilibria_table,
    latex_general,
    latex_claims,
)
