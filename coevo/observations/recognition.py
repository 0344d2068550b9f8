"""Words of a table recognised: regions, years, and what is none; each is asked for once."""

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cache

import numpy as np
import pandas as pd

from coevo.arrays import Booleans, Config, Integers
from coevo.errors import Problems, StudyError, short
from coevo.observations.cells import known_marks
from coevo.observations.names import (
    RegionMatch,
    Regions,
    UnknownRegion,
    aliases,
    compared,
    find_indicator,
    nearest_names,
    terms,
)
from coevo.observations.periods import period_of, time_grid
from coevo.observations.sheets import CellWords, Remark, Sheet, cell_text
from coevo.observations.tables import FigureTable, Labels, along
from coevo.observations.units import read_unit, unit_key, unit_of

UNKNOWN, ASIDE, STRANGER, UNWANTED = -1, -2, -3, -4
MOST_LINES = 20  # problems of one table that are listed one by one
MISSPELT = 0.8  # likeness from which a name is taken for a slip, and not for another place
OTHER_YEAR = re.compile(r"(?!19|20)[1-9][0-9]{3}年?")
SHOWN = 5  # names of regions that are set aside
MOST_PROPOSED = 200  # problems of all files, until no nearest name is sought any more


# keys of a config that say how files are read, with what holds without them
DEFAULTS: Config = {
    "units_read_as": {},
    "missing_marks": {},
    "decimal_mark": "",
    "period": None,
    "aside": {},
    "years": {"first": -math.inf, "last": math.inf},
}


class StudyTerms:
    """What a study knows before it reads, from its tables and its config.

    config: of its keys `DEFAULTS`, those that say something; wanted: codes of the regions that
    are read, None for all; sets: other tables of regions by name, so that a name that is theirs too
    is remarked.
    """

    def __init__(
        self,
        indicators: pd.DataFrame,
        regions: pd.DataFrame,
        config: Config | None = None,
        wanted: Sequence[str] | None = None,
        sets: Mapping[str, pd.DataFrame] | None = None,
    ) -> None:
        given = {**DEFAULTS, **(config or {})}
        self.times = time_grid(given["period"])
        self.when = self.times.code if self.times else year_code
        # outside which a problem is none
        self.years = (given["years"]["first"], given["years"]["last"])
        aside = given["aside"]
        self.aside = {*aside.get("files", ()), *aside.get("sheets", ())}
        self.regions, self.decimal_mark = Regions(regions, sets), given["decimal_mark"]
        # codes of the regions that are read
        self.wanted = set(self.regions.codes if wanted is None else wanted)
        self.place_names = frozenset(n for n, place in self.regions.places.items() if place.code)
        self.homonyms: set[str] = set()  # that have been remarked
        # every indicator -> its unit, in the order of the table
        self.units = dict(zip(indicators["indicator"], indicators["unit"], strict=True))
        # indicator that is read -> its names in the files
        named = zip(indicators["indicator"], indicators["source_name"], strict=True)
        self.sources = {indicator: aliases(text) for indicator, text in named if text}
        # name in the files, as `compared` gives it -> indicator
        self.names = {compared(name): i for i, names in self.sources.items() for name in names}
        # what must be said of a figure, and of which indicator it is then; the narrowest first
        parts = [(terms(name), i) for i, names in self.sources.items() for name in names]
        self.terms = sorted(parts, key=lambda pair: len(pair[0]), reverse=True)
        given_units = given["units_read_as"].items()
        self.units_read_as = {cell_text(unit): read_unit(name).name for unit, name in given_units}
        # an indicator for which the config gives the unit that no file states
        named_units = {unit: find_indicator(unit, self.names) for unit in self.units_read_as}
        self.given_units = {i: self.units_read_as[name] for name, i in named_units.items() if i}
        unit_texts = (name for name, i in named_units.items() if i is None)
        free = (name for unit in indicators["unit"] for name in unit_of(unit).names)
        self.own_units = frozenset(map(unit_key, (*unit_texts, *free)))
        # every indicator -> how a year is made of its parts
        periods = zip(self.units, indicators.get("frequency", ()), strict=False)
        self.frequencies = dict.fromkeys(self.units, "") | dict(periods)
        self.marks = known_marks(given["missing_marks"])
        self.unit_names: dict[str, int] = {}  # of the figures read -> its place


