"""Other choices: which grade is robust, what drives D and what moves it, in values and in words."""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pandas as pd
import pytest
import yaml

from coevo.coupling import grade
from coevo.coupling.diagnostics import diagnostic_rows
from coevo.coupling.formulas import COMPOSITES, FORMS, PRESETS
from coevo.coupling.grade_scales import GRADES
from coevo.normalisation import METHODS, REFERENCES
from coevo.normalisation.directions import DIRECTIONS, RATIO
from coevo.report.documents.source import text
from coevo.report.findings import Study
from coevo.report.findings.choice_robustness import guards_finding, robustness_finding
from coevo.report.findings.data_quality import obstacles_finding, scale_top
from coevo.report.findings.level_control import level_finding
from coevo.report.findings.rise import growth_finding
from coevo.report.words.template_values import worded
from coevo.sensitivity.multiverse import CHOICES
from coevo.weighting import WEIGHTINGS
from tests.sample import ENGLISH, documents, files, gap, page_files, study, tables
from tests.unit import test_diagnostics
from tests.unit.test_report import PHRASES, PROVENANCE, TEMPLATE, words

TEN = GRADES["ten"].labels


def graded(*grades: str, main: int = 0) -> pd.DataFrame:
    """Return the multiverse of the sample with a row per grade, the `main` one the study's."""
    table = tables()["multiverse"].head(len(grades))
    return table.assign(focus_grade=grades, main=[i == main for i in range(len(grades))])


def on(chosen: Study, part: str = "coupling", **changed: object) -> Study:
    """Return a study whose configuration differs in a part."""
    config = {**chosen.config, part: {**chosen.config[part], **changed}}
    return Study(config, chosen.tables, chosen.indicators)


def report(chosen: Study) -> str:
    return " ".join(text(worded(chosen, PHRASES), TEMPLATE, PROVENANCE).split())


@pytest.mark.parametrize(
    ("many", "few", "verdict"),
    [(95, 5, "robust"), (94, 6, "mostly"), (80, 40, "mostly"), (79, 41, "split")],
)
def test_the_verdict_follows_the_share_of_the_most_frequent_grade(
    many: int, few: int, verdict: str
) -> None:
    found = robustness_finding(study(multiverse=graded(*[TEN[7]] * many, *[TEN[6]] * few)))
    assert (found["verdict"], found["grade"], found["n"]) == (verdict, TEN[7], many + few)
    assert found["grades"] == [(TEN[7], many), (TEN[6], few)]


@pytest.mark.parametrize(
    ("many", "main", "verdict"),
    [
        (100, 0, "every"),
        (96, 0, "robust"),
        (96, 99, "robust"),
        (70, 0, "mostly"),
        (70, 99, "mostly"),
        (60, 0, "split"),
        (60, 99, "split"),
    ],
)
def test_it_is_known_whether_the_most_frequent_grade_is_the_studys(
    many: int, main: int, verdict: str
) -> None:
    rows = [TEN[7]] * many + [TEN[6]] * (100 - many)
    found = robustness_finding(study(multiverse=graded(*rows, main=main)))
    assert (found["verdict"], found["grade"]) == (verdict, TEN[7])
    assert found["own"] == ("own" if main < many else "other")


def test_all_combinations_are_said_to_agree() -> None:
    said = "All 100 combinations give Zhejiang this study’s grade, "
    assert said + TEN[7] in words(multiverse=graded(*[TEN[7]] * 100))


def test_ranks_are_told_from_the_first_to_the_last() -> None:
    table = graded(*[TEN[7]] * 100)
    ranks = [2.0] * 30 + [3.0] * 60 + [1.0] * 10
    assert robustness_finding(study(multiverse=table.assign(focus_rank=ranks)))["rank"] == (1, 3)
    assert ", the rank from 1 to 3." in words(multiverse=table.assign(focus_rank=ranks))
    assert ", the rank from" not in words(multiverse=table.assign(focus_rank=3.0))


def test_no_combination_with_the_region_leaves_no_verdict() -> None:
    blank = tables()["multiverse"].assign(focus_grade="", focus_D=np.nan, focus_rank=np.nan)
    for table in (blank, blank.iloc[:0]):
        found = robustness_finding(study(multiverse=table))
        assert found["verdict"] == "none"
        assert "D" not in found and "*D* runs from" not in words(multiverse=table)


def shares(*rows: tuple[str, float, float]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["choice", "first_order", "total"])
    return table.assign(outcome="focus_D")


