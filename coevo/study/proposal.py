"""From what a folder holds to a study: its regions, indicators, years and languages.

Nothing here is certain but what the files say; what a person must decide is marked CHANGE, and
`coevo.study.configuration` refuses a study whose title or labels still say so.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from coevo.equilibria.possible_outputs import Output, model_outputs
from coevo.errors import PROGRAM, StudyError
from coevo.observations.heads import CHINESE
from coevo.observations.names import aliases, compared, find_indicator
from coevo.observations.units import find_unit, of_currency, sharers
from coevo.study.completeness import INDICATOR, REGION, left_out
from coevo.study.config_text import read_rows
from coevo.study.configuration import ASKED, FEWEST_YEARS
from coevo.study.found_regions import (
    PRINTED,
    RegionsFound,
    find_regions,
    free_name,
    nested_levels,
)
from coevo.study.found_tables import LETTER, Survey, in_order
from coevo.study.terminal import span

SUBSYSTEMS = ("first", "second")
UNSTATED = {"en": "not stated", "zh": "未注明"}
UNSTATED_UNITS = [f"other: {text}" for text in UNSTATED.values()]
KNOWN_INDICATORS = ("provinces", "zhejiang")  # tables whose ids and labels are taken over
# What may stand before and behind a name of size and says no more of it
WHOLE = r"(?:(?:total|real|nominal) )?"
OF_ALL = (
    r"(?:,? ?(?:\(?(?:at |in |a |em |zu )?(?:current prices|precios corrientes|preços correntes"
    r"|jeweiligen Preisen|total|current|size|当年价|现价|可比价|不变价|GDP|GRP|GSDP)\)?"
    r"|por entidad federativa|estimada|額))*"
)
# Names of size: not counted among the indicators of a subsystem, but what D is held against
_sizes = pd.read_csv(Path(__file__).with_name("sizes.csv")).groupby("size")["name"]
SIZE = {
    size: re.compile(f"{WHOLE}(?:{'|'.join(names)}){OF_ALL}", re.IGNORECASE)
    for size, names in _sizes
}
LONGEST_ID = 32
FILLED = 1  # year that may lack in a run, as `panel.max_gap` has it unless a study says more
FREE_UNIT = re.compile(
    r"(.*\S)\s*[(【]([^()=【】]*[^()=【】\d\s][^()=【】]*)[)】]"
)  # 能耗(吨标准煤/万元)


@dataclass(frozen=True)
class Indicator:
    """An indicator as the files have it: a row of the table of indicators, and what it covers."""

    row: Mapping[str, str]
    years: tuple[int, int]
    regions: int
    figures: int
    name: str = ""  # in the survey
    size: str = ""  # the key of `SIZE` that it is
    printed: str = ""  # the unit as the files have it
    is_silent: bool = False  # whether no file states its unit


def find_indicators(figures: pd.DataFrame, country: str) -> list[Indicator]:
    """Return the indicators of the files in their order, those of size marked as such.

    figures: of regions by code; country: of which these are regions, "" if that is not known.
    """
    known: dict[str, dict[str, str]] = {}
    for table in KNOWN_INDICATORS:
        for row in read_rows(PROGRAM / "config" / "indicators" / f"{table}.csv"):
            for name in aliases(row["source_name"]):
                known.setdefault(compared(name), row)
    names = {name: row["indicator"] for name, row in known.items()}
    shipped = {row["indicator"]: row for row in reversed([*known.values()])}
    found = in_order(figures["name"])
    bare = Counter(compared(free[1]) for free in map(FREE_UNIT.fullmatch, found) if free)
    bare.update(map(compared, found))
    indicators: list[Indicator] = []
    taken: set[str] = set()
    for name, rows in figures.groupby("name", sort=False):
        name = str(name)
        model = shipped.get(find_indicator(name, names) or "")
        row = _row(name, rows, model, taken, country, bare)
        taken.add(row["indicator"])
        counts = (rows["region"].nunique(), len(rows))
        years = _longest_run(rows["year"])
        printed = _printed(rows)
        silent = not printed and row["unit"] in ("%", *UNSTATED_UNITS)
        indicators.append(Indicator(row, years, *counts, name, size_of(name), printed, silent))
    return indicators


def size_of(name: str) -> str:
    """Return the key of `SIZE` that a name in the files is, "" if none."""
    plain = name.replace("_", " ").replace("（", "(").replace("）", ")")
    return next((key for key, like in SIZE.items() if like.fullmatch(plain)), "")


def _longest_run(years: pd.Series) -> tuple[int, int]:
    """Return the ends of the longest run of years, the last of several; `FILLED` may lack."""
    found = np.unique(years.astype(int))
    runs = np.split(found, np.flatnonzero(np.diff(found) > 1 + FILLED) + 1)
    best = max(runs, key=lambda run: (len(run), run[0]))
    return int(best[0]), int(best[-1])


def _row(
    name: str,
    rows: pd.DataFrame,
    shipped: Mapping[str, str] | None,
    taken: set[str],
    country: str,
    bare_names: Mapping[str, int],
) -> dict[str, str]:
    """Return the row of the indicator table of a name in the files.

    What stands in brackets is a unit, and of the name as well where others have the name without
    it: bare_names, counted.
    """
    english = next(filter(None, rows["english"]), "")
    printed = _printed(rows)
    bracket = None if printed else FREE_UNIT.fullmatch(name)
    alone = bracket and bare_names[compared(bracket[1])] == 1  # not rate, rate (smoothed)
    bare = bracket[1] if bracket and alone else name
    plain = english or ("" if CHINESE.search(bare) else bare)
    identifier = _identifier(plain)
    if identifier and not re.match(r"[a-z]", identifier):
        identifier = f"x_{identifier}"
    if shipped and shipped["indicator"] not in taken:
        identifier, plain = shipped["indicator"], shipped["label_en"]
    chinese = bare if CHINESE.search(bare) else shipped["label_zh"] if shipped else ""
    unit = _unit(printed, "zh" if CHINESE.search(name) else "en", country)
    if unit in UNSTATED_UNITS:
        shares = set(rows["form"]) <= {"%", "ratio"}  # 12.5%, or shown so by a workbook
        unit = f"other: {bracket[2]}" if bracket else "%" if shares else unit
    return {
        "indicator": free_name(identifier or "x1", identifier or "x", taken),
        "unit": unit,
        "label_en": _label((plain or bare).replace("; ", ", ")),
        "label_zh": _label((chinese or bare).replace("; ", " ")),
        "source_name": bare,
        "frequency": ASKED if rows["part"].all() else "",
        "languages": " ".join(k for k, text in (("en", plain), ("zh", chinese)) if text),
    }


def _label(text: str) -> str:
    """Return a label; one that is a code, or that no font of the reports holds, is asked for."""
    printed = PRINTED.fullmatch(text) and LETTER.search(text)
    return text if printed else f"{ASKED} {text}"


def _identifier(name: str) -> str:
    """Return a name in small letters without accents, of whole words as far as there is room."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(sign for sign in letters if not unicodedata.combining(sign))
    words = re.sub(r"[^a-z0-9]+", "_", letters).strip("_")
    if len(words) <= LONGEST_ID:
        return words
    return words[: LONGEST_ID + 1].rpartition("_")[0] or words[:LONGEST_ID]