class TableLines:
    """The problems and remarks of one table, and the terms of the study that reads it.

    `seen` gathers the names of indicators. Of its problems `MOST_LINES` go to `problems`; `finish`
    says how many more there are.
    """

    def __init__(self, sheet: Sheet, terms: StudyTerms, problems: Problems, seen: set[str]) -> None:
        self.sheet, self.terms, self.problems, self.seen = sheet, terms, problems, seen
        self.remarks: list[Remark] = []
        self.count = 0

    def add(self, message: str) -> None:
        self.count += 1
        if self.count <= MOST_LINES:
            self.problems.add(message)

    def problem(self, words: CellWords, message: str) -> None:
        self.add(f"{self.sheet.where(words.row, words.column)}: {message}")

    def remark(self, check: str, message: str, words: CellWords, **fields: object) -> None:
        place = words[1:] if words.row >= 0 else ()  # else of the whole table
        self.remarks.append(Remark(check, message, fields, *place))

    def finish(self) -> None:
        if self.count > MOST_LINES:
            self.problems.add(
                f"{self.sheet.where()}: {self.count - MOST_LINES:,} more problems stand in this "
                "table; correct those that are listed first"
            )


def _counts_beside(cells: Booleans, labels: Labels) -> Integers:
    """Return for each label how many of the cells beside it are marked."""
    axes = tuple(np.flatnonzero(np.equal(labels.shape, 1)))
    return np.asarray(cells.sum(axis=axes, keepdims=True))


def word_codes(
    labels: Labels,
    code: Callable[[CellWords], int],
    lines: TableLines,
    filled: Booleans | None = None,
) -> Integers:
    """Return the code of each word, asked for once per text; the shape is that of the labels.

    Where `code` raises `StudyError` it is `UNKNOWN`, and a problem if cells beside it are filled.
    """
    some = labels.flat if filled is None else labels[_counts_beside(filled, labels) > 0]
    beside = {words.text for words in some}
    memo: dict[str, int] = {}
    for words in labels.flat:
        if words.text not in memo:
            try:
                memo[words.text] = code(words)
            except StudyError as problem:
                memo[words.text] = UNKNOWN
                if words.text in beside:
                    lines.problem(words, str(problem))
    codes = [memo[words.text] for words in labels.flat]
    return np.array(codes, dtype=np.int64).reshape(labels.shape)


def region_codes(
    table: FigureTable, filled: Booleans, numbers: Booleans, lines: TableLines
) -> tuple[Labels, Integers]:
    """Return the words for regions, and their ranks by their codes; below 0 for what is no region
    of the study.

    `ASIDE`: a total; `UNWANTED`: a region that the study does not read; `STRANGER`: a name that is
    not in the table of regions; `UNKNOWN`: a problem. filled, numbers: which cells of the table say
    anything, and which hold figures.
    """
    terms, labels = lines.terms, _region_words(table, lines)

    def code(words: CellWords) -> int:
        if not words:
            raise StudyError("no line 地区：… above the head names the region; add it")
        try:
            place = terms.regions.find(words.text, propose=False)
        except UnknownRegion:
            return STRANGER
        if not place.code:
            return ASIDE
        if place.code not in terms.wanted:
            return UNWANTED
        _remark_name(words, place, lines)
        return terms.regions.rank[place.code]

    codes = word_codes(labels, code, lines, filled)
    _strangers(labels, codes, filled, lines)
    _remark_groups(labels, codes, numbers, lines)
    return labels, codes


def _remark_name(words: CellWords, place: RegionMatch, lines: TableLines) -> None:
    """Remark a wrong or older form of a name, and once a name that a region of another set has."""
    regions, remarked = lines.terms.regions, lines.terms.homonyms
    names = regions.english if words.text.isascii() else regions.short
    fields = {"name": words.text, "region": place.code, "read_as": names[place.code]}
    if place.also and place.code not in remarked:
        remarked.add(place.code)
        lines.remark("homonym", "homonym", words, **fields, also=place.also)
    elif place.variant and not place.also:
        lines.remark("variant_name", "variant_name", words, **fields)