def test_what_drives_D() -> None:
    table = shares(("form", 0.3, 0.4), ("range", 0.004, 0.1), ("weighting", 0.45, 0.5))
    table = pd.concat([table, shares(("reference", 0.01, 0.04))])
    # range acts only together with others, reference hardly at all
    assert robustness_finding(study(sensitivity=table))["drives"] == {
        "verdict": "several",
        "choices": [("weighting", 0.45), ("form", 0.3)],
    }
    alone = study(sensitivity=shares(("form", 0.5, 0.6), ("range", 0.3, 0.3)))
    assert robustness_finding(alone)["drives"]["verdict"] == "one"
    nothing = study(sensitivity=table.iloc[:0])
    assert robustness_finding(nothing)["drives"] == {"verdict": "none"}


def test_draws_are_a_sensitivity_range() -> None:
    table = tables()["uncertainty"]
    mine = table[(table["region"] == "330000") & (table["year"] == 2020)].set_index("source")
    draws = robustness_finding(study())["draws"]
    for source, row in mine.iterrows():
        assert (draws[source]["low"], draws[source]["high"]) == (row["low"], row["high"])
    source = words().replace("\\", "")
    assert "Random draws of the weights move *D* between 0.84 and 0.90† (middle 90 %)" in source
    assert "by the size of their revisions move *D* between 0.85 and 0.88; such ranges" in source


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0, "0 %"), (0.0004, "under 0.1 %"), (0.866, "86.6 %"), (0.9995, "over 99.9 %"), (1, "100 %")],
)
def test_a_share_is_whole_only_if_it_is(value: float, shown: str) -> None:
    assert ENGLISH.proportion(value) == shown


def with_value(value: float, **rows: str) -> dict[str, pd.DataFrame]:
    """What D measures with one of its values changed."""
    table = tables()["level"]
    mine = pd.Series(True, table.index)
    for column, wanted in rows.items():
        mine &= table[column].eq(wanted)
    return {"level": table.assign(value=table["value"].mask(mine, value))}


@pytest.mark.parametrize(
    ("T", "verdict"),
    [(0.9, "level"), (0.89, "mostly_level"), (0.5, "mostly_level"), (0.02, "balance")],
)
def test_what_D_measures_follows_the_share_of_T(T: float, verdict: str) -> None:
    table = with_value(T, measure="variance_share", scope="T")["level"]
    C = table["measure"].eq("variance_share") & table["scope"].eq("C")
    found = level_finding(study(level=table.assign(value=table["value"].mask(C, 1 - T))))
    assert (found["verdict"], found["shares"]["T"]) == (verdict, T)


def test_what_levels_explain_is_said() -> None:
    assert level_finding(study())["levels"] == [("product", 0.4)]
    said = words().replace("\\", "")
    assert "each alone and in logarithms, gross product explains 40 %" in said


def test_ranks_with_the_level_taken_out_by_every_slope() -> None:
    found = level_finding(study())
    assert (found["by"], found["focus"]["rank"], found["focus"]["n"]) == ("product", 1, 4)
    assert (found["focus"]["low"], found["focus"]["high"]) == (2, 4)
    said = (
        "Without gross product (the level of development) Zhejiang ranks second to fourth "
        "(slope over all years, within years, or in 2020) instead of first."
    )
    assert said in words()


def test_the_change_of_ln_D_is_that_of_its_parts() -> None:
    rise = level_finding(study())["rise"]
    assert rise["C"] + rise["T"] == pytest.approx(rise["lnD"], abs=1e-12)
    said = "ln *D* of Zhejiang changed by 0.133: 0.133 from *T*, 0.000 from *C*."
    assert said in words().replace("\\", "")


def test_growth_adds_up_to_that_of_D() -> None:
    chosen = study()
    found, D = growth_finding(chosen, 4), chosen.of_focus("coupling").sort_values("year")["D"]
    total = sum(value for _, value in found["largest"])
    assert total == pytest.approx(np.log(D.iloc[-1] / D.iloc[0]), abs=1e-12)
    assert (found["verdict"], found["years"], found["against"]) == ("rose", (2015, 2020), [])
    # three quarters of each index's step are its first indicator's
    assert [indicator for indicator, _ in growth_finding(chosen)["largest"]] == ["sales", "output"]
    assert "parts are sales of shops (0\\.058) and output of plants (0\\.042)" in words()


