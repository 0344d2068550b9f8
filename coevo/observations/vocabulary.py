"""Words of tables in the languages that are read: the one place where a language is added.

They stand in `vocabulary.csv`, beside `units.csv` and `money.csv`, several in one cell parted by
bars. Of its kinds, `head` is what stands in a column, or after the colon of a line above the head:
compared as `names.compared` gives it, without spaces, points and hyphens. Of the columns of one
kind those count whose words stand furthest down: of a province and its city, the city; of the code
of a unit and its name, the name. `code` names a region if nothing else does, and `aside` is neither
label nor figures.
"""

import csv
from pathlib import Path


def csv_rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a file that stands beside this one."""
    with Path(__file__).with_name(f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def parted(text: str) -> tuple[str, ...]:
    """Return the words of a cell."""
    return tuple(filter(None, text.split("|")))


_ROWS = csv_rows("vocabulary")


def _words(kind: str) -> dict[str, str]:
    """Return the words of a kind, each with what it is of."""
    return {
        word: row["of"] for row in _ROWS if row["kind"] == kind for word in parted(row["words"])
    }


HEADS = [(row["of"], parted(row["words"])) for row in _ROWS if row["kind"] == "head"]
# what an era of years is called -> the year before its first
ERAS = {word: int(year) for word, year in _words("era").items()}
# rows of a panel that describe its columns and are no figures of a region
STATISTICS = _words("statistic")
# what names money that was taken for what was sold; compared without regard to capitals
SALES = _words("sale")
# what programs call a sheet that nobody has named
SHEETS = _words("sheet")
# what begins a line below a table, before a colon
SOURCES, NOTES = _words("source"), _words("note")
# Rows that stand among the regions of a table and are none: totals, and groups of regions of China,
# in English; elsewhere these are regions.
TOTALS, GROUPS = _words("total"), _words("group")
# As the Chinese yearbooks mark what is missing: blank for figures unknown or not collected, dots
# for figures below the smallest unit of the table; then marks of Eurostat, the Bureau of Economic
# Analysis, the IMF, British offices and statistical programs.
MISSING_MARKS = {"": "not_available"} | _words("mark")
PUBLISHERS_MARKS = _words("publishers_mark")
# encoding of texts without a mark -> characters that tables in it are full of: endings of names of
# places, years, units, totals
TYPICAL = {encoding: characters for characters, encoding in _words("typical").items()}
WESTERN = "cp1252"
