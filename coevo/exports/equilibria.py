"""The equilibria of the region in focus as a table of LaTeX, sets in words."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from coevo.exports.tex import Table, Tex, escaped
from coevo.exports.worded import text_column, word, worded
from coevo.findings.calibration import given, period
from coevo.findings.equilibrium import BOUNDED, fits, located_verdict, observed, pooled_fits
from coevo.findings.study import Study
from coevo.report.cells import amount
from coevo.report.numbers import NOTHING, fixed

_HEADS = ("source", Tex("$x_1^{*}$"), "set", Tex("$x_2^{*}$"), "set", "supply", "located")


def equilibria(study: Study) -> Table | None:
    """Observed, stated or calibrated, and fitted equilibria; None without a pair of outputs."""
    if study.pair is None:
        return None
    units = ", ".join(
        f"$x_{i}$: {escaped(study.label(output))} ({escaped(study.unit(output))})"
        for i, output in enumerate(study.pair, start=1)
    )
    level = rf"{study.config['interaction']['confidence'] * 100:g}\,\%"
    columns = [text_column(0.16), *["r", text_column(0.17)] * 2, "r", text_column(0.12)]
    rows = [*_stated(study), *_fitted(study)]
    return worded(study, "equilibria", columns, _HEADS, rows, unit=units, level=level)


def _source(study: Study, key: str, **values: Any) -> str:
    return word(study, "fit", key).format(**values)


def _stated(study: Study) -> Iterator[list[str]]:
    """The last observed state, the calibrated equilibrium and that of given parameters."""
    last = observed(study)
    title = _source(study, "observed", year=last["year"])
    yield [title, amount(last["x1"]), "", amount(last["x2"]), "", "", ""]
    kinds = (("calibration", period(study), "identity"), ("given", given(study), "stated"))
    for key, found, verdict in kinds:
        if found is not None:
            x1, x2 = ((amount(found[x]), _set(study, found, x)) for x in ("x1", "x2"))
            yield [_source(study, key), *x1, *x2, "", word(study, "located", verdict)]


def _fitted(study: Study) -> Iterator[list[str]]:
    """Fits of the region alone by every estimator, then those of the pooled main estimator."""
    for _, row in fits(study).iterrows():
        estimator = word(study, "estimator", row["estimator"]).lower()
        yield [_source(study, "own", estimator=estimator), *_fit(study, row)]
    for _, row in pooled_fits(study).iterrows():
        effects = word(study, "effects", row["effects"])
        yield [_source(study, "pooled", effects=effects), *_fit(study, row)]


def _fit(study: Study, row: pd.Series) -> list[str]:
    """Cells of a fitted equilibrium: a coordinate is printed only where its set is bounded."""
    verdict = located_verdict(row)
    known = verdict if verdict in ("located", "not_positive") else "unlocated"
    x1, x2 = (
        (amount(row[x]) if row[f"{x}_set"] == BOUNDED else NOTHING, _set(study, row, x))
        for x in ("x1", "x2")
    )
    return [*x1, *x2, fixed(row["p_predator_prey"]), word(study, "located", known)]


def _set(study: Study, row: pd.Series, x: str) -> str:
    """A set in words, with its part above zero where it holds zero."""
    kind, low, high = row[f"{x}_set"] or "none", row[f"{x}_low"], row[f"{x}_high"]
    if kind in ("interval", "complement") and low < 0 < high:
        kind += "_above"
    return word(study, "set", kind).format(low=amount(low), high=amount(high))
