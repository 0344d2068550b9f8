"""Rows of the report's tables, from tables of the study."""

from typing import Any

import pandas as pd

from coevo.findings.equilibrium import (
    BOUNDED,
    FAILS,
    calibrations,
    fits,
    located_verdict,
    own_fits,
    period,
    pooled_fits,
)
from coevo.findings.interaction import regional
from coevo.findings.study import SUBSYSTEM_PREFIX
from coevo.report.cells import Words, amount, estimate
from coevo.report.markup import Markdown, escaped
from coevo.report.numbers import NOTHING, figures, fixed, graded, percent

Rows = list[list[Any]]


def _fit(words: Words, row: Any, title: str) -> list[Any]:
    """A row of a fitted equilibrium; a coordinate is printed only where its set is bounded."""
    cells: list[Any] = [title]
    for coordinate in ("x1", "x2"):
        bounded = row[f"{coordinate}_set"] == BOUNDED
        value, seen = row[coordinate], row[f"observed_{coordinate}"]
        cells += [
            amount(value) if bounded else NOTHING,
            words.set_words(row, coordinate),
            fixed(value / seen) if bounded else NOTHING,
        ]
    return [*cells, words.signs(row), _chip(words, row)]


def _chip(words: Words, row: Any) -> Markdown:
    """Whether E is located, bounded but not shown positive, or not to be located."""
    verdict = located_verdict(row)
    known = verdict if verdict in ("located", "not_positive") else "unlocated"
    return words.say(f"chips/{known}")


def equilibria(words: Words) -> Rows:
    """Observed, calibrated and fitted equilibria of the region in focus."""
    study, rows = words.study, []
    own, whole = fits(study), period(study)
    seen = own.iloc[0]
    title = words.say("titles/observed", year=study.years[-1])
    rows.append(
        [
            title,
            amount(seen["observed_x1"]),
            "",
            "",
            amount(seen["observed_x2"]),
            "",
            "",
            "",
            "",
        ]
    )
    if whole is not None:
        cells: list[Any] = [words.say("titles/calibrated")]
        for c in ("x1", "x2"):
            ratio = fixed(whole[c] / whole[f"observed_{c}"])
            cells += [amount(whole[c]), words.set_words(whole, c), ratio]
        rows.append([*cells, words.say("titles/by_assumption"), words.say("chips/identity")])
    for _, row in own.iterrows():
        estimator = words.word("estimator", row["estimator"])
        rows.append(_fit(words, row, words.say("titles/own", estimator=estimator)))
    for _, row in pooled_fits(study).iterrows():
        effects = words.word("effects", row["effects"])
        rows.append(_fit(words, row, words.say("titles/pooled", effects=effects)))
    return rows


def weights(words: Words, rows: pd.DataFrame) -> Rows:
    """One row per indicator: place, label with unit, e, 1 - e, w, between, focus values."""
    study = words.study
    table, seen = study.indicators.set_index("indicator"), set()
    values = study.tables["panel"]
    values = values[values["region"] == study.focus].set_index(["indicator", "year"])["value"]
    result: Rows = []
    for row in rows.itertuples():
        first = row.subsystem not in seen
        seen.add(row.subsystem)
        unit = escaped(study.unit(row.indicator))
        label = escaped(study.heading(row.indicator))
        entropy = [fixed(row.entropy, 3), fixed(1 - row.entropy, 3)]
        focus = [
            figures(values.get((row.indicator, y)), 3) for y in (study.years[0], study.years[-1])
        ]
        result.append([
            study.heading(row.subsystem) if first else "",
            table.loc[row.indicator, "dimension"],
            Markdown(f"{label} [{unit}]{{.unit}}"),
            *entropy, fixed(row.weight, 3),
            *([] if study.single else [percent(row.between).removesuffix(" %")]), *focus,
        ])  # fmt: skip
    return result


def audit(words: Words) -> Rows:
    """Findings by check and indicator: how many, and one of them in words."""
    audit = words.study.tables["audit"]
    rows: Rows = []
    for (check, indicator), part in audit.groupby(["check", "indicator"], sort=False):
        example = part.iloc[0]
        text = f"{example['name']} {example['year']}: {example['message']}"
        rows.append([words.word("check", check), words.study.heading(indicator), len(part), text])
    return rows


def audit_rows(words: Words) -> Rows:
    """Every finding of the audit with its place."""
    return [
        [
            words.word("check", row["check"]), row["name"], row["year"],
            words.study.heading(row["indicator"]), row["message"], place(row),
        ]
        for _, row in words.study.tables["audit"].iterrows()
    ]  # fmt: skip


def states(words: Words) -> Rows:
    """C, T, D, grade and relative development of every region in the last year."""
    table = words.study.coupling
    last = table[table["year"] == words.study.years[-1]].sort_values("D", ascending=False)
    rows = []
    for _, row in last.iterrows():
        indices = [fixed(row[SUBSYSTEM_PREFIX + s], 3) for s in words.study.subsystems]
        rows.append([
            row["name"], *indices, fixed(row["C"], 3), fixed(row["T"], 3), graded(row["D"]),
            row["grade"], words.relative(row["lagging"], row["relative_development"]),
        ])  # fmt: skip
    return rows


def coefficients(words: Words) -> Rows:
    """The four coefficients of every region's own fits with intervals, main estimator."""
    tables = [regional(words.study, p).set_index("name") for p in ("a1", "b1", "a2", "d")]
    return [
        [name, *(estimate(table.loc[name], words.say) for table in tables)]
        for name in sorted(tables[0].index)
    ]


def regional_equilibria(words: Words) -> Rows:
    """Calibrated and fitted equilibria of every region: period value and 95 % sets."""
    whole = calibrations(words.study)
    whole = whole[whole["year"].isna()].set_index("scope")
    rows = []
    for _, row in own_fits(words.study).sort_values("name").iterrows():
        calibrated = whole.loc[row["scope"]] if row["scope"] in whole.index else None
        fails = calibrated is None or calibrated["kind"] == FAILS
        cells = [
            Markdown(f"{amount(calibrated['x1'])} · {amount(calibrated['x2'])}")
            if not fails and calibrated is not None
            else (words.word("kind", FAILS) if calibrated is not None else NOTHING)
        ]
        rows.append([
            row["name"], f"{amount(row['observed_x1'])} · {amount(row['observed_x2'])}", *cells,
            words.set_words(row, "x1"), words.set_words(row, "x2"), words.signs(row),
            _chip(words, row),
        ])  # fmt: skip
    return rows


def claims(words: Words) -> Rows:
    """The claims of a paper with a chip for each verdict."""
    rows = []
    for row in words.study.tables["claims"].itertuples():
        sign = words.word("verdict", row.verdict)
        chip = Markdown(f"[{escaped(row.verdict)}]{{.chip .{sign}}}")
        rows.append([row.claim, row.paper, row.computed, chip, row.source])
    return rows


def place(row: pd.Series) -> str:
    """File, sheet and cell of a finding."""
    return " › ".join(str(row[part]) for part in ("file", "sheet", "cell") if str(row[part]))