def _strangers(labels: Labels, codes: Integers, filled: Booleans, lines: TableLines) -> None:
    """Set names aside that are not in the table of regions, with their number.

    A problem is such a name if no other of the table is known, and if it looks like a slip in that
    of a region that the study reads and the table lacks.
    """
    beside = _counts_beside(filled, labels)
    strange = (codes == STRANGER) & (beside > 0)
    names = {words.text: words for words in labels[strange][::-1]}  # each at its first place
    strangers = [*names.values()][::-1]
    regions = lines.terms.regions
    alone = not np.isin(codes, [UNKNOWN, STRANGER], invert=True).any()
    if alone and len(strangers) > 1:
        shown = ", ".join(short(words.text, 20) for words in strangers[:SHOWN])
        lines.problem(
            strangers[0],
            f"none of its {len(strangers)} regions is in the table of regions ({shown}, …); name "
            "another under regions_table, or write one",
        )
        return
    absent = lines.terms.wanted - {regions.codes[code] for code in codes[codes >= 0]}
    known = [name for name, code in regions.named if code in absent]
    aside = []
    for place, words in enumerate(strangers):
        propose = lines.count < MOST_LINES and len(lines.problems) + place < MOST_PROPOSED
        if alone or (propose and nearest_names(words.text, known, likeness=MISSPELT)):
            try:
                regions.find(words.text)
            except UnknownRegion as problem:
                lines.problem(words, str(problem))
        else:
            aside.append(words)
    if aside:
        fields = {"names": [w.text for w in aside[:SHOWN]], "figures": int(beside[strange].sum())}
        lines.remark("set_aside", "unknown_regions", aside[0], count=len(aside), **fields)


def _region_words(table: FigureTable, lines: TableLines) -> Labels:
    """Return the words for regions of a table, by its labels `region`, `place ...` and `code`.

    One that no line names may be named by a title, the sheet or the file; or it is the only one.
    Of several columns of places (country, region, city) that counts which names most regions of the
    study, else the first. A code beside a name counts where only the code is known, or where it is
    that of a region of another set with the same name, which is then no region of the study. Other
    codes that contradict a name anywhere in the table do not count: they are of something else, or,
    where most agree with their names, one of the two is wrong, which is remarked.
    """
    regions = lines.terms.regions

    @cache
    def match_of(text: str) -> RegionMatch:
        try:
            return regions.find(text, propose=False)
        except StudyError:
            return RegionMatch("")

    labels = table.labels
    silent = not any(labels["region"].flat)
    for title in table.place_titles if silent else ():
        if match_of(title.text).code:
            lines.remark("from_name", "region_from_name", title, name=title.text)
            return along([title], None)
    if silent and len(regions.codes) == 1:
        lines.remark("from_name", "only_region", CellWords())
        return along([CellWords(regions.codes[0])], None)
    places = [labels["region"], *(part for name, part in labels.items() if name[:5] == "place")]
    names = max(places, key=lambda part: len({match_of(w.text).code for w in part.flat} - {""}))
    if "code" not in labels:
        return names
    beside = [*zip(names.flat, labels["code"].flat, strict=True)]
    pairs = {
        (n.text, c.text): c for n, c in beside if match_of(n.text).code and match_of(c.text).code
    }
    against = {
        (n, c): place for (n, c), place in pairs.items() if match_of(n).code != match_of(c).code
    }
    for (name, _), code in against.items() if 2 * len(against) < len(pairs) else ():
        fields = {"name": name, "code": code.text, "region": match_of(code.text).code}
        lines.remark("places", "code_contradicts_name", code, **fields)

    def words(name: CellWords, code: CellWords) -> CellWords:
        match = match_of(name.text)
        if code.text in match.other_codes:
            return name.saying(f"{name.text} {code.text}")
        counts = not against and not match.code and match_of(code.text).code
        return name.saying(code.text) if counts else name

    return along([words(name, code) for name, code in beside], "row")


def _remark_groups(labels: Labels, codes: Integers, numbers: Booleans, lines: TableLines) -> None:
    """Remark each total or group of regions with the number of its figures."""
    aside = codes == ASIDE
    counts: Counter[str] = Counter()
    first: dict[str, CellWords] = {}
    for words, count in zip(labels[aside], _counts_beside(numbers, labels)[aside], strict=True):
        counts[words.text] += int(count)
        first.setdefault(words.text, words)
    for text, count in counts.items():
        lines.remark("set_aside", "no_single_region", first[text], name=text, figures=count)


def year_code(words: CellWords) -> int:
    """Return year and months of a word as a number: 2019Q1 as 20190103.

    `UNKNOWN` for none, and for a year before 1900 or from 2100 on; `StudyError` for no period.
    """
    if not words or OTHER_YEAR.fullmatch(words.text):
        return UNKNOWN
    if period := period_of(words.text):
        return period.year * 10_000 + period.first * 100 + period.last
    raise StudyError(f'"{short(words.text)}" is not understood as a year; write it as 2015')
