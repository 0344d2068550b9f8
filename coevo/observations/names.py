"""Names of regions and indicators: recognised by table, never by likeness.

Compared are texts without spaces, in any case of letters. What a name may carry beside it, note
marks, its unit in brackets, its English, is taken off; nothing else is.
"""

import difflib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

import pandas as pd

from coevo.errors import StudyError, short
from coevo.observations.cells import without_marks
from coevo.observations.sheets import cell_text
from coevo.observations.units import is_unit, split_unit
from coevo.observations.vocabulary import GROUPS, TOTALS, parted

LONGEST_NAME = 100  # characters, of names that are held against each other
# Table 1: ..., 表2-1 ...
TABLE_NUMBER = re.compile(
    r"^(?:table|tabelle|tabela|tabla|tableau|tavola|表)\s*(?:[0-9][0-9A-Za-z.-]*\s*[:.\s-]?|(?=\s))\s*"
    r"(?=[^\W\d])",
    re.IGNORECASE,
)
NAMES = ("region", "name_zh", "long_zh", "name_en")  # of a region, for which each is one
MOST_FORMS = 20  # of a name; none carries more brackets and note marks
# 北京 Beijing, read from the end: the English, a space, and what ends in Chinese or a bracket.
BESIDE = re.compile(r"([^\u3400-\u9fff]*?[A-Za-z])(\s*)[\u3400-\u9fff)\]]")


def compared(text: str) -> str:
    """Return a name as it is compared: plain, without spaces, in small letters."""
    return re.sub(r"\s", "", cell_text(text)).casefold()


def aliases(text: str) -> list[str]:
    """Return the names in a cell of ours that holds several: `内蒙|内蒙古省`."""
    return [name for part in parted(text) if (name := part.strip())]


def nearest_names(
    text: str, known: Iterable[str], most: int = 1, likeness: float = 0.6
) -> list[str]:
    """Return the known names most like a text, to be proposed and never taken.

    likeness: from 0, nothing in common, to 1, the same (`difflib`).
    """
    if len(text) > LONGEST_NAME:
        return []
    shown = {compared(name): name for name in known if len(name) <= LONGEST_NAME}
    near = difflib.get_close_matches(compared(text), shown, most, likeness)
    return [shown[name] for name in near]


def english_beside(text: str) -> tuple[str, str, str] | None:
    """Return what stands before the English of a text, the space between, the English, or None."""
    match = BESIDE.match(text[::-1])
    if not match:
        return None
    first, second = (len(text) - end for end in (match.end(2), match.end(1)))
    return text[:first], text[first:second], text[second:]


class RegionMatch(NamedTuple):
    """What a name stands for: a region's code, "" for a total or a group of regions.

    `variant`: by a wrong or older form of its name. `also`: what a region of another set has that
    name too, and the set: `Jilin City (cities)`; `other_codes`: codes of that region.
    """

    code: str
    variant: bool = False
    also: str = ""
    other_codes: tuple[str, ...] = ()


class UnknownRegion(StudyError):  # noqa: N818 - a name may stand for no region of the study
    """A name that is not in the table of regions."""


