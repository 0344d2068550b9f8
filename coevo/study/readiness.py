"""What the raw files of a study hold, before anything is computed: a table and its problems."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from coevo.arrays import Config, Row
from coevo.coupling import couple
from coevo.equilibria.possible_outputs import model_outputs
from coevo.errors import Refusal, StudyError
from coevo.files import read_optional, read_table
from coevo.history.releases import latest
from coevo.normalisation import CAPPED, complete_rows, normalise, scaled_panel
from coevo.observations import observe
from coevo.observations.recognition import StudyTerms
from coevo.panel import build_panel, panel_remarks
from coevo.panel.audit import ACCEPTED, acceptance, audit_table, is_finding, is_serious
from coevo.panel.derivations import breaks_in_coverage, read_series
from coevo.panel.scale_checks import sized
from coevo.panel.vintages import revisions
from coevo.schema import FILLED
from coevo.sensitivity.multiverse import indicator_systems
from coevo.study.completeness import ways_without_gaps
from coevo.study.config_tables import check_indicators, regions_read
from coevo.study.configuration import complete_config
from coevo.study.raw_files import raw_paths
from coevo.study.regions import SETS, regions_table, shipped_sets
from coevo.study.templates import in_json
from coevo.study.terminal import model_lines, said, span
from coevo.weighting import not_allowed, weigh

MessageText = Callable[[str, str], str]
AGAINST, BETTER = 0.3, 0.3  # correlations that are no chance in most panels
FIRST = 3  # lines shown of each kind of finding


@dataclass(frozen=True)
class Checked:
    """A study as its files give it: the tables of these names, and what keeps it from running.

    panel: None if it cannot be built; complete: region-years with every indicator of the
    subsystems, of how many; (0, 0) without subsystems. remarks_on_indices: a line for each
    indicator with figures beyond its goalposts, and each weighting that figures do not allow;
    coupling: the indices themselves, None without them.
    """

    config: Config
    files: Sequence[str]
    indicators: pd.DataFrame
    observations: pd.DataFrame
    audit: pd.DataFrame
    panel: pd.DataFrame | None
    complete: tuple[int, int]
    problems: tuple[str, ...]
    remarks_on_indices: tuple[str, ...] = ()
    coupling: pd.DataFrame | None = None

    @property
    def findings(self) -> pd.DataFrame:
        """The rows of the audit that doubt a figure."""
        return self.audit[is_finding(self.audit)]

    @property
    def doubts(self) -> pd.DataFrame:
        """Those of the findings that the study does not accept."""
        return self.findings[self.findings["standing"] != ACCEPTED]

    @property
    def serious(self) -> pd.DataFrame:
        """Those of the findings after which figures are hardly what the office meant."""
        return self.audit[is_serious(self.audit)]

    @property
    def remarks(self) -> pd.DataFrame:
        """The rows of the audit that say how the files were read."""
        return self.audit[~is_finding(self.audit)]


def check_study(path: str) -> Checked:
    """Read and audit the study of a config file as its first two rules do; write nothing.

    Raises `StudyError` if the config, the indicator table or a raw file cannot be read; what
    stops a later rule stands in `problems`.
    """
    config = complete_config(path)
    places = regions_table(config)
    rows = check_indicators(config, places, Path(path).name)
    files = raw_paths(config["raw"], config["vintage"])
    indicators = read_table(config["indicators"], "indicators")
    known = StudyTerms(
        indicators,
        read_table(places, "regions"),
        config,
        regions_read(config, rows, places),
        shipped_sets(SETS),
    )
    observations, remarks = observe(files, config["raw"], known)
    panel, whole = None, (0, 0)
    problems: tuple[str, ...] = ()
    on_indices: tuple[str, ...] = ()
    coupling = None
    try:
        panel = build_panel(observations, indicators, config)
        rows = panel[["region", "year"]].drop_duplicates()
        if config["subsystems"]:
            whole = (len(complete_rows(panel, indicators)), len(rows))
            coupling, on_indices = _check_indices(panel, indicators, config)
    except StudyError as problem:
        below_zero = _cells_below_zero(problem, observations, indicators)
        problems = (*below_zero, *problem.messages)
    try:
        latest(f"reports/{config['study']}/releases")
    except StudyError as problem:
        problems = (*problems, *problem.messages)
    if panel is not None:
        remarks = pd.concat([remarks, panel_remarks(observations, panel, config)])
    audit = audit_table(
        observations, remarks, indicators, config["accept"], config["comovement"]["size"]
    )
    tables = (indicators, observations, audit, panel)
    return Checked(config, files, *tables, whole, problems, on_indices, coupling)


def _check_indices(
    panel: pd.DataFrame, indicators: pd.DataFrame, config: Config
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return the indices, and remarks on them; raises what would stop a rule."""
    settings = config["normalisation"]
    goalposts = read_optional(settings["goalposts"], "goalposts")
    normalised, _ = normalise(panel, indicators, settings, goalposts)
    weights = weigh(normalised, panel, indicators, config["weighting"])
    method = config["weighting"]["method"]
    coupling, _ = couple(normalised, weights, method, config["coupling"], scaled_panel(settings))
    systems = config["robustness"]["systems"].items()
    indicator_systems(panel, indicators, {n: read_table(p, "indicators") for n, p in systems})
    refused = not_allowed(weights, normalised, panel, indicators, config["weighting"])
    return coupling, (
        *misfits(normalised, indicators),
        *_amounts_of_which_less_is_better(indicators),
        *(f"Beyond goalposts, moved to them: {text}" for text in _beyond(normalised)),
        *(f"No weights by {name}: {reason}" for name, reason in refused.items()),
    )


