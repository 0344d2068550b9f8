"""The report: wording follows verdicts, data cannot become markup, the PDF repeats itself."""

import re
from functools import lru_cache

import pandas as pd
import pytest
import yaml
from hypothesis import assume, example, given
from hypothesis import strategies as st

from coevo.files import as_table
from coevo.panel.vintages import revisions
from coevo.report.documents.source import metadata, text
from coevo.report.figures import FIGURES, figure_names
from coevo.report.findings.chart_needs import charts_that_apply
from coevo.report.words import numbers
from coevo.report.words.markup import Markdown, environment, escaped, plain_text
from coevo.report.words.template_values import worded
from tests import populations
from tests.sample import (
    ENGLISH,
    ROOT,
    documents,
    files,
    gap,
    page_files,
    stated,
    study,
    tables,
    unestimated,
    unplaced,
    words_of,
)

FOLDER = ROOT / "workflow" / "report"
PHRASES = words_of("phrases", "en")
TEMPLATE = (FOLDER / "report.md").read_text(encoding="utf-8")
PROVENANCE = {"files": {"data/raw/sample/2026-10/a.xlsx": "0" * 64}, "packages": {"pandas": "3"}}


@lru_cache
def unchanged(count: int) -> str:
    """Return the Markdown of the sample report as it stands on one line."""
    return written(count)


def words(count: int = 4, **changed: pd.DataFrame) -> str:
    """Return the Markdown of the sample report, with some of its tables changed, on one line."""
    return written(count, **changed) if changed else unchanged(count)


def written(count: int, **changed: pd.DataFrame) -> str:
    source = text(worded(study(count, claims=True, **changed), PHRASES), TEMPLATE, PROVENANCE)
    return " ".join(source.split())


def test_unbounded_set_is_said_and_gets_no_number() -> None:
    source = words()
    assert "exclude one interval each at most" in source
    assert "[1 500]{.grey} | (−∞, 400) ∪ (900, +∞)" in source
    assert "[200]{.grey} | (−∞, +∞)" in source


def test_correlation_that_is_not_held_against_random_pairings_is_not_judged() -> None:
    source = words(**unplaced())
    assert "hether the link of the indices outlasts level and common trend is not judged" in source
    assert "4 regions are too few to pair them at random \\(nine are needed" in source
    for phrase in ("nothing shows that", "pairings of", "bar: regions"):
        assert phrase not in source
    assert "bar: regions of similar gross product" in words()


def test_missing_correlation_is_said() -> None:
    frame = tables()["comovement"]
    source = words(comovement=frame[frame["scope"] != "within_regions_and_years"])
    assert "figures/scatter_within_regions_and_years" not in source
    bare = words(comovement=frame.iloc[:0])
    assert "figures/scatter" not in bare and "figures/correlations" not in bare


def test_given_parameters_are_stated_and_not_estimated() -> None:
    source = words(**stated(50.0, 200.0))
    assert "Given parameters put E at" in source
    assert "no datum of this study enters them" in source
    assert "theory: given parameters | 50\\.0" in source
    assert "nothing is calibrated" not in source
    assert "An accounting calibration" not in source


@pytest.mark.parametrize(("year", "span"), [(2015, "2016–2020"), (2020, "2015–2019")])
def test_own_years_of_a_region_are_named(year: int, span: str) -> None:
    source = words(**gap(year))
    assert f"enter with their own first and last year: Zhejiang ({span})" in source
    assert f"between {span.replace('–', ' and ')}" in source


def refuse(*rows: tuple[str, str]) -> dict[str, pd.DataFrame]:
    """Return tables without the verdicts of instruments, with refusals (estimator, message)."""
    made = tables()
    refusals = [
        populations.refused("pooled", estimator, "region+year", message=message)
        for estimator, message in rows
    ]
    kept = made["verdicts"]["estimator"] != "fod_iv"
    return {
        "verdicts": made["verdicts"][kept],
        "refusals": pd.concat([made["refusals"], *refusals], ignore_index=True),
    }


