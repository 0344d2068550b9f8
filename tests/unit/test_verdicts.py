"""Verdicts of every section: the change of tables that gives each, and the phrases that it chooses.

What a phrase says of a direction is held in `directions.csv`. A world takes one verdict of each
section; all of them are rendered in every language without a contradiction or a gap.
"""

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial, reduce
from operator import getitem
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from coevo.coupling.grade_scales import GRADES
from coevo.files import as_table
from coevo.report.findings import all_findings
from coevo.sensitivity.choices import MAIN
from tests.said import Report, beside_exhibits, line, reported, words_in
from tests.sample import (
    COUNT,
    FOCUS,
    Tables,
    config,
    covered,
    put,
    refused,
    stated,
    study,
    tables,
    unestimated,
    unplaced,
    without,
    words_of,
)

LANGUAGES = ("en", "zh")
FIRST, LAST = config()["years"].values()
MOST, LESS = (GRADES["ten"].labels[i] for i in (7, 6))
HERE = Path(__file__).parent

Change = Callable[[Tables], Tables]
Verdict = tuple[Change, dict[str, Any]]  # and what findings then are, by their path


def together(*changes: Change) -> Change:
    return lambda made: reduce(lambda tables, change: change(tables), changes, made)


def graded(most: int, main: int) -> Change:
    """Of 100 combinations of choices so many give one grade; the study's own is at `main`."""
    grades, own = [MOST] * most + [LESS] * (100 - most), [i == main for i in range(100)]

    def change(made: Tables) -> Tables:
        rows = made["multiverse"]
        first = rows["main"] | rows["scale"].eq("ratio")  # what the relative gap is read from
        rows = pd.concat([rows[first], rows[~first]]).head(100)
        return made | {
            "multiverse": rows.assign(focus_grade=grades, main=own, repeated=False, system=MAIN)
        }

    return change


def unsplit(made: Tables) -> Tables:
    """No step of D could be split."""
    return made | {"growth_split": made["growth_split"].iloc[:0]}


def unfitted(made: Tables) -> Tables:
    """The focus region has no fit of its own."""
    return made | unestimated(FOCUS, made["coupling"]["region"].nunique())


def pointless(made: Tables) -> Tables:
    """Theory gives the focus region no point, and no region slopes."""
    rows, none = without(made["theory"], scope=FOCUS), made["strengths"].iloc[:0]
    why = {"quantity": "theory", "message": "calibration_never_holds"}
    return made | {"theory": rows, "strengths": none, "refusals": refused(FOCUS, "", **why)}


def unlevelled(made: Tables) -> Tables:
    """No level of development is known, by size or per head."""
    level, regional = made["level"], made["regional"]
    parts = level[~level["measure"].str.contains("D$|lnD|R2") | level["scope"].eq("T")]
    why = as_table("level", [{"measure": "R2", "message": "no_size", "n": 0}])
    made = made | unplaced() | {"level": pd.concat([parts, why], ignore_index=True)}
    made["regional"] = regional[~regional["statistic"].str.contains("level")]
    made = put(made, "regional", {"of": "level_adjusted"}, value=float("nan"), message="no_level")
    return held("follows_product_per_head", "cannot_be_decided", message="no_level")(made)


def held(headline: str, verdict: str, agree: int = 100, message: str = "") -> Change:
    """A headline has a verdict; `agree` of 144 combinations say it; a message refuses it."""
    counts = {"verdict": verdict, "agree": agree, "combinations": 144, "message": message}
    return lambda made: put(made, "headlines", {"headline": headline}, **counts)


def through(headline: str) -> list[Verdict]:
    """What the tables hold of a headline, by each key of its finding."""
    changes = {
        "mostly": ("depends_on_choices", 100), "partly": ("depends_on_choices", 40),
        "refused": ("cannot_be_decided", 0, "no_level"),
    }  # fmt: skip
    keys = ("robust", "mostly", "partly", "cannot_be_decided", "not_supported", "refused")
    return [
        (held(headline, *changes.get(key, (key,))), {f"through.{headline}.key": key})
        for key in keys
    ]


NAMED: dict[str, Change] = {
    "unsplit": unsplit,
    "unfitted": unfitted,
    "unplaced": lambda made: made | unplaced(),
    "unlevelled": unlevelled,
    "pointless": pointless,
    "given": lambda made: (
        made | {name: stated(900.0, 400.0)[name] for name in ("theory", "strengths")}
    ),
}


def putting(table: str, rows: dict[str, Any], values: dict[str, Any], made: Tables) -> Tables:
    return put(made, table, rows, **values)


def verdict_of(case: dict[str, Any]) -> Verdict:
    """A case of the file: its changes, and what findings then are."""
    changes = [NAMED[name] for name in case.get("do", ())]
    changes += [graded(*case["graded"])] if "graded" in case else []
    changes += [partial(putting, *cells) for cells in case.get("put", ())]
    return together(*changes), case["gives"]


