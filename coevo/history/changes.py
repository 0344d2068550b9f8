"""What differs between a study and the latest release of it (docs/methods.md, 2)."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from coevo.files import read_table
from coevo.history.frozen_goalposts import (
    KEY,
    SYSTEM,
    State,
    comparable,
    differ,
    with_frozen_goalposts,
)
from coevo.history.releases import manifest

LABELS = ["scope", "name", "year", "indicator", "effects", "model", "estimator", "scaling"]
LABELS += ["period"]
VALUES = ["quantity", "old", "frozen", "new", "old_words", "frozen_words", "new_words"]
COLUMNS = ["change", *LABELS, *VALUES]
WORDS = [c for c in COLUMNS if c not in ("year", "old", "frozen", "new")]
# The tables that are compared; of other tables the report says nothing here.
COMPARED = (
    "observations", "panel", "goalposts", "normalised", "weights", "coupling", "parameters",
    "equilibria", "verdicts", "claims",
)  # fmt: skip
LOOKS = ("title", "sources", "subsystems", "report")  # keys that change no number
FIT = ["scope", "name", "effects", "model", "estimator", "scaling"]


def released(paths: Sequence[str | Path]) -> State:
    """Return the study as a release keeps it; paths: its files, all in one folder."""
    folder = Path(paths[0]).parent
    said = manifest(folder)
    files = {Path(path).stem: path for path in paths if Path(path).suffix == ".csv"}
    tables = {name: read_table(files[name]) for name in COMPARED if name in files}
    indicators = read_table(files["indicators"], "indicators")
    return State(tables, indicators, said["config"], str(said["coevo"]), folder.name)


def changes_since(old: State, new: State) -> pd.DataFrame:
    """Return what differs between the release `old` and the study `new` (config/README.md).

    Rows stand by `change`: release, setting, indicator, figure_restated, figure_withdrawn,
    figure_added, figure_filled, year_added, year_removed, region_added, region_removed, D,
    goalpost, weight, parameter, verdict, claim. `D` has every region-year that both have, all
    others only what differs by more than rounding. For D, new - frozen is what goalposts, weights
    and settings rewrite, frozen - old what figures do (`coevo.history.frozen_goalposts`).
    """
    parts = [
        _release(old, new),
        _settings(old, new),
        _indicators(old, new),
        _figures(old, new),
        _states(old, new),
        _goalposts(old, new),
        _weights(old, new),
        _parameters(old, new),
        _verdicts(old, new),
        _claims(old, new),
    ]
    table = pd.concat([part.reindex(columns=COLUMNS).astype(object) for part in parts])
    table[WORDS] = table[WORDS].fillna("")
    numbers = {column: float for column in ("old", "frozen", "new")}
    return table.astype({**numbers, "year": "Int64"}).reset_index(drop=True)


def _of(change: str, rows: pd.DataFrame, **columns: Any) -> pd.DataFrame:
    return rows.assign(change=change, **columns)


def _in_words(change: str, pairs: Iterator[tuple[str, str, str]]) -> pd.DataFrame:
    rows = pd.DataFrame(pairs, columns=["quantity", "old_words", "new_words"])
    return _of(change, rows)


def _release(old: State, new: State) -> pd.DataFrame:
    """The release's name, and what both read and span, whether or not it differs."""

    def vintages(state: State) -> str:
        return " ".join(sorted(state.tables["observations"]["vintage"].unique()))

    def years(state: State) -> str:
        return "{first}-{last}".format(**state.config["years"])

    pairs = [("name", old.name, "")]
    pairs += [(of.__name__, of(old), of(new)) for of in (vintages, years)]
    return _in_words("release", iter([*pairs, ("coevo", old.coevo, new.coevo)]))


