"""The report: what it says follows findings, data cannot become markup, a page is one file."""

import re
from dataclasses import replace
from functools import lru_cache

import pandas as pd
import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from coevo.files import as_table
from coevo.messages import unpacked
from coevo.panel.vintages import revisions
from coevo.report.documents.source import metadata, text
from coevo.report.figures import FIGURES, figure_names
from coevo.report.findings import OF_MODEL, Study, all_findings
from coevo.report.findings.chart_needs import charts_that_apply
from coevo.report.findings.data_quality import data_finding
from coevo.report.tables.annex import report_tables
from coevo.report.tables.report_table import ReportTable
from coevo.report.words import numbers
from coevo.report.words.markup import environment, escaped, plain_text
from coevo.report.words.template_values import worded
from tests.sample import (
    COUNT,
    ENGLISH,
    FAILING,
    FOCUS,
    VERSION,
    documents,
    gap,
    page_files,
    put,
    stated,
    study,
    tables,
    templates,
    unestimated,
    unplaced,
    words_of,
)

BOTH = pytest.mark.parametrize("count", [COUNT, 1])
PHRASES = words_of("phrases", "en")
TEMPLATE = templates()["report.md"]


def source(chosen: Study) -> str:
    """The Markdown of a report."""
    return text(worded(chosen, PHRASES), TEMPLATE, VERSION)


@lru_cache
def whole(count: int) -> str:
    """The Markdown of the report of the study as it stands."""
    return source(study(count, claims=True))


def printed(chosen: Study) -> dict[str, ReportTable]:
    """The tables of a report by key."""
    return {table.key: table for table in report_tables(worded(chosen, PHRASES))}


# --- what follows from the findings -------------------------------------------------------


def test_an_unbounded_set_gets_no_number_and_given_parameters_stand_as_given() -> None:
    sets = {"x1_set": "complement", "x1_low": 400.0, "x1_high": 900.0, "x2_set": "line"}
    fit = {"source": "fit", "scope": FOCUS, "effects": "none", "estimator": "trapezoid"}
    made = put(tables() | stated(50.0, 200.0), "equilibria", fit | {"model": "classic"}, **sets)
    rows = {row[0]: row for row in printed(study(**made))["equilibria"].rows}
    own = next(row for name, row in rows.items() if "own" in name and "trapezoid" in name)
    shown = [own[i].replace("\u202f", " ") for i in (2, 4)]
    assert shown == ["(−∞, 400) ∪ (900, +∞)", "(−∞, +∞)"]
    given = next(row for name, row in rows.items() if name.startswith("theory"))
    assert [float(given[i]) for i in (1, 3)] == [50.0, 200.0]


@BOTH
def test_every_chart_is_set_and_every_set_chart_is_drawn(count: int) -> None:
    variants = [{}, unestimated(FOCUS, count), stated(50.0, 200.0, count)]
    if count > 1:
        variants += [unestimated(FAILING), unplaced(), gap(2012), gap(2020)]
    for variant in variants:
        chosen = study(count, claims=True, **variant)
        given = figure_names(charts_that_apply(chosen))
        used = set(re.findall(r"figures/(\w+)\.svg", source(chosen)))
        assert used == {name for name in FIGURES if name in given}


def test_title_falls_back_to_the_subsystems() -> None:
    chosen = study()
    for title in (chosen.config["title"], {}, {"zh": "题"}):
        bare = replace(chosen, config=chosen.config | {"title": title})
        meta = metadata(worded(bare, PHRASES))
        assert meta["pagetitle"] == "Do shops and plants develop in step?"


def test_a_claim_is_told_with_its_test_its_verdict_and_its_section() -> None:
    claims = tables()["headline_claims"].drop_duplicates("claim").set_index("claim")
    fields = unpacked(claims.at["grade_of_focus", "fields"])
    assert claims.at["grade_of_focus", "conclusion"] == "depends_on_choices"
    found, grade = printed(study()), unpacked(claims.at["grade_of_focus", "stated"])["grade"]
    chip = "[depends on choices]{.chip .weaker}"
    (short,) = (row for row in found["verdicts"].rows if grade in str(row[0]))
    row = next(row for row in found["stated"].rows if grade in str(row[0]))
    assert short[3] == row[3] == chip and "(#robustness)" in short[-1]
    assert [int(n) for n in re.findall(r"\d+", row[2])[:4]] == [
        fields[key] for key in ("agree", "contrary", "open", "n")
    ]


@BOTH
def test_study_without_a_pair_has_no_populations(count: int) -> None:
    chosen = study(count)
    kept = {k: v for k, v in chosen.tables.items() if k not in ("parameters", "equilibria")}
    plain = replace(chosen, config=chosen.config | {"interaction": None}, tables=kept)
    found = all_findings(plain)
    assert {found[name]["verdict"] for name in OF_MODEL} == {"none"}
    said = source(plain)
    assert "{#populations}" not in said and "{#equilibria}" not in said
    assert "{#populations}" in whole(count)


# --- vintages -----------------------------------------------------------------------------

YEARS = [2018, 2019, 2020]


