"""Words of a table recognised: regions, years, and what is none; each is asked for once."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from coevo.errors import Problems, StudyError
from coevo.observations.cells import head_year
from coevo.observations.heads import CellWords
from coevo.observations.names import Regions
from coevo.observations.sheets import Remark, Sheet
from coevo.observations.tables import AxisLabels

UNKNOWN, ASIDE = -1, -2
MOST_LINES = 20  # problems of one table that are listed one by one


@dataclass(frozen=True, eq=False)
class StudyTerms:
    """What a study knows before it reads: names of regions and indicators, units, marks."""

    regions: Regions
    names: Mapping[str, str]  # name in the files, as `compared` gives it -> indicator
    sources: Mapping[str, str]  # indicator that is read -> its source_name
    units: Mapping[str, str]  # every indicator -> its unit, in the order of the table
    units_read_as: Mapping[str, str]  # a unit as printed -> the unit it is read as
    marks: Mapping[str, str]  # all marks for missing


class TableLines:
    """The problems and remarks of one table; `seen` gathers the names of indicators.

    Of its problems `MOST_LINES` go to `problems`; `finish` says how many more there are.
    """

    def __init__(self, sheet: Sheet, problems: Problems, seen: set[str]) -> None:
        self.sheet, self.problems, self.seen = sheet, problems, seen
        self.remarks: list[Remark] = []
        self.found = 0

    def add(self, message: str) -> None:
        self.found += 1
        if self.found <= MOST_LINES:
            self.problems.add(message)

    def problem(self, words: CellWords, message: str) -> None:
        self.add(f"{self.sheet.where(words.row, words.column)}: {message}")

    def remark(
        self, check: str, message: str, fields: Mapping[str, object], words: CellWords
    ) -> None:
        self.remarks.append(Remark(check, message, fields, words.row, words.column))

    def finish(self) -> None:
        if self.found > MOST_LINES:
            self.problems.add(
                f"{self.sheet.where()}: {self.found - MOST_LINES:,} more problems stand in this "
                "table; correct those that are listed first"
            )


Codes = npt.NDArray[np.int32]


def per_word(labels: AxisLabels, code: Callable[[CellWords], int]) -> Codes:
    """Return the code of each word, asking once per text."""
    memo: dict[str, int] = {}
    found = np.empty(len(labels.words), dtype=np.int32)
    for place, words in enumerate(labels.words):
        if words.text not in memo:
            memo[words.text] = code(words)
        found[place] = memo[words.text]
    return found


def along_axis(codes: Codes, labels: AxisLabels) -> Codes:
    """Return codes of labels with the axis they lie along: (rows, 1), (1, columns) or (1, 1)."""
    return codes.reshape((-1, 1) if labels.along == "row" else (1, -1))


def filled_beside(filled: npt.NDArray[np.bool_], labels: AxisLabels) -> npt.NDArray[np.bool_]:
    """Return for each label whether any cell beside it is filled."""
    if labels.along is None:
        return np.array([filled.any()])
    some: npt.NDArray[np.bool_] = np.any(filled, axis=1 if labels.along == "row" else 0)
    return some


def region_codes(
    labels: AxisLabels, beside: npt.NDArray[np.bool_], known: StudyTerms, lines: TableLines
) -> Codes:
    """Return the ranks of regions by their codes; `ASIDE` for totals, `UNKNOWN` for problems.

    A name that is not known is a problem if figures stand beside it.
    """
    filled = {words.text for words, some in zip(labels.words, beside, strict=True) if some}

    def code(words: CellWords) -> int:
        try:
            place = known.regions.find(words.text, propose=lines.found < MOST_LINES)
        except StudyError as problem:
            if words.text in filled:
                lines.problem(words, str(problem))
            return UNKNOWN
        if not place.code:
            return ASIDE
        if place.variant:
            read_as = known.regions.short[place.code]
            fields = {"name": words.text, "region": place.code, "read_as": read_as}
            lines.remark("variant_name", "variant_name", fields, words)
        return known.regions.rank[place.code]

    return per_word(labels, code)


def remark_groups(
    labels: AxisLabels, codes: Codes, numbers: npt.NDArray[np.bool_], lines: TableLines
) -> None:
    """Remark each total or group of regions with the number of its figures."""
    counts: Counter[str] = Counter()
    first: dict[str, CellWords] = {}
    for place in np.flatnonzero(codes == ASIDE):
        words = labels.words[place]
        inside = (
            numbers
            if labels.along is None
            else np.take(numbers, place, axis=0 if labels.along == "row" else 1)
        )
        counts[words.text] += int(inside.sum())
        first.setdefault(words.text, words)
    for text, count in counts.items():
        fields = {"name": text, "figures": count}
        lines.remark("set_aside", "no_single_region", fields, first[text])


def year_codes(labels: AxisLabels, beside: npt.NDArray[np.bool_], lines: TableLines) -> Codes:
    """Return the years; `UNKNOWN`, and a problem if figures stand beside, for what is none."""
    filled = {words.text for words, some in zip(labels.words, beside, strict=True) if some}

    def code(words: CellWords) -> int:
        when = head_year(words.text)
        if when is None and words.text in filled and words.text:
            lines.problem(words, f'"{words.text}" is not understood as a year; write it as 2015')
        return UNKNOWN if when is None else when

    return per_word(labels, code)
