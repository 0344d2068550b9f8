"""What differs between a study and the latest release of it (docs/methods.md, 2).

Each kind of thing is read from both states as rows of what it is of, with a `value` or `words`;
rows of the same are then held against each other. D of today's figures is also held against the
goalposts and weights of the release.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from coevo.coupling import grade
from coevo.coupling.formulas import IndexPanel
from coevo.files import as_table, read_table, rows_of
from coevo.history.releases import COMPARED, manifest
from coevo.messages import unpacked
from coevo.normalisation import by_kept_ruler, scaled_panel, wide
from coevo.panel.derivations import read_series
from coevo.schema import FILLED
from coevo.study_data import StudyData

# Keys of the configuration that change no number.
NUMBERLESS = ("title", "sources", "subsystems", "report", "chunks")
FIT = ["scope", "effects", "model", "estimator"]
ROUNDING = 1e-9  # numbers that differ by less, relative to their size, are the same
SYSTEM = ["subsystem", "direction", "best", "unit", "derivation"]
KEY = ["region", "year"]


def released(paths: Sequence[str | Path]) -> StudyData:
    """Return the study as a release keeps it; paths: its files, all in one folder."""
    folder = Path(paths[0]).parent
    meta = manifest(folder)
    files = {Path(path).stem: path for path in paths if Path(path).suffix == ".csv"}
    tables = {name: read_table(files[name]) for name in COMPARED if name in files}
    indicators = read_table(files["indicators"], "indicators")
    return StudyData(meta["config"], indicators, tables, coevo=str(meta["coevo"]), name=folder.name)


def changes_since(old: StudyData, new: StudyData) -> pd.DataFrame:
    """Return what differs between the release `old` and the study `new` (config/README.md).

    Rows stand by `change`: release, setting, indicator, figure_restated, figure_withdrawn,
    figure_added, figure_filled, year_added, year_removed, region_added, region_removed, D,
    goalpost, weight, parameter, verdict, claim. `D` has every region-year that both have, all
    others only what differs by more than rounding. For D, new - frozen is what goalposts, weights
    and settings rewrite, frozen - old what figures do (`with_frozen_goalposts`).
    """
    settings = _apart(_settings(old), _settings(new), either=True)
    parts = [
        _joined(_release(old), _release(new)).assign(change="release"),
        settings.assign(change="setting").sort_values("quantity"),
        _apart(_indicators(old), _indicators(new), either=True).assign(change="indicator"),
        _figures(old, new),
        *([_states(old, new)] if all("coupling" in state.tables for state in (old, new)) else []),
    ]
    for change, table, read in READ:
        if table in old.tables and table in new.tables:
            parts.append(_apart(read(old), read(new)).assign(change=change))
    rows = pd.concat(parts)
    names = {"pooled": "pooled"}
    for state in (old, new):
        names |= dict(state.tables["panel"][["region", "name"]].to_numpy())
    return as_table("changes", rows.assign(name=rows["scope"].map(names)))


def _joined(old: pd.DataFrame, new: pd.DataFrame, either: bool = False) -> pd.DataFrame:
    """Return rows that both have, in the order of `new`; or that either has, the old ones first.

    Each side's `value` and `words` stand beside each other; the other columns are the key.
    """
    key = [column for column in new if column not in ("value", "words")]
    if either:
        keys = pd.concat([old[key], new[key]]).drop_duplicates()
        old, new = (keys.merge(side, on=key, how="left") for side in (old, new))
    both = new.merge(old, on=key, suffixes=("_new", "_old"))
    sides = {f"words_{side}": f"{side}_words" for side in ("old", "new")}
    return both.rename(columns=sides | {"value_old": "old", "value_new": "new"})


def _apart(old: pd.DataFrame, new: pd.DataFrame, either: bool = False) -> pd.DataFrame:
    """Return the rows that differ; a side that has none has the words ""."""
    both = _joined(old, new, either)
    apart = pd.Series(False, both.index)
    if "value" in new:
        apart |= differ(both["old"], both["new"])
    if "words" in new:
        apart |= both["old_words"].fillna("") != both["new_words"].fillna("")
    return both[apart]


def _release(state: StudyData) -> pd.DataFrame:
    """The release's name, and what both read and span, whether or not it differs."""
    vintages = " ".join(sorted(state.tables["observations"]["vintage"].unique()))
    years = "{first}-{last}".format(**state.config["years"])
    facts = {"name": state.name, "vintages": vintages, "years": years, "coevo": state.coevo}
    return pd.DataFrame(facts.items(), columns=["quantity", "words"])


