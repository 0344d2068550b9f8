"""What a folder of downloads holds, before anybody has said what a study wants of it."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd

from coevo.arrays import Objects
from coevo.errors import StudyError
from coevo.observations.blocks import ANY_YEAR
from coevo.observations.cells import (
    block_figures,
    is_number,
    known_marks,
    plain_numbers,
    without_marks,
)
from coevo.observations.heads import CHINESE, head_kind
from coevo.observations.layouts import SheetLayout, read_layout
from coevo.observations.names import Regions, compared, english_beside, title_parts
from coevo.observations.opening import read_sheets
from coevo.observations.periods import period_of
from coevo.observations.sheets import CellWords, Sheet, cell_text
from coevo.observations.tables import PLAIN_SHEET, FigureTable, Labels, along
from coevo.observations.units import is_unit, split_unit
from coevo.study.configuration import ASKED
from coevo.study.left_out import crowded, numbering, placeless, unused_columns
from coevo.study.raw_files import is_passed_over, no_file
from coevo.study.regions import PROPOSED, shipped_sets

LETTER = re.compile(r"[^\W\d_]")  # what a name has and a code has not
SIGNS = re.compile(r"[0-9A-Z_. -]*")  # such as 2021A0002
# time: as it is printed; part: whether it is of a part of a year, such as a quarter; code: what
# stands beside the region; head: what the name stands in, with its unit; form: of `FORMS`
COLUMNS = "region code year time part name english head unit form value file sheet".split()
WORDS = {"region": "regions", "year": "years", "indicator": "indicators"}


@dataclass(frozen=True)
class TableFound:
    """A table of a file: how it is laid out, and how many of what it has."""

    place: str
    layout: str
    figures: pd.DataFrame  # of `COLUMNS`, a row per number
    titles: tuple[str, ...] = ()  # what may name an indicator that no head names, the first does
    placed: bool = True  # whether a line, a title or a name says of which region it is


@dataclass
class Survey:
    """What was found: tables, the files they stand in, and lines on what was not understood."""

    tables: list[TableFound] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)  # `place: what`
    doubtful: list[str] = field(default_factory=list)  # numbers whose decimal mark is not shown
    aside: list[str] = field(default_factory=list)  # `file › sheet` that a check would stop at

    @property
    def unclear(self) -> list[str]:
        """What was not understood, once: where it stands first, and in how many places besides."""
        places: dict[str, list[str]] = {}
        for line in self.problems:
            place, _, what = line.partition(": ")
            places.setdefault(what, []).append(place)
        return [
            f"{first}{f' and {len(more)} more' if more else ''}: {what}"
            for what, (first, *more) in places.items()
        ]

    @property
    def figures(self) -> pd.DataFrame:
        """Every number with its words: `COLUMNS`."""
        frames = [table.figures for table in self.tables]
        whole = pd.concat(frames or [pd.DataFrame(columns=COLUMNS)], ignore_index=True)
        return whole.assign(name=one_spelling(whole["name"]))


def survey(folder: Path) -> Survey:
    """Read the files of a folder, and of those below it; nothing is refused for what it says."""
    result = Survey()
    places = _place_names()
    paths = sorted(folder.rglob("*")) if folder.is_dir() else [folder]
    for path in paths:
        if is_passed_over(path) or (path.is_dir() and not path.is_symlink()):
            continue
        shown = path.relative_to(folder).as_posix() if path != folder else path.name
        if problem := no_file(path):
            result.problems.append(problem.replace(path.as_posix(), shown, 1))
        else:
            tables = _tables_of(path, shown, result, places)
            result.tables += tables
            result.files += [path] if tables else []
    _tell_apart(result.tables)
    if not any(table.placed for table in result.tables):
        for table in result.tables:
            table.figures["region"] = ASKED
        return result
    placed = [table for table in result.tables if (table.figures["region"] != ASKED).any()]
    there = {table.place for table in placed}
    result.aside += [table.place for table in result.tables if table.place not in there]
    result.tables = placed
    return result


def _place_names() -> frozenset[str]:
    """Return every name of a region of these sets, as `compared` gives them."""
    known = [Regions(table).places for table in shipped_sets(PROPOSED).values()]
    return frozenset(name for places in known for name, place in places.items() if place.code)


def _tell_apart(tables: Sequence[TableFound]) -> None:
    """Add its title to a name that several tables have for different figures of a region and year.

    `进出口总额; 总量`: both must be said of a figure, as `coevo.observations.names.terms` has it.
    If the name is a title that they share, each takes the first of its titles that no other has; if
    they have heads that differ in their brackets, the name is the head.
    """
    whole = pd.concat([t.figures.assign(table=n) for n, t in enumerate(tables)] or [pd.DataFrame()])
    if whole.empty:
        return
    keys = ["region", "year", "part", "name"]
    different = whole.groupby(keys)[["table", "value"]].transform("nunique").min(axis=1) > 1
    for name in whole.loc[different, "name"].unique():
        alike = [table for table in tables if (table.figures["name"] == name).any()]
        for table, new in zip(alike, _names_apart(name, alike), strict=False):
            names = table.figures["name"]
            table.figures["name"] = names.where(names != name, new)


def _names_apart(name: str, tables: Sequence[TableFound]) -> list[str]:
    """Return a name for each of some tables that have one, none where nothing tells them apart."""
    heads = [t.figures.loc[t.figures["name"] == name, "head"].iloc[0] for t in tables]
    titles = [table.titles for table in tables]
    if any(heads):
        firsts = [indicator_name(next(iter(own), ""))[0] for own in titles]
        options = [heads, [f"{title}; {name}" * bool(title) for title in firsts]]
    else:
        count = Counter(title for own in titles for title in set(own))
        options = [
            [indicator_name(next((t for t in own if count[t] == 1), ""))[0] for own in titles]
        ]
    apart = (names for names in options if all(names) and len(set(names)) == len(tables))
    return next(apart, [])


def _tables_of(path: Path, shown: str, result: Survey, places: frozenset[str]) -> list[TableFound]:
    """Return the tables of a file; add to the survey what was not understood or is set aside."""
    try:
        sheets = read_sheets(path, shown)
    except StudyError as problem:
        result.problems += problem.messages
        return []
    tables: list[TableFound] = []
    aside: list[str] = []
    for sheet in (replace(plain_numbers(sheet), places=places) for sheet in sheets):
        try:
            layout = read_layout(sheet)
        except StudyError as problem:
            layout = SheetLayout(problems=tuple(problem.messages))
        result.problems += layout.problems
        found = list(_tables_in(sheet, layout.tables, result))
        tables += found
        if not layout.tables and not layout.problems:
            result.problems.append(f"{sheet.where()}: no table of figures; set aside")
        elif not found:
            aside.append(sheet.where())
    result.aside += aside if tables else []
    return tables


def _tables_in(sheet: Sheet, tables: Sequence[FigureTable], result: Survey) -> Iterator[TableFound]:
    place, problems = sheet.where(), result.problems
    for table in tables:
        problems += table.problems
        result.doubtful += [sheet.unclear.text] if sheet.unclear else []
        figures = _figures(sheet, table) if len(table.rows) else pd.DataFrame(columns=COLUMNS)
        odd = figures.loc[figures["year"].isna(), "time"]
        if any(odd):  # none: no year is stated, which the table says itself
            first = next(
                w for w in table.labels["year"].flat if w.text and period_of(w.text) is None
            )
            problems.append(
                f'{sheet.where(first.row, first.column)}: "{first.text}" is not read as a year, '
                f"beside {len(odd)} figures; write it as 2015"
            )
        if figures.empty:
            problems.append(f"{place}: a head without a figure below it; set aside")
        figures = figures.dropna(subset="year")
        if figures.empty:
            continue
        figures["name"] = one_spelling(figures["name"])
        reason = "" if _is_placed(sheet, table) else placeless(sheet, table, figures)
        if reason := reason or crowded(sheet, table, figures):
            problems.append(f"{place}: {reason}")
            continue
        out = dict(numbering(table, figures))
        problems += [f"{place}: {name}: {reason}" for name, reason in out.items()]
        figures = figures[~figures["name"].isin(list(out))]
        if len(figures):
            titles, placed = tuple(_titles(sheet, table)), _is_placed(sheet, table)
            yield TableFound(place, _laid_out(table), figures, titles, placed)
            problems += _readings(sheet, table)


def _readings(sheet: Sheet, table: FigureTable) -> Iterator[str]:
    """Yield lines on what a table does not say itself: its regions, or what its years are."""
    place = sheet.where()
    for remark in table.remarks:
        name, year = (remark.fields.get(key) for key in ("name", "year"))
        if remark.message in ("fiscal_years", "marked_years"):
            yield f"{place}: years such as {name} are read as {year}"
        if remark.message == "years_by_cells":
            yield f"{place}: {name}: is read as the years; it holds nothing else"
    if not _is_placed(sheet, table):
        yield f"{place}: names no region; a line 地区：… above the head does"
    if unused := unused_columns(sheet, table):
        yield f"{place}: {unused}"


def _is_placed(sheet: Sheet, table: FigureTable) -> bool:
    """Whether a table says of which regions it is, or a title, its sheet or its file does."""
    stated = any(words.text for words in table.labels["region"].flat)
    return stated or any(compared(title.text) in sheet.places for title in table.place_titles)


def _laid_out(table: FigureTable) -> str:
    """Return where regions, years and indicators stand: `regions down, years across`."""
    axes = []
    for what, word in WORDS.items():
        down, across = (count > 1 for count in table.labels[what].shape)
        if down or across:
            axes.append(f"{word} {'down' if down else 'across'}")
    return ", ".join(axes)


def _figures(sheet: Sheet, table: FigureTable) -> pd.DataFrame:
    """Return a row per number of a table with what stands beside it."""
    cell, figures = block_figures(sheet, np.ix_(table.rows, table.columns), known_marks({}))
    value = figures["value"].to_numpy()[cell]
    number = ~np.isnan(value)
    labels = table.labels | {"region": _region_labels(sheet, table)}
    texts = {
        what: np.broadcast_to([[w.text for w in row] for row in words], cell.shape)[number]
        for what, words in labels.items()
    }
    frame = pd.DataFrame({"code": "", **texts, "value": value[number]})
    form = figures["form"].to_numpy()[cell][number]
    frame = frame.assign(form=form, file=sheet.file, sheet=sheet.name)
    title = next(iter(_titles(sheet, table)), "")
    names = {text: indicator_name(text or title) for text in frame["indicator"].unique()}
    if not frame["unit"].any():  # that of the title, where it names the indicator
        name = names.get("", ("",))[0]
        units = (title_parts(t.text)[1] for t in table.titles if indicator_name(t.text)[0] == name)
        frame.loc[frame["indicator"] == "", "unit"] = next(filter(None, units), "")
    pairs = [names[text] for text in frame["indicator"]]
    frame = frame.join(pd.DataFrame(pairs, columns=["name", "english"]))
    frame["head"] = [without_marks(text) for text in frame["indicator"]]
    alike = frame.duplicated(["region", "code", "year", "name"], keep=False)
    for name, heads in frame[alike].groupby("name")["head"]:
        if heads.nunique() > 1:  # exports (% of GDP), exports (current US$)
            frame["name"] = frame["name"].mask(frame["name"] == name, frame["head"])
    periods = [period_of(text) for text in frame["year"]]
    frame = frame.rename(columns={"year": "time"})
    frame["year"] = [period and period.year for period in periods]
    frame["part"] = [period is not None and period.last - period.first < 11 for period in periods]
    frame = frame.reindex(columns=COLUMNS)
    if table.further is not None:
        further = np.broadcast_to(table.further, cell.shape)[number]
        added = _narrower(frame, further)
        named = frame["name"].str.contains(LETTER)  # 17100005 says nothing beside words
        added = added if any(added) or named.any() else _in_common(further)
        frame["name"] = [
            name + more if known or not more else more.removeprefix("; ")
            for name, more, known in zip(frame["name"], added, named, strict=True)
        ]
    return frame[(frame["region"] != "") & (frame["name"] != "")]


def _region_labels(sheet: Sheet, table: FigureTable) -> Labels:
    """Return the words for regions: of several columns of places that with most different ones.

    Where no line names the region, the sheet or the file does that is called after a known one,
    else the file, if a check takes it for a title; else it is to be asked.
    """
    places = [
        part for name, part in table.labels.items() if name == "region" or name.startswith("place")
    ]
    words = max(places, key=lambda part: len({words.text for words in part.flat} - {""}))
    named = any(title.text for title in words.flat)
    titles = {title.text: title for title in table.place_titles}
    known = [title for text, title in titles.items() if compared(text) in sheet.places]
    known += [titles.get(cell_text(Path(sheet.file).stem), CellWords(ASKED))]
    return words if named else along(known[:1], None)


def _titles(sheet: Sheet, table: FigureTable) -> list[str]:
    """Return what may name the indicator where no head does: titles without a year in them.

    The shortest of those that state a unit goes before: of 分省年度数据-移动互联网用户（万户） the
    part with it. If the last part of the first is the name of the sheet or of the file, that name.
    """
    titles = [words.text for words in table.titles if not is_unit(words.text)]
    titles = [text for text in titles if not head_kind(text.partition(":")[0])] or titles
    titles = [text for text in titles if not PLAIN_SHEET.fullmatch(text)] or titles
    stated = [text for text in titles if title_parts(text)[1]]
    titles = sorted(stated, key=len) + titles
    plain = [text for text in titles if not ANY_YEAR.search(text)] or titles
    short = {sheet.name, Path(sheet.file).stem}
    last = re.split(r"\W+", title_parts(plain[0])[0])[-1] if plain else ""
    return in_order([text for text in plain if text in short and text == last] + plain)


def _narrower(frame: pd.DataFrame, further: Objects) -> list[str]:
    """Return what must be added to each name so that no two figures have the same: `; MIO_EUR`.

    further: of each figure the texts of further columns; of these as few as will do, and none that
    holds numbers alone, which are figures or name nothing.
    """
    parts = pd.DataFrame(further.tolist(), index=frame.index)
    keys = frame[["region", "year", "name"]].join(frame["part"])
    words = [c for c in parts if not all(map(is_number, parts[c].unique()))]
    used: list[int] = []
    while keys.duplicated().any():
        left = {c: keys.assign(new=parts[c]).duplicated().sum() for c in words if c not in used}
        # of a code and its label, the label
        best = min(left, key=lambda c: (left[c], -parts[c].str.len().sum()), default=None)
        if best is None or left[best] == keys.duplicated().sum():
            break
        used.append(best)
        keys[f"further {best}"] = parts[best]
    return ["".join(f"; {row[c]}" for c in used if row[c]) for row in further]


def _in_common(further: Objects) -> list[str]:
    """Return the longest of the texts that all figures have beside them: `; Internet access`."""
    parts = pd.DataFrame(further.tolist())
    same = [str(parts[c].iloc[0]) for c in parts if parts[c].nunique() == 1]
    names = [text for text in same if not (SIGNS.fullmatch(text) or is_unit(text))]
    return [f"; {max(names, key=len)}" if names else ""] * len(parts)


def indicator_name(text: str) -> tuple[str, str]:
    """Return the name of an indicator without its unit and note marks, and its English beside it.

    `地区生产总值 GDP(亿元)` is 地区生产总值 and GDP; of English alone the second is empty.
    """
    name = without_marks(title_parts(without_marks(text))[0]).strip()
    beside = english_beside(name)
    if beside and CHINESE.search(beside[0]) and beside[1]:
        return beside[0].strip(), split_unit(beside[2])[0].strip()
    return name, ""


def one_spelling(names: pd.Series) -> pd.Series:
    """Return names with the first spelling of those that a check takes for one: GDP, gdp."""
    first: dict[str, str] = {}
    return names.map({text: first.setdefault(compared(text), text) for text in names.unique()})


def in_order(values: Sequence[str] | pd.Series) -> list[str]:
    """Return each value once, in the order in which they stand."""
    return list(dict.fromkeys(values))