def _printed(rows: pd.DataFrame) -> str:
    """Return the unit of the first figures that state one, as it is printed."""
    return next(filter(None, in_order(rows["unit"])), "")


def _unit(printed: str, language: str, country: str) -> str:
    """Return a printed unit as the table of indicators has it.

    Dollars are those of the country; where that is not known they are kept as they are printed.
    """
    bare = re.sub(r"^\(([^()]*)\)$", r"\1", printed)
    shared = sharers(printed)
    currency = next((c for c in shared if country and c.startswith(country)), "")
    if shared and not currency:
        return f"other: {bare}"
    try:
        return find_unit(of_currency(printed, currency)).name
    except StudyError:
        return f"other: {printed or UNSTATED[language]}"


def find_years(indicators: list[Indicator], wanted: tuple[int, int]) -> tuple[int, int]:
    """Return the first and the last year: those asked for, else those that give most figures.

    Of all spans of `FEWEST_YEARS` or more, the one with the largest product of its length and the
    number of indicators that cover it; the longest span at all if none is that long.
    """
    ends = [one.years for one in indicators]
    first = sorted({end[0] for end in ends if end[0]}, reverse=True)
    spans = [
        (sum(low <= a and b <= high for low, high in ends) * (b - a + 1), b - a, a, b)
        for a in first
        for b in sorted({end[1] for end in ends})
        if b - a + 1 >= FEWEST_YEARS
    ]
    best = max(spans)[2:] if spans else max(ends, key=lambda end: (end[1] - end[0], end))
    return wanted[0] or best[0], wanted[1] or best[1]


@dataclass(frozen=True)
class Proposal:
    """A study as the files suggest it.

    rows: of the table of indicators; left_out: indicators that do not cover the years; size: ids of
    indicators of size; languages: those in which everything has a name, else that of the files;
    outputs: of the two-population model, as far as the files have any.
    """

    regions: RegionsFound
    years: tuple[int, int]
    rows: list[dict[str, str]]
    indicators: list[Indicator]
    left_out: list[Indicator]
    size: list[str]
    languages: Sequence[str]
    focus: str
    lacking: list[str]  # names of regions that lack an indicator altogether, if others do not
    whole: list[str]  # then the codes of the others
    outputs: list[Output]
    levels: list[list[str]]  # codes of regions by level, the widest first, if there are several


