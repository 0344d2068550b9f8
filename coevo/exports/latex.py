"""The tables that a paper prints, as LaTeX files in every language of a study."""

from collections.abc import Callable, Iterable
from typing import Any

import pandas as pd

from coevo.exports.regression import general, interaction, own
from coevo.exports.tex import Table, Tex, document, escaped
from coevo.exports.words import word
from coevo.findings.calibration import given, period
from coevo.findings.data import weights as weights_in_use
from coevo.findings.equilibrium import BOUNDED, fits, located_verdict, observed, pooled_fits
from coevo.findings.study import SUBSYSTEM_PREFIX, Study
from coevo.report.cells import amount
from coevo.report.numbers import NOTHING, figures, fixed, graded


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


def _text(width: float) -> str:
    """A column of running text, as wide as this share of the line."""
    return rf">{{\raggedright\arraybackslash}}p{{{width}\linewidth}}"


def _table(
    study: Study, name: str, columns: list[str], heads: list[str], rows: Any, note: str = ""
) -> Table:
    """A table of one part, with the caption, heads and note that the words give."""
    language = study.language
    caption = word(language, "caption", name).format(region=study.name(study.focus))
    titles = [head if isinstance(head, Tex) else word(language, "head", head) for head in heads]
    return Table(name, caption, columns, [titles], [rows], Tex(note))


def _note(study: Study, name: str, **values: str) -> str:
    return word(study.language, "note", name).format(**values)


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
    columns = [_text(0.28), _text(0.12), *"rrrrr"]
    return _table(study, "descriptive", columns, heads, rows, _note(study, "descriptive"))


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
    columns = [_text(0.12), _text(0.13), _text(0.28), _text(0.13), *"crr"]
    note = _note(study, "weights", weighting=_weighting(study))
    return _table(study, "weights", columns, heads, rows, note)


def _weighting(study: Study) -> Tex:
    return escaped(word(study.language, "weighting", study.config["weighting"]["method"]))


def coordination(study: Study) -> Table:
    """D of every region in every year, and the mean of the regions."""
    D = study.coupling.pivot(index="region", columns="year", values="D")[study.years]
    rows = [[study.name(str(r)), *(graded(v, 3) for v in row)] for r, row in zip(
        D.index, D.to_numpy(), strict=True)]  # fmt: skip
    means = [] if study.single else [[
        word(study.language, "head", "everyone"), *(fixed(v, 3) for v in D.mean())
    ]]  # fmt: skip
    note = _note(study, "coordination", weighting=_weighting(study))
    heads = ["region", *(Tex(year) for year in study.years)]
    table = _table(study, "coordination", ["l", *"r" * len(study.years)], heads, rows, note)
    return table._replace(parts=[rows, means])


def states(study: Study) -> Table:
    """Indices, C, T, D, grade, what lags and relative development of every region's last year."""
    language = study.language
    rows = []
    for region, row in study.ends()[1].sort_values("D", ascending=False).iterrows():
        year = "" if row["year"] == study.years[-1] else f" ({row['year']:.0f})"
        lags = study.label(row["lagging"])
        rows.append([
            study.name(str(region)) + year,
            *(fixed(row[SUBSYSTEM_PREFIX + s], 3) for s in study.subsystems),
            fixed(row["C"], 3), fixed(row["T"], 3), graded(row["D"], 3),
            word(language, "grade", row["grade"]), word(language, "lagging", lags),
            fixed(row["relative_development"]),
        ])  # fmt: skip
    indices = [escaped(f"U, {study.label(s)}") for s in study.subsystems]
    heads = ["region", *indices, *map(Tex, ("$C$", "$T$", "$D$")), "grade", "lags", "relative"]
    columns = ["l", *(">{\\raggedleft\\arraybackslash}p{1.7cm}" for _ in indices), *"rrrllr"]
    return _table(study, "states", columns, heads, rows, _note(study, "states"))


def equilibria(study: Study) -> Table | None:
    """Observed, stated or calibrated, and fitted equilibria of the region in focus."""
    if study.pair is None:
        return None
    last, language = observed(study), study.language

    def said(key: str, **values: Any) -> str:
        return word(language, "fit", key).format(**values)

    rows: list[list[Any]] = [
        [said("observed", year=last["year"]), amount(last["x1"]), "", amount(last["x2"]), *[""] * 3]
    ]
    for key, found, verdict in (
        ("calibration", period(study), "identity"), ("given", given(study), "stated")
    ):  # fmt: skip
        if found is not None:
            cells = [
                cell for x in ("x1", "x2") for cell in (amount(found[x]), _set(study, found, x))
            ]
            rows.append([said(key), *cells, "", word(language, "located", verdict)])
    for _, row in fits(study).iterrows():
        estimator = word(language, "estimator", row["estimator"])
        rows.append([said("own", estimator=estimator.lower()), *_fit(study, row)])
    for _, row in pooled_fits(study).iterrows():
        effects = word(language, "effects", row["effects"])
        rows.append([said("pooled", effects=effects), *_fit(study, row)])
    units = [study.unit(identifier) for identifier in study.pair]
    names = [f"$x_{i}$: {escaped(study.label(x))} ({escaped(unit)})" for i, (x, unit) in enumerate(
        zip(study.pair, units, strict=True), start=1)]  # fmt: skip
    level = rf"{study.config['interaction']['confidence'] * 100:g}\,\%"
    note = _note(study, "equilibria", unit=", ".join(names) + ". ", level=level)
    heads = ["source", Tex("$x_1^{*}$"), "set", Tex("$x_2^{*}$"), "set", "supply", "located"]
    columns = [_text(0.16), "r", _text(0.17), "r", _text(0.17), "r", _text(0.12)]
    return _table(study, "equilibria", columns, heads, rows, note)


def _fit(study: Study, row: pd.Series) -> list[str]:
    """Cells of a fitted equilibrium: a coordinate is printed only where its set is bounded."""
    verdict = located_verdict(row)
    known = verdict if verdict in ("located", "not_positive") else "unlocated"
    x1, x2 = (
        (amount(row[x]) if row[f"{x}_set"] == BOUNDED else NOTHING, _set(study, row, x))
        for x in ("x1", "x2")
    )
    return [*x1, *x2, fixed(row["p_predator_prey"]), word(study.language, "located", known)]


def _set(study: Study, row: pd.Series, x: str) -> str:
    """A set in words, with its part above zero where it holds zero."""
    kind, low, high = row[f"{x}_set"] or "none", row[f"{x}_low"], row[f"{x}_high"]
    if kind in ("interval", "complement") and low < 0 < high:
        kind += "_above"
    return word(study.language, "set", kind).format(low=amount(low), high=amount(high))


def claims(study: Study) -> Table | None:
    """The claims of a paper, what was found, and the verdict."""
    if "claims" not in study.tables:
        return None
    table = study.tables["claims"]
    table = table.assign(verdict=[word(study.language, "verdict", v) for v in table["verdict"]])
    heads = ["claim", "paper", "computed", "verdict", "source"]
    rows = table[heads].to_numpy().tolist()
    columns = [_text(share) for share in (0.17, 0.17, 0.24, 0.16, 0.14)]
    return _table(study, "claims", columns, heads, rows)


TABLES: tuple[Callable[[Study], Table | None], ...] = (
    descriptive, weights, coordination, states, interaction, own, equilibria, general, claims
)  # fmt: skip