def test_reason_of_a_missing_relation_is_that_of_the_fit() -> None:
    source = words(**refuse(("fod_iv", "dependent_instrument")))
    assert "Two estimators are not compared: an instrument depends on the others." in source
    assert "six regions" not in source
    source = words(**refuse())
    assert (
        "Two estimators are not compared: the general model needs at least six regions pooled."
        in source
    )


def test_reason_of_a_missing_pooled_fit_is_that_of_the_fit() -> None:
    table = tables()["parameters"]
    alone = {"parameters": table[table["scope"] != "pooled"]}
    source = words(**alone, **refuse(("trapezoid", "too_few_shared_years")))
    assert "Regions are not pooled: regions and years share too little for year effects." in source
    source = words(**alone, **refuse(("lag", "too_few_shared_years")))
    assert "Regions are not pooled" not in source


def test_general_model_has_a_table_only_where_it_is_estimated() -> None:
    assert "#table-general " not in words()
    row = {"scope": "pooled", "model": "general", "effects": "region+year", "estimator": "fod_iv"}
    row |= {"scaling": "first"}
    value = {"parameter": "A12", "estimate": 0.25, "low": -0.5, "high": 1.0}
    table = pd.concat([tables()["parameters"], pd.DataFrame([row | value])], ignore_index=True)
    source = words(parameters=table)
    assert "#table-general " in source and "0\\.25" in source


def test_theory_against_fit_opens_the_report_and_has_its_section() -> None:
    source = words().replace("\\", "")
    grown = "At the theoretical equilibrium the fitted equations still grow, by 5 % (1 to 11)"
    assert grown in source.partition("{#far}")[0]
    section = source.partition("{#equilibria}")[2].partition("{#robustness}")[0]
    assert "For Zhejiang theory puts x₁* at 120 and x₂* at 150" in section
    assert "It gives no positive parameters in 5 of 20 region-years" in section
    assert "theory: purchases, 2015–2020 | 120 | 110 to 130, by year" in section


def test_why_there_is_no_theoretical_equilibrium_is_said() -> None:
    made = tables(1)
    refusals = populations.refused("330000", "", quantity="theory", message="no_calibrated_years")
    source = words(1, theory=made["theory"].iloc[:0], refusals=refusals)
    assert "Theory gives Zhejiang no equilibrium" in source
    assert "no two consecutive years of one vintage have outputs" in source


def test_reason_stands_where_a_region_is_not_estimated() -> None:
    source = words(**unestimated("330000"))
    assert "is estimated from its own growth: x2 is 0 in 2016" in source
    assert "figures/phase" not in source
    other = words(**unestimated("110000"))
    assert "figures/phase" in other
    alone = words(1, **unestimated("330000", 1))
    assert "is estimated from its own growth: x2 is 0 in 2016" in alone
    assert "figures/coefficient_b1" not in alone


@pytest.mark.slow
@pytest.mark.parametrize("count", [4, 1])
def test_every_chart_is_set_and_every_set_chart_is_drawn(count: int) -> None:
    variants = [{}, unestimated("330000", count), stated(50.0, 200.0, count)]
    if count > 1:
        variants += [unplaced(), gap(2015), gap(2020), {"comovement": tables()["comovement"][:0]}]
    for variant in variants:
        given = figure_names(charts_that_apply(study(count, claims=True, **variant)))
        source = words(count, **variant)
        used = set(re.findall(r"figures/(\w+)\.svg", source))
        assert used == {name for name in FIGURES if name in given}


def test_title_falls_back_to_the_subsystems() -> None:
    chosen = study()
    assert metadata(worded(chosen, PHRASES))["pagetitle"] == "Do shops and plants develop in step?"
    for title in ({}, {"zh": "题"}):
        bare = type(chosen)({**chosen.config, "title": title}, chosen.tables, chosen.indicators)
        meta = metadata(worded(bare, PHRASES))
        assert meta["pagetitle"] == "Do shops and plants develop in step?"


def test_empty_audit_reports_nothing() -> None:
    source = words(audit=tables()["audit"].iloc[:0])
    assert "the audit reports 0 unusual changes" in source
    assert "reports 1 unusual change or other doubt ([](#table-audit)) and repairs none" in words()