def _flat(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Keys of the configuration, dotted, with their values as text."""
    if isinstance(value, Mapping):
        for name, part in value.items():
            yield from _flat(part, f"{key}.{name}" if key else str(name))
    else:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        yield key, text


def _settings(state: StudyData) -> pd.DataFrame:
    """Keys of the configuration, but for those that change no number."""
    pairs = [pair for pair in _flat(state.config) if pair[0].split(".")[0] not in NUMBERLESS]
    return pd.DataFrame(pairs, columns=["quantity", "words"])


def _indicators(state: StudyData) -> pd.DataFrame:
    """How each indicator is defined."""
    columns = [*SYSTEM, "low", "high", "source_name"]
    table = state.indicators.reindex(columns=columns).astype(object).fillna("")
    rows = table.to_dict("records")
    words = [", ".join(f"{c}: {row[c]}" for c in columns if row[c] != "") for row in rows]
    return state.indicators[["indicator"]].assign(words=words)


def _figures(old: StudyData, new: StudyData) -> pd.DataFrame:
    """Figures that differ, in region-years that both panels have and indicators of one unit."""
    # only of indicators that are read, not derived
    units, now = (
        state.indicators[state.indicators["source_name"] != ""].set_index("indicator")["unit"]
        for state in (old, new)
    )
    shared = [i for i in units.index if i in now.index and units[i] == now[i]]

    def read(state: StudyData) -> pd.DataFrame:
        rows = rows_of(state.tables["panel"], indicator=shared)
        rows = rows.rename(columns={"region": "scope", "flag": "words"}).drop(columns="name")
        return rows.assign(quantity="value")

    both = _apart(read(old), read(new))
    before, after = (
        both[side].notna() & both[f"{side}_words"].ne(FILLED) for side in ("old", "new")
    )
    apart = differ(both["old"], both["new"])
    kinds = {
        "figure_restated": before & after & apart,
        "figure_withdrawn": before & ~after,
        "figure_added": ~before & after,
        "figure_filled": ~before & ~after & apart,
    }
    return pd.concat([both[rows].assign(change=kind) for kind, rows in kinds.items()])


def _states(old: StudyData, new: StudyData) -> pd.DataFrame:
    """D and grade of every region-year: of both, of today's figures by the release's goalposts."""

    def read(state: StudyData) -> pd.DataFrame:
        names = {"region": "scope", "D": "value", "grade": "words"}
        rows = state.tables["coupling"].rename(columns=names)
        return rows[["scope", "year", "value", "words"]].assign(quantity="D")

    frozen = with_frozen_goalposts(old, new).rename_axis(["scope", "year"])
    frozen = frozen.rename(columns={"D": "frozen", "grade": "frozen_words"})
    both = _joined(read(old), read(new), either=True).join(frozen, on=["scope", "year"])
    then, now = (both["year"].isin(state.tables["coupling"]["year"]) for state in (old, new))
    gone, come = both["new"].isna(), both["old"].isna()
    kinds = {
        "year_added": come & ~then,
        "year_removed": gone & ~now,
        "region_added": come & then,
        "region_removed": gone & now,
        "D": ~gone & ~come,
    }
    return pd.concat([both[rows].assign(change=kind) for kind, rows in kinds.items()])


def _goalposts(state: StudyData) -> pd.DataFrame:
    """Minima and maxima."""
    return state.tables["goalposts"].melt("indicator", ["low", "high"], "quantity", "value")


def _weights(state: StudyData) -> pd.DataFrame:
    """Weights in use, each side's by its own method."""
    rows = rows_of(state.tables["weights"], weighting=state.config["weighting"]["method"])
    return rows[["indicator"]].assign(quantity="weight", value=rows["weight"])


def _parameters(state: StudyData) -> pd.DataFrame:
    """Estimates by scope, effects, estimator and scaling."""
    rows = state.tables["parameters"].rename(columns={"parameter": "quantity", "estimate": "value"})
    return rows[[*FIT, "scaling", "quantity", "value"]]


def _signs(state: StudyData) -> pd.DataFrame:
    """What the interval of an interaction coefficient says of its sign, where it holds its size:
    not by t without year effects, or by instruments.
    """
    rows = rows_of(state.tables["parameters"], parameter=["b1", "d"]).dropna(subset=["low", "high"])
    pooled = rows["scope"].eq("pooled")
    rows = rows[~pooled | (rows["effects"].eq("region+year") & rows["estimator"].ne("fod_iv"))]
    words = np.select([rows["low"] > 0, rows["high"] < 0], ["above_0", "below_0"], "contains_0")
    return rows[[*FIT, "scaling"]].assign(quantity="interval_" + rows["parameter"], words=words)


def _equilibria(state: StudyData) -> pd.DataFrame:
    """Kind of every equilibrium, and whether a fitted one is located."""
    rows = state.tables["equilibria"]
    kinds = rows.assign(quantity=rows["source"] + "_kind", words=rows["kind"])
    fits = rows_of(rows, source="fit")
    located = fits["located"].astype(str).str.lower().map({"true": "located"}).fillna("not_located")
    both = pd.concat([kinds, fits.assign(quantity="fit_located", words=located)])
    return both[[*FIT, "year", "quantity", "words"]]


def _judgements(state: StudyData) -> pd.DataFrame:
    """The relation that is named, with its direction, and the verdicts on feedback."""
    rows = state.tables["verdicts"].rename(columns={"question": "quantity"})
    rows = rows[rows["quantity"] != "phi"]
    words = rows["verdict"].where(rows["direction"] == "", rows["direction"])
    return rows[["scope", "effects", "estimator", "period", "quantity"]].assign(words=words)


def _claims(state: StudyData) -> pd.DataFrame:
    """Claims of a paper and their verdicts; none of tables that have sentences for verdicts."""
    rows = state.tables["claims"].rename(columns={"claim": "quantity", "verdict": "words"})
    return rows.loc[["fields" in rows] * len(rows), ["quantity", "words"]]


def _headlines(state: StudyData) -> pd.DataFrame:
    """What a reader would repeat of the study, and the conclusion on it; by indicator system where
    these differ.
    """
    names = {"claim": "quantity", "conclusion": "words"}
    rows = state.tables["headline_claims"].rename(columns=names)
    rows["scope"] = [unpacked(stated).get("system", "") for stated in rows["stated"]]
    return rows[["scope", "quantity", "words"]]


# change, table, what is read of it
READ: tuple[tuple[str, str, Callable[[StudyData], pd.DataFrame]], ...] = (
    ("goalpost", "goalposts", _goalposts),
    ("weight", "weights", _weights),
    ("parameter", "parameters", _parameters),
    ("verdict", "parameters", _signs),
    ("verdict", "equilibria", _equilibria),
    ("verdict", "verdicts", _judgements),
    ("claim", "claims", _claims),
    ("claim", "headline_claims", _headlines),
)


def differ(old: pd.Series, new: pd.Series) -> pd.Series:
    """Whether numbers differ by more than rounding; a missing one differs from one that is not."""
    a, b = old.astype(float), new.astype(float)
    apart = (a - b).abs() > ROUNDING * np.maximum(a.abs(), b.abs())
    return apart | (a.isna() != b.isna())


def system(indicators: pd.DataFrame) -> pd.DataFrame:
    """Return what makes U: the subsystem indicators, and all that they derive from, by id."""
    table = indicators.set_index("indicator")
    read, derived = read_series(indicators, table.index[table["subsystem"] != ""])
    return table.reindex(columns=SYSTEM, fill_value="").loc[sorted([*read, *derived])]


def with_frozen_goalposts(old: StudyData, new: StudyData) -> pd.DataFrame:
    """Return D and its grade of today's figures by the release's goalposts, weights and settings.

    z as `minmax` makes it with low and high of the release `old`; x beyond
    them is taken for the goalpost. Index
    (region, year) of the region-years of `new`, columns `D`, `grade`; empty where the indicator
    systems differ. Convention: where no figure differs, z is the release's own, to the last digit,
    so that D differs from the release's only where a figure does.
    """
    if not system(old.indicators).equals(system(new.indicators)):
        rows = pd.MultiIndex.from_arrays([np.array([], str), np.array([], int)], names=KEY)
        return pd.DataFrame({"D": [], "grade": []}, rows)
    then, z = _wide(old, "normalised", "z"), _frozen_z(old, new)
    # The rows of the release stay together: the last digit of a product may depend on how many.
    shared = z.reindex(then.index).fillna(then)
    added = z.loc[~z.index.isin(then.index)].dropna()
    parts = [_coupled(part, old) for part in (shared, added) if len(part)]
    return pd.concat(parts).reindex(z.index)


def _frozen_z(old: StudyData, new: StudyData) -> pd.DataFrame:
    """Today's figures (complete region-years down) normalised by the release's goalposts."""
    names = list(dict.fromkeys(old.tables["goalposts"]["indicator"]))
    figures = _wide(new, "panel", "value")[names].loc[_wide(new, "normalised", "z").index]
    posts, settings = old.tables["goalposts"], old.config["normalisation"]
    z = by_kept_ruler(figures, old.indicators, posts, settings)
    before = _wide(old, "panel", "value").reindex(figures.index)
    same = pd.DataFrame({i: ~differ(before[i], figures[i]) for i in names})
    then = _wide(old, "normalised", "z").reindex(figures.index)[names]
    return then.where(same & then.notna(), z)


def _wide(state: StudyData, table: str, value: str) -> pd.DataFrame:
    return wide(state.tables[table].drop(columns="name"), value)


def _coupled(z: pd.DataFrame, release: StudyData) -> pd.DataFrame:
    """D and grade of normalised figures (region-years down) as the release would have it."""
    config, span = release.config, scaled_panel(release.config["normalisation"])
    method = config["weighting"]["method"]
    panel = IndexPanel.of(z, release.tables["weights"], method, span)
    D = panel.degrees(config["coupling"]).D
    return pd.DataFrame({"D": D, "grade": grade(D, config["coupling"]["grades"])}, z.index)