def test_growth_over_a_year_without_D_is_not_the_whole() -> None:
    assert not growth_finding(study())["gaps"]
    assert growth_finding(study(**gap(2017)))["gaps"]
    assert "Steps over years without *D* are left out." in words(**gap(2017))
    assert "are left out" not in words().split("{#measures}")[1].split("{#step}")[0]


def test_growth_that_falls_and_what_goes_against_it() -> None:
    table = tables()["growth_split"]
    sign = np.where(table["indicator"] == "jobs", 1.0, -1.0)
    falls = table.assign(contribution=table["contribution"] * sign)
    found = growth_finding(study(growth_split=falls))
    assert found["verdict"] == "fell"
    assert [i for i, _ in found["against"]] == ["jobs"]
    assert all(value < 0 for _, value in found["largest"])
    assert "The largest against it: jobs of plants (0\\.014)." in words(growth_split=falls)


def test_growth_over_a_gap_is_that_of_the_steps_there_are() -> None:
    found = growth_finding(study(**gap(2017)))
    rows = tables()["growth_split"].query("region == '330000' and indicator == 'sales'")
    steps = rows[~rows["year"].isin([2017, 2018])]["contribution"].sum()
    assert found["largest"][0] == ("sales", pytest.approx(steps))


def test_growth_that_cancels_out_or_has_no_step() -> None:
    table = tables()["growth_split"]
    still = growth_finding(study(growth_split=table.assign(contribution=0.0)))
    assert still == {"verdict": "stayed", "years": (2015, 2020)}
    assert growth_finding(study(growth_split=table.iloc[:0]))["verdict"] == "none"


@pytest.mark.parametrize(
    ("key", "value"),
    [("form", "fan"), ("composite", "topsis"), ("preset", "spssau"), ("contributions", [0.4, 0.6])],
)
def test_growth_is_split_only_where_that_is_exact(key: str, value: object) -> None:
    chosen = on(study(growth_split=tables()["growth_split"].iloc[:0]), **{key: value})
    assert growth_finding(chosen)["verdict"] == "not_split"
    assert "*D* is split into indicators only for the standard form" in report(chosen)


def flagged(*rows: dict) -> pd.DataFrame:
    table = tables()["diagnostics"].assign(flagged=False)
    return pd.concat([table, pd.DataFrame(rows).assign(flagged=True)], ignore_index=True)


def test_flags_are_said_and_their_absence_too() -> None:
    assert list(guards_finding(study())) == ["largest_weight"]
    assert (
        "Weight above 0\\.5, more than the rest of the subsystem: sales of shops (0\\.70)"
        in words()
    )
    silent = words(diagnostics=flagged().iloc[:-1])
    assert "No check fails" in silent and "more than the rest of the subsystem" not in silent
    source = words(
        diagnostics=flagged(
            {"guard": "on_a_cut", "value": 2.0, "limit": 0.0},
            {"guard": "correlation", "indicator": "sales", "other": "orders", "value": 0.97,
             "limit": 0.95},
        )
    )  # fmt: skip
    assert "*D* on a cut of the grades (the closed end decides): 2" in source
    assert "sales of shops with orders of shops (0\\.97)" in source
    assert "No check fails" not in source


def test_every_guard_has_its_sentence() -> None:
    judged = {"method": "ahp", "judgements": {s: [[1, 2], [0.5, 1]] for s in "st"}}
    cases = [{}, {"weighting": {"method": "pca"}}, {"weighting": judged}, {"filled": {("3", "a")}}]
    rng = np.random.default_rng(7)
    x = rng.uniform(1, 9, (6, 2, 4))
    x[..., 1] += x[..., 0]
    x[..., 3] += x[..., 2]
    found = pd.concat([diagnostic_rows(test_diagnostics.case(x, **case)) for case in cases])
    only_shown = {"between_share", "grades_without", "imputed_share", "type_changes"}
    for guard in set(found["guard"]) - only_shown - {"bartlett_chi2"}:
        assert guard in PHRASES["guards"], guard


def test_who_sets_the_top_of_the_scale_of_the_largest_obstacle() -> None:
    chosen = study()
    largest = obstacles_finding(chosen)["first"]
    figures = chosen.rows("normalised", indicator=largest)
    gansu = figures["region"].eq("620000") & figures["year"].eq(2017)
    moved = figures.assign(z=figures["z"].mask(gansu, 2.0))
    assert scale_top(study(normalised=moved), largest) == ("Gansu", 2017)
    table = chosen.indicators
    own = table["indicator"].eq(largest)
    for cells in ({"low": 0.0, "high": 1e4}, {"direction": "moderate", "best": "5"}):
        changed = table.reindex(columns=[*table, "best", "low", "high"]).astype(object)
        changed.loc[own, list(cells)] = list(cells.values())
        assert scale_top(replace(chosen, indicators=changed), largest) is None
    chosen.config["normalisation"]["reference"] = "goalposts"
    assert scale_top(chosen, largest) is None