def propose(survey: Survey, wanted_years: tuple[int, int], wanted_set: str = "") -> Proposal:
    """Return the study that the files of a survey suggest.

    Raises `StudyError` where they hold no table, or fewer than two indicators, and for a set of
    regions as `find_regions` does.
    """
    figures = survey.figures
    if figures.empty:
        raise StudyError("from: no table of figures was found", *survey.unclear)
    beside = figures[["region", "code"]].drop_duplicates()
    texts = beside.groupby("region", sort=False)["code"].max().to_dict()  # "" comes before a code
    regions = find_regions(texts, figures, wanted_set)
    coded = figures.assign(region=figures["region"].map(regions.codes)).dropna(subset="region")
    indicators = find_indicators(coded, regions.country)
    years = find_years(indicators, wanted_years)
    if years[1] - years[0] + 1 < FEWEST_YEARS:
        raise StudyError(
            f"from: the longest run of years is {span(years)}; a study needs {FEWEST_YEARS} at "
            "least, one after the other; add files of other years",
            *survey.unclear,
        )
    used = [one for one in indicators if one.years[0] <= years[0] and years[1] <= one.years[1]]
    if len(used) < 2:
        raise StudyError(
            f"from: {len(used)} of {len(indicators)} indicators have figures for {years[0]} to "
            f"{years[1]}; two at least are needed",
            *survey.unclear,
        )
    within = coded[coded["year"].between(*years)]
    used = _without_sparse(used, within, coded["region"].unique())
    size = {one.size: one.row["indicator"] for one in reversed(used) if one.size}
    inside = [one.row["indicator"] for one in used if one.row["indicator"] not in size.values()]
    if len(inside) < 2:
        inside = [one.row["indicator"] for one in used]
    half = (len(inside) + 1) // 2
    systems = {name: SUBSYSTEMS[place >= half] for place, name in enumerate(inside)}
    rows = [_with_subsystem(one.row, systems.get(one.row["indicator"], "")) for one in used]
    if not any(row["frequency"] for row in rows):
        rows = [{k: v for k, v in row.items() if k != "frequency"} for row in rows]
    rows.sort(key=lambda row: (*SUBSYSTEMS, "").index(row["subsystem"]))
    spoken = set(regions.named).intersection(*(set(one.row["languages"].split()) for one in used))
    chinese = sum(bool(CHINESE.search(one.row["source_name"])) for one in used)
    languages = [k for k in ("en", "zh") if k in spoken] or [("en", "zh")[2 * chinese > len(used)]]
    ids = {one.name: one.row["indicator"] for one in used}
    nested = [] if regions.known else nested_levels(regions.codes, figures)
    nested = nested if len(nested) > 1 else []
    taken = max(nested, key=len) if nested else list(regions.codes.values())
    within = within[within["region"].isin(taken)]
    within = within.assign(indicator=within["name"].map(ids), flag="")
    have = within.groupby("region")["indicator"].nunique()
    whole = sorted(have.index[have == len(ids)])
    whole = whole if len(whole) > 1 else []
    lacking = [text for text, code in regions.codes.items() if code in {*taken} - {*whole}]
    lacking = lacking if whole else []
    counts = coded["region"].value_counts()
    return Proposal(
        regions,
        years,
        rows,
        used,
        [one for one in indicators if one not in used],
        [size[key] for key in SIZE if key in size],
        languages,
        str(next(code for code in counts.index if code in (whole or taken))),
        lacking,
        (whole or sorted(taken)) if lacking or nested or regions.slips else [],
        model_outputs(pd.DataFrame(rows), within[within["region"].isin(whole or have.index)]),
        nested,
    )


def _without_sparse(
    used: list[Indicator], figures: pd.DataFrame, codes: Sequence[str]
) -> list[Indicator]:
    """Return the indicators without those of few regions, where this loses less than the others."""
    pairs = {*zip(figures["region"], figures["name"], strict=True)}
    lacks = np.array([[[(code, one.name) not in pairs for one in used]] for code in codes])
    way = left_out(lacks, (REGION, INDICATOR), (2, 1, 2)) if len(codes) > 2 else None
    kept = way.kept[INDICATOR] if way else [True] * len(used)
    return [one for one, stays in zip(used, kept, strict=True) if stays]


def _with_subsystem(row: Mapping[str, str], subsystem: str) -> dict[str, str]:
    """Return a row as the table has it; the direction is a guess wherever there is a subsystem."""
    full = dict.fromkeys("indicator subsystem dimension direction unit".split(), "")
    full |= {key: text for key, text in row.items() if key != "languages"}
    return {**full, "subsystem": subsystem, "direction": "+" if subsystem else "", "derivation": ""}
