"""The tables that a paper prints, as LaTeX files in every language of a study."""

from collections.abc import Callable, Iterable

from coevo.exports.equilibria import equilibria
from coevo.exports.regression import general, interaction, own
from coevo.exports.tex import Table, Tex, document, escaped
from coevo.exports.worded import text_column, word, worded
from coevo.findings.data import weights as weights_in_use
from coevo.findings.study import SUBSYSTEM_PREFIX, Study
from coevo.report.numbers import figures, fixed, graded


def latex_files(studies: Iterable[Study]) -> dict[str, str]:
    """Tables by file name, `<name>.<language>.tex`; one that a study lacks is left out.

    studies: the same one in each of its languages.
    """
    made = [(study, make(study)) for study in studies for make in TABLES]
    return {
        f"{table.name}.{study.language}.tex": document(table, str(study.config["study"]))
        for study, table in made
        if table is not None and any(map(len, table.parts))
    }


def descriptive(study: Study) -> Table:
    """N, mean, standard deviation, minimum and maximum of every indicator of the subsystems."""
    panel = study.tables["panel"].dropna(subset="value").groupby("indicator")["value"]
    values = panel.agg(["count", "mean", "std", "min", "max"])
    used = study.indicators[study.indicators["subsystem"].isin(study.subsystems)]["indicator"]
    rows = [
        [study.heading(i), study.unit(i), fixed(row[0], 0), *(figures(value) for value in row[1:])]
        for i, row in values.reindex(used).iterrows()
        for row in [row.tolist()]
    ]
    heads = ["indicator", "unit", Tex("$N$"), "mean", "sd", "min", "max"]
    columns = [text_column(0.28), text_column(0.12), *"rrrrr"]
    return worded(study, "descriptive", columns, heads, rows)


def weights(study: Study) -> Table:
    """The indicator system: direction, entropy and weight of every indicator."""
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
    return worded(study, "weights", columns, heads, rows, weighting=_weighting(study))


def _weighting(study: Study) -> Tex:
    method = study.config["weighting"]["method"]
    return escaped(study.words.get("weighting", {}).get(method, method))


def coordination(study: Study) -> Table:
    """D of every region in every year, and the mean of the regions."""
    D = study.coupling.pivot(index="region", columns="year", values="D")[study.years]
    rows = [[study.name(str(r)), *(graded(v, 3) for v in row)] for r, row in zip(
        D.index, D.to_numpy(), strict=True)]  # fmt: skip
    means = [] if study.single else [[
        word(study, "head", "everyone"), *(fixed(v, 3) for v in D.mean())
    ]]  # fmt: skip
    heads, columns = ["region", *map(Tex, study.years)], ["l", *"r" * len(study.years)]
    table = worded(study, "coordination", columns, heads, rows, weighting=_weighting(study))
    return table._replace(parts=[rows, means])


def states(study: Study) -> Table:
    """Indices, C, T, D, grade, what lags and relative development of every region's last year."""
    rows = []
    for region, row in study.ends()[1].sort_values("D", ascending=False).iterrows():
        year = "" if row["year"] == study.years[-1] else f" ({row['year']:.0f})"
        lags = study.label(row["lagging"])
        rows.append([
            study.name(str(region)) + year,
            *(fixed(row[SUBSYSTEM_PREFIX + s], 3) for s in study.subsystems),
            fixed(row["C"], 3), fixed(row["T"], 3), graded(row["D"], 3),
            row["grade"], word(study, "lagging", lags),
            fixed(row["relative_development"]),
        ])  # fmt: skip
    indices = [escaped(f"U, {study.label(s)}") for s in study.subsystems]
    heads = ["region", *indices, *map(Tex, ("$C$", "$T$", "$D$")), "grade", "lags", "relative"]
    columns = ["l", *(">{\\raggedleft\\arraybackslash}p{1.7cm}" for _ in indices), *"rrrllr"]
    return worded(study, "states", columns, heads, rows)


def claims(study: Study) -> Table | None:
    """The claims of a paper, what was found, and the verdict."""
    if "claims" not in study.tables:
        return None
    table = study.tables["claims"]
    said = dict(study.words.get("verdict_text", {}))
    table = table.assign(verdict=table["verdict"].replace(said))
    heads = ["claim", "paper", "computed", "verdict", "source"]
    rows = table[heads].to_numpy().tolist()
    columns = [text_column(share) for share in (0.17, 0.17, 0.24, 0.16, 0.14)]
    return worded(study, "claims", columns, heads, rows)


TABLES: tuple[Callable[[Study], Table | None], ...] = (
    descriptive, weights, coordination, states, interaction, own, equilibria, general, claims
)  # fmt: skip