@pytest.mark.parametrize("standing", ["finding", "serious", "accepted"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_serious_findings_stand_first_among_the_limits(language, standing) -> None:
    audit = tables()["audit"].assign(standing=standing)
    voiced = worded(study(audit=audit, claims=True), words_of("phrases", language))
    known, serious = voiced.jinja.globals, standing == "serious"
    assert [key == "limits/doubtful" for key in known["limits_first"][:2]] == [serious, False]
    assert known["data"]["accepted"] == (standing == "accepted")
    listed = text(voiced, TEMPLATE, PROVENANCE).partition("{#limits}")[2].partition("\n1. ")[2]
    assert ("[](#table-audit)" in listed.partition("\n")[0]) == serious


def test_one_region_replaces_what_needs_several() -> None:
    source = words(1)
    assert "needs several regions" in source
    for name in ("heat", "scatter_levels", "correlations", "region_paths"):
        assert f"figures/{name}.svg" not in source
    assert "Region by region" not in source


def test_claims_of_a_paper_only_when_there_are_any() -> None:
    assert "statements of the paper" in words() and "#table-claims" in words()
    source = " ".join(text(worded(study(), PHRASES), TEMPLATE, PROVENANCE).split())
    assert "statements of the paper" not in source and "#table-claims" not in source
    assert ("claims that readers might repeat, ") in source


def test_a_claim_is_told_with_its_test_its_verdict_and_its_section() -> None:
    rows = [line for line in words().split("| ") if line]
    claim = "The grade of Zhejiang in 2020 is good coordination "
    first, place = (i for i, cell in enumerate(rows) if cell == claim)
    assert rows[first + 2].strip() == "[depends on choices]{.chip .weaker}"  # on page one
    assert [cell.strip() for cell in rows[place + 1 : place + 4]] == [
        "the same grade",
        "96 say so\\, 48 the contrary\\, 0 neither\\, of 144 combinations\\; most by form of C "
        "\\(27 \\% of the variance\\)\\: standard 48\\/48\\, Wang 20\\/48\\, Fan 28\\/48",
        "[depends on choices]{.chip .weaker}",
    ]
    assert "(#robustness)" in rows[place + 4]


def test_nothing_is_escaped_twice() -> None:
    """A sign that is escaped twice prints its backslash; TeX breaks its lines with two."""
    prose = re.sub(r"\$\$.*?\$\$", "", words(), flags=re.DOTALL)
    assert "\\\\" not in prose


@pytest.mark.parametrize("count", [4, 1])
def test_words_that_say_too_much_are_absent(count: int) -> None:
    source = words(count).lower()
    found = re.findall(r"\b(significant\w*|prov(?:e|es|ed)|wrong|nan|undefined)\b", source)
    assert not found


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


@given(st.text())
@example("C:\\x_y")
@example("a\\*b")
def test_plain_undoes_escapes_alone(raw: str) -> None:
    line = " ".join(raw.split())
    assume(line.isprintable() and line)
    assert plain_text(escaped(line)) == line


def test_markdown_stays_markdown() -> None:
    assert (
        environment(ENGLISH.filters).from_string("<< value >>").render(value=Markdown("*a*"))
        == "*a*"
    )
    assert ENGLISH.listed(["a_b", Markdown("*c*"), "d"]) == r"a\_b, *c* and d"


@pytest.mark.parametrize(
    ("function", "value", "shown"),
    [
        (numbers.fixed, -0.001, "0.00"),
        (numbers.fixed, -1234.5, "−1,234.50"),
        (numbers.with_figures, 0.0012345, "0.00123"),
        (numbers.with_figures, 12345.0, "12,345"),
        (ENGLISH.percent, 0.123, "12 %"),
        (ENGLISH.spelled, 7, "seven"),
        (ENGLISH.spelled, 31, "31"),
        (ENGLISH.ordinal, 5, "fifth"),
        (ENGLISH.ordinal, 22, "22nd"),
        (ENGLISH.ordinal, 13, "13th"),
        (numbers.fixed, float("inf"), "—"),
        (numbers.fixed, 1e300, "1.00×10³⁰⁰"),
        (numbers.fixed, -2.5e18, "−2.50×10¹⁸"),
        (numbers.fixed, 1e-9, "0.00"),
        (numbers.with_figures, -1.4e-15, "−1.40×10⁻¹⁵"),
        (numbers.with_figures, 1.234e17, "1.23×10¹⁷"),
        (numbers.with_figures, 0.0, "0.00"),
        (ENGLISH.percent, 1e20, "1.00×10²² %"),
        (ENGLISH.spelled, 6138, "6,138"),
    ],
)
def test_numbers_as_printed(function, value: float, shown: str) -> None:
    assert function(value) == shown


def test_spans_join_years_in_a_row() -> None:
    assert ENGLISH.spans([2015, 2016, 2017, 2020]) == ["2015–2017", "2020"]


@pytest.fixture(scope="module")
def made() -> dict[str, bytes]:
    chosen = study(claims=True)
    return documents(
        chosen.tables,
        chosen.indicators,
        files(chosen),
        chosen.config,
        PROVENANCE,
        places=chosen.places,
    )


@pytest.mark.slow
def test_page_is_one_file(made: dict[str, bytes]) -> None:
    page = made["report.en.html"].decode()
    assert len(page) < 5_000_000
    assert "<b>1</b>" not in page.split("<main>")[1].split("</main>")[0]
    assert "&lt;b&gt;1&lt;/b&gt;" in page
    assert "<math" in page
    main = page.split("<main>")[1].split("</main>")[0]
    assert 'src="' not in main and "url(" not in main


@pytest.mark.slow
def test_figures_and_tables_are_numbered(made: dict[str, bytes]) -> None:
    page = made["report.en.html"].decode()
    assert page.index("Figure 1.") < page.index("Figure 2.")
    assert page.index("Table 1.") < page.index("Table 2.")


@pytest.mark.slow
def test_report_repeats_itself(made: dict[str, bytes]) -> None:
    chosen = study(claims=True)
    again = documents(
        chosen.tables,
        chosen.indicators,
        files(chosen),
        chosen.config,
        PROVENANCE,
        places=chosen.places,
    )
    assert again == made
    assert again["report.en.pdf"].startswith(b"%PDF")


@pytest.mark.slow
def test_three_subsystems_do_not_break_the_report() -> None:
    chosen = study()
    frame = chosen.coupling.assign(U_parks=0.4)
    config = {
        **chosen.config,
        "subsystems": {**chosen.config["subsystems"], "parks": {"en": "parks"}},
    }
    table = chosen.indicators
    parks = table.iloc[[0]].assign(indicator="parks", subsystem="parks")
    wider = type(chosen)(config, {**chosen.tables, "coupling": frame}, pd.concat([table, parks]))
    source = " ".join(text(worded(wider, PHRASES), TEMPLATE, PROVENANCE).split())
    assert "the two indices" not in source
    assert "the indices of shops and plants" in source  # which are meant
    assert "U_parks" in page_files(wider)["trajectory.json"]


def test_weights_of_one_indicator_each_are_not_said_to_vary() -> None:
    table = tables()["weights"]
    single = table[table["indicator"].isin(["sales", "output"])].assign(weight=1.0)
    source = words(weights=single)
    assert "weights cannot vary, as each subsystem has one indicator." in source
    assert "Random draws of the weights" not in source and "variance: on a panel" not in source
    assert "no weight above" not in source


def test_two_regions_are_both() -> None:
    assert "Both provinces rose," in words(2) and "All two" not in words(2)


@pytest.mark.slow
@pytest.mark.parametrize("count", [4, 1])
def test_study_without_a_pair_has_no_populations(count: int) -> None:
    chosen = study(count)
    given = {k: v for k, v in chosen.tables.items() if k not in ("parameters", "equilibria")}
    plain = type(chosen)({**chosen.config, "interaction": None}, given, chosen.indicators)
    source = text(worded(plain, PHRASES), TEMPLATE, PROVENANCE)
    assert "Two populations" not in source
    assert "Equilibrium" not in source
    formats = ["html"] if count > 1 else ["html", "pdf"]
    config = plain.config | {"report": {"languages": ["en"], "formats": formats}}
    charts = page_files(plain) if count > 1 else files(plain)
    assert len(documents(given, plain.indicators, charts, config, PROVENANCE)) == len(formats)


def two_vintages(**flags: str) -> dict[str, pd.DataFrame]:
    """Return tables in which a newer vintage has the output of 2018 to 2020, Beijing's doubled.

    The others rise by 1 %. `flags`: flag of the panel -> year from which (break) or until which
    (spliced) it is set for the output.
    """
    made = tables()
    seen = made["observations"]
    rows = seen[(seen["indicator"] == "output") & (seen["year"] >= 2018)]
    factor = rows["region"].map({"110000": 2.0}).fillna(1.01)
    newer = rows.assign(value=rows["value"] * factor, vintage="2026-11")
    both = pd.concat([seen, newer], ignore_index=True)
    panel = made["panel"]
    for flag, years in flags.items():
        mine = (panel["indicator"] == "output") & panel["year"].isin(years)
        panel = panel.assign(flag=panel["flag"].mask(mine, flag))
    main = made["robustness"].iloc[[0]]
    variants = [
        main.assign(varied="vintage", variant=v, D_mean=m, grades_changed=c, focus_D_last=d)
        for v, m, c, d in (("overlay", 0.51234, 7, 0.6049), ("splice", 0.52, 2, 0.61))
    ]
    return {
        "observations": both,
        "revisions": revisions(both.assign(half_unit=0.05)),
        "panel": panel,
        "robustness": pd.concat([made["robustness"], *variants], ignore_index=True),
    }


def test_newer_figures_that_are_not_used_are_named() -> None:
    source = words(**two_vintages()).replace("\\", "")
    assert "Figures restated between vintages: 12." in source
    assert (
        "Newer figures of output of plants for 2018–2020 (every region) in vintage 2026-11 are "
        "not used: a series is whole from the vintage with most of its years"
    ) in source
    assert "Two vintages meet" not in source and "Spliced" not in source


def test_nothing_is_said_of_vintages_where_there_is_one() -> None:
    source = words()
    for phrase in ("Newer figures", "restated between", "Two vintages", "Spliced", "pinned"):
        assert phrase not in source


def policy(name: str, **changed: pd.DataFrame) -> str:
    """Return the Markdown of the sample report under a policy, on one line."""
    chosen = study(**changed)
    chosen.config["vintage_policy"] = name
    return " ".join(text(worded(chosen, PHRASES), TEMPLATE, PROVENANCE).split())


def test_a_break_is_stated_with_the_rows_that_it_costs() -> None:
    given = two_vintages(**{"break": [2018]})
    lost = [
        {"scope": region, "name": name, "effects": "none", "estimator": "trapezoid",
         "check": "rows_across_vintages", "value": 1, "year": 2017}
        for region, name in (("330000", "Zhejiang"), ("110000", "Beijing"))
    ]  # fmt: skip
    rows = [tables()["checks"], as_table("checks", lost)]
    given["checks"] = pd.concat(rows, ignore_index=True)
    source = policy("overlay", **given)
    assert (
        "Two vintages meet: output of plants for 2018 (every region) come from another vintage "
        "than the year before. Pairs of years left out because they cross two vintages: 2."
    ) in source
    assert "Newer figures" not in source


def test_a_splice_is_stated_with_its_years() -> None:
    source = policy("splice", **two_vintages(spliced=[2015, 2016, 2017]))
    assert (
        "Spliced: output of plants for 2015–2017 (every region), linked by older growth "
        "rates to the level of a newer vintage."
    ) in source
    assert "Newer figures" not in source and "Two vintages" not in source


def test_a_pin_is_said_to_hide_later_vintages() -> None:
    chosen = study()
    chosen.config["vintage"] = "2026-10"
    source = " ".join(text(worded(chosen, PHRASES), TEMPLATE, PROVENANCE).split())
    source = source.replace("\\", "")
    assert ("The study is pinned to vintage 2026-10; later ones are hidden.") in source


@pytest.mark.parametrize("count", [4, 1])
def test_every_figure_of_the_annex_is_referred_to(count: int) -> None:
    annex = words(count).split("# Annex A", 1)[1]
    shown = set(re.findall(r"#(fig:\w+)(?: width=\S+)? alt=", annex))
    assert shown and shown <= set(re.findall(r"\]\(#(fig:\w+)\)", annex))