REGISTRIES = {
    "normalisation": {*METHODS, RATIO},
    "reference": set(REFERENCES),
    "weighting": set(WEIGHTINGS),
    "composite": set(COMPOSITES),
    "form": set(FORMS),
    "grades": set(GRADES),
    "preset": set(PRESETS),
    "contributions": {"equal", "given"},
}


@pytest.mark.parametrize("kind", REGISTRIES)
def test_every_method_has_its_words(kind: str) -> None:
    assert set(PHRASES["methods"][kind]) == REGISTRIES[kind]
    for named in {"weighting", "reference", "composite", "form"} & {kind}:
        assert set(PHRASES["words"][named]) <= REGISTRIES[kind]  # others stand as they are
    assert {*CHOICES, "main"} == set(PHRASES["words"]["choice"])
    assert set(PHRASES["words"]["better"]) == set(DIRECTIONS)


def methods(chosen: Study) -> str:
    return report(chosen).split("{#methods-text}")[1].split("# Provenance")[0]


@lru_cache
def usual_methods() -> str:
    return methods(study())


@pytest.mark.parametrize(
    ("part", "changed", "said"),
    [
        ("normalisation", {"reference": "base", "base": {"first": 2015, "last": 2017}},
         "all regions in 2015–2017, later figures beyond them moved to them"),
        ("normalisation", {"reference": "goalposts", "goalposts": "kept.csv", "beyond": "error"},
         "from kept goalposts (kept\\.csv), figures beyond them refused"),
        ("normalisation", {"method": "vector"}, "root of their sum of squares"),
        ("normalisation", {"range": [0, 1]}, "maximum to \\[0\\, 1\\]"),
        ("weighting", {"method": "game", "combine": {"methods": ["entropy", "critic"]}},
         "compromise of those by entropy and CRITIC"),
        ("weighting", {"method": "linear",
                       "combine": {"methods": ["entropy", "equal"], "shares": [0.3, 0.7]}},
         "entropy (0\\.30) and equal (0\\.70)"),
        ("coupling", {"composite": "topsis"}, "(TOPSIS)"),
        ("coupling", {"form": "k", "k": 2.5}, "with *k* = 2\\.50"),
        ("coupling", {"form": "fan"}, "$C = 1 - 2\\,SD(U)$"),
        ("coupling", {"form": "wang"}, "[@wang2021]"),
        ("coupling", {"preset": "spssau"}, "as in SPSSAU"),
        ("coupling", {"contributions": [0.4, 0.6]},
         "contributions of 0\\.40 (shops) and 0\\.60 (plants)"),
        ("coupling", {"grades": "four"}, "Grades of *D* are four"),
        ("coupling", {"grades": "five"}, "Grades of *D* are five"),
    ],
)  # fmt: skip
def test_the_methods_text_says_what_was_used(part: str, changed: dict, said: str) -> None:
    plain, chosen = study(), on(study(), part, **changed)
    if part == "coupling":
        chosen = regraded(chosen)
    elif part == "weighting":
        table = plain.tables["weights"]
        renamed = table.assign(weighting=table["weighting"].replace("entropy", changed["method"]))
        chosen = Study(chosen.config, {**plain.tables, "weights": renamed}, plain.indicators)
    assert said in methods(chosen)
    assert said not in usual_methods()


def test_best_bands_and_goalposts_of_indicators_are_told() -> None:
    """In the methods text, and the band in the table of weights in place of a sign."""
    plain = study()
    table = plain.indicators.set_index("indicator")
    table.loc["sales", ["direction", "best"]] = ["moderate", "300 400"]
    table.loc["jobs", ["low", "high"]] = [0, 2000]
    chosen = replace(plain, indicators=table.reset_index())
    said = methods(chosen)
    assert "Where a value or band is best, sales of shops (\\[300\\, 400\\])" in said
    assert "Goalposts of jobs of plants (\\[0\\, 2000\\]) are fixed" in said
    assert "score falls" not in usual_methods() and "are fixed" not in usual_methods()
    assert "\\[300\\, 400\\]" in report(chosen).split("{#table-weights}")[0]


