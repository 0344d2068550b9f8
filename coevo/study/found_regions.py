"""The set of regions that the names of a survey belong to: one that ships, or one of its own."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count

import numpy as np
import pandas as pd

from coevo.arrays import Array
from coevo.errors import StudyError, short
from coevo.observations.heads import CHINESE
from coevo.observations.names import (
    Regions,
    UnknownRegion,
    aliases,
    compared,
    english_beside,
    nearest_names,
)
from coevo.observations.recognition import MISSPELT
from coevo.observations.vocabulary import TOTALS
from coevo.study.configuration import ASKED
from coevo.study.regions import CODE, PROPOSED, RESERVED, SETS, shipped_sets
from coevo.study.terminal import shown

# Names in letters that reports have fonts for; others stand as further codes, so that the names may
# be written anew.
PRINTED = re.compile(
    r"[\u0000-\u024f\u0370-\u04ff\u1e00-\u1eff\u2000-\u206f\u3000-\u30ff\u3400-\u9fff]*"
)
OWN = "own"  # in place of a set of regions: one of the names in the files
# columns of sets that group regions, if there are two groups
GROUPS = ("nbs_region", "group", "province")
FEWEST_ROWS = 3  # years and other regions, from which a sum is no chance
MOST_STRANGERS = 50  # that are compared with the regions that are absent
ROUNDED = 1e-3  # by which a total may miss the sum of its rounded parts
# Regions of several levels in one file (countries, their regions, the parts of these) are told by
# their codes (AT, AT1, AT11; 010000, 010100), or by figures: one is the sum of those behind it.
LEVELLED = re.compile(r"[A-Z0-9]{2,}")
FEWEST_PARTS, FEWEST_WHOLES = 2, 2  # from which sums are no chance; of one whole it is the total


@dataclass(frozen=True)
class RegionsFound:
    """The set that the names belong to, "" and rows of one that is to be written; strangers.

    codes: text of a file -> code; also: names that regions of another set have too, and what is
    wrong with others; fits: which sets know how many of the names, of two at most.
    """

    known: str
    codes: Mapping[str, str]
    rows: tuple[dict[str, str], ...] = ()
    strangers: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    groups: str = ""
    totals: tuple[str, ...] = ()  # which are the whole of the regions, as the figures show
    named: frozenset[str] = frozenset()  # languages in which every region has a name
    country: str = ""  # of which they are regions, in two letters, as far as a total says so
    fits: tuple[tuple[str, int], ...] = ()
    slips: tuple[str, ...] = ()  # of the strangers, which look like a region that is absent


def find_regions(
    texts: Mapping[str, str], figures: pd.DataFrame | None = None, wanted: str = ""
) -> RegionsFound:
    """Return the set of regions that knows most names, if it knows more than half of them.

    Of two that know as many it is the one of which they are the larger part. Else a set of the
    study's own is to be written, of the names as they stand. texts: each name -> the code that
    stands beside it, or ""; figures: of the survey, which show what is a total; wanted: a set of
    `PROPOSED`, or `OWN`. Raises `StudyError` for another set, and for one that knows no name.
    """
    tables = shipped_sets(PROPOSED)
    others = {name: tables[name] for name in SETS}
    known = [_in_set(texts, n, table, Regions(table, others)) for n, table in tables.items()]
    known.sort(key=lambda one: (-len(one.codes), len(tables[one.known])))
    best = next((one for one in known if one.known == wanted), known[0])
    if wanted not in ("", OWN, *PROPOSED) or (wanted == best.known and not best.codes):
        fault = f"knows none of the names: {shown([*texts])}" if wanted in tables else "is no set"
        raise StudyError(
            f"regions: {short(wanted)} {fault}; write one of {', '.join(PROPOSED)}, or {OWN} for "
            "the names as they stand"
        )
    fits = [(one.known, len(one.codes)) for one in known if one.codes and one != best]
    if wanted == best.known or (not wanted and len(best.codes) > len(best.strangers)):
        slips = _slips(best, Regions(tables[best.known]))
        return replace(best, fits=((best.known, len(best.codes)), *fits[:1]), slips=slips)
    own = _set_of_names(texts, figures, tables["countries"])
    return replace(own, fits=tuple((one.known, len(one.codes)) for one in known[:1] if one.codes))


def _in_set(
    texts: Mapping[str, str], name: str, table: pd.DataFrame, known: Regions
) -> RegionsFound:
    codes: dict[str, str] = {}
    strangers, shared, also = [], [], []
    for text, beside in texts.items():
        try:
            place = known.find_coded(text, beside)
        except UnknownRegion:
            strangers.append(text)
        except StudyError as problem:
            also.append(str(problem))
        else:
            if place.code:
                codes[text] = place.code
            if place.code and place.also:
                shared.append(f"{text} is {place.also} too")
    if shared:
        also.append(f"{len(shared)} names are read as {name}: {shown(shared)}")
    groups = _groups(set(codes.values()), table)
    named = frozenset(("en", "zh"))
    return RegionsFound(name, codes, (), tuple(strangers), tuple(also), groups, named=named)


def _slips(found: RegionsFound, known: Regions) -> tuple[str, ...]:
    """Return the first strangers that look like an absent region: a check of all stops there."""
    absent = [name for name, code in known.named if code not in found.codes.values()]
    texts = found.strangers[:MOST_STRANGERS]
    return tuple(text for text in texts if nearest_names(text, absent, likeness=MISSPELT))


def _groups(codes: set[str], table: pd.DataFrame) -> str:
    """Return the first of `GROUPS` that parts these regions, "" if none does."""
    rows = table[table["region"].isin(codes)]
    return next((name for name in GROUPS if name in table and rows[name].nunique() > 1), "")


def _set_of_names(
    texts: Mapping[str, str], figures: pd.DataFrame | None, countries: pd.DataFrame
) -> RegionsFound:
    """Return a set made of the names in the files; totals and groups of regions are none."""
    named = {compared(total) for total in TOTALS}
    totals = [] if figures is None else list(_wholes(figures, countries))
    totals = [text for text in totals if compared(text) not in named]
    valid = {code for code in texts.values() if CODE.fullmatch(code)}
    coded = len(valid) == len(texts)  # each has a code of its own
    codes: dict[str, str] = {}
    spelled: dict[str, str] = {}  # as compared -> its first spelling: ACEH and Aceh are one
    rows = []
    for text in (t for t in texts if t not in totals and compared(t) not in named):
        first = spelled.setdefault(compared(text), text)
        if first != text:
            codes[text] = codes[first]
            continue
        beside = english_beside(text)
        chinese, english = (beside[0], beside[2]) if beside and beside[0] else (text, "")
        if not beside and not CHINESE.search(text):
            chinese, english = "", text
        printed = PRINTED.fullmatch(text)
        plain = (english or chinese) if printed and text != ASKED else "r"
        code = texts[text] if coded else _code(plain, set(codes.values()))
        codes[text] = code
        prefix = "" if printed else f"{ASKED} "
        names = {"name_en": english.strip(), "name_zh": chinese.strip()}
        names = {column: name and prefix + name for column, name in names.items()}
        rows.append({"region": code, **names, "codes": "" if printed else text})
    filled = [column for column in rows[0] if any(row[column] for row in rows)] if rows else []
    return RegionsFound(
        "",
        codes,
        tuple({column: row[column] for column in filled} for row in rows),
        totals=tuple(totals),
        named=frozenset(k for k in ("en", "zh") if all(row[f"name_{k}"] for row in rows)),
        country=_country(totals, countries),
    )


def _country(totals: Sequence[str], countries: pd.DataFrame) -> str:
    """Return the two letters of the one country among totals, "" if there is none."""
    known = Regions(countries).places
    codes = {known[compared(text)].code for text in totals if compared(text) in known} - {""}
    letters = countries.loc[countries["region"].isin(codes), "codes"]
    return aliases(letters.iloc[0])[0] if len(letters) == 1 else ""


def _wholes(figures: pd.DataFrame, countries: pd.DataFrame) -> Iterator[str]:
    """Yield what is the whole of the regions: the sum of all others in every year.

    Or a country among names that are none, with larger figures than any other in every year.
    """
    known = Regions(countries).places
    named = {text for text in figures["region"].unique() if compared(text) in known}
    named = named if 2 * len(named) < figures["region"].nunique() else set()
    wholes: dict[str, None] = {}
    for _, rows in figures.groupby("name", sort=False):
        table = rows.pivot_table(index="year", columns="region", values="value", aggfunc="first")
        table = table.dropna(axis="columns")
        if len(table) < FEWEST_ROWS or table.shape[1] <= FEWEST_ROWS:
            continue
        values = table.to_numpy()
        others = values.sum(axis=1, keepdims=True) - values
        sums = np.isclose(values, others, rtol=ROUNDED).all(axis=0)
        second = np.sort(values, axis=1)[:, [-2]]
        most = (values > second).all(axis=0) & table.columns.isin([*named])
        wholes |= dict.fromkeys(table.columns[sums | most])
    yield from wholes


def _code(name: str, taken: set[str]) -> str:
    code = re.sub(r"[^\w.-]+", "-", name).strip("-.") or "r"
    code = code if CODE.fullmatch(code) and code not in RESERVED else f"r-{code}"
    return free_name(code, f"{code}-", taken)


def free_name(name: str, numbered: str, taken: set[str]) -> str:
    """Return a name that is not taken: itself, or the other with the first number that is free."""
    options = (f"{numbered}{n}" if n > 1 else name for n in count(1))
    return next(option for option in options if option not in taken)


def nested_levels(codes: Mapping[str, str], figures: pd.DataFrame) -> list[list[str]]:
    """Return the codes of regions by level, the widest first; of one level all.

    codes: text in the files -> code, in their order; figures: of the survey.
    """
    depths = _depths_by_code([*dict.fromkeys(codes.values())]) or _depths_by_sums(codes, figures)
    found = sorted(set(depths.values()))
    return [[code for code, depth in depths.items() if depth == level] for level in found]


def _depths_by_code(codes: Sequence[str]) -> dict[str, int]:
    """Return with how many of the others each code begins; of numbers their last zeros are left.

    Nothing unless some do, of numbers most: those that follow each other begin alike by chance.
    """
    numbers = any(map(str.isdigit, codes))
    if not all(map(LEVELLED.fullmatch, codes)) or (numbers and len({*map(len, codes)}) > 1):
        return {}
    stems = {re.sub("00+$", "", code) if numbers else code: code for code in codes}
    depths = {
        code: sum(stem[:end] in stems for end in range(2, len(stem)))
        for stem, code in stems.items()
    }
    nested = sum(depth > 0 for depth in depths.values())
    return depths if nested >= (len(codes) / 2 if numbers else FEWEST_PARTS) else {}


def _depths_by_sums(codes: Mapping[str, str], figures: pd.DataFrame) -> dict[str, int]:
    """Return 0 for regions that are the sum of those behind them, every year, and 1 for these.

    Of an indicator by which most regions are one or the other: a few sums are chance.
    """
    depths: dict[str, int] = {}
    known = figures[figures["region"].isin(list(codes))]
    for _, rows in known.groupby("name", sort=False):
        table = rows.pivot_table(index="year", columns="region", values="value", aggfunc="first")
        table = table[list(dict.fromkeys(rows["region"]))].dropna(axis="columns")
        if len(table) < FEWEST_ROWS:
            continue
        names = list(table)
        for place, parts in parts_behind(table.to_numpy()):
            depths[codes[names[place]]] = 0
            below = names[place + 1 : place + 1 + parts]
            depths |= {codes[name]: 1 for name in below if codes[name] not in depths}
        wholes = list(depths.values()).count(0)
        if wholes >= FEWEST_WHOLES and 2 * len(depths) > len(names):
            return {code: depths.get(code, 0) for code in codes.values()}
        depths = {}
    return {}


def parts_behind(values: Array) -> Iterator[tuple[int, int]]:
    """Yield each place whose values are the sum of those behind it in every year, and how many.

    values: (years, regions). Of amounts alone, so that sums only rise and an end can be looked up.
    """
    if (values < 0).any():
        return
    sums = np.cumsum(values, axis=1)
    first = sums[0]
    for place in range(values.shape[1]):
        whole, before = values[:, place], sums[:, place]
        low, high = (before[0] + whole[0] * (1 + side * ROUNDED) for side in (-2, 2))
        start, stop = np.searchsorted(first, low), np.searchsorted(first, high, side="right")
        ends = np.arange(max(place + 1, start), stop)
        same = np.isclose(sums[:, ends] - before[:, None], whole[:, None], rtol=ROUNDED)
        parts = ends[same.all(axis=0)] - place
        if len(parts) and parts[0] >= FEWEST_PARTS:
            yield place, int(parts[0])
