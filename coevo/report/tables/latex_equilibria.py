"""The equilibria of the region in focus as a table of LaTeX, sets in words."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from coevo.report.findings.calibrated import given_points, period_points
from coevo.report.findings.equilibrium import BOUNDED, fits, located_verdict, observed, pooled_fits
from coevo.report.tables.tex import Tex, TexTable, tex_escaped
from coevo.report.tables.worded_tables import TableVoice, text_column, worded_table
from coevo.report.words.amounts import amount
from coevo.report.words.numbers import NOTHING, fixed

_HEADS = ("source", Tex("$x_1^{*}$"), "set", Tex("$x_2^{*}$"), "set", "supply", "located")


def latex_equilibria_table(voice: TableVoice) -> TexTable | None:
    """Observed, stated or calibrated, and fitted equilibria; None without a pair of outputs."""
    study, pair = voice.study, voice.study.pair
    if pair is None:
        return None
    measured = (voice.noted(study.label(output), study.unit(output)) for output in pair)
    units = (f"$x_{i}$" + voice.grammar.colon + text for i, text in enumerate(measured, start=1))
    confidence = f"{study.config['interaction']['confidence'] * 100:g}"
    columns = [text_column(0.16), *["r", text_column(0.17)] * 2, "r", text_column(0.12)]
    return worded_table(
        voice, "equilibria", columns, _HEADS, [*_stated(voice), *_fitted(voice)],
        unit=voice.series(map(Tex, units)),
        level=tex_escaped(voice.grammar.percent_pattern.format(confidence)),
    )  # fmt: skip


def _stated(voice: TableVoice) -> Iterator[list[str]]:
    """The last observed state, the calibrated equilibrium and that of given parameters."""
    study = voice.study
    last = observed(study)
    title = _source(voice, "observed", year=last["year"])
    yield [title, amount(last["x1"]), "", amount(last["x2"]), "", "", ""]
    for key, found in (("calibrated", period_points(study)), ("given", given_points(study))):
        if found is not None:
            x1, x2 = ((amount(found[x]), _set(voice, found, x)) for x in ("x1", "x2"))
            yield [_source(voice, key), *x1, *x2, "", voice.chip(key)]


def _fitted(voice: TableVoice) -> Iterator[list[str]]:
    """Fits of the region alone by every estimator, then those of the pooled main estimator."""
    for _, row in fits(voice.study).iterrows():
        estimator = voice.named("estimator", row["estimator"])
        yield [_source(voice, "own", estimator=estimator), *_fit(voice, row)]
    for _, row in pooled_fits(voice.study).iterrows():
        effects = voice.named("effects_pooled", row["effects"])
        yield [_source(voice, "pooled", effects=effects), *_fit(voice, row)]


def _source(voice: TableVoice, key: str, **values: Any) -> str:
    return voice.opening(voice.say(f"titles/{key}", **values))


def _fit(voice: TableVoice, row: pd.Series) -> list[str]:
    """Cells of a fitted equilibrium: a coordinate is printed only where its set is bounded."""
    verdict = located_verdict(row)
    known = verdict if verdict in ("located", "not_positive") else "unlocated"
    x1, x2 = (
        (amount(row[x]) if row[f"{x}_set"] == BOUNDED else NOTHING, _set(voice, row, x))
        for x in ("x1", "x2")
    )
    return [*x1, *x2, fixed(row["p_predator_prey"]), voice.chip(known)]


def _set(voice: TableVoice, row: pd.Series, x: str) -> Tex:
    """A set in words, with its part above zero where it holds zero."""
    kind, low, high = row[f"{x}_set"] or "none", row[f"{x}_low"], row[f"{x}_high"]
    if kind in ("interval", "complement") and low < 0 < high:
        kind += "_above"
    return voice.say(f"sets/{kind}", low=amount(low), high=amount(high))