def misfits(normalised: pd.DataFrame, indicators: pd.DataFrame) -> Iterator[str]:
    """Yield each indicator that runs against the rest of its subsystem, or fits another better.

    By correlation over region-years with the means of the normalised others: below -`AGAINST`, or
    by `BETTER` lower than with another subsystem.
    """
    z = normalised.pivot_table(index=["region", "year"], columns="indicator", values="z").dropna()
    systems = indicators.set_index("indicator")["subsystem"].reindex(z.columns)
    for name, own in systems.items():
        others = z.drop(columns=name).T.groupby(systems.drop(name)).mean().T
        r = others.corrwith(z[name]).dropna()
        if own not in r:
            continue
        if r[own] < -AGAINST:
            text = f"{name}: runs against the rest of {own} (r = {r[own]:.2f})"
            yield f"{text}; is its direction right?"
        elif r.max() > r[own] + BETTER:
            yield (
                f"{name}: fits {r.idxmax()} (r = {r.max():.2f}) better than {own}, its own "
                f"(r = {r[own]:.2f}); does it belong there?"
            )


def _amounts_of_which_less_is_better(indicators: pd.DataFrame) -> Iterator[str]:
    """Yield each indicator that ranks a region first for being small."""
    less = indicators[indicators["direction"].eq("-") & sized(indicators["unit"])]
    for name in less["indicator"]:
        yield (
            f"{name}: is an amount of which less is better, so that small regions rank first; take "
            "it per head, or relative to another amount"
        )


def _news(checked: Checked, panel: pd.DataFrame) -> Iterator[str]:
    """Yield what newer files changed: figures that were restated, and years to take in."""
    rows = revisions(checked.observations)
    for (old, new), part in rows.groupby(["old_vintage", "new_vintage"]):
        largest = part.loc[part["relative_change"].abs().fillna(0).idxmax()]
        yield (
            f"Restated in {new} since {old}: {len(part)} figures of "
            f"{part['indicator'].nunique()} indicators; the most {largest['indicator']} of "
            f"{largest['name']} {largest['year']}, from {largest['old']:g} to {largest['new']:g}"
        )
    known = checked.observations.dropna(subset="value")
    known = known[known["indicator"].isin(panel["indicator"])]
    last, covered = checked.config["years"]["last"], known.groupby("indicator")["year"].max().min()
    if covered > last:
        yield (
            f"years.last: is {last}, and the files cover {covered} for every indicator; write "
            f"last: {covered} to take it in"
        )


def _cells_below_zero(
    problem: StudyError, observations: pd.DataFrame, indicators: pd.DataFrame
) -> Iterator[str]:
    """Yield the cells of the figures that a refusal of the reference `ratio` is about."""
    named = problem.fields.get("indicators", ()) if isinstance(problem, Refusal) else ()
    series = set(read_series(indicators, named)[0]) | set(named)
    less = indicators.loc[indicators["direction"] == "-", "indicator"]
    low = (observations["value"] < 0) | (
        (observations["value"] == 0) & observations["indicator"].isin(less)
    )
    for row in observations[low & observations["indicator"].isin(series)].to_dict("records"):
        place = " › ".join(filter(None, (row["file"], row["sheet"], row["cell"])))
        yield (
            f"{place}: {row['indicator']} of {row['name']} {row['year']} is {row['value']:g}; "
            "choose another normalisation.reference, or correct the figure"
        )


def _beyond(normalised: pd.DataFrame) -> Iterator[str]:
    """Yield each indicator that has figures beyond its goalposts: how many, and the first one."""
    counts = normalised["indicator"].value_counts()
    capped = normalised[normalised["flag"] == CAPPED]
    for name, rows in capped.groupby("indicator", sort=False):
        first = rows.iloc[0]
        yield f"{name}: {len(rows)} of {counts[name]}, the first {first['name']} {first['year']}"


