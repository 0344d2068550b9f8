"""Other choices: which grade is robust, what drives and moves D, and how methods are told."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from coevo.coupling import grade
from coevo.coupling.formulas import COMPOSITES, FORMS, PRESETS
from coevo.coupling.grade_scales import GRADES
from coevo.normalisation import METHODS, REFERENCES
from coevo.normalisation.directions import DIRECTIONS, RATIO
from coevo.report.findings import Study
from coevo.report.findings.choice_robustness import robustness_finding
from coevo.report.findings.rise import growth_finding
from coevo.report.words.template_values import worded
from coevo.sensitivity.headlines import CENSUS_YEAR
from coevo.sensitivity.multiverse import CHOICES
from coevo.weighting import WEIGHTINGS
from tests.said import listened, reported
from tests.sample import (
    FOCUS,
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
        "repeated": [False] * 100,
    }
    found = robustness_finding(study(multiverse=table.assign(**rows)))
    assert (found["n"], found["rank"]) == (90, (1, 3))
    assert found["grades"] == [(TEN[7], 60), (TEN[6], 30)]
    assert found["D"] == (table["focus_D"][:90].min(), table["focus_D"][:90].max())


def test_growth_names_its_largest_parts() -> None:
    chosen = study()
    found, rows = growth_finding(chosen, 2), chosen.rows("growth_split", region=chosen.focus)
    sums = rows.groupby("indicator")["contribution"].sum().nlargest(2)
    assert dict(found["largest"]) == pytest.approx(sums.to_dict())
    assert found["years"] == (FIRST, LAST)


def test_growth_over_a_gap_is_that_of_the_steps_there_are() -> None:
    found = growth_finding(study(**gap(2017)), 4)
    rows = tables()["growth_split"]
    steps = rows[picked(rows, region=FOCUS) & ~rows["year"].isin([2017, 2018])]
    sums = steps.groupby("indicator")["contribution"].sum()
    assert dict(found["largest"]) == pytest.approx(sums[sums > 0].to_dict())


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