def two_vintages(policy: str = "single", **flags: list[int]) -> Study:
    """The study in which a newer vintage has the output of three years, Beijing's doubled.

    The others rise by 1 %. flags: years in which the panel has that flag for the output.
    """
    made = tables()
    seen = made["observations"]
    rows = seen[(seen["indicator"] == "output") & seen["year"].isin(YEARS)]
    factor = rows["region"].map({FAILING: 2.0}).fillna(1.01)
    newer = rows.assign(value=rows["value"] * factor, vintage="2026-11")
    both = pd.concat([seen, newer], ignore_index=True)
    made |= {"observations": both, "revisions": revisions(both.assign(half_unit=0.05))}
    for flag, years in flags.items():
        made = put(made, "panel", {"indicator": "output", "year": years}, flag=flag)
    if "break" in flags:
        lost = pd.DataFrame({"scope": [FOCUS, FAILING], "value": 1, "year": 2017})
        lost = lost.assign(effects="none", estimator="trapezoid", check="rows_across_vintages")
        made["checks"] = pd.concat([made["checks"], as_table("checks", lost)])
    chosen = study(**made)
    return replace(chosen, config=chosen.config | {"vintage_policy": policy})


def test_newer_figures_that_are_not_used_are_named() -> None:
    found, once = data_finding(two_vintages()), data_finding(study())
    assert found["revisions"] == COUNT * len(YEARS)
    (newer,) = found["newer"]
    told = {"vintage": "2026-11", "indicators": ["output"], "years": YEARS, "where": "everywhere"}
    assert newer.items() >= told.items()
    for key in ("revisions", "newer", "breaks", "spliced", "pinned", "crossing"):
        assert not once[key]


@pytest.mark.parametrize(
    ("policy", "flag", "years", "key", "crossing"),
    [("overlay", "break", [2018], "breaks", 2), ("splice", "spliced", [2016, 2017], "spliced", 0)],
)
def test_a_break_and_a_splice_have_their_years(policy, flag, years, key, crossing) -> None:
    found = data_finding(two_vintages(policy, **{flag: years}))
    (group,) = found[key]
    told = {"indicators": ["output"], "years": years, "where": "everywhere"}
    assert group.items() >= told.items()
    assert found["newer"] == [] and found["crossing"] == crossing


# --- the text -----------------------------------------------------------------------------


def test_nothing_is_escaped_twice() -> None:
    """A sign that is escaped twice prints its backslash; TeX breaks its lines with two."""
    assert "\\\\" not in re.sub(r"\$\$.*?\$\$", "", whole(COUNT), flags=re.DOTALL)


@BOTH
def test_words_that_say_too_much_are_absent(count: int) -> None:
    words = r"\b(significant(?! would be)\w*|prov(?:e|es|ed)|wrong|nan|undefined)\b"
    assert not re.findall(words, whole(count).lower())


def test_template_and_phrases_name_no_study() -> None:
    """No region, indicator, subsystem, method or year stands in template or phrases."""
    sentences = {k: v for k, v in PHRASES.items() if k not in ("words", "notes")}
    source = TEMPLATE + yaml.safe_dump(sentences, allow_unicode=True)
    source = re.sub(r"@[a-z]+\d{4}", "", source)  # a work is cited by author and year
    for word in ("Zhejiang", "China", "e-commerce", "cluster ", "entropy weights", "2015", "2023"):
        assert word not in source, word


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("a|b", r"a\|b"),
        ("*x* _y_ $z$", r"\*x\* \_y\_ \$z\$"),
        ("<script>", r"\<script\>"),
        ("two\nlines", "two lines"),
        (None, "—"),
        (float("nan"), "—"),
    ],
)
def test_text_from_data_is_escaped(raw: object, shown: str) -> None:
    assert escaped(raw) == shown
    assert environment(ENGLISH.filters).from_string("<< value >>").render(value=raw) == shown


@given(st.text(st.characters().filter(str.isprintable), min_size=1))
@example("C:\\x_y")
@example("a\\*b")
def test_plain_undoes_escapes_alone(raw: str) -> None:
    line = " ".join(raw.split())
    assert plain_text(escaped(line)) == line


@pytest.mark.parametrize(
    ("function", "value", "shown"),
    [
        (numbers.fixed, -0.001, "0.00"),
        (numbers.fixed, -1234.5, "−1\u202f234.50"),
        (numbers.with_figures, 0.0012345, "0.00123"),
        (numbers.with_figures, 12345.0, "12\u202f345"),
        (numbers.fixed, float("inf"), "—"),
        (numbers.fixed, 1e300, "1.00×10³⁰⁰"),
        (numbers.fixed, -2.5e18, "−2.50×10¹⁸"),
        (numbers.fixed, 1e-9, "0.00"),
        (numbers.with_figures, -1.4e-15, "−1.40×10⁻¹⁵"),
        (numbers.with_figures, 1.234e17, "1.23×10¹⁷"),
        (numbers.with_figures, 0.0, "0.00"),
        (ENGLISH.percent, 1e20, "1.00×10²² %"),
    ],
)
def test_numbers_as_printed(function, value: float, shown: str) -> None:
    assert function(value) == shown


def test_page_is_one_file() -> None:
    audit = tables()["audit"].assign(file="a_b*c.xlsx", sheet="表|1", message="note",
                                     fields='{"text": "from *2* to <b>1</b> $x$"}')  # fmt: skip
    chosen = study(claims=True, audit=audit)
    page = documents(chosen, page_files(chosen), "html")["report.en.html"].decode()
    assert len(page) < 5_000_000 and "<math" in page
    main = page.split("<main>")[1].split("</main>")[0]
    assert "<b>1</b>" not in main and "&lt;b&gt;1&lt;/b&gt;" in page
    assert 'src="' not in main and "url(" not in main
    for kind in ("Figure", "Table"):
        assert page.index(f"{kind} 1.") < page.index(f"{kind} 2.")