def coverage(checked: Checked) -> Iterator[tuple[str, ...]]:
    """Yield a row per indicator: what the files give, and how far the panel has it.

    Regions, years, figures: those with a figure, in whatever vintage. Filled, missing: region-years
    of the study, after gaps are filled; empty without a panel, and for figures that only the audit
    reads. Of a derived indicator the panel has the figures; it has no vintage and no finding.
    """
    panel = checked.observations.iloc[:0] if checked.panel is None else checked.panel
    for indicator, source in checked.indicators[["indicator", "source_name"]].to_numpy():
        panel_rows = panel[panel["indicator"] == indicator]
        read = checked.observations[checked.observations["indicator"] == indicator]
        seen = (read if source else panel_rows).dropna(subset="value")
        filled, missing = (panel_rows["flag"] == FILLED).sum(), panel_rows["value"].isna().sum()
        findings = (checked.findings["indicator"] == indicator).sum()
        yield (
            f"{indicator} {source}".strip(),
            str(seen["region"].nunique()),
            span(seen["year"]),
            str(len(seen[["region", "year"]].drop_duplicates())),
            *((str(filled), str(missing)) if len(panel_rows) else ("", "")),
            *((str(seen["vintage"].nunique()), str(findings)) if source else ("", "")),
        )


def _by_check(rows: pd.DataFrame, message: MessageText) -> Iterator[tuple[str, int, list[str]]]:
    """Yield the checks that gave rows of the audit: name, how many rows, the largest in words."""
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.log(rows["printed"] / rows["computed"]).abs().fillna(0)
    largest_first = rows.assign(size=size).sort_values("size", ascending=False, kind="stable")
    for check, _ in rows.groupby("check", sort=False):
        group = largest_first[largest_first["check"] == check]
        first = group.head(FIRST).to_dict("records")
        yield str(check), len(group), [_in_words(row, message) for row in first]


def _in_words(row: Row, message: MessageText) -> str:
    """Return a row of the audit in words: place, figure, what is said of it."""
    row = {key: "" if pd.isna(value) else str(value) for key, value in row.items()}
    place = " › ".join(filter(None, (row["file"], row["sheet"], row["cell"])))
    what = " ".join(filter(None, (row["name"], row["year"], row["indicator"])))
    return ": ".join(filter(None, (place, what, message(row["message"], row["fields"]))))


def _panel_words(checked: Checked, panel: pd.DataFrame) -> dict[str, Any]:
    """Return what is said of a panel: what it covers and lacks, and the model."""
    config, (complete, total) = checked.config, checked.complete
    whole = complete_rows(panel, checked.indicators).reset_index() if total else panel.head(0)
    years, regions = panel["year"].unique(), panel["region"].nunique()
    with_ends = whole[whole["year"].isin([years.min(), years.max()])]["region"].value_counts()
    outputs = model_outputs(checked.indicators, panel)
    gaps = panel[panel["value"].isna()]
    places = gaps["name"] + " " + gaps["year"].astype(str)
    read = checked.observations[["region", "name"]].drop_duplicates()
    empty = read.loc[~read["region"].isin(panel["region"]), "name"].tolist()
    return {
        "complete": complete,
        "region_years": total,
        "regions": regions,
        "with_ends": with_ends.eq(2).sum(),
        "with_all": whole["region"].value_counts().eq(len(years)).sum(),
        "breaks": breaks_in_coverage(checked.indicators),
        "remarks": [
            *_news(checked, panel),
            *checked.remarks_on_indices,
            *model_lines(config["interaction"], outputs),
        ],
        "gaps": places.groupby(gaps["indicator"], sort=False).agg(list).to_dict(),
        "empty": empty if config["regions"] == "all" else [],
        "ways": list(ways_without_gaps(panel, checked.indicators, config)),
    }


def check_lines(checked: Checked, message: MessageText) -> list[str]:
    """Return what `coevo check` prints of a study that can be read, at most `WIDTH` columns wide.

    message: puts a message of the audit, its key and its fields, into words.
    """
    vintages = [Path(file).relative_to(checked.config["raw"]).parts[0] for file in checked.files]
    serious = checked.serious
    meant = (in_json(acceptance(row)) for row in serious.to_dict("records"))
    findings = (
        ("Serious", serious),
        ("Findings", checked.findings.drop(serious.index)),
        ("How files were read", checked.remarks),
    )
    return said(
        "check.txt",
        config=checked.config,
        vintages=", ".join(f"{name} ({n})" for name, n in Counter(vintages).items()),
        coverage=coverage(checked),
        panel=None if checked.panel is None else _panel_words(checked, checked.panel),
        findings=[(title, len(rows), _by_check(rows, message)) for title, rows in findings],
        accepted=list(dict.fromkeys(meant)),
    )
