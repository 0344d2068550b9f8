"""The panel: one figure per region, year and indicator, gaps filled by policy, the rest derived."""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from coevo.arrays import Config, Row
from coevo.errors import Problems, StudyError
from coevo.files import as_table
from coevo.messages import message_columns
from coevo.observations.cells import BELOW_HALF_UNIT, NOT_APPLICABLE
from coevo.observations.units import unit_of
from coevo.panel.audit import audit_table
from coevo.panel.derivations import DERIVATIONS, derive, linked, parse, undefined
from coevo.panel.vintages import POLICIES, of_years, revisions
from coevo.registry import choose
from coevo.schema import BREAK, FILLED, SPLICED
from coevo.study_data import StudyData

KEYS = ["region", "year", "indicator"]
Wide = dict[str, pd.DataFrame]  # indicator -> regions x years


def panel_tables(study: StudyData) -> dict[str, pd.DataFrame]:
    """Return the panel, what is to be said of its figures, and what was restated, by table.

    study: with observations and remarks as the rule `observe` leaves them; config: its keys
    `accept` (findings that are meant, see `audit_table`) and those of `build_panel`. The audit
    holds findings and remarks; revisions the figures that differ between vintages.
    """
    observations, indicators = study.table("observations"), study.indicators
    panel = build_panel(observations, indicators, study.config)
    remarks = panel_remarks(observations, panel, study.config)
    remarks = pd.concat([study.table("remarks"), remarks])
    return {
        "panel": panel,
        "audit": audit_table(
            observations,
            remarks,
            indicators,
            study.config["accept"],
            study.config["comovement"]["size"],
        ),
        "revisions": revisions(observations),
    }


def panel_remarks(frame: pd.DataFrame, panel: pd.DataFrame, config: Config) -> pd.DataFrame:
    """Return the remarks on figures that stand otherwise in the panel, or not at all."""
    rows = [*_marks_filled(frame, panel), *_uncounted(frame, config)]
    return pd.DataFrame(rows, columns=[*frame.columns, "check", "message", "fields"])


def _marks_filled(frame: pd.DataFrame, panel: pd.DataFrame) -> Iterator[Row]:
    """Yield a remark on each mark for missing, by indicator, whose figures the panel fills.

    panel: a row a region, year and indicator with its flag; a blank is no mark that says anything.
    """
    marked = frame[frame["value"].isna() & ~frame["flag"].isin(["", "not_available"])]
    filled = marked.merge(panel.loc[panel["flag"] == FILLED, KEYS], on=KEYS)
    for (_, flag), part in filled.groupby(["indicator", "flag"], sort=False):
        fields = {"flag": flag, "figures": len(part.drop_duplicates(KEYS))}
        message = message_columns("mark_filled", fields)
        yield {**part.iloc[0], "check": "mark_filled", **message}


def _uncounted(frame: pd.DataFrame, config: Config) -> Iterator[Row]:
    """Yield a remark on each output of a region whose figures do not all count in the model.

    Of samples (`period`) some are blank, and others not above 0, from which nothing grows.
    """
    years = frame["year"].between(config["years"]["first"], config["years"]["last"])
    output = frame["indicator"].isin(_outputs_above_zero(config))
    none = frame[years & output & ~(frame["value"] > 0)]
    for _, part in none.groupby(["indicator", "region"], sort=False):
        fields = {"figures": len(part), "blank": int(part["value"].isna().sum())}
        yield {**part.iloc[0], "check": "sign", **message_columns("not_in_model", fields)}


def _outputs_above_zero(config: Config) -> list[str]:
    """Return the outputs of the model of which what is not above 0 is missing: those of samples."""
    model = config["interaction"] if config.get("period") else None
    return [model["upstream"], model["downstream"], *model.get("others", ())] if model else []


def _fill_linear(wide: pd.DataFrame, max_gap: int) -> pd.DataFrame:
    """Fill gaps of at most `max_gap` years between two known figures on the straight line."""
    known = (0.0 * wide).add(wide.columns, axis="columns")  # the year of each known figure
    gap = known.bfill(axis="columns") - known.ffill(axis="columns") - 1
    return wide.fillna(wide.interpolate(axis="columns").where(gap <= max_gap))