CASES = yaml.safe_load((HERE / "verdicts.yaml").read_text(encoding="utf-8"))
SECTIONS = {section: [*map(verdict_of, cases)] for section, cases in CASES.items()}
OPENING, VALUES = SECTIONS.pop("opening"), SECTIONS.pop("values")
HEADLINES = ("gap_narrowed", "level_over_balance", "follows_product_per_head", "systems_in_step")
SECTIONS |= {headline: through(headline) for headline in HEADLINES}

# A verdict, and the places of the phrases of which it chooses one.
PLACES = {
    "far.verdict": "opening/rose far/finding",
    "step.verdict": "step/finding step/caption",
    "step.body": "step/body",
    "measures.verdict": "measures/finding",
    "growth.verdict": "growth",
    "opening.follows": "opening/follows",
    "opening.rests": "opening/rests",
    "where.verdict": "where/finding",
    "where.spread": "where/spread",
    "where.neighbours.verdict": "where/near",
    "robustness.verdict": "robustness/finding",
    "robustness.own": "robustness/whose",
    "interaction.headline": "interaction/finding",
    "relation.headline": "relation/main",
    "relation.why": "relation/why",
    "feedback.verdict": "feedback/main",
    "theory_fit.verdict": "theory_fit/finding opening/theory",
    "equilibrium.verdict": "equilibrium/finding equilibrium/answer figures/phase/title",
    "opening.drive": "opening/drive",
    "opening.settle": "opening/apart",
}
# Phrases at these places that are no verdicts, and verdicts that no world has.
BESIDE = {"by", "part"}
NOWHERE = {
    "opening/rose": {"both"},  # of two regions
    "far/finding": {"both"},
    "growth": {"not_split"},
    "opening/rests": {"control"},  # of one region without slopes
    "opening/theory": {"none"},
    "relation/main": {"not_estimated", "rests"},  # in test_findings, as `half`
    "opening/drive": {"supply_named", "not_estimated", "half", "half_named"},  # without indices
    "interaction/finding": {"not_estimated"},  # of one region without a fit
    "figures/phase/title": {"not_estimated"},
}


def at(path: str, found: Any) -> Any:
    """Return a value of findings by its path, None where they have none."""
    for key in path.split("."):
        found = found.get(key) if isinstance(found, dict) else None
    return found


def phrases(place: str, language: str) -> Any:
    return reduce(getitem, place.split("/"), words_of("phrases", language))


EVERY_CASE = SECTIONS | {"opening": OPENING, "values": VALUES}


@pytest.mark.parametrize("section", EVERY_CASE)
def test_tables_give_their_verdicts(section: str) -> None:
    for place, (change, verdicts) in enumerate(EVERY_CASE[section]):
        found = all_findings(study(**change(tables())))
        assert {path: at(path, found) for path in verdicts} == verdicts, place


# --- worlds, in every language -------------------------------------------------------------


def alone(first: float) -> Change:
    """D of the only region starts at `first`, and ends at 0.8."""
    return lambda made: put(
        put(made, "coupling", {"year": FIRST}, D=first), "coupling", {"year": LAST}, D=0.8
    )


def mixed(number: int) -> Change:
    """Of each section the verdict of that number."""
    return together(*(verdicts[number % len(verdicts)][0] for verdicts in SECTIONS.values()))


FEW = [(alone(first), 1) for first in (0.6, 0.8, 0.95)]
WORLDS: list[tuple[Change, int]] = [  # changes, and the number of regions
    *((mixed(number), COUNT) for number in range(max(map(len, SECTIONS.values())))),
    *((change, COUNT) for change, _ in OPENING),
    *FEW,
]
EVERY = pytest.mark.parametrize("number", range(len(WORLDS)))
EACH = pytest.mark.parametrize("language", LANGUAGES)


@cache
def world(number: int, language: str) -> tuple[Report, dict[str, Any]]:
    """Return the report of a world, and its findings."""
    change, count = WORLDS[number]
    chosen = study(count, language=language, **change(tables(count)))
    return reported(chosen), all_findings(chosen)


@EACH
@EVERY
def test_a_verdict_has_its_phrase_and_no_other(number: int, language: str) -> None:
    report, found = world(number, language)
    chosen: dict[str, set[str]] = defaultdict(set)
    for path, places in PLACES.items():
        for place in places.split():
            chosen[place].add(at(path, found))
    for place, verdicts in chosen.items():
        known = phrases(place, language)
        verdicts &= set(known)
        leads = {key for key in known for one in verdicts if f"('{place}/{key}')" in known[one]}
        said = report.variants(place) - BESIDE
        assert said in (verdicts | leads, set()), place  # nothing where the section is not there
    count = WORLDS[number][1]
    assert ("regions" in found["opening"]["deciding"]) == (count == 1)
    assert ("where" in report.sections) == (count > 1) == ("regions" in report.sections)