def test_a_method_without_words_is_named_as_its_registry_names_it() -> None:
    fewer = yaml.safe_load(yaml.safe_dump(PHRASES))
    for kind in REGISTRIES:
        fewer["methods"][kind] = {}
    source = text(worded(study(), fewer), TEMPLATE, PROVENANCE)
    assert "form “standard”" in source and "weighting “entropy”" in source


def regraded(chosen: Study) -> Study:
    """Return a study whose tables use its own grade table, without a split where none holds."""
    table = chosen.config["coupling"]["grades"]
    made = dict(chosen.tables)

    def anew(name: str, D: str, column: str = "grade") -> None:
        frame = made[name]
        made[name] = frame.assign(**{column: grade(frame[D].to_numpy(), table)})

    anew("coupling", "D")
    anew("uncertainty", "D")
    anew("multiverse", "focus_D", "focus_grade")
    anew("robustness", "focus_D_last", "focus_grade_last")
    shares = made["grade_shares"]
    fitting = dict(zip(TEN, grade(np.arange(0.05, 1, 0.1), table), strict=True))
    shares = shares.assign(grade=shares["grade"].map(fitting))
    key = [column for column in shares.columns if column != "share"]
    made["grade_shares"] = shares.groupby(key, sort=False)["share"].sum().reset_index()
    if growth_finding(chosen)["verdict"] == "not_split":
        made["growth_split"] = made["growth_split"].iloc[:0]
    return Study(chosen.config, made, chosen.indicators)


def three() -> Study:
    """Return the sample with a third subsystem and every pair of them."""
    chosen = study()
    config = {
        **chosen.config,
        "subsystems": {**chosen.config["subsystems"], "parks": {"en": "parks"}},
    }
    parks = chosen.indicators.iloc[[0]].assign(indicator="parks", subsystem="parks")
    moves = chosen.tables["comovement"]
    first = moves
    others = [
        first.assign(pair=f"{s}~parks", value=first["value"] / 2) for s in ("shops", "plants")
    ]
    made = {
        **chosen.tables,
        "coupling": chosen.coupling.assign(U_parks=0.4),
        "comovement": pd.concat([moves, *others], ignore_index=True),
    }
    return Study(config, made, pd.concat([chosen.indicators, parks], ignore_index=True))


def no_interaction() -> Study:
    chosen = study()
    given = {k: v for k, v in chosen.tables.items() if k not in ("parameters", "equilibria")}
    return Study({**chosen.config, "interaction": None}, given, chosen.indicators)


KINDS: dict[str, Callable[[], Study]] = {
    "one region": lambda: study(1),
    "two regions": lambda: study(2),
    "three subsystems": three,
    "no interaction": no_interaction,
    "fan": lambda: regraded(on(study(), form="fan")),
    "topsis": lambda: regraded(on(study(), composite="topsis")),
    "spssau": lambda: regraded(on(study(), preset="spssau")),
    "four": lambda: regraded(on(study(), grades="four")),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_study_has_its_report(kind: str) -> None:
    """The page of every kind; the PDF where the charts differ in number."""
    chosen, printed = KINDS[kind](), kind in ("one region", "three subsystems")
    config = {**chosen.config}
    config["report"] = {"languages": ["en"], "formats": ["html", "pdf"] if printed else ["html"]}
    given = files(chosen) if printed else page_files(chosen)
    made = documents(
        chosen.tables, chosen.indicators, given, config, PROVENANCE, places=chosen.places
    )
    assert not printed or made["report.en.pdf"].startswith(b"%PDF")
    page = made["report.en.html"].decode().split("<main>")[1].split("</main>")[0]
    assert "How sure" in page and "Methods text to paste" in page
    assert not re.search(r"\b(nan|None|undefined)\b", re.sub(r"<[^>]*>", " ", page))


def test_every_pair_of_three_subsystems_is_listed() -> None:
    source = report(three()).replace("\\", "")
    assert "[](#table-pairs) holds every pair" in source
    for pair in ("shops and plants", "shops and parks", "plants and parks"):
        assert f"| {pair} |" in source
    row = re.sub(" +", " ", source.partition("| shops and parks")[2])
    assert row.startswith(" | ln U | 0.33 | 0.28 | −0.09 | 0.03 | −0.10; 0.15 | 0.045 |")
    assert "holds every pair" not in report(study())