GAPS = {"none": lambda wide, max_gap: wide, "linear": _fill_linear}


def _derived(indicators: pd.DataFrame) -> dict[str, str]:
    """Return the derivations of the indicators that are not read, in the table's order."""
    rows = indicators[(indicators["source_name"] == "") & (indicators["derivation"] != "")]
    return dict(rows[["indicator", "derivation"]].to_numpy())


def _check_coverage(wide: Wide, indicators: pd.DataFrame, files: pd.DataFrame) -> None:
    """Refuse an indicator without figures at an end; chained indices begin a year later.

    files: the observations, which may have what one vintage alone has not.
    """
    problems, indices = Problems(), linked(_derived(indicators).values())
    labels = dict(indicators[["indicator", "label_en"]].to_numpy())
    read = files.dropna(subset="value")
    vintages = dict(list(read.groupby(["indicator", "year"])["vintage"]))
    for indicator, frame in wide.items():
        known = frame.columns[frame.notna().any(axis=0)]
        first = frame.columns[: 2 if indicator in indices else 1][-1]
        for end, key in ((first, "years.first"), (frame.columns[-1], "years.last")):
            if end in known:
                continue
            named = f"{labels[indicator]} ({indicator})"
            span = f"{known[0]} to {known[-1]}" if len(known) else "no year of the study"
            if (indicator, end) in vintages:
                problems.add(
                    f"{key}: {named} has {end} in the vintage {vintages[indicator, end].max()}, "
                    f"and {span} in the one that stands; write vintage_policy: overlay, or put the "
                    "other years into that vintage"
                )
            else:
                problems.add(
                    f"{key}: {end} is not covered by the files: {named} has figures for {span}; "
                    f"change {key} or add the file"
                )
    problems.check()


def build_panel(
    observations: pd.DataFrame, indicators: pd.DataFrame, config: Config
) -> pd.DataFrame:
    """Return the panel of a study: all indicators, source and derived, in their own units.

    Parameters: `observations` as in observations.csv; `indicators` the indicator table; `config`
    its keys `regions` (the codes to keep, "all" that have a figure, or all of these `without`
    some), `focus_region` (must be there), `years` (`first`, `last`), `panel` (`gaps`: a policy of
    `GAPS` that fills at most `max_gap` years in a row, never beyond the ends of a series),
    `vintage_policy` (a name in `POLICIES`), `period` (if given, the outputs of
    `interaction` count only where all are above 0, and are missing elsewhere).

    A derivation sees all regions of the raw files (a national sum needs them); a derived value is
    flagged `filled` if it cannot be had without a filled figure, else `break` or `spliced` if an
    argument of that year is (that of any region, where it sums over regions); `break` comes before
    `spliced`. A value that stays missing is flagged `missing:<type>`. Raises `StudyError` if the
    files do not reach the first or last year, or have nothing for a region that is asked for; an
    index that is chained may begin a year after the first.
    """
    regions, focus, gaps = config["regions"], config["focus_region"], config["panel"]
    years = list(range(config["years"]["first"], config["years"]["last"] + 1))
    present = list(dict.fromkeys(observations.sort_values("region")["region"]))
    known = set(observations.dropna(subset="value")["region"])
    left_out = regions["without"] if isinstance(regions, Mapping) else ()
    every = [r for r in present if r in known and r not in left_out]
    wanted = every if left_out or regions == "all" else list(regions)
    if focus not in present:
        raise StudyError(f"focus_region: {focus}: the files have no figure for it; choose another")
    if absent := [region for region in wanted if region not in present]:
        raise StudyError(
            f"regions: {', '.join(absent)}: the files have no figure for it; remove it"
        )

    policy = choose(POLICIES, config["vintage_policy"], "vintage policy")
    standing = policy(of_years(observations, years))
    # A printed figure that also derives from others is for the audit, unless a subsystem uses it.
    printed = (indicators["derivation"] == "") | (indicators["subsystem"] != "")
    sources = (indicators["source_name"] != "") & printed
    read = list(indicators.loc[sources, "indicator"])
    rows = pd.MultiIndex.from_product([read, present], names=["indicator", "region"])
    wide = standing.pivot(index=["indicator", "region"], columns="year")
    raw, marks = (wide[name].reindex(rows, columns=years) for name in ("value", "flag"))
    value = GAPS[gaps["gaps"]](raw.astype(float), gaps["max_gap"])
    flag = _flags(value, raw.isna(), marks)
    values, flags = ({i: frame.loc[i] for i in read} for frame in (value, flag))
    _check_coverage(values, indicators, observations)
    names = dict(observations[["region", "name"]].drop_duplicates().to_numpy())
    _derive(values, flags, indicators, names)
    outputs = [output for output in _outputs_above_zero(config) if output in values]
    counted = np.all([values[output] > 0 for output in outputs], axis=0)
    for output in outputs:
        figures = values[output]
        marks = flags[output].mask(figures <= 0, f"missing:{BELOW_HALF_UNIT}")
        flags[output] = marks.mask((figures > 0) & ~counted, f"missing:{NOT_APPLICABLE}")
        values[output] = figures.where(counted)
    return _long(values, flags, names, wanted)