@EACH
def test_every_verdict_has_a_world(language: str) -> None:
    for place in " ".join(PLACES.values()).split():
        said = (world(number, language)[0].variants(place) for number in range(len(WORLDS)))
        every = set(phrases(place, language)) - BESIDE - NOWHERE.get(place, set())
        assert set().union(*said) >= every, place


# --- both signs ----------------------------------------------------------------------------

DIRECTIONS = pd.read_csv(HERE / "directions.csv")


@EACH
def test_a_phrase_says_the_direction_of_its_verdict(language: str) -> None:
    for row in DIRECTIONS.to_dict("records"):
        known = phrases(row["place"], language)
        assert re.search(row[language], known[row["key"]]), row
        assert not re.search(row[language], known[row["opposite"]]), row


# --- nothing is printed whose number is missing -------------------------------------------

BROKEN = re.compile(
    r"\b(?:nan|NaN|None|NaT|undefined|Undefined)\b|\(\s*\)|（\s*）|[，。；：、]{2}|[,;:]\s*[,;:.)]"
    r"|\.\.|[，。；：、（]\s*[,.;）]|,\s+,|<<|>>|<%|%>|\( | \)|  \."
)
DASH = re.compile(r"(?<![\d区食入])—(?![\d年被])")  # of years, region-years, inputs and outputs


def prose(part: str) -> str:
    """Return the sentences of a section: no tables, addresses, facts, images; formulas as F."""
    skipped = re.compile(r"\s*(?:\||:::|\$\$|!\[|- \[|#)")
    lines = [text.lstrip(": ") for text in part.split("\n") if not skipped.match(text)]
    whole = re.sub(r"\$[^$]*\$|`[^`]*`|(?<=\])\([^)]*\)", "F", "\n".join(lines))
    return line(re.sub(r"\{[.#][^{}]*\}|\]\{key=[^{}]*\}|\[(?=[^\[\]]*\]\{key=)", "", whole))


@EACH
@EVERY
def test_no_sentence_lacks_its_number(number: int, language: str) -> None:
    report = world(number, language)[0].sections
    assert len(report) > 10
    for name, part in report.items():
        if name == "references":
            continue
        found = BROKEN.search(prose(part)) or DASH.search(prose(part))
        assert not found, (name, prose(part)[max(0, found.start() - 60) : found.end() + 20])


@EVERY
def test_all_languages_print_the_same_decimals(number: int) -> None:
    """A sentence may turn the order of its numbers round, but neither drops nor changes one."""
    every = [world(number, language)[0].sections for language in LANGUAGES]
    for report in every[1:]:
        assert list(report) == list(every[0])
        for name in report:
            said = [
                sorted(re.findall(r"−?\d[\d,]*\.\d+", prose(one[name])))
                for one in (every[0], report)
            ]
            assert said[0] == said[1], name


# --- without the model ---------------------------------------------------------------------

# of page one: clause, what is told; in Chinese one behind the other
FINDINGS = re.compile(r"(?m)(?:^|(?<=。))\*\*([^：]+?)[.。]\*\* ?(.*?)(?=\*\*|$)")


@EACH
@pytest.mark.parametrize("place", range(6))
def test_without_the_model_page_one_tells_whether_systems_move_together(
    place: int, language: str
) -> None:
    change, verdict = through("systems_in_step")[place]
    chosen = study(language=language, **change(tables()))
    asked = chosen.tables["headline_claims"].query("computed == 'by_choices'")
    bare = {n: t for n, t in chosen.tables.items() if n not in ("parameters", "equilibria")}
    settings = chosen.config | {"interaction": None}
    report = reported(replace(chosen, config=settings, tables=bare | {"headline_claims": asked}))
    (key,) = verdict.values()
    assert key in report.variants("opening/step") and not report.variants("opening/theory")
    opening = report.sections["opening"]
    assert len(FINDINGS.findall(opening)) == 3
    assert words_in(beside_exhibits(opening), language) <= {"en": 260, "zh": 480}[language]


# --- a year of changed coverage --------------------------------------------------------------


@EACH
@pytest.mark.parametrize("seen", ["shown", "not_shown"])
def test_only_a_break_that_shows_is_called_one(seen: str, language: str) -> None:
    verdicts = {2014: "not_shown", 2016: "jump", 2017: "shown"}
    if seen == "not_shown":
        verdicts = {2014: seen, 2017: seen}
    report = reported(covered(0.1, verdicts, language=language))
    assert report.variants("coverage/seen") == report.variants("coverage/lead") == {seen}
    shown = {"coverage/hidden", "coverage/jumps", "opening/coverage"}
    assert shown & set(report.said) == (shown if seen == "shown" else set())
    assert ("2017" in report.sections["opening"]) == (seen == "shown")
