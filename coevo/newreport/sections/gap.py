"""Where D is high, whether the gap between regions narrowed, and whether neighbours are alike."""

from dataclasses import dataclass

import pandas as pd

from coevo.arrays import Row
from coevo.coupling.level import LEVEL_OUT
from coevo.files import rows_of
from coevo.newreport.blocks import Column, Table
from coevo.newreport.language import Language
from coevo.newreport.sections.coverage import shown_breaks
from coevo.newreport.sections.meaning import of_measure
from coevo.newreport.study import Reason, Study, first_and_last, reason
from coevo.normalisation.directions import RATIO
from coevo.regional.regional_panel import ALL, LIKELY, PLAIN
from coevo.sensitivity.choices import CHOICES
from coevo.sensitivity.coverage_breaks import KEPT


@dataclass(frozen=True)
class Gap:
    """A gap between regions in the last year as a share of that in the first.

    verdict: `narrowed`, `widened`, `unclear` where the difference may be chance, or `none`;
    low, high: the 95 % interval, where it is computed.
    """

    verdict: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None


@dataclass(frozen=True)
class GapFacts:
    """The gap of ln D (relative) and of D (absolute), neighbours, and groups.

    relative: on a scale with a true zero; own_relative: on the study's own scale, where that is
    another; by_scale: what that scale alone gives with all ratios between regions held; sd: of D in
    the first and the last year; neighbours: `alike`, `unlike`, `unrelated` or `none`; bordering:
    whether the study knows which regions border each other; rank_span: median number of places
    that the rank of a region spans over the methods.
    """

    relative: Gap
    own_relative: Gap
    by_scale: Gap
    absolute: Gap
    sd: tuple[float, float] | None
    reason: Reason | None
    neighbours: str
    moran: Row
    bordering: bool
    groups: list[tuple[str, float, float]]
    rank_span: float | None


def facts(study: Study) -> GapFacts:
    """Return the gap between regions and its change; only for studies of several regions."""
    ratio, own = _on_scale(study, RATIO), _on_scale(study)
    other = own is not None and own["scale"] != RATIO
    relative = _one_row(study, "sd_ln_ratio")
    moran = _at_ends(study, "moran")[1]
    spans = study.tables["rank_ranges"]
    sd = [row for row in _at_ends(study, "sd") if row is not None]
    return GapFacts(
        relative=_morgan(ratio, relative if ratio is own else None),
        own_relative=_morgan(own, relative) if other else Gap("none"),
        by_scale=_morgan(own, None, "held_") if other else Gap("none"),
        absolute=_tested(_one_row(study, "sd_ratio")),
        sd=(float(sd[0]["value"]), float(sd[1]["value"])) if len(sd) == 2 else None,
        reason=reason(study.rows("headlines", headline="gap_narrowed")),
        neighbours=_likeness(moran),
        moran=moran or {},
        bordering=moran is not None,
        groups=group_means(study),
        rank_span=None if spans.empty else float((spans["rank_high"] - spans["rank_low"]).median()),
    )


def statistics(study: Study, statistic: str, of: str = PLAIN, scope: str = ALL) -> pd.DataFrame:
    """Return the rows of a regional statistic that have a value."""
    return study.rows("regional", statistic=statistic, of=of, scope=scope).dropna(subset="value")


def _at_ends(study: Study, statistic: str, scope: str = ALL) -> list[Row | None]:
    """Rows of a statistic in the first and in the last year; None where it has no value."""
    rows = {
        row["year"]: row for row in statistics(study, statistic, scope=scope).to_dict("records")
    }
    return [rows.get(year) for year in (study.years[0], study.years[-1])]


def _one_row(study: Study, statistic: str) -> Row | None:
    return next(iter(statistics(study, statistic).to_dict("records")), None)


def _tested(row: Row | None) -> Gap:
    if row is None:
        return Gap("none")
    moved = "narrowed" if row["value"] < 1 else "widened"
    verdict = moved if row["p"] < LIKELY else "unclear"
    return Gap(verdict, row["value"], row["low"], row["high"], row["p"])


def _morgan(row: Row | None, with_interval: Row | None, kind: str = "") -> Gap:
    """The ratio of the standard deviations of ln D of a combination, with p by Morgan's test."""
    if row is None or pd.isna(row[f"{kind}morgan_p"]):
        return Gap("none")
    value = row[f"{kind}sd_ln_last"] / row[f"{kind}sd_ln_first"]
    ends = {"low": None, "high": None} if with_interval is None else with_interval
    return _tested(
        {"value": value, "p": row[f"{kind}morgan_p"]} | {k: ends[k] for k in ("low", "high")}
    )