def _flat(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Keys of the configuration, dotted, with their values as text."""
    if isinstance(value, Mapping):
        for name, part in value.items():
            yield from _flat(part, f"{key}.{name}" if key else str(name))
    else:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        yield key, text


def _settings(old: State, new: State) -> pd.DataFrame:
    """Keys of the configuration that differ; the other side of one that is not there is empty."""
    before, after = (
        {key: text for key, text in _flat(state.config) if key.split(".")[0] not in LOOKS}
        for state in (old, new)
    )
    return _in_words("setting", _apart(sorted({*before, *after}), before, after))


def _apart(
    keys: Iterable[str], before: Mapping[str, str], after: Mapping[str, str]
) -> Iterator[tuple[str, str, str]]:
    """Yield each key whose text differs, with both texts; empty where a side has none."""
    pairs = ((key, before.get(key, ""), after.get(key, "")) for key in keys)
    return (pair for pair in pairs if pair[1] != pair[2])


def _indicators(old: State, new: State) -> pd.DataFrame:
    """Indicators that were added, removed, or are defined otherwise."""
    columns = [*SYSTEM, "source_name"]
    before, after = (
        {row["indicator"]: ", ".join(f"{c}: {row[c]}" for c in columns if row[c]) for row in rows}
        for rows in (state.indicators.to_dict("records") for state in (old, new))
    )
    rows = _in_words("indicator", _apart(dict.fromkeys([*before, *after]), before, after))
    return rows.rename(columns={"quantity": "indicator"})


def _read(state: State) -> pd.Series:
    """Unit of the indicators that are read, not derived, by id."""
    rows = state.indicators[state.indicators["source_name"] != ""]
    return rows.set_index("indicator")["unit"]


def _figures(old: State, new: State) -> pd.DataFrame:
    """Figures that differ, in region-years that both panels have and indicators of one unit."""
    units, now = _read(old), _read(new)
    shared = [i for i in units.index if i in now.index and units[i] == now[i]]
    key = [*KEY, "indicator"]
    before, after = (state.tables["panel"] for state in (old, new))
    both = after[after["indicator"].isin(shared)].merge(
        before[[*key, "value", "flag"]], on=key, suffixes=("_new", "_old")
    )
    both = both[differ(both["value_old"], both["value_new"])
                | both["flag_old"].ne(both["flag_new"])]  # fmt: skip
    seen = {s: both[f"value_{s}"].notna() & both[f"flag_{s}"].ne("filled") for s in ("old", "new")}
    apart = differ(both["value_old"], both["value_new"])
    kinds = {
        "figure_restated": seen["old"] & seen["new"] & apart,
        "figure_withdrawn": seen["old"] & ~seen["new"],
        "figure_added": ~seen["old"] & seen["new"],
        "figure_filled": ~seen["old"] & ~seen["new"] & apart,
    }
    both = both.rename(
        columns={
            "region": "scope", "value_old": "old", "value_new": "new",
            "flag_old": "old_words", "flag_new": "new_words",
        }
    ).assign(quantity="value")  # fmt: skip
    return pd.concat([_of(kind, both[rows]) for kind, rows in kinds.items()])


def _states(old: State, new: State) -> pd.DataFrame:
    """D and grade of every region-year: of both, of today's figures by the release's goalposts."""
    columns = [*KEY, "name", "D", "grade"]
    before, after = (state.tables["coupling"][columns] for state in (old, new))
    both = before.merge(after, on=KEY, how="outer", suffixes=("_old", "_new"))
    both = both.join(
        with_frozen_goalposts(old, new).rename(columns={"grade": "frozen_words"}), on=KEY
    )
    sides = {s: set(frame["year"]) for s, frame in (("old", before), ("new", after))}
    gone, come = both["D_new"].isna(), both["D_old"].isna()
    kinds = {
        "year_added": come & ~both["year"].isin(sides["old"]),
        "year_removed": gone & ~both["year"].isin(sides["new"]),
        "region_added": come & both["year"].isin(sides["old"]),
        "region_removed": gone & both["year"].isin(sides["new"]),
        "D": ~gone & ~come,
    }
    both = both.assign(name=both["name_new"].fillna(both["name_old"]), quantity="D").rename(
        columns={
            "region": "scope", "D_old": "old", "D_new": "new", "D": "frozen",
            "grade_old": "old_words", "grade_new": "new_words",
        }
    )  # fmt: skip
    return pd.concat([_of(kind, both[rows]) for kind, rows in kinds.items()])


def _pairs(old: pd.DataFrame, new: pd.DataFrame, key: list[str], value: str) -> pd.DataFrame:
    """Numbers that both tables have under one key and that differ, in the order of `new`."""
    both = new[[*key, value]].merge(old[[*key, value]], on=key, suffixes=("_new", "_old"))
    both = both.rename(columns={f"{value}_old": "old", f"{value}_new": "new"})
    return both[differ(both["old"], both["new"])]


def _goalposts(old: State, new: State) -> pd.DataFrame:
    """Minima and maxima that moved."""
    before, after = (state.tables["goalposts"] for state in (old, new))
    ends = (
        _pairs(before, after, ["indicator"], end).assign(quantity=end) for end in ("low", "high")
    )
    return _of("goalpost", pd.concat(list(ends)))


def _weights(old: State, new: State) -> pd.DataFrame:
    """Weights in use that moved, each side's by its own method."""

    def used(state: State) -> pd.DataFrame:
        rows = state.tables["weights"]
        return rows[rows["weighting"] == state.config["weighting"]["method"]]

    return _of("weight", _pairs(used(old), used(new), ["indicator"], "weight"), quantity="weight")


def _shared(old: State, new: State, table: str) -> bool:
    return table in old.tables and table in new.tables


def _parameters(old: State, new: State) -> pd.DataFrame:
    """Estimates that differ, by scope, effects, estimator and scaling."""
    if not _shared(old, new, "parameters"):
        return pd.DataFrame()
    key = [*FIT, "parameter"]
    rows = _pairs(old.tables["parameters"], new.tables["parameters"], key, "estimate")
    return _of("parameter", rows.rename(columns={"parameter": "quantity"}))


def _signs(parameters: pd.DataFrame) -> pd.DataFrame:
    """What the interval of an interaction coefficient says of its sign."""
    rows = parameters[parameters["parameter"].isin(["b1", "d"])].dropna(subset=["low", "high"])
    words = np.select([rows["low"] > 0, rows["high"] < 0], ["above_0", "below_0"], "contains_0")
    return rows[FIT].assign(quantity="interval_" + rows["parameter"], words=words)


def _equilibria(table: pd.DataFrame) -> pd.DataFrame:
    """Kind of every equilibrium, and whether a fitted one is located."""
    rows = table.rename(columns={"kind": "words"}).assign(quantity=table["source"] + "_kind")
    fits = table[table["source"] == "fit"]
    located = fits["located"].astype(str).str.lower().map({"true": "located"}).fillna("not_located")
    fits = fits.assign(quantity="fit_located", words=located)
    columns = ["scope", "name", "year", "effects", "model", "estimator", "quantity", "words"]
    return pd.concat([rows[columns], fits[columns]])


def _judgements(verdicts: pd.DataFrame) -> pd.DataFrame:
    """The relation that is named, with its direction, and the verdicts on feedback."""
    rows = verdicts[verdicts["question"] != "phi"].rename(columns={"question": "quantity"})
    words = rows["verdict"].where(rows["direction"] == "", rows["direction"])
    columns = ["scope", "name", "effects", "estimator", "period", "quantity"]
    return rows[columns].assign(words=words)


def _verdicts(old: State, new: State) -> pd.DataFrame:
    """Signs of interaction coefficients, kinds and location of equilibria, relation and feedback
    that differ.
    """
    parts = []
    for table, read in (
        ("parameters", _signs), ("equilibria", _equilibria), ("verdicts", _judgements)
    ):  # fmt: skip
        if _shared(old, new, table):
            before, after = read(old.tables[table]), read(new.tables[table])
            parts.append(_other_words(before, after, [c for c in after if c != "words"]))
    return _of("verdict", pd.concat(parts)) if parts else pd.DataFrame()


def _claims(old: State, new: State) -> pd.DataFrame:
    """Claims of a paper whose verdict differs; `quantity` is the claim.

    A release whose claims have no fields has sentences for verdicts and is not compared.
    """
    if not _shared(old, new, "claims") or "fields" not in old.tables["claims"]:
        return pd.DataFrame()
    before, after = (
        state.tables["claims"].rename(columns={"claim": "quantity", "verdict": "words"})
        for state in (old, new)
    )
    return _of("claim", _other_words(before, after, ["quantity"]))


def _other_words(old: pd.DataFrame, new: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """Words that both tables have under one key and that differ, in the order of `new`."""
    columns = [*key, "words"]
    both = new[columns].merge(old[columns], on=key, suffixes=("_new", "_old"))
    both = both[both["words_old"] != both["words_new"]]
    return both.rename(columns={"words_old": "old_words", "words_new": "new_words"})


__all__ = ["COLUMNS", "COMPARED", "State", "changes_since", "comparable", "released"]
