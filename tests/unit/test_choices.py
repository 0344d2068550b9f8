"""Other choices: which grade is robust, what drives and moves D, and how methods are told."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from coevo.coupling import grade
from coevo.coupling.diagnostics import diagnostic_rows
from coevo.coupling.formulas import COMPOSITES, FORMS, PRESETS
from coevo.coupling.grade_scales import GRADES
from coevo.normalisation import METHODS, REFERENCES
from coevo.normalisation.directions import DIRECTIONS, RATIO
from coevo.report.findings import Study
from coevo.report.findings.choice_robustness import guards_finding, robustness_finding
from coevo.report.findings.data_quality import obstacles_finding, scale_top
from coevo.report.findings.rise import growth_finding
from coevo.report.words.template_values import worded
from coevo.sensitivity.headlines import CENSUS_YEAR
from coevo.sensitivity.multiverse import CHOICES
from coevo.weighting import WEIGHTINGS
from tests.said import listened, reported
from tests.sample import (
    FOCUS,
    changed,
    config,
    documents,
    files,
    gap,
    page_files,
    picked,
    study,
    tables,
    words_of,
)
from tests.unit import test_diagnostics

LANGUAGES = ("en", "zh")
TEN = GRADES["ten"].labels
FIRST, LAST = config()["years"].values()


def on(chosen: Study, part: str = "coupling", **values: object) -> Study:
    """Return a study whose configuration differs in a part."""
    return replace(chosen, config=chosen.config | {part: {**chosen.config[part], **values}})


# --- values of findings whose verdicts test_verdicts.py holds -------------------------------


def test_grades_and_ranks_are_counted_over_the_combinations_that_have_one() -> None:
    table = tables()["multiverse"].head(100)
    rows = {
        "focus_grade": [TEN[6]] * 30 + [TEN[7]] * 60 + [""] * 10,
        "focus_rank": [2.0] * 30 + [3.0] * 30 + [1.0] * 40,
    }
    found = robustness_finding(study(multiverse=table.assign(**rows)))
    assert (found["n"], found["rank"]) == (90, (1, 3))
    assert found["grades"] == [(TEN[7], 60), (TEN[6], 30)]
    assert found["D"] == (table["focus_D"][:90].min(), table["focus_D"][:90].max())


def test_choices_that_drive_D_are_those_that_act_alone() -> None:
    rows = [
        ("form", 0.3, 0.4), ("range", 0.004, 0.1), ("weighting", 0.45, 0.5),
        ("reference", 0.01, 0.04),
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["choice", "first_order", "total"])
    drives = robustness_finding(study(sensitivity=table.assign(outcome="focus_D")))["drives"]
    # range acts only together with others, reference hardly at all
    assert drives == {"verdict": "several", "choices": [("weighting", 0.45), ("form", 0.3)]}


def test_draws_are_those_of_the_focus_in_its_last_year() -> None:
    table = tables()["uncertainty"]
    rows = table[picked(table, region=FOCUS, year=LAST)].set_index("source")
    draws = robustness_finding(study())["draws"]
    assert len(draws) == len(rows) == 3
    for source, row in rows.iterrows():
        assert (draws[source]["low"], draws[source]["high"]) == (row["low"], row["high"])


def test_growth_names_its_largest_parts() -> None:
    chosen = study()
    found, rows = growth_finding(chosen, 2), chosen.of_focus("growth_split")
    sums = rows.groupby("indicator")["contribution"].sum().nlargest(2)
    assert dict(found["largest"]) == pytest.approx(sums.to_dict())
    assert found["years"] == (FIRST, LAST) and not found["gaps"]


def test_growth_over_a_gap_is_that_of_the_steps_there_are() -> None:
    found = growth_finding(study(**gap(2017)), 4)
    rows = tables()["growth_split"]
    steps = rows[picked(rows, region=FOCUS) & ~rows["year"].isin([2017, 2018])]
    sums = steps.groupby("indicator")["contribution"].sum()
    assert dict(found["largest"]) == pytest.approx(sums[sums > 0].to_dict())
    assert found["gaps"] and "growth/gaps" in reported(study(**gap(2017))).said


def test_growth_that_falls_names_what_took_most() -> None:
    sizes = tables()["growth_split"]["contribution"].abs()
    table = tables()["growth_split"].assign(contribution=-sizes)
    table["contribution"] *= table["indicator"].map({"jobs": -0.1}).fillna(1.0)
    first, second = growth_finding(study(growth_split=table))["largest"]
    assert first[1] <= second[1] < 0


@pytest.mark.parametrize(
    ("key", "value"),
    [("form", "fan"), ("composite", "topsis"), ("preset", "spssau"), ("contributions", [0.4, 0.6])],
)
def test_growth_is_split_only_where_that_is_exact(key: str, value: object) -> None:
    chosen = on(study(growth_split=tables()["growth_split"].iloc[:0]), **{key: value})
    assert growth_finding(chosen)["verdict"] == "not_split"
    assert "growth/not_split" in reported(chosen).said


def test_who_sets_the_top_of_the_scale_of_the_largest_obstacle() -> None:
    chosen = study()
    largest = obstacles_finding(chosen)["first"]
    moved = changed("normalised", {"indicator": largest, "region": "620000", "year": 2017}, z=2.0)
    assert scale_top(moved, largest) == ("Gansu", 2017)
    table = chosen.indicators
    own = table["indicator"].eq(largest)
    for cells in ({"low": 0.0, "high": 1e4}, {"direction": "moderate", "best": "5"}):
        other = table.reindex(columns=[*table, "best", "low", "high"]).astype(object)
        other.loc[own, list(cells)] = list(cells.values())
        assert scale_top(replace(chosen, indicators=other), largest) is None
    assert scale_top(on(chosen, "normalisation", reference="goalposts"), largest) is None


# --- guards -------------------------------------------------------------------------------


def flagged(*rows: dict[str, Any]) -> Study:
    table = tables()["diagnostics"].assign(flagged=False)
    more = pd.DataFrame(rows, columns=[*table]).assign(flagged=True)
    return study(diagnostics=pd.concat([table, more], ignore_index=True))


def test_flags_are_said_and_their_absence_too() -> None:
    silent = reported(flagged())
    assert silent.variants("guards") >= {"silent"} or "guards/silent/several" in silent.said
    rows = (
        {"guard": "on_a_cut", "value": 2.0, "limit": 0.0},
        {"guard": "correlation", "indicator": "sales", "other": "orders", "value": 0.97},
    )
    chosen = flagged(*rows)
    assert list(guards_finding(chosen)) == ["on_a_cut", "correlation"]
    said = reported(chosen).said
    assert "0.97" in said["guards/correlation"][0] and "2" in said["guards/on_a_cut"][0]
    assert not [key for key in said if key.startswith("guards/silent")]


def test_every_guard_has_its_sentence() -> None:
    judged = {"method": "ahp", "judgements": {s: [[1, 2], [0.5, 1]] for s in "st"}}
    cases = [{}, {"weighting": {"method": "pca"}}, {"weighting": judged}, {"filled": {("3", "a")}}]
    rng = np.random.default_rng(7)
    x = rng.uniform(1, 9, (6, 2, 4))
    x[..., 1] += x[..., 0]
    x[..., 3] += x[..., 2]
    found = pd.concat([diagnostic_rows(test_diagnostics.case(x, **case)) for case in cases])
    only_shown = {"between_share", "grades_without", "imputed_share", "type_changes"}
    guards = set(found["guard"]) - only_shown - {"bartlett_chi2"}
    assert guards <= set(words_of("phrases", "en")["guards"])


# --- methods in words ---------------------------------------------------------------------

BASE, COMBINE = {"first": 2015, "last": 2017}, {"methods": ["entropy", "critic"]}
REGISTRIES = {  # methods of a kind, and what else of the configuration goes with one
    "normalisation": ({*METHODS, RATIO}, "normalisation", {}),
    "reference": (set(REFERENCES), "normalisation", {"base": BASE, "goalposts": "kept.csv"}),
    "weighting": (set(WEIGHTINGS), "weighting", {"combine": COMBINE}),
    "composite": (set(COMPOSITES), "coupling", {}),
    "form": (set(FORMS), "coupling", {"k": 2.5}),
    "grades": (set(GRADES), "coupling", {}),
    "preset": (set(PRESETS), "coupling", {}),
    "contributions": ({"equal", "given"}, "coupling", {}),
}


def methods_said(chosen: Study) -> dict[str, list[str]]:
    words, said = listened(chosen)
    words.say("methods/text")
    return said


def setting(kind: str, name: str) -> dict[str, object]:
    """The value of the configuration that chooses a method."""
    if name == RATIO:
        return {"reference": RATIO}
    if name == "given" and kind == "contributions":
        return {kind: [0.4, 0.6]}
    return {"method" if kind in ("normalisation", "weighting") else kind: name}


@pytest.mark.whole
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", REGISTRIES)
def test_every_method_is_told(kind: str, language: str) -> None:
    names, part, more = REGISTRIES[kind]
    for name in names:
        said = methods_said(on(study(language=language), part, **more, **setting(kind, name)))
        place = f"methods/{'normalisation' if name == RATIO else kind}/"
        assert {key for key in said if key.startswith(place)} == {place + name}


def test_words_of_methods_are_of_those_that_there_are() -> None:
    for kind, (names, *_) in REGISTRIES.items():
        assert set(words_of("phrases", "en")["methods"][kind]) == names
    words = words_of("phrases", "en")["words"]
    for kind in ("weighting", "reference", "composite", "form"):
        assert set(words[kind]) <= REGISTRIES[kind][0]  # others stand as they are
    assert {*CHOICES, "main", CENSUS_YEAR} == set(words["choice"])
    assert set(words["better"]) == set(DIRECTIONS)


@pytest.mark.parametrize(
    ("part", "values", "key", "told"),
    [
        ("normalisation", {"reference": "base", "base": BASE}, "reference/base", ["2015–2017"]),
        ("normalisation", {"reference": "goalposts", "goalposts": "kept.csv", "beyond": "error"},
         "reference/goalposts", ["kept.csv", "refused"]),
        ("normalisation", {"range": [0, 1]}, "normalisation/minmax", ["[0, 1]"]),
        ("weighting", {"method": "linear",
                       "combine": {"methods": ["entropy", "equal"], "shares": [0.3, 0.7]}},
         "weighting/linear", ["(0.30)", "(0.70)"]),
        ("coupling", {"form": "k", "k": 2.5}, "form/k", ["2.50"]),
        ("coupling", {"contributions": [0.4, 0.6]}, "contributions/given",
         ["0.40 (shops)", "0.60 (plants)"]),
    ],
)  # fmt: skip
def test_settings_of_methods_are_told(
    part: str, values: dict[str, Any], key: str, told: list[str]
) -> None:
    (said,) = methods_said(on(study(), part, **values))[f"methods/{key}"]
    assert all(value in said for value in told)


def test_best_bands_and_goalposts_of_indicators_are_told() -> None:
    """In the methods text, and the band in the table of indicators in place of a sign."""
    plain = study()
    table = plain.indicators.set_index("indicator")
    table.loc["sales", ["direction", "best"]] = ["moderate", "300 400"]
    table.loc["jobs", ["low", "high"]] = [0, 2000]
    report = reported(replace(plain, indicators=table.reset_index()))
    assert "sales of shops ([300, 400])" in report.said["methods/best"][0]
    assert "jobs of plants ([0, 2000])" in report.said["methods/own"][0]
    assert "[300, 400]" in report.sections["measured"]
    assert not {"methods/best", "methods/own"} & set(methods_said(plain))


def test_a_method_without_words_is_named_as_its_registry_names_it() -> None:
    phrases = words_of("phrases", "en")
    fewer = phrases | {"methods": phrases["methods"] | {kind: {} for kind in REGISTRIES}}
    source = worded(study(), fewer).say("methods/text")
    assert "form “standard”" in source and "weighting “entropy”" in source


# --- every kind of study ------------------------------------------------------------------


def regraded(table: str) -> Study:
    """Return the study whose tables use another table of grades."""
    made, chosen = tables(), on(study(), grades=table)
    of_D = {"coupling": ("D", "grade"), "uncertainty": ("D", "grade")}
    of_D |= {"multiverse": ("focus_D", "focus_grade")}
    of_D |= {"robustness": ("focus_D_last", "focus_grade_last")}
    for name, (D, column) in of_D.items():
        made[name] = made[name].assign(**{column: grade(made[name][D].to_numpy(), table)})
    fitting = dict(zip(TEN, grade(np.arange(0.05, 1, 0.1), table), strict=True))
    shares = made["grade_shares"].replace({"grade": fitting})
    key = [column for column in shares.columns if column != "share"]
    made["grade_shares"] = shares.groupby(key, sort=False)["share"].sum().reset_index()
    return replace(chosen, tables=made)


def three() -> Study:
    """Return the study with a third subsystem and every pair of them."""
    chosen = study()
    moves = chosen.tables["comovement"]
    others = [
        moves.assign(pair=f"{s}~parks", value=moves["value"] / 2) for s in ("shops", "plants")
    ]
    made = {
        "coupling": chosen.coupling.assign(U_parks=0.4),
        "comovement": pd.concat([moves, *others], ignore_index=True),
    }
    parks = chosen.indicators.iloc[[0]].assign(indicator="parks", subsystem="parks")
    wider = on(chosen, "subsystems", parks={"en": "parks"})
    return replace(
        wider,
        tables=chosen.tables | made,
        indicators=pd.concat([chosen.indicators, parks], ignore_index=True),
    )


KINDS: dict[str, Callable[[], Study]] = {
    "four grades": lambda: regraded("four"),
    "one region": lambda: study(1),
    "three subsystems": three,
}


@pytest.mark.whole
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_study_has_its_report(kind: str) -> None:
    """The page of every kind; the PDF where the charts differ in number."""
    chosen, printed = KINDS[kind](), kind in ("one region", "three subsystems")
    given = files(chosen) if printed else page_files(chosen)
    made = documents(chosen, given, "html", *["pdf"] * printed)
    assert not printed or made["report.en.pdf"].startswith(b"%PDF")
    assert 'id="methods-text"' in made["report.en.html"].decode()


def test_a_mark_is_that_of_the_table_of_grades_that_is_chosen() -> None:
    """0.29997 lies below a cut of the ten grades and prints as it; the four have none there."""
    said = {t: worded(regraded(t), words_of("phrases", "en")).graded for t in ("ten", "four")}
    assert {t: graded(0.29997) for t, graded in said.items()} == {"ten": "0.30†", "four": "0.30"}
    assert said["four"](0.49997) == "0.50†"


def test_every_pair_of_three_subsystems_is_listed() -> None:
    report, plain = reported(three()), reported(study())
    lines = report.sections["step"].replace("\u202f", "").split("\n")
    rows = [line for line in lines if line.startswith("| ")]
    for pair in ("shops and plants", "shops and parks", "plants and parks"):
        assert any(pair in row for row in rows)
    assert "step/pairs_intro" in report.said and "step/pairs_intro" not in plain.said
    table = tables()["comovement"]
    scope = {"scope": "levels", "measure": "correlation_lnU"}
    half = table.loc[picked(table, **scope), "value"].iloc[0] / 2
    assert any("shops and parks" in row and f"{half:.2f}" in row for row in rows)