def _on_scale(study: Study, scale: str = "") -> Row | None:
    """The row of `multiverse` with the study's own choices but a scale, by default its own."""
    rows = study.tables["multiverse"]
    own = dict(rows.iloc[0][list(CHOICES)]) if len(rows) else {}
    found = rows_of(rows, **own | ({"scale": scale} if scale else {})).dropna(subset="morgan_p")
    return next(iter(found.to_dict("records")), None)


def _likeness(moran: Row | None) -> str:
    if moran is None:
        return "none"
    if not moran["p"] < LIKELY:
        return "unrelated"
    return "alike" if moran["value"] > moran["expected"] else "unlike"


def group_means(study: Study, of: str = PLAIN) -> list[tuple[str, float, float]]:
    """Return groups with their mean in the first and in the last year, the highest first."""
    rows = study.rows("regional", statistic="mean", of=of)
    found = []
    for name in dict.fromkeys(rows["scope"]):
        ends = [row for row in _at_ends(study, "mean", str(name)) if row is not None]
        if name != ALL and len(ends) == 2:
            found.append((str(name), float(ends[0]["value"]), float(ends[1]["value"])))
    return sorted(found, key=lambda row: (-row[2], row[0]))


def groups_of(study: Study) -> pd.Series:
    """Return the group of each region in the words of the report, as far as regions have groups."""
    column = study.config["regional"]["groups"]
    if study.places is None or column not in study.places:
        return pd.Series(dtype=object)
    held = study.places[study.places["region"].isin(study.regions)].set_index("region")[column]
    held = held.dropna().loc[lambda groups: groups.ne("")]
    return held.replace(dict(study.words.get("group", {})))


def standings(study: Study) -> pd.DataFrame:
    """Return where each region stands, by region.

    Columns: name, group, D_first, D, D_without (the years of changed coverage), rise, grade, year
    (of D), rank_first, rank (NaN outside the study's first and last year), rank_low and rank_high
    over the methods, rank_adjusted for the level of development.
    """
    first, last = study.ends
    choices = study.tables["rank_ranges"].set_index("region")
    without = first_and_last(study.rows("coverage_breaks", variant=KEPT).dropna(subset="D"))[1]
    columns = {
        "name": last["name"],
        "group": groups_of(study),
        "D_first": first["D"],
        "D": last["D"],
        "D_without": without["D"] if shown_breaks(study) else pd.Series(dtype=float),
        "rise": last["D"] - first["D"],
        "grade": last["grade"],
        "year": last["year"],
        "rank_first": first["rank"].where(first["year"] == study.years[0]),
        "rank": last["rank"].where(last["year"] == study.years[-1]),
        "rank_low": choices["rank_low"],
        "rank_high": choices["rank_high"],
        "rank_adjusted": of_measure(study, "rank_adjusted_D", slope=LEVEL_OUT),
    }
    return pd.DataFrame(columns, index=pd.Index(study.listing, name="region"))


def tables(study: Study, language: Language) -> list[Table]:
    """Return the table of all regions, the highest D of the last year first."""
    rows = standings(study).dropna(subset="D").sort_values("D", ascending=False).reset_index()
    last = study.years[-1]
    degree, count = language.degree, language.count

    def last_degree(D: float, year: float) -> str:
        return degree(D) if year == last else f"{degree(D)} ({year:.0f})"

    def range_of(low: float, high: float) -> str:
        return "" if pd.isna(low) else f"{low:.0f}–{high:.0f}"

    columns = [
        Column("name", ("name",), width=16),
        Column("group", ("group",), width=12),
        Column("D_first", ("D_first",), degree, 9, True, "0.00"),
        Column("D", ("D", "year"), last_degree, 9, True, "0.00"),
        Column("D_without", ("D_without",), degree, 10, True, "0.00"),
        Column("grade", ("grade",), width=24),
        Column("rank", ("rank",), count, 7, True, "0"),
        Column("range", ("rank_low", "rank_high"), range_of, 10, True),
        Column("rank_adjusted", ("rank_adjusted",), count, 10, True, "0"),
    ]
    return [Table("regions", "", rows, columns, kind="long wide")]