def _flags(value: pd.DataFrame, filled: pd.DataFrame, marks: pd.DataFrame) -> pd.DataFrame:
    """Return `missing:<type>`, `filled` or the mark of the vintages ("", `break`, `spliced`).

    `marks`: of a missing figure its type, of a known one the last; an absent row counts as not
    available.
    """
    marks = marks.where(marks.notna(), "").astype(str)
    types = "missing:" + marks.where(marks != "", "not_available")
    flags = np.where(value.isna(), types, np.where(filled, FILLED, marks))
    return pd.DataFrame(flags, value.index, value.columns)


def _inherited(arguments: list[pd.DataFrame], shared: bool) -> pd.DataFrame:
    """Return the mark that a derived figure takes over from its arguments' flags of its year."""
    marks = pd.DataFrame("", arguments[0].index, arguments[0].columns)
    for mark in (SPLICED, BREAK):
        touched = np.any([flags == mark for flags in arguments], axis=0)
        touched |= touched.any(axis=0) & shared
        marks = marks.mask(touched, mark)
    return marks


def _derive(values: Wide, flags: Wide, indicators: pd.DataFrame, names: dict[str, str]) -> None:
    """Add the derived indicators, in the table's order, to `values` and `flags`."""
    factors = {i: unit_of(u).factor for i, u in indicators[["indicator", "unit"]].to_numpy()}
    for indicator, text in _derived(indicators).items():
        name, arguments = parse(text)
        figures = {argument: values[argument] * factors[argument] for argument in arguments}
        observed = {a: frame.mask(flags[a] == FILLED) for a, frame in figures.items()}
        value = derive(text, figures) / factors[indicator]
        _check_finite(indicator, text, value, names)
        filled = derive(text, observed).isna()  # what cannot be had without a filled figure
        values[indicator] = value
        marks = _inherited([flags[a] for a in arguments], DERIVATIONS[name].shared)
        own = _flags(value, filled, marks.where(value.notna(), ""))
        flags[indicator] = own.mask(undefined(text, figures), f"missing:{NOT_APPLICABLE}")


def _check_finite(indicator: str, text: str, value: pd.DataFrame, names: dict[str, str]) -> None:
    stacked = value.stack(future_stack=True)
    problems = Problems()
    for region, year in stacked.index[np.isinf(stacked)]:
        problems.add(
            f"{indicator}: {names[region]} {year}: {text} divides by 0; correct the figure in the "
            "raw file, or leave it blank if it is not known"
        )
    problems.check()


def _long(values: Wide, flags: Wide, names: dict[str, str], wanted: list[str]) -> pd.DataFrame:
    def stacked(frames: Wide) -> pd.Series:
        every = {i: frame.loc[wanted].stack(future_stack=True) for i, frame in frames.items()}
        return pd.concat(every, names=["indicator", "region", "year"])

    long = pd.DataFrame({"value": stacked(values), "flag": stacked(flags)}).reset_index()
    long["name"] = long["region"].map(names)
    return as_table("panel", long.sort_values(["region", "year"], kind="stable"))