class Regions:
    """The regions of a study's table by every name that they may have in a file."""

    def __init__(
        self, regions: pd.DataFrame, others: Mapping[str, pd.DataFrame] | None = None
    ) -> None:
        """Take the table: region, name_en or name_zh; long_zh, traditional_zh, codes, variants.

        others: tables of other sets by name; a name that is theirs too is marked as such, unless
        it is the same place, which has the same `name_en`.
        """
        self.places = {compared(name): RegionMatch("") for name in (*TOTALS, *GROUPS)}
        self.short: dict[str, str] = {}
        self.english: dict[str, str] = {}  # where there is none, the Chinese
        self.named: list[tuple[str, str]] = []  # name and code, variants aside
        variants = []
        for row in regions.to_dict("records"):
            code = row["region"]
            english, chinese = row.get("name_en", ""), row.get("name_zh", "")
            self.short[code] = chinese or english
            self.english[code] = english or chinese
            plainly = [row.get(column, "") for column in NAMES]
            plainly += [*aliases(row.get("traditional_zh", "")), *aliases(row.get("codes", ""))]
            variants += [(name, code) for name in aliases(row.get("variants", ""))]
            self.named += [(name, code) for name in plainly if name]
            for name in filter(None, map(compared, plainly)):
                taken = self.places.get(name, RegionMatch("")).code.split()
                self.places[name] = RegionMatch(" ".join(dict.fromkeys([*taken, code])))
        for name, code in variants:
            known = self.places.setdefault(compared(name), RegionMatch("", variant=True))
            if known.variant:
                codes = " ".join(dict.fromkeys([*known.code.split(), code]))
                self.places[compared(name)] = known._replace(code=codes)
        self.codes = sorted(self.short)
        self.rank = {code: place for place, code in enumerate(self.codes)}
        for name, table in (others or {}).items():
            self._mark_homonyms(name, Regions(table))

    def _mark_homonyms(self, name: str, others: "Regions") -> None:
        for place in self.places.keys() & others.places.keys():
            match, codes = self.places[place], others.places[place].code.split()
            called = ", ".join(others.english[code] for code in codes)
            if match.code and called not in ("", self.english.get(match.code)):
                self.places[place] = match._replace(
                    also=f"{called} ({name})", other_codes=(*match.other_codes, *codes)
                )

    def find_coded(self, text: str, code: str) -> RegionMatch:
        """Return what a name stands for, beside which a code stands ("" without one).

        The code decides where the name is unknown. Raises `UnknownRegion` for a name whose code is
        that of a region of another set with the same name.
        """
        try:
            match = self.find(text, propose=False)
        except UnknownRegion:
            if not code:
                raise
            return self.find(code, propose=False)
        if code in match.other_codes:
            raise UnknownRegion(f'"{short(text)}" with the code {code} is {match.also}')
        return match

    def find(self, text: str, propose: bool = True) -> RegionMatch:
        """Return what a text names; `UnknownRegion` if it is none, `StudyError` if it names two.

        `propose`: look for the nearest name, to be said in the error; that takes its time.
        """
        for form in dict.fromkeys((text, without_marks(text), text.replace("_", " "))):
            if compared(form) in self.places:
                place = self.places[compared(form)]
                if " " in place.code:
                    raise StudyError(
                        f'"{short(text)}" names several regions ({place.code}); write the code '
                        "instead"
                    )
                return place
            beside = english_beside(form)
            parts = (beside[0], beside[2]) if beside else ("", "")
            first, second = (self.places.get(compared(part)) for part in parts)
            if first and second:
                if first.code != second.code:
                    raise StudyError(f'"{short(text)}" names two different regions; correct it')
                return first._replace(variant=first.variant or second.variant)
        beside = english_beside(text)
        names = [name for name, _ in self.named] if propose else []
        near = nearest_names(text, names)
        near = nearest_names(beside[0], names) if beside and not near else near
        raise UnknownRegion(
            f'"{short(text)}" is not in the table of regions'
            f"{f' (did you mean {near[0]}?)' if near else ''}; write its full or short name, or "
            "its code"
        )


def name_forms(text: str, units: Collection[str] = ()) -> Iterator[str]:
    """Yield the text and what is left without unit, note marks or English beside it.

    units: units of the study's own, as `unit_key` gives them.
    """
    forms = [text]
    for form in forms:  # grows as it is read
        yield form
        beside = english_beside(form)
        shorter = [title_parts(form, units)[0], without_marks(form)]
        shorter += [beside[0]] if beside and beside[1] else []
        if len(forms) < MOST_FORMS:
            forms += [part for part in shorter if part and part not in forms]


def title_parts(text: str, units: Collection[str] = ()) -> tuple[str, str]:
    """Return a title without its number and its unit, and the unit: `Table 1: GVA, £ million`.

    units: units of the study's own, as `unit_key` gives them.
    """
    name, unit = split_unit(TABLE_NUMBER.sub("", text), units)
    before, comma, last = name.rpartition(",")
    if comma and not unit and is_unit(last, units):
        return before.strip(), last.strip()
    return name, unit


def find_indicator(text: str, known: Mapping[str, str], units: Collection[str] = ()) -> str | None:
    """Return the indicator that a text names, by names as `compared` gives them, or None.

    units: units of the study's own, as `unit_key` gives them.
    """
    forms = (compared(form) for form in name_forms(text, units))
    return next((known[form] for form in forms if form in known), None)


def terms(name: str) -> frozenset[str]:
    """Return the parts of a name that must all be said of a figure: `B1GQ; CP_MEUR`."""
    return frozenset(compared(part) for part in name.split(";") if part.strip())
